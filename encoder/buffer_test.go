package encoder_test

import (
	"errors"
	"io"
	"runtime"
	"testing"
	"weak"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
)

// A Writer keeps a buffer of 16 KiB, so that frames that fit into it cost no
// allocation, and none that is larger.
func TestWriterBufferIsKept(t *testing.T) {
	var written weak.Pointer[byte]
	sink := writerFunc(func(p []byte) (int, error) {
		written = weak.Make(&p[0])
		return len(p), nil
	})
	for _, c := range []struct {
		body int
		kept bool
	}{
		{0, true},
		{15 << 10, true},
		{16<<10 - 512, true}, // with room for a head all that is kept
		{16<<10 - 511, false},
		{1 << 20, false},
	} {
		f := &frame.Frame{Command: frame.SEND, Body: make([]byte, c.body)}
		w := encoder.NewWriter(sink, v12, encoder.Options{})
		write := func() {
			if err := w.WriteFrame(f); err != nil {
				t.Fatal(err)
			}
		}
		write()
		runtime.GC()
		if kept := written.Value() != nil; kept != c.kept {
			t.Errorf("body of %d bytes: the buffer is kept: %v", c.body, kept)
		}
		runtime.KeepAlive(w)
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
	expect(w.WriteHeartBeat(), "stomp: cannot send: a frame is open, command SEND")
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
