package encoder_test

import (
	"io"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/headers"
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

// A frame of which all but its own headers is ready, and the same bytes copied.
func BenchmarkShared(b *testing.B) {
	own := headers.Pairs("subscription", "sub-0", "message-id", "T_0000001")
	f := &frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs("destination", "/topic/a", "content-type", "application/json"),
		Body: []byte(`{"t":1700000000,"temp":21.5,"hum":40}`)}
	p, err1 := encoder.Prepare(f.Command, f.Headers, v12, encoder.Options{})
	s, err2 := encoder.Share(f, v12, encoder.Options{})
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	_, rest, _ := s.Split(nil, own)
	buf := make([]byte, 0, 1024)
	for _, c := range []struct {
		name  string
		write func() ([]byte, error)
	}{
		{"copy", func() ([]byte, error) {
			out := append(append(buf, f.Command...), '\n')
			for _, h := range own {
				out = append(append(out, h.Name...), ':')
				out = append(append(out, h.Value...), '\n')
			}
			return append(out, rest...), nil
		}},
		{"Prepared", func() ([]byte, error) { return p.Append(buf, own, f.Body) }},
		{"Shared", func() ([]byte, error) { return s.Append(buf, own) }},
		{"AppendFrame", func() ([]byte, error) { return encoder.AppendFrame(buf, f, v12, encoder.Options{}) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.write(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
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
