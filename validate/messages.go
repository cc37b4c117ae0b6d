package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// messages are the pending messages, and those that were acknowledged in an open
// transaction.
type messages struct {
	names set[message] // by the name in ACK; in 1.1 in the scope of the subscription
	// By message-id, in the scope of the subscription. Only in 1.2, where ACK
	// names a message by another header.
	ids  set[identified]
	held int    // messages acknowledged in an open transaction
	last uint64 // serial of the newest message
}

// identified is the message with a message-id.
type identified struct{ message *node[message] }

type message struct {
	sub    *node[subscription]
	serial uint64 // rises with each delivery
	id     *node[identified]
	// The transaction that acknowledged it was aborted: the server may deliver
	// it again.
	returned bool
	// The transaction that acknowledged it; nil while it is pending.
	tx *node[transaction]
	// While it is pending, a list of the subscription, sorted by serial. While a
	// transaction holds it, next is the list of the transaction.
	prev, next *node[message]
}

// deliver processes a MESSAGE (STOMP 1.2, "MESSAGE").
func deliver[T text](s *Session, f *scan[T]) {
	sub := subscriptionOf(s, f)
	if sub == nil {
		return
	}
	if !sub.v.open {
		if f.has(hdrSubscription) {
			f.add(MessageAfterUnsubscribe, hdrSubscription)
		} else {
			f.add(MessageAfterUnsubscribe, hdrDestination)
		}
	}
	if sub.v.mode == headers.AckAuto {
		s.autoDelivered = s.autoDelivered || s.version == frame.V10 || f.has(hdrAck)
		return
	}
	header, scope, taken := hdrMessageID, uint64(0), MessageIDUnique
	switch s.version {
	case frame.V11:
		scope = sub.v.scope
	case frame.V12:
		header, taken = hdrAck, MessageAckUnique
	}
	if !f.has(header) {
		if header == hdrAck {
			f.add(MessageAckRequired, hdrAck)
		}
		return
	}
	name := keyOf(&s.storage, scope, f.value(header))
	t := &s.pending
	if isTaken(s, sub, name) {
		f.add(taken, header)
		return
	}
	var id key[T]
	unique := s.version == frame.V12 && f.has(hdrMessageID)
	if unique {
		id = keyOf(&s.storage, sub.v.scope, f.value(hdrMessageID))
		if same := find(&t.ids, id); same != nil && s.mayComeAgain(same.v.message) {
			s.supersede(same.v.message)
		} else if same != nil {
			f.add(MessageIDUnique, hdrMessageID)
			unique = false
		}
	}
	for t.names.used >= t.names.max && s.subs.oldest != nil {
		oldest := s.subs.oldest
		if s.drop(oldest); oldest == sub {
			t.names.lost = true
			return
		}
	}
	m := insert(&t.names, name)
	if m == nil {
		limitOf(f, "Unacknowledged", &t.names)
		return
	}
	t.last++
	m.v = message{sub: sub, serial: t.last}
	if unique {
		if m.v.id = insert(&t.ids, id); m.v.id != nil {
			m.v.id.v.message = m
		}
	}
	sub.v.messages++
	sub.v.insert(m, sub.v.last)
}

// isTaken reports whether a pending message has the name. A message that the server
// may deliver again loses its name, as does one of a removed subscription. In 1.0 a
// message may be delivered to several subscriptions that overlap.
func isTaken[T text](s *Session, sub *node[subscription], name key[T]) bool {
	for m := find(&s.pending.names, name); m != nil; {
		same, open, again := m.v.sub == sub, m.v.sub.v.open, m.again()
		switch {
		case s.version == frame.V10 && m.v.sub.v.scope != sub.v.scope:
		case (same || open) && !s.mayComeAgain(m):
			return true
		default:
			s.supersede(m)
		}
		m = again
	}
	return false
}

// mayComeAgain reports whether the server may deliver a message again: an ABORT made
// it pending again, or it may have been acknowledged together with a message that is
// not remembered.
func (s *Session) mayComeAgain(m *node[message]) bool { return m.v.returned || s.pending.names.lost }

// insert inserts a pending message after prev, or at the front if prev is nil.
func (sub *subscription) insert(m, prev *node[message]) {
	m.v.prev = prev
	if prev == nil {
		m.v.next, sub.first = sub.first, m
	} else {
		m.v.next, prev.v.next = prev.v.next, m
	}
	if m.v.next == nil {
		sub.last = m
	} else {
		m.v.next.v.prev = m
	}
}

// take removes a pending message from the list of its subscription.
func (sub *subscription) take(m *node[message]) {
	if sub.place == m {
		sub.place = nil
	}
	if m.v.prev == nil {
		sub.first = m.v.next
	} else {
		m.v.prev.v.next = m.v.next
	}
	if m.v.next == nil {
		sub.last = m.v.prev
	} else {
		m.v.next.v.prev = m.v.prev
	}
	m.v.prev, m.v.next = nil, nil
}

// release forgets a pending message.
func (s *Session) release(m *node[message]) {
	m.v.sub.v.take(m)
	s.free(m)
}

// free forgets a message that is in no list.
func (s *Session) free(m *node[message]) {
	sub := m.v.sub
	if m.v.id != nil {
		s.pending.ids.remove(m.v.id)
	}
	s.pending.names.remove(m)
	sub.v.messages--
	s.subs.collect(sub)
}

// supersede forgets a message whose name a new message takes. If a transaction holds
// the message, it only loses its name.
func (s *Session) supersede(m *node[message]) {
	if m.v.tx == nil {
		s.release(m)
		return
	}
	s.pending.names.hide(m)
	if m.v.id != nil {
		s.pending.ids.remove(m.v.id)
		m.v.id = nil
	}
}

// settle acknowledges a pending message: in transaction tx, or finally if tx is nil.
func (s *Session) settle(m *node[message], tx *node[transaction]) {
	if tx == nil {
		s.release(m)
		return
	}
	m.v.sub.v.take(m)
	m.v.tx, m.v.returned = tx, false
	m.v.next, tx.v.acked = tx.v.acked, m
	s.pending.held++
}

// acknowledge processes an ACK or NACK (STOMP 1.2, "ACK", "NACK", "SUBSCRIBE ack
// Header").
func acknowledge[T text](s *Session, f *scan[T]) {
	unknown, unknownSub := AckKnown, AckSubscriptionKnown
	if f.cmd == cmdNack {
		unknown, unknownSub = NackKnown, NackSubscriptionKnown
	}
	tx, inOrder := inTransaction(s, f)
	header, scope, excused := hdrMessageID, uint64(0), s.autoDelivered
	switch s.version {
	case frame.V11:
		if !f.has(hdrSubscription) {
			return
		}
		sub := find(&s.subs.names, keyOf(&s.storage, byID, f.value(hdrSubscription)))
		if sub == nil {
			if !s.subs.names.lost && !s.subs.dropped {
				f.add(unknownSub, hdrSubscription)
			}
			return
		}
		scope, excused = sub.v.scope, sub.v.auto
	case frame.V12:
		header = hdrID
	}
	if !f.has(header) {
		return
	}
	t := &s.pending.names
	m := find(t, keyOf(&s.storage, scope, f.value(header)))
	removed := false // the name is that of a message of a removed subscription
	for m != nil && m.v.tx != nil {
		removed = removed || !m.v.sub.v.open
		next := m.again() // 1.0
		if next == nil {
			break
		}
		m = next
	}
	if m == nil || m.v.tx != nil {
		switch {
		case m == nil && excused:
			f.add(AckAuto, header)
		case t.lost:
		case s.unplaced && (m == nil || removed): // it may name a message whose subscription is unknown
		default:
			f.add(unknown, header)
		}
		return
	}
	if !inOrder {
		if !s.transactions.lost {
			return
		}
		t.lost = true // its transaction is not remembered, so the outcome is unknown
	}
	if s.cumulative(m.v.sub) {
		for m.v.prev != nil {
			s.settle(m.v.sub.v.first, tx)
		}
	}
	s.settle(m, tx)
}

// cumulative reports whether an ACK of a message of the subscription also settles the
// messages before it.
func (s *Session) cumulative(sub *node[subscription]) bool {
	return s.version != frame.V10 && sub.v.mode == headers.AckClient
}
