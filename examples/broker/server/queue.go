package server

import (
	"container/list"
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

var errQueueFull = refusal(byQueue, "the queue is full (-max-queue)")

// A queue keeps messages until somebody has acknowledged them. It is there as
// long as it has messages or subscriptions.
type queue struct {
	name          string
	messages      list.List // of *message: those that nobody has been given
	size          int       // those, and those that somebody has yet to acknowledge
	subscriptions int
	ready         list.List // of *subscription: those that may be able to take a message, in turn
}

// A handout is a message that a client has yet to acknowledge.
type handout struct {
	id           string
	message      *message
	subscription *subscription
}

func (s *Server) queueOf(name string) *queue {
	q := s.queues.Get(name)
	if q == nil {
		q = &queue{name: name}
		s.queues.Set(name, q)
		s.account.Add(costDestination + len(name))
	}
	return q
}

// room returns an error when a destination cannot take so many messages.
func (s *Server) room(name string, messages int) error {
	if q := s.queues.Get(name); q != nil {
		messages += q.size
	}
	if isQueue(name) && messages > s.config.QueueMessages {
		return errQueueFull
	}
	return nil
}

// enqueue puts a message in its queue, which has room for it.
func (s *Server) enqueue(m *message) {
	q := s.queueOf(m.destination)
	q.messages.PushBack(m)
	q.size++
	s.stats.Queued++
	s.stats.OpenMessages++
	s.dispatch(q)
}

// consumed takes a message that a client has acknowledged, or was sent in mode
// auto, out of its queue.
func (s *Server) consumed(q *queue, m *message) {
	s.stats.Consumed++
	s.gone(q, m)
}

// gone takes a message out of its queue for good.
func (s *Server) gone(q *queue, m *message) {
	q.size--
	s.stats.OpenMessages--
	s.forget(m)
}

// leave gives the unacknowledged messages of a subscription back to their queue,
// in front and in their order. When its client is lost, the oldest of them may be
// why: that one has failed.
func (s *Server) leave(sub *subscription, failed bool) {
	q := sub.queue
	q.subscriptions--
	if sub.place != nil {
		q.ready.Remove(sub.place)
		sub.place = nil
	}
	for i, h := range slices.Backward(sub.unacked) {
		sub.connection.handouts.Remove(h.id)
		s.giveBack(q, h.message, failed && i == 0)
	}
	sub.unacked, sub.queue = nil, nil
	s.dispatch(q)
}

// wake lets a subscription have messages again.
func (s *Server) wake(sub *subscription) {
	if sub.place == nil && sub.queue != nil {
		sub.place = sub.queue.ready.PushBack(sub)
	}
}

// ready reports whether a queue may give a connection a message. It can wait,
// unlike a topic.
func (s *Server) ready(c *connection) bool {
	c.full = c.session.Unacknowledged()+c.acked >= s.config.Session.Unacknowledged
	return !c.full && c.out.Ready()
}

// wakeAll wakes all subscriptions of a connection.
func (s *Server) wakeAll(c *connection) {
	for sub := range c.subscriptions.All() {
		if c.detached {
			return
		}
		if q := sub.queue; q != nil {
			s.wake(sub)
			s.dispatch(q)
			s.pause()
		}
	}
}

// dispatch gives messages to the subscriptions in turn, as long as there are
// both. A subscription that cannot take one is put aside until it can, so that
// nobody looks at it in vain again. A queue makes no consumer a slow one.
func (s *Server) dispatch(q *queue) {
	for q.messages.Len() > 0 && q.ready.Len() > 0 {
		e := q.ready.Front()
		sub := e.Value.(*subscription)
		c := sub.connection
		if len(sub.unacked) >= s.config.Prefetch || !s.ready(c) {
			q.ready.Remove(e)
			sub.place = nil
			s.pause()
			continue
		}
		q.ready.MoveToBack(e)
		m := q.messages.Remove(q.messages.Front()).(*message)
		to := s.encode(m, c.version)
		id := s.deliver(sub, m, to)
		to.rest.Done()
		if sub.mode == headers.AckAuto {
			s.consumed(q, m)
		} else {
			h := &handout{id: id, message: m, subscription: sub}
			sub.unacked = append(sub.unacked, h)
			c.handouts.Set(id, h)
		}
		s.pause()
	}
	if q.size == 0 && q.subscriptions == 0 && s.queues.Get(q.name) == q {
		s.queues.Remove(q.name)
		s.account.Add(-costDestination - len(q.name))
	}
}

// settle takes an ACK or NACK of a client. In mode client it is for all earlier
// messages of the subscription too, but in 1.0. A message that has gone back to
// its queue since, with UNSUBSCRIBE, is no longer the client's; neither is one
// of a topic the broker's to remember.
func (s *Server) settle(c *connection, command frame.Command, id string) {
	h := c.handouts.Get(id)
	if h == nil || c.detached {
		return
	}
	sub, q := h.subscription, h.subscription.queue
	last := slices.Index(sub.unacked, h)
	first := last
	if sub.mode == headers.AckClient && c.version != frame.V10 {
		first = 0
	}
	settled := slices.Clone(sub.unacked[first : last+1])
	sub.unacked = slices.Delete(sub.unacked, first, last+1)
	for _, h := range slices.Backward(settled) {
		c.handouts.Remove(h.id)
		if command == frame.ACK {
			s.consumed(q, h.message)
		} else {
			s.giveBack(q, h.message, true)
		}
	}
	s.wake(sub)
	s.dispatch(q)
}

// deadLetters is the queue of messages that have failed too often.
const deadLetters = queuePrefix + "dead-letters"

// giveBack puts a message that was handed out in front of its queue, or among
// the dead letters when it has failed too often. Of those the oldest one goes
// when there are too many, and one that fails again is dropped.
func (s *Server) giveBack(q *queue, m *message, failed bool) {
	m.redelivered = true
	if failed {
		m.failures++
	}
	if m.failures < s.config.Deliveries {
		q.messages.PushFront(m)
		return
	}
	q.size--
	s.stats.OpenMessages--
	d := s.queueOf(deadLetters)
	if oldest := d.messages.Front(); oldest != nil && s.room(deadLetters, 1) != nil {
		s.stats.Dropped++
		s.gone(d, d.messages.Remove(oldest).(*message))
	}
	if q == d || s.room(deadLetters, 1) != nil {
		s.config.Log.Warn("dead letter dropped", "queue", q.name)
		s.stats.Dropped++
		s.forget(m)
		return
	}
	s.config.Log.Warn("message is a dead letter now", "queue", q.name, "failures", m.failures)
	m.headers.Prepend(originalDestination, m.destination)
	m.cost += costHeader
	s.account.Add(costHeader)
	m.destination, m.failures, m.redelivered = deadLetters, 0, false
	s.stats.DeadLetters++
	s.enqueue(m)
}
