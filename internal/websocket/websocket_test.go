package websocket_test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stompwire/stomp/internal/websocket"
)

// read returns what a decoder makes of b in chunks of n bytes: messages, each
// ended by a bar, control frames in brackets, and the error.
func read(b []byte, n int, inflate *websocket.Inflater) string {
	var s strings.Builder
	d := &websocket.Decoder{
		Inflate: inflate,
		Data:    func(p []byte) error { s.Write(p); return nil },
		End:     func() error { s.WriteByte('|'); return nil },
		Control: func(op byte, p []byte) error { fmt.Fprintf(&s, "[%d %s]", op, p); return nil },
	}
	for b = bytes.Clone(b); len(b) > 0; {
		k := min(n, len(b))
		if err := d.Write(b[:k]); err != nil {
			return s.String() + " error: " + err.Error()
		}
		b = b[k:]
	}
	if d.Inside() {
		s.WriteString(" inside")
	}
	return s.String()
}

var mask = []byte{1, 2, 3, 4}

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

func TestDecoder(t *testing.T) {
	long := strings.Repeat("long ", 20000)
	for _, tt := range []struct {
		name string
		in   []byte
		want string
	}{
		{"text", websocket.Frame(0x81, nil, []byte("hello")), "hello|"},
		{"masked", websocket.Frame(0x82, mask, []byte("hello, world")), "hello, world|"},
		{"empty", websocket.Frame(0x81, mask, nil), "|"},
		{"medium", websocket.Frame(0x81, mask, []byte(long[:300])), long[:300] + "|"},
		{"long", websocket.Frame(0x81, mask, []byte(long)), long + "|"},
		{"fragments", join(websocket.Frame(1, mask, []byte("a")), websocket.Frame(0, mask, []byte("b")), websocket.Frame(0x80, mask, []byte("c"))), "abc|"},
		{"ping between fragments", join(websocket.Frame(1, nil, []byte("a")), websocket.Frame(0x89, nil, []byte("hi")), websocket.Frame(0x80, nil, nil)), "a[9 hi]|"},
		{"close", websocket.Frame(0x88, nil, []byte("\x03\xe8bye")), "[8 \x03\xe8bye]"},
		{"cut", websocket.Frame(0x81, nil, []byte("hello"))[:4], "he inside"},
		{"continuation of nothing", websocket.Frame(0x80, nil, []byte("a")), " error: a message goes on that has not begun"},
		{"message in a message", join(websocket.Frame(1, nil, []byte("a")), websocket.Frame(0x81, nil, []byte("b"))), "a error: a message begins inside another one"},
		{"opcode", websocket.Frame(0x83, nil, nil), " error: opcode 3 is not defined"},
		{"long ping", websocket.Frame(0x89, nil, []byte(long)), " error: a control frame is too long, or in pieces"},
		{"compressed", websocket.Frame(0xc1, nil, []byte("a")), " error: a message is compressed, which was not agreed"},
		{"other bits", websocket.Frame(0xa1, nil, []byte("a")), " error: a frame has bits that are not defined"},
		{"impossible length", []byte{0x81, 127, 255, 0, 0, 0, 0, 0, 0, 0}, " error: a frame has an impossible length"},
		{"a claimed length", []byte{0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255, 'a'}, "a inside"},
	} {
		for _, n := range []int{1, 3, 1 << 20} {
			if got := read(tt.in, n, nil); got != tt.want {
				t.Errorf("%s by %d: got %.100q, want %.100q", tt.name, n, got, tt.want)
			}
		}
	}
}

// deflated returns messages as frames, compressed with one window or with one
// each.
func deflated(takeover bool, messages ...string) []byte {
	var all, buf bytes.Buffer
	w, _ := flate.NewWriter(&buf, 9)
	for i, m := range messages {
		w.Write([]byte(m))
		w.Flush()
		p := bytes.Clone(bytes.TrimSuffix(buf.Bytes(), []byte("\x00\x00\xff\xff")))
		buf.Reset()
		if !takeover {
			w.Reset(&buf)
		}
		if i%2 == 0 { // in two fragments
			all.Write(websocket.Frame(0x41, mask, p[:len(p)/2]))
			all.Write(websocket.Frame(0x80, mask, p[len(p)/2:]))
		} else {
			all.Write(websocket.Frame(0xc1, mask, p))
		}
	}
	return all.Bytes()
}

// Messages refer to the last 32 KiB before them, and no more than that is held.
func TestInflateWindow(t *testing.T) {
	var messages []string
	text := make([]byte, 0, 1<<20)
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{100, 30 << 10, 3 << 10, 40 << 10, 1, 31 << 10, 64 << 10, 5 << 10} {
		begin := len(text)
		for len(text) < begin+size {
			if known := min(len(text), 32<<10); known > 0 && rnd.IntN(4) > 0 { // something that was there
				from := len(text) - 1 - rnd.IntN(known)
				text = append(text, text[from:min(len(text), from+200)]...)
				continue
			}
			text = append(text, byte(rnd.IntN(256)))
		}
		messages = append(messages, string(text[begin:]))
	}
	var got strings.Builder
	d := &websocket.Decoder{Data: func(p []byte) error { got.Write(p); return nil }, Inflate: &websocket.Inflater{Takeover: true}}
	if err := d.Write(deflated(true, messages...)); err != nil || got.String() != string(text) {
		t.Errorf("%d bytes of %d, %v", got.Len(), len(text), err)
	}
	if message, window := d.Held(); message != 0 || window != 32<<10 {
		t.Errorf("%d and %d bytes are held", message, window)
	}
}

func TestInflate(t *testing.T) {
	big := strings.Repeat("SEND\ndestination:/queue/a\n", 5000)
	messages := []string{"hello", "hello again", "", big, big[:100], "hello"}
	want := strings.Join(messages, "|") + "|"
	for _, takeover := range []bool{true, false} {
		in := deflated(takeover, messages...)
		for _, n := range []int{1, 100, 1 << 20} {
			if got := read(in, n, &websocket.Inflater{Takeover: takeover}); got != want {
				t.Errorf("takeover %v by %d: got %d bytes, want %d", takeover, n, len(got), len(want))
			}
		}
	}
	plain := websocket.Frame(0x81, nil, []byte("plain"))
	if got := read(join(plain, deflated(true, "a"), plain), 5, &websocket.Inflater{Takeover: true}); got != "plain|a|plain|" {
		t.Errorf("mixed: got %q", got)
	}
	if got := read(websocket.Frame(0xc1, nil, []byte("\xff\xff")), 9, &websocket.Inflater{}); got != " error: a message cannot be inflated" {
		t.Errorf("garbage: got %q", got)
	}
	if got := read(websocket.Frame(0xc1, nil, make([]byte, 17<<20)), 1<<20, &websocket.Inflater{}); got != " error: a compressed message is larger than 16777216 bytes" {
		t.Errorf("large: got %q", got)
	}
}

func TestSkip(t *testing.T) {
	var s strings.Builder
	d := &websocket.Decoder{Data: func(p []byte) error { s.Write(p); return nil }}
	b := websocket.Frame(0x81, mask, []byte("hello, world"))
	if d.Skip(1) {
		t.Error("skipped the beginning of a frame")
	}
	d.Write(b[:8])
	if !d.Skip(3) || d.Skip(100) {
		t.Error("the inside of a message, or more than it")
	}
	d.Write(b[11:])
	if s.String() != "he, world" {
		t.Errorf("got %q", &s)
	}
}

func TestHead(t *testing.T) {
	response := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nsec-websocket-extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits=15\r\n\r\n"
	for _, n := range []int{1, 7, 1000} {
		var h websocket.Head
		in := []byte(response + "rest")
		var rest []byte
		for len(in) > 0 {
			k := min(n, len(in))
			r, done, ok := h.Write(in[:k])
			in = in[k:]
			if !ok {
				t.Fatal("too large")
			}
			if done {
				rest = append(r, in...)
				break
			}
		}
		client, server, ok := h.Compression()
		if string(rest) != "rest" || h.Line() != "HTTP/1.1 101 Switching Protocols" || !h.Upgrades() || !ok || !client.Takeover || server.Takeover {
			t.Errorf("by %d: %q %q %v %+v %+v %v", n, rest, h.Line(), h.Upgrades(), client, server, ok)
		}
	}
	var h websocket.Head
	h.Write([]byte("HTTP/1.1 101 x\r\nSec-WebSocket-Extensions: x-new\r\n\r\n"))
	if _, _, ok := h.Compression(); ok {
		t.Error("an extension that is not known")
	}
	h = websocket.Head{}
	if _, _, ok := h.Write(make([]byte, 100<<10)); ok {
		t.Error("100 KiB without an end")
	}
}

func TestBegins(t *testing.T) {
	if p, ok := websocket.Begins(websocket.Frame(0x81, mask, []byte("CONNECT\n"))); !ok || string(p) != "CONNECT\n" {
		t.Errorf("%q %v", p, ok)
	}
	for _, s := range []string{"", "\x81", "CONNECT\n", "\x89\x00"} {
		if p, ok := websocket.Begins([]byte(s)); ok {
			t.Errorf("%q: %q", s, p)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add(websocket.Frame(0x81, mask, []byte("hello")), false)
	f.Add(deflated(true, "hello", "hello"), true)
	f.Add(join(websocket.Frame(1, nil, []byte("a")), websocket.Frame(0x89, nil, nil), websocket.Frame(0x80, nil, nil)), true)
	f.Fuzz(func(t *testing.T, b []byte, deflate bool) {
		inflater := func() *websocket.Inflater {
			if !deflate {
				return nil
			}
			return &websocket.Inflater{Takeover: true}
		}
		whole := read(b, 1<<20, inflater())
		if got := read(b, 1, inflater()); got != whole {
			t.Fatalf("got %q by 1, %q as a whole", got, whole)
		}
	})
}
