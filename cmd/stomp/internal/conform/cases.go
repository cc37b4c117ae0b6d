package conform

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// Cases returns all cases of clients, in their order.
func Cases() []*Probe {
	return slices.Concat(connectCases(), readCases(), refuseCases(), writeCases(), ackCases(), beatCases(), endCases())
}

// faultless says what is wrong with a frame of the client by itself.
func faultless(f *frame.Frame, v frame.Version) Outcome {
	err := validate.Enforce(validate.CheckFrame(f, v, validate.Client))
	var all validate.Violations
	if errors.As(err, &all) {
		return wrong("%v", all[0].Error())
	}
	return ok
}

func connectCases() []*Probe {
	var ps []*Probe
	for _, v := range versions {
		ps = append(ps,
			ask(Must, named("connect/accepted", v), passage{inConnecting, "A client takes CONNECTED for an answer to its CONNECT"}, func(s *script) Outcome {
				s.serve(v)
				return ok
			}).in(v),
			ask(Must, named("connect/frame", v), passage{inConnect, "CONNECT has what its version requires, and offers that version"}, func(s *script) Outcome {
				_, f, _ := s.connecting(v, [2]int{})
				if !f.AcceptVersions().Has(v) {
					return wrong("accept-version:%s", f.Headers.Value(headers.AcceptVersion))
				}
				return faultless(f, frame.Unnegotiated)
			}).in(v),
			ask(Must, named("connect/credentials", v), passage{inConnect, "login and passcode are sent as they are"}, func(s *script) Outcome {
				_, f, _ := s.connecting(v, [2]int{})
				if f.Headers.Value(headers.Login) != "guest" || f.Headers.Value(headers.Passcode) != "guest" {
					return wrong("the login or the passcode differs")
				}
				return ok
			}).in(v),
		)
	}
	accepts := func(level Level, id string, p passage, v frame.Version, text string, cut bool) *Probe {
		return ask(level, "connect/"+id, p, func(s *script) Outcome {
			c, _, answer := s.connecting(v, [2]int{})
			if cut {
				c.bytewise(text)
			} else {
				c.raw(text)
			}
			return taken(s, answer)
		}).in(v)
	}
	refused := func(level Level, id string, p passage, v frame.Version, text string) *Probe {
		return ask(level, "connect/"+id, p, func(s *script) Outcome {
			c, _, answer := s.connecting(v, [2]int{})
			c.raw(text)
			if text == "" || strings.HasPrefix(text, "ERROR") {
				c.close()
			}
			select {
			case a := <-answer:
				if a.Error == "" {
					return outcome(Accepted, "the client says that it is connected")
				}
				return outcome(Errored, "the client says: %s", a.Error)
			case <-time.After(s.patience + 3*time.Second):
				return outcome(Silent, "the client does not say that connecting failed")
			}
		}, Errored).in(v)
	}
	more := passage{"STOMP 1.1 and 1.2, Frames and Headers", "Frames may have more headers than those that are defined"}
	literal := passage{inEncoding, "CONNECTED is not escaped"}
	return append(ps,
		accepts(Must, "more-headers", more, frame.V12, "CONNECTED\nversion:1.2\nx-more:1\nserver:test/1.0 a comment\n\n\x00", false),
		accepts(Must, "colon-in-connected", literal, frame.V12, "CONNECTED\nversion:1.2\nsession:ID:host-36145-1:30\n\n\x00", false),
		accepts(Must, "backslash-in-connected", literal, frame.V12, "CONNECTED\nversion:1.2\nsession:"+`C:\temp`+"\n\n\x00", false),
		accepts(Must, "crlf-in-connected", passage{inFrames12, "Lines end in LF or in CR LF"}, frame.V12, "CONNECTED\r\nversion:1.2\r\n\r\n\x00\r\n", false),
		accepts(Must, "connected-byte-by-byte", onStream, frame.V12, "CONNECTED\nversion:1.2\nsession:1\n\n\x00\n", true),
		accepts(Must, "eol-after-connected", passage{inFrames12, "End of lines may follow the NUL of a frame"}, frame.V12, "CONNECTED\nversion:1.2\n\n\x00\n\n\n", false),
		accepts(Must, "connected-length-zero", anyLength, frame.V12, "CONNECTED\nversion:1.2\ncontent-length:0\n\n\x00", false),
		accepts(Choice, "eol-before-connected", passage{inGrammar, "End of lines follow frames; nothing is said about those before the first"}, frame.V12, "\nCONNECTED\nversion:1.2\n\n\x00", false),
		refused(Must, "error", passage{inConnecting, "A server rejects a connection with ERROR"}, frame.V12, "ERROR\nmessage:no\n\n\x00"),
		refused(Must, "error-1.1", passage{inConnecting, "A server rejects a connection with ERROR"}, frame.V11, "ERROR\nmessage:no\n\nlogin failed\nline two\x00"),
		refused(Must, "closed", passage{inConnecting, "A server can reject any connection"}, frame.V12, ""),
		refused(Should, "other-version", rule(validate.ConnectedVersionOffered), frame.V12, "CONNECTED\nversion:1.1\n\n\x00"),
		refused(Should, "future-version", rule(validate.ConnectedVersionOffered), frame.V12, "CONNECTED\nversion:9.9\n\n\x00"),
	)
}

// taken waits for the client to say that it is connected.
func taken(s *script, answer <-chan Answer) Outcome {
	select {
	case a := <-answer:
		if a.Error != "" {
			return outcome(Errored, "the client says: %s", a.Error)
		}
		return ok
	case <-time.After(s.patience + 3*time.Second):
		return outcome(Silent, "the client does not say that it is connected")
	}
}

// reads delivers a MESSAGE and compares what the client makes of it.
func reads(v frame.Version, lines, name, want, head, body string) func(*script) Outcome {
	return func(s *script) Outcome {
		c := s.serve(v)
		id := s.subscribed(c, "auto")
		c.raw(c.delivery(id, "m-1", lines+head, body))
		m, o := s.received()
		if m == nil {
			return o
		}
		return same(m, name, want, body)
	}
}

func same(m *Message, name, want, body string) Outcome {
	got, has := m.Headers[name]
	switch {
	case name != "" && !has:
		return wrong("the client has no header %+q, but %+q", name, slices.Sorted(maps.Keys(m.Headers)))
	case name != "" && got != want:
		return wrong("the client has %+q:%+q, want %+q", name, got, want)
	case string(m.Body) != body:
		return wrong("the client has the body %s, want %s", printable(m.Body), printable([]byte(body)))
	}
	return ok
}

// readCases are about what a client makes of frames.
func readCases() []*Probe {
	var ps []*Probe
	decoded := passage{inEncoding, "Escapes are translated when headers are read"}
	counted := passage{inLength, "As many bytes as content-length says are read, NULs among them"}
	ended := passage{inLength, "A body without content-length ends at the first NUL"}
	kept := passage{"STOMP 1.1 and 1.2, MESSAGE", "MESSAGE has all headers of users"}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	type row struct {
		id                string
		p                 passage
		lines, name, want string
		head, body        string
	}
	plain := []row{
		{"body", ended, "", "", "", "", "hello"},
		{"body-counted", counted, "", "", "", length("hello"), "hello"},
		{"body-with-nuls", counted, "", "", "", length("\x00a\x00\x00"), "\x00a\x00\x00"},
		{"header", kept, "x-own:value\n", "x-own", "value", "", "hello"},
	}
	for _, v := range versions {
		for _, r := range plain {
			ps = append(ps, ask(Must, named("reads/"+r.id, v), r.p, reads(v, r.lines, r.name, r.want, r.head, r.body)).in(v))
		}
	}
	for _, v := range since(frame.V11) {
		for _, r := range []row{
			{"escaped-colon", decoded, `x:a\cb` + "\n", "x", "a:b", "", "b"},
			{"escaped-line-feed", decoded, `x:a\nb` + "\n", "x", "a\nb", "", "b"},
			{"escaped-backslash", decoded, `x:a\\b` + "\n", "x", `a\b`, "", "b"},
			{"escapes-one-pass", decoded, `x:C\c\\new\\\\c` + "\n", "x", `C:\new\\c`, "", "b"},
			{"escaped-name", decoded, `x\cy:v` + "\n", "x:y", "v", "", "b"},
		} {
			ps = append(ps, ask(Must, named("reads/"+r.id, v), r.p, reads(v, r.lines, r.name, r.want, r.head, r.body)).in(v))
		}
	}
	utf8 := passage{inEncoding, "Headers are UTF-8"}
	for _, r := range []row{
		{"escaped-carriage-return", passage{inEncoding12, `\r stands for a carriage return`}, `x:a\rb` + "\n", "x", "a\rb", "", "b"},
		{"blanks", passage{inEncoding12, "Clients never trim or pad headers with spaces"}, "x:  a  \n", "x", "  a  ", "", "b"},
		{"utf8-four-bytes", utf8, "x:a\U0001f600b\n", "x", "a\U0001f600b", "", "b"},
		{"utf8-name", utf8, "größe:1\n", "größe", "1", "", "b"},
		{"empty-value", passage{"STOMP 1.1 and 1.2, Augmented BNF", "A value may be empty"}, "x:\n", "x", "", "", "b"},
		{"strange-names", kept, "hasOwnProperty:1\nconstructor:2\n", "constructor", "2", "", "b"},
		{"repeated-header", passage{"STOMP 1.2, Repeated Header Entries", "The first entry of a header is its value"}, "x:first\nx:second\n", "x", "first", "", "b"},
		{"body-empty", ended, "", "", "", "", ""},
		{"body-every-byte", counted, "", "", "", length(string(every)), string(every)},
		{"body-line-endings", counted, "", "", "", length("\r\n\n\r\n"), "\r\n\n\r\n"},
		{"body-like-a-frame", counted, "", "", "", length("\x00\nERROR\nmessage:no\n\n\x00"), "\x00\nERROR\nmessage:no\n\n\x00"},
		{"body-64-kib", counted, "", "", "", length(strings.Repeat("stomp...", 8192)), strings.Repeat("stomp...", 8192)},
		{"long-value", kept, "x:" + strings.Repeat("0123456789", 100) + "\n", "x", strings.Repeat("0123456789", 100), "", "b"},
	} {
		level := Must
		if r.id == "repeated-header" {
			level = Should
		}
		ps = append(ps, ask(level, "reads/"+r.id, r.p, reads(frame.V12, r.lines, r.name, r.want, r.head, r.body)).in(frame.V12))
	}
	// several delivers messages in some way and compares the bodies.
	several := func(id string, p passage, n int, deliver func(c *conn, each func(i int) string)) *Probe {
		return ask(Must, "reads/"+id, p, func(s *script) Outcome {
			c := s.serve(frame.V12)
			sub := s.subscribed(c, "auto")
			deliver(c, func(i int) string {
				body := fmt.Sprintf("m\x00%d", i)
				return c.delivery(sub, fmt.Sprint("m-", i), "x-a:grüße\n"+length(body), body)
			})
			for i := range n {
				m, o := s.received()
				if m == nil {
					o.Detail = fmt.Sprintf("message %d: %s", i, o.Detail)
					return o
				}
				if o := same(m, "x-a", "grüße", fmt.Sprintf("m\x00%d", i)); o.Kind != OK {
					return o
				}
			}
			return ok
		}).in(frame.V12)
	}
	return append(ps,
		several("byte-by-byte", onStream, 1, func(c *conn, each func(int) string) {
			c.bytewise(each(0))
		}),
		several("cut-at-many-bytes", onStream, 12, func(c *conn, each func(int) string) {
			for i := range 12 {
				text := each(i)
				cut := (i + 1) * len(text) / 13
				c.raw(text[:cut])
				time.Sleep(2 * time.Millisecond) // so that they are not put together again
				c.raw(text[cut:])
			}
		}),
		several("twenty-in-one-write", onStream, 20, func(c *conn, each func(int) string) {
			var all strings.Builder
			for i := range 20 {
				all.WriteString(each(i))
			}
			c.raw(all.String())
		}),
		several("eols-between", passage{"STOMP 1.1 and 1.2, STOMP Frames", "End of lines may follow the NUL of a frame"}, 3, func(c *conn, each func(int) string) {
			c.raw("\n\n" + each(0) + "\n\r\n\n" + each(1) + each(2) + "\n")
		}),
		several("crlf", passage{inFrames12, "Lines end in LF or in CR LF"}, 1, func(c *conn, each func(int) string) {
			head, body, _ := strings.Cut(each(0), "\n\n")
			c.raw(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body)
		}),
		ask(Choice, "reads/raw-colon", passage{"STOMP 1.1 and 1.2, Augmented BNF", "A value has no colon; what a client does with a raw one is not said"}, func(s *script) Outcome {
			o := reads(frame.V12, "x:a:b\n", "x", "a:b", "", "b")(s)
			if o.Kind == OK {
				return outcome("kept", "it is kept")
			}
			return outcome("changed", "%v", o)
		}, "kept", "changed").in(frame.V12),
	)
}

// refuseCases are frames that a client must not take.
func refuseCases() []*Probe {
	var ps []*Probe
	fatal := passage{inEncoding, "An undefined escape sequence is a fatal protocol error"}
	refuses := func(v frame.Version, text func(c *conn, id string) string) func(*script) Outcome {
		return func(s *script) Outcome {
			c := s.serve(v)
			id := s.subscribed(c, "auto")
			c.raw(text(c, id))
			m, o := s.received()
			if m != nil {
				return outcome(Accepted, "the client took the message")
			}
			if o.Kind == Ignored {
				if ended, _ := c.end(); ended {
					return outcome(Closed, "the client closed the connection")
				}
			}
			return o
		}
	}
	line := func(line string) func(*conn, string) string {
		return func(c *conn, id string) string { return c.delivery(id, "m-1", line+"\n", "b") }
	}
	for _, v := range since(frame.V11) {
		ps = append(ps,
			ask(Must, named("refuses/undefined-escape", v), fatal, refuses(v, line(`x:a\tb`)), refusal...).in(v),
			ask(Must, named("refuses/dangling-escape", v), fatal, refuses(v, line(`x:a\`)), refusal...).in(v),
		)
	}
	return append(ps,
		ask(Must, "refuses/carriage-return-1.1", passage{"STOMP 1.1, Value Encoding", `STOMP 1.1 does not define \r`}, refuses(frame.V11, line(`x:a\rb`)), refusal...).in(frame.V11),
		ask(Must, "refuses/header-without-colon", passage{inFrames, "Headers have the format <key>:<value>"}, refuses(frame.V12, line("bad")), unprocessed...).in(frame.V12),
		ask(Choice, "refuses/header-without-name", passage{inGrammar, "A header name is not empty; what a client does with an empty one is not said"},
			refuses(frame.V12, line(":v")), Accepted, Errored, Closed, Ignored).in(frame.V12),
		ask(Must, "refuses/length-too-short", passage{inLength, "The frame is terminated with a NUL behind the body"}, refuses(frame.V12, func(c *conn, id string) string {
			return c.delivery(id, "m-1", "content-length:1\n", "xyz")
		}), unprocessed...).in(frame.V12),
		ask(Must, "refuses/length-no-number", rule(validate.ContentLengthSyntax), refuses(frame.V12, line("content-length:abc")), unprocessed...).in(frame.V12),
		ask(Must, "refuses/command-lower-case", passage{inCase, "Commands are case sensitive"}, refuses(frame.V12, func(c *conn, id string) string {
			return strings.Replace(c.delivery(id, "m-1", "", "b"), "MESSAGE", "message", 1)
		}), unprocessed...).in(frame.V12),
		ask(Must, "refuses/command-unknown", passage{inFrames, "A frame starts with a command, which ends with the line"}, refuses(frame.V12, func(c *conn, id string) string {
			return strings.Replace(c.delivery(id, "m-1", "", "b"), "MESSAGE", "MESSAGES", 1)
		}), unprocessed...).in(frame.V12),
		ask(Choice, "refuses/subscription-unknown", rule(validate.MessageSubscriptionKnown), refuses(frame.V12, func(c *conn, id string) string {
			return c.delivery("nobody", "m-1", "", "b")
		}), Accepted, Errored, Closed, Ignored).in(frame.V12),
	)
}

// wrote looks for a header as it is to be written: readers may be lenient, and
// take what is not escaped for what was meant.
func (c *conn) wrote(name, value string) Outcome {
	want := c.s.escape(name, c.serves) + ":" + c.s.escape(value, c.serves)
	if all := c.all(); !bytes.Contains(all, []byte("\n"+want+"\n")) && !bytes.Contains(all, []byte("\n"+want+"\r\n")) {
		return wrong("no line is %s", printable([]byte(want)))
	}
	return ok
}

// writeCases are about the frames that a client sends.
func writeCases() []*Probe {
	var ps []*Probe
	encoded := passage{inEncoding, "Escapes are written for what they stand for when headers are written"}
	sends := func(v frame.Version, c Command, check func(f *frame.Frame, k *conn) Outcome) func(*script) Outcome {
		return func(s *script) Outcome {
			k := s.serve(v)
			c.Op, c.Destination = "send", "/queue/conform"
			answer := s.tell(c)
			f, o := k.following(frame.SEND)
			if f == nil {
				select {
				case a := <-answer:
					if a.Error != "" {
						return outcome(Errored, "no SEND; the client says: %s", a.Error)
					}
				default:
				}
				return o
			}
			if a := <-answer; a.Error != "" {
				return outcome(Errored, "the client says: %s", a.Error)
			}
			if o := faultless(f, v); o.Kind != OK {
				return o
			}
			if o := carries(f, headers.Destination, "/queue/conform"); o.Kind != OK {
				return o
			}
			return check(f, k)
		}
	}
	body := func(want string) func(*frame.Frame, *conn) Outcome {
		return func(f *frame.Frame, _ *conn) Outcome {
			if string(f.Body) != want {
				return wrong("the body is %s, want %s", printable(f.Body), printable([]byte(want)))
			}
			return ok
		}
	}
	header := func(name, want string) func(*frame.Frame, *conn) Outcome {
		return func(f *frame.Frame, k *conn) Outcome {
			if o := carries(f, name, want); o.Kind != OK {
				return o
			}
			return k.wrote(name, want)
		}
	}
	bodies := passage{"STOMP 1.0, 1.1 and 1.2, SEND", "The body is the message to be sent"}
	nuls := rule(validate.ContentLengthRequired)
	for _, v := range versions {
		ps = append(ps,
			ask(Must, named("sends/text", v), bodies, sends(v, Command{Body: []byte("hello")}, body("hello"))).in(v),
			ask(Must, named("sends/nuls", v), nuls, sends(v, Command{Body: []byte("a\x00b\x00"), Binary: true}, body("a\x00b\x00"))).in(v),
			ask(Must, named("sends/receipt", v), rule(validate.ReceiptKnown), sends(v, Command{Body: []byte("hello"), Receipt: true}, func(f *frame.Frame, _ *conn) Outcome {
				if _, has := f.Headers.Get(headers.Receipt); !has {
					return wrong("the SEND has no receipt header")
				}
				return ok
			})).in(v),
		)
	}
	for _, v := range since(frame.V11) {
		for _, row := range []struct{ id, name, value string }{
			{"colon", "x-c", "a:b"}, {"line-feed", "x-n", "a\nb"}, {"backslash", "x-b", `a\b`}, {"path", "x-p", `C:\new`}, {"colon-in-name", "x:y", "v"},
		} {
			ps = append(ps, ask(Must, named("sends/"+row.id, v), encoded,
				sends(v, Command{Body: []byte("b"), Headers: map[string]string{row.name: row.value}}, header(row.name, row.value))).in(v))
		}
	}
	ps = append(ps,
		ask(Must, "sends/carriage-return-1.2", encoded, sends(frame.V12, Command{Body: []byte("b"), Headers: map[string]string{"x-r": "a\rb"}}, header("x-r", "a\rb"))).in(frame.V12),
		ask(Must, "sends/utf8", passage{inEncoding, "Headers are UTF-8"}, sends(frame.V12, Command{Body: []byte("grüße 日本"), Headers: map[string]string{"x-u": "\U0001f600"}}, header("x-u", "\U0001f600"))).in(frame.V12),
		ask(Must, "sends/blanks", passage{inEncoding12, "Clients never trim or pad headers with spaces"}, sends(frame.V12, Command{Body: []byte("b"), Headers: map[string]string{"x-s": " a "}}, header("x-s", " a "))).in(frame.V12),
		ask(Must, "sends/body-empty", bodies, sends(frame.V12, Command{}, body(""))).in(frame.V12),
		ask(Must, "sends/body-utf8-length", rule(validate.ContentLengthMatchesBody), sends(frame.V12, Command{Body: []byte("grüße \U0001f600")}, body("grüße \U0001f600"))).in(frame.V12),
		ask(Should, "sends/length", rule(validate.ContentLengthExpected), sends(frame.V12, Command{Body: []byte("hello")}, func(f *frame.Frame, _ *conn) Outcome {
			if _, has := f.Headers.Get(headers.ContentLength); !has {
				return wrong("the SEND has no content-length")
			}
			return ok
		})).in(frame.V12),
		ask(Must, "sends/receipt-awaited", passage{inReceipt, "RECEIPT says that a frame has been processed; ERROR that it was not"}, func(s *script) Outcome {
			k := s.serve(frame.V12)
			answer := s.tell(Command{Op: "send", Destination: "/queue/conform", Body: []byte("b"), Receipt: true})
			f := k.from(frame.SEND)
			k.raw("ERROR\nmessage:refused\nreceipt-id:" + s.escape(f.Headers.Value(headers.Receipt), frame.V12) + "\n\n\x00")
			k.close()
			select {
			case a := <-answer:
				if a.Error == "" {
					return outcome(Accepted, "the client says that the message was sent")
				}
				return outcome(Errored, "the client says: %s", a.Error)
			case <-time.After(s.patience + 12*time.Second):
				return outcome(Silent, "the client does not answer")
			}
		}, Errored).in(frame.V12),
	)
	for _, v := range versions {
		ps = append(ps,
			ask(Must, named("subscribes/frame", v), passage{"STOMP 1.0, 1.1 and 1.2, SUBSCRIBE", "SUBSCRIBE has what its version requires"}, func(s *script) Outcome {
				k := s.serve(v)
				s.tell(Command{Op: "subscribe", ID: "sub", Destination: "/queue/conform", Ack: "client"})
				f, o := k.following(frame.SUBSCRIBE)
				if f == nil {
					return o
				}
				if o := faultless(f, v); o.Kind != OK {
					return o
				}
				return carries(f, headers.Ack, "client")
			}).in(v),
			ask(Must, named("subscribes/unsubscribe", v), rule(validate.UnsubscribeKnown), func(s *script) Outcome {
				k := s.serve(v)
				id := s.subscribed(k, "auto")
				s.tell(Command{Op: "unsubscribe", ID: "sub", Destination: "/queue/conform"})
				f, o := k.following(frame.UNSUBSCRIBE)
				if f == nil {
					return o
				}
				if got, has := f.Headers.Get(headers.ID); has && got != id || !has && v > frame.V10 {
					return wrong("id:%s, subscribed was %s", got, id)
				}
				return faultless(f, v)
			}).in(v),
		)
	}
	return ps
}
