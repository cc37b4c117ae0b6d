package main

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// The account, as that of the broker, is memory.Account: nothing measures, whoever
// keeps something adds what it costs.

// costSession is what a client costs in the account of the relay while it is
// idle, in bytes: three goroutines, two connections, one of them a WebSocket,
// their smallest buffers, and what their parsers keep between frames.
const costSession = 64 << 10

const costField = 96 // of a header in a view, twice while views grow

const memoryRefused = "the relay has no memory left for this (-max-memory)"

func noMemory() error { return &shortage{refuse(memoryRefused, frame.Head{}), "max_memory"} }

// count brings the account up to date with what a stream holds beside its
// smallest buffers, and refuses a frame that would take too much of what is free.
// out is what waits to be written.
func (s *stream) count(out []byte) error {
	// Where a buffer grows it has up to twice what it needs. What is read last may
	// be in a smaller one. A head in progress has no header of fewer than 3 bytes.
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

// hold notes what the parser holds of a frame in progress: its head, which it
// may have copied and unescaped.
func (s *stream) hold(ev parser.Event) {
	switch ev.Kind {
	case parser.HeadEvent:
		s.head = 4*len(ev.Raw) + len(ev.Head.Headers)*costField
	case parser.EndEvent:
		s.head = 0
	}
}

// release gives back what was counted.
func (s *stream) release() {
	if s != nil {
		s.account.Add(-s.counted)
		s.counted = 0
	}
}

// remember brings the account up to date with what the conversation has to
// remember. The caller holds mu.
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
