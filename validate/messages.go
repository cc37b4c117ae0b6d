package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// messages are those that wait for acknowledgement, and those that were
// acknowledged in a transaction that has not ended.
type messages struct {
	ids   idSet // what ACK names; the scope is in 1.1 the subscription
	items []message
	held  int // acknowledged in a transaction
}

type message struct {
	sub        int32 // its subscription; none when that is forgotten
	prev, next int32 // in the subscription, in the order of delivery
	tx         int32 // the transaction it was acknowledged in; none while it is pending
	nextInTx   int32
}

// deliver takes a MESSAGE (STOMP 1.2, "MESSAGE").
func deliver[T text](s *Session, f *scan[T]) {
	i := subscriptionOf(s, f)
	if i == none {
		return
	}
	sub := &s.subs.items[i]
	if sub.leaving {
		if f.has(hdrSubscription) {
			f.add(MessageAfterUnsubscribe, hdrSubscription)
		} else {
			f.add(MessageAfterUnsubscribe, hdrDestination)
		}
	}
	if sub.mode == headers.AckAuto {
		s.autoDelivered = s.autoDelivered || s.version == frame.V10 || f.has(hdrAck)
		return
	}
	key, scope, taken := hdrMessageID, int32(0), MessageIDUnique
	switch s.version {
	case frame.V11:
		scope = i
	case frame.V12:
		key, taken = hdrAck, MessageAckUnique
	}
	if !f.has(key) {
		if key == hdrAck {
			f.add(MessageAckRequired, hdrAck)
		}
		return
	}
	id := f.value(key)
	t := &s.pending
	for m := find(&t.ids, scope, id); m != none; m = t.ids.again(m) {
		// In 1.0 it may be delivered to two subscriptions that overlap, and
		// again to the same one.
		if s.version != frame.V10 || t.items[m].sub == i {
			f.add(taken, key)
			return
		}
	}
	for t.ids.used >= t.ids.max && s.subs.leaving > 0 {
		oldest := s.subs.oldest
		if s.forget(oldest); oldest == i {
			return
		}
	}
	m := insert(&t.ids, scope, id)
	if m == none {
		f.limitOf("Unacknowledged", &t.ids)
		return
	}
	if int(m) == len(t.items) {
		t.items = append(t.items, message{})
	}
	t.items[m] = message{sub: i, prev: sub.last, next: none, tx: none, nextInTx: none}
	if sub.last == none {
		sub.first = m
	} else {
		t.items[sub.last].next = m
	}
	sub.last = m
}

// unlink takes a message out of its subscription.
func (t *messages) unlink(s *Session, i int32) {
	m := &t.items[i]
	if m.sub == none {
		return
	}
	sub := &s.subs.items[m.sub]
	if m.prev == none {
		sub.first = m.next
	} else {
		t.items[m.prev].next = m.next
	}
	if m.next == none {
		sub.last = m.prev
	} else {
		t.items[m.next].prev = m.prev
	}
	m.sub = none
}

// release drops a message whose subscription is forgotten. One that a
// transaction holds stays in use until that ends, but nobody can name it.
func (t *messages) release(s *Session, i int32) {
	t.unlink(s, i)
	if t.items[i].tx == none {
		t.ids.remove(i)
	} else {
		t.ids.hide(i)
	}
}

// settle acknowledges a message, in a transaction or for good.
func (t *messages) settle(s *Session, i, tx int32) {
	m := &t.items[i]
	switch {
	case m.tx != none: // in another one before
	case tx == none:
		t.unlink(s, i)
		t.ids.remove(i)
	default:
		m.tx, m.nextInTx, s.acked[tx] = tx, s.acked[tx], i
		t.held++
	}
}

// acknowledge takes an ACK or NACK (STOMP 1.2, "ACK", "NACK", "SUBSCRIBE ack
// Header").
func acknowledge[T text](s *Session, f *scan[T]) {
	unknown, unknownSub := AckKnown, AckSubscriptionKnown
	if f.cmd == cmdNack {
		unknown, unknownSub = NackKnown, NackSubscriptionKnown
	}
	tx, inOrder := inTransaction(s, f)
	key, scope, excused := hdrMessageID, int32(0), s.autoDelivered
	switch s.version {
	case frame.V11:
		if !f.has(hdrSubscription) {
			return
		}
		scope = find(&s.subs.ids, byID, f.value(hdrSubscription))
		if scope == none {
			if !s.subs.ids.lost {
				f.add(unknownSub, hdrSubscription)
			}
			return
		}
		excused = s.subs.items[scope].mode == headers.AckAuto
	case frame.V12:
		key = hdrID
	}
	if !f.has(key) {
		return
	}
	t := &s.pending
	m := find(&t.ids, scope, f.value(key))
	for m != none && t.items[m].tx != none && t.ids.again(m) != none {
		m = t.ids.again(m) // 1.0
	}
	if m == none || t.items[m].tx != none {
		switch {
		case m == none && excused:
			f.add(AckAuto, key)
		case m == none && (t.ids.lost || s.unplaced):
		default:
			f.add(unknown, key)
		}
		return
	}
	if !inOrder {
		return
	}
	if s.version == frame.V10 || s.subs.items[t.items[m].sub].mode != headers.AckClient {
		t.settle(s, m, tx)
		return
	}
	for m != none { // and all before it
		prev := t.items[m].prev
		t.settle(s, m, tx)
		m = prev
	}
}
