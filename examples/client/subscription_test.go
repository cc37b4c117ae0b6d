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

// message is a MESSAGE for a subscription.
func message(p *script.Peer, subscription, id string) {
	p.Say(frame.MESSAGE, id, headers.Subscription, subscription, headers.MessageID, id, headers.Ack, id, headers.Destination, "/a")
}

// next takes a message and checks which it is.
func next(t *testing.T, s *client.Subscription, want string) *client.Message {
	t.Helper()
	m, err := s.Next(patient(t))
	must(t, err)
	if string(m.Body) != want {
		t.Fatalf("got message %q, want %q", m.Body, want)
	}
	return m
}

// The caller may choose the id, which no other subscription then has.
func TestSubscriptionID(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		for _, want := range []string{"alpha", "sub-4", "sub-5", "alpha"} {
			f := p.Expect(frame.SUBSCRIBE)
			if n := strings.Count(f.Headers.String(), "id:"); value(f, headers.ID) != want || n != 1 {
				t.Errorf("got %v, want id %s", f, want)
			}
			p.Confirm(f)
			message(p, want, want)
			if want == "sub-5" {
				p.Confirm(p.Expect(frame.UNSUBSCRIBE))
			}
		}
		p.Leave()
	})
	ctx := patient(t)
	c := dial(t, "tcp://"+address, client.Options{})
	alpha, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{ID: "alpha"})
	must(t, err)
	next(t, alpha, "alpha")
	if alpha.ID() != "alpha" {
		t.Error(alpha.ID())
	}
	if _, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{ID: "alpha"}); err == nil {
		t.Error("two subscriptions have one id")
	}
	second, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{ID: "sub-4"})
	must(t, err)
	next(t, second, "sub-4")
	third, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{})
	must(t, err)
	next(t, third, "sub-5")
	must(t, alpha.Unsubscribe(ctx))
	alpha, err = c.Subscribe(ctx, "/a", client.SubscribeOptions{ID: "alpha"})
	must(t, err)
	next(t, alpha, "alpha")
}

// UNSUBSCRIBE may have headers that delete a durable subscription, also one that
// an earlier connection made.
func TestUnsubscribeWithHeaders(t *testing.T) {
	name := headers.Field{Name: headers.ActiveMQSubscriptionName, Value: "joe"}
	made := make(chan struct{})
	address := script.Listen(t,
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Confirm(p.Expect(frame.SUBSCRIBE))
			for _, id := range []string{"alpha", "beta"} {
				f := p.Expect(frame.UNSUBSCRIBE)
				if value(f, headers.ID) != id || value(f, name.Name) != "joe" {
					t.Errorf("got %v", f)
				}
				p.Confirm(f)
			}
			p.Confirm(p.Expect(frame.SUBSCRIBE))
			<-made
		},
	)
	ctx := patient(t)
	c := dial(t, "tcp://"+address, client.Options{})
	s, err := c.Subscribe(ctx, "/topic/a", client.SubscribeOptions{ID: "alpha"})
	must(t, err)
	if err := c.Unsubscribe(ctx, "alpha", name); err == nil {
		t.Error("a subscription in use was unsubscribed")
	}
	must(t, s.Unsubscribe(ctx, name))
	must(t, c.Unsubscribe(ctx, "beta", name))
	s, err = c.Subscribe(ctx, "/topic/a", client.SubscribeOptions{ID: "alpha"})
	must(t, err)
	close(made)
	<-c.Done()
	// The connection has ended the subscription, but has not deleted it.
	if err := s.Unsubscribe(ctx, name); !errors.Is(err, client.ErrConnectionLost) {
		t.Error(err)
	}
}

// A broker that confirms nothing but DISCONNECT.
func TestNoReceipt(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		for _, c := range []frame.Command{frame.SUBSCRIBE, frame.UNSUBSCRIBE} {
			if f := p.Expect(c); value(f, headers.Receipt) != "" {
				t.Errorf("got %v", f)
			}
		}
		message(p, "sub-1", "crossed UNSUBSCRIBE")
		p.Leave()
	})
	ctx := patient(t)
	c := dial(t, "tcp://"+address, client.Options{UnhandledMessage: func(m *client.Message) { t.Errorf("got %q", m.Body) }})
	s, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{NoReceipt: true})
	must(t, err)
	must(t, s.Unsubscribe(ctx))
	if _, err := s.Next(ctx); err != client.ErrUnsubscribed {
		t.Error(err)
	}
}

// Messages of no subscription reach a handler, such as answers that RabbitMQ
// sends to a reply-to of /temp-queue/x.
func TestUnhandledMessage(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		f := p.Expect(frame.SEND)
		message(p, "sub-1", "before")
		message(p, value(f, "reply-to"), "pong")
		message(p, "sub-1", "after")
		f = p.Expect(frame.UNSUBSCRIBE)
		message(p, "sub-1", "crossed UNSUBSCRIBE")
		p.Confirm(f)
		p.Leave()
	})
	ctx := patient(t)
	got := make(chan *client.Message, 10)
	c := dial(t, "tcp://"+address, client.Options{UnhandledMessage: func(m *client.Message) { got <- m }})
	s, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{})
	must(t, err)
	must(t, c.Send(ctx, "/queue/rpc", []byte("ping"), headers.Field{Name: headers.RabbitMQReplyTo, Value: "/temp-queue/x"}))
	next(t, s, "before")
	next(t, s, "after")
	m := <-got
	if id, _ := m.Headers.Get(headers.Subscription); id != "/temp-queue/x" || string(m.Body) != "pong" {
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
