package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
)

// Pings are answered while nobody takes messages, and nothing is lost.
func TestPing(t *testing.T) {
	const messages = 200
	done := make(chan struct{})
	pinged := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: frame.AllVersions.Subprotocols()})
		if err != nil {
			t.Error(err)
			return
		}
		defer ws.CloseNow()
		ctx, cancel := context.WithTimeout(context.Background(), script.Patience)
		defer cancel()
		ws.Read(ctx) // CONNECT
		ws.Write(ctx, websocket.MessageText, []byte("CONNECTED\nversion:1.2\nheart-beat:10000,0\n\n\x00"))
		_, subscribe, _ := ws.Read(ctx)
		_, receipt, _ := strings.Cut(string(subscribe), "receipt:")
		receipt, _, _ = strings.Cut(receipt, "\n")
		ws.Write(ctx, websocket.MessageText, []byte("RECEIPT\nreceipt-id:"+receipt+"\n\n\x00"))
		gone := ws.CloseRead(ctx) // pongs are read
		for i := range messages {
			m := fmt.Sprintf("MESSAGE\nsubscription:sub-1\nmessage-id:%d\ndestination:/a\n\n%d%s\x00", i, i, strings.Repeat("x", 4000))
			if err := ws.Write(ctx, websocket.MessageText, []byte(m)); err != nil {
				t.Error(err)
			}
		}
		for range 3 {
			if err := ws.Ping(ctx); err != nil {
				t.Error("no pong:", err)
			}
		}
		close(pinged)
		<-gone.Done()
	}))
	defer s.Close()
	defer func() { <-done }()
	c, err := client.Dial(patient(t), "ws://"+s.Listener.Addr().String(), client.Options{ConnectTimeout: 2 * time.Second})
	must(t, err)
	sub, err := c.Subscribe(patient(t), "/a", client.SubscribeOptions{Buffer: 2})
	must(t, err)
	select {
	case <-pinged:
	case <-time.After(script.Patience):
		t.Fatal("the pings are not answered")
	}
	for i := range messages {
		m, err := sub.Next(patient(t))
		must(t, err)
		if !strings.HasPrefix(string(m.Body), fmt.Sprint(i, "x")) {
			t.Fatalf("message %d is %.10q", i, m.Body)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c.Close(ctx) // the server answers nothing
}
