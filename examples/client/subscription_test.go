package client_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// The caller may choose the id, which no other subscription then has.
func TestSubscriptionID(t *testing.T) {
	ctx := patient(t)
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		for _, want := range []string{"alpha", "sub-4", "sub-5", "alpha"} {
			f := p.Expect(frame.SUBSCRIBE)
			if n := strings.Count(f.Headers.String(), "id:"); f.Headers.Value(headers.ID) != want || n != 1 {
				t.Errorf("got %v, want id %s", f, want)
			}
			p.Confirm(f)
			p.Deliver(want, want)
			if want == "sub-5" {
				p.Confirm(p.Expect(frame.UNSUBSCRIBE))
			}
		}
		p.Leave()
	})
	alpha := subscribe(t, c, "/a", client.SubscribeOptions{ID: "alpha"})
	next(t, alpha, "alpha")
	if alpha.ID() != "alpha" {
		t.Error(alpha.ID())
	}
	if _, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{ID: "alpha"}); err == nil {
		t.Error("two subscriptions have one id")
	}
	second := subscribe(t, c, "/a", client.SubscribeOptions{ID: "sub-4"})
	next(t, second, "sub-4")
	third := subscribe(t, c, "/a", client.SubscribeOptions{})
	next(t, third, "sub-5")
	must(t, alpha.Unsubscribe(ctx))
	alpha = subscribe(t, c, "/a", client.SubscribeOptions{ID: "alpha"})
	next(t, alpha, "alpha")
}

// A broker that confirms nothing but DISCONNECT.
func TestNoReceipt(t *testing.T) {
	ctx := patient(t)
	c := serve(t, client.Options{UnhandledMessage: func(m *client.Message) { t.Errorf("got %q", m.Body) }}, func(p *script.Peer) {
		p.Accept(frame.V12)
		for _, c := range []frame.Command{frame.SUBSCRIBE, frame.UNSUBSCRIBE} {
			if f := p.Expect(c); f.Headers.Value(headers.Receipt) != "" {
				t.Errorf("got %v", f)
			}
		}
		p.Deliver("sub-1", "crossed UNSUBSCRIBE")
		p.Leave()
	})
	s := subscribe(t, c, "/a", client.SubscribeOptions{NoReceipt: true})
	must(t, s.Unsubscribe(ctx))
	if _, err := s.Next(ctx); err != client.ErrUnsubscribed {
		t.Error(err)
	}
}

// Messages of no subscription reach a handler, such as answers that RabbitMQ
// sends to a reply-to of /temp-queue/x.
func TestUnhandledMessage(t *testing.T) {
	ctx := patient(t)
	got := make(chan *client.Message, 10)
	c := serve(t, client.Options{UnhandledMessage: func(m *client.Message) { got <- m }}, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		f := p.Expect(frame.SEND)
		p.Deliver("sub-1", "before")
		p.Deliver(f.Headers.Value("reply-to"), "pong")
		p.Deliver("sub-1", "after")
		f = p.Expect(frame.UNSUBSCRIBE)
		p.Deliver("sub-1", "crossed UNSUBSCRIBE")
		p.Confirm(f)
		p.Leave()
	})
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	must(t, c.Send(ctx, "/queue/rpc", []byte("ping"), headers.Field{Name: headers.RabbitMQReplyTo, Value: "/temp-queue/x"}))
	next(t, s, "before")
	next(t, s, "after")
	m := <-got
	if id := m.Headers.Value(headers.Subscription); id != "/temp-queue/x" || string(m.Body) != "pong" {
		t.Errorf("got %q of %q", m.Body, id)
	}
	if err := m.Ack(ctx); !errors.Is(err, client.ErrNoAck) {
		t.Error(err)
	}
	must(t, s.Unsubscribe(ctx))
	if len(got) > 0 {
		t.Errorf("got %q", (<-got).Body)
	}
}

// A full buffer drops what comes, or ends its subscription, and the others go on.
func TestWhenFull(t *testing.T) {
	for _, when := range []client.WhenFull{client.Drop, client.End} {
		ended := make(chan struct{}) // the broker knows that the subscription has ended
		c := serve(t, client.Options{}, func(p *script.Peer) {
			p.Accept(frame.V12)
			full := p.Expect(frame.SUBSCRIBE)
			p.Confirm(full)
			other := p.Expect(frame.SUBSCRIBE)
			p.Confirm(other)
			for _, id := range []string{"1", "2", "3", "4"} {
				p.Deliver(full.Headers.Value(headers.ID), id)
			}
			p.Deliver(other.Headers.Value(headers.ID), "of the other")
			if when == client.End {
				if f := p.Expect(frame.UNSUBSCRIBE); f.Headers.Value(headers.ID) != full.Headers.Value(headers.ID) {
					t.Errorf("got %v", f)
				}
			}
			close(ended)
			p.Leave()
		})
		s := subscribe(t, c, "/full", client.SubscribeOptions{Buffer: 2, WhenFull: when, Ack: headers.AckClientIndividual})
		other := subscribe(t, c, "/other", client.SubscribeOptions{})
		next(t, other, "of the other")
		next(t, s, "1")
		next(t, s, "2")
		if when == client.Drop {
			if n := s.Dropped(); n != 2 {
				t.Errorf("%d messages were dropped", n)
			}
		} else if _, err := s.Next(patient(t)); !errors.Is(err, client.ErrFull) {
			t.Error(err)
		}
		<-ended
	}
}
