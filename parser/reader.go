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

// A Reader reads frames from an [io.Reader]: either their heads with
// [Reader.Next] and then their bodies, as streams, with [Reader.Read], or whole
// and owned with [Reader.ReadFrame] or [Reader.Frames].
//
// It reads ahead, up to the size of its buffer (see [Reader.ReadAhead]). While it
// waits between frames it holds that buffer and 4 KiB at most. It must not be
// used by two goroutines at once.
//
// # Time
//
// A Reader has no clock. It is for the io.Reader to have deadlines, as a
// net.Conn has. An error whose Timeout method returns true is not final: no byte
// is lost, and the same method can be called again to go on where it stopped, in
// the middle of a frame too. (After ReadFrame has stopped inside a body, Read and
// Next go on behind what it had of that body.) All other errors are final. If the io.Reader
// repeatedly returns no data, the error is [io.ErrNoProgress].
//
// Heart-beats are taken and counted ([Reader.HeartBeats]). [Reader.Poll] returns
// when they come.
type Reader struct {
	r          io.Reader
	p          Parser
	buf        []byte // what was read and not yet taken
	space      []byte // what buf lies in
	size       int    // of space
	beats      int64
	piece      []byte       // of the body: taken from buf, not yet given to the caller
	body       bool         // inside a frame, after its head
	kept       bool         // its head does not lie in space
	begun      *frame.Frame // what ReadFrame has of the frame when a time-out came
	slab       slab         // of small frames, while there are more in buf
	into       []byte       // what to read into instead of space
	polling    bool         // a heart-beat ends next
	pendingErr error        // of the io.Reader, to be returned once buf is taken
	err        error        // final
}

// NewReader returns a reader with a buffer of 16 KiB. It allocates the buffer at
// the first read.
func NewReader(r io.Reader, o Options) *Reader { return NewReaderSize(r, readSize, o) }

// NewReaderSize is NewReader with a buffer of size bytes, at least 512. The
// buffer bounds what one call of the io.Reader's Read can return, not the size of
// a frame.
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
			r.p.trim() // it may be long before more comes
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

// fill reads more. At the end of input it returns io.EOF between frames, else
// what the parser says of it. Any other error of the io.Reader it returns as it
// is.
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

// Next goes on to the next frame and returns its head. What the caller has not
// read of the body before is skipped. The error is [io.EOF] when the input ends
// between frames, an [*Error] when the peer broke the protocol, which includes
// an end inside a frame, or the error of the io.Reader.
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

// Read reads the body of the frame whose head Next returned. At the end of the
// body, when the NUL after it has come, it returns 0 and [io.EOF]; so it does
// when there is no frame. Other errors are those of Next.
func (r *Reader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	r.begun = nil // what ReadFrame had of the frame lacks what is read here
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

// ReadFrame reads a whole frame, after skipping what is left of the one before.
// The frame is the caller's. Errors are those of Next.
//
// Names and values are parts of one text: a string that is kept keeps the text
// of the whole head; use [strings.Clone] for one that is to outlive the rest.
// Small frames that came together share memory, up to eight of them and 14 KiB: one
// that is kept keeps the others. [frame.Frame.Clone] makes one that does not. The
// list of a frame with a body of up to 1 KiB may be one allocation with the frame.
//
// A frame that has come whole costs at most four allocations. Memory grows with
// what has come, not with what a content-length claims: a frame that comes in
// pieces costs one more for each time that its buffers double, where they are
// not there yet.
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
			if r.err == nil { // a time-out
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

// errBeats never leaves Poll.
var errBeats = errors.New("heart-beats")

// Poll is [Reader.ReadFrame] that also returns when heart-beats have come and no
// frame: the frame is then nil, and beats says how many there were. It is for
// callers who watch the time: set a deadline before each call.
//
// Inside a frame no heart-beats can come, and a large frame may take longer than
// the deadline. After a time-out, compare [Reader.Offset] with its value before
// the call: if it is larger, the peer is alive, and Poll can be called again.
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

// HeartBeats returns how many end of lines between frames have been read so
// far (STOMP 1.2, "Heart-beating"). Any byte that comes is a sign of life.
func (r *Reader) HeartBeats() int64 { return r.beats }

// ReadAhead returns the bytes that were read from the io.Reader and not yet
// taken as part of a frame or heart-beat: what another protocol begins with,
// when a connection is handed over. They are borrowed until the next call.
func (r *Reader) ReadAhead() []byte { return slices.Clip(r.buf) }

// Used returns the leniencies that the current frame needed, as far as it has
// been read.
func (r *Reader) Used() Allow { return r.p.head.used }

// SetVersion sets the version in force from the next frame on. What has been
// read ahead is read by it too.
func (r *Reader) SetVersion(v frame.Version) { r.p.SetVersion(v) }

// SetLimits sets the limits from the next frame on.
func (r *Reader) SetLimits(l Limits) { r.p.SetLimits(l) }

// Offset returns the offset in the stream, in bytes from its start, of the
// next byte that has not been taken as part of a frame or heart-beat.
func (r *Reader) Offset() int64 { return r.p.Offset() }

// FrameStart is [Parser.FrameStart].
func (r *Reader) FrameStart() (offset int64, ok bool) { return r.p.FrameStart() }

// Reset makes the reader as good as new, for another stream.
func (r *Reader) Reset(src io.Reader, o Options) {
	*r = Reader{r: src, p: r.p, space: r.space, size: r.size}
	r.p.Reset(o)
}
