package client_test

import (
	"errors"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Headers that the client writes itself are refused from the caller, and
// nothing is sent.
func TestOwnHeaders(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		f := p.Expect(frame.SUBSCRIBE)
		p.Confirm(f)
		p.Deliver(f.Headers.Value(headers.ID), "1")
		p.Expect(frame.BEGIN)
		p.Leave() // nothing else has come
	})
	ctx := patient(t)
	c := dial(t, "tcp://"+address, client.Options{})
	s := subscribe(t, c, "/a", client.SubscribeOptions{Ack: headers.AckClientIndividual})
	m := next(t, s, "1")
	tx, err := c.Begin(ctx)
	must(t, err)

	connect := func(f headers.Field) error {
		_, err := client.Dial(ctx, "tcp://"+address, client.Options{Headers: headers.List{f}})
		return err
	}
	subscribe := func(f headers.Field) error {
		_, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{Headers: headers.List{f}})
		return err
	}
	answers := []string{headers.ID, headers.MessageID, headers.Subscription, headers.Transaction, headers.Receipt, headers.ContentLength}
	for _, tt := range []struct {
		call    string
		do      func(headers.Field) error
		command frame.Command
		names   []string
	}{
		{"Dial", connect, frame.CONNECT, []string{headers.AcceptVersion, headers.Host, headers.HeartBeat, headers.Login, headers.Passcode, headers.ContentLength}},
		{"Send", func(f headers.Field) error { return c.Send(ctx, "/a", nil, f) }, frame.SEND, []string{headers.Destination, headers.Transaction, headers.Receipt, headers.ContentLength}},
		{"SendReceipt", func(f headers.Field) error { return c.SendReceipt(ctx, "/a", nil, f) }, frame.SEND, []string{headers.Destination, headers.Transaction, headers.Receipt, headers.ContentLength}},
		{"Transaction.Send", func(f headers.Field) error { return tx.Send(ctx, "/a", nil, f) }, frame.SEND, []string{headers.Destination, headers.Transaction, headers.Receipt, headers.ContentLength}},
		{"Request", func(f headers.Field) error { _, err := c.Request(ctx, "/a", nil, f); return err }, frame.SEND, []string{headers.Destination, headers.Receipt, "reply-to", "correlation-id"}},
		{"Reply", func(f headers.Field) error { return c.Reply(ctx, m, nil, f) }, frame.SEND, []string{headers.Destination, headers.Receipt, "correlation-id"}},
		{"Subscribe", subscribe, frame.SUBSCRIBE, []string{headers.ID, headers.Destination, headers.Ack, headers.Receipt, headers.ContentLength}},
		{"Subscription.Unsubscribe", func(f headers.Field) error { return s.Unsubscribe(ctx, f) }, frame.UNSUBSCRIBE, []string{headers.ID, headers.Destination, headers.Receipt, headers.ContentLength}},
		{"Message.Ack", func(f headers.Field) error { return m.Ack(ctx, f) }, frame.ACK, answers},
		{"Message.Nack", func(f headers.Field) error { return m.Nack(ctx, f) }, frame.NACK, answers},
		{"Transaction.Ack", func(f headers.Field) error { return tx.Ack(ctx, m, f) }, frame.ACK, answers},
		{"Transaction.Nack", func(f headers.Field) error { return tx.Nack(ctx, m, f) }, frame.NACK, answers},
	} {
		for _, name := range tt.names {
			err := tt.do(headers.Field{Name: name, Value: "mine"})
			var e *client.HeaderError
			if !errors.As(err, &e) || e.Command != tt.command || e.Name != name || e.Use == "" {
				t.Errorf("%s with %s: %v", tt.call, name, err)
			}
		}
	}
}

// A body has a content-length, or none where the broker is not to see one.
func TestContentLength(t *testing.T) {
	address := script.Listen(t,
		func(p *script.Peer) {
			p.Accept(frame.V12)
			if f := p.Expect(frame.SEND); f.Headers.Value(headers.ContentLength) != "5" {
				t.Errorf("got %v", f)
			}
			p.Leave()
		},
		func(p *script.Peer) {
			p.Accept(frame.V12)
			if f := p.Expect(frame.SEND); string(f.Body) != "hello" || f.Headers.Value(headers.ContentLength) != "" {
				t.Errorf("got %v", f)
			}
			p.Leave()
		})
	ctx := patient(t)
	c := dial(t, "tcp://"+address, client.Options{})
	must(t, c.Send(ctx, "/a", []byte("hello")))
	must(t, c.Close(ctx))
	c = dial(t, "tcp://"+address, client.Options{ContentLength: encoder.LengthNever})
	must(t, c.Send(ctx, "/a", []byte("hello")))
	if err := c.Send(ctx, "/a", []byte("\x00")); !errors.Is(err, encoder.NULInBody) {
		t.Error(err)
	}
}
