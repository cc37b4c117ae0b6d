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
	if err := r.enter(); err != nil {
		return err
	}
	if r.Preset == "" {
		for _, p := range Presets() {
			if strings.HasPrefix(r.Server, p.Server) {
				r.preset(p)
				r.Notes = append(r.Notes, fmt.Sprintf("preset %s is used (%s)", p.Name, p.About))
			}
		}
	}
	if r.watch(); !r.watched {
		r.deaf = true
		r.Notes = append(r.Notes, "a SEND with a receipt header gets no RECEIPT, so silence is judged by time alone, and nothing is repeated")
		r.watch()
	}
	_, s := r.guarded(func(s *script) Outcome {
		c := s.connect(r.versions.Highest())
		for _, text := range []string{
			"SUBSCRIBE\nid:s\n$D\n$R\n\n\x00", "UNSUBSCRIBE\nid:s\n$R\n\n\x00",
			"BEGIN\ntransaction:t\n$R\n\n\x00", "COMMIT\ntransaction:t\n$R\n\n\x00",
			"BEGIN\ntransaction:t\n$R\n\n\x00", "ABORT\ntransaction:t\n$R\n\n\x00",
		} {
			c.must(text) // which notes what gets no receipt
		}
		return ok
	})
	s.hangUp()
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

// enter finds a host and a login that the peer lets in, and its versions. What was
// given stands; otherwise the host is that of the URL, or /, and the login none, or
// guest, which brokers know when they are new.
func (r *Run) enter() error {
	hosts, logins := []string{r.Host}, [][2]string{{r.Login, r.Passcode}}
	if r.Host == "" {
		hosts = []string{r.address.url.Hostname(), "/"}
	}
	if r.Login == "" && r.Passcode == "" {
		logins = append(logins, [2]string{"guest", "guest"})
	}
	var refusals []string
	for _, login := range logins {
		for _, host := range hosts {
			r.Login, r.Passcode, r.Host = login[0], login[1], host
			refusal, err := r.negotiate()
			if err != nil {
				return err
			}
			if r.versions == 0 {
				as := "no login"
				if r.Login != "" {
					as = "login " + r.Login
				}
				refusals = append(refusals, fmt.Sprintf("host %s, %s: %v", host, as, refusal))
				continue
			}
			if host != hosts[0] {
				r.Notes = append(r.Notes, fmt.Sprintf("host %s is used, since %s was refused", host, hosts[0]))
			}
			if login != logins[0] {
				r.Notes = append(r.Notes, fmt.Sprintf("login %s is used, passcode the same, since none was refused", r.Login))
			}
			return nil
		}
	}
	return fmt.Errorf("the server accepts no CONNECT; give -login, -passcode and -host\n  %s", strings.Join(refusals, "\n  "))
}

// negotiate connects in each version, and notes those that the peer speaks.
func (r *Run) negotiate() (refusal Outcome, err error) {
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
			return o, fmt.Errorf("%s", o.Detail)
		}
		if o.Kind != OK && refusal.Kind == "" {
			refusal = o
		}
	}
	return refusal, nil
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
