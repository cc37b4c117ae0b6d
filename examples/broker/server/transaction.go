package server

import "github.com/stompwire/stomp/frame"

// A transaction has what is to be done at COMMIT, in the order of the frames.
// How many a client may have open, the session limits.
type transaction struct {
	steps []step
	acked int // messages that the session holds for it
	cost  int // without the messages
}

// A step is a message to be sent, or else an ACK or NACK.
type step struct {
	message *message
	command frame.Command
	id      string
}

// begin takes BEGIN.
func (c *connection) begin(name string) {
	t := &transaction{cost: costTransaction + 4*len(name)}
	c.transactions.Set(name, t)
	c.open += t.cost
	c.longest = max(c.longest, len(name))
}

// put puts a step off until COMMIT.
func (c *connection) put(t *transaction, next step) {
	t.steps = append(t.steps, next)
	t.cost += costStep
	c.open += costStep
}

// finish takes COMMIT and ABORT. When a queue is full nothing is done.
func (s *Server) finish(c *connection, command frame.Command, name string) error {
	t := c.transactions.Get(name)
	if t == nil {
		return nil // the session has passed one of its limits, and has said so
	}
	c.transactions.Remove(name)
	c.open -= t.cost
	c.acked -= t.acked
	var err error
	sent := map[string]int{} // to each queue
	for _, next := range t.steps {
		if m := next.message; m != nil && err == nil && command == frame.COMMIT && isQueue(m.destination) {
			sent[m.destination]++
			err = s.room(m.destination, sent[m.destination])
		}
		s.pause()
	}
	for _, next := range t.steps {
		switch m := next.message; {
		case command == frame.ABORT || err != nil:
			s.forget(m)
		case m == nil:
			s.settle(c, next.command, next.id)
		case isQueue(m.destination):
			s.publish(m)
		default:
			s.publish(m)
			s.forget(m)
		}
		s.pause()
	}
	return err
}

// forget lets go of a message that was kept.
func (s *Server) forget(m *message) {
	if m != nil {
		s.account.Add(-m.cost)
	}
}
