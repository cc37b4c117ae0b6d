package encoder_test

import (
	"io"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/parser"
)

// perWorkload runs a benchmark that writes one frame a round.
func perWorkload(b *testing.B, write func(b *testing.B, v frame.View, f *frame.Frame, buf []byte)) {
	for w := range workload.All() {
		octets := w.Frame(1)
		a := parser.NewAssembler(parser.Options{Version: v12})
		v, _, ok, err := a.Next(octets)
		if !ok || err != nil {
			b.Fatal(ok, err)
		}
		f := v.Clone()
		buf := make([]byte, 0, len(octets)+64)
		b.Run(w.Name, func(b *testing.B) {
			b.SetBytes(int64(len(octets)))
			b.ReportAllocs()
			write(b, v, f, buf)
		})
	}
}

func BenchmarkAppendFrame(b *testing.B) {
	perWorkload(b, func(b *testing.B, v frame.View, f *frame.Frame, buf []byte) {
		for b.Loop() {
			if _, err := encoder.AppendFrame(buf, f, v12, encoder.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppendView(b *testing.B) {
	perWorkload(b, func(b *testing.B, v frame.View, f *frame.Frame, buf []byte) {
		for b.Loop() {
			if _, err := encoder.AppendView(buf, v, v12, encoder.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkBuilder(b *testing.B) {
	perWorkload(b, func(b *testing.B, v frame.View, f *frame.Frame, buf []byte) {
		for b.Loop() {
			w := encoder.Begin(buf, f.Command, v12, encoder.Options{})
			for i := range f.Headers {
				w.Header(f.Headers[i].Name, f.Headers[i].Value)
			}
			if _, err := w.End(f.Body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWriter(b *testing.B) {
	perWorkload(b, func(b *testing.B, v frame.View, f *frame.Frame, buf []byte) {
		w := encoder.NewWriter(io.Discard, v12, encoder.Options{})
		for b.Loop() {
			if err := w.WriteFrame(f); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSize(b *testing.B) {
	perWorkload(b, func(b *testing.B, v frame.View, f *frame.Frame, buf []byte) {
		for b.Loop() {
			if _, err := encoder.Size(f, v12, encoder.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
