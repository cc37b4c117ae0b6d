package conform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

const inAckMode = "STOMP 1.1 and 1.2, SUBSCRIBE ack Header"

// pending subscribes, sends messages to a queue, and returns them as they came.
func pending(s *script, v frame.Version, mode string, n int) (*conn, []*frame.Frame) {
	c := s.connect(v)
	s.needDelivery(v)
	c.subscribe("s", s.own(), mode)
	for i := range n {
		c.publish(s.own(), fmt.Sprint(i+1))
	}
	var got []*frame.Frame
	for range n {
		got = append(got, c.needMessage())
	}
	if b := bodies(got); b != "1,2,3"[:2*n-1] {
		s.block("the messages came as %s", b)
	}
	return c, got
}

// left says goodbye and returns what a new session of the same version gets from
// the queue.
func left(c *conn) ([]string, Outcome) {
	c.leave()
	next := c.s.connect(c.version)
	next.subscribe("again", c.s.own(), "auto")
	frames, o := next.quiet()
	var got []string
	for _, f := range frames {
		got = append(got, string(f.Body))
	}
	slices.Sort(got) // in which order they come again is not said
	return got, o
}

// leaves sends acknowledgments, and accepts what may be left then.
func leaves(v frame.Version, mode string, n int, settle func(c *conn, got []*frame.Frame), allowed ...string) func(*script) Outcome {
	return func(s *script) Outcome {
		c, got := pending(s, v, mode, n)
		settle(c, got)
		rest, o := left(c)
		if o.Kind != OK {
			return o
		}
		return remains(s, v, rest, allowed)
	}
}

// remains compares what was delivered again. Nothing is fine where messages would
// have been left, unless the server does deliver messages again.
func remains(s *script, v frame.Version, rest, allowed []string) Outcome {
	got := strings.Join(rest, ",")
	switch {
	case !slices.Contains(allowed, got):
		return wrong("delivered again was %q, want one of %q", got, allowed)
	case got == "" && len(allowed) > 1 && s.redelivers(v) == "redelivered":
		return wrong("delivered again was nothing, want %q, since the server delivers again what was not acknowledged", allowed[0])
	}
	return ok
}

// acks sends the ACK or NACK of one message and waits until it is done.
func acks(command string, which int) func(*conn, []*frame.Frame) {
	return func(c *conn, got []*frame.Frame) { c.must(c.ack(command, got[which], "$R")) }
}

// ackProbes are about acknowledgment. A server may deliver again what was not
// acknowledged, or not; it must not deliver again what was.
func ackProbes() []*Probe {
	var ps []*Probe
	for _, mode := range []string{"client", "client-individual"} {
		ps = append(ps, ask(Must, "acks/ack-header-"+mode, rule(validate.MessageAckRequired), func(s *script) Outcome {
			_, got := pending(s, frame.V12, mode, 1)
			if _, has := got[0].Headers.Get(headers.Ack); !has {
				return wrong("the MESSAGE has no ack header")
			}
			return ok
		}).in(frame.V12))
	}
	ps = append(ps, ask(Must, "acks/ack-headers-differ", rule(validate.MessageAckUnique), func(s *script) Outcome {
		_, got := pending(s, frame.V12, "client-individual", 3)
		var ids []string
		for _, f := range got {
			ids = append(ids, f.Headers.Value(headers.Ack))
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != 3 {
			return wrong("of three messages, some have the same ack header")
		}
		return ok
	}).in(frame.V12))
	consumed := passage{"STOMP 1.0, 1.1 and 1.2, ACK", "A message has been consumed once it has been acknowledged"}
	cumulative := passage{inAckMode, "In mode client ACK is for the message and all messages sent before"}
	individual := passage{inAckMode, "In mode client-individual ACK must not acknowledge a previous message"}
	for _, v := range versions {
		ps = append(ps,
			ask(Must, named("acks/settles", v), consumed, leaves(v, "client", 1, acks("ACK", 0), "")).in(v),
			ask(Must, named("acks/auto-settles", v), passage{"STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header", "In mode auto a message is considered received as soon as it is sent"},
				leaves(v, "auto", 2, func(*conn, []*frame.Frame) {}, "")).in(v),
		)
	}
	for _, v := range since(frame.V11) {
		ps = append(ps,
			ask(Must, named("acks/cumulative", v), cumulative, leaves(v, "client", 3, acks("ACK", 1), "3", "")).in(v),
			ask(Must, named("acks/cumulative-last", v), cumulative, leaves(v, "client", 3, acks("ACK", 2), "")).in(v),
			ask(Must, named("acks/individual-last", v), individual, leaves(v, "client-individual", 3, acks("ACK", 2), "1,2", "")).in(v),
			ask(Must, named("acks/individual-middle", v), individual, leaves(v, "client-individual", 3, acks("ACK", 1), "1,3", "")).in(v),
			ask(Must, named("acks/individual-settles", v), consumed, leaves(v, "client-individual", 1, acks("ACK", 0), "")).in(v),
			ask(Must, named("acks/nack-individual", v), passage{"STOMP 1.1 and 1.2, NACK", "NACK in mode client-individual is for one message"}, func(s *script) Outcome {
				c, got := pending(s, v, "client-individual", 2)
				c.must(c.ack("NACK", got[1], "$R"))
				// The other one must still wait for its ACK.
				if o := c.ask(c.ack("ACK", got[0], "$R")); !c.took(o) {
					return o
				}
				return ok
			}).in(v),
		)
	}
	ps = append(ps,
		ask(Must, "acks/other-subscription", passage{inAckMode, "A cumulative ACK is for messages of the same subscription"}, func(s *script) Outcome {
			v := s.versions.Highest()
			if v == frame.V10 {
				s.skip("STOMP 1.0 has no cumulative ACK")
			}
			c := s.connect(v)
			s.needDelivery(v)
			a, b := s.own(), s.queue()
			c.subscribe("a", a, "client")
			c.subscribe("b", b, "client")
			c.publish(a, "of a")
			c.needMessage() // it waits for its ACK
			c.publish(b, "of b")
			second := c.needMessage()
			c.must(c.ack("ACK", second, "$R"))
			rest, o := left(c)
			if o.Kind != OK {
				return o
			}
			return remains(s, v, rest, []string{"of a", ""})
		}),
		ask(Must, "acks/in-transaction-committed", passage{"STOMP 1.1 and 1.2, BEGIN", "Messages acknowledged in a transaction are processed with it"},
			leaves(frame.V12, "client", 1, func(c *conn, got []*frame.Frame) {
				c.must("BEGIN\ntransaction:t\n$R\n\n\x00")
				c.must(c.ack("ACK", got[0], "transaction:t", "$R"))
				c.must("COMMIT\ntransaction:t\n$R\n\n\x00")
			}, "")).in(frame.V12),
		ask(Should, "acks/in-transaction-aborted", passage{"STOMP 1.2, ACK", "An ACK with a transaction header is part of the transaction"}, func(s *script) Outcome {
			v := frame.V12
			if s.redelivers(v) != "redelivered" {
				s.skip("the server does not deliver again what was not acknowledged, so this cannot be seen")
			}
			return leaves(v, "client-individual", 1, func(c *conn, got []*frame.Frame) {
				c.must("BEGIN\ntransaction:t\n$R\n\n\x00")
				c.must(c.ack("ACK", got[0], "transaction:t", "$R"))
				c.must("ABORT\ntransaction:t\n$R\n\n\x00")
			}, "1")(s)
		}).in(frame.V12),
		ask(Choice, "acks/redelivery", passage{inAckMode, "A server may deliver a message again that was not acknowledged"}, func(s *script) Outcome {
			return outcome(s.redelivers(s.versions.Highest()), "")
		}, "redelivered", "dropped"),
		ask(Choice, "acks/nack", passage{"STOMP 1.1 and 1.2, NACK", "After NACK a server may deliver the message again, discard it or put it in a dead letter queue"}, func(s *script) Outcome {
			c, got := pending(s, s.versions.Highest(), "client-individual", 1)
			c.must(c.ack("NACK", got[0], "$R"))
			frames, o := c.quiet()
			if o.Kind != OK {
				return o
			}
			if len(frames) > 0 {
				c.ask(c.ack("ACK", frames[0], "$R"))
				return outcome("redelivered", "it is delivered again at once")
			}
			return outcome("gone", "it is discarded, or a dead letter")
		}, "redelivered", "gone"),
		ask(Choice, "acks/twice", rule(validate.AckKnown), func(s *script) Outcome {
			c, got := pending(s, s.versions.Highest(), "client", 1)
			c.must(c.ack("ACK", got[0], "$R"))
			return c.ask(c.ack("ACK", got[0], "$R"))
		}, Accepted, Errored, Closed, Ignored),
		ask(Choice, "acks/ack-header-in-auto", passage{"STOMP 1.2, MESSAGE", "The ack header is required where acknowledgment is; nothing is said of mode auto"}, func(s *script) Outcome {
			_, got := pending(s, frame.V12, "auto", 1)
			if _, has := got[0].Headers.Get(headers.Ack); has {
				return outcome("present", "messages in mode auto have one too")
			}
			return outcome("absent", "messages in mode auto have none")
		}, "present", "absent").in(frame.V12),
	)
	return ps
}

// redelivers says whether what was not acknowledged comes again.
func (s *script) redelivers(v frame.Version) Kind {
	s.names = nil // another queue than that of the probe
	c, _ := pending(s, v, "client", 1)
	defer func() { s.names = nil }() // for what follows, another queue
	rest, o := left(c)
	switch {
	case o.Kind != OK:
		s.block("no answer: %v", o)
	case len(rest) == 0:
		return "dropped"
	}
	return "redelivered"
}
