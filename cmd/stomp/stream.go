package main

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A sink takes what a stream is made of, in its order. What it is lent it may
// use during the call.
type sink interface {
	// gap takes a piece of the end of lines between frames, as they are.
	gap(offset int64, raw []byte)
	// heartbeats takes a run of them when it is over.
	heartbeats(r beats)
	// head takes the head of a frame, which was read as version v.
	head(offset int64, v frame.Version, ev parser.Event)
	// body takes a piece of a body.
	body(offset int64, ev parser.Event)
	// end takes the NUL that ends a frame.
	end(offset int64)
	// fail takes the error that ends the stream, and what was not yet part of
	// anything above: the octets from offset to the one at fault.
	fail(e *parser.Error, offset int64, rest []byte)
}

// beats is a run of end of lines between frames.
type beats struct {
	offset, count int64
	used          parser.Allow
}

// A stream parses what is written to it and gives a sink what it finds, however
// it is cut.
type stream struct {
	p       *parser.Parser
	ses     *session
	sink    sink
	version frame.Version // that the parser has
	run     *beats        // in progress
	word    []byte        // octets of a command, held back until the version is known
	rest    []byte        // octets that the parser has taken and holds
	offset  int64         // of the next octet to be given to the parser
}

func newStream(o parser.Options, ses *session, to sink) *stream {
	return &stream{p: parser.New(o), ses: ses, sink: to, version: o.Version}
}

// setVersion tells the parser what the session has found.
func (s *stream) setVersion() {
	s.version = s.ses.version
	s.p.SetVersion(s.version)
}

// write parses a chunk.
func (s *stream) write(chunk []byte) error {
	for len(chunk) > 0 {
		n, err := s.next(chunk)
		if err != nil {
			return err
		}
		chunk = chunk[n:]
	}
	return nil
}

// next parses the front of a chunk, not beyond the end of a frame, and returns
// how many octets it took.
func (s *stream) next(chunk []byte) (int, error) {
	if _, inside := s.p.FrameStart(); !inside && s.ses.open() {
		return s.peek(chunk)
	}
	return s.step(chunk)
}

// finish says that the stream has ended.
func (s *stream) finish() error {
	if err := s.release(); err != nil {
		return err
	}
	if err := s.p.Finish(); err != nil {
		return s.fail(err, nil)
	}
	s.endRun()
	return nil
}

// peek is step between frames while the version is not known. It holds the
// command back until it is clear whether the frame is a handshake.
func (s *stream) peek(chunk []byte) (int, error) {
	gap := 0
	for gap < len(chunk) && (chunk[gap] == '\n' || chunk[gap] == '\r' || chunk[gap] == 0) {
		gap++
	}
	switch {
	case len(s.word) > 0:
	case gap > 0:
		return s.step(chunk[:gap])
	case s.p.Buffered() > 0:
		return s.step(chunk)
	}
	s.word = append(s.word, chunk[0])
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
			return err
		}
		word = word[n:]
	}
	return nil
}

// step takes one event from the front of src and returns how many octets it
// took.
func (s *stream) step(src []byte) (int, error) {
	ev, n, err := s.p.Next(src)
	if err != nil {
		return 0, s.fail(err, src)
	}
	s.offset += int64(n)
	if ev.Kind == parser.NeedMore {
		s.rest = append(s.rest, src[:n]...)
		return n, nil
	}
	s.rest = s.rest[:0]
	at := s.offset - int64(len(ev.Raw))
	switch ev.Kind {
	case parser.Heartbeat:
		if s.run == nil {
			s.run = &beats{offset: at}
		}
		s.run.count += int64(ev.Count)
		s.run.used |= ev.Used
		s.sink.gap(at, ev.Raw)
	case parser.Head:
		s.endRun()
		s.sink.head(at, s.version, ev)
		if s.ses.learn(ev.Head.Command, ev.Head); s.ses.version != s.version {
			s.setVersion()
		}
	case parser.Body:
		s.sink.body(at, ev)
	case parser.End:
		s.sink.end(at)
	}
	return n, nil
}

func (s *stream) endRun() {
	if s.run != nil {
		s.sink.heartbeats(*s.run)
		s.run = nil
	}
}

// fail gives the sink an error of the parser.
func (s *stream) fail(err error, src []byte) error {
	e := err.(*parser.Error) // there are no others
	s.endRun()
	at := s.offset - int64(len(s.rest))
	rest := append(s.rest, src...)
	rest = rest[:min(int64(len(rest)), e.Offset+1-at)]
	s.sink.fail(e, at, rest)
	return e
}
