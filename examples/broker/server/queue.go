package server

import (
	"container/list"
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

var errQueueFull = refusal(byQueue, "the queue is full (-max-queue)")

// A queue keeps messages until they are acknowledged. It exists while it has
// messages or subscriptions.
type queue struct {
	name          string
	messages      list.List // of *message: not delivered
	size          int       // messages plus unacknowledged ones
	subscriptions int
	ready         list.List // of *subscription: those that may accept a message, in turn
}

// A handout is a delivered message that is not acknowledged yet.
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

// room returns an error if a destination cannot take that many more messages.
func (s *Server) room(name string, messages int) error {
	if q := s.queues.Get(name); q != nil {
		messages += q.size
	}
	if isQueue(name) && messages > s.config.QueueMessages {
		return errQueueFull
	}
	return nil
}

// enqueue adds a message to its queue. The caller has made sure that there is
// room.
func (s *Server) enqueue(m *message) {
	q := s.queueOf(m.destination)
	q.messages.PushBack(m)
	q.size++
	s.stats.Queued++
	s.stats.InQueues++
	s.dispatch(q)
}

// consumed removes a message that was acknowledged, or delivered in ack mode
// auto.
func (s *Server) consumed(q *queue, m *message) {
	s.stats.Consumed++
	s.gone(q, m)
}

// gone removes a message from its queue for good.
func (s *Server) gone(q *queue, m *message) {
	q.size--
	s.stats.InQueues--
	s.forget(m)
}

// leave returns the unacknowledged messages of a subscription to the front of
// their queue, in order. If its client was lost, the oldest message counts as
// failed, since it may be the cause.
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

// wake makes a subscription ready to accept messages again.
func (s *Server) wake(sub *subscription) {
	if sub.place == nil && sub.queue != nil {
		sub.place = sub.queue.ready.PushBack(sub)
	}
}

// ready reports whether a queue may deliver to a connection now. Unlike a
// topic, a queue can wait.
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

// dispatch delivers messages to ready subscriptions in turn. It sets aside a
// subscription that cannot accept a message until wake is called, so it is not
// checked again in vain. A queue never makes a client a slow consumer.
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

// settle handles ACK and NACK. In ack mode client, except in 1.0, they apply to
// all earlier messages of the subscription too. settle ignores messages that
// are no longer the client's: those that returned to their queue with
// UNSUBSCRIBE, and those of topics, which the broker does not remember.
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

// giveBack returns a delivered message to the front of its queue, or moves it
// to the dead letters if it has failed too often. If the dead-letter queue is
// full, its oldest message is dropped. A dead letter that fails again is
// dropped too.
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
	s.stats.InQueues--
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
