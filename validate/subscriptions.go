package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Removed subscriptions are remembered for frames that cross UNSUBSCRIBE, with the
// messages that may still be acknowledged. These are the limits on their number, and
// on the bytes of their names.
const (
	maxRemoved      = 32
	maxRemovedNames = 2 << 10
)

// subscriptions are the open subscriptions, and the last ones that were removed.
type subscriptions struct {
	names set[subscription] // scope byID or byDestination
	// The number of open subscriptions with and without id.
	named, anonymous int
	// The queue of removed subscriptions; their number, the number of those that
	// still have a name, and the bytes of these names.
	oldest, newest             *node[subscription]
	removed, leaving, nameSize int
	dropped                    bool // one was forgotten: a name that is not found may be its name
	lastScope                  uint64
}

// Scopes of the names of subscriptions.
const (
	byID          uint64 = 0
	byDestination uint64 = 1 // 1.0, without id
)

type subscription struct {
	mode    headers.AckMode
	open    bool
	dropped bool // its messages are forgotten

	// The scope of its message-ids. A subscription takes the scope of a removed
	// one with the same name. In 1.1, ACK names a message by subscription and
	// message-id, and the messages of the removed one may still be acknowledged.
	// In 1.0, the scope tells a message that is delivered again from one of
	// another subscription.
	scope    uint64
	auto     bool // its mode is auto, or that of one with the same scope was
	inherits bool // its scope is that of one that had messages

	messages    int            // messages that point to it
	first, last *node[message] // pending messages, in the order of delivery
	place       *node[message] // the last pending message that came back from a transaction, or nil

	before, after *node[subscription] // in the queue of removed subscriptions
}

// count returns the counter of open subscriptions of a scope.
func (t *subscriptions) count(scope uint64) *int {
	if scope == byID {
		return &t.named
	}
	return &t.anonymous
}

// subscriptionName returns the name of the subscription in SUBSCRIBE or UNSUBSCRIBE:
// the id, or without id in 1.0 the destination.
func subscriptionName[T text](s *Session, f *scan[T]) (name key[T], ok bool) {
	switch {
	case f.has(hdrID):
		return keyOf(&s.storage, byID, f.value(hdrID)), true
	case s.version <= frame.V10 && f.has(hdrDestination): // 1.0, or not yet agreed
		return keyOf(&s.storage, byDestination, f.value(hdrDestination)), true
	}
	return name, false
}

// subscribe opens a subscription (STOMP 1.2, "SUBSCRIBE").
func subscribe[T text](s *Session, f *scan[T]) {
	name, ok := subscriptionName(s, f)
	if !ok {
		return
	}
	mode := headers.AckAuto
	if f.has(hdrAck) {
		mode, _ = headers.ParseAckMode(unpadded(f.value(hdrAck), s.version))
	}
	t := &s.subs
	old := find(&t.names, name)
	if old != nil && old.v.open {
		if s.version <= frame.V10 { // 1.0, or not yet agreed
			old.v.mode = mode
		} else {
			f.add(SubscribeIDUnique, hdrID)
		}
		return
	}
	if t.named+t.anonymous >= s.limits.Subscriptions {
		if old != nil { // a removed one; frames with its name may now mean the new one
			s.drop(old)
		}
		t.names.lost = true
		f.limit("Subscriptions", s.limits.Subscriptions)
		return
	}
	t.lastScope++
	sub := subscription{mode: mode, auto: mode == headers.AckAuto, open: true, scope: t.lastScope}
	if old != nil { // it was removed
		if s.version != frame.V12 {
			sub.scope = old.v.scope
			sub.auto = sub.auto || old.v.auto
			sub.inherits = old.v.inherits || old.v.messages > 0
		}
		t.unname(old)
	}
	n := insert(&t.names, name)
	if n == nil {
		f.limit("ID", s.limits.ID)
		return
	}
	n.v = sub
	*t.count(name.scope)++
}

// unsubscribe removes a subscription, and remembers it for a while (STOMP 1.2,
// "UNSUBSCRIBE").
func unsubscribe[T text](s *Session, f *scan[T]) {
	name, ok := subscriptionName(s, f)
	if !ok {
		return
	}
	t := &s.subs
	sub := find(&t.names, name)
	if sub == nil || !sub.v.open {
		// In STOMP 1.0 the destination may remove a subscription that has an
		// id. The destination of such a subscription is not remembered.
		if !t.names.lost && (name.scope == byID || t.named == 0) {
			f.add(UnsubscribeKnown, hdrOf(name.scope))
		}
		return
	}
	*t.count(name.scope)--
	sub.v.open, sub.v.before, sub.v.after = false, t.newest, nil
	if t.newest == nil {
		t.oldest = sub
	} else {
		t.newest.v.after = sub
	}
	t.newest = sub
	t.removed++
	t.leaving++
	t.nameSize += len(sub.id)
	for t.removed > maxRemoved || t.nameSize > maxRemovedNames {
		s.drop(t.oldest)
	}
}

func hdrOf(scope uint64) header {
	if scope == byID {
		return hdrID
	}
	return hdrDestination
}

// unname removes the name of a removed subscription. Its messages may still be
// acknowledged.
func (t *subscriptions) unname(sub *node[subscription]) {
	if sub.named {
		t.leaving--
		t.nameSize -= len(sub.id)
		t.names.hide(sub)
		if sub.v.messages > 0 {
			t.names.releaseID(sub) // the node stays
		}
	}
	t.collect(sub)
}

// drop forgets a removed subscription and its messages. Messages that a transaction
// holds stay until it ends.
func (s *Session) drop(sub *node[subscription]) {
	t := &s.subs
	t.dropped = t.dropped || sub.named
	// In 1.1, if the name comes back, ACK may name a message of mode auto, which
	// is not remembered.
	if sub.v.messages > 0 || s.version == frame.V11 && (sub.v.auto || sub.v.inherits) {
		s.pending.names.lost = true
	}
	sub.v.messages++ // keeps it until it is out of the queue
	for sub.v.first != nil {
		s.release(sub.v.first)
	}
	sub.v.messages--
	sub.v.dropped = true
	t.dequeue(sub)
	t.unname(sub)
}

// dequeue takes a subscription out of the queue of removed ones.
func (t *subscriptions) dequeue(sub *node[subscription]) {
	if sub.v.before == nil {
		t.oldest = sub.v.after
	} else {
		sub.v.before.v.after = sub.v.after
	}
	if sub.v.after == nil {
		t.newest = sub.v.before
	} else {
		sub.v.after.v.before = sub.v.before
	}
	sub.v.before, sub.v.after = nil, nil
	t.removed--
}

// collect releases a subscription if nothing refers to it any more.
func (t *subscriptions) collect(sub *node[subscription]) {
	if sub.v.open || sub.named || sub.v.messages > 0 {
		return
	}
	if !sub.v.dropped {
		t.dequeue(sub)
	}
	t.names.remove(sub)
}

// subscriptionOf returns the subscription of a MESSAGE, or nil if it is unknown. It
// reports an unknown subscription if that is a violation.
func subscriptionOf[T text](s *Session, f *scan[T]) *node[subscription] {
	t := &s.subs
	if f.has(hdrSubscription) {
		sub := find(&t.names, keyOf(&s.storage, byID, f.value(hdrSubscription)))
		if sub != nil || s.version != frame.V10 || t.anonymous == 0 {
			if sub == nil {
				unknownSubscription(s, f, hdrSubscription)
			}
			return sub
		}
	}
	if s.version != frame.V10 || !f.has(hdrDestination) {
		s.unplaced = true
		return nil
	}
	sub := find(&t.names, keyOf(&s.storage, byDestination, f.value(hdrDestination)))
	switch {
	case sub != nil:
	case t.named+t.anonymous > 0:
		s.unplaced = true
		if t.anonymous == 0 {
			f.add(MessageSubscriptionExpected, hdrSubscription)
		}
	case t.leaving > 0:
		s.unplaced = true
		f.add(MessageAfterUnsubscribe, hdrDestination)
	default:
		unknownSubscription(s, f, hdrDestination)
	}
	return sub
}

// unknownSubscription notes a MESSAGE whose subscription is unknown, and reports it
// unless the subscription may be one that was forgotten. The message was delivered,
// and may be acknowledged.
func unknownSubscription[T text](s *Session, f *scan[T], h header) {
	s.unplaced = true
	if !s.subs.names.lost && !s.subs.dropped {
		f.add(MessageSubscriptionKnown, h)
	}
}
