package parser_test

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/parser"
)

// Each workload is a stream of about 1 MiB; a round reads all of it. The
// figures to look at are MB/s and ns/frame, beside those of the scan floor in
// the same run.

const streamSize = 1 << 20

// perWorkload runs a benchmark that reads a stream once a round.
func perWorkload(b *testing.B, read func(b *testing.B, stream []byte, frames int)) {
	for w := range workload.All() {
		stream, frames := w.Stream(streamSize)
		b.Run(w.Name, func(b *testing.B) {
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			read(b, stream, frames)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(frames), "ns/frame")
		})
	}
}

func BenchmarkScanFloor(b *testing.B) {
	perWorkload(b, func(b *testing.B, stream []byte, frames int) {
		for b.Loop() {
			if n := workload.ScanFloor(stream); n != frames {
				b.Fatal(n)
			}
		}
	})
}

func parseAll(b *testing.B, p *parser.Parser, chunk []byte) (frames int) {
	for len(chunk) > 0 {
		ev, n, err := p.Next(chunk)
		if err != nil {
			b.Fatal(err)
		}
		if ev.Kind == parser.EndEvent {
			frames++
		}
		chunk = chunk[n:]
	}
	return frames
}

func assembleAll(b *testing.B, a *parser.Assembler, chunk []byte) (frames int) {
	for len(chunk) > 0 {
		_, n, ok, err := a.Next(chunk)
		if err != nil {
			b.Fatal(err)
		}
		if ok {
			frames++
		}
		chunk = chunk[n:]
	}
	return frames
}

func BenchmarkParser(b *testing.B) {
	perWorkload(b, func(b *testing.B, stream []byte, frames int) {
		p := parser.New(v12)
		for b.Loop() {
			if n := parseAll(b, p, stream); n != frames {
				b.Fatal(n)
			}
		}
	})
}

func BenchmarkAssembler(b *testing.B) {
	perWorkload(b, func(b *testing.B, stream []byte, frames int) {
		a := parser.NewAssembler(v12)
		for b.Loop() {
			if n := assembleAll(b, a, stream); n != frames {
				b.Fatal(n)
			}
		}
	})
}

func BenchmarkAssemblerChunks(b *testing.B) {
	for _, size := range []int{1, 16, 1460, 65536} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			perWorkload(b, func(b *testing.B, stream []byte, frames int) {
				a := parser.NewAssembler(v12)
				for b.Loop() {
					n := 0
					for chunk := range slices.Chunk(stream, size) {
						n += assembleAll(b, a, chunk)
					}
					if n != frames {
						b.Fatal(n)
					}
				}
			})
		})
	}
}

// rewind is an io.Reader over a stream that begins again.
type rewind struct{ all, rest []byte }

func (r *rewind) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		r.rest = r.all
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func BenchmarkReadFrame(b *testing.B) {
	perWorkload(b, func(b *testing.B, stream []byte, frames int) {
		src := &rewind{stream, stream}
		r := parser.NewReader(src, v12)
		for b.Loop() {
			n := 0
			for _, err := range r.Frames() {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != frames {
				b.Fatal(n)
			}
			r.Reset(src, v12)
		}
	})
}

func BenchmarkReaderRead(b *testing.B) {
	perWorkload(b, func(b *testing.B, stream []byte, frames int) {
		src := &rewind{stream, stream}
		r := parser.NewReader(src, v12)
		buf := make([]byte, 32<<10)
		for b.Loop() {
			n := 0
			for {
				if _, err := r.Next(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
				for {
					if _, err := r.Read(buf); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
				n++
			}
			if n != frames {
				b.Fatal(n)
			}
			r.Reset(src, v12)
		}
	})
}

// Two parsers at once should do nearly twice the work of one.
func BenchmarkParallel(b *testing.B) {
	w, _ := workload.Named("telemetry")
	stream, _ := w.Stream(streamSize)
	b.SetBytes(int64(len(stream)))
	b.RunParallel(func(pb *testing.PB) {
		a := parser.NewAssembler(parser.Options{Version: frame.V12})
		for pb.Next() {
			assembleAll(b, a, stream)
		}
	})
}
