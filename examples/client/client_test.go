package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient returns a context that lasts for a test.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), script.Patience)
	t.Cleanup(cancel)
	return ctx
}

// dial connects to a server, and closes in an orderly way at the end.
func dial(t *testing.T, url string, o client.Options) *client.Client {
	t.Helper()
	c, err := client.Dial(patient(t), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(patient(t)); err != nil {
			t.Error("close:", err)
		}
	})
	return c
}

// serve dials a server that plays parts.
func serve(t *testing.T, o client.Options, parts ...func(*script.Peer)) *client.Client {
	t.Helper()
	return dial(t, script.Listen(t, parts...), o)
}

// subscribe subscribes, which must succeed.
func subscribe(t *testing.T, c *client.Client, destination string, o client.SubscribeOptions) *client.Subscription {
	t.Helper()
	s, err := c.Subscribe(patient(t), destination, o)
	must(t, err)
	return s
}

// next takes a message, which must have a body.
func next(t *testing.T, s *client.Subscription, body string) *client.Message {
	t.Helper()
	m, err := s.Next(patient(t))
	must(t, err)
	if string(m.Body) != body {
		t.Fatalf("got message %.60q, want %.60q", m.Body, body)
	}
	return m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// echo is the part of a broker that confirms, and gives each message back to
// the last subscription.
func echo(p *script.Peer) {
	p.Accept(frame.V12)
	subscription := ""
	for n := 1; ; n++ {
		f, err := p.Read()
		if err != nil {
			return
		}
		switch f.Command {
		case frame.SUBSCRIBE:
			subscription = f.Headers.Value(headers.ID)
		case frame.SEND:
			id := fmt.Sprint(n)
			list := headers.Pairs(headers.Subscription, subscription, headers.MessageID, id, headers.Ack, id)
			p.Send(&frame.Frame{Command: frame.MESSAGE, Headers: append(list, f.Headers...), Body: f.Body})
		}
		if f.Headers.Value(headers.Receipt) != "" {
			p.Confirm(f)
		}
	}
}

// Every transport carries the same.
func TestTransports(t *testing.T) {
	tlsAddress, roots := script.ListenTLS(t, echo)
	for _, tt := range []struct {
		name, url string
		options   client.Options
	}{
		{"tcp", "tcp://" + script.Listen(t, echo), client.Options{}},
		{"tls", "tls://" + tlsAddress, client.Options{TLS: &tls.Config{RootCAs: roots}}},
		{"ws", "ws://" + script.ListenWebSocket(t, false, echo) + "/ws", client.Options{}},
		{"ws binary", "ws://" + script.ListenWebSocket(t, true, echo) + "/ws", client.Options{Binary: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := patient(t)
			c := dial(t, tt.url, tt.options)
			if c.Version() != frame.V12 {
				t.Errorf("the version is %v", c.Version())
			}
			s := subscribe(t, c, "/queue/a", client.SubscribeOptions{})
			for _, body := range []string{"", "grüße", "NUL \x00 and \xff, no UTF-8", strings.Repeat("0123456789abcdef", 1<<16)} {
				must(t, c.Send(ctx, "/queue/a", []byte(body), headers.Field{Name: "x-note", Value: "a:b\n\\"}))
				m := next(t, s, body)
				if note := m.Headers.Value("x-note"); note != "a:b\n\\" || m.Destination() != "/queue/a" {
					t.Errorf("got note %q from %s", note, m.Destination())
				}
			}
		})
	}
}

func TestTLSIsChecked(t *testing.T) {
	address, _ := script.ListenTLS(t, func(p *script.Peer) { p.ExpectEnd() })
	_, err := client.Dial(patient(t), "tls://"+address, client.Options{})
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Error(err)
	}
}

func TestConnect(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		f := p.Expect(frame.CONNECT)
		for name, want := range map[string]string{
			headers.AcceptVersion: "1.1,1.2", headers.Host: "/", headers.HeartBeat: "10000,0",
			headers.Login: "joe", headers.Passcode: "a:b", "client-id": "7",
		} {
			if got := f.Headers.Value(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		p.Say(frame.CONNECTED, "", headers.Version, "1.1")
		p.SetVersion(frame.V11)
		p.Leave()
	})
	c := dial(t, "tcp://joe:a%3Ab@"+address, client.Options{
		Host: "/", Versions: frame.VersionsOf(frame.V11, frame.V12), Headers: headers.Pairs("client-id", "7"),
		HeartBeat: headers.HeartBeats{Receive: -1},
	})
	if c.Version() != frame.V11 {
		t.Errorf("the version is %v", c.Version())
	}
}

// What is no CONNECTED is an error of Dial, and nothing shows the passcode.
func TestConnectRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server func(*script.Peer)
		want   string
	}{
		{"ERROR", func(p *script.Peer) {
			p.Say(frame.ERROR, "", headers.Message, "bad login: joe/s3cret")
		}, `the server says "bad login: joe/***"`},
		{"a version that was not offered", func(p *script.Peer) { p.Say(frame.CONNECTED, "", headers.Version, "1.0") }, "connected-version-offered"},
		{"an unknown version", func(p *script.Peer) { p.Say(frame.CONNECTED, "", headers.Version, "2.0") }, "CONNECTED"},
		{"another frame", func(p *script.Peer) { p.SetVersion(frame.V12); p.Say(frame.MESSAGE, "") }, "command before a version is agreed"},
		{"no STOMP", func(p *script.Peer) { p.Write("HTTP/1.1 400 Bad Request\r\n\r\n") }, "unknown command"},
		{"a frame cut off", func(p *script.Peer) { p.Write("CONNECTED\nversion:1") }, "frame"},
		{"nothing", func(p *script.Peer) {}, "closed the connection"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			address := script.Listen(t, func(p *script.Peer) { p.Expect(frame.CONNECT); tt.server(p) })
			o := client.Options{Login: "joe", Passcode: "s3cret", Versions: frame.VersionsOf(frame.V11, frame.V12)}
			_, err := client.Dial(patient(t), "tcp://"+address, o)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			var e *client.ServerError
			if errors.As(err, &e) != (tt.name == "ERROR") {
				t.Errorf("the error is %#v", err)
			}
		})
	}
}

func TestDialRefuses(t *testing.T) {
	for url, want := range map[string]string{
		"http://127.0.0.1":                    `but with "http"`,
		"tcp://":                              "has no host",
		"tcp://joe:s3cret@127.0.0.1:bad":      "cannot parse the URL",
		"tcp://joe:s3cret%0A@127.0.0.1:1":     "header passcode",
		"ws://joe:s3cret@127.0.0.1:1/x":       "connect",
		"tls://joe:s3cret@127.0.0.1:1":        "connect",
		"tcp://joe:s3cret@127.0.0.1:1/ignore": "connect",
	} {
		if strings.Contains(url, "%0A") {
			url = strings.Replace(url, "127.0.0.1:1", script.Listen(t, func(p *script.Peer) { p.ExpectEnd() }), 1)
		}
		_, err := client.Dial(patient(t), url, client.Options{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want %q", url, err, want)
		}
	}
}

func TestConnectTimeout(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) { p.Expect(frame.CONNECT); p.ExpectEnd() })
	_, err := client.Dial(patient(t), "tcp://"+address, client.Options{ConnectTimeout: 20 * time.Millisecond})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	address = script.Listen(t, func(p *script.Peer) { p.Expect(frame.CONNECT); cancel(); p.ExpectEnd() })
	if _, err = client.Dial(ctx, "tcp://"+address, client.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A frame that may come in any pieces, with heart-beats between.
func TestHalfFrames(t *testing.T) {
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		f := p.Expect(frame.SUBSCRIBE)
		octets := "\n\r\nMESSAGE\nsubscription:" + f.Headers.Value(headers.ID) + "\nmessage-id:1\ndestination:/a\ncontent-length:4\n\na\x00\xc3\xa9\x00\n\nRECEIPT\r\nreceipt-id:" +
			f.Headers.Value(headers.Receipt) + "\r\n\r\n\x00"
		for i := range len(octets) {
			p.Write(octets[i : i+1])
		}
		p.Leave()
	})
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	next(t, s, "a\x00é")
}

// A receipt is waited for, and the right one.
func TestReceipts(t *testing.T) {
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		first, second := p.Expect(frame.SEND), p.Expect(frame.SEND)
		p.Say(frame.RECEIPT, "", headers.ReceiptID, "of nobody")
		p.Confirm(second)
		p.Confirm(first)
		p.Leave()
	})
	result := make(chan error)
	for range 2 {
		go func() { result <- c.SendReceipt(patient(t), "/queue/a", []byte("x")) }()
	}
	must(t, <-result)
	must(t, <-result)
}

// An ERROR with a receipt-id is for the call that asked, and for the others too
// the end of the connection.
func TestServerError(t *testing.T) {
	read := make(chan struct{})
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Expect(frame.SUBSCRIBE)
		close(read)
		f := p.Expect(frame.SEND)
		p.Say(frame.ERROR, "more", headers.Message, "no such queue", headers.ReceiptID, f.Headers.Value(headers.Receipt))
		p.ExpectEnd()
	})
	subscribed := make(chan error)
	go func() {
		_, err := c.Subscribe(patient(t), "/topic/a", client.SubscribeOptions{})
		subscribed <- err
	}()
	<-read
	err := c.SendReceipt(patient(t), "/queue/none", nil)
	var e *client.ServerError
	if !errors.As(err, &e) || e.Message != "no such queue" || string(e.Frame.Body) != "more" {
		t.Errorf("got %v", err)
	}
	err = <-subscribed
	if !errors.Is(err, client.ErrConnectionLost) || !errors.As(err, &e) {
		t.Errorf("the subscriber got %v", err)
	}
	<-c.Done()
	if err := c.Err(); !errors.Is(err, client.ErrConnectionLost) || !errors.As(err, &e) {
		t.Errorf("the client ended with %v", err)
	}
	if err := c.Send(patient(t), "/a", nil); !errors.Is(err, client.ErrConnectionLost) {
		t.Error(err)
	}
}

// What breaks a rule is refused before anything is sent.
func TestRefusedFrames(t *testing.T) {
	c := serve(t, client.Options{}, func(p *script.Peer) { p.Accept(frame.V10); p.Leave() })
	ctx := patient(t)
	if err := c.Send(ctx, "/a", nil, headers.Field{Name: "a", Value: "\n"}); !errors.Is(err, encoder.Unescapable) {
		t.Error(err)
	}
	if _, err := c.Subscribe(ctx, "/a", client.SubscribeOptions{Ack: headers.AckClientIndividual}); !errors.Is(err, validate.SubscribeAckMode) {
		t.Error(err)
	}
}

func TestAcknowledge(t *testing.T) {
	for _, tt := range []struct {
		version frame.Version
		names   []string // of the headers of ACK and NACK, in their order
		nack    bool
	}{
		{frame.V10, []string{headers.MessageID}, false},
		{frame.V11, []string{headers.Subscription, headers.MessageID}, true},
		{frame.V12, []string{headers.ID}, true},
	} {
		t.Run(tt.version.String(), func(t *testing.T) {
			check := func(f *frame.Frame, id string) {
				for i, name := range tt.names {
					want := id
					if name == headers.Subscription {
						want = "sub-1"
					}
					if f.Headers[i] != (headers.Field{Name: name, Value: want}) {
						t.Errorf("%s has %v", f.Command, f.Headers)
					}
				}
			}
			ctx := patient(t)
			c := serve(t, client.Options{}, func(p *script.Peer) {
				p.Accept(tt.version)
				f := p.Expect(frame.SUBSCRIBE)
				for _, id := range []string{"m1", "m2"} {
					p.Deliver(f.Headers.Value(headers.ID), id)
				}
				p.Confirm(f)
				check(p.Expect(frame.ACK), "m1")
				if tt.nack {
					check(p.Expect(frame.NACK), "m2")
				}
				p.Confirm(p.Expect(frame.UNSUBSCRIBE))
				p.Leave()
			})
			s := subscribe(t, c, "/a", client.SubscribeOptions{Ack: headers.AckClient})
			n := 0
			for m, err := range s.Messages(ctx) {
				must(t, err)
				if n++; n == 1 {
					must(t, m.Ack(ctx))
					continue
				}
				if err := m.Nack(ctx); tt.nack != (err == nil) {
					t.Error(err)
				}
				must(t, s.Unsubscribe(ctx))
			}
			if n != 2 {
				t.Errorf("%d messages", n)
			}
			if _, err := s.Next(ctx); err != client.ErrUnsubscribed {
				t.Error(err)
			}
			if err := s.Unsubscribe(ctx); err != client.ErrUnsubscribed {
				t.Error(err)
			}
		})
	}
}

func TestNoAck(t *testing.T) {
	ctx := patient(t)
	c := dial(t, "tcp://"+script.Listen(t, echo), client.Options{})
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	must(t, c.Send(ctx, "/a", nil))
	if err := next(t, s, "").Ack(ctx); !errors.Is(err, client.ErrNoAck) {
		t.Error(err)
	}
}

func TestTransactions(t *testing.T) {
	ctx := patient(t)
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		f := p.Expect(frame.SUBSCRIBE)
		p.Deliver(f.Headers.Value(headers.ID), "1")
		p.Confirm(f)
		for _, want := range []struct {
			command frame.Command
			id      string
		}{
			{frame.BEGIN, "tx-2"}, {frame.SEND, "tx-2"}, {frame.NACK, "tx-2"}, {frame.ABORT, "tx-2"},
			{frame.BEGIN, "tx-3"}, {frame.SEND, "tx-3"}, {frame.ACK, "tx-3"}, {frame.COMMIT, "tx-3"},
		} {
			f := p.Expect(want.command)
			if got := f.Headers.Value(headers.Transaction); got != want.id {
				t.Errorf("%s is of %q, want %q", f.Command, got, want.id)
			}
			if want.command == frame.COMMIT || want.command == frame.ABORT {
				p.Confirm(f)
			}
		}
		p.Leave()
	})
	s := subscribe(t, c, "/a", client.SubscribeOptions{Ack: headers.AckClientIndividual})
	m := next(t, s, "1")
	tx, err := c.Begin(ctx)
	must(t, err)
	must(t, tx.Send(ctx, "/b", []byte("x")))
	must(t, tx.Nack(ctx, m))
	must(t, tx.Abort(ctx))
	tx, err = c.Begin(ctx)
	must(t, err)
	must(t, tx.Send(ctx, "/b", []byte("x")))
	must(t, tx.Ack(ctx, m))
	must(t, tx.Commit(ctx))
	if err := tx.Commit(ctx); !errors.Is(err, validate.CommitTransactionKnown) {
		t.Error(err)
	}
}

func TestContext(t *testing.T) {
	read := make(chan struct{})
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Expect(frame.SEND)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		p.Expect(frame.SUBSCRIBE)
		read <- struct{}{}
		f := p.Expect(frame.UNSUBSCRIBE)
		if got := f.Headers.Value(headers.ID); got != "sub-2" {
			t.Errorf("unsubscribed %s", got)
		}
		close(read)
		p.Leave()
	})
	soon := func() context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	if err := c.SendReceipt(soon(), "/a", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	s := subscribe(t, c, "/a", client.SubscribeOptions{})
	if _, err := s.Next(soon()); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	for m, err := range s.Messages(soon()) {
		if m != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(m, err)
		}
	}
	// A SUBSCRIBE that the caller no longer waits for is taken back.
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-read; cancel() }()
	if _, err := c.Subscribe(ctx, "/b", client.SubscribeOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := c.Send(ctx, "/a", nil); err != context.Canceled {
		t.Error(err)
	}
	<-read // to its end
}

// While nobody takes messages the client reads no more than fits, and the
// server is made to wait.
func TestBackPressure(t *testing.T) {
	const messages, buffer = 64, 2
	sent := make(chan int, messages)
	ctx := patient(t)
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		f := p.Expect(frame.SUBSCRIBE)
		p.Confirm(f)
		for i := range messages {
			p.Say(frame.MESSAGE, strings.Repeat("x", 1<<20), headers.Subscription, f.Headers.Value(headers.ID), headers.MessageID, fmt.Sprint(i), headers.Destination, "/a")
			sent <- i
		}
		close(sent)
		p.Leave()
	})
	s := subscribe(t, c, "/a", client.SubscribeOptions{Buffer: buffer})
	for range buffer {
		<-sent
	}
	for m, err := range s.Messages(ctx) {
		must(t, err)
		if m.Headers.Value(headers.MessageID) == fmt.Sprint(messages-1) {
			break
		}
	}
}

// Some brokers hang up in place of the receipt of DISCONNECT; and some do
// nothing.
func TestClose(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) { p.Accept(frame.V12); p.Expect(frame.DISCONNECT) })
	c, err := client.Dial(patient(t), "tcp://"+address, client.Options{})
	must(t, err)
	must(t, c.Close(patient(t)))
	must(t, c.Close(patient(t)))

	address = script.Listen(t, func(p *script.Peer) { p.Accept(frame.V12); p.Expect(frame.DISCONNECT); p.ExpectEnd() })
	c, err = client.Dial(patient(t), "tcp://"+address, client.Options{})
	must(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := c.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	<-c.Done()
}

// A server that reads nothing does not hold a writer for ever.
func TestWriteTimeout(t *testing.T) {
	stop := make(chan struct{})
	c := serve(t, client.Options{WriteTimeout: 50 * time.Millisecond}, func(p *script.Peer) { p.Accept(frame.V12); <-stop })
	body := make([]byte, 32<<20)
	err := c.Send(patient(t), "/a", body)
	if !errors.Is(err, client.ErrConnectionLost) || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	close(stop)
	<-c.Done()
}

// What the server breaks is told, and limits hold.
func TestLimits(t *testing.T) {
	c := serve(t, client.Options{Limits: parser.Limits{Body: 99}}, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Write("MESSAGE\ndestination:/a\ncontent-length:100\n\n")
		p.ExpectEnd()
	})
	<-c.Done()
	if err := c.Err(); !errors.Is(err, parser.BodyTooLarge) {
		t.Error(err)
	}
}
