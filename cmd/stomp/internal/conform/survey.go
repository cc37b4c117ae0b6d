package conform

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// survey finds out which versions the peer speaks, and what else a run has to
// know about it.
func (r *Run) survey() error {
	defaultHost := r.Host == ""
	if defaultHost {
		r.Host = r.address.url.Hostname()
	}
	var refusals []string
	for attempt := 0; r.versions == 0 && attempt < 2; attempt++ {
		if attempt == 1 {
			if !defaultHost || len(refusals) == 0 {
				break
			}
			r.Host = "/"
		}
		for _, v := range []frame.Version{frame.V12, frame.V11, frame.V10} {
			o, s := r.guarded(func(s *script) Outcome {
				c := s.dialFor(v.String())
				f, o := c.handshake(s.connectFrame("CONNECT", v.String()))
				if f == nil {
					if c.last != nil {
						o.Detail += " " + printable(c.last.Body)
					}
					return o
				}
				if c.version == v {
					r.versions |= frame.VersionsOf(v)
					r.Server = cmp.Or(r.Server, f.Headers.Value(headers.Server))
				}
				return ok
			})
			s.hangUp()
			if o.Kind == Blocked {
				return fmt.Errorf("%s", o.Detail)
			}
			if o.Kind != OK {
				refusals = append(refusals, fmt.Sprintf("CONNECT with accept-version:%v and host:%s: %v", v, r.Host, o))
			}
		}
	}
	if r.versions == 0 {
		return fmt.Errorf("the server accepts no session; if it needs them, give -login, -passcode and -host\n  %s", strings.Join(refusals, "\n  "))
	}
	if r.Preset == "" {
		for _, p := range Presets() {
			if strings.HasPrefix(r.Server, p.Server) {
				r.preset(p)
				r.Notes = append(r.Notes, fmt.Sprintf("preset %s is used (%s)", p.Name, p.About))
			}
		}
	}
	if defaultHost && r.Host == "/" {
		r.Notes = append(r.Notes, fmt.Sprintf("host / is used, since %s was refused", r.address.url.Hostname()))
	}
	if r.watch(); !r.watched {
		r.deaf = true
		r.Notes = append(r.Notes, "a SEND with a receipt header gets no RECEIPT, so silence is judged by time alone, and nothing is repeated")
		r.watch()
	}
	if r.basics = r.delivery(); !anyOK(r.basics) {
		r.apart = true
		if basics := r.delivery(); anyOK(basics) {
			r.basics = basics
			r.Notes = append(r.Notes, "a connection gets no message that it has sent itself, so other connections send what it is to get")
		} else {
			r.apart = false
		}
	}
	return nil
}

// delivery sends a message in each version and reports what came of it.
func (r *Run) delivery() map[frame.Version]Outcome {
	basics := map[frame.Version]Outcome{}
	for _, v := range versions {
		if !r.versions.Has(v) {
			continue
		}
		o, s := r.guarded(func(s *script) Outcome {
			c := s.connect(v)
			c.subscribe("s", s.own(), "")
			c.publish(s.own(), "hello")
			_, o := c.message()
			return o
		})
		s.hangUp()
		basics[v] = o
	}
	return basics
}

func anyOK(basics map[frame.Version]Outcome) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(basics)), func(o Outcome) bool { return o.Kind == OK })
}
