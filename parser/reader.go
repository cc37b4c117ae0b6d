package parser

import (
	"errors"
	"io"
	"iter"
	"slices"

	"github.com/stompwire/stomp/frame"
)

// readSize is the size of a Reader's buffer in bytes, unless NewReaderSize says
// otherwise.
const readSize = 16 << 10

// leastReadSize is the smallest buffer of a Reader in bytes.
const leastReadSize = 512

// A Reader reads frames from an [io.Reader]. [Reader.ReadFrame] and
// [Reader.Frames] return whole owned frames. [Reader.Next] returns a borrowed head,
// whose body [Reader.Read] then streams.
//
// A Reader reads ahead, up to the size of its buffer: see [Reader.ReadAhead]. While
// it waits between frames, it holds its buffer and at most 4 KiB more. It must not
// be used by two goroutines at once.
//
// # Time
//
// A Reader has no clock: set deadlines on its io.Reader, such as a net.Conn. The
// simplest way is an io.Reader that sets a deadline before each Read of the connection.
// There it can also call [Reader.FrameStart], to time out a frame that takes too long.
//
// An error whose Timeout method returns true is not final. No byte is lost, and the
// same method can be called again to continue, even in the middle of a frame. If
// ReadFrame timed out inside a body, Read and Next continue after the part that it
// has read. All other errors are final. If the io.Reader repeatedly returns no
// data, the error is [io.ErrNoProgress].
//
// A Reader counts heart-beats: see [Reader.HeartBeats]. [Reader.Poll] returns when
// they come.
type Reader struct {
	r          io.Reader
	p          Parser
	buf        []byte // bytes that were read and not yet consumed
	space      []byte // the buffer that buf is a slice of
	size       int    // of space
	beats      int64
	piece      []byte       // of the body: consumed, but not yet copied to the caller
	body       bool         // inside a frame, after its head
	kept       bool         // the head does not borrow from space
	begun      *frame.Frame // the part of a frame that ReadFrame had at a timeout
	slab       slab         // for small frames, while buf has more of them
	into       []byte       // where to read to instead of space
	polling    bool         // next returns at heart-beats
	pendingErr error        // of the io.Reader, returned when buf is empty
	err        error        // final
}

// NewReader returns a Reader with a buffer of 16 KiB, which it allocates at the
// first read.
func NewReader(r io.Reader, o Options) *Reader { return NewReaderSize(r, readSize, o) }

// NewReaderSize is NewReader with a buffer of size bytes, but at least 512. The
// buffer bounds what one Read of the io.Reader can return, not the size of a frame.
func NewReaderSize(r io.Reader, size int, o Options) *Reader {
	return &Reader{r: r, p: Parser{opts: o}, size: max(size, leastReadSize)}
}

// step returns the next event other than NeedMore, and its bytes in buf.
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
			r.p.trim() // more may not come for long
		}
		if err := r.fill(); isTimeout(err) {
			return NeedMore, nil, err
		} else if err != nil {
			r.err = err
		}
	}
	return NeedMore, nil, r.err
}

func isTimeout(err error) bool {
	if err == nil || err == io.EOF {
		return false
	}
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// fill reads more input. At the end of input it returns io.EOF between frames, and
// otherwise the error of the parser. It returns other errors of the io.Reader
// unchanged.
func (r *Reader) fill() error {
	if r.space == nil {
		r.space = make([]byte, r.size)
	}
	r.slab = slab{}
	for range 100 {
		n, err := 0, r.pendingErr
		r.pendingErr = nil
		if err == nil {
			if r.body && !r.kept {
				r.p.keepHead()
				r.kept = true
			}
			if poisoning {
				poison(r.space)
				r.space = make([]byte, r.size)
			}
			space := r.space
			if r.into != nil {
				space = r.into
			}
			n, err = r.r.Read(space)
			r.buf = space[:n]
		}
		switch {
		case n > 0:
			r.pendingErr = err
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

// Next returns the head of the next frame. It skips what is left of the previous
// body.
// The error is [io.EOF] if the input ends between frames, an [*Error] if the input
// breaks the protocol or ends inside a frame, or the error of the io.Reader.
//
// The head is borrowed: it is valid until the next call of Next, ReadFrame or
// Poll, even while the body is read.
func (r *Reader) Next() (frame.Head, error) {
	if _, err := r.next(); err != nil {
		return frame.Head{}, err
	}
	return r.p.lentHead(), nil
}

// next returns the head of the next frame as it is on the wire.
func (r *Reader) next() (head []byte, err error) {
	r.piece, r.begun = nil, nil
	for {
		kind, raw, err := r.step()
		if err != nil {
			return nil, err
		}
		switch kind {
		case HeadEvent:
			r.body, r.kept = true, r.p.head.buffered
			if r.kept {
				raw = r.p.mem.buf
			}
			return raw, nil
		case HeartBeatEvent:
			r.beats += int64(r.p.gap.count)
			if r.polling && r.p.gap.count > 0 {
				return nil, errBeats
			}
		case EndEvent:
			r.body = false
		}
	}
}

// Read reads the body of the frame whose head Next returned. After the NUL that ends
// the body, it returns 0 and [io.EOF], as it does if there is no frame. Other errors
// are those of Next.
func (r *Reader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	r.begun = nil // ReadFrame can no longer complete the frame
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
		case BodyEvent:
			r.piece = raw
		case EndEvent:
			r.body = false
		}
	}
	n := copy(b, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// ReadFrame reads a whole frame. It skips what is left of the previous frame. The
// caller owns the frame. Errors are those of Next.
//
// All names and values are parts of one string: keeping one of them keeps the text
// of the whole head in memory. Use [strings.Clone] to keep one alone. Small frames
// that came together share memory, up to eight frames and 14 KiB: keeping one keeps
// them all in memory. If the body has at most 1 KiB, keeping the list of headers may
// also keep the frame.
//
// A frame that is read in one piece takes at most four allocations. Memory grows
// with the bytes that have come, not with the content-length: a frame that comes in
// pieces takes one more allocation for each doubling of a buffer.
func (r *Reader) ReadFrame() (*frame.Frame, error) {
	f := r.begun
	if f == nil {
		head, err := r.next()
		if err != nil {
			return nil, err
		}
		if body, ok := r.p.wholeBody(r.buf); ok {
			r.buf = r.buf[len(body)+1:]
			r.body = false
			if f := r.slab.own(&r.p, head, body, len(r.buf)); f != nil {
				return f, nil
			}
			f := r.p.ownHead(head, len(body) <= smallBody)
			f.Body = append([]byte(nil), body...) // nil when empty
			return f, nil
		}
		f = r.p.ownHead(head, false)
		r.kept = true // by f
	}
	r.begun = nil
	length := r.p.head.length
	for {
		if len(r.buf) == 0 && r.p.state == counted && r.p.toCome >= int64(r.size) && cap(f.Body)-len(f.Body) >= r.size {
			r.into = f.Body[len(f.Body):cap(f.Body)]
		}
		kind, raw, err := r.step()
		straight := r.into != nil
		if straight {
			r.into, r.buf = nil, nil
		}
		switch {
		case err != nil:
			if r.err == nil { // a timeout
				r.begun = f
			}
			return nil, err
		case straight:
			f.Body = f.Body[:len(f.Body)+len(raw)]
		case kind == BodyEvent && length >= 0:
			f.Body = appendBody(f.Body, raw, length)
		case kind == BodyEvent:
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

// errBeats makes ReadFrame return at heart-beats. Poll never returns it.
var errBeats = errors.New("heart-beats")

// Poll is like [Reader.ReadFrame], but also returns when heart-beats come before a
// frame: f is then nil. beats is the number of heart-beats that this call read. The
// line ending that many servers write after a frame counts as one. Use Poll to check
// that the peer is alive: set a deadline on the io.Reader before each call.
//
// A large frame may take longer than the deadline, and heart-beats cannot come
// inside it. If [Reader.Offset] is larger after a timeout than before the call, the
// peer is alive: call Poll again.
func (r *Reader) Poll() (f *frame.Frame, beats int, err error) {
	before := r.beats
	r.polling = true
	f, err = r.ReadFrame()
	r.polling = false
	if err == errBeats {
		err = nil
	}
	return f, int(r.beats - before), err
}

// appendBody is append for a counted body that the caller will own. length is its
// content-length. If the capacity must grow, it becomes eight times what has come, from
// 4 to 128 KiB, or twice the old capacity if that is more, but at most length.
func appendBody(dst, piece []byte, length int64) []byte {
	const least, most = 4 << 10, 128 << 10
	room := max(least, min(8*(len(dst)+len(piece)), most))
	return appendWithin(dst, piece, room, length)
}

// Frames returns an iterator over the remaining frames, which the caller owns. It
// ends at the end of input. Any other error is the last element, with a nil frame. After
// a timeout, a new call of Frames continues where this one ended.
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

// HeartBeats returns how many line endings between frames have been read so far
// (STOMP 1.2, "Heart-beating").
func (r *Reader) HeartBeats() int64 { return r.beats }

// ReadAhead returns the bytes that were read from the io.Reader and are not yet part
// of a frame or heart-beat. A program that hands the connection over to another
// protocol needs them. They are borrowed until the next call.
func (r *Reader) ReadAhead() []byte { return slices.Clip(r.buf) }

// Used returns the leniencies that the current frame has needed so far.
func (r *Reader) Used() Allow { return r.p.head.used }

// SetVersion sets the version from the next frame on, even if its bytes were read
// ahead.
func (r *Reader) SetVersion(v frame.Version) { r.p.SetVersion(v) }

// SetLimits sets the limits from the next frame on.
func (r *Reader) SetLimits(l Limits) { r.p.SetLimits(l) }

// Offset returns how many bytes of the stream have been parsed, also those of a
// frame that is not complete.
func (r *Reader) Offset() int64 { return r.p.Offset() }

// FrameStart is [Parser.FrameStart].
func (r *Reader) FrameStart() (offset int64, ok bool) { return r.p.FrameStart() }

// Reset prepares the reader for another stream.
func (r *Reader) Reset(src io.Reader, o Options) {
	*r = Reader{r: src, p: r.p, space: r.space, size: r.size}
	r.p.Reset(o)
}
