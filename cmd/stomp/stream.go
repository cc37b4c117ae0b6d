package main

import (
	"bytes"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

// A sink takes what a stream is made of, in its order. What it is lent it may
// use during the call.
type sink interface {
	// eol takes the end of line that belongs to the frame before it.
	eol(offset int64, raw []byte, used parser.Allow)
	// gap takes a piece of what else stands between frames, as it is.
	gap(offset int64, raw []byte)
	// gapEnd takes a whole gap when it is over.
	gapEnd(g gap)
	// head takes the head of a frame, which was read as version v.
	head(offset int64, v frame.Version, ev parser.Event)
	// body takes a piece of a body.
	body(offset int64, piece []byte)
	// end takes the NUL that ends a frame, and the leniencies that the body
	// and the NUL needed.
	end(offset int64, used parser.Allow)
	// skipped takes how much was not read from offset on, while the next frame was
	// looked for; missing of it is not there at all.
	skipped(offset, n, missing int64)
	// fail takes the error that ends the stream, and what was not yet part of
	// anything above: the bytes from offset to the one at fault.
	fail(e *parser.Error, offset int64, rest []byte)
}

// A gap is what stands between frames, but for the end of line that belongs to
// the frame before it: heart-beats, and NULs of padding.
type gap struct {
	offset, beats, nuls int64
	used                parser.Allow
}

// A stream parses what is written to it and gives a sink what it finds, however
// it is cut.
type stream struct {
	p       *parser.Parser
	options parser.Options
	ses     *session
	sink    sink
	version frame.Version // that the parser has
	// ahead returns what follows on what was written, as far as that is known
	// without waiting; nil for nothing. It is looked at to explain an error.
	ahead func() []byte
	// resync, if not nil, takes each error, and the stream goes on with the next
	// frame.
	resync func(error)
	hint   bool // to say that -resync may help

	lost    *search    // for the next frame, in progress
	base    int64      // where the parser began
	between *gap       // in progress
	after   bool       // a frame has just ended
	current unfinished // the frame in progress
	word    []byte     // bytes of a command, held back until the version is known
	rest    []byte     // bytes that the parser has taken and holds
	tail    []byte     // of the chunk, behind what step was given
	offset  int64      // of the next byte to be given to the parser
}

// unfinished is what is known of a frame whose head has come.
type unfinished struct {
	offset int64
	head   []byte // as it is on the wire
	length frame.ContentLength
	nul    int64        // how many bytes of the body stand before its first NUL, or -1
	used   parser.Allow // by the body
}

func newStream(o parser.Options, ses *session, to sink) *stream {
	return &stream{p: parser.New(o), options: o, ses: ses, sink: to, version: o.Version}
}

// setVersion tells the parser what the session has found.
func (s *stream) setVersion() {
	s.version = s.ses.version
	s.p.SetVersion(s.version)
}

// write parses a chunk.
func (s *stream) write(chunk []byte) error {
	for len(chunk) > 0 {
		n, err := s.take(chunk)
		if err != nil {
			return err
		}
		chunk = chunk[n:]
	}
	return nil
}

// take is next, and goes on after an error where that was asked for.
func (s *stream) take(chunk []byte) (int, error) {
	n, err := s.next(chunk)
	if err != nil && s.resync != nil {
		s.resync(err)
		err = s.lose(false, 0)
	}
	return n, err
}

// next parses the front of a chunk, not beyond the end of a frame, and returns
// how many bytes it took.
func (s *stream) next(chunk []byte) (int, error) {
	s.tail = nil
	if s.lost != nil {
		return s.seek(chunk)
	}
	if _, inside := s.p.FrameStart(); !inside && s.ses.open() {
		return s.peek(chunk)
	}
	return s.step(chunk)
}

// finish says that the stream has ended.
func (s *stream) finish() error {
	s.tail = nil
	if err := s.release(); err != nil {
		return err
	}
	if s.lost != nil {
		s.found()
		return nil
	}
	if err := s.p.Finish(); err != nil {
		return s.fail(err, nil)
	}
	s.endGap()
	return nil
}

// peek is step between frames while the version is not known. It holds the
// command back until it is clear whether the frame is a handshake.
func (s *stream) peek(chunk []byte) (int, error) {
	n := 0
	for n < len(chunk) && (chunk[n] == '\n' || chunk[n] == '\r' || chunk[n] == 0) {
		n++
	}
	switch {
	case len(s.word) > 0:
	case n > 0:
		s.tail = chunk[n:]
		return s.step(chunk[:n])
	case s.p.Buffered() > 0:
		return s.step(chunk)
	}
	s.word, s.tail = append(s.word, chunk[0]), chunk[1:]
	yes, known := beginsHandshake(s.word)
	if !known {
		return 1, nil
	}
	if !yes {
		s.ses.join()
		s.setVersion()
	}
	return 1, s.release()
}

// release parses what was held back.
func (s *stream) release() error {
	word := s.word
	s.word = nil
	for len(word) > 0 {
		n, err := s.step(word)
		if err != nil {
			s.rest = append(s.rest, word...)
			s.offset += int64(len(word))
			return err
		}
		word = word[n:]
	}
	return nil
}

// step takes one event from the front of src and returns how many bytes it
// took. The end of line after a frame is an event of its own.
func (s *stream) step(src []byte) (int, error) {
	front := src
	if s.after {
		n := text.EndOfLine(src)
		s.after = n > 0
		if s.after {
			front = src[:n]
		}
	}
	ev, n, err := s.p.Next(front)
	if err != nil {
		return 0, s.fail(err, src)
	}
	s.offset += int64(n)
	if ev.Kind == parser.NeedMore {
		s.rest = append(s.rest, front[:n]...)
		return n, nil
	}
	s.rest = s.rest[:0]
	at := s.offset - int64(len(ev.Raw))
	switch ev.Kind {
	case parser.HeartBeatEvent:
		if s.after {
			s.after = false
			s.sink.eol(at, ev.Raw, ev.Used)
			break
		}
		if s.between == nil {
			s.between = &gap{offset: at}
		}
		s.between.beats += int64(ev.Count)
		s.between.nuls += int64(bytes.Count(ev.Raw, []byte{0}))
		s.between.used |= ev.Used
		s.sink.gap(at, ev.Raw)
	case parser.HeadEvent:
		s.endGap()
		s.current = unfinished{offset: at, head: append(s.current.head[:0], ev.Raw...), length: ev.Head.Length, nul: -1}
		s.sink.head(at, s.version, ev)
		if s.ses.learn(ev.Head.Command, ev.Head); s.ses.version != s.version {
			s.setVersion()
		}
	case parser.BodyEvent:
		c := &s.current
		c.used |= ev.Used
		if i := bytes.IndexByte(ev.Raw, 0); i >= 0 && c.nul < 0 {
			c.nul = at + int64(i) - c.offset - int64(len(c.head))
		}
		s.sink.body(at, ev.Raw)
	case parser.EndEvent:
		s.after = true
		s.sink.end(at, s.current.used|ev.Used)
	}
	return n, nil
}

func (s *stream) endGap() {
	if s.between != nil {
		s.sink.gapEnd(*s.between)
		s.between = nil
	}
}

// fail gives the sink an error of the parser, with an explanation added.
func (s *stream) fail(err error, src []byte) error {
	e := *err.(*parser.Error) // there are no others
	e.Offset += s.base
	e.Frame += s.base
	s.endGap()
	at := s.offset - int64(len(s.rest))
	known := append(append(s.rest, src...), s.tail...)
	if s.ahead != nil {
		known = append(known, s.ahead()...)
	}
	if more := s.explain(&e, at, known); e.Detail == "" {
		e.Detail = more
	} else if more != "" {
		e.Detail += "; " + more
	}
	s.sink.fail(&e, at, known[:min(int64(len(known)), e.Offset+1-at)])
	return &e
}
