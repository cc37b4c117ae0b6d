package main

import (
	"bytes"
	"compress/flate"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/internal/websocket"
	"github.com/stompwire/stomp/validate"
)

// unwrapped returns what an unwrapper makes of what two sides send in turns, the
// client first, in pieces of at most n bytes: "> " before what the client sends,
// "< " before what the server does, "! " before what is said.
func unwrapped(n int, turns ...string) string {
	var b strings.Builder
	last := ""
	line := func(mark, s string) {
		if mark != last || mark == "!" {
			b.WriteString("\n" + mark + " ")
		}
		b.WriteString(s)
		last = mark
	}
	u := newUnwrapper()
	u.give = func(from validate.Role, p []byte, _ time.Duration) { line([]string{">", "<"}[from], string(p)) }
	u.say = func(what string) { line("!", what) }
	u.lose = func(from validate.Role, why string) { line("!", "lost "+from.String()+": "+why) }
	for i, turn := range turns {
		from := validate.Role(i % 2)
		for p := []byte(turn); len(p) > 0; {
			k := min(n, len(p))
			was := string(p[:k])
			u.write(from, p[:k], 0)
			if string(p[:k]) != was {
				b.WriteString("\nwhat is passed on has changed")
			}
			p = p[k:]
		}
	}
	u.end(validate.Client, 0)
	u.end(validate.Server, 0)
	return strings.TrimPrefix(b.String(), "\n")
}

const (
	request  = "GET /ws?a=\x1b[2J HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\n\r\n"
	response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
)

func fromBrowser(first byte, s string) string {
	return string(websocket.Frame(first, []byte{1, 2, 3, 4}, []byte(s)))
}

func unmasked(first byte, s string) string { return string(websocket.Frame(first, nil, []byte(s))) }

// packed compresses a message.
func packed(s string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	w.Write([]byte(s))
	w.Flush()
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

func TestUnwrap(t *testing.T) {
	const agreed = "! WebSocket /ws?a=^[[2J\n"
	compressed := strings.Replace(response, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n\r\n", 1)
	for _, tt := range []struct {
		name  string
		turns []string
		want  string
	}{
		{"TCP", []string{"CONNECT\n\n\x00", "CONNECTED\n\n\x00"}, "> CONNECT\n\n\x00\n< CONNECTED\n\n\x00"},
		{"a server that speaks early", []string{"GE", "hello", "T /"}, "> GE\n< hello\n> T /"},
		{"another method", []string{"OPTIONS / HTTP/1.1\r\n\r\n"}, "! HTTP, not WebSocket: OPTIONS / HTTP/1.1; it is passed on, but not read"},
		{"DISCONNECT", []string{"DISCONNECT\n\n\x00"}, "> DISCONNECT\n\n\x00"},
		{"TCP of three bytes", []string{"GET"}, "> GET"},
		{"a server that speaks first", []string{"", "hello"}, "< hello"},
		{"WebSocket", []string{request, response, fromBrowser(0x01, "CON") + fromBrowser(0x89, "ping") + fromBrowser(0x80, "NECT"), unmasked(0x8a, "ping") + unmasked(0x82, "CONNECTED")},
			agreed + "> CONNECT\n< CONNECTED"},
		{"close", []string{request, response, fromBrowser(0x88, "\x03\xe9bye\x1b"), unmasked(0x88, "")},
			agreed + "! the client closes the WebSocket: 1001 bye^[\n! the server closes the WebSocket"},
		{"compressed", []string{request, compressed, fromBrowser(0xc1, packed("CONNECT")), unmasked(0xc1, packed("CONNECTED")) + unmasked(0x81, "\n")},
			"! WebSocket /ws?a=^[[2J, compressed\n> CONNECT\n< CONNECTED\n"},
		{"SockJS", []string{request, response + unmasked(0x81, "o"), fromBrowser(0x81, `["CONNECT\n"]`), unmasked(0x81, `a["CONNECTED\n","\n"]`) + unmasked(0x81, "h")},
			agreed + "! SockJS\n> CONNECT\n\n< CONNECTED\n\n"},
		{"early", []string{request + fromBrowser(0x81, "CONNECT"), response}, agreed + "> CONNECT"},
		{"early and endless", []string{request, "", strings.Repeat("x", maxEarly+1), response},
			"! the client does not wait for the server to agree on WebSocket; it is passed on, but not read"},
		{"another page", []string{"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nCONNECTED\n\n\x00"}, "! HTTP, not WebSocket: GET / HTTP/1.1; it is passed on, but not read"},
		{"refused", []string{request, "HTTP/1.1 403 Forbidden\r\n\r\nno"}, "! the server refuses WebSocket: HTTP/1.1 403 Forbidden; it is passed on, but not read"},
		{"endless head", []string{"GET " + strings.Repeat("x", 70000)}, "! the head of HTTP is too large; it is passed on, but not read"},
		{"an extension", []string{request, strings.Replace(response, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: x-\x01\r\n\r\n", 1)},
			"! WebSocket with an extension that is not known: x-^A; it is passed on, but not read"},
		{"no frame", []string{request, response, fromBrowser(0x83, "x") + fromBrowser(0x81, "CONNECT"), unmasked(0x81, "CONNECTED")},
			agreed + "! lost client: WebSocket: opcode 3 is not defined\n< CONNECTED"},
		{"no SockJS", []string{request, response + unmasked(0x81, "o"), fromBrowser(0x81, "CONNECT")},
			agreed + "! SockJS\n! lost client: WebSocket: a message is not one of SockJS"},
		{"cut", []string{request, response, fromBrowser(0x81, "CONNECT")[:8]}, agreed + "> CO\n! the client ends inside a message of WebSocket"},
	} {
		for _, n := range []int{1, 7, 1 << 20} {
			if got := unwrapped(n, tt.turns...); got != tt.want {
				t.Errorf("%s, %d bytes at a time: got\n%.300q\nwant\n%.300q", tt.name, n, got, tt.want)
			}
		}
	}
}

// A WebSocket of others, compressed, through the tap: what is recorded is the
// STOMP in it.
func TestWebSocket(t *testing.T) {
	const sent, answer = "CONNECT\naccept-version:1.2\nhost:/\npasscode:s3cret\n\n\x00", "CONNECTED\nversion:1.2\n\n\x00\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			http.Error(w, "a WebSocket is wanted", http.StatusUpgradeRequired)
			return
		}
		c, err := ws.Accept(w, r, &ws.AcceptOptions{Subprotocols: []string{"v12.stomp"}, CompressionMode: ws.CompressionContextTakeover, CompressionThreshold: 1})
		if err != nil {
			t.Error(err)
			return
		}
		if _, b, err := c.Read(r.Context()); err != nil || string(b) != sent {
			t.Errorf("%q, %v", b, err)
		}
		if err := c.Write(r.Context(), ws.MessageText, []byte(answer)); err != nil {
			t.Error(err)
		}
		c.Read(r.Context())
	}))
	defer server.Close()
	var out script.Buffer
	dir := t.TempDir()
	address, stop := start(t, &out, server.Listener.Addr().String(), "-record", dir)

	p := script.Dial(t, address)
	p.Write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	p.ExpectBytes("HTTP/1.1 426 Upgrade Required\r\n")
	p.Close()
	script.Wait(t, func() bool { return strings.Contains(out.String(), "#1 closed") })
	ctx, cancel := context.WithTimeout(t.Context(), script.Patience)
	defer cancel()
	c, _, err := ws.Dial(ctx, "ws://"+address+"/stomp", &ws.DialOptions{Subprotocols: []string{"v12.stomp"}, CompressionMode: ws.CompressionContextTakeover, CompressionThreshold: 1})
	must(t, err)
	must(t, c.Write(ctx, ws.MessageBinary, []byte(sent)))
	_, b, err := c.Read(ctx)
	if err != nil || string(b) != answer {
		t.Errorf("%q, %v", b, err)
	}
	c.Close(ws.StatusNormalClosure, "bye")
	script.Wait(t, func() bool { return strings.Contains(out.String(), "#2 closed") })
	stop()
	contains(t, out.String(),
		"#1 HTTP, not WebSocket: GET / HTTP/1.1; it is passed on, but not read\n",
		"#2 WebSocket /stomp, compressed\n#2 recorded in "+filepath.Join(dir, "1")+"\n#2 client ",
		"       0  CONNECT\n          accept-version:1.2\n          host:/\n          passcode:***\n",
		"       0  CONNECTED\n",
		"#2 the client closes the WebSocket: 1000 bye\n",
		"; broken: 0 MUST, 0 SHOULD\n")
	for name, want := range map[string]string{"c2s": sent, "s2c": answer} {
		if got, err := os.ReadFile(filepath.Join(dir, "1", name+".bin")); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// What comes of two sides does not depend on the pieces in which they come.
func FuzzUnwrap(f *testing.F) {
	compressed := strings.Replace(response, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1)
	f.Add(request, response, fromBrowser(0x81, "CONNECT"), unmasked(0x81, "CONNECTED"))
	f.Add(request, compressed+unmasked(0x81, "o"), fromBrowser(0xc1, packed(`["CONNECT"]`)), unmasked(0x88, ""))
	f.Add("CONNECT\n\n\x00", "CONNECTED\n\n\x00", "", "")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		want := unwrapped(1<<20, a, b, c, d)
		if strings.Contains(want, "has changed") {
			t.Fatal(want)
		}
		for _, n := range []int{1, 5} {
			if got := unwrapped(n, a, b, c, d); got != want {
				t.Fatalf("%d bytes at a time: got\n%.500q\nwant\n%.500q", n, got, want)
			}
		}
	})
}
