package conform

import (
	"fmt"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

const inError = "STOMP 1.1 and 1.2, ERROR"

// faulty are frames of which each should be answered with ERROR.
var faulty = []string{"BEGIN\n\n\x00", "SEND\n\nx\x00", "BOGUS\n\n\x00", "SEND\n$D\n" + `x:a\tb` + "\n\nx\x00"}

// provoked sends a frame that is at fault, followed by more, and returns the
// ERROR. With a receipt the frame asks for one.
func provoked(s *script, v frame.Version, receipt, more string) (*conn, *frame.Frame) {
	var last Outcome
	for _, text := range faulty {
		if receipt != "" {
			text = strings.Replace(text, "\n", "\nreceipt:"+receipt+"\n", 1)
		}
		c := s.connect(v)
		c.send(text + more)
		e, o := c.until(of(frame.ERROR))
		if o.Kind == OK {
			return c, e.frame
		}
		last = o
		c.close()
	}
	s.block("no frame at fault is answered with ERROR, %v", last)
	return nil, nil
}

func errorProbes() []*Probe {
	closesAfter := passage{inError, "The server closes the connection just after ERROR"}
	var ps []*Probe
	for _, v := range since(frame.V11) {
		ps = append(ps, ask(Must, named("errors/closes", v), closesAfter, func(s *script) Outcome {
			c, _ := provoked(s, v, "", "")
			return closes(c)
		}, Closed).in(v).slow())
	}
	for _, row := range []struct{ id, text string }{
		{"bad-escape", "SEND\n$D\n" + `x:a\tb` + "\n\nx\x00"},
		{"unknown-command", "BOGUS\n\n\x00"},
		{"begin-without-transaction", "BEGIN\n\n\x00"},
	} {
		ps = append(ps, ask(Must, "errors/closes-after-"+row.id, closesAfter, func(s *script) Outcome {
			v := s.versions.Highest()
			c := s.connect(v)
			c.send(row.text)
			if _, o := c.until(of(frame.ERROR)); o.Kind == Closed {
				return o
			} else if o.Kind != OK {
				return outcome(Skipped, "no ERROR is sent for this frame")
			}
			return closes(c)
		}, Closed).slow())
	}
	expected := func(name string, r validate.Rule, level Level) *Probe {
		return ask(level, "errors/has-"+name, rule(r), func(s *script) Outcome {
			_, f := provoked(s, s.versions.Highest(), "", "")
			if len(f.Body) == 0 && name != headers.Message {
				return outcome(Skipped, "the ERROR has no body")
			}
			if _, has := f.Headers.Get(name); !has {
				return wrong("the ERROR has no %s header", name)
			}
			return ok
		})
	}
	return append(ps,
		ask(Should, "errors/sent", passage{"STOMP 1.1 and 1.2, SEND", "A server that cannot process a SEND sends ERROR; a client may miss it when the connection is closed too quickly"},
			inHighest("SEND\n$R\n\nx\x00"), Errored),
		ask(Must, "errors/nothing-after", rule(validate.FrameAfterError), func(s *script) Outcome {
			c, _ := provoked(s, frame.V12, "", "SEND\n$D\nreceipt:late\n\nx\x00")
			_, frames := c.end()
			for _, f := range frames {
				return wrong("%s was sent after ERROR", f.Command)
			}
			return ok
		}).in(frame.V12).slow(),
		ask(Choice, "errors/frames-behind", passage{inError, "What becomes of frames that are behind the one at fault is not said"}, func(s *script) Outcome {
			v := s.versions.Highest()
			r, w := watched(s, v)
			w.send(faulty[0] + "SEND\n$D\n\nbehind\x00")
			w.until(of(frame.ERROR))
			frames, o := r.quiet()
			if o.Kind != OK {
				return o
			}
			if len(frames) > 0 {
				return outcome("processed", "a SEND behind the frame at fault is processed")
			}
			return outcome("dropped", "frames behind the one at fault are dropped")
		}, "processed", "dropped"),
		ask(Must, "errors/others-go-on", passage{"implied by all versions", "ERROR is for the client that it is sent to"}, func(s *script) Outcome {
			other := s.connect(s.versions.Highest())
			provoked(s, other.version, "", "")
			return other.ask("SEND\n$D\n$R\n\nx\x00")
		}, Accepted),
		expected(headers.Message, validate.ErrorMessageExpected, Should),
		expected(headers.ContentLength, validate.ContentLengthExpected, Should),
		expected(headers.ContentType, validate.ContentTypeExpected, Should),
		ask(Should, "errors/has-receipt-id", passage{inError, "If the frame at fault had a receipt header, ERROR has its value as receipt-id"}, func(s *script) Outcome {
			_, f := provoked(s, s.versions.Highest(), "77", "")
			return carries(f, headers.ReceiptID, "77")
		}),
	)
}

// limitProbes are about sizes: a server may have limits, and should say so when
// they are crossed.
func limitProbes() []*Probe {
	limits := passage{"STOMP 1.1 and 1.2, Size Limits", "A server may have limits; when they are exceeded it sends ERROR and closes the connection"}
	lines := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "x-%d:y\n", i)
		}
		return b.String()
	}
	var ps []*Probe
	for _, row := range []struct{ id, text string }{
		{"headers-100", "SEND\n$D\n" + lines(100) + "$R\n\nx\x00"},
		{"headers-2000", "SEND\n$D\n" + lines(2000) + "$R\n\nx\x00"},
		{"line-8-kib", "SEND\n$D\nx:" + strings.Repeat("y", 8000) + "\n$R\n\nx\x00"},
		{"line-256-kib", "SEND\n$D\nx:" + strings.Repeat("y", 256<<10) + "\n$R\n\nx\x00"},
		{"name-64-kib", "SEND\n$D\n" + strings.Repeat("n", 64<<10) + ":y\n$R\n\nx\x00"},
		{"body-1-mib", "SEND\n$D\ncontent-length:1048576\n$R\n\n" + strings.Repeat("z", 1<<20) + "\x00"},
		{"body-1-mib-without-length", "SEND\n$D\n$R\n\n" + strings.Repeat("z", 1<<20) + "\x00"},
		{"destination-4-kib", "SEND\ndestination:$N" + strings.Repeat("d", 4<<10) + "\n$R\n\nx\x00"},
		{"receipt-8-kib", "SEND\n$D\nreceipt:" + strings.Repeat("r", 8000) + "\n\nx\x00SEND\n$D\n$R\n\nx\x00"},
		{"subscription-id-4-kib", "SUBSCRIBE\nid:" + strings.Repeat("i", 4<<10) + "\n$D\n$R\n\n\x00"},
		{"transaction-4-kib", "BEGIN\ntransaction:" + strings.Repeat("t", 4<<10) + "\n$R\n\n\x00"},
	} {
		ps = append(ps, ask(Should, "limits/"+row.id, limits, inHighest(row.text), Accepted, Errored).hostile())
	}
	return append(ps,
		ask(Must, "limits/body-4-kib", passage{"STOMP 1.0, 1.1 and 1.2, MESSAGE", "The body has the contents of the message"},
			carried(frame.Unnegotiated, length(strings.Repeat("z", 4<<10)), strings.Repeat("z", 4<<10))),
		ask(Choice, "limits/body-claimed", limits, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send("SEND\n$D\ncontent-length:1073741824\n\nonly this")
			_, o := c.untilQuietly(of(frame.ERROR))
			if o.Kind == OK {
				o = outcome(Errored, "ERROR")
			}
			return o
		}, Errored, Closed, Silent).hostile(),
	)
}

// untilQuietly is until where nothing else may be sent, and where it does not
// matter whether an answer comes: it waits for a moment only.
func (c *conn) untilQuietly(want func(event) bool) (event, Outcome) {
	v, patience, margin := c.version, c.s.patience, c.s.margin
	c.version, c.s.margin = frame.Unnegotiated, margin/2
	c.s.patience = c.s.margin
	defer func() { c.version, c.s.patience, c.s.margin = v, patience, margin }()
	return c.until(want)
}
