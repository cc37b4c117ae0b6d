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
	inReceipt   = "STOMP 1.0, 1.1 and 1.2, RECEIPT"
	inSubscribe = "STOMP 1.1 and 1.2, SUBSCRIBE"
)

// receiptProbes are about receipts.
func receiptProbes() []*Probe {
	given := passage{"STOMP 1.0, Receipt; STOMP 1.1 and 1.2, Header receipt", "A frame with a receipt header is answered with RECEIPT"}
	var ps []*Probe
	for _, v := range versions {
		ps = append(ps,
			ask(Must, named("receipts/send", v), given, answered(v, "SEND\n$D\n$R\n\nx\x00"), Accepted).in(v),
			ask(Must, named("receipts/disconnect", v), given, answered(v, "DISCONNECT\n$R\n\n\x00"), Accepted).in(v),
		)
	}
	for _, row := range []struct{ name, text string }{
		{"subscribe", "SUBSCRIBE\nid:1\n$D\n$R\n\n\x00"},
		{"unsubscribe", "SUBSCRIBE\nid:1\n$D\n\n\x00UNSUBSCRIBE\nid:1\n$R\n\n\x00"},
		{"begin", "BEGIN\ntransaction:t\n$R\n\n\x00"},
		{"commit", "BEGIN\ntransaction:t\n\n\x00COMMIT\ntransaction:t\n$R\n\n\x00"},
		{"abort", "BEGIN\ntransaction:t\n\n\x00ABORT\ntransaction:t\n$R\n\n\x00"},
	} {
		ps = append(ps, ask(Must, "receipts/"+row.name, given, inHighest(row.text), Accepted))
	}
	for _, command := range []string{"ACK", "NACK"} {
		ps = append(ps, ask(Must, "receipts/"+strings.ToLower(command), given, func(s *script) Outcome {
			v := s.versions.Highest()
			if command == "NACK" && v == frame.V10 {
				s.skip("STOMP 1.0 has no NACK")
			}
			c := s.connect(v)
			s.needDelivery(v)
			c.subscribe("s", s.own(), "client")
			c.publish(s.own(), "hello")
			return c.ask(c.ack(command, c.needMessage(), "$R"))
		}, Accepted))
	}
	id := passage{inReceipt, "The receipt-id is the value of the receipt header"}
	for _, row := range []struct{ name, value string }{
		{"id-with-blanks", " a b "}, {"id-utf8", "grüße-\U0001f600"}, {"id-long", strings.Repeat("r", 200)}, {"id-number", "0077"},
	} {
		ps = append(ps, ask(Must, "receipts/"+row.name, id, func(s *script) Outcome {
			v := s.versions.Highest()
			if row.name == "id-with-blanks" && v != frame.V12 {
				s.skip("only STOMP 1.2 forbids to trim")
			}
			c := s.connect(v)
			c.send("SEND\n$D\nreceipt:" + row.value + "\n\nx\x00")
			e, o := c.until(of(frame.RECEIPT))
			if o.Kind != OK {
				return o
			}
			if got := e.frame.Headers.Value(headers.ReceiptID); got != row.value {
				return wrong("receipt-id:%+q, want %+q", got, row.value)
			}
			return ok
		}))
	}
	ps = append(ps,
		ask(Must, "receipts/twenty", given, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			for i := range 20 {
				c.send(fmt.Sprintf("SEND\n$D\nreceipt:n%d\n\nx\x00", i))
			}
			var got []string
			_, o := c.until(func(e event) bool {
				if e.frame != nil && e.frame.Command == frame.RECEIPT {
					got = append(got, e.frame.Headers.Value(headers.ReceiptID))
				}
				return len(got) == 20
			})
			if o.Kind != OK {
				return o
			}
			slices.Sort(got)
			if n := len(slices.Compact(got)); n != 20 {
				return wrong("%d different receipts for 20 frames", n)
			}
			return ok
		}),
		ask(Must, "receipts/same-twice", given, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send("SEND\n$D\nreceipt:same\n\nx\x00SEND\n$D\nreceipt:same\n\nx\x00")
			if o := c.receipt("same"); o.Kind != Accepted {
				return o
			}
			return c.receipt("same")
		}, Accepted),
		ask(Must, "receipts/not-asked", passage{inReceipt, "RECEIPT is sent for a frame that requests it"}, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send("SEND\n$D\n\nx\x00BEGIN\ntransaction:t\n\n\x00ABORT\ntransaction:t\n\n\x00SEND\n$D\nreceipt:last\n\nx\x00")
			e, o := c.until(of(frame.RECEIPT))
			if o.Kind == OK && e.frame.Headers.Value(headers.ReceiptID) != "last" {
				return wrong("a RECEIPT that nobody asked for, receipt-id:%+q", e.frame.Headers.Value(headers.ReceiptID))
			}
			return o
		}),
		ask(Choice, "receipts/in-transaction", passage{inReceipt, "RECEIPT says that a frame has been processed; for a frame in a transaction that may be at once or with COMMIT"}, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.must("BEGIN\ntransaction:t\n$R\n\n\x00")
			switch o := c.ask("SEND\n$D\ntransaction:t\n$R\n\nx\x00"); o.Kind {
			case Accepted:
				return outcome("at-once", "RECEIPT before COMMIT")
			case Ignored:
				return outcome("later", "no RECEIPT before COMMIT")
			default:
				return o
			}
		}, "at-once", "later"),
	)
	return ps
}

// messageProbes are about what a MESSAGE has.
func messageProbes() []*Probe {
	var ps []*Probe
	inMessage := "STOMP 1.0, 1.1 and 1.2, MESSAGE"
	delivered := passage{"STOMP 1.0, 1.1 and 1.2, SUBSCRIBE", "Messages received on the destination are delivered to the subscriber"}
	for _, v := range versions {
		ps = append(ps, ask(Must, named("messages/delivery", v), delivered, func(s *script) Outcome {
			c := s.connect(v)
			c.subscribe("s", s.own(), "")
			c.send("SEND\n$D\n\nhello\x00")
			f, o := c.message()
			if f != nil && string(f.Body) != "hello" {
				return wrong("the body is %s", printable(f.Body))
			}
			return o
		}).in(v))
	}
	for _, row := range []struct {
		id   string
		rule validate.Rule
		name string
		in   []frame.Version
	}{
		{"destination", validate.MessageDestinationRequired, headers.Destination, versions},
		{"message-id", validate.MessageMessageIDRequired, headers.MessageID, versions},
		{"subscription", validate.MessageSubscriptionRequired, headers.Subscription, since(frame.V11)},
	} {
		for _, v := range row.in {
			ps = append(ps, ask(Must, named("messages/"+row.id, v), rule(row.rule), func(s *script) Outcome {
				_, f, o := s.echo(v, "SEND\n$D\n\nbody\x00")
				if f == nil {
					return o
				}
				if _, has := f.Headers.Get(row.name); !has {
					return wrong("the MESSAGE has no %s header", row.name)
				}
				if row.name == headers.Subscription {
					return carries(f, row.name, "s")
				}
				return ok
			}).in(v))
		}
	}
	ps = append(ps,
		ask(Should, "messages/same-destination", passage{inMessage, "The destination header is identical to that of the SEND"}, func(s *script) Outcome {
			_, f, o := s.echo(s.versions.Highest(), "SEND\n$D\n\nbody\x00")
			if f == nil {
				return o
			}
			return carries(f, headers.Destination, s.own())
		}),
		ask(Must, "messages/to-others", delivered, func(s *script) Outcome {
			v := s.versions.Highest()
			s.needDelivery(v)
			receiver, sender := s.connect(v), s.connect(v)
			receiver.subscribe("s", s.own(), "")
			sender.publish(s.own(), "from another")
			f, o := receiver.message()
			if f != nil && string(f.Body) != "from another" {
				return wrong("the body is %s", printable(f.Body))
			}
			return o
		}),
		ask(Must, "messages/ids-unique", passage{inMessage, "The message-id is unique for a message"}, func(s *script) Outcome {
			v := s.versions.Highest()
			c := s.connect(v)
			s.needDelivery(v)
			c.subscribe("s", s.own(), "")
			seen := map[string]bool{}
			for i := range 20 {
				c.publish(s.own(), fmt.Sprint(i))
			}
			for range 20 {
				f, o := c.message()
				if f == nil {
					return o
				}
				id := f.Headers.Value(headers.MessageID)
				if seen[id] {
					return wrong("two messages have the message-id %+q", id)
				}
				seen[id] = true
			}
			return ok
		}),
		ask(Must, "messages/none-lost", delivered, func(s *script) Outcome {
			got, o := twenty(s)
			if o.Kind != OK {
				return o
			}
			slices.Sort(got)
			if n := len(slices.Compact(got)); n != 20 {
				return wrong("%d different messages of 20", n)
			}
			return ok
		}),
		ask(Choice, "messages/order", passage{inMessage, "Nothing is said about the order of messages"}, func(s *script) Outcome {
			got, o := twenty(s)
			if o.Kind != OK {
				return o
			}
			if !slices.IsSorted(got) {
				return outcome("other", "they come in another order")
			}
			return outcome("as-sent", "they come in the order in which they were sent")
		}, "as-sent", "other"),
		ask(Choice, "messages/destination-strange", passage{"STOMP 1.1 and 1.2, Introduction", "Destinations are opaque strings whose syntax is the server's"},
			inHighest("SEND\ndestination:no-such-kind-of-destination\n$R\n\nx\x00"), Accepted, Errored, Closed, Ignored).hostile(),
	)
	return ps
}

// twenty returns the bodies of twenty messages in the order in which they come.
func twenty(s *script) ([]string, Outcome) {
	v := s.versions.Highest()
	c := s.connect(v)
	s.needDelivery(v)
	c.subscribe("s", s.own(), "")
	for i := range 20 {
		c.publish(s.own(), fmt.Sprintf("%02d", i))
	}
	var got []string
	for range 20 {
		f, o := c.message()
		if f == nil {
			o.Detail += fmt.Sprintf("; %d of 20 messages came", len(got))
			return got, o
		}
		got = append(got, string(f.Body))
	}
	return got, ok
}

// subscriptionProbes are about subscriptions that come and go.
func subscriptionProbes() []*Probe {
	inID := "STOMP 1.1 and 1.2, SUBSCRIBE id Header"
	relate := passage{inID, "The id relates messages to their subscription"}
	removed := rule(validate.MessageAfterUnsubscribe)
	removed.sentence = "Once a subscription is removed, its messages are not received any longer"
	modern := func(s *script) frame.Version {
		v := s.versions.Highest()
		s.needDelivery(v)
		return v
	}
	return []*Probe{
		ask(Must, "subscriptions/two-destinations", relate, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			a, b := s.queue(), s.queue()
			c.subscribe("one", a, "")
			c.subscribe("two", b, "")
			for _, row := range [][3]string{{b, "to b", "two"}, {a, "to a", "one"}} {
				c.publish(row[0], row[1])
				f, o := c.message()
				if f == nil {
					return o
				}
				if o := carries(f, headers.Subscription, row[2]); o.Kind != OK {
					return o
				}
				if string(f.Body) != row[1] {
					return wrong("the body is %s", printable(f.Body))
				}
			}
			return ok
		}),
		ask(Must, "subscriptions/id-of-connection", passage{inID, "Ids are unique in a connection; others may use the same"}, func(s *script) Outcome {
			v := modern(s)
			a, b := s.connect(v), s.connect(v)
			qa, qb := s.queue(), s.queue()
			for c, q := range map[*conn]string{a: qa, b: qb} {
				if o := c.ask("SUBSCRIBE\nid:same\n" + s.header(q, v) + "$R\n\n\x00"); o.Kind != Accepted && o.Kind != Ignored {
					return o
				}
			}
			a.publish(qb, "for b")
			b.publish(qa, "for a")
			for _, row := range []struct {
				c    *conn
				want string
			}{{a, "for a"}, {b, "for b"}} {
				f, o := row.c.message()
				if f == nil {
					return o
				}
				if string(f.Body) != row.want {
					return wrong("the body is %s", printable(f.Body))
				}
			}
			return ok
		}),
		ask(Must, "subscriptions/same-destination-twice", relate, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			t := s.topic()
			c.subscribe("one", t, "")
			c.subscribe("two", t, "")
			c.publish(t, "hello")
			frames, o := c.quiet()
			if o.Kind != OK {
				return o
			}
			if len(frames) == 0 {
				s.block("topics deliver nothing")
			}
			for _, f := range frames {
				if id := f.Headers.Value(headers.Subscription); id != "one" && id != "two" {
					return wrong("a MESSAGE with subscription:%s", id)
				}
			}
			return ok
		}),
		ask(Must, "subscriptions/unsubscribe", removed, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			c.subscribe("s", s.own(), "")
			c.must("UNSUBSCRIBE\nid:s\n$R\n\n\x00")
			c.publish(s.own(), "late")
			frames, o := c.quiet()
			if len(frames) > 0 {
				return wrong("a MESSAGE after the RECEIPT of UNSUBSCRIBE")
			}
			return o
		}),
		ask(Must, "subscriptions/unsubscribe-one-of-two", removed, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			a, b := s.queue(), s.queue()
			c.subscribe("one", a, "")
			c.subscribe("two", b, "")
			c.must("UNSUBSCRIBE\nid:one\n$R\n\n\x00")
			c.publish(a, "to a")
			c.publish(b, "to b")
			frames, o := c.quiet()
			if o.Kind != OK {
				return o
			}
			if got := bodies(frames); got != "to b" {
				return wrong("the messages %q came, want \"to b\"", got)
			}
			return ok
		}),
		ask(Must, "subscriptions/id-again", passage{inID, "Only open subscriptions must have different ids"}, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			c.subscribe("s", s.own(), "")
			c.must("UNSUBSCRIBE\nid:s\n$R\n\n\x00")
			if o := c.ask("SUBSCRIBE\nid:s\n$D\n$R\n\n\x00"); !c.took(o) {
				return o
			}
			c.publish(s.own(), "again")
			_, o := c.message()
			return o
		}),
		ask(Must, "subscriptions/fifty", passage{inID, "A connection can have several subscriptions"}, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			for i := range 50 {
				c.send(fmt.Sprintf("SUBSCRIBE\nid:%d\n%s\n\x00", i, s.header(s.topic(), v)))
			}
			if o := c.ask("SUBSCRIBE\nid:last\n$D\n$R\n\n\x00"); o.Kind != Accepted && o.Kind != Ignored {
				return o
			}
			c.publish(s.own(), "hello")
			f, o := c.message()
			if f == nil {
				return o
			}
			return carries(f, headers.Subscription, "last")
		}),
		ask(Must, "subscriptions/default-is-auto", passage{"STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header", "Without an ack header the mode is auto, and the client need not send ACK"}, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			c.subscribe("s", s.own(), "")
			c.publish(s.own(), "once")
			c.needMessage()
			c.leave()
			c = s.connect(v)
			c.subscribe("s", s.own(), "")
			frames, o := c.quiet()
			if len(frames) > 0 {
				return wrong("the message came again")
			}
			return o
		}),
		ask(Must, "subscriptions/without-id-1.0", passage{"STOMP 1.0, SUBSCRIBE", "SUBSCRIBE needs a destination; the id is optional"}, func(s *script) Outcome {
			c := s.connect(frame.V10)
			s.needDelivery(frame.V10)
			if o := c.ask("SUBSCRIBE\n$D\n$R\n\n\x00"); o.Kind != Accepted && o.Kind != Ignored {
				return o
			}
			c.publish(s.own(), "hello")
			_, o := c.message()
			return o
		}).in(frame.V10),
		ask(Must, "subscriptions/unsubscribe-by-destination-1.0", passage{"STOMP 1.0, UNSUBSCRIBE", "UNSUBSCRIBE has the destination or the id"}, func(s *script) Outcome {
			c := s.connect(frame.V10)
			s.needDelivery(frame.V10)
			c.must("SUBSCRIBE\n$D\n$R\n\n\x00")
			if o := c.ask("UNSUBSCRIBE\ndestination:$N\n$R\n\n\x00"); o.Kind != Accepted && o.Kind != Ignored {
				return o
			}
			c.publish(s.own(), "late")
			frames, o := c.quiet()
			if len(frames) > 0 {
				return wrong("a MESSAGE after UNSUBSCRIBE")
			}
			return o
		}).in(frame.V10),
		ask(Choice, "subscriptions/topic-to-each", passage{inSubscribe, "Delivery to several subscribers is the server's choice"}, func(s *script) Outcome {
			v := modern(s)
			a, b := s.connect(v), s.connect(v)
			t := s.topic()
			a.subscribe("s", t, "")
			b.subscribe("s", t, "")
			a.publish(t, "news")
			fa, oa := a.quiet()
			fb, ob := b.quiet()
			if oa.Kind != OK || ob.Kind != OK {
				return outcome(Errored, "%v %v", oa, ob)
			}
			return outcome(Kind(fmt.Sprintf("%d-of-2", len(fa)+len(fb))), "of two subscribers of a topic, %d got the message", len(fa)+len(fb))
		}, "2-of-2", "1-of-2"),
		ask(Choice, "subscriptions/queue-to-one", passage{inSubscribe, "Delivery to several subscribers is the server's choice"}, func(s *script) Outcome {
			v := modern(s)
			a, b := s.connect(v), s.connect(v)
			a.subscribe("s", s.own(), "")
			b.subscribe("s", s.own(), "")
			a.publish(s.own(), "work")
			fa, oa := a.quiet()
			fb, ob := b.quiet()
			if oa.Kind != OK || ob.Kind != OK {
				return outcome(Errored, "%v %v", oa, ob)
			}
			return outcome(Kind(fmt.Sprintf("%d-of-2", len(fa)+len(fb))), "of two subscribers of a queue, %d got the message", len(fa)+len(fb))
		}, "2-of-2", "1-of-2"),
		ask(Choice, "subscriptions/kept-without-subscriber", passage{inSubscribe, "Whether a message waits for a subscriber is the server's choice"}, func(s *script) Outcome {
			v := modern(s)
			c := s.connect(v)
			c.must("SEND\n$D\n$R\n\nearly\x00")
			c.subscribe("s", s.own(), "")
			frames, o := c.quiet()
			if o.Kind != OK {
				return o
			}
			if len(frames) == 0 {
				return outcome("dropped", "the message was not kept")
			}
			return outcome("kept", "the message was kept")
		}, "kept", "dropped"),
		ask(Choice, "subscriptions/selector", passage{inSubscribe, "Servers may support more headers, such as selector"}, inHighest("SUBSCRIBE\nid:1\n$D\nselector:x = 1\n$R\n\n\x00"), Accepted, Errored, Closed),
	}
}
