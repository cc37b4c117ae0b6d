package conform

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

const (
	inFrames = "STOMP 1.0, Introduction; STOMP 1.1 and 1.2, STOMP Frames"
	inLength = "STOMP 1.0, SEND; STOMP 1.1 and 1.2, Header content-length"
)

var (
	onStream  = passage{inFrames, "Frames are sent over a stream, whose segments mean nothing"}
	anyLength = passage{"STOMP 1.1 and 1.2, Header content-length", "All frames may have a content-length"}
)

// carried sends a body and compares that of the MESSAGE.
func carried(v frame.Version, head, body string) func(*script) Outcome {
	return func(s *script) Outcome {
		version := v
		if v == frame.Unnegotiated {
			version = s.versions.Highest()
		}
		_, f, o := s.echo(version, "SEND\n$D\n"+head+"\n"+body+"\x00")
		if f == nil {
			return o
		}
		if string(f.Body) != body {
			return wrong("the body is %s, want %s", printable(f.Body), printable([]byte(body)))
		}
		return ok
	}
}

func length(body string) string { return fmt.Sprintf("content-length:%d\n", len(body)) }

// framingProbes are about where frames begin and end, and about bodies.
func framingProbes() []*Probe {
	nameless := passage{inGrammar, "A header name is not empty; what a server does with an empty one is not said"}
	counted := passage{inLength, "As many bytes as content-length says are read, NULs among them"}
	ended := passage{inLength, "A body without content-length ends at the first NUL"}
	eol := passage{inFrames12, "Lines end in LF or in CR LF"}
	between := passage{"STOMP 1.0, Augmented BNF; STOMP 1.1 and 1.2, STOMP Frames", "End of lines may follow the NUL of a frame"}
	body := passage{"STOMP 1.0, 1.1 and 1.2, MESSAGE", "The body has the contents of the message"}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	var ps []*Probe
	for _, v := range versions {
		ps = append(ps,
			ask(Must, named("framing/body-with-nuls", v), counted, carried(v, length("\x00a\x00\x00b\x00"), "\x00a\x00\x00b\x00")).in(v),
			ask(Must, named("framing/body-without-length", v), ended, carried(v, "", "plain text")).in(v),
		)
	}
	for _, row := range []struct {
		id         string
		p          passage
		head, body string
	}{
		{"body-empty", body, "", ""},
		{"body-empty-counted", counted, length(""), ""},
		{"body-every-byte", counted, length(string(every)), string(every)},
		{"body-one-nul", counted, length("\x00"), "\x00"},
		{"body-line-feeds", body, length("\n\n\n"), "\n\n\n"},
		{"body-crlf", body, length("\r\n\r\n"), "\r\n\r\n"},
		{"body-crlf-without-length", body, "", "\r\na\r\n"},
		{"body-like-a-frame", counted, length("\x00\nSEND\nfoo:bar\n\nx\x00"), "\x00\nSEND\nfoo:bar\n\nx\x00"},
		{"body-utf8", body, length("grüße 日本 \U0001f600"), "grüße 日本 \U0001f600"},
		{"body-not-utf8", counted, length("\xff\xfe\xfd"), "\xff\xfe\xfd"},
		{"body-64-kib", body, length(strings.Repeat("stomp...", 8192)), strings.Repeat("stomp...", 8192)},
		{"body-with-backslashes", body, length(`a\cb\n\\`), `a\cb\n\\`},
		{"length-of-other-name", passage{inCase, "Header names are case sensitive"}, "Content-Length:1\nx-content-length:2\n", "longer"},
		{"length-leading-zeros", counted, "content-length:0006\n", "longer"},
	} {
		accept := []Kind{OK}
		if row.id == "length-of-other-name" {
			accept = append(accept, refusal...) // what could be misunderstood may be refused
		}
		ps = append(ps, ask(Must, "framing/"+row.id, row.p, carried(frame.Unnegotiated, row.head, row.body), accept...))
	}
	ps = append(ps,
		ask(Must, "framing/length-on-other-frames", anyLength, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			for _, f := range []string{
				"SUBSCRIBE\nid:1\n$D\ncontent-length:0\n$R\n\n\x00",
				"BEGIN\ntransaction:t\ncontent-length:0\n$R\n\n\x00",
				"COMMIT\ntransaction:t\ncontent-length:0\n$R\n\n\x00",
				"UNSUBSCRIBE\nid:1\n" + "content-length:0\n$R\n\n\x00",
			} {
				if o := c.ask(f); !c.took(o) {
					o.Detail = strings.SplitN(f, "\n", 2)[0] + ": " + o.Detail
					return o
				}
			}
			return ok
		}),
		ask(Must, "framing/content-type", passage{"STOMP 1.1 and 1.2, Header content-type", "The content-type describes the body"},
			func(s *script) Outcome {
				return comes(s.versions.Highest(), "content-type:text/plain;charset=utf-8", headers.ContentType, "text/plain;charset=utf-8")(s)
			}),
		ask(Must, "framing/two-in-one-write", onStream, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send("SEND\n$D\nreceipt:1\n\nx\x00SEND\n$D\nreceipt:2\n\nx\x00")
			if o := c.receipt("1"); o.Kind != Accepted {
				return o
			}
			return c.receipt("2")
		}, Accepted),
		ask(Must, "framing/fifty-in-one-write", onStream, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			var all strings.Builder
			for i := range 50 {
				fmt.Fprintf(&all, "SEND\n$D\nreceipt:b%d\n\n%d\x00", i, i)
			}
			c.send(all.String())
			waiting := map[string]bool{}
			for i := range 50 {
				waiting[fmt.Sprintf("b%d", i)] = true
			}
			_, o := c.until(func(e event) bool {
				if e.frame != nil && e.frame.Command == frame.RECEIPT {
					delete(waiting, e.frame.Headers.Value(headers.ReceiptID))
				}
				return len(waiting) == 0
			})
			if o.Kind == OK {
				return outcome(Accepted, "50 receipts")
			}
			o.Detail += fmt.Sprintf("; %d of 50 receipts are missing", len(waiting))
			return o
		}, Accepted),
		ask(Must, "framing/frame-and-a-half", onStream, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			whole := s.fill("SEND\n$D\nreceipt:1\n\nx\x00SEND\n$D\nreceipt:2\n\nx\x00")
			cut := len(whole) - 20
			c.raw(whole[:cut])
			if o := c.receiptQuietly("1"); o.Kind != Accepted {
				return o
			}
			c.raw(whole[cut:])
			return c.receipt("2")
		}, Accepted),
		ask(Must, "framing/byte-by-byte", onStream, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.bytewise(s.fill("SEND\n$D\nreceipt:slow\nx:grüße\\\\\ncontent-length:3\n\na\x00b\x00"))
			return c.receipt("slow")
		}, Accepted),
		ask(Must, "framing/cut-at-every-byte", onStream, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			text := s.fill("SEND\n$D\nreceipt:cut-####\nx:grüße\\\\\ncontent-length:3\n\na\x00b\x00")
			for i := 1; i < len(text); i++ {
				whole := strings.Replace(text, "####", fmt.Sprintf("%04d", i), 1)
				c.slices(whole[:i], whole[i:])
				if o := c.receipt(fmt.Sprintf("cut-%04d", i)); o.Kind != Accepted {
					o.Detail = fmt.Sprintf("cut after byte %d: %s", i, o.Detail)
					return o
				}
			}
			return outcome(Accepted, "a receipt for each")
		}, Accepted),
		ask(Must, "framing/crlf", eol, answered(frame.V12, "SEND\r\n$D\r\n$R\r\n\r\nx\x00"), Accepted).in(frame.V12),
		ask(Must, "framing/crlf-is-no-value", eol, func(s *script) Outcome {
			_, f, o := s.echo(frame.V12, "SEND\r\n$D\r\nx-crlf:v\r\n\r\nbody\x00")
			if f == nil {
				return o
			}
			if string(f.Body) != "body" {
				return wrong("the body is %s", printable(f.Body))
			}
			return carries(f, "x-crlf", "v")
		}).in(frame.V12),
		ask(Must, "framing/crlf-mixed", eol, func(s *script) Outcome {
			_, f, o := s.echo(frame.V12, "SEND\n$D\nx-a:1\r\nx-b:2\n\r\nbody\x00")
			if f == nil {
				return o
			}
			if o := carries(f, "x-a", "1"); o.Kind != OK {
				return o
			}
			if string(f.Body) != "body" {
				return wrong("the body is %s", printable(f.Body))
			}
			return carries(f, "x-b", "2")
		}).in(frame.V12),
		ask(Must, "framing/crlf-cut", eol, func(s *script) Outcome {
			c := s.connect(frame.V12)
			for i, whole := 0, s.fill("SEND\r\n$D\r\nreceipt:cut\r\n\r\nx\x00\r\n"); i < len(whole); {
				n := strings.IndexByte(whole[i:], '\r') + 1
				if n == 0 {
					n = len(whole) - i
				}
				c.raw(whole[i : i+n])
				time.Sleep(10 * apart) // so that the LF comes by itself
				i += n
			}
			return c.receipt("cut")
		}, Accepted).in(frame.V12),
		ask(Must, "framing/eols-between", between, inHighest("\n\n\nSEND\n$D\n$R\n\nx\x00\n\n"), Accepted),
		ask(Must, "framing/crlf-between", between, answered(frame.V12, "\r\n\n\r\nSEND\n$D\n$R\n\nx\x00\r\n"), Accepted).in(frame.V12),
		ask(Must, "framing/thousand-eols-between", between, inHighest(strings.Repeat("\n", 1000)+"SEND\n$D\n$R\n\nx\x00"), Accepted),
		ask(Must, "framing/length-too-short", passage{inLength, "The frame is terminated with a NUL behind the body"}, inHighest("SEND\n$D\ncontent-length:1\n$R\n\nxyz\x00"), refusal...),
		ask(Choice, "framing/no-empty-line", passage{inGrammar, "Headers end in an empty line, which examples of the specifications leave out"}, inHighest("DISCONNECT\n$R\n\x00"), Accepted, Errored, Closed, Silent, Ignored),
		ask(Must, "framing/header-without-colon", passage{inFrames, "Headers have the format <key>:<value>"}, inHighest("SEND\n$D\nbad\n$R\n\nx\x00"), unprocessed...),
		ask(Choice, "framing/header-without-name", nameless, inHighest("SEND\n$D\n:v\n$R\n\nx\x00"), Accepted, Errored, Closed, Ignored),
	)
	for _, row := range []struct{ id, value string }{
		{"letters", "abc"}, {"negative", "-1"}, {"hexadecimal", "0x1"}, {"trailing", "1x"}, {"empty", ""},
	} {
		ps = append(ps, ask(Must, "framing/length-"+row.id, rule(validate.ContentLengthSyntax), inHighest("SEND\n$D\ncontent-length:"+row.value+"\n$R\n\nx\x00"), unprocessed...))
	}
	for _, row := range []struct{ id, line string }{
		{"plus", "content-length:+1"}, {"blank", "content-length: 1"}, {"blank-behind", "content-length:1 "},
	} {
		ps = append(ps, ask(Choice, "framing/length-"+row.id, rule(validate.ContentLengthSyntax), inHighest("SEND\n$D\n"+row.line+"\n$R\n\nx\x00"), Accepted, Errored, Closed, Ignored))
	}
	ps = append(ps,
		ask(Must, "framing/length-beyond-int64", passage{inLength, "As many bytes as content-length says are read"}, inHighest("SEND\n$D\ncontent-length:18446744073709551617\n$R\n\nx\x00"), append([]Kind{Silent}, unprocessed...)...).hostile(),
		ask(Should, "framing/length-conflict", rule(validate.ContentLengthConflict), inHighest("SEND\n$D\ncontent-length:1\ncontent-length:3\n$R\n\nx\x00"), Accepted, Errored, Closed),
		ask(Choice, "framing/bare-cr", passage{"STOMP 1.2, Augmented BNF", "A header has no CR but that of its line ending"}, answered(frame.V12, "SEND\n$D\nx:a\rb\n$R\n\nx\x00"), Accepted, Errored, Closed, Ignored).in(frame.V12),
		ask(Choice, "framing/nul-between", passage{inGrammar, "Only end of lines stand between frames"}, inHighest("\x00\x00SEND\n$D\n$R\n\nx\x00"), Accepted, Errored, Closed, Ignored),
		ask(Choice, "framing/crlf-1.1", passage{"STOMP 1.1, STOMP Frames", "Lines end in LF"}, answered(frame.V11, "SEND\r\n$D\r\n$R\r\n\r\nx\x00"), Accepted, Errored, Closed, Ignored, Silent).in(frame.V11),
		ask(Choice, "framing/nul-in-value", passage{inGrammar, "Nothing is said about a NUL in a header"}, inHighest("SEND\n$D\nx:a\x00b\n$R\n\nx\x00"), Accepted, Errored, Closed, Ignored),
		ask(Should, "framing/message-has-length", rule(validate.ContentLengthExpected), func(s *script) Outcome {
			c, f, o := s.echo(s.versions.Highest(), "SEND\n$D\ncontent-length:5\n\nhello\x00")
			if f == nil {
				return o
			}
			if _, has := f.Headers.Get(headers.ContentLength); !has {
				return wrong("no content-length in %s", printable(bytes.TrimLeft(c.all(), "\n")))
			}
			return ok
		}),
	)
	return ps
}

// receiptQuietly is receipt inside of a frame: nothing else may be sent.
func (c *conn) receiptQuietly(id string) Outcome {
	v := c.version
	c.version = frame.Unnegotiated // then nothing is asked for
	defer func() { c.version = v }()
	return c.receipt(id)
}
