package headers_test

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/headers"
)

// The values of the workloads: one that needs no escape, one as ActiveMQ makes
// its message ids, and one of nothing else.
var escapeBenchmarks = []struct{ name, value string }{
	{"plain", "/topic/telemetry/line-4"},
	{"message-id", "ID:host-36145-1700000000000-2:1:-1:1:0000001"},
	{"escapes", strings.Repeat(":\\\n\r", 16)},
}

func BenchmarkAppendEscaped(b *testing.B) {
	for _, c := range escapeBenchmarks {
		b.Run(c.name, func(b *testing.B) {
			buf := make([]byte, 0, 2*len(c.value))
			b.SetBytes(int64(len(c.value)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := headers.AppendEscaped(buf, headers.Escape12, c.value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendUnescaped(b *testing.B) {
	for _, c := range escapeBenchmarks {
		escaped, err := headers.AppendEscaped(nil, headers.Escape12, c.value)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			buf := make([]byte, 0, len(c.value))
			b.SetBytes(int64(len(escaped)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := headers.AppendUnescaped(buf, headers.Escape12, escaped); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
