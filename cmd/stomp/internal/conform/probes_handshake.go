package conform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

const (
	inNegotiation = "STOMP 1.1 and 1.2, Protocol Negotiation"
	inConnect     = "STOMP 1.1 and 1.2, CONNECT or STOMP Frame"
	inConnecting  = "STOMP 1.1 and 1.2, Connecting"
	inEncoding    = "STOMP 1.1 and 1.2, Value Encoding"
	inEncoding12  = "STOMP 1.2, Value Encoding"
	inFrames12    = "STOMP 1.2, STOMP Frames"
	inGrammar     = "STOMP 1.0, 1.1 and 1.2, Augmented BNF"
	inLingering   = "STOMP 1.2, Connection Lingering"
)

var versions = []frame.Version{frame.V10, frame.V11, frame.V12}

// since returns the versions from one on.
func since(v frame.Version) []frame.Version { return versions[v-frame.V10:] }

// named returns an ID with its version.
func named(id string, v frame.Version) string { return id + "-" + v.String() }

// agreed connects and compares the version that is agreed.
func agreed(offered string, want frame.Version, more ...string) func(*script) Outcome {
	return func(s *script) Outcome {
		if !s.versions.Has(want) {
			s.skip("the server does not speak STOMP %v", want)
		}
		c := s.dialFor(offered)
		f, o := c.handshake(s.connectFrame("CONNECT", offered, more...))
		if f == nil {
			return o
		}
		if v := f.Headers.Value(headers.Version); c.version != want {
			return wrong("version:%s", v)
		}
		return ok
	}
}

// connected sends a CONNECT of the highest version and waits for CONNECTED.
func connected(make func(s *script, v frame.Version) string) func(*script) Outcome {
	return func(s *script) Outcome {
		_, o := s.dial().handshake(make(s, s.versions.Highest()))
		return o
	}
}

func handshakeProbes() []*Probe {
	highest := passage{inNegotiation, "The session uses the highest version that client and server have in common"}
	var ps []*Probe
	for _, v := range versions {
		ps = append(ps, ask(Must, named("handshake/connect", v), highest, agreed(v.String(), v)))
	}
	handled := passage{inConnect, "Servers handle STOMP in the same way as CONNECT"}
	for _, v := range since(frame.V11) {
		ps = append(ps, ask(Must, named("handshake/stomp-command", v), handled, func(s *script) Outcome {
			f, o := s.dialFor(v.String()).handshake(s.connectFrame("STOMP", v.String()))
			if f != nil && f.Headers.Value(headers.Version) != v.String() {
				return wrong("version:%s", f.Headers.Value(headers.Version))
			}
			return o
		}).in(v))
	}
	ps = append(ps,
		ask(Must, "handshake/without-accept-version", passage{inNegotiation, "A client without accept-version speaks 1.0 only"}, func(s *script) Outcome {
			c := s.dialFor("1.0")
			f, o := c.handshake(s.connectFrame("CONNECT", ""))
			if f != nil && c.version != frame.V10 {
				return wrong("version:%s", f.Headers.Value(headers.Version))
			}
			return o
		}, OK, Errored, Closed),
		ask(Must, "handshake/highest-of-three", highest, func(s *script) Outcome {
			return agreed("1.0,1.1,1.2", s.versions.Highest())(s)
		}),
		ask(Must, "handshake/highest-of-two", highest, agreed("1.0,1.1", frame.V11)),
		ask(Must, "handshake/future-version-too", highest, agreed("1.2,9.9", frame.V12)),
		ask(Should, "handshake/versions-in-any-order", highest, agreed("1.2,1.0,1.1", frame.V12)),
		ask(Must, "handshake/no-common-version", passage{inNegotiation, "Without a common version the server responds with ERROR"}, func(s *script) Outcome {
			f, o := s.dial().handshake(s.connectFrame("CONNECT", "9.9"))
			if f != nil {
				return wrong("CONNECTED, version:%s", f.Headers.Value(headers.Version))
			}
			return o
		}, Errored),
		ask(Must, "handshake/no-common-version-closes", passage{inNegotiation, "Without a common version the server closes the connection after ERROR"}, func(s *script) Outcome {
			c := s.dial()
			switch f, o := c.handshake(s.connectFrame("CONNECT", "9.9")); {
			case f != nil:
				s.block("CONNECTED came, and no ERROR")
			case o.Kind == Closed:
				return o
			case o.Kind != Errored:
				s.block("no ERROR came, %v", o)
			}
			return closes(c)
		}, Closed).slow(),
		ask(Should, "handshake/no-common-version-lists", passage{inNegotiation, "The ERROR lists versions of the server in its version header"}, func(s *script) Outcome {
			c := s.dial()
			if f, o := c.handshake(s.connectFrame("CONNECT", "9.9")); f != nil {
				s.block("CONNECTED came, and no ERROR")
			} else if o.Kind != Errored {
				s.block("no ERROR came, %v", o)
			}
			if got := frame.ParseVersions(c.last.Headers.Value(headers.Version)); got == 0 || got&^s.versions != 0 {
				return wrong("the ERROR has the version header %q", c.last.Headers.Value(headers.Version))
			}
			return ok
		}),
		ask(Must, "handshake/backslash-in-connect", passage{inEncoding, "CONNECT is not escaped"}, connected(func(s *script, v frame.Version) string {
			return s.connectFrame("CONNECT", v.String(), `x-path:C:\temp\`)
		})),
		ask(Must, "handshake/colon-in-connect", passage{inEncoding, "CONNECT is not escaped, so that a colon in a value stays as it is"}, connected(func(s *script, v frame.Version) string {
			return s.connectFrame("CONNECT", v.String(), "x-address:[::1]:61613")
		})),
		ask(Must, "handshake/header-unknown", passage{inConnect, "A server accepts the CONNECT of a client that has more to say than it understands"}, connected(func(s *script, v frame.Version) string {
			return s.connectFrame("CONNECT", v.String(), "x-client-build:17", "hasOwnProperty:1")
		})),
		ask(Must, "handshake/content-length-zero", anyLength, connected(func(s *script, v frame.Version) string {
			return s.connectFrame("CONNECT", v.String(), "content-length:0")
		})),
		ask(Must, "handshake/connect-crlf", passage{inFrames12, "Lines end in LF or in CR LF"}, func(s *script) Outcome {
			_, o := s.dial().handshake(strings.ReplaceAll(s.connectFrame("CONNECT", "1.2"), "\n", "\r\n"))
			return o
		}).in(frame.V12),
		ask(Choice, "handshake/eol-before-connect", passage{inGrammar, "End of lines follow frames; nothing is said about those before the first"}, connected(func(s *script, v frame.Version) string {
			return "\n\n" + s.connectFrame("CONNECT", v.String())
		}), OK, Errored, Closed, Silent),
		ask(Must, "handshake/byte-by-byte", onStream, func(s *script) Outcome {
			c := s.dial()
			text := s.connectFrame("CONNECT", s.versions.Highest().String())
			c.bytewise(text)
			e, o := c.until(of(frame.CONNECTED))
			if o.Kind == OK {
				c.version, _ = e.frame.AgreedVersion()
			}
			return o
		}),
		ask(Should, "handshake/pipelined", passage{inConnecting, "Nothing says that a client has to wait for CONNECTED before it sends"}, func(s *script) Outcome {
			c := s.dial()
			c.send(s.connectFrame("CONNECT", s.versions.Highest().String()) + "SEND\n$D\nreceipt:first\n\nx\x00")
			return c.receipt("first")
		}, Accepted),
		ask(Should, "handshake/repeated-accept-version", passage{"STOMP 1.2, Repeated Header Entries", "The first entry of a header is its value"}, func(s *script) Outcome {
			return agreed("1.2", frame.V12, "accept-version:1.0")(s)
		}),
		ask(Must, "handshake/session-unique", passage{"STOMP 1.0, Introduction; STOMP 1.1 and 1.2, CONNECTED Frame", "The session header, if there is one, identifies the session"}, func(s *script) Outcome {
			var ids []string
			for range 3 {
				_, f := s.connectWith(s.versions.Highest())
				id, has := f.Headers.Get(headers.Session)
				if !has {
					return outcome(Skipped, "no session header")
				}
				if slices.Contains(ids, id) {
					return wrong("two sessions have the session header %q", id)
				}
				ids = append(ids, id)
			}
			return ok
		}),
		ask(Must, "handshake/rapid", passage{inLingering, "Servers support clients that rapidly connect and disconnect"}, func(s *script) Outcome {
			for i := range 20 {
				c := s.connect(s.versions.Highest())
				c.send("DISCONNECT\n\n\x00")
				c.close()
				if o := s.newcomer(); o.Kind != OK {
					return wrong("after %d connections: %s", i+1, o.Detail)
				}
			}
			return ok
		}),
		ask(Choice, "handshake/receipt-on-connect", rule(validate.ReceiptOnConnect), func(s *script) Outcome {
			c := s.dial()
			_, o := c.handshake(s.connectFrame("CONNECT", s.versions.Highest().String(), "receipt:early"))
			if o.Kind != OK {
				return o
			}
			if o = c.receipt("early"); o.Kind == Accepted {
				return outcome("receipt", "RECEIPT too")
			}
			return outcome("no-receipt", "CONNECTED alone")
		}, "receipt", "no-receipt", Errored, Closed),
		ask(Choice, "handshake/host-missing", rule(validate.ConnectHostRequired), func(s *script) Outcome {
			_, o := s.dial().handshake(strings.Replace(s.connectFrame("CONNECT", s.versions.Highest().String()), "host:"+s.Host+"\n", "", 1))
			return o
		}, OK, Errored, Closed),
		ask(Choice, "handshake/host-unknown", passage{inConnect, "A server may select a default host or reject the connection"}, func(s *script) Outcome {
			_, o := s.dial().handshake(strings.Replace(s.connectFrame("CONNECT", s.versions.Highest().String()), "host:"+s.Host+"\n", "host:no-such-host.invalid\n", 1))
			return o
		}, OK, Errored, Closed),
		ask(Choice, "handshake/heart-beat-malformed", rule(validate.HeartBeatSyntax), func(s *script) Outcome {
			_, o := s.dial().handshake(s.connectFrame("CONNECT", "1.2", "heart-beat:a,b"))
			return o
		}, OK, Errored, Closed).in(frame.V12),
	)
	for _, f := range []struct{ name, text string }{
		{"send", "SEND\n$D\nreceipt:r\n\nx\x00"},
		{"subscribe", "SUBSCRIBE\nid:1\n$D\nreceipt:r\n\n\x00"},
		{"begin", "BEGIN\ntransaction:t\nreceipt:r\n\n\x00"},
	} {
		ps = append(ps, ask(Must, "handshake/"+f.name+"-before-connect", rule(validate.ConnectFirst), func(s *script) Outcome {
			c := s.dial()
			c.send(f.text)
			return c.receipt("r")
		}, Errored, Closed, Silent))
	}
	for _, command := range []string{"CONNECT", "STOMP"} {
		ps = append(ps, ask(Must, "handshake/"+strings.ToLower(command)+"-twice", rule(validate.ConnectOnce), func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send(s.connectFrame(command, c.version.String()))
			e, o := c.until(of(frame.CONNECTED))
			if o.Kind == OK {
				return wrong("a second CONNECTED, version:%s", e.frame.Headers.Value(headers.Version))
			}
			return o
		}, unprocessed...))
	}
	return ps
}

// closes waits for the end of a connection after ERROR.
func closes(c *conn) Outcome {
	ended, frames := c.end()
	var after []string
	for _, f := range frames {
		after = append(after, string(f.Command))
	}
	also := ""
	if len(after) > 0 {
		also = fmt.Sprintf("; after ERROR came %s", strings.Join(after, ", "))
	}
	if !ended {
		return outcome(Open, "the connection was open %v after ERROR%s", c.s.closing, also)
	}
	if also != "" {
		return wrong("%s", strings.TrimPrefix(also, "; "))
	}
	return outcome(Closed, "closed")
}
