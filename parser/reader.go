package parser

import (
	"io"
	"iter"

	"github.com/stompwire/stomp/frame"
)

// readSize is the size of a Reader's buffer in octets.
const readSize = 16 << 10

// A Reader reads frames from an [io.Reader]: either their heads with
// [Reader.Next] and then their bodies, as streams, with [Reader.Read], or whole
// and owned with [Reader.ReadFrame] or [Reader.Frames].
//
// It reads ahead, up to 16 KiB, and takes heart-beats without reporting them:
// see [Reader.Heartbeats]. Time-outs are those of the io.Reader, and final like
// any other error. Of an io.Reader that again and again returns nothing, the error
// is [io.ErrNoProgress]. While it waits between frames a Reader holds its buffer
// and 4 KiB at most. It must not be used by two goroutines at once.
type Reader struct {
	r     io.Reader
	p     Parser
	buf   []byte // what was read and not yet taken
	space []byte // what buf lies in
	beats int64
	piece []byte // of the body: taken from buf, not yet given to the caller
	body  bool   // inside a frame, after its head
	kept  bool   // its head does not lie in space
	late  error  // of the io.Reader, to be returned when buf is taken
	err   error  // final
}

// NewReader returns a reader. It allocates its buffer at the first read.
func NewReader(r io.Reader, o Options) *Reader { return &Reader{r: r, p: Parser{set: o}} }

// step returns the next event other than NeedMore, and its octets in buf.
func (r *Reader) step() (kind EventKind, raw []byte, err error) {
	for r.err == nil {
		if len(r.buf) > 0 {
			kind, n, e := r.p.step(r.buf)
			if e != nil {
				r.err = e
				break
			}
			raw, r.buf = r.buf[:n], r.buf[n:]
			if kind != NeedMore {
				return kind, raw, nil
			}
		}
		if r.p.idle {
			r.p.trim() // it may be long before more comes
		}
		r.err = r.fill()
	}
	return NeedMore, nil, r.err
}

// fill reads more. At the end of input it returns io.EOF between frames, else
// what the parser says of it. Any other error of the io.Reader it returns as it
// is.
func (r *Reader) fill() error {
	if r.space == nil {
		r.space = make([]byte, readSize)
	}
	for range 100 {
		n, err := 0, r.late
		if err == nil {
			if r.body && !r.kept {
				r.p.keepHead()
				r.kept = true
			}
			n, err = r.r.Read(r.space)
			r.buf = r.space[:n]
		}
		switch {
		case n > 0:
			r.late = err
			return nil
		case err == io.EOF:
			if err := r.p.Finish(); err != nil {
				return err
			}
			return io.EOF
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

// Next goes on to the next frame and returns its head. What the caller has not
// read of the body before is skipped. The error is [io.EOF] when the input ends
// between frames, an [*Error] when the peer broke the protocol, which includes
// an end inside a frame, or the error of the io.Reader. All are final.
//
// The head is borrowed: valid until the next call of Next or ReadFrame, while
// the body is read too.
func (r *Reader) Next() (frame.Head, error) {
	if _, err := r.next(); err != nil {
		return frame.Head{}, err
	}
	return r.p.lentHead(), nil
}

// next goes on to the next frame and returns its head as it is on the wire.
func (r *Reader) next() (head []byte, err error) {
	r.piece = nil
	for {
		kind, raw, err := r.step()
		if err != nil {
			return nil, err
		}
		switch kind {
		case Head:
			r.body, r.kept = true, r.p.head.buffered
			if r.kept {
				raw = r.p.mem.buf
			}
			return raw, nil
		case Heartbeat:
			r.beats += int64(r.p.gap.count)
		case End:
			r.body = false
		}
	}
}

// Read reads the body of the frame whose head Next returned. At the end of the
// body, when the NUL after it has come, it returns 0 and [io.EOF]; so it does
// when there is no frame. Other errors are those of Next.
func (r *Reader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for len(r.piece) == 0 {
		if !r.body {
			if r.err != nil {
				return 0, r.err
			}
			return 0, io.EOF
		}
		kind, raw, err := r.step()
		if err != nil {
			return 0, err
		}
		switch kind {
		case Body:
			r.piece = raw
		case End:
			r.body = false
		}
	}
	n := copy(b, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// ReadFrame reads a whole frame, after skipping what is left of the one before.
// The frame is the caller's. Errors are those of Next.
//
// Names and values are parts of one text: a string that is kept keeps the text
// of the whole head; use [strings.Clone] for one that is to outlive the rest.
// The list of a frame with a body of up to 1 KiB may be one allocation with the
// frame.
//
// A frame that has come whole costs at most four allocations. Memory grows with
// what has come, not with what a content-length claims: a frame that comes in
// pieces costs one more for each time that its buffers double, where they are
// not there yet.
func (r *Reader) ReadFrame() (*frame.Frame, error) {
	head, err := r.next()
	if err != nil {
		return nil, err
	}
	length := r.p.head.length
	if body, ok := r.p.wholeBody(r.buf); ok {
		f := r.p.ownHead(head, len(body) <= smallBody)
		r.buf = r.buf[len(body)+1:]
		r.body = false
		f.Body = append([]byte(nil), body...) // nil when empty
		return f, nil
	}
	f := r.p.ownHead(head, false)
	r.kept = true // by f
	for {
		kind, raw, err := r.step()
		switch {
		case err != nil:
			return nil, err
		case kind == Body && length >= 0:
			f.Body = appendBody(f.Body, raw, length)
		case kind == Body:
			r.p.keepBody(raw)
		default: // End
			r.body = false
			if f.Body == nil {
				f.Body = r.p.ownBody()
			}
			return f, nil
		}
	}
}

// appendBody is appendWithin for a counted body that is to be owned: the first
// piece gets a slice of that length, but no more than 4 KiB or eight times what
// has come.
func appendBody(dst, piece []byte, length int64) []byte {
	if dst == nil {
		const small = 4 << 10
		dst = make([]byte, 0, min(length, max(8*int64(len(piece)), small)))
	}
	return appendWithin(dst, piece, leastBody, length)
}

// Frames goes through the frames that are left. An error is the last thing it
// yields, with a nil frame; the end of input between frames is none.
func (r *Reader) Frames() iter.Seq2[*frame.Frame, error] {
	return func(yield func(*frame.Frame, error) bool) {
		for {
			f, err := r.ReadFrame()
			if err == io.EOF {
				return
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// Heartbeats returns how many end of lines between frames have been read so
// far. A Reader blocks while only they come; to see each as it comes, use a
// [Parser], or watch the io.Reader: any octet is a sign of life (STOMP 1.2,
// "Heart-beating").
func (r *Reader) Heartbeats() int64 { return r.beats }

// Used returns the leniencies that the current frame needed, as far as it has
// been read.
func (r *Reader) Used() Allow { return r.p.head.used }

// SetVersion sets the version in force from the next frame on. What has been
// read ahead is read by it too.
func (r *Reader) SetVersion(v frame.Version) { r.p.SetVersion(v) }

// SetLimits sets the limits from the next frame on.
func (r *Reader) SetLimits(l Limits) { r.p.SetLimits(l) }

// Offset returns the offset in the stream, in octets from its start, of the
// next octet that has not been taken as part of a frame or heart-beat.
func (r *Reader) Offset() int64 { return r.p.Offset() }

// FrameStart is [Parser.FrameStart].
func (r *Reader) FrameStart() (offset int64, ok bool) { return r.p.FrameStart() }

// Reset makes the reader as good as new, for another stream.
func (r *Reader) Reset(src io.Reader, o Options) {
	p, space := r.p, r.space
	*r = Reader{r: src, p: p, space: space}
	r.p.Reset(o)
}
