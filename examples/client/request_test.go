package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/broker/server"
	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// answer is the part of a broker and of who answers: it sends a reply.
func answer(p *script.Peer, request *frame.Frame, body string) {
	p.Say(frame.MESSAGE, body,
		headers.Subscription, request.Headers.Value("reply-to"),
		headers.Destination, "/reply-queue/x",
		headers.MessageID, "of "+body,
		"correlation-id", request.Headers.Value("correlation-id"))
}

// RabbitMQ makes the queue for replies by itself, and others want a SUBSCRIBE before
// the first request. Requests at the same time get their own replies.
func TestRequest(t *testing.T) {
	const most = 10
	for _, tt := range []struct {
		server, replyTo string
		want            string // destination of SUBSCRIBE
	}{
		{"RabbitMQ/3.10.8", "", ""},
		{"RabbitMQ/3.10.8", "/queue/mine", "/queue/mine"},
		{"ActiveMQ/5.17.2", "", "/temp-queue/replies"},
		{"ActiveMQ/5.17.2", "/temp-queue/mine", "/temp-queue/mine"},
		{"", "", "/temp-queue/replies"},
	} {
		t.Run(tt.server+tt.replyTo, func(t *testing.T) {
			var log script.Buffer
			o := client.Options{ReplyTo: tt.replyTo, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			c := serve(t, o, func(p *script.Peer) {
				if tt.server == "" {
					p.Accept(frame.V12)
				} else {
					p.Accept(frame.V12, headers.Server, tt.server)
				}
				if tt.want != "" {
					f := p.Expect(frame.SUBSCRIBE)
					if f.Headers.Value(headers.ID) != tt.want || f.Headers.Value(headers.Destination) != tt.want {
						t.Errorf("got %v", f)
					}
				}
				var all []*frame.Frame
				for range most {
					f := p.Expect(frame.SEND)
					if f.Headers.Value(headers.Destination) != "/queue/work" || f.Headers.Value("priority") != "9" {
						t.Errorf("got %v", f)
					}
					all = append(all, f)
				}
				for i := range all {
					f := all[most-1-i]
					answer(p, f, "reply to "+string(f.Body))
				}
				p.Leave()
			})
			replies := make(chan error, most)
			for i := range most {
				go func() {
					body := fmt.Sprint("request ", i)
					m, err := c.Request(patient(t), "/queue/work", []byte(body), headers.Field{Name: "priority", Value: "9"})
					if err == nil && string(m.Body) != "reply to "+body {
						err = fmt.Errorf("got %q for %q", m.Body, body)
					}
					replies <- err
				}()
			}
			for range most {
				must(t, <-replies)
			}
			if s := log.String(); s != "" {
				t.Error(s)
			}
		})
	}
}

// One client asks and another answers, over a broker without temporary queues.
func TestReply(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	b := server.New(server.Config{})
	served := make(chan struct{})
	go func() { defer close(served); b.ServeTCP(l) }()
	t.Cleanup(func() { b.Shutdown(context.Background()); <-served })

	ctx := patient(t)
	for _, v := range []frame.Version{frame.V10, frame.V11, frame.V12} {
		o := client.Options{Versions: frame.VersionsOf(v), ReplyTo: "/queue/replies." + v.String()}
		asks, answers := dial(t, l.Addr().String(), o), dial(t, l.Addr().String(), o)
		s := subscribe(t, answers, "/queue/upper", client.SubscribeOptions{})
		go func() {
			for m := range s.Messages(ctx) {
				if err := answers.Reply(ctx, m, []byte(strings.ToUpper(string(m.Body)))); err != nil {
					t.Error(err)
				}
			}
		}()
		for range 3 {
			m, err := asks.Request(ctx, "/queue/upper", []byte("hello"))
			must(t, err)
			if string(m.Body) != "HELLO" {
				t.Errorf("got %q", m.Body)
			}
			if err := m.Ack(ctx); !errors.Is(err, client.ErrNoAck) {
				t.Error(err)
			}
		}
		must(t, s.Unsubscribe(ctx))
	}
}

// A connection that is lost ends the requests that wait. A request made at once
// after that waits for the next connection, which gets its own subscription.
func TestRequestLost(t *testing.T) {
	ctx := patient(t)
	asked := make(chan struct{})
	c, err := client.Dial(ctx, "tcp://"+script.Listen(t,
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Expect(frame.SUBSCRIBE)
			p.Expect(frame.SEND)
		},
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Expect(frame.SUBSCRIBE)
			answer(p, p.Expect(frame.SEND), "2")
			p.Expect(frame.SEND)
			close(asked)
			p.Leave()
		}), client.Options{Reconnect: &client.Backoff{Min: time.Millisecond}})
	must(t, err)
	if _, err := c.Request(ctx, "/queue/a", nil); !errors.Is(err, client.ErrConnectionLost) || !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	m, err := c.Request(ctx, "/queue/a", nil)
	must(t, err)
	if string(m.Body) != "2" {
		t.Errorf("got %q", m.Body)
	}
	closed := make(chan error)
	go func() {
		_, err := c.Request(ctx, "/queue/a", nil)
		closed <- err
	}()
	<-asked
	must(t, c.Close(ctx))
	if err := <-closed; err != client.ErrClosed {
		t.Error(err)
	}
}

// A broker without temporary queues says so.
func TestRequestRefused(t *testing.T) {
	refuse := func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Expect(frame.SUBSCRIBE)
		p.Say(frame.ERROR, "", headers.Message, "no such destination")
	}
	c, err := client.Dial(patient(t), script.Listen(t, refuse), client.Options{})
	must(t, err)
	_, err = c.Request(patient(t), "/queue/a", nil)
	var e *client.ServerError
	if !errors.As(err, &e) || e.Message != "no such destination" || !errors.Is(err, client.ErrConnectionLost) {
		t.Error(err)
	}
	<-c.Done()
}

// Nobody waits for a reply that comes too late.
func TestRequestTooLate(t *testing.T) {
	late := make(chan *client.Message, 1)
	gaveUp := make(chan struct{})
	c := serve(t, client.Options{UnhandledMessage: func(m *client.Message) { late <- m }}, func(p *script.Peer) {
		p.Accept(frame.V12, headers.Server, "RabbitMQ")
		f := p.Expect(frame.SEND)
		close(gaveUp)
		g := p.Expect(frame.SEND)
		answer(p, f, "late")
		answer(p, g, "in time")
		answer(p, g, "twice")
		p.Leave()
	})
	ctx, cancel := context.WithCancelCause(patient(t))
	why := errors.New("patience has ended")
	go func() { <-gaveUp; cancel(why) }()
	if _, err := c.Request(ctx, "/queue/a", nil); !errors.Is(err, why) {
		t.Error(err)
	}
	m, err := c.Request(patient(t), "/queue/a", nil)
	must(t, err)
	if string(m.Body) != "in time" {
		t.Errorf("got %q", m.Body)
	}
	for _, want := range []string{"late", "twice"} {
		if m := <-late; string(m.Body) != want {
			t.Errorf("got %q, want %q", m.Body, want)
		}
	}
}

// Only a message that wants a reply gets one, with its correlation-id if it has
// one.
func TestReplyHeaders(t *testing.T) {
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		p.Deliver("sub-1", "1")
		p.Say(frame.MESSAGE, "2", headers.Subscription, "sub-1", headers.MessageID, "2", "reply-to", "/queue/b")
		if f := p.Expect(frame.SEND); f.Headers.Value(headers.Destination) != "/queue/b" || len(f.Headers) != 2 {
			t.Errorf("got %v", f)
		}
		p.Leave()
	})
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	if err := c.Reply(patient(t), next(t, s, "1"), nil); err == nil {
		t.Error("a reply to nowhere")
	}
	must(t, c.Reply(patient(t), next(t, s, "2"), nil, headers.Field{Name: "expires", Value: "0"}))
}
