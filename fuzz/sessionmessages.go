package fuzz

import (
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// What the oracle of sessions knows of subscriptions and their messages.

// rememberedRemovals is how many removed subscriptions are remembered, for
// messages that cross their UNSUBSCRIBE (docs/decisions.md).
const rememberedRemovals = 64

// named returns the subscription of a name in a list, nil when there is none.
func named(list []*oracleSubscription, id string, hasID bool) *oracleSubscription {
	for _, s := range list {
		if s.id == id && s.hasID == hasID {
			return s
		}
	}
	return nil
}

// openOnes counts the open subscriptions with or without id.
func (o *SessionOracle) openOnes(hasID bool) (n int) {
	for _, s := range o.open {
		if s.hasID == hasID {
			n++
		}
	}
	return n
}

// subscriptionName returns what SUBSCRIBE and UNSUBSCRIBE name a subscription
// by: id, or in 1.0 also destination.
func (o *SessionOracle) subscriptionName() (name, header string, ok bool) {
	if o.has(headers.ID) {
		return o.get(headers.ID), headers.ID, true
	}
	return o.get(headers.Destination), headers.Destination, o.version == frame.V10 && o.has(headers.Destination)
}

// subscribe opens a subscription ("SUBSCRIBE").
func (o *SessionOracle) subscribe() {
	name, header, ok := o.subscriptionName()
	if !ok {
		return
	}
	hasID := header == headers.ID
	mode, _ := headers.ParseAckMode(o.get(headers.Ack)) // no mode, or an unknown one, is auto
	if old := named(o.open, name, hasID); old != nil {
		if o.version == frame.V10 {
			old.mode = mode
		} else {
			o.add(validate.SubscribeIDUnique, headers.ID)
		}
		return
	}
	if len(o.open) < o.limits.Subscriptions {
		o.forget(named(o.removed, name, hasID)) // its name comes back
	}
	if o.fits("Subscriptions", len(o.open), o.limits.Subscriptions, name, &o.lostSubscription) {
		o.open = append(o.open, &oracleSubscription{name, hasID, mode})
	}
}

// unsubscribe removes a subscription ("UNSUBSCRIBE").
func (o *SessionOracle) unsubscribe() {
	name, header, ok := o.subscriptionName()
	if !ok {
		return
	}
	s := named(o.open, name, header == headers.ID)
	if s == nil {
		// In 1.0 the destination may be that of a subscription with an id.
		perhaps := header == headers.Destination && o.openOnes(true) > 0
		if !perhaps && !o.lostSubscription {
			o.add(validate.UnsubscribeKnown, header)
		}
		return
	}
	i := slices.Index(o.open, s)
	o.open = slices.Delete(o.open, i, i+1)
	if o.removed = append(o.removed, s); len(o.removed) > rememberedRemovals {
		o.forget(o.removed[0])
	}
}

// forget drops a removed subscription and what is pending of it.
func (o *SessionOracle) forget(s *oracleSubscription) {
	i := slices.Index(o.removed, s)
	if i < 0 {
		return
	}
	o.removed = slices.Delete(o.removed, i, i+1)
	o.messages = slices.DeleteFunc(o.messages, func(m *oracleMessage) bool { return m.of == s && !m.held })
	for _, m := range o.messages {
		if m.of == s {
			m.of = nil
		}
	}
}

// place returns the subscription of a MESSAGE, open or removed; nil when it is
// not known.
func (o *SessionOracle) place() *oracleSubscription {
	all := slices.Concat(o.open, o.removed)
	if o.has(headers.Subscription) {
		s := named(all, o.get(headers.Subscription), true)
		if s != nil || o.version != frame.V10 || o.openOnes(false) == 0 {
			if s == nil && o.lostSubscription {
				o.unplaced = true
			} else if s == nil {
				o.add(validate.MessageSubscriptionKnown, headers.Subscription)
			}
			return s
		}
		// In 1.0 it may be of a subscription without id, and the header
		// something else.
	}
	if o.version != frame.V10 || !o.has(headers.Destination) {
		return nil
	}
	if s := named(all, o.get(headers.Destination), false); s != nil {
		return s
	}
	switch {
	case o.openOnes(false) > 0: // perhaps a wildcard
		o.unplaced = true
	case o.openOnes(true) > 0:
		o.unplaced = true
		o.add(validate.MessageSubscriptionExpected, headers.Subscription)
	case len(o.removed) > 0:
		o.add(validate.MessageAfterUnsubscribe, headers.Destination)
	case o.lostSubscription:
		o.unplaced = true
	default:
		o.add(validate.MessageSubscriptionKnown, headers.Destination)
	}
	return nil
}

// message takes a MESSAGE ("MESSAGE").
func (o *SessionOracle) message() {
	s := o.place()
	if s == nil {
		return
	}
	if slices.Contains(o.removed, s) {
		header := headers.Destination
		if o.has(headers.Subscription) {
			header = headers.Subscription
		}
		o.add(validate.MessageAfterUnsubscribe, header)
	}
	if s.mode == headers.AckAuto {
		if o.version == frame.V10 || o.has(headers.Ack) {
			o.autoDelivered = true
		}
		return
	}
	header, taken := headers.MessageID, validate.MessageIDUnique
	if o.version == frame.V12 {
		header, taken = headers.Ack, validate.MessageAckUnique
	}
	if !o.has(header) {
		if o.version == frame.V12 {
			o.add(validate.MessageAckRequired, headers.Ack)
		}
		return
	}
	name := o.get(header)
	for _, m := range o.messages {
		// In 1.2 the name is one of the connection, before that of the
		// subscription.
		if m.of != nil && m.name == name && (m.of == s || o.version == frame.V12) {
			o.add(taken, header)
			return
		}
	}
	for len(o.messages) >= o.limits.Unacknowledged && len(o.removed) > 0 {
		oldest := o.removed[0]
		if o.forget(oldest); oldest == s {
			return
		}
	}
	if o.fits("Unacknowledged", len(o.messages), o.limits.Unacknowledged, name, &o.lostMessage) {
		o.messages = append(o.messages, &oracleMessage{of: s, name: name})
	}
}

// acknowledge takes ACK or NACK ("ACK", "NACK", "SUBSCRIBE ack Header"), with
// the rules for a message and for a subscription that are not known.
func (o *SessionOracle) acknowledge(unknown, unknownSubscription validate.Rule) {
	inOrder := o.inTransaction()
	header, excused := headers.MessageID, o.autoDelivered
	var of *oracleSubscription // of any
	switch o.version {
	case frame.V11:
		if !o.has(headers.Subscription) {
			return
		}
		of = named(slices.Concat(o.open, o.removed), o.get(headers.Subscription), true)
		if of == nil {
			if !o.lostSubscription {
				o.add(unknownSubscription, headers.Subscription)
			}
			return
		}
		excused = of.mode == headers.AckAuto
	case frame.V12:
		header = headers.ID
	}
	if !o.has(header) {
		return
	}
	var fit, pending []*oracleMessage
	for _, m := range o.messages {
		if m.of != nil && m.name == o.get(header) && (of == nil || m.of == of) {
			if fit = append(fit, m); !m.held {
				pending = append(pending, m)
			}
		}
	}
	switch {
	case len(pending) > 1:
		o.unsure = true
	case len(pending) == 1:
	case len(fit) > 0: // acknowledged before
		o.add(unknown, header)
		return
	case excused:
		o.add(validate.AckAuto, header)
		return
	case o.lostMessage || o.unplaced:
		return
	default:
		o.add(unknown, header)
		return
	}
	if inOrder {
		o.acknowledgeUpTo(pending[0])
	}
}

// acknowledgeUpTo settles a message, and those before it where the mode says
// so: now, or when the transaction of the frame is committed.
func (o *SessionOracle) acknowledgeUpTo(last *oracleMessage) {
	cumulative := last.of.mode == headers.AckClient && o.version != frame.V10
	for _, m := range slices.Clone(o.messages[:slices.Index(o.messages, last)+1]) {
		switch {
		case m != last && !(cumulative && m.of == last.of), m.held:
		case o.has(headers.Transaction):
			m.held, m.in = true, o.get(headers.Transaction)
		default:
			i := slices.Index(o.messages, m)
			o.messages = slices.Delete(o.messages, i, i+1)
		}
	}
}
