package transport

import (
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/frame"
)

func TestAccept(t *testing.T) {
	versions := make(chan frame.Versions, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, v := Accept(w, r, []string{"*.example.org"}, slog.New(slog.DiscardHandler))
		if ws != nil {
			versions <- v
			ws.Abort()
		}
	}))
	defer s.Close()
	own := strings.TrimPrefix(s.URL, "http://")
	for _, test := range []struct {
		origin, host, protocol string
		want                   int
	}{
		{"", "", "", http.StatusSwitchingProtocols},
		{"http://" + own, "", "v11.stomp", http.StatusSwitchingProtocols},
		{"http://localhost:15674", "localhost:15674", "mqtt", http.StatusSwitchingProtocols},
		{"http://LOCALHOST", "LOCALHOST", "", http.StatusSwitchingProtocols},
		{"http://[::1]:80", "[::1]:80", "", http.StatusSwitchingProtocols},
		{"https://chat.example.org", "", "", http.StatusSwitchingProtocols},
		{"https://chat.example.org", "chat.example.org", "", http.StatusSwitchingProtocols},
		{"https://chat.example.org", "Chat.example.org:8080", "", http.StatusSwitchingProtocols},
		{"https://example.com", "", "", http.StatusForbidden},
		{"null", "", "", http.StatusForbidden},
		// DNS rebinding: another site's name points to this server.
		{"http://example.com", "example.com", "", http.StatusForbidden},
		{"http://evil.example", "evil.example:15675", "", http.StatusForbidden},
		{"", "127.0.0.1.evil.example", "", http.StatusForbidden},
		{"", "localhost.evil.example", "", http.StatusForbidden},
		{"", "chat.example.org.evil.example", "", http.StatusForbidden},
	} {
		o := &websocket.DialOptions{Host: test.host, HTTPHeader: http.Header{}}
		if test.origin != "" {
			o.HTTPHeader.Set("Origin", test.origin)
		}
		want := frame.AllVersions
		if test.protocol != "" {
			o.Subprotocols = []string{test.protocol}
		}
		if v, ok := frame.ParseSubprotocol(test.protocol); ok {
			want = frame.VersionsOf(v)
		}
		ws, response, err := websocket.Dial(context.Background(), s.URL, o)
		if response == nil {
			t.Fatal(err)
		}
		if response.StatusCode != test.want {
			t.Errorf("%+v: %d", test, response.StatusCode)
		}
		if ws != nil {
			if got := <-versions; got != want {
				t.Errorf("%+v: %v", test, got)
			}
			ws.CloseNow()
		}
	}
}

// The number of connections without a WebSocket is limited, and they do not
// keep others out forever.
func TestWebServerIsBounded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := NewWebServer(http.NotFoundHandler(), log.New(io.Discard, "", 0))
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	defer func() {
		s.Close()
		<-served
	}()
	var all []net.Conn
	for range maxWaiting {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		all = append(all, c)
	}
	ask := func() error {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return err
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return err
		}
		_, err = c.Read(make([]byte, 1))
		return err
	}
	if ask() == nil {
		t.Error("one more than the limit is served")
	}
	for _, c := range all[:10] {
		c.Close()
	}
	for end := time.Now().Add(time.Minute); ask() != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody is served any more")
		}
	}
}
