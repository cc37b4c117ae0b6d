package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/broker/server"
	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/headers"
)

// startBroker starts examples/broker on an address; port 0 means any port. stop
// stops it.
func startBroker(t *testing.T, address string) (tcp, web string, stop func()) {
	t.Helper()
	b := server.New(server.Config{
		Logins: map[string]string{"relay": "r", "joe": "j"}, HeartBeat: time.Second, ConnectTimeout: script.Patience, Connections: 100,
		Outgoing: 4 << 20, QueueMessages: 100, Deliveries: 5, Prefetch: 100,
		Log: slog.New(slog.DiscardHandler),
	})
	l, err := net.Listen("tcp", address)
	must(t, err)
	served := make(chan struct{})
	go func() {
		defer close(served)
		b.ServeTCP(l)
	}()
	mux := http.NewServeMux()
	mux.Handle("/ws", b)
	s := httptest.NewServer(mux)
	return l.Addr().String(), s.Listener.Addr().String(), func() {
		l.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		b.Shutdown(ctx)
		<-served
		s.Close()
	}
}

// The client, the relay and the broker of this module work together.
func TestWithBroker(t *testing.T) {
	tcp, web, stop := startBroker(t, "127.0.0.1:0")
	defer stop()
	g := start(t, func(c *Config) {
		c.BrokerLogin, c.BrokerPasscode = "relay", "r"
		c.Users = login.Users{"ann": "a"}
		c.HeartBeat = headers.HeartBeats{Send: time.Second, Receive: time.Second}
	}, tcp)
	for _, tt := range []struct{ name, url string }{
		{"tcp", "tcp://joe:j@" + tcp},
		{"ws", "ws://joe:j@" + web + "/ws"},
		{"relay over tcp", "tcp://ann:a@" + g.tcp},
		{"relay over ws", "ws://ann:a@" + g.web + "/ws"},
	} {
		t.Run(tt.name, func(t *testing.T) { converse(t, tt.url) })
	}
	_, err := client.Dial(t.Context(), "tcp://joe:j@"+g.tcp, client.Options{}) // a user of the broker, not of the relay
	var refused *client.ServerError
	if !errors.As(err, &refused) || refused.Message != "login refused" {
		t.Error(err)
	}
}

// converse exercises everything a client can do with a broker.
func converse(t *testing.T, url string) {
	ctx, cancel := context.WithTimeout(t.Context(), script.Patience)
	defer cancel()
	c, err := client.Dial(ctx, url, client.Options{})
	must(t, err)
	sub, err := c.Subscribe(ctx, "/queue/a", client.SubscribeOptions{Ack: headers.AckClientIndividual})
	must(t, err)
	next := func(want string) *client.Message {
		t.Helper()
		m, err := sub.Next(ctx)
		must(t, err)
		if string(m.Body) != want {
			t.Fatalf("got %.80q, want %.80q", m.Body, want)
		}
		return m
	}
	for _, body := range []string{"plain", "", "NUL \x00 and \xff", strings.Repeat("large ", 1<<18)} {
		must(t, c.SendReceipt(ctx, "/queue/a", []byte(body), headers.Field{Name: "x", Value: "a:b\n\\"}))
		m := next(body)
		if x := m.Headers.Value("x"); x != "a:b\n\\" {
			t.Errorf("x is %q", x)
		}
		must(t, m.Ack(ctx))
	}
	must(t, c.Send(ctx, "/queue/a", []byte("again")))
	must(t, next("again").Nack(ctx))
	must(t, next("again").Ack(ctx))

	tx, err := c.Begin(ctx)
	must(t, err)
	must(t, tx.Send(ctx, "/queue/a", []byte("dropped")))
	must(t, tx.Abort(ctx))
	tx, err = c.Begin(ctx)
	must(t, err)
	must(t, tx.Send(ctx, "/queue/a", []byte("kept")))
	must(t, tx.Commit(ctx))
	must(t, next("kept").Ack(ctx))
	must(t, sub.Unsubscribe(ctx))
	must(t, c.Close(ctx))
}

// After the broker restarts, the client reaches it through the relay and still
// has its subscription.
func TestBrokerRestarts(t *testing.T) {
	tcp, _, stop := startBroker(t, "127.0.0.1:0")
	g := start(t, func(c *Config) { c.BrokerLogin, c.BrokerPasscode = "relay", "r" }, tcp)
	ctx, cancel := context.WithTimeout(t.Context(), script.Patience)
	defer cancel()
	c, err := client.Dial(ctx, "ws://"+g.web+"/ws", client.Options{Reconnect: &client.Backoff{Min: time.Millisecond, Max: 50 * time.Millisecond}})
	must(t, err)
	sub, err := c.Subscribe(ctx, "/topic/a", client.SubscribeOptions{})
	must(t, err)
	stop()
	_, _, stop = startBroker(t, tcp)
	defer stop()
	for err = client.ErrConnectionLost; errors.Is(err, client.ErrConnectionLost); {
		err = c.SendReceipt(ctx, "/topic/a", []byte("after all"))
	}
	must(t, err)
	m, err := sub.Next(ctx)
	if err != nil || string(m.Body) != "after all" {
		t.Fatal(m, err)
	}
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}
