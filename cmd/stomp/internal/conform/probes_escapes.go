package conform

import (
	"bytes"
	"strings"

	"github.com/stompwire/stomp/frame"
)

// comes sends headers in a SEND, as lines, and looks for a header in the MESSAGE.
func comes(v frame.Version, lines, name, want string) func(*script) Outcome {
	return func(s *script) Outcome {
		_, f, o := s.echo(v, "SEND\n$D\n"+lines+"\n\nbody\x00")
		if f == nil {
			return o
		}
		return carries(f, name, want)
	}
}

// carries compares a header of a frame.
func carries(f *frame.Frame, name, want string) Outcome {
	got, has := f.Headers.Get(name)
	switch {
	case !has:
		return wrong("the %s has no header %+q", f.Command, name)
	case got != want:
		return wrong("the %s has %+q:%+q, want %+q", f.Command, name, got, want)
	}
	return ok
}

// escapeProbes are about how headers are written and read.
func escapeProbes() []*Probe {
	var ps []*Probe
	decoded := passage{inEncoding, "Escapes are translated when headers are read"}
	fatal := passage{inEncoding, "An undefined escape sequence is a fatal protocol error"}
	encoded := passage{inEncoding, "Escapes are written for what they stand for when headers are written"}
	for _, v := range since(frame.V11) {
		for _, row := range []struct{ id, line, name, want string }{
			{"colon", `x-c:a\cb`, "x-c", "a:b"},
			{"line-feed", `x-n:a\nb`, "x-n", "a\nb"},
			{"backslash", `x-b:a\\b`, "x-b", `a\b`},
			{"one-pass", `x-p:C\c\\new\\\\c`, "x-p", `C:\new\\c`},
			{"name", `x\cname:v`, "x:name", "v"},
		} {
			ps = append(ps, ask(Must, named("escapes/"+row.id, v), decoded, comes(v, row.line, row.name, row.want)).in(v))
		}
		for _, row := range []struct{ id, line string }{
			{"undefined-tab", `x:a\tb`},
			{"undefined-capital", `x:a\Cb`},
			{"undefined-zero", `x:a\0b`},
			{"dangling", `x:a\`},
			{"undefined-in-name", `x\tx:a`},
		} {
			ps = append(ps, ask(Must, named("escapes/"+row.id, v), fatal, answered(v, "SEND\n$D\n"+row.line+"\n$R\n\nx\x00"), refusal...).in(v))
		}
		ps = append(ps,
			ask(Must, named("escapes/written", v), encoded, func(s *script) Outcome {
				c, f, o := s.echo(v, "SEND\n$D\n"+`x-all:1\c2\n3\\4`+"\n\nbody\x00")
				if f == nil {
					return o
				}
				if want := []byte("\n" + `x-all:1\c2\n3\\4`); !bytes.Contains(c.all(), want) {
					line := c.all()
					if i := bytes.Index(line, []byte("\nx-all:")); i >= 0 {
						line = line[i+1:]
						line, _, _ = bytes.Cut(line, []byte("\n"))
					}
					return wrong("the MESSAGE has the line %s", printable(line))
				}
				return ok
			}).in(v),
			ask(Must, named("escapes/in-receipt", v), encoded, func(s *script) Outcome {
				c := s.connect(v)
				c.send("SEND\n$D\n" + `receipt:a\cb\\c\nd` + "\n\nx\x00")
				return c.receipt("a:b\\c\nd")
			}, Accepted).in(v),
			ask(Must, named("escapes/in-subscription", v), encoded, func(s *script) Outcome {
				c := s.connect(v)
				s.needDelivery(v)
				c.subscribe(`a\cb\\c`, s.own(), "")
				c.publish(s.own(), "hello")
				f, o := c.message()
				if f == nil {
					return o
				}
				return carries(f, "subscription", `a:b\c`)
			}).in(v),
			ask(Must, named("escapes/in-transaction", v), decoded, func(s *script) Outcome {
				return s.connect(v).ask("BEGIN\n" + `transaction:a\cb` + "\n\n\x00COMMIT\n" + `transaction:a\cb` + "\n$R\n\n\x00")
			}, Accepted).in(v),
		)
	}
	ps = append(ps,
		ask(Must, "escapes/carriage-return-1.2", passage{inEncoding12, `\r stands for a carriage return`}, comes(frame.V12, `x-r:a\rb`, "x-r", "a\rb")).in(frame.V12),
		ask(Must, "escapes/carriage-return-1.1", passage{"STOMP 1.1, Value Encoding", `STOMP 1.1 does not define \r, and an undefined escape sequence is a fatal protocol error`},
			answered(frame.V11, "SEND\n$D\n"+`x:a\rb`+"\n$R\n\nx\x00"), refusal...).in(frame.V11),
		ask(Must, "escapes/literal-1.0", passage{"STOMP 1.0, Introduction", "STOMP 1.0 has no escapes"}, comes(frame.V10, `x-l:a\nb`, "x-l", `a\nb`)).in(frame.V10),
		ask(Must, "escapes/from-1.2-to-1.1", encoded, func(s *script) Outcome {
			return across(s, frame.V12, frame.V11, `x-x:a\cb\\c\nd`, "x-x", "a:b\\c\nd")
		}).in(frame.V11),
		ask(Must, "escapes/from-1.1-to-1.2", encoded, func(s *script) Outcome {
			return across(s, frame.V11, frame.V12, `x-x:a\cb\\c\nd`, "x-x", "a:b\\c\nd")
		}).in(frame.V11),
		ask(Must, "escapes/from-1.2-to-1.0", passage{"STOMP 1.0, Introduction", "STOMP 1.0 has no escapes"}, func(s *script) Outcome {
			return across(s, frame.V12, frame.V10, `x-x:a\\b`, "x-x", `a\b`)
		}).in(frame.V10),
	)
	// Values.
	kept := passage{"STOMP 1.1 and 1.2, SEND", "User-defined headers are passed through in the MESSAGE"}
	trim := passage{inEncoding12, "Servers never trim or pad headers with spaces"}
	utf8 := passage{inEncoding, "Headers are UTF-8"}
	for _, v := range since(frame.V11) {
		ps = append(ps, ask(Must, named("escapes/user-header", v), kept, comes(v, "x-own:some value", "x-own", "some value")).in(v))
	}
	for _, row := range []struct {
		id                string
		p                 passage
		lines, name, want string
	}{
		{"blanks-before", trim, "x-s:  a", "x-s", "  a"},
		{"blanks-behind", trim, "x-s:a  ", "x-s", "a  "},
		{"blank-alone", trim, "x-s: ", "x-s", " "},
		{"tab", trim, "x-s:\ta\t", "x-s", "\ta\t"},
		{"blank-in-name", trim, "x s :v", "x s ", "v"},
	} {
		ps = append(ps, ask(Must, "escapes/"+row.id, row.p, comes(frame.V12, row.lines, row.name, row.want)).in(frame.V12))
	}
	for _, row := range []struct {
		id                string
		p                 passage
		lines, name, want string
	}{
		{"utf8-two-bytes", utf8, "x-u:grüße", "x-u", "grüße"},
		{"utf8-three-bytes", utf8, "x-u:日本", "x-u", "日本"},
		{"utf8-four-bytes", utf8, "x-u:a\U0001f600b", "x-u", "a\U0001f600b"},
		{"utf8-name", utf8, "x-größe:1", "x-größe", "1"},
		{"empty-value", passage{"STOMP 1.1 and 1.2, Augmented BNF", "A value may be empty"}, "x-e:", "x-e", ""},
		{"long-value", kept, "x-long:" + strings.Repeat("0123456789", 100), "x-long", strings.Repeat("0123456789", 100)},
		{"strange-names", kept, "hasOwnProperty:1\n__proto__:2\nconstructor:3", "__proto__", "2"},
		{"case-of-name", passage{inCase, "Header names are case sensitive"}, "X-Own:1\nx-own:2", "X-Own", "1"},
		{"comma", kept, "x-list:a,b;c=d", "x-list", "a,b;c=d"},
		{"number", kept, "x-number:007", "x-number", "007"},
		{"true", kept, "x-bool:TRUE", "x-bool", "TRUE"},
	} {
		ps = append(ps, ask(Must, "escapes/"+row.id, row.p, func(s *script) Outcome {
			return comes(s.versions.Highest(), row.lines, row.name, row.want)(s)
		}))
	}
	ps = append(ps,
		ask(Must, "escapes/many-headers", kept, func(s *script) Outcome {
			var lines []string
			for i := range 40 {
				lines = append(lines, s.escape(strings.Repeat("x", i+1), 0)+":"+strings.Repeat("y", i))
			}
			_, f, o := s.echo(s.versions.Highest(), "SEND\n$D\n"+strings.Join(lines, "\n")+"\n\nbody\x00")
			if f == nil {
				return o
			}
			for i := 1; i < 40; i++ {
				if o := carries(f, strings.Repeat("x", i+1), strings.Repeat("y", i)); o.Kind != OK {
					return o
				}
			}
			return ok
		}),
		ask(Should, "escapes/repeated-first-counts", passage{"STOMP 1.2, Repeated Header Entries", "The first entry of a header is its value"}, comes(frame.V12, "x-twice:1\nx-twice:2", "x-twice", "1")).in(frame.V12),
		ask(Choice, "escapes/raw-colon", passage{"STOMP 1.1 and 1.2, Augmented BNF", "A value has no colon; what a server does with a raw one is not said"}, func(s *script) Outcome {
			v := s.versions.Highest()
			_, f, o := s.echo(v, "SEND\n$D\nx-raw:a:b\n\nbody\x00")
			if f == nil {
				return o
			}
			if got := f.Headers.Value("x-raw"); got != "a:b" {
				return outcome("changed", "it comes as %+q", got)
			}
			return outcome("kept", "it is kept")
		}, "kept", "changed", Errored, Closed),
		ask(Choice, "escapes/invalid-utf8", utf8, func(s *script) Outcome {
			return s.connect(s.versions.Highest()).ask("SEND\n$D\nx-bad:\xff\xfe\n$R\n\nx\x00")
		}, Accepted, Errored, Closed, Ignored),
	)
	return ps
}

// across sends in one version and receives in another.
func across(s *script, from, to frame.Version, line, name, want string) Outcome {
	sender, receiver := s.connect(from), s.connect(to)
	s.needDelivery(to)
	receiver.subscribe("s", s.own(), "")
	sender.send("SEND\n$D\n" + line + "\n\nbody\x00")
	f, o := receiver.message()
	if f == nil {
		if sender.last != nil || o.Kind == Ignored {
			if refused := sender.receipt("none"); refused.Kind == Errored || refused.Kind == Closed {
				return refused
			}
		}
		return o
	}
	return carries(f, name, want)
}
