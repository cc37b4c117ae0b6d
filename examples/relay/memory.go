package main

import (
	"github.com/stompwire/stomp/parser"
)

// As in the broker, memory.Account does not measure: code that keeps something
// adds an estimate of its size.

// costSession is the cost of an idle client in bytes: three goroutines, two
// connections, one of them a WebSocket, their smallest buffers, and the state
// of their parsers between frames.
const costSession = 64 << 10

const costField = 96 // a header in a view, twice for growth

const memoryRefused = "the relay has no memory left for this (-max-memory)"

func noMemory() error { return &shortage{refuseNow(memoryRefused), "max_memory"} }

// count updates the account for a stream's memory beyond its smallest buffers,
// and refuses a frame that would use too much of what is free. out is the data
// that waits to be written.
func (s *stream) count(out []byte) error {
	// A growing buffer has up to twice the needed size. The last read may use a
	// smaller buffer. In an incomplete head, each header has at least 3 bytes.
	size := max(len(s.buf)+len(s.buf)/2, 2*smallRead) - 2*smallRead + max(cap(out)-smallRead, 0)
	n := s.parser.Buffered()
	size += max(s.head, 4*n+min(n/3, s.headers)*costField)
	if size != s.counted {
		s.account.Add(size - s.counted)
		s.counted = size
	}
	if size > s.account.Share() {
		return noMemory()
	}
	return nil
}

// hold records the size of the head that the parser holds, which may be copied
// and unescaped.
func (s *stream) hold(ev parser.Event) {
	switch ev.Kind {
	case parser.HeadEvent:
		s.head = 4*len(ev.Raw) + len(ev.Head.Headers)*costField
	case parser.EndEvent:
		s.head = 0
	}
}

// release returns the counted bytes.
func (s *stream) release() {
	if s != nil {
		s.account.Add(-s.counted)
		s.counted = 0
	}
}

// remember updates the account for the state of the conversation. The caller
// holds mu.
func (s *session) remember() error {
	n := s.conversation.Memory() - s.remembered
	if n <= 0 {
		s.account.Add(n)
	} else if !s.account.Open(n) {
		return noMemory()
	}
	s.remembered += n
	return nil
}
