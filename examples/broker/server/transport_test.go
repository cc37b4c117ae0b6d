package server

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestSubprotocols(t *testing.T) {
	b := start(t, Config{})
	for _, test := range []struct {
		offer           []string
		protocol, agree string
	}{
		{[]string{"v10.stomp", "v11.stomp", "v12.stomp"}, "v12.stomp", "1.2"},
		{[]string{"v10.stomp", "v11.stomp"}, "v11.stomp", "1.1"},
		{[]string{"v10.stomp"}, "v10.stomp", "1.0"},
		{[]string{"mqtt"}, "", "1.2"},
		{nil, "", "1.2"},
	} {
		c, conn := b.dialWebSocket(t, test.offer...)
		c.Say(frame.CONNECT, "", headers.AcceptVersion, "1.0,1.1,1.2", headers.Host, "/")
		f := c.Expect(frame.CONNECTED)
		if conn.Subprotocol() != test.protocol || f.Headers.Value(headers.Version) != test.agree {
			t.Errorf("%v: %s, %v", test.offer, conn.Subprotocol(), f)
		}
	}
	c, _ := b.dialWebSocket(t, "v12.stomp")
	c.Say(frame.CONNECT, "", headers.AcceptVersion, "1.1", headers.Host, "/")
	if f := c.failed(""); f.Headers.Value(headers.Version) != "1.2" {
		t.Error(f)
	}
}

// Package transport has more tests of this.
func TestOrigin(t *testing.T) {
	b := start(t, Config{Origins: []string{"*.example.org"}})
	for _, test := range []struct {
		origin, host string
		want         int
	}{
		{"https://chat.example.org", "", http.StatusSwitchingProtocols},
		{"https://example.com", "", http.StatusForbidden},
		{"http://example.com", "example.com", http.StatusForbidden},
	} {
		conn, response, err := websocket.Dial(context.Background(), b.ws, &websocket.DialOptions{Host: test.host, HTTPHeader: http.Header{"Origin": {test.origin}}})
		if response == nil || response.StatusCode != test.want {
			t.Errorf("%+v: %v, %v", test, response, err)
		}
		if conn != nil {
			conn.CloseNow()
		}
	}
}

// A frame may be split over messages, and a message may contain several frames,
// as text or binary.
func TestFramesInMessages(t *testing.T) {
	b := start(t, Config{})
	c, conn := b.dialWebSocket(t, "v12.stomp")
	c.login(frame.V12, "", "0,0")
	c.subscribe("1", "/topic/a", "auto")
	ctx := context.Background()
	for i, message := range []string{"SEND\ndestina", "tion:/topic/a\n\nb", "\x00\nSEND\ndestination:/topic/a\n\nc\x00SEND\ndestination:/topic/a\n\nd\x00\n"} {
		kind := []websocket.MessageType{websocket.MessageText, websocket.MessageBinary}[i%2]
		if err := conn.Write(ctx, kind, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{"b", "c", "d"} {
		c.message(body)
	}
}

// A message that is not UTF-8 is sent as binary, others as text.
func TestTextAndBinary(t *testing.T) {
	b := start(t, Config{})
	c, conn := b.dialWebSocket(t, "v12.stomp")
	c.login(frame.V12, "", "0,0")
	c.subscribe("1", "/topic/a", "auto")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for body, want := range map[string]websocket.MessageType{"\xff\x00": websocket.MessageBinary, "\u00e9\x00": websocket.MessageText} {
		c.publish("/topic/a", body)
		kind, data, err := conn.Read(ctx)
		if err != nil || kind != want || !strings.HasSuffix(string(data), "\n\n"+body+"\x00") {
			t.Errorf("%q: %v %q, %v", body, kind, data, err)
		}
	}
}

// The broker performs the WebSocket closing handshake.
func TestWebSocketCloses(t *testing.T) {
	b := start(t, Config{})
	c, conn := b.dialWebSocket(t, "v12.stomp")
	c.login(frame.V12, "", "0,0")
	c.Say(frame.DISCONNECT, "", headers.Receipt, "bye")
	c.Expect(frame.RECEIPT)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, _, err := conn.Read(ctx); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Error(err)
	}
	eventually(t, "the connection goes", func() bool { return len(b.peers()) == 0 })
}
