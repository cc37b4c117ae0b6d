package validate

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// maxLeaving is how many removed subscriptions are remembered, for frames that
// cross their UNSUBSCRIBE.
const maxLeaving = 64

// subscriptions are those that are open, and some of those that were.
type subscriptions struct {
	ids   idSet // scope byID or byDestination
	items []subscription
	// Open subscriptions with and without id.
	named, anonymous int
	// The removed ones, in the order of their removal.
	oldest, newest int32
	leaving        int
}

// Scopes of names of subscriptions.
const (
	byID          int32 = 0
	byDestination int32 = 1 // 1.0, without id
)

type subscription struct {
	mode          headers.AckMode
	leaving       bool
	before, after int32 // in the queue of the leaving
	first, last   int32 // its pending messages, in the order of delivery
}

// count returns the counter of open subscriptions of a scope.
func (t *subscriptions) count(scope int32) *int {
	if scope == byID {
		return &t.named
	}
	return &t.anonymous
}

// subscriptionName returns what SUBSCRIBE and UNSUBSCRIBE name a subscription
// by: id, or in 1.0 also destination.
func subscriptionName[T text](s *Session, f *scan[T]) (scope int32, name T, ok bool) {
	switch {
	case f.has(hdrID):
		return byID, f.value(hdrID), true
	case s.version == frame.V10 && f.has(hdrDestination):
		return byDestination, f.value(hdrDestination), true
	}
	return 0, name, false
}

// subscribe opens a subscription (STOMP 1.2, "SUBSCRIBE").
func subscribe[T text](s *Session, f *scan[T]) {
	scope, name, ok := subscriptionName(s, f)
	if !ok {
		return
	}
	mode := headers.AckAuto
	if f.has(hdrAck) {
		mode, _ = headers.ParseAckMode(f.value(hdrAck))
	}
	t := &s.subs
	i := find(&t.ids, scope, name)
	if i != none && !t.items[i].leaving {
		if s.version == frame.V10 {
			t.items[i].mode = mode
		} else {
			f.add(SubscribeIDUnique, hdrID)
		}
		return
	}
	if t.named+t.anonymous >= s.limits.Subscriptions {
		t.ids.lost = true
		f.limit("Subscriptions", s.limits.Subscriptions)
		return
	}
	if i != none {
		s.forget(i) // the old one of that name
	}
	if i = insert(&t.ids, scope, name); i == none {
		f.limit("ID", s.limits.ID)
		return
	}
	if int(i) == len(t.items) {
		t.items = append(t.items, subscription{})
	}
	t.items[i] = subscription{mode: mode, before: none, after: none, first: none, last: none}
	*t.count(scope)++
}

// unsubscribe removes a subscription (STOMP 1.2, "UNSUBSCRIBE"). It is
// remembered for a while.
func unsubscribe[T text](s *Session, f *scan[T]) {
	scope, name, ok := subscriptionName(s, f)
	if !ok {
		return
	}
	t := &s.subs
	i := find(&t.ids, scope, name)
	if i == none || t.items[i].leaving {
		// STOMP 1.0 lets a subscription that has an id be removed by its
		// destination, which is not remembered.
		if !t.ids.lost && (scope == byID || t.named == 0) {
			f.add(UnsubscribeKnown, hdrOf(scope))
		}
		return
	}
	*t.count(scope)--
	sub := &t.items[i]
	sub.leaving, sub.before, sub.after = true, t.newest, none
	if t.newest == none {
		t.oldest = i
	} else {
		t.items[t.newest].after = i
	}
	t.newest = i
	if t.leaving++; t.leaving > maxLeaving {
		s.forget(t.oldest)
	}
}

func hdrOf(scope int32) header {
	if scope == byID {
		return hdrID
	}
	return hdrDestination
}

// forget drops a removed subscription, and its pending messages.
func (s *Session) forget(i int32) {
	t := &s.subs
	sub := &t.items[i]
	if sub.before == none {
		t.oldest = sub.after
	} else {
		t.items[sub.before].after = sub.after
	}
	if sub.after == none {
		t.newest = sub.before
	} else {
		t.items[sub.after].before = sub.before
	}
	t.leaving--
	for sub.first != none {
		s.pending.release(s, sub.first)
	}
	t.ids.remove(i)
}

// subscriptionOf returns the subscription that a MESSAGE belongs to, none when
// it is not known; it reports that, where it is a violation.
func subscriptionOf[T text](s *Session, f *scan[T]) int32 {
	t := &s.subs
	if f.has(hdrSubscription) {
		i := find(&t.ids, byID, f.value(hdrSubscription))
		if i != none || s.version != frame.V10 || t.anonymous == 0 {
			if i == none {
				unknownSubscription(s, f, hdrSubscription)
			}
			return i
		}
	}
	if s.version != frame.V10 || !f.has(hdrDestination) {
		return none
	}
	i := find(&t.ids, byDestination, f.value(hdrDestination))
	switch {
	case i != none:
	case t.named+t.anonymous > 0:
		s.unplaced = true
		if t.anonymous == 0 {
			f.add(MessageSubscriptionExpected, hdrSubscription)
		}
	case t.leaving > 0:
		f.add(MessageAfterUnsubscribe, hdrDestination)
	default:
		unknownSubscription(s, f, hdrDestination)
	}
	return i
}

// unknownSubscription takes note of a MESSAGE whose subscription is not known:
// it may be one that was not remembered, and its message be acknowledged.
func unknownSubscription[T text](s *Session, f *scan[T], h header) {
	if s.subs.ids.lost {
		s.unplaced = true
		return
	}
	f.add(MessageSubscriptionKnown, h)
}
