package client_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestHeartbeats(t *testing.T) {
	beats := make(chan struct{})
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12, headers.HeartBeat, "5,5")
		f := p.Expect(frame.SEND) // the client sends it when it has got some heart-beats
		if p.Heartbeats() == 0 {
			t.Error("the client has sent no heart-beat")
		}
		p.Confirm(f)
		p.Leave()
	})
	c := dial(t, "tcp://"+address, client.Options{HeartBeat: headers.HeartBeats{Send: 5 * time.Millisecond, Receive: time.Hour}})
	time.AfterFunc(100*time.Millisecond, func() { close(beats) })
	<-beats
	must(t, c.SendReceipt(patient(t), "/a", nil))
}

// A server that has promised heart-beats and keeps silent is gone; one that
// sends anything is not.
func TestSilentServer(t *testing.T) {
	for _, network := range []string{"tcp", "ws"} {
		t.Run(network, func(t *testing.T) {
			part := func(p *script.Peer) {
				p.Accept(frame.V12, headers.HeartBeat, "20,0")
				for range 3 {
					p.Write("\n")
				}
				p.ExpectEnd()
			}
			url := "tcp://" + script.Listen(t, part)
			if network == "ws" {
				url = "ws://" + script.ListenWebSocket(t, false, part)
			}
			c := dial(t, url, client.Options{HeartBeat: headers.HeartBeats{Receive: 10 * time.Millisecond}})
			select {
			case <-c.Done():
			case <-time.After(script.Patience):
				t.Fatal("the client still waits")
			}
			var e *client.SilentError
			if err := c.Err(); !errors.As(err, &e) || e.After != 1020*time.Millisecond || !errors.Is(err, client.ErrConnectionLost) {
				t.Error(err)
			}
		})
	}
}

func TestReconnect(t *testing.T) {
	gone := make(chan struct{})
	subscribe := func(p *script.Peer) *frame.Frame {
		f := p.Expect(frame.SUBSCRIBE)
		if value(f, headers.Destination) != "/queue/a" || value(f, headers.Ack) != "client-individual" || value(f, "selector") != "x=1" {
			t.Errorf("got %v", f)
		}
		return f
	}
	deliver := func(p *script.Peer, f *frame.Frame, id string) {
		p.Say(frame.MESSAGE, id, headers.Subscription, value(f, headers.ID), headers.MessageID, id, headers.Ack, id, headers.Destination, "/queue/a")
	}
	address := script.Listen(t,
		func(p *script.Peer) {
			p.Accept(frame.V12)
			f := subscribe(p)
			p.Confirm(f)
			deliver(p, f, "m1")
			deliver(p, f, "m2")
			p.Expect(frame.BEGIN)
			p.Expect(frame.SEND) // its receipt is never given
		},
		func(p *script.Peer) { p.Expect(frame.CONNECT) }, // a broker that is not yet well
		func(p *script.Peer) {
			p.Accept(frame.V12)
			f := subscribe(p)
			close(gone)
			deliver(p, f, "m1 again")
			p.Expect(frame.ACK)
			p.Confirm(p.Expect(frame.SEND))
			p.Leave()
		})
	var log bytes.Buffer
	ctx := patient(t)
	c, err := client.Dial(ctx, "tcp://"+address, client.Options{
		Passcode: "s3cret", Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Reconnect: &client.Backoff{Min: time.Millisecond, Max: 10 * time.Millisecond},
	})
	must(t, err)
	s, err := c.Subscribe(ctx, "/queue/a", client.SubscribeOptions{Ack: headers.AckClientIndividual, Headers: headers.Pairs("selector", "x=1")})
	must(t, err)
	m, err := s.Next(ctx)
	must(t, err)
	tx, err := c.Begin(ctx)
	must(t, err)
	if err := c.SendReceipt(ctx, "/queue/b", nil); !errors.Is(err, client.ErrConnectionLost) || !errors.Is(err, io.EOF) {
		t.Error("in flight:", err)
	}
	<-gone
	if err := m.Ack(ctx); !errors.Is(err, client.ErrConnectionLost) {
		t.Error("ack:", err)
	}
	if err := tx.Send(ctx, "/queue/b", nil); !errors.Is(err, client.ErrConnectionLost) {
		t.Error("transaction:", err)
	}
	again, err := s.Next(ctx) // m2 is the broker's again
	must(t, err)
	if string(again.Body) != "m1 again" {
		t.Errorf("got %q", again.Body)
	}
	must(t, again.Ack(ctx))
	must(t, c.SendReceipt(ctx, "/queue/b", nil))
	must(t, c.Close(ctx))
	if s := log.String(); !strings.Contains(s, "connected again") || !strings.Contains(s, "attempt=1") || strings.Contains(s, "s3cret") {
		t.Error(s)
	}
	if _, err := s.Next(ctx); err != client.ErrClosed {
		t.Error(err)
	}
	if err := c.Send(ctx, "/a", nil); err != client.ErrClosed {
		t.Error(err)
	}
}

// Calls wait while there is no connection, and Close ends all waiting.
func TestCloseWhileReconnecting(t *testing.T) {
	subscribed := make(chan struct{})
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		<-subscribed
	})
	ctx := patient(t)
	c, err := client.Dial(ctx, "tcp://"+address, client.Options{Reconnect: &client.Backoff{Min: time.Hour, Max: time.Hour}})
	must(t, err)
	s, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{})
	close(subscribed)
	must(t, err)
	for c.Version() != frame.Unnegotiated { // until the client knows
		time.Sleep(time.Millisecond)
	}
	waiting := make(chan error, 2)
	go func() { waiting <- c.Send(ctx, "/a", nil) }()
	go func() { _, err := s.Next(ctx); waiting <- err }()
	if err := s.Unsubscribe(ctx); err != nil {
		t.Error(err)
	}
	must(t, c.Close(ctx))
	for range 2 {
		if err := <-waiting; err != client.ErrClosed && err != client.ErrUnsubscribed {
			t.Error(err)
		}
	}
}

func TestReconnectGivesUp(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) { p.Accept(frame.V12) })
	c := dial(t, "tcp://"+address, client.Options{Reconnect: &client.Backoff{Min: time.Millisecond, Max: time.Millisecond, Attempts: 2}})
	<-c.Done()
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "gave up after 2 attempts") {
		t.Error(err)
	}
}
