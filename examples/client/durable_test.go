package client_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A durable subscription has the headers of RabbitMQ and ActiveMQ, also after a
// reconnect. How it is deleted depends on the broker.
func TestDurable(t *testing.T) {
	subscribed := func(p *script.Peer) {
		f := p.Expect(frame.SUBSCRIBE)
		for _, want := range headers.Pairs(headers.ID, "billing", "durable", "true", "auto-delete", "false", "activemq.subscriptionName", "billing") {
			if f.Headers.Value(want.Name) != want.Value {
				t.Errorf("got %v, want %v", f, want)
			}
		}
		p.Confirm(f)
	}
	for _, server := range []string{"RabbitMQ/3.10.8", "ActiveMQ/5.17.2", "Other"} {
		t.Run(server, func(t *testing.T) {
			ctx := patient(t)
			made := make(chan struct{})
			c, err := client.Dial(ctx, script.Listen(t,
				func(p *script.Peer) {
					p.Accept(frame.V12)
					subscribed(p)
					<-made
				},
				func(p *script.Peer) {
					p.Accept(frame.V12, headers.Server, server)
					subscribed(p)
					p.Deliver("billing", "1")
					f := p.Expect(frame.UNSUBSCRIBE)
					if f.Headers.Value(headers.ID) != "billing" || f.Headers.Value("durable") != "true" || f.Headers.Value("activemq.subscriptionName") != "" {
						t.Errorf("got %v", f)
					}
					p.Confirm(f)
					if server == "ActiveMQ/5.17.2" {
						f = p.Expect(frame.UNSUBSCRIBE)
						if f.Headers.Value(headers.ID) != "billing" || f.Headers.Value("activemq.subscriptionName") != "billing" {
							t.Errorf("got %v", f)
						}
						p.Confirm(f)
					}
					p.Leave()
				}), client.Options{Reconnect: &client.Backoff{Min: time.Millisecond}})
			must(t, err)
			s := subscribe(t, c, "/topic/a", client.SubscribeOptions{ID: "billing", Durable: true})
			close(made)
			next(t, s, "1")
			must(t, s.Delete(ctx))
			if err := s.Delete(ctx); !errors.Is(err, client.ErrUnsubscribed) {
				t.Error(err)
			}
			must(t, c.Close(ctx))
		})
	}
}

// A durable subscription that could not be deleted may still be there.
func TestDeleteFails(t *testing.T) {
	c, err := client.Dial(patient(t), script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		p.Expect(frame.UNSUBSCRIBE)
	}), client.Options{})
	must(t, err)
	s := subscribe(t, c, "/topic/a", client.SubscribeOptions{ID: "billing", Durable: true})
	plain := subscribe(t, c, "/topic/a", client.SubscribeOptions{ID: "plain"})
	if err := plain.Delete(patient(t)); err == nil {
		t.Error("a subscription that is not durable was deleted")
	}
	if err := s.Delete(patient(t)); !errors.Is(err, client.ErrConnectionLost) {
		t.Error(err)
	}
	<-c.Done()
}

// What SubscribeOptions.Durable writes is refused from the caller, and a name is
// needed.
func TestDurableOptions(t *testing.T) {
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Leave()
	})
	if _, err := c.Subscribe(patient(t), "/topic/a", client.SubscribeOptions{Durable: true}); err == nil {
		t.Error("a durable subscription has no name")
	}
	for _, name := range []string{"durable", "auto-delete", "activemq.subscriptionName", headers.Receipt} {
		_, err := c.Subscribe(patient(t), "/topic/a", client.SubscribeOptions{ID: "a", Durable: true, Headers: headers.Pairs(name, "x")})
		var e *client.HeaderError
		if !errors.As(err, &e) || e.Name != name {
			t.Error(err)
		}
	}
}
