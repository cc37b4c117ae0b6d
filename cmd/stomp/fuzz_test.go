package main

import (
	"bytes"
	"io"
	"testing"
)

// Whatever a capture has in it, the commands that read it end, and say no more
// than the input allows.
func FuzzCapture(f *testing.F) {
	f.Add(crafted(c2s, s2c, "SEND\ndestination:/queue/a\n\nhi\x00", "\n", 40, "MESSAGE\nsubscription:1\n\n\x00"))
	f.Add(crafted("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", "\x81\x8d\x00\x00\x00\x00CONNECT\n\n\x00\n\n\n"))
	f.Add([]byte(c2s + "SEND\nx:\\q\n\n\x00SEND\ncontent-length:9\n\nhi\x00\n\x00CONNECT\n\n\x00"))
	f.Add([]byte(`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","time":1,"opcode":1,"data":"CONNECT\n\n\u0000"}]}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, call := range []string{"decode -q -resync", "decode -q -resync -o json -since 0.1", "decode -q -o hex", "check -q -resync", "check -q -o junit", "stats -q -resync -o json", "stats -q"} {
			var out bytes.Buffer
			run(args(call), bytes.NewReader(b), &limited{&out, 1000*len(b) + 1<<20, t}, io.Discard)
		}
	})
}

// limited fails a test that prints too much.
type limited struct {
	w    io.Writer
	left int
	t    *testing.T
}

func (l *limited) Write(b []byte) (int, error) {
	if l.left -= len(b); l.left < 0 {
		l.t.Fatal("too much output")
	}
	return l.w.Write(b)
}
