package parser_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// least returns the fewest bytes that f allocates in some runs: other work in
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
func TestEndOfHeadAllocatesLittle(t *testing.T) {
	rest := []byte("\n" + strings.Repeat("x", 1<<20))
	for _, begun := range []string{"SEND\n", "SEND\na:\\n\n", "SEND\r\na:b\r\n"} {
		if n := least(func() {
			p := parser.New(parser.Options{Version: frame.V12})
			if _, n, err := p.Next([]byte(begun)); n != len(begun) || err != nil {
				t.Fatal(n, err)
			}
			if ev, n, err := p.Next(rest); ev.Kind != parser.HeadEvent || n != 1 || err != nil {
				t.Fatal(ev.Kind, n, err)
			}
		}); n > 8<<10 {
			t.Errorf("%q, then a chunk of 1 MiB: %d bytes are allocated", begun, n)
		}
	}
}

// A buffer for a counted body never gets larger than its content-length, where
// it would have doubled.
func TestBodyBufferAllocatesLength(t *testing.T) {
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
			t.Errorf("%s: a body of 1 MiB allocates %d bytes", c.name, n)
		}
	}
}

// The names and values of a head whose chunk is given back are copied into one
// buffer of their size.
func TestKeptHeadAllocatesOnce(t *testing.T) {
	src := []byte("SEND\n" + strings.Repeat("a:"+strings.Repeat("x", 6000)+"\n", 8) + "\nbod")
	if n := least(func() {
		a := parser.NewAssembler(parser.Options{Version: frame.V12})
		if _, n, ok, err := a.Next(src); n != len(src) || ok || err != nil {
			t.Fatal(n, ok, err)
		}
	}); n > 64<<10 {
		t.Errorf("a head of 48 KB allocates %d bytes", n)
	}
}

// After an error nothing is held: neither the chunk nor the buffers.
func TestNothingIsKeptAfterError(t *testing.T) {
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

// Large buffers that frames hardly use are given up also when no pause comes,
// after some frames, and kept while large frames come now and then.
func TestLargeBuffersAreGivenUpWithoutPause(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	value := func(v frame.View) []byte { return v.Headers[0].Value }
	for _, c := range []struct {
		name   string
		begin  string
		chunks func(n int) []string // that end a frame, begin another, and have n bytes in a buffer
		lent   func(frame.View) []byte
	}{
		{"body", "S", func(n int) []string { return []string{"END\n\n" + x(n/2), x(n/2) + "\x00S"} },
			func(v frame.View) []byte { return v.Body }},
		{"head in pieces", "S", func(n int) []string { return []string{"END\na:" + x(n) + "\n\n\x00S"} }, value},
		{"head in pieces, with escapes", "S", func(n int) []string { return []string{"END\na:" + strings.Repeat("\\q", n/2) + "\n\n\x00S"} }, value},
		{"head of a chunk", "SEND\na:" + x(10) + "\n\nb", func(n int) []string { return []string{"ody\x00SEND\na:" + x(n) + "\n\nb"} }, value},
	} {
		a := parser.NewAssembler(parser.Options{Version: frame.V12, Allow: parser.AllowUndefinedEscapes})
		var last *byte
		feed := func(chunks ...[]byte) {
			for _, src := range chunks {
				assemble(t, a, src, func(v frame.View) { last = &c.lent(v)[0] })
			}
		}
		octets := func(n int) (chunks [][]byte) {
			for _, s := range c.chunks(n) {
				chunks = append(chunks, []byte(s))
			}
			return chunks
		}
		large, small := octets(7000), octets(10)
		feed([]byte(c.begin))
		if n := testing.AllocsPerRun(200, func() { feed(large...) }); n != 0 {
			t.Errorf("%s: %v allocations for each large frame", c.name, n)
		}
		if n := testing.AllocsPerRun(4, func() {
			for range 50 {
				feed(small...)
			}
			feed(large...)
		}); n != 0 {
			t.Errorf("%s: %v allocations for a large frame after 50 small ones", c.name, n)
		}
		feed(small...) // ends the large one, where that has not ended
		feed(large...)
		feed(large...)
		held := weak.Make(last)
		for range 100 {
			feed(small...)
		}
		runtime.GC()
		if held.Value() != nil {
			t.Errorf("%s: the buffer is held after 100 small frames", c.name)
		}
		runtime.KeepAlive(a)
	}
}

// Over a pause every kind of buffer is given up when it is large, whatever the
// heart-beats in it.
func TestLargeBuffersAreGivenUpOverPause(t *testing.T) {
	value := func(v frame.View) any { return weak.Make(&v.Headers[0].Value[0]) }
	for _, c := range []struct {
		name   string
		chunks []string
		lent   func(frame.View) any
	}{
		{"view", []string{"SEND\n" + strings.Repeat("a:b\n", 128) + "\n\x00"}, func(v frame.View) any { return weak.Make(&v.Headers[0]) }},
		{"body", []string{"SEND\n\nb", strings.Repeat("x", 5000) + "\x00"}, func(v frame.View) any { return weak.Make(&v.Body[0]) }},
		{"head in pieces", []string{"S", "END\na:" + strings.Repeat("x", 5000) + "\n\n\x00"}, value},
		{"escapes", []string{"SEND\na:" + strings.Repeat("\\q", 2500) + "\n\n\x00"}, value},
		{"escapes of a head in pieces", []string{"S", "END\na:" + strings.Repeat("\\q", 2500) + "\n\n\x00"}, value},
		{"head of a chunk", []string{"SEND\na:" + strings.Repeat("x", 5000) + "\n\nb", "ody\x00"}, value},
	} {
		for _, beats := range [][]string{{"\n", "\n"}, {"\r", "\n", "\r", "\n"}, {"\r\n", "\r\n"}} {
			a := parser.NewAssembler(parser.Options{Version: frame.V12, Allow: parser.AllowUndefinedEscapes})
			var lent any
			for _, chunk := range slices.Concat(c.chunks, beats) {
				assemble(t, a, []byte(chunk), func(v frame.View) { lent = c.lent(v) })
			}
			runtime.GC()
			held := false
			switch p := lent.(type) {
			case weak.Pointer[byte]:
				held = p.Value() != nil
			case weak.Pointer[headers.FieldView]:
				held = p.Value() != nil
			}
			if lent == nil || held {
				t.Errorf("%s: held over a pause of %q", c.name, beats)
			}
			runtime.KeepAlive(a)
		}
	}
}
