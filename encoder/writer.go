package encoder

import (
	"bytes"
	"io"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Writer writes frames to an [io.Writer]. WriteFrame and WriteView write whole
// frames. WriteHead or WriteHeadView, then Write, then CloseFrame stream a body that
// is too large to hold, as in archive/tar. A streamed frame can be abandoned only by
// closing the connection.
//
// The Writer copies a whole frame of up to 16 KiB, a head or a heart-beat into a
// buffer that it keeps, and writes it with one call of the io.Writer. A larger frame
// with a body takes three calls: for its head, its body, which is not copied, and the
// NUL. Put a bufio.Writer in between to combine calls.
//
// If a frame is refused with an [*Error], nothing of it is written, and the Writer
// can still be used. An error of the io.Writer is final, because it is unknown how
// much of the frame was written. A Writer must not be used by two goroutines at
// once.
type Writer struct {
	w       io.Writer
	version frame.Version
	opt     Options
	buf     []byte
	open    bool
	counted bool  // the body of the open frame has a known length
	nul     bool  // the body may have a NUL
	rest    int64 // bytes of the body that are not yet written, if counted
	command frame.Command
	err     error // of w, final
}

// retained is the largest capacity of a buffer that a Writer keeps, in bytes.
const retained = 16 << 10

// NewWriter returns a Writer of frames in version v. Before a version is agreed, v is
// frame.Unnegotiated.
func NewWriter(w io.Writer, v frame.Version, o Options) *Writer {
	return &Writer{w: w, version: v, opt: o}
}

// SetVersion sets the version of the frames that follow. Servers call it after
// writing CONNECTED, clients after reading it.
func (w *Writer) SetVersion(v frame.Version) { w.version = v }

// WriteFrame writes a whole frame. If the error is an [*Error], nothing was written.
// Other errors are those of the io.Writer.
func (w *Writer) WriteFrame(f *frame.Frame) error {
	if err := w.idle(); err != nil {
		return err
	}
	head, err := appendHead(w.buf[:0], f, w.version, w.opt)
	return w.whole(head, f.Body, err)
}

// WriteView is WriteFrame for a borrowed frame.
func (w *Writer) WriteView(v frame.View) error {
	if err := w.idle(); err != nil {
		return err
	}
	head, err := appendHeadView(w.buf[:0], &v, w.version, w.opt)
	return w.whole(head, v.Body, err)
}

// whole writes a head and its body, in one call if they fit into a buffer that the
// Writer keeps.
func (w *Writer) whole(head, body []byte, refused error) error {
	if refused != nil {
		return refused
	}
	if size := len(head) + len(body) + 1; size <= retained || len(body) == 0 {
		if size > cap(head) {
			head = append(make([]byte, 0, max(size, min(2*size, retained))), head...)
		}
		return w.flush(append(append(head, body...), 0))
	}
	if err := w.flush(head); err != nil {
		return err
	}
	if err := w.write(body); err != nil {
		return err
	}
	return w.flush(append(w.buf[:0], 0))
}

// WriteHeartBeat writes a heart-beat, one LF. While a streamed frame is open, it
// returns [FrameOpen].
func (w *Writer) WriteHeartBeat() error {
	if err := w.idle(); err != nil {
		return err
	}
	return w.flush(AppendHeartBeat(w.buf[:0]))
}

// WriteHead writes a head and opens the frame for its body.
//
// length is the length of the body in bytes. Write then accepts exactly that many
// bytes, and content-length is written as the options say. If length is negative, the
// content-length among the headers counts; if there is none, the body may have any
// length, but no NUL. If the command may not have a body, the body is empty.
func (w *Writer) WriteHead(c frame.Command, h headers.List, length int64) error {
	if err := w.idle(); err != nil {
		return err
	}
	b := Begin(w.buf[:0], c, w.version, w.opt)
	for i := range h {
		header(&b, h[i].Name, h[i].Value)
	}
	return w.openFrame(&b, length)
}

// WriteHeadView is WriteHead for a borrowed head, such as one from parser.Reader. Copy
// the body from the Reader then. The length of the body is the Length of the head.
func (w *Writer) WriteHeadView(h frame.Head) error {
	if err := w.idle(); err != nil {
		return err
	}
	b := Begin(w.buf[:0], h.Command, w.version, w.opt)
	for i := range h.Headers {
		header(&b, h.Headers[i].Name, h.Headers[i].Value)
	}
	n, _ := h.Length.Get()
	return w.openFrame(&b, n)
}

// openFrame writes the head in b and opens the frame for its body.
func (w *Writer) openFrame(b *Builder, length int64) error {
	if length < 0 {
		length = b.length
	}
	if length < 0 && !b.command.MayHaveBody(b.version) {
		length = 0
	}
	if !b.endHead(length, false) {
		return b.err
	}
	if err := w.flush(b.dst); err != nil {
		return err
	}
	w.open, w.command = true, b.command
	w.counted, w.rest = length >= 0, length
	w.nul = b.length >= 0 && b.nulAllowed()
	return nil
}

// Write writes a piece of the body of the open frame. It refuses a piece that
// exceeds the length of the body with [TooLong], and one with a NUL that the body
// must not have with [NULInBody]. Nothing of such a piece is written.
func (w *Writer) Write(piece []byte) (int, error) {
	switch {
	case w.err != nil:
		return 0, w.err
	case !w.open:
		return 0, w.refuse(NoFrame)
	case w.counted && int64(len(piece)) > w.rest:
		return 0, w.refuse(TooLong)
	case !w.nul && bytes.IndexByte(piece, 0) >= 0:
		return 0, w.refuse(NULInBody)
	case len(piece) == 0:
		return 0, nil
	}
	n, err := w.w.Write(piece)
	if err == nil && n < len(piece) {
		err = io.ErrShortWrite
	}
	w.rest -= int64(n)
	w.err = err
	return n, err
}

// CloseFrame writes the NUL that ends the open frame. If the body is shorter than its
// length, CloseFrame returns [TooShort], and the frame stays open.
func (w *Writer) CloseFrame() error {
	switch {
	case w.err != nil:
		return w.err
	case !w.open:
		return w.refuse(NoFrame)
	case w.counted && w.rest > 0:
		return w.refuse(TooShort)
	}
	w.open, w.command = false, ""
	return w.flush(append(w.buf[:0], 0))
}

// idle returns an error if a frame cannot begin now.
func (w *Writer) idle() error {
	if w.err == nil && w.open {
		return w.refuse(FrameOpen)
	}
	return w.err
}

func (w *Writer) refuse(k ErrorKind) error {
	e := &Error{Kind: k, Index: -1}
	if w.command.Known() {
		e.Command = w.command
	}
	return e
}

// flush writes b, which is the buffer or replaces it.
func (w *Writer) flush(b []byte) error {
	w.buf = nil
	if cap(b) <= retained {
		w.buf = b[:0]
	}
	return w.write(b)
}

func (w *Writer) write(b []byte) error {
	n, err := w.w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	w.err = err
	return err
}
