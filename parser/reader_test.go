package parser_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

var v12 = parser.Options{Version: frame.V12}

func TestReaderNextAndRead(t *testing.T) {
	const in = "\nSEND\na:1\n\nhello\x00\n\nSEND\na:2\ncontent-length:6\n\nx\x00y\x00z\n\x00SEND\na:3\n\n\x00\n"
	for _, src := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.DataErrReader(strings.NewReader(in)), iotest.HalfReader(strings.NewReader(in))} {
		r := parser.NewReader(src, v12)
		for _, want := range []struct{ a, body string }{{"1", "hello"}, {"2", "x\x00y\x00z\n"}, {"3", ""}} {
			h, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if a, _ := h.Headers.Text("a"); a != want.a {
				t.Errorf("a is %q, want %q", a, want.a)
			}
			body, err := io.ReadAll(r)
			if err != nil || string(body) != want.body {
				t.Errorf("body %q, %v, want %q", body, err, want.body)
			}
			if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("after the body: %d, %v", n, err)
			}
		}
		for range 2 {
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("at the end: %v", err)
			}
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("at the end: %d, %v", n, err)
		}
		if r.HeartBeats() != 4 || r.Offset() != int64(len(in)) {
			t.Errorf("%d heart-beats, offset %d", r.HeartBeats(), r.Offset())
		}
	}
}

// Next skips what is left of a body; a piece of it does not slip into the
// next one.
func TestReaderSkips(t *testing.T) {
	r := parser.NewReader(strings.NewReader("SEND\n\nhello\x00SEND\n\nworld\x00"), v12)
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := r.Read(nil); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r); string(body) != "world" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
}

func TestReaderErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		src  io.Reader
		want error
	}{
		{"end in a head", strings.NewReader("SEND\na:b"), parser.UnexpectedEOF},
		{"end in a body", strings.NewReader("SEND\n\nhello"), io.ErrUnexpectedEOF},
		{"bad frame", strings.NewReader("SEND\nbad\n\n\x00"), parser.MissingColon},
		{"bad body", strings.NewReader("SEND\ncontent-length:1\n\nab\x00"), parser.MissingNUL},
		{"io error", io.MultiReader(strings.NewReader("SEND\n\nhello"), iotest.ErrReader(broken)), broken},
		{"no progress", stuck{}, io.ErrNoProgress},
	} {
		r := parser.NewReader(c.src, v12)
		if f, err := r.ReadFrame(); f != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: ReadFrame: %v, %v", c.name, f, err)
		}
		for range 2 {
			if _, err := r.Next(); !errors.Is(err, c.want) {
				t.Errorf("%s: Next after it: %v", c.name, err)
			}
			if _, err := r.Read(make([]byte, 9)); !errors.Is(err, c.want) {
				t.Errorf("%s: Read after it: %v", c.name, err)
			}
		}
	}
	// An error that comes with bytes comes after what they hold.
	r := parser.NewReader(&once{"SEND\n\nhello\x00", broken}, v12)
	if f, err := r.ReadFrame(); err != nil || string(f.Body) != "hello" {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := r.ReadFrame(); err != broken {
		t.Error(err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// once returns its bytes and its error together, and then blocks the test.
type once struct {
	s   string
	err error
}

func (o *once) Read(p []byte) (int, error) {
	if o.s == "" {
		panic("read after an error")
	}
	n := copy(p, o.s)
	o.s = o.s[n:]
	return n, o.err
}

func TestReaderFrames(t *testing.T) {
	r := parser.NewReader(strings.NewReader("SEND\n\na\x00SEND\n\nb\x00SEND\n\nc"), v12)
	var bodies string
	var last error
	for f, err := range r.Frames() {
		if err != nil {
			last = err
			continue
		}
		bodies += string(f.Body)
	}
	if bodies != "ab" || !errors.Is(last, parser.UnexpectedEOF) {
		t.Errorf("%q, %v", bodies, last)
	}
	r.Reset(strings.NewReader("SEND\n\nx\x00SEND\n\ny\x00"), v12)
	for f, err := range r.Frames() {
		if err != nil || string(f.Body) != "x" {
			t.Error(f, err)
		}
		break
	}
	for f, err := range r.Frames() {
		if err != nil || string(f.Body) != "y" {
			t.Error(f, err)
		}
	}
}

func TestReaderVersion(t *testing.T) {
	r := parser.NewReader(strings.NewReader("CONNECTED\nversion:1.2\n\n\x00\nMESSAGE\na:\\r\n\n\x00"), parser.Options{})
	f, err := r.ReadFrame()
	if err != nil {
		t.Fatal(err)
	}
	v, ok := f.AgreedVersion()
	if !ok {
		t.Fatal(f)
	}
	r.SetVersion(v)
	r.SetLimits(parser.Limits{Body: parser.None})
	if f, err = r.ReadFrame(); err != nil || f.Headers[0] != (headers.Field{Name: "a", Value: "\r"}) {
		t.Error(f, err)
	}
	if _, inside := r.FrameStart(); inside {
		t.Error("inside a frame")
	}
}

// A large body streams in little memory.
func TestReaderStreamsLargeBodies(t *testing.T) {
	const size = 64 << 20
	head := "SEND\ncontent-length:67108864\n\n"
	src := io.MultiReader(strings.NewReader(head), io.LimitReader(zeros{}, size), strings.NewReader("\x00"))
	r := parser.NewReader(src, parser.Options{Version: frame.V12, Limits: parser.Limits{Body: parser.Unlimited}})
	sum := sha256.New()
	buf := make([]byte, 4<<10)
	var total int64
	if got := allocated(func() {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		for {
			n, err := r.Read(buf)
			sum.Write(buf[:n])
			total += int64(n)
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}); got > 256<<10 {
		t.Errorf("%d bytes allocated", got)
	}
	if total != size {
		t.Errorf("%d bytes, want %d", total, size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Bodies of all sizes around the steps in which memory grows.
func TestReadFrameBodies(t *testing.T) {
	for _, size := range []int{0, 1, 511, 512, 4095, 4096, 4097, 16383, 16384, 16385, 100000, 1 << 20} {
		body := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		for _, counted := range []bool{true, false} {
			var in bytes.Buffer
			in.WriteString("SEND\n")
			if counted {
				in.WriteString("content-length:" + strconv.Itoa(size) + "\n")
			}
			in.WriteByte('\n')
			in.Write(body)
			in.WriteByte(0)
			f, err := parser.NewReader(&in, v12).ReadFrame()
			if err != nil || !bytes.Equal(f.Body, body) || size == 0 && f.Body != nil {
				t.Errorf("%d bytes, counted %v: got %d, %v", size, counted, len(f.Body), err)
			}
		}
	}
}

// What is left of a body does not come out of Read after Next has failed.
func TestReaderAfterFailedSkip(t *testing.T) {
	for _, in := range []string{
		"SEND\n\nAAAAAAAAAA",
		"SEND\ncontent-length:5\n\nhelloX",
		"SEND\n\nhello\x00",
	} {
		r := parser.NewReader(strings.NewReader(in), v12)
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if n, err := r.Read(make([]byte, 2)); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		_, failure := r.Next()
		if failure == nil {
			t.Fatalf("%q: no error", in)
		}
		if n, err := r.Read(make([]byte, 9)); n != 0 || err != failure {
			t.Errorf("%q: Next says %v, then Read %d, %v", in, failure, n, err)
		}
	}
}

// A head stays while its body is read, however large that is.
func TestReaderHeadOutlivesBody(t *testing.T) {
	for _, reader := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
		r := parser.NewReader(reader(strings.NewReader("SEND\ndestination:/queue/a\nx:\\c\n\n"+strings.Repeat("x", 100<<10)+"\x00")), v12)
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); n != 100<<10 || err != nil {
			t.Fatal(n, err)
		}
		if got := h.String(); got != `SEND {destination:"/queue/a" x:":"}` {
			t.Error(got)
		}
	}
}
