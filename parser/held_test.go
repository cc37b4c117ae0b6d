package parser_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// least returns the fewest octets that f allocates in some runs: other work in
// the process allocates too.
func least(f func()) uint64 {
	n := allocated(f)
	for range 4 {
		n = min(n, allocated(f))
	}
	return n
}

// Of a chunk that completes a head, what follows the head is not copied but
// for a block, however large the chunk is.
func TestEndOfHeadCopiesLittle(t *testing.T) {
	rest := []byte("\n" + strings.Repeat("x", 1<<20))
	for _, begun := range []string{"SEND\n", "SEND\na:\\n\n", "SEND\r\na:b\r\n"} {
		if n := least(func() {
			p := parser.New(parser.Options{Version: frame.V12})
			if _, n, err := p.Next([]byte(begun)); n != len(begun) || err != nil {
				t.Fatal(n, err)
			}
			if ev, n, err := p.Next(rest); ev.Kind != parser.Head || n != 1 || err != nil {
				t.Fatal(ev.Kind, n, err)
			}
		}); n > 8<<10 {
			t.Errorf("%q, then a chunk of 1 MiB: %d octets are allocated", begun, n)
		}
	}
}

// A buffer for a counted body never gets larger than its content-length, where
// it would have doubled.
func TestBodyBufferEndsAtLength(t *testing.T) {
	const length = 1<<20 + 1
	piece := make([]byte, 4<<10)
	for _, c := range []struct {
		name string
		opt  parser.Options
		head string
	}{
		{"content-length", parser.Options{Version: frame.V12}, "SEND\ncontent-length:1048577\n\n"},
		{"limit", parser.Options{Version: frame.V12, Limits: parser.Limits{Body: length}}, "SEND\n\n"},
	} {
		if c.name == "limit" {
			for i := range piece {
				piece[i] = 'x'
			}
		}
		// The buffers of 4 KiB, 8 KiB and so on to 1 MiB are 2 MiB, the last one
		// is 1 MiB, or would be two.
		if n := least(func() {
			a := parser.NewAssembler(c.opt)
			feed := func(b []byte) {
				if _, n, _, err := a.Next(b); n != len(b) || err != nil {
					t.Fatal(n, err)
				}
			}
			feed([]byte(c.head))
			for range length / len(piece) {
				feed(piece)
			}
			feed(piece[:1])
		}); n > 3<<20+512<<10 {
			t.Errorf("%s: a body of 1 MiB allocates %d octets", c.name, n)
		}
	}
}

// After an error nothing is held: neither the chunk nor the buffers.
func TestErrorHoldsNothing(t *testing.T) {
	p, a := parser.New(parser.Options{Version: frame.V12}), parser.NewAssembler(parser.Options{Version: frame.V12})
	chunks := []string{
		"SEND\na:b\nc:" + strings.Repeat("x", 5000) + "\nbad\n\n\x00",
		"SEND\na:b\nc:" + strings.Repeat("x", 5000) + "\n\n\x00MESSAGE\ncontent-length:1\n\nab",
	}
	for _, in := range chunks {
		*p, *a = parser.Parser{}, parser.Assembler{}
		p.SetVersion(frame.V12)
		a.SetVersion(frame.V12)
		src := []byte(in)
		chunk := weak.Make(&src[0])
		var err error
		for rest := src; err == nil; {
			var n int
			_, n, err = p.Next(rest)
			rest = rest[n:]
		}
		for rest := src; !errors.As(err, new(*parser.Error)); {
			var n int
			_, n, _, err = a.Next(rest)
			rest = rest[n:]
		}
		if p.Buffered() != 0 || a.Buffered() != 0 {
			t.Errorf("%.20q: buffered %d and %d", in, p.Buffered(), a.Buffered())
		}
		src = nil
		runtime.GC()
		if chunk.Value() != nil {
			t.Errorf("%.20q: the chunk is held after %v", in, err)
		}
		runtime.KeepAlive(p)
		runtime.KeepAlive(a)
	}
}

// traffic feeds an Assembler in chunks of which none ends between frames, so
// that there never is a pause in which buffers could be given up.
type traffic struct {
	t    *testing.T
	a    *parser.Assembler
	body weak.Pointer[byte] // of the last frame
}

func (f *traffic) frame(body int) {
	stream := []byte("END\n\n" + strings.Repeat("x", body) + "\x00S")
	for chunk := range slices.Chunk(stream, 1+len(stream)/2) {
		for len(chunk) > 0 {
			v, n, ok, err := f.a.Next(chunk)
			if err != nil {
				f.t.Fatal(err)
			}
			if ok {
				f.body = weak.Make(&v.Body[0])
			}
			chunk = chunk[n:]
		}
	}
}

// Large buffers that frames hardly use are given up also when no pause comes,
// after some frames, and kept while large frames come now and then.
func TestLargeBuffersAreGivenUpWithoutPause(t *testing.T) {
	f := traffic{t: t, a: parser.NewAssembler(parser.Options{Version: frame.V12})}
	if _, _, _, err := f.a.Next([]byte("S")); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		f.frame(1 << 20)
		large := f.body
		for range 50 {
			f.frame(100)
		}
		runtime.GC()
		if large.Value() == nil {
			t.Fatal("the buffer is given up after 50 small frames")
		}
		f.frame(1 << 20)
		if f.body != large {
			t.Fatal("the buffer is not used again")
		}
	}
	large := f.body
	for range 100 {
		f.frame(100)
	}
	runtime.GC()
	if large.Value() != nil {
		t.Error("the buffer is held after 100 small frames")
	}
	runtime.KeepAlive(f.a)
}
