package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Removed subscriptions are remembered for frames that cross their UNSUBSCRIBE,
// with the messages that may still be acknowledged: at most so many, and with
// names of so many bytes.
const (
	maxRemoved      = 32
	maxRemovedNames = 2 << 10
)

// subscriptions are those that are open, and the last ones that were removed.
type subscriptions struct {
	names set[subscription] // scope byID or byDestination
	// Open subscriptions with and without id.
	named, anonymous int
	// The removed ones, in the order of their removal: how many, how many of
	// them have a name, and of how many bytes.
	oldest, newest             *node[subscription]
	removed, leaving, nameSize int
	dropped                    bool // one was forgotten: a name that is not found may be its
	lastScope                  uint64
}

// Scopes of names of subscriptions.
const (
	byID          uint64 = 0
	byDestination uint64 = 1 // 1.0, without id
)

type subscription struct {
	mode    headers.AckMode
	open    bool
	dropped bool // nobody can name its messages any more

	// The scope of its message-ids. In 1.1, where ACK names a message by
	// subscription and message-id, a subscription has the scope of a removed one
	// with its name: what that delivered may still be acknowledged. So it has in
	// 1.0, to tell a message that is delivered again from one of another
	// subscription.
	scope    uint64
	auto     bool // its mode is auto, or was in its scope
	inherits bool // it has the scope of one that had messages

	messages    int            // that point to it
	first, last *node[message] // the pending ones, in the order of delivery
	place       *node[message] // the last one that came back from a transaction; nil when it is gone

	before, after *node[subscription] // in the queue of the removed ones
}

// count returns the counter of open subscriptions of a scope.
func (t *subscriptions) count(scope uint64) *int {
	if scope == byID {
		return &t.named
	}
	return &t.anonymous
}

// subscriptionName returns what SUBSCRIBE and UNSUBSCRIBE name a subscription
// by: id, or in 1.0 also destination.
func subscriptionName[T text](s *Session, f *scan[T]) (name key[T], ok bool) {
	switch {
	case f.has(hdrID):
		return keyOf(&s.storage, byID, f.value(hdrID)), true
	case s.version <= frame.V10 && f.has(hdrDestination): // or not known yet
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
		if s.version <= frame.V10 { // or not known yet
			old.v.mode = mode
		} else {
			f.add(SubscribeIDUnique, hdrID)
		}
		return
	}
	if t.named+t.anonymous >= s.limits.Subscriptions {
		if old != nil { // a removed one: what comes under its name may be of the new one
			s.drop(old)
		}
		t.names.lost = true
		f.limit("Subscriptions", s.limits.Subscriptions)
		return
	}
	t.lastScope++
	sub := subscription{mode: mode, auto: mode == headers.AckAuto, open: true, scope: t.lastScope}
	if old != nil { // a removed one
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

// unsubscribe removes a subscription (STOMP 1.2, "UNSUBSCRIBE"). It is
// remembered for a while.
func unsubscribe[T text](s *Session, f *scan[T]) {
	name, ok := subscriptionName(s, f)
	if !ok {
		return
	}
	t := &s.subs
	sub := find(&t.names, name)
	if sub == nil || !sub.v.open {
		// STOMP 1.0 lets a subscription that has an id be removed by its
		// destination, which is not remembered.
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

// unname takes its name from a removed subscription, whose messages may still
// be acknowledged.
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

// drop forgets a removed subscription and its messages. Those that a
// transaction holds stay until that ends.
func (s *Session) drop(sub *node[subscription]) {
	t := &s.subs
	t.dropped = t.dropped || sub.named
	// In 1.1 a message in mode auto, which is not remembered, may be
	// acknowledged when the name comes back.
	if sub.v.messages > 0 || s.version == frame.V11 && (sub.v.auto || sub.v.inherits) {
		s.pending.names.lost = true
	}
	sub.v.messages++ // so that it stays until it is out of the queue
	for sub.v.first != nil {
		s.release(sub.v.first)
	}
	sub.v.messages--
	sub.v.dropped = true
	t.dequeue(sub)
	t.unname(sub)
}

// dequeue takes a subscription out of the queue of the removed ones.
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

// collect releases a subscription when nothing refers to it any more.
func (t *subscriptions) collect(sub *node[subscription]) {
	if sub.v.open || sub.named || sub.v.messages > 0 {
		return
	}
	if !sub.v.dropped {
		t.dequeue(sub)
	}
	t.names.remove(sub)
}

// subscriptionOf returns the subscription that a MESSAGE belongs to, nil when
// it is not known; it reports that, where it is a violation.
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

// unknownSubscription takes note of a MESSAGE whose subscription is not known.
// It may be one that was not remembered. In any case the message was delivered,
// and may be acknowledged.
func unknownSubscription[T text](s *Session, f *scan[T], h header) {
	s.unplaced = true
	if !s.subs.names.lost && !s.subs.dropped {
		f.add(MessageSubscriptionKnown, h)
	}
}
