package parser_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// An error comes with the byte that proves it, not with a later one or the end
// of input: a peer that sends no more is refused all the same.
func TestErrorsComeAtOnce(t *testing.T) {
	limits := parser.Limits{HeaderLine: 20, Headers: 2, Head: 40, Body: 5}
	for _, c := range []struct {
		name string
		opt  parser.Options
		in   string // its last byte proves the error
		kind parser.ErrorKind
	}{
		{"command without LF", parser.Options{Version: frame.V12}, "UNSUBSCRIBERS", parser.UnknownCommand},
		{"command without LF, before a version", parser.Options{Allow: parser.AllowUnknownCommand}, strings.Repeat("A", 13), parser.UnknownCommand},
		{"command line", parser.Options{Version: frame.V12, Limits: parser.Limits{HeaderLine: 3}}, "SEND", parser.LineTooLong},
		{"command line, longer", parser.Options{Version: frame.V12, Limits: limits, Allow: parser.AllowUnknownCommand}, strings.Repeat("A", 21), parser.LineTooLong},
		{"NUL in a command", parser.Options{Version: frame.V12}, "SEND\x00", parser.NULInHead},
		{"NUL in a header", parser.Options{Version: frame.V12}, "SEND\na:\x00", parser.NULInHead},
		{"NUL in a later header", parser.Options{Version: frame.V12}, "SEND\na:b\nc\x00", parser.NULInHead},
		{"line", parser.Options{Version: frame.V12, Limits: limits}, "SEND\na:" + strings.Repeat("x", 19), parser.LineTooLong},
		{"line, CR", parser.Options{Version: frame.V12, Limits: limits}, "SEND\r\na:" + strings.Repeat("x", 18) + "\r", parser.LineTooLong},
		{"headers", parser.Options{Version: frame.V12, Limits: limits}, "SEND\na:b\nc:d\ne", parser.TooManyHeaders},
		{"headers, CR LF", parser.Options{Version: frame.V12, Limits: limits}, "SEND\r\na:b\r\nc:d\r\ne", parser.TooManyHeaders},
		{"headers, CR that ends no line", parser.Options{Version: frame.V12, Limits: limits}, "SEND\na:b\nc:d\n\re", parser.TooManyHeaders},
		{"headers, CR as data", parser.Options{Version: frame.V11, Limits: limits}, "SEND\na:b\nc:d\n\r", parser.TooManyHeaders},
		{"head", parser.Options{Version: frame.V12, Limits: limits}, "SEND\na:" + strings.Repeat("x", 16) + "\nb:" + strings.Repeat("x", 15), parser.HeadTooLarge},
		{"no colon", parser.Options{Version: frame.V12}, "SEND\na\n", parser.MissingColon},
		{"escape", parser.Options{Version: frame.V12}, "SEND\na:\\t\n", parser.BadEscape},
		{"number of bytes", parser.Options{Version: frame.V12, Limits: limits}, "SEND\ncontent-length:6\n", parser.BodyTooLarge},
		{"scanned body", parser.Options{Version: frame.V12, Limits: limits}, "SEND\n\n123456", parser.BodyTooLarge},
		{"counted body", parser.Options{Version: frame.V12}, "SEND\ncontent-length:1\n\nab", parser.MissingNUL},
		{"NUL between frames", parser.Options{Version: frame.V12}, "\n\x00", parser.StrayNUL},
		{"CR between frames", parser.Options{Version: frame.V12}, "\n\rx", parser.BareCR},
	} {
		for _, size := range []int{1, 2, len(c.in)} {
			p := parser.New(c.opt)
			var err error
			at := 0 // bytes that the parser has seen
			for at < len(c.in) && err == nil {
				src := []byte(c.in[at:min(at+size, len(c.in))])
				at += len(src)
				for len(src) > 0 && err == nil {
					var n int
					_, n, err = p.Next(src)
					src = src[n:]
				}
			}
			if at < len(c.in) || !errors.Is(err, c.kind) {
				t.Errorf("%s, in chunks of %d bytes: %v after %d of %d bytes", c.name, size, err, at, len(c.in))
			}
		}
	}
}
