//go:build stompcount

package parser_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// However a stream is cut, a byte is gone over at most twice and copied at
// most four times: twice while a buffer grows to just over a power of two, once
// into it, and once unescaped.
func TestWorkIsLinear(t *testing.T) {
	for _, c := range []struct{ name, stream string }{
		{"small frames", strings.Repeat("ACK\nid:1\n\n\x00\n", 5000)},
		{"many headers", strings.Repeat("SEND\n"+strings.Repeat("a:b\n", 120)+"\n\x00", 100)},
		{"long lines", strings.Repeat("SEND\na:"+strings.Repeat("x", 8000)+"\n\n\x00", 8)},
		{"largest head", "SEND\n" + strings.Repeat("a:"+strings.Repeat("x", 8000)+"\n", 8) + "\n\x00"},
		{"escapes", strings.Repeat("SEND\na:"+strings.Repeat("\\n", 4000)+"\n\n\x00", 8)},
		{"backslashes that end chunks", strings.Repeat("SEND\na:"+strings.Repeat("\\\\", 4000)+"\n\n\x00", 8)},
		{"head just over 32 KiB, one escape", "SEND\nb:\\n\n" + strings.Repeat("a:"+strings.Repeat("x", 8000)+"\n", 4) + "c:" + strings.Repeat("y", 751) + "\n\n\x00"},
		{"CR LF", strings.Repeat("SEND\r\n"+strings.Repeat("a:b\r\n", 120)+"\r\n\x00\r\n", 100)},
		{"undefined escapes", strings.Repeat("SEND\na:"+strings.Repeat("\\t", 4000)+"\n\n\x00", 8)},
		{"NULs in heads", strings.Repeat("SEND\na:"+strings.Repeat("\x00", 8000)+"\n\n\x00", 8)},
		{"scanned body", "SEND\n\n" + strings.Repeat("x", 1<<20) + "\x00"},
		{"counted body", "SEND\ncontent-length:1048576\n\n" + strings.Repeat("\x00", 1<<20) + "\x00"},
		{"counted body of ACK", "ACK\ncontent-length:1048576\n\n" + strings.Repeat("x", 1<<20) + "\x00"},
		{"NULs in a body of ACK", "ACK\ncontent-length:1048576\n\n" + strings.Repeat("x", 1<<20-1) + "\x00\x00"},
		{"heart-beats", strings.Repeat("\n", 1<<16) + strings.Repeat("\r\n", 1<<16)},
		{"no end of line", "SEND\n" + strings.Repeat("a", 8191)},
	} {
		for _, size := range []int{1, 2, 3, 7, 16, 511, 513, 1460, 4096, len(c.stream)} {
			a := parser.NewAssembler(parser.Options{Version: frame.V12, Allow: parser.AllowUndefinedEscapes | parser.AllowNULInHead | parser.AllowNULInBody})
			for chunk := range slices.Chunk([]byte(c.stream), size) {
				for len(chunk) > 0 {
					_, n, _, err := a.Next(chunk)
					if err != nil {
						t.Fatal(c.name, err)
					}
					chunk = chunk[n:]
				}
			}
			steps, copies := a.Work()
			octets := float64(len(c.stream))
			if float64(steps) > 2*octets || float64(copies) > 4*octets {
				t.Errorf("%s in chunks of %d: %.2f steps and %.2f copies a byte", c.name, size, float64(steps)/octets, float64(copies)/octets)
			}
			if testing.Verbose() {
				fmt.Printf("%-30s chunks of %7d: %.2f steps, %.2f copies a byte\n", c.name, size, float64(steps)/octets, float64(copies)/octets)
			}
		}
	}
}
