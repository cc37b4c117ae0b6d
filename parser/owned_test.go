package parser_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// pieces is an io.Reader that gives one piece a read, and then calls waiting
// and ends.
type pieces struct {
	list    []string
	waiting func()
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.list) == 0 {
		if p.waiting != nil {
			p.waiting()
		}
		return 0, io.EOF
	}
	n := copy(b, p.list[0])
	if p.list[0] = p.list[0][n:]; p.list[0] == "" {
		p.list = p.list[1:]
	}
	return n, nil
}

// held returns how many bytes the heap has, without garbage.
func held() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A Reader that waits between frames keeps nothing of a large one.
func TestWaitingReaderKeepsLittle(t *testing.T) {
	body := strings.Repeat("x", 8<<20)
	for _, head := range []string{"SEND\n\n", "SEND\ncontent-length:8388608\n\n", "SEND\na:" + strings.Repeat("\\n", 4000) + "\n\n"} {
		before, waiting := held(), int64(0)
		r := parser.NewReader(&pieces{[]string{head, body, "\x00"}, func() { waiting = held() }}, v12)
		if f, err := r.ReadFrame(); err != nil || len(f.Body) != len(body) {
			t.Fatal(err)
		}
		if f, err := r.ReadFrame(); err != io.EOF {
			t.Fatal(f, err)
		}
		if n := waiting - before; n > 64<<10 {
			t.Errorf("%.9q: %d bytes are held while the next frame is waited for", head, n)
		}
		runtime.KeepAlive(r)
	}
	runtime.KeepAlive(body)
}

// The buffer in which one body was put together does not stand beside the next
// body: WorstCase holds for a Reader too.
func TestWorstCaseOfReader(t *testing.T) {
	const size = 4<<20 + 1
	l := parser.Limits{Body: size}
	body := strings.Repeat("x", size)
	before, peak := held(), int64(0)
	r := parser.NewReader(&pieces{[]string{"SEND\n\n", body, "\x00SEND\n", fmt.Sprintf("content-length:%d\n\n", size), body[1:]},
		func() { peak = held() - before }}, parser.Options{Version: frame.V12, Limits: l})
	if _, err := r.ReadFrame(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadFrame(); err == nil {
		t.Fatal("no error")
	}
	if worst := l.WorstCase() + 16<<10; peak+size > worst {
		t.Errorf("%d bytes are held, and the buffer has to grow by as many as %d; WorstCase and the Reader's buffer are %d", peak, size, worst)
	}
	runtime.KeepAlive(r)
	runtime.KeepAlive(body)
}

// The text of escapes is put into one buffer, whatever the size of the head.
func TestWorstCaseOfEscapes(t *testing.T) {
	for _, size := range []int{70_000, 140_000, 200_000, 1<<20 + 4096} {
		const count = 126
		l := parser.Limits{Head: size, HeaderLine: size, Body: parser.None}
		line := "a:" + strings.Repeat("x", (size-6)/count-5) + "\\n\n"
		src := []byte("SEND\n" + strings.Repeat(line, count) + "\n")
		before := held()
		a := parser.NewAssembler(parser.Options{Version: frame.V12, Limits: l})
		for _, chunk := range [][]byte{src[:5], src[5:]} {
			if _, n, ok, err := a.Next(chunk); n != len(chunk) || ok || err != nil {
				t.Fatal(n, ok, err)
			}
		}
		if n, worst := held()-before, l.WorstCase(); n > worst {
			t.Errorf("head of %d bytes: %d are held, WorstCase says %d", size, n, worst)
		}
		runtime.KeepAlive(a)
		runtime.KeepAlive(src)
	}
}

// Who keeps the headers of a large frame does not keep its body.
func TestHeadersDoNotKeepLargeBody(t *testing.T) {
	body := strings.Repeat("x", 1<<20)
	for _, head := range []string{"SEND\na:b\n\n", "SEND\ncontent-length:1048576\n\n", "SEND\na:\\n\n\n"} {
		for _, in := range [][]string{{head + body[:5<<10] + "\x00"}, {head + body + "\x00"}, {head, body, "\x00"}} {
			if strings.Contains(head, "length") && len(in[0]) < 10<<10 && len(in) == 1 {
				continue // too short for what it claims
			}
			f, err := parser.NewReader(&pieces{in, nil}, v12).ReadFrame()
			if err != nil {
				t.Fatal(err)
			}
			octets, headers := weak.Make(&f.Body[0]), f.Headers
			f = nil
			runtime.GC()
			runtime.GC()
			if octets.Value() != nil {
				t.Errorf("%.9q, %d pieces: the body is kept by the headers", head, len(in))
			}
			runtime.KeepAlive(headers)
		}
	}
}

// Inside a head that has not ended, nothing is kept of the chunk of the frame
// before it.
func TestNoChunkIsKeptInHead(t *testing.T) {
	for _, second := range []string{"S", "SEND\nq:r\n", "SEND\n" + strings.Repeat("q:r\n", 9)} {
		chunk := append(make([]byte, 0, 64<<10), "SEND\na:b\nc:d\ne:f\n\n\x00"+second...)
		p := parser.New(v12)
		feed(t, p, chunk)
		first := weak.Make(&chunk[0])
		chunk = nil
		runtime.GC()
		if first.Value() != nil {
			t.Errorf("%q has come of a head: its chunk is kept", second)
		}
		runtime.KeepAlive(p)
	}
}

// After an error every call returns it, one with no input too.
func TestNothingAfterError(t *testing.T) {
	a := parser.NewAssembler(v12)
	_, _, _, want := a.Next([]byte("BAD\n"))
	if want == nil {
		t.Fatal("no error")
	}
	for _, src := range [][]byte{nil, {}, []byte("\n"), []byte("SEND\n\n\x00")} {
		if v, n, ok, err := a.Next(src); v.Command != "" || n != 0 || ok || err != want {
			t.Errorf("%q: %v, %d, %v, %v, want %v", src, v, n, ok, err, want)
		}
	}
}

// What ReadFrame returns is owned, whichever way it came together.
func TestReadFrameIsOwned(t *testing.T) {
	for _, head := range []string{"SEND\na:b\n", "SEND\na:\\c\n", "SEND\r\na:b\r\n", "SEND\n" + strings.Repeat("a:b\n", 40)} {
		for _, body := range []string{"", "hello", strings.Repeat("x", 3000), strings.Repeat("x", 40000)} {
			var in bytes.Buffer
			for range 20 {
				in.WriteString(head + "\n" + body + "\x00")
			}
			r := parser.NewReader(&in, v12)
			var all []*frame.Frame
			for f, err := range r.Frames() {
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, f)
			}
			if len(all) != 20 {
				t.Fatalf("%d frames", len(all))
			}
			for _, f := range all {
				if string(f.Body) != body || fmt.Sprint(f.Headers) != fmt.Sprint(all[0].Headers) {
					t.Fatalf("%.20q with a body of %d bytes has become %v", head, len(body), f)
				}
				f.Body = append(f.Body, "spoiled"...)
				for i := range f.Body {
					f.Body[i] = '?'
				}
				f.Headers.Add("x", "y")
				f.Headers.Delete("x")
			}
		}
	}
}

// An owned frame has what the borrowed one has, whichever of its headers have
// escapes, and however its lines end.
func TestOwnedIsLent(t *testing.T) {
	const count = 4
	for _, c := range []struct {
		version frame.Version
		allow   parser.Allow
		eol     string
	}{
		{frame.V12, 0, "\n"}, {frame.V12, 0, "\r\n"}, {frame.V11, 0, "\n"}, {frame.V11, 0, "\r\n"}, {frame.V11, parser.AllowCRLF, "\r\n"},
		{frame.V12, parser.AllowUndefinedEscapes, "\n"}, {frame.V10, 0, "\n"},
	} {
		for escaped := range 1 << (2 * count) {
			head := "SEND" + strings.TrimPrefix(c.eol, "\r")
			if c.eol == "\r\n" && (c.version == frame.V12 || c.allow != 0) {
				head = "SEND" + c.eol
			}
			for i := range count {
				name, value := fmt.Sprintf("n%d", i), strings.Repeat("v", i)
				if escaped>>(2*i)&1 != 0 {
					name += `\c\n`
				}
				if escaped>>(2*i)&2 != 0 {
					value = `\\` + value + `\c`
				}
				if c.allow == parser.AllowUndefinedEscapes {
					value += `\t`
				}
				head += name + ":" + value + c.eol
			}
			head += head[4 : strings.IndexByte(head, '\n')+1]
			in, o := head+"body\x00", parser.Options{Version: c.version, Allow: c.allow}
			want, _, ok, err := parser.NewAssembler(o).Next([]byte(in))
			if !ok || err != nil {
				t.Fatalf("%q: %v", in, err)
			}
			r := parser.NewReader(strings.NewReader(in+in), o)
			for range 2 { // with memory that is shared, and without
				if got, err := r.ReadFrame(); err != nil || !reflect.DeepEqual(got, want.Clone()) {
					t.Fatalf("%q in %v: %q, %v, want %q", in, c.version, got.Headers, err, want.Clone().Headers)
				}
			}
		}
	}
}

// Four allocations, wherever the buffer of a Reader ends in a frame.
func TestReadFrameOfStreamAllocates(t *testing.T) {
	for _, head := range []string{"SEND\na:b\n\n", "SEND\na:b\ncontent-length:4000\n\n"} {
		r := parser.NewReader(&loop{[]byte(head + strings.Repeat("x", 4000) + "\x00\n"), 0}, v12)
		if n := testing.AllocsPerRun(1000, func() {
			if _, err := r.ReadFrame(); err != nil {
				t.Fatal(err)
			}
		}); n != 4 {
			t.Errorf("%q: %v allocations", head, n)
		}
	}
}

// Small frames that come together share memory: four allocations for up to eight
// of them. Who keeps one keeps no more than the 14 KiB of those, and none that is
// large.
func TestSmallFramesAllocateTogether(t *testing.T) {
	lines := func(i, n int) string { return strings.Repeat(fmt.Sprintf("name-%d:value\n", i), n) }
	for _, c := range []struct {
		name   string
		frame  func(i int) string
		allocs float64 // for a frame, at most
	}{
		{"ack", func(i int) string { return "ACK\n" + lines(1, 2) + "\n\x00\n" }, 0.5},
		{"body", func(i int) string { return "SEND\n" + lines(i, 6) + "\n" + strings.Repeat("x", 30+i%5) + "\x00" }, 1},
		{"escapes", func(i int) string { return "SEND\n" + lines(i, 12) + "a:\\c\n\n" + strings.Repeat("x", 512) + "\x00" }, 2},
		{"all sizes", func(i int) string {
			return "SEND\n" + lines(i, 1+i*7%20) + "\n" + strings.Repeat("x", i*i%1200) + "\x00\n"
		}, 4},
		{"some large", func(i int) string { return "SEND\n\n" + strings.Repeat("x", 1+i%5/4*5000) + "\x00" }, 2.5},
	} {
		var in strings.Builder
		const count = 400
		for i := range count {
			in.WriteString(c.frame(i))
		}
		src, r := strings.NewReader(""), parser.NewReader(nil, v12)
		kept := make([]*frame.Frame, 0, count/10)
		read := func() {
			src.Reset(in.String())
			r.Reset(src, v12)
			kept = kept[:0]
			for i := range count {
				f, err := r.ReadFrame()
				if err != nil {
					t.Fatal(c.name, err)
				}
				if i%10 == 3 {
					kept = append(kept, f)
				}
			}
			if _, err := r.ReadFrame(); err != io.EOF {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(10, read) / count; n > c.allocs {
			t.Errorf("%s: %v allocations a frame, want at most %v", c.name, n, c.allocs)
		}
		clear(kept)
		before := held()
		read()
		n := (held() - before) / int64(len(kept))
		large := 0
		for _, f := range kept {
			large += len(f.Body) / len(kept)
		}
		if n > int64(14<<10+large) {
			t.Errorf("%s: each frame that is kept keeps %d bytes", c.name, n)
		}
		runtime.KeepAlive(kept)
		runtime.KeepAlive(r)
	}
}

// A large counted body is read into the memory of its frame. The bytes of the next
// frame do not get there, time-outs and short reads lose none.
func TestLargeBodyIsReadStraight(t *testing.T) {
	body := make([]byte, 200<<10)
	for i := range body {
		body[i] = byte(i * 31 >> 3)
	}
	in := fmt.Appendf(nil, "SEND\ncontent-length:%d\n\n%s\x00\nSEND\na:b\n\nnext\x00", len(body), body)
	for _, step := range []int{1000, 16 << 10, 100 << 10, len(in)} {
		var list []string
		for chunk := range slices.Chunk(in, step) {
			list = append(list, string(chunk))
		}
		largest := 0
		src := &impatient{pieces: pieces{list, nil}, largest: &largest}
		r := parser.NewReader(src, v12)
		read := func() *frame.Frame {
			for {
				f, err := r.ReadFrame()
				if err == nil {
					return f
				}
				if e, ok := err.(interface{ Timeout() bool }); !ok || !e.Timeout() {
					t.Fatal(step, err)
				}
			}
		}
		if f := read(); !bytes.Equal(f.Body, body) || cap(f.Body) > 2*len(body) {
			t.Errorf("steps of %d: a body of %d bytes, capacity %d", step, len(f.Body), cap(f.Body))
		}
		if f := read(); string(f.Body) != "next" || f.Headers.Value("a") != "b" || r.Offset() != int64(len(in)) {
			t.Errorf("steps of %d: %v, offset %d", step, f, r.Offset())
		}
		if step == len(in) && largest <= 16<<10 {
			t.Errorf("no read is larger than %d bytes", largest)
		}
	}
}

// impatient has a time-out before every piece.
type impatient struct {
	pieces
	late    bool
	largest *int
}

func (p *impatient) Read(b []byte) (int, error) {
	*p.largest = max(*p.largest, len(b))
	if p.late = !p.late; p.late {
		return 0, os.ErrDeadlineExceeded
	}
	return p.pieces.Read(b)
}

// What ReadFrame allocates: as much as there is to own.
func TestReadFrameAllocates(t *testing.T) {
	lines := func(n int) string { return strings.Repeat("a:b\n", n) }
	body := func(n int) string { return strings.Repeat("x", n) }
	const frameSize, fieldSize = 64, 32
	for _, c := range []struct {
		name   string
		pieces []string
		allocs float64
		octets uint64 // at most, where it matters
	}{
		{"no headers", []string{"SEND\n\n\x00"}, 1, frameSize},
		{"no headers, body", []string{"SEND\n\nhello\x00"}, 2, frameSize + 16},
		{"1 header", []string{"SEND\n" + lines(1) + "\n\x00"}, 2, frameSize + 4*fieldSize + 16},
		{"4 headers", []string{"SEND\n" + lines(4) + "\n\x00"}, 2, frameSize + 4*fieldSize + 32},
		{"5 headers", []string{"SEND\n" + lines(5) + "\n\x00"}, 2, frameSize + 8*fieldSize + 32},
		{"8 headers", []string{"SEND\n" + lines(8) + "\n\x00"}, 2, frameSize + 8*fieldSize + 48},
		{"12 headers", []string{"SEND\n" + lines(12) + "\n\x00"}, 2, frameSize + 12*fieldSize + 64},
		{"13 headers", []string{"SEND\n" + lines(13) + "\n\x00"}, 3, frameSize + 13*fieldSize + 64},
		{"escapes", []string{"SEND\na:\\c\n\n\x00"}, 2, 0},
		{"small body", []string{"SEND\n" + lines(2) + "\n" + body(1024) + "\x00"}, 3, 0},
		{"larger body", []string{"SEND\n" + lines(2) + "\n" + body(1025) + "\x00"}, 4, 0},
		{"counted body", []string{"SEND\ncontent-length:4000\n\n" + body(4000) + "\x00"}, 4, 0},
		{"counted body in pieces", []string{"SEND\ncontent-length:4000\n\n" + body(100), body(3900) + "\x00"}, 4, 0},
		{"counted body, an eighth of it with the head", []string{"SEND\ncontent-length:8000\n\n" + body(1000), body(7000) + "\x00"}, 4, 0},
		{"scanned body in pieces", []string{"SEND\n" + lines(2) + "\n" + body(500), body(1000) + "\x00"}, 4, 0},
		{"head in pieces", []string{"SEND\n" + lines(2), lines(2) + "\n\x00"}, 2, 0},
	} {
		in := &pieces{}
		r := parser.NewReader(in, v12)
		list := make([]string, len(c.pieces))
		read := func() {
			copy(list, c.pieces)
			in.list = list
			if f, err := r.ReadFrame(); f == nil || err != nil {
				t.Fatal(c.name, err)
			}
		}
		if n := testing.AllocsPerRun(100, read); n != c.allocs {
			t.Errorf("%s: %v allocations, want %v", c.name, n, c.allocs)
		}
		if n := least(read); c.octets > 0 && n > c.octets {
			t.Errorf("%s: %d bytes are allocated, want at most %d", c.name, n, c.octets)
		}
	}
}
