package server

import "github.com/stompwire/stomp/frame"

// A transaction has what is to be done at COMMIT, in the order of the frames.
// How many a client may have open, the session limits; the octets of their
// messages count as stored, and the session limits the ACKs.
type transaction struct {
	steps    []func()
	messages map[string]int // by address
	octets   int
}

// end takes COMMIT and ABORT. When a queue is full nothing is done.
func (s *Server) end(c *connection, command frame.Command, name string) error {
	t := c.transactions[name]
	if t == nil {
		return nil // the session has passed one of its limits, and has said so
	}
	delete(c.transactions, name)
	s.stored -= t.octets
	if command == frame.ABORT {
		return nil
	}
	for address, n := range t.messages {
		if err := s.room(address, n, t.octets); err != nil {
			return err
		}
	}
	for _, step := range t.steps {
		step()
	}
	return nil
}

// sendIn puts off a SEND until COMMIT.
func (s *Server) sendIn(t *transaction, m *message) error {
	if s.stored+m.size > s.config.QueueOctets {
		return errStoreFull
	}
	s.stored += m.size
	t.octets += m.size
	t.messages[m.address]++
	t.steps = append(t.steps, func() { s.publish(m) })
	return nil
}
