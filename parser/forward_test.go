package parser_test

import (
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// AppendForward gives the same frames, and LF where line endings decide where
// they begin and where their heads end.
func TestAppendForward(t *testing.T) {
	for _, tt := range []struct {
		name     string
		version  frame.Version
		allow    parser.Allow
		in, want string
	}{
		{"LF", frame.V12, 0, "\n\nSEND\na:b\n\nx\x00\n", "\n\nSEND\na:b\n\nx\x00\n"},
		{"blank line", frame.V12, 0, "SEND\na:b\n\r\n\x00", "SEND\na:b\n\n\x00"},
		{"all lines", frame.V12, 0, "SEND\r\na:b\r\n\r\n\r\n\x00", "SEND\r\na:b\r\n\n\r\n\x00"},
		{"no headers", frame.Unnegotiated, 0, "CONNECT\r\n\r\n\x00", "CONNECT\r\n\n\x00"},
		{"heart-beats", frame.V12, 0, "\r\n\r\n\nACK\n\n\x00\r\n", "\n\n\nACK\n\n\x00\n"},
		{"CR LF in 1.1", frame.V11, parser.AllowCRLF, "\r\nACK\na:b\r\n\r\n\x00", "\nACK\na:b\r\n\n\x00"},
		{"NUL between frames", frame.V10, parser.AllowNULPadding, "ACK\n\n\x00\x00\n\x00ACK\n\n\x00", "ACK\n\n\x00\nACK\n\n\x00"},
		{"CR ends a value of 1.0", frame.V10, 0, "ACK\na:\r\n\n\r\n\x00", "ACK\na:\r\n\n\r\n\x00"},
	} {
		for size := 1; size <= len(tt.in); size++ {
			p := parser.New(parser.Options{Version: tt.version, Allow: tt.allow})
			got := []byte("before ")
			for at := 0; at < len(tt.in); at += size {
				for src := []byte(tt.in[at:min(at+size, len(tt.in))]); len(src) > 0; {
					ev, n, err := p.Next(src)
					if err != nil {
						t.Fatalf("%s: %v", tt.name, err)
					}
					got = ev.AppendForward(got)
					src = src[n:]
				}
			}
			if string(got) != "before "+tt.want {
				t.Errorf("%s, chunks of %d: %q, want %q", tt.name, size, got, tt.want)
			}
		}
	}
}
