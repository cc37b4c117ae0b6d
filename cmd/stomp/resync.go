package main

import (
	"bytes"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A search looks for where the next frame begins: a command that is known, on a
// line of its own, behind the NUL of another frame and ends of line. It may be
// wrong: a body may have all of that in it.
type search struct {
	begin   int64 // where it began
	missing int64 // bytes before the first one, which are not there
	front   bool  // a frame may begin here
	word    []byte
}

// lose gives up the frame in progress, and looks for the next one. front says
// that it may begin with the next byte, after so many that are missing.
func (s *stream) lose(front bool, missing int64) error {
	s.endGap()
	again := bytes.Clone(s.rest)
	if front {
		again = nil // what is missing comes after it
	}
	begin := s.offset - int64(len(again))
	s.rest, s.word, s.after = s.rest[:0], nil, false
	s.offset = begin + missing
	if s.lost != nil {
		s.lost.missing += missing
		s.lost.front, s.lost.word = front, nil
	} else {
		s.lost = &search{begin: begin, missing: missing, front: front}
	}
	return s.write(again)
}

// seek looks for the next frame in a chunk, and returns how much of it has been
// seen.
func (s *stream) seek(chunk []byte) (int, error) {
	l := s.lost
	if !l.front {
		i := bytes.IndexByte(chunk, 0)
		if i < 0 {
			s.offset += int64(len(chunk))
			return len(chunk), nil
		}
		s.offset += int64(i + 1)
		l.front = true
		return i + 1, nil
	}
	c := chunk[0]
	s.offset++
	switch {
	case len(l.word) == 0 && (c == '\n' || c == '\r' || c == 0):
		return 1, nil
	case c == '\n':
		command := frame.Command(bytes.TrimSuffix(l.word, []byte{'\r'}))
		if !command.Known() {
			l.front, l.word = false, nil
			return 1, nil
		}
		return 1, s.begin(append(l.word, c))
	case c == 0 || len(l.word) > len(frame.UNSUBSCRIBE):
		l.front, l.word = c == 0, nil
		return 1, nil
	}
	l.word = append(l.word, c)
	return 1, nil
}

// begin goes on with a frame whose first line has been found.
func (s *stream) begin(line []byte) error {
	s.offset -= int64(len(line))
	s.found()
	if s.ses.open() && !frame.Command(bytes.TrimRight(line, "\r\n")).Handshake() {
		s.ses.join()
	}
	o := s.options
	o.Version = s.ses.version
	s.p, s.base, s.version = parser.New(o), s.offset, o.Version
	s.word = line
	return s.release()
}

// found ends the search.
func (s *stream) found() {
	l := s.lost
	s.lost = nil
	if s.offset > l.begin {
		s.sink.skipped(l.begin, s.offset-l.begin, l.missing)
	}
}
