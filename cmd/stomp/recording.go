package main

import (
	"bufio"
	"bytes"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A sent frame is one of a recording, complete: what has to be known of it to
// judge it. It is valid until the next one is read.
type sent struct {
	offset  int64
	version frame.Version // that it was read as
	head    frame.Head
	used    parser.Allow  // leniencies that it needed
	raw     []byte        // the head as it is on the wire
	data    []byte        // the names and values of the head
	empty   bool          // it has no body
	start   []byte        // what the body begins with
	at      time.Duration // when its last byte came, where there is an index
}

// begin takes over the head of a frame.
func (f *sent) begin(offset int64, v frame.Version, ev parser.Event) {
	f.offset, f.version, f.used, f.empty = offset, v, ev.Used, true
	f.raw, f.start = append(f.raw[:0], ev.Raw...), f.start[:0]
	size := 0
	for _, e := range ev.Head.Headers {
		size += len(e.Name) + len(e.Value)
	}
	if cap(f.data) < size {
		f.data = make([]byte, 0, size)
	}
	list, b := f.head.Headers[:0], f.data[:0]
	for _, e := range ev.Head.Headers {
		start, middle := len(b), len(b)+len(e.Name)
		b = append(append(b, e.Name...), e.Value...)
		list = append(list, headers.FieldView{Name: b[start:middle:middle], Value: b[middle:len(b):len(b)]})
	}
	f.data, f.head = b, ev.Head
	f.head.Headers = list
}

// command returns the command of a frame, "" of nil.
func (f *sent) command() frame.Command {
	if f == nil {
		return ""
	}
	return f.head.Command
}

// scanned returns a frame without content-length, with what counts of its
// body: whether there is one.
func (f *sent) scanned() frame.View {
	v := frame.View{Head: f.head}
	if !f.empty {
		v.Body = []byte("-")
	}
	return v
}

// swallows returns the command that a body begins with as a frame does, "" for
// none.
func (f *sent) swallows() frame.Command {
	line, _, _ := bytes.Cut(f.start, []byte{'\n'})
	if c := frame.Command(bytes.TrimSuffix(line, []byte{'\r'})); len(line) < len(f.start) && c.Known() {
		return c
	}
	return ""
}

// connects reports whether the frame is one with which a client begins.
func (f *sent) connects() bool { return f.command() == frame.CONNECT || f.command() == frame.STOMP }

// A recording is what one side sent. It is read frame by frame, no further
// than needed, and no body is held.
type recording struct {
	from   validate.Role
	in     *input
	index  *index // nil when there is none
	stream *stream
	report *report
	out    *bufio.Writer
	read   func([]byte) (int, error)
	buf    []byte        // what read reads into
	chunk  []byte        // what of buf has not been parsed
	held   error         // of read, to be told when chunk is empty
	frame  sent          // in progress, or complete
	middle bool          // it may begin inside a frame
	fed    bool          // it is given what comes, and does not read
	at     time.Duration // of what it was given
	sent   int64         // bytes that it was given
	ready  bool          // frame is complete, and has not been taken
	ended  bool
	err    error // why it ended before its end
}

func newRecording(from validate.Role, in, times *input, f *readFlags, r *report, out *bufio.Writer) *recording {
	rec := &recording{from: from, in: in, report: r, out: out}
	rec.read, rec.buf = in.reader(f.chunk)
	if times != nil {
		rec.index = newIndex(times, func(offset, size int64, at time.Duration) { r.watch.read(from, offset, size, at) })
	}
	ses := newSession(f.version, func(v frame.Version, why string) { r.readAs(from, v, why) })
	rec.stream = newStream(f.options(), ses, rec)
	rec.stream.ahead = in.ahead
	return rec
}

// peek returns the next frame, nil when there is none. It stays the next one
// until it is taken.
func (r *recording) peek() *sent {
	for r != nil && !r.ready && !r.ended {
		r.advance()
	}
	if r == nil || !r.ready {
		return nil
	}
	return &r.frame
}

// take takes the frame that peek returned.
func (r *recording) take() { r.ready = false }

// timed reports whether it is known when what was recorded came.
func (r *recording) timed() bool { return r != nil && (r.fed || r.index != nil) }

// broken reports whether there is nothing more, though there was more: the
// frames that did not come are not known. So are all of a recording that was
// not made.
func (r *recording) broken() bool { return r == nil || r.err != nil }

// setVersion says what the other side has said of the version.
func (r *recording) setVersion(v frame.Version) {
	r.stream.ses.version = v
	r.stream.setVersion()
}

// advance parses one piece of what has been read, or reads more.
func (r *recording) advance() {
	switch {
	case len(r.chunk) > 0:
		n, err := r.stream.next(r.chunk)
		if err != nil {
			r.stop(err)
			return
		}
		r.chunk = r.chunk[n:]
	case ended(r.held):
		r.finish()
	case r.held != nil:
		r.stop(r.in.errorf("%w", r.held))
	default:
		if err := flush(r.out, true); err != nil {
			r.stop(err)
			return
		}
		var n int
		n, r.held = r.read(r.buf)
		r.chunk = r.buf[:n]
	}
}

// finish ends the recording at its end.
func (r *recording) finish() {
	err := r.stream.finish()
	if err == nil && r.index != nil {
		err = r.index.finish(r.stream.offset)
	}
	r.stop(err)
}

// stop ends the recording, with or without an error.
func (r *recording) stop(err error) {
	r.ended, r.err = true, err
	r.ready = r.ready && err == nil
	if err != nil {
		r.report.watch.lose(r.from)
	}
}

// What follows makes a recording the sink of its stream.

// eol takes the end of line after a frame. What came in a later read does not
// belong to the frame.
func (r *recording) eol(offset int64, _ []byte, used parser.Allow) {
	if r.index != nil && offset >= r.index.end {
		r.report.beat(r.from, 1)
	}
	r.report.needed(r.from, offset, "end of line", used)
}

func (r *recording) gap(int64, []byte) {}

func (r *recording) gapEnd(g gap) {
	r.report.beat(r.from, g.beats)
	r.report.needed(r.from, g.offset, "between frames", g.used)
}

func (r *recording) head(offset int64, v frame.Version, ev parser.Event) {
	r.frame.begin(offset, v, ev)
}

func (r *recording) body(_ int64, piece []byte) {
	f := &r.frame
	f.empty = false
	const enough = len(frame.UNSUBSCRIBE) + len("\r\n")
	f.start = append(f.start, piece[:min(len(piece), enough-len(f.start))]...)
}

func (r *recording) end(offset int64, used parser.Allow) {
	r.ready, r.middle = true, false
	r.frame.used |= used
	if r.index == nil {
		r.frame.at = r.at
		return
	}
	var err error
	if r.frame.at, err = r.index.time(offset); err != nil {
		r.stop(err)
	}
}

func (r *recording) fail(e *parser.Error, _ int64, _ []byte) {
	if r.middle {
		r.report.lost(r.from, &lossError{offset: e.Offset, why: "the capture begins inside a frame", resync: r.stream.resync == nil})
		return
	}
	r.report.fault(r.from, e)
}

func (r *recording) skipped(int64, int64, int64) {}
