package encoder_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
)

// A frame that fits into 16 KiB is one write out of a buffer that is kept. The body
// of a larger one is not copied. Neither costs an allocation.
func TestWriterBuffer(t *testing.T) {
	for _, c := range []struct{ body, writes int }{
		{0, 1},
		{15 << 10, 1},
		{16<<10 - 28, 1}, // with the head and the NUL 16 KiB
		{16<<10 - 27, 3},
		{1 << 20, 3},
	} {
		var got [][]byte
		w := encoder.NewWriter(writerFunc(func(p []byte) (int, error) {
			got = append(got, p)
			return len(p), nil
		}), v12, encoder.Options{})
		f := &frame.Frame{Command: frame.SEND, Body: make([]byte, c.body)}
		if n := testing.AllocsPerRun(100, func() {
			got = got[:0]
			if err := w.WriteFrame(f); err != nil {
				t.Fatal(err)
			}
		}); n != 0 || len(got) != c.writes {
			t.Errorf("body of %d bytes: %v allocations, %d writes", c.body, n, len(got))
		}
		if len(got) == 3 && &got[1][0] != &f.Body[0] {
			t.Errorf("body of %d bytes: it is copied", c.body)
		}
		first := weak.Make(&got[0][0])
		got = nil
		runtime.GC()
		if first.Value() == nil {
			t.Errorf("body of %d bytes: the buffer is not kept", c.body)
		}
		runtime.KeepAlive(w)
	}
}

// A buffer that a large head needs is not kept.
func TestWriterKeepsNoLargeBuffer(t *testing.T) {
	var written weak.Pointer[byte]
	w := encoder.NewWriter(writerFunc(func(p []byte) (int, error) {
		written = weak.Make(&p[0])
		return len(p), nil
	}), v12, encoder.Options{})
	if err := w.WriteFrame(&frame.Frame{Command: frame.ACK, Headers: pairs("a", strings.Repeat("x", 16<<10))}); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	if written.Value() != nil {
		t.Error("the buffer is kept")
	}
	runtime.KeepAlive(w)
}

// Of a frame in three writes the first error ends it, and is final.
func TestWriterErrorInLargeFrame(t *testing.T) {
	broken := errors.New("broken")
	for failing := range 3 {
		calls := 0
		w := encoder.NewWriter(writerFunc(func(p []byte) (int, error) {
			if calls++; calls > failing {
				return 0, broken
			}
			return len(p), nil
		}), v12, encoder.Options{})
		f := &frame.Frame{Command: frame.SEND, Body: make([]byte, 20<<10)}
		for range 2 {
			if err := w.WriteFrame(f); err != broken || calls != failing+1 {
				t.Errorf("write %d fails: %v after %d calls", failing, err, calls)
			}
		}
	}
}

// A piece of no bytes is no call of the io.Writer, which might make something
// of it: a packet, a chunk that ends a stream.
func TestWriterEmptyPiece(t *testing.T) {
	calls := 0
	w := encoder.NewWriter(writerFunc(func(p []byte) (int, error) {
		calls++
		return len(p), nil
	}), v12, encoder.Options{})
	if err := w.WriteHead(frame.SEND, nil, 1); err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"", "a", ""} {
		if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Errorf("%q: %d, %v", piece, n, err)
		}
	}
	if calls != 2 {
		t.Errorf("%d calls, want one for the head and one for the piece", calls)
	}
}

// What a Writer refuses by itself is about no header, and names the command of
// the open frame.
func TestWriterRefusals(t *testing.T) {
	w := encoder.NewWriter(io.Discard, v12, encoder.Options{})
	expect := func(err error, want string) {
		t.Helper()
		var e *encoder.Error
		if !errors.As(err, &e) || e.Index != -1 || e.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	expect(w.CloseFrame(), "stomp: cannot send: no frame is open")
	if err := w.WriteHead(frame.SEND, nil, 2); err != nil {
		t.Fatal(err)
	}
	expect(w.WriteHeartBeat(), "stomp: cannot send: the frame before is not closed, command SEND")
	expect(w.CloseFrame(), "stomp: cannot send: body shorter than its length, command SEND")
	_, err := w.Write([]byte("abc"))
	expect(err, "stomp: cannot send: write past the length of the body, command SEND")
	if _, err := w.Write([]byte("ab")); err != nil {
		t.Fatal(err)
	}
	if err := w.CloseFrame(); err != nil {
		t.Fatal(err)
	}
	expect(w.CloseFrame(), "stomp: cannot send: no frame is open")
}
