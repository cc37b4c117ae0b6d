//go:build stompcount

package parser_test

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// Where nothing is unusual, each byte is gone over once: up to the limits, and
// wherever a chunk ends but inside a CR LF.
func TestPlainWorkIsOnce(t *testing.T) {
	v12 := parser.Options{Version: frame.V12}
	limited := func(l parser.Limits) parser.Options { return parser.Options{Version: frame.V12, Limits: l} }
	for _, c := range []struct {
		name  string
		opt   parser.Options
		frame string
	}{
		{"no headers", v12, "SEND\n\n\x00"},
		{"headers", v12, "SEND\nab:cd\nx:y\n\nbody\x00"},
		{"empty values", v12, "SEND\nab:\nx:\n\nbody\x00"},
		{"colons in values", v12, "SEND\nab::\nx:y:z\n\nbody\x00"},
		{"content-length", v12, "SEND\ncontent-length:4\n\nbody\x00"},
		{"content-length 0", v12, "SEND\ncontent-length:0\n\n\x00"},
		{"escapes", v12, "SEND\na\\cb:\\n\\r\\c\\\\\nx:y\\n\n\nbody\x00"},
		{"escapes in 1.1", parser.Options{Version: frame.V11}, "SEND\na\\cb:\\n\\c\\\\\nx:y\\n\n\nbody\x00"},
		{"backslashes in 1.0", parser.Options{Version: frame.V10}, "SEND\na\\b:\\q\\\n\nbody\x00"},
		{"CR LF", v12, "SEND\r\nab:cd\r\nx:\r\n\r\nbody\x00"},
		{"CR LF and LF", v12, "SEND\r\nab:cd\nx:y\r\n\nbody\x00"},
		{"handshake", parser.Options{}, "CONNECT\nhost:a\\q\n\n\x00"},
		{"longest command", v12, "UNSUBSCRIBE\r\nid:0\r\n\r\n\x00"},
		{"longest command line", limited(parser.Limits{HeaderLine: 4}), "SEND\na:b\n\n\x00"},
		{"longest command line, CR LF", limited(parser.Limits{HeaderLine: 5}), "SEND\r\na:bc\r\n\r\n\x00"},
		{"longest line", limited(parser.Limits{HeaderLine: 20}), "SEND\nab:cd\nabc:" + strings.Repeat("x", 16) + "\nx:y\n\n\x00"},
		{"longest line, CR LF", limited(parser.Limits{HeaderLine: 20}), "SEND\r\nabc:" + strings.Repeat("x", 15) + "\r\nx:y\r\n\r\n\x00"},
		{"most headers", limited(parser.Limits{Headers: 3}), "SEND\na:b\nc:d\ne:f\n\n\x00"},
		{"most headers, CR LF", limited(parser.Limits{Headers: 3}), "SEND\r\na:b\r\nc:d\r\ne:f\r\n\r\n\x00"},
		{"no headers, by limit", limited(parser.Limits{Headers: parser.None}), "SEND\r\n\r\n\x00"},
		{"largest head", limited(parser.Limits{Head: 14}), "SEND\nabcd:ef\n\n\x00"},
		{"largest head, CR LF", limited(parser.Limits{Head: 17}), "SEND\r\nabcd:ef\r\n\r\n\x00"},
		{"largest body", limited(parser.Limits{Body: 4}), "SEND\ncontent-length:4\n\nbody\x00"},
		{"unknown command", parser.Options{Version: frame.V12, Allow: parser.AllowUnknownCommand}, "SEND\na:b\n\n\x00"},
	} {
		stream := strings.Repeat(c.frame, 3)
		for cut := range stream {
			if cut > 0 && stream[cut-1] == '\r' {
				continue // of this CR the first chunk does not say what it is
			}
			a := parser.NewAssembler(c.opt)
			for _, chunk := range []string{stream[:cut], stream[cut:]} {
				for src := []byte(chunk); len(src) > 0; {
					_, n, _, err := a.Next(src)
					if err != nil {
						t.Fatalf("%s: %v", c.name, err)
					}
					src = src[n:]
				}
			}
			if steps, _ := a.Work(); steps != int64(len(stream)) {
				t.Errorf("%s, cut at %d: %d steps over %d bytes", c.name, cut, steps, len(stream))
				break
			}
		}
	}
}
