package server

import (
	"container/list"
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A queue keeps messages until somebody has acknowledged them. It is there as
// long as it has messages or subscriptions.
type queue struct {
	name          string
	messages      list.List // of *message: those that nobody has been given
	size          int       // those, and those that somebody has yet to acknowledge
	subscriptions []*subscription
	turn          int // whose turn it is
}

// A handout is a message that a client has yet to acknowledge.
type handout struct {
	id           string
	message      *message
	subscription *subscription
}

func (s *Server) queueOf(name string) *queue {
	q := s.queues[name]
	if q == nil {
		q = &queue{name: name}
		s.queues[name] = q
	}
	return q
}

// dispatch gives messages to the subscriptions in turn, as long as there are
// both, and somebody is ready for more. A queue makes no consumer a slow one.
func (s *Server) dispatch(q *queue) {
	for q.messages.Len() > 0 {
		sub := q.next(s.config.Prefetch)
		if sub == nil {
			return
		}
		m := q.messages.Remove(q.messages.Front()).(*message)
		id := s.deliver(sub, m)
		if sub.mode == headers.AckAuto {
			s.forget(q, m)
			continue
		}
		h := &handout{id: id, message: m, subscription: sub}
		sub.unacked = append(sub.unacked, h)
		sub.connection.handouts[id] = h
	}
	if q.size == 0 && len(q.subscriptions) == 0 {
		delete(s.queues, q.name)
	}
}

// next returns the next subscription that is ready for a message, or nil.
func (q *queue) next(prefetch int) *subscription {
	for range q.subscriptions {
		q.turn = (q.turn + 1) % len(q.subscriptions)
		sub := q.subscriptions[q.turn]
		if len(sub.unacked) < prefetch && sub.connection.ready() {
			return sub
		}
	}
	return nil
}

// settle takes an ACK or NACK of a client. In mode client it is for all earlier
// messages of the subscription too, but in 1.0. A message that has gone back to
// its queue since, with UNSUBSCRIBE, is no longer the client's; neither is one
// of a topic the broker's to remember.
func (s *Server) settle(c *connection, command frame.Command, id string) {
	h := c.handouts[id]
	if h == nil {
		return
	}
	sub := h.subscription
	last := slices.Index(sub.unacked, h)
	first := last
	if sub.mode == headers.AckClient && c.version != frame.V10 {
		first = 0
	}
	settled := slices.Clone(sub.unacked[first : last+1])
	sub.unacked = slices.Delete(sub.unacked, first, last+1)
	for _, h := range slices.Backward(settled) {
		delete(c.handouts, h.id)
		if command == frame.ACK {
			s.forget(sub.queue, h.message)
		} else if h.message.nacks++; h.message.nacks < s.config.Deliveries {
			h.message.redelivered = true
			sub.queue.messages.PushFront(h.message)
		} else {
			s.forget(sub.queue, h.message)
			s.config.Log.Info("message dropped: each delivery ended in NACK", "queue", sub.queue.name, "deliveries", h.message.nacks)
		}
	}
	s.dispatch(sub.queue)
}

// putBack gives the unacknowledged messages of a subscription back to their
// queue, in front and in their order.
func (s *Server) putBack(sub *subscription) {
	for _, h := range slices.Backward(sub.unacked) {
		delete(sub.connection.handouts, h.id)
		h.message.redelivered = true
		sub.queue.messages.PushFront(h.message)
	}
	sub.unacked = nil
}

// forget lets go of a message that the queue no longer has to keep.
func (s *Server) forget(q *queue, m *message) {
	q.size--
	s.stored -= m.size
}
