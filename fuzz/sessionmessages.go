package fuzz

import (
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// What the session oracle knows about subscriptions and their messages.

// How many removed subscriptions are remembered for messages that cross UNSUBSCRIBE, and
// how many bytes of their names (docs/decisions.md).
const (
	rememberedRemovals = 32
	rememberedBytes    = 2048
)

// named returns the subscription with a name in a list, or nil.
func named(list []*oracleSubscription, id string, hasID bool) *oracleSubscription {
	for _, s := range list {
		if s.id == id && s.hasID == hasID && !s.nameless {
			return s
		}
	}
	return nil
}

// openOnes returns how many subscriptions with or without id are open.
func (o *SessionOracle) openOnes(hasID bool) (n int) {
	for _, s := range o.open {
		if s.hasID == hasID {
			n++
		}
	}
	return n
}

// subscriptionName returns the name of the subscription in SUBSCRIBE or UNSUBSCRIBE: the
// id, or without id in 1.0 the destination.
func (o *SessionOracle) subscriptionName() (name, header string, ok bool) {
	if o.has(headers.ID) {
		return o.get(headers.ID), headers.ID, true
	}
	return o.get(headers.Destination), headers.Destination, o.version <= frame.V10 && o.has(headers.Destination)
}

// subscribe opens a subscription ("SUBSCRIBE").
func (o *SessionOracle) subscribe() {
	name, header, ok := o.subscriptionName()
	if !ok {
		return
	}
	hasID := header == headers.ID
	ack := o.get(headers.Ack)
	if o.version <= frame.V10 {
		ack = strings.Trim(ack, " \t") // as in the examples of 1.0
	}
	mode, _ := headers.ParseAckMode(ack) // a missing or unknown mode is auto
	if old := named(o.open, name, hasID); old != nil {
		if o.version <= frame.V10 { // 1.0, or not yet agreed
			old.mode = mode
		} else {
			o.add(validate.SubscribeIDUnique, headers.ID)
		}
		return
	}
	old := named(o.removed, name, hasID)
	if len(o.open) >= o.limits.Subscriptions && old != nil {
		o.drop(old) // frames with its name may now mean the one that is not remembered
	}
	if o.fits("Subscriptions", len(o.open), o.limits.Subscriptions, name, &o.lostSubscription) {
		s := &oracleSubscription{id: name, hasID: hasID, mode: mode}
		if old != nil { // its name comes back
			old.nameless = true
			if o.version != frame.V12 {
				s.before, s.inherits = old, old.inherits || o.hasMessages(old)
			}
			o.collect()
		}
		o.open = append(o.open, s)
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
	o.removed = append(o.removed, s)
	for o.remembersTooMany() {
		o.drop(o.removed[0])
	}
}

func (o *SessionOracle) remembersTooMany() bool {
	bytes := 0
	for _, s := range o.removed {
		if !s.nameless {
			bytes += len(s.id)
		}
	}
	return len(o.removed) > rememberedRemovals || bytes > rememberedBytes
}

// hasMessages reports whether messages of a subscription are remembered.
func (o *SessionOracle) hasMessages(s *oracleSubscription) bool {
	return slices.ContainsFunc(o.messages, func(m *oracleMessage) bool { return m.of == s })
}

// auto reports whether a message in mode auto may belong to the name.
func (s *oracleSubscription) auto() bool {
	return s != nil && (s.mode == headers.AckAuto || s.before.auto())
}

// collect forgets the removed subscriptions that have neither a name nor messages.
func (o *SessionOracle) collect() {
	o.removed = slices.DeleteFunc(o.removed, func(s *oracleSubscription) bool { return s.nameless && !o.hasMessages(s) })
}

// drop forgets a removed subscription and its pending messages.
func (o *SessionOracle) drop(s *oracleSubscription) {
	if !s.nameless {
		o.forgotName = true
	}
	// In 1.1, if the name comes back, ACK may name messages of mode auto, which
	// are not remembered, and messages of earlier subscriptions with the name.
	if o.hasMessages(s) || o.version == frame.V11 && (s.auto() || s.inherits) {
		o.lostMessage = true
	}
	o.messages = slices.DeleteFunc(o.messages, func(m *oracleMessage) bool { return m.of == s && !m.held })
	s.nameless, s.dropped = true, true
	o.removed = slices.DeleteFunc(o.removed, func(r *oracleSubscription) bool { return r == s })
}

// place returns the open or removed subscription of a MESSAGE, or nil if it is unknown.
func (o *SessionOracle) place() *oracleSubscription {
	all := slices.Concat(o.open, o.removed)
	unknown := func(header string) {
		if !o.lostSubscription && !o.forgotName {
			o.add(validate.MessageSubscriptionKnown, header)
		}
	}
	if o.has(headers.Subscription) {
		s := named(all, o.get(headers.Subscription), true)
		if s != nil {
			return s
		}
		if o.version != frame.V10 || o.openOnes(false) == 0 {
			o.unplaced = true
			unknown(headers.Subscription)
			return nil
		}
		// In 1.0 the message may belong to a subscription without id, and the
		// header mean something else.
	}
	if o.version == frame.V10 && o.has(headers.Destination) {
		if s := named(all, o.get(headers.Destination), false); s != nil {
			return s
		}
		switch {
		case o.openOnes(false) > 0: // perhaps a wildcard
		case o.openOnes(true) > 0:
			o.add(validate.MessageSubscriptionExpected, headers.Subscription)
		case slices.ContainsFunc(o.removed, func(s *oracleSubscription) bool { return !s.nameless }):
			o.add(validate.MessageAfterUnsubscribe, headers.Destination)
		default:
			unknown(headers.Destination)
		}
	}
	o.unplaced = true // it was delivered, and may be acknowledged
	return nil
}

// message processes a MESSAGE ("MESSAGE").
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
		if m.nameless || m.name != name {
			continue
		}
		if o.version != frame.V12 && !o.sameName(m.of, s) {
			continue // in 1.0 a message may belong to several subscriptions
		}
		if (m.of == s || slices.Contains(o.open, m.of)) && !m.returned && !o.lostMessage {
			o.add(taken, header)
			return
		}
		m.nameless = true // it may be delivered again
	}
	o.messages = slices.DeleteFunc(o.messages, func(m *oracleMessage) bool { return m.nameless && !m.held })
	o.collect()

	m := &oracleMessage{of: s, name: name}
	if o.version == frame.V12 && o.has(headers.MessageID) && len(o.get(headers.MessageID)) <= o.limits.ID {
		m.id, m.hasID = o.get(headers.MessageID), true
		same := func(p *oracleMessage) bool { return !p.nameless && p.of == s && p.hasID && p.id == m.id }
		for _, p := range o.messages {
			p.nameless = p.nameless || same(p) && (p.returned || o.lostMessage)
		}
		o.messages = slices.DeleteFunc(o.messages, func(p *oracleMessage) bool { return p.nameless && !p.held })
		o.collect()
		if slices.ContainsFunc(o.messages, same) {
			o.add(validate.MessageIDUnique, headers.MessageID)
			m.hasID = false
		}
	}
	for len(o.messages) >= o.limits.Unacknowledged && len(o.removed) > 0 {
		oldest := o.removed[0]
		if o.drop(oldest); oldest == s {
			o.lostMessage = true
			return
		}
	}
	if o.fits("Unacknowledged", len(o.messages), o.limits.Unacknowledged, name, &o.lostMessage) {
		o.messages = append(o.messages, m)
	}
}

// sameName reports whether ACK in 1.1 names messages of both subscriptions in the same
// way.
func (o *SessionOracle) sameName(a, b *oracleSubscription) bool {
	for s := b; s != nil; s = s.before {
		if s == a {
			return true
		}
	}
	for s := a; s != nil; s = s.before {
		if s == b {
			return true
		}
	}
	return false
}

// acknowledge processes ACK or NACK ("ACK", "NACK", "SUBSCRIBE ack Header"). The
// arguments are the rules for an unknown message and an unknown subscription.
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
			if !o.lostSubscription && !o.forgotName {
				o.add(unknownSubscription, headers.Subscription)
			}
			return
		}
		excused = of.auto()
	case frame.V12:
		header = headers.ID
	}
	if !o.has(header) {
		return
	}
	var fit, pending []*oracleMessage
	for _, m := range o.messages {
		if !m.nameless && m.name == o.get(header) && (of == nil || o.sameName(m.of, of)) {
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
		// A message whose subscription is unknown may have the same name as one of
		// a removed subscription.
		removed := slices.ContainsFunc(fit, func(m *oracleMessage) bool { return !slices.Contains(o.open, m.of) })
		if !o.lostMessage && !(o.unplaced && removed) {
			o.add(unknown, header)
		}
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
	if !inOrder && !o.lostTransaction {
		return
	}
	if !inOrder {
		o.lostMessage = true // the outcome is unknown
	}
	o.acknowledgeUpTo(pending[0], inOrder && o.has(headers.Transaction))
}

// acknowledgeUpTo settles a message, and the messages before it if ACK is cumulative:
// now, or when the transaction of the frame is committed.
func (o *SessionOracle) acknowledgeUpTo(last *oracleMessage, inTransaction bool) {
	cumulative := last.of.mode == headers.AckClient && o.version != frame.V10
	for _, m := range slices.Clone(o.messages[:slices.Index(o.messages, last)+1]) {
		switch {
		case m != last && !(cumulative && m.of == last.of), m.held:
		case inTransaction:
			m.held, m.in, m.returned = true, o.get(headers.Transaction), false
		default:
			i := slices.Index(o.messages, m)
			o.messages = slices.Delete(o.messages, i, i+1)
		}
	}
	o.collect()
}
