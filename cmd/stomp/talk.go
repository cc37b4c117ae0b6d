package main

import (
	"bufio"
	"bytes"
	"fmt"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A talk is a conversation of a capture that is being read: what the two sides
// of a connection say to each other, in the order of the capture.
type talk struct {
	conn  *capture.Conn
	sides [2]*talkSide // by role
}

// A talkSide is what one of the two sends.
type talkSide struct {
	from     validate.Role
	stream   *stream
	at       time.Duration // of what it sent last, since the connection began
	finished bool          // nothing more of it is read
}

// newTalk begins a conversation. sinks take what each side sends, tell which
// version was found, and trouble each error.
func newTalk(conn *capture.Conn, f *readFlags, resync bool, sinks [2]sink, trouble func(validate.Role, error)) *talk {
	t := &talk{conn: conn}
	for i := range t.sides {
		s := &talkSide{from: validate.Role(i)}
		s.stream = newStream(f.options(), newSession(f.version, func(v frame.Version, _ string) { t.learned(s, v) }), sinks[i])
		s.stream.hint = !resync
		if resync {
			s.stream.resync = func(err error) { trouble(s.from, err) }
		}
		t.sides[i] = s
	}
	return t
}

// learned takes the version that a side was found to have. What CONNECTED says
// goes for both.
func (t *talk) learned(s *talkSide, v frame.Version) {
	if s.from == validate.Server {
		c := t.sides[validate.Client].stream
		c.ses.version, c.ses.why = v, ""
		c.setVersion()
	}
}

// data reads what a side has sent. The error is one of the parser.
func (t *talk) data(from validate.Role, at time.Time, b []byte) error {
	s := t.sides[from]
	s.at = at.Sub(t.conn.Began)
	if s.finished {
		return nil
	}
	s.stream.after = false // what came later does not belong to the frame
	err := s.stream.write(b)
	if s.finished = err != nil; !s.finished {
		s.stream.endGap() // so that each heart-beat has its time
	}
	return err
}

// lost goes on behind what is missing, or says that it cannot.
func (t *talk) lost(from validate.Role, at time.Time, n int, why string) error {
	s := t.sides[from]
	s.at = at.Sub(t.conn.Began)
	if s.finished {
		return nil
	}
	st := s.stream
	err := error(&lossError{offset: st.offset, why: why, resync: n >= 0 && st.resync == nil})
	if n >= 0 && st.resync != nil {
		st.resync(err)
		return st.lose(true, int64(n))
	}
	s.finished = true
	st.abandon()
	return err
}

// abandon ends a stream of which the rest is not known.
func (s *stream) abandon() {
	s.endGap()
	if start, inside := s.p.FrameStart(); inside {
		e := &parser.Error{Kind: parser.UnexpectedEOF, Offset: s.offset, Frame: s.base + start}
		s.sink.fail(e, s.offset-int64(len(s.rest)), s.rest)
	}
}

// finish says that the connection is over.
func (t *talk) finish(trouble func(validate.Role, error)) {
	for _, s := range t.sides {
		if s.finished {
			continue
		}
		s.finished = true
		if err := s.stream.finish(); err != nil {
			trouble(s.from, err)
		}
	}
}

// A lossError says that a part of what a side sent is not known.
type lossError struct {
	offset int64
	why    string
	resync bool // -resync would go on
}

func (e *lossError) Error() string {
	return fmt.Sprintf("at offset %d: %s", e.offset, e.text())
}

// text returns the error without the offset.
func (e *lossError) text() string {
	if e.resync {
		return e.why + "; -resync goes on with the next frame"
	}
	return e.why
}

// A block is a sink that prints what each frame is made of at once, when the
// frame is complete, so that those of two sides do not mix.
type block struct {
	sink
	buf   bytes.Buffer
	w     *bufio.Writer // to buf, which the sink writes to
	print func(block []byte)
}

// maxBlock is how much is printed at once, of long bodies.
const maxBlock = 1 << 20

func newBlock(inner func(*bufio.Writer) sink, print func([]byte)) *block {
	b := &block{print: print}
	b.w = bufio.NewWriterSize(&b.buf, 512)
	b.sink = inner(b.w)
	return b
}

func (b *block) flush() {
	b.w.Flush()
	if b.buf.Len() > 0 {
		b.print(b.buf.Bytes())
		if b.buf.Reset(); b.buf.Cap() > kept {
			b.buf = bytes.Buffer{}
		}
	}
}

func (b *block) eol(offset int64, raw []byte, used parser.Allow) {
	b.sink.eol(offset, raw, used)
	b.flush()
}

func (b *block) gapEnd(g gap) {
	b.sink.gapEnd(g)
	b.flush()
}

func (b *block) body(offset int64, piece []byte) {
	b.sink.body(offset, piece)
	if b.buf.Len() > maxBlock {
		b.flush()
	}
}

func (b *block) end(offset int64, used parser.Allow) {
	b.sink.end(offset, used)
	b.flush()
}

func (b *block) skipped(offset, n, missing int64) {
	b.sink.skipped(offset, n, missing)
	b.flush()
}

func (b *block) fail(e *parser.Error, offset int64, rest []byte) {
	b.sink.fail(e, offset, rest)
	b.flush()
}
