package server

import "github.com/stompwire/stomp/frame"

// A transaction has the steps to execute at COMMIT, in order. The session
// limits the number of open transactions.
type transaction struct {
	steps []step
	acked int // messages that the session keeps pending for it
	cost  int // excluding messages
}

// A step is a message to send, or an ACK or NACK.
type step struct {
	message *message
	command frame.Command
	id      string
}

// begin handles BEGIN.
func (c *connection) begin(name string) {
	t := &transaction{cost: costTransaction + 4*len(name)}
	c.transactions.Set(name, t)
	c.open += t.cost
	c.longest = max(c.longest, len(name))
}

// put adds a step to a transaction.
func (c *connection) put(t *transaction, next step) {
	t.steps = append(t.steps, next)
	t.cost += costStep
	c.open += costStep
}

// finish handles COMMIT and ABORT. If a queue is full, COMMIT does nothing and
// returns an error.
func (s *Server) finish(c *connection, command frame.Command, name string) error {
	t := c.transactions.Get(name)
	if t == nil {
		return nil // the session exceeded a limit at BEGIN
	}
	c.transactions.Remove(name)
	c.open -= t.cost
	c.acked -= t.acked
	var err error
	sent := map[string]int{} // messages for each queue
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

// forget releases a kept message from the account.
func (s *Server) forget(m *message) {
	if m != nil {
		s.account.Add(-m.cost)
	}
}
