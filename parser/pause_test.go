package parser_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// pausing is an io.Reader that gives one byte at a time, and a time-out before
// each. With together, byte and time-out come in one call.
type pausing struct {
	rest     []byte
	paused   bool
	together bool
}

func (p *pausing) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	if p.paused = !p.paused; p.paused && !p.together {
		return 0, fmt.Errorf("wrapped: %w", os.ErrDeadlineExceeded)
	}
	b[0] = p.rest[0]
	p.rest = p.rest[1:]
	if p.together {
		return 1, os.ErrDeadlineExceeded
	}
	return 1, nil
}

const pauseInput = "\n\nMESSAGE\na:b\\nc\ncontent-length:5\n\nhello\x00\nMESSAGE\n\nscanned\x00\n\nACK\nid:1\n\n\x00\n"

// A time-out loses nothing, wherever it comes and however frames are read.
func TestTimeoutsAreNotFinal(t *testing.T) {
	newReader := func(together bool) *parser.Reader {
		return parser.NewReader(&pausing{rest: []byte(pauseInput), together: together}, parser.Options{Version: frame.V12})
	}
	var want []string
	for f, err := range parser.NewReader(strings.NewReader(pauseInput), parser.Options{Version: frame.V12}).Frames() {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%v %q", f, f.Body))
	}
	for name, read := range map[string]func(r *parser.Reader) (*frame.Frame, error){
		"ReadFrame": func(r *parser.Reader) (*frame.Frame, error) { return r.ReadFrame() },
		"Poll": func(r *parser.Reader) (*frame.Frame, error) {
			for {
				f, beats, err := r.Poll()
				if f != nil || err != nil {
					return f, err
				}
				if beats != 1 {
					t.Errorf("%d heart-beats at once", beats)
				}
			}
		},
		"Next and Read": func(r *parser.Reader) (*frame.Frame, error) {
			h, err := r.Next()
			if err != nil {
				return nil, err
			}
			f := h.Clone()
			for b := make([]byte, 3); ; {
				n, err := r.Read(b)
				f.Body = append(f.Body, b[:n]...)
				switch {
				case err == io.EOF:
					return f, nil
				case err != nil && !errors.Is(err, os.ErrDeadlineExceeded):
					return nil, err
				}
			}
		},
	} {
		for _, together := range []bool{false, true} {
			r := newReader(together)
			var got []string
			pauses := 0
			for {
				f, err := read(r)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					pauses++
					continue
				}
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got = append(got, fmt.Sprintf("%v %q", f, f.Body))
			}
			if fmt.Sprint(got) != fmt.Sprint(want) || pauses == 0 {
				t.Errorf("%s, together %v, %d pauses:\n got %v\nwant %v", name, together, pauses, got, want)
			}
			if r.HeartBeats() != 6 {
				t.Errorf("%s: %d heart-beats, want 6", name, r.HeartBeats())
			}
			for range 2 { // the end is final
				if _, err := r.ReadFrame(); err != io.EOF {
					t.Errorf("%s: after the end: %v", name, err)
				}
			}
		}
	}
}

// After a time-out inside a frame, Next goes on to the next frame.
func TestNextAfterTimeout(t *testing.T) {
	r := parser.NewReader(&pausing{rest: []byte("MESSAGE\n\nbody\x00ACK\nid:1\n\n\x00")}, parser.Options{Version: frame.V12})
	for range 13 { // into the body
		if _, err := r.ReadFrame(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
	}
	for {
		h, err := r.Next()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if err != nil || h.Command != frame.ACK {
			t.Fatalf("%v, %v", h, err)
		}
		break
	}
	for {
		f, err := r.ReadFrame()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if f != nil || err != io.EOF {
			t.Errorf("%v, %v", f, err)
		}
		break
	}
}

// Read after a time-out of ReadFrame takes the rest of that body, and no frame
// comes twice or is lost.
func TestReadAfterTimeoutOfReadFrame(t *testing.T) {
	r := parser.NewReader(&pausing{rest: []byte("SEND\na:1\n\nabcd\x00SEND\na:2\n\nsecond\x00SEND\na:3\n\nthird\x00")}, parser.Options{Version: frame.V12})
	for range 13 {
		if _, err := r.ReadFrame(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
	}
	var rest []byte
	for b := make([]byte, 1); ; {
		n, err := r.Read(b)
		rest = append(rest, b[:n]...)
		if err == io.EOF {
			break
		}
	}
	if !strings.HasSuffix("abcd", string(rest)) {
		t.Errorf("the rest of the body is %q", rest)
	}
	for _, want := range []string{"second", "third", ""} {
		for {
			f, err := r.ReadFrame()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				continue
			}
			if f == nil && want != "" || f != nil && string(f.Body) != want {
				t.Errorf("%v, %v, want body %q", f, err, want)
			}
			break
		}
	}
}

// Another error of the io.Reader is final.
func TestOtherErrorsAreFinal(t *testing.T) {
	broken := errors.New("broken")
	r := parser.NewReader(io.MultiReader(strings.NewReader("ACK\n"), &failingOnce{err: broken}, strings.NewReader("id:1\n\n\x00")), parser.Options{Version: frame.V12})
	for range 3 {
		if _, err := r.ReadFrame(); err != broken {
			t.Errorf("%v", err)
		}
	}
}

type failingOnce struct{ err error }

func (f *failingOnce) Read([]byte) (int, error) {
	err := f.err
	f.err = io.EOF
	return 0, err
}

// Poll returns as soon as heart-beats have come, and what was read ahead can be
// had.
func TestPollAndReadAhead(t *testing.T) {
	pr, pw := io.Pipe()
	r := parser.NewReaderSize(pr, 1, parser.Options{Version: frame.V12})
	go func() {
		for _, s := range []string{"\n", "\r\n\n", "ACK\nid:1\n\n\x00\nGET / HTTP/1.1\r\n"} {
			_, _ = pw.Write([]byte(s))
		}
		_ = pw.Close()
	}()
	for _, want := range []int{1, 2} {
		if f, beats, err := r.Poll(); f != nil || beats != want || err != nil {
			t.Errorf("%v, %d, %v; want %d heart-beats", f, beats, err, want)
		}
	}
	f, beats, err := r.Poll()
	if err != nil || beats != 0 || f.Command != frame.ACK {
		t.Errorf("%v, %d, %v", f, beats, err)
	}
	if got := r.ReadAhead(); string(got) != "\nGET / HTTP/1.1\r\n" || cap(got) != len(got) {
		t.Errorf("read ahead: %q, capacity %d", got, cap(got))
	}
}

// sizes notes how much an io.Reader was asked for.
type sizes struct {
	io.Reader
	most int
}

func (s *sizes) Read(b []byte) (int, error) {
	s.most = max(s.most, len(b))
	return s.Reader.Read(b)
}

func TestReaderSize(t *testing.T) {
	for size, want := range map[int]int{-1: 512, 0: 512, 512: 512, 513: 513, 1 << 20: 1 << 20} {
		src := &sizes{Reader: strings.NewReader("")}
		r := parser.NewReaderSize(src, size, parser.Options{Version: frame.V12})
		for range 2 {
			src.Reader, src.most = strings.NewReader("SEND\n\n"+strings.Repeat("x", 5000)+"\x00"), 0
			f, err := r.ReadFrame()
			if err != nil || len(f.Body) != 5000 || src.most != want {
				t.Errorf("size %d: %v, the io.Reader is asked for %d bytes, want %d", size, err, src.most, want)
			}
			r.Reset(src, parser.Options{Version: frame.V12})
		}
	}
}

func TestDecodeOne(t *testing.T) {
	for _, c := range []struct {
		in    string
		allow parser.Allow
		want  string // the frame, or the kind and offset of the error
	}{
		{"ACK\nid:1\n\n\x00", 0, `ACK {id:"1"}`},
		{"\n\r\nACK\nid:1\n\n\x00\n\r\n\n", 0, `ACK {id:"1"}`},
		{"SEND\na:x\\ny\n\nbody\x00", 0, `SEND {a:"x\ny"} 4`},
		{"", 0, "none"},
		{"\n", 0, "none"},
		{"\r\n\n", 0, "none"},
		{"\x00", parser.AllowNULPadding, "none"},
		{"ACK\n\n\x00\x00\n", parser.AllowNULPadding, "ACK {}"},
		{"ACK\n\n\x00\x00\n", 0, "trailing_data@6"},
		{"ACK\n\n\x00\n\tSEND\n\n\x00", 0, "trailing_data@7"},
		{"ACK\n\n\x00\x01" + strings.Repeat("z", 40), 0, "trailing_data@6"},
		{"ACK\n\n\x00\nACK\n\n\x00", 0, "trailing_data@7"},
		{"ACK\n\n\x00x", 0, "trailing_data@6"},
		{"ACK\n\n\x00\t", 0, "trailing_data@6"},
		{"ACK\n\n\x00\n\rx", 0, "trailing_data@7"},
		{"ACK\n\n\x00\r", 0, "trailing_data@6"},
		{"ACK\n\n", 0, "unexpected_eof@5"},
		{"SEND\n\nbody", 0, "unexpected_eof@10"},
		{"NONE\n\n\x00", 0, "unknown_command@1"},
	} {
		src := []byte(c.in)
		v, ok, err := parser.Decode(src, parser.Options{Version: frame.V12, Allow: c.allow})
		got := "none"
		var e *parser.Error
		switch {
		case errors.As(err, &e):
			got = fmt.Sprintf("%s@%d", e.Token(), e.Offset)
		case ok:
			got = strings.TrimSpace(strings.TrimSuffix(fmt.Sprintf("%v", v), " 0"))
			if len(v.Body) > 0 {
				got = strings.Replace(got, " body", "", 1)
			}
		}
		if !strings.HasPrefix(got, c.want) || ok != (err == nil && c.want != "none") {
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		}
		if !bytes.Equal(src, []byte(c.in)) {
			t.Errorf("%q is changed", c.in)
		}
	}
}
