package bench

import (
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

var (
	first  = flag.Int("first", 0, "measure implementation `n` of each row first, so that over several runs none always comes first")
	others = flag.Bool("others", false, "measure implementations in other languages too, where they are installed")
)

// streamSize is the size of the streams that are read and written: so large
// that a frame is long out of the fast caches when it comes again.
const streamSize = 1 << 20

var v12 = parser.Options{Version: frame.V12}

// An impl is one implementation, on one row of the comparison.
type impl struct {
	name string
	// pass goes over the whole stream and returns the number of frames.
	pass func() (frames int, err error)
}

// row measures implementations one after the other, on a stream of so many
// bytes and frames.
func row(b *testing.B, name string, size, frames int, impls []impl) {
	for i := range impls {
		c := impls[(i+*first)%len(impls)]
		b.Run("impl="+c.name+"/"+name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if n, err := c.pass(); err != nil || n != frames {
					b.Fatalf("%d frames of %d, %v", n, frames, err)
				}
			}
			runtime.ReadMemStats(&after)
			ops := float64(b.N) * float64(frames)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/ops, "ns/op")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/ops, "B/op")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/ops, "allocs/op")
		})
	}
}

// chunkSizes are the sizes in which streams are read, 0 for the whole.
var chunkSizes = []int{0, 1, 16, 1460, 65536}

func chunkName(size int) string {
	if size == 0 {
		return "chunk=whole"
	}
	return fmt.Sprintf("chunk=%d", size)
}

// chunks returns a stream in chunks of a size.
func chunks(stream []byte, size int) [][]byte {
	if size == 0 {
		return [][]byte{stream}
	}
	return slices.Collect(slices.Chunk(stream, size))
}

// A source is an io.Reader of chunks, each of which a call of Read returns
// when there is room for it.
type source struct {
	chunks [][]byte
	rest   []byte
}

func (s *source) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		if len(s.chunks) == 0 {
			return 0, io.EOF
		}
		s.rest, s.chunks = s.chunks[0], s.chunks[1:]
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// BenchmarkGrowth reads frames of growing size in small chunks. The work is
// linear: B/s does not fall as the frames grow.
func BenchmarkGrowth(b *testing.B) {
	headers := func(n int) []byte {
		var head []byte
		for i := range n {
			head = fmt.Appendf(head, "x-header-%03d:0123456789012345678\n", i)
		}
		return append(append([]byte("SEND\n"), head...), "\n\x00"...)
	}
	scanned := func(n int) []byte {
		return append(append([]byte("SEND\n\n"), slices.Repeat([]byte{'x'}, n)...), 0)
	}
	counted := func(n int) []byte {
		return append(append([]byte("SEND\ncontent-length:"+strconv.Itoa(n)+"\n\n"), make([]byte, n)...), 0)
	}
	for _, shape := range []struct {
		name  string
		make  func(n int) []byte
		chunk int
		sizes []int
	}{
		{"headers", headers, 16, []int{1, 8, 64, 128}},
		{"scanned-body", scanned, 16, []int{1 << 10, 64 << 10, 4 << 20}},
		{"counted-body", counted, 4 << 10, []int{64 << 10, 1 << 20, 16 << 20}},
	} {
		for _, size := range shape.sizes {
			stream := shape.make(size)
			pieces := chunks(stream, shape.chunk)
			b.Run(fmt.Sprintf("shape=%s/chunk=%d/size=%d", shape.name, shape.chunk, size), func(b *testing.B) {
				b.SetBytes(int64(len(stream)))
				a := parser.NewAssembler(v12)
				for b.Loop() {
					if n, err := assemble(a, pieces); n != 1 || err != nil {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}

// BenchmarkIdle reports what one connection holds while nothing comes.
func BenchmarkIdle(b *testing.B) {
	const count = 10_000
	one := []byte("MESSAGE\nsubscription:sub-0\nmessage-id:T_1\ndestination:/topic/a\ncontent-length:5\n\nhello\x00")
	read := func(pieces ...[]byte) func(*parser.Assembler) error {
		return func(a *parser.Assembler) error {
			a.Reset(v12)
			_, err := assemble(a, pieces)
			return err
		}
	}
	cut := read(one[:40], one[40:])
	for _, c := range []struct {
		name string
		use  func(*parser.Assembler) error
	}{
		{"new", func(*parser.Assembler) error { return nil }},
		{"whole-frame", read(one)},
		{"cut-frame", cut},
		{"released", func(a *parser.Assembler) error {
			err := cut(a)
			a.Release()
			return err
		}},
	} {
		b.Run("after="+c.name, func(b *testing.B) {
			var held uint64
			for b.Loop() {
				before := heap()
				all := make([]*parser.Assembler, count)
				for i := range all {
					all[i] = new(parser.Assembler)
					if err := c.use(all[i]); err != nil {
						b.Fatal(err)
					}
				}
				held = heap() - before
				runtime.KeepAlive(all)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(held)/count, "B/conn")
		})
	}
}

// heap returns how many bytes of heap are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // frees what the first one found in pools and finalizers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
