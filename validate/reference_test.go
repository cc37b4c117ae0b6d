package validate_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A reference judges a conversation as Session does, written from the
// specification with lists that are searched from end to end: no tables, no
// limits, no hashing. It knows the frames that the tests below make, which
// break no rule about single frames but those of their command.
type reference struct {
	version                  frame.Version
	asked, connected         bool // CONNECT was sent, CONNECTED was
	said, failed             bool // DISCONNECT was sent, ERROR was
	imposed                  bool // CONNECTED has a version that was not offered
	offered                  []string
	subs                     []*refSubscription // open and removed
	messages                 []*refMessage      // in order of delivery
	transactions, receipts   []string
	autoDelivered, misplaced bool
}

type refSubscription struct {
	id, destination string
	hasID, removed  bool
	mode            string
}

type refMessage struct {
	sub  *refSubscription
	name string
	in   string // transaction in which it was acknowledged
	held bool
}

func (r *reference) step(from validate.Role, f *frame.Frame) (broken []validate.Rule) {
	add := func(rule validate.Rule) { broken = append(broken, rule) }
	get := func(name string) string { v, _ := f.Headers.Get(name); return v }
	has := func(name string) bool { _, ok := f.Headers.Get(name); return ok }
	defer func() {
		if r.imposed && from == validate.Client {
			broken = slices.DeleteFunc(broken, func(rule validate.Rule) bool {
				return rule != validate.ConnectPreferred && rule.Versions() != frame.AllVersions
			})
		}
		slices.Sort(broken)
	}()

	connect := f.Command == frame.CONNECT || f.Command == frame.STOMP
	if f.Command == frame.STOMP {
		add(validate.ConnectPreferred)
	}
	if f.Command == frame.NACK && r.version == frame.V10 {
		add(validate.CommandInVersion)
	}
	if f.Command.FromServer() != (from == validate.Server) {
		add(validate.CommandDirection)
		return
	}

	// Is it the turn of this frame?
	if from == validate.Client {
		switch {
		case r.said:
			add(validate.DisconnectLast)
			return
		case connect && r.asked:
			add(validate.ConnectOnce)
			return
		case !connect && !r.asked:
			add(validate.ConnectFirst)
			return
		case !connect && !r.connected:
			add(validate.ConnectedAwaited)
			return
		}
	} else {
		switch {
		case r.failed:
			if r.version != frame.V10 {
				add(validate.FrameAfterError)
			}
			if f.Command == frame.CONNECTED || !r.connected {
				return
			}
		case f.Command == frame.CONNECTED && !r.asked:
			add(validate.ConnectedUnasked)
			return
		case f.Command == frame.CONNECTED && r.connected:
			add(validate.ConnectedOnce)
			return
		case f.Command != frame.CONNECTED && f.Command != frame.ERROR && !r.connected:
			add(validate.ConnectedFirst)
			return
		}
	}

	switch f.Command {
	case frame.CONNECT, frame.STOMP:
		r.asked = true
		r.offered = strings.Split(get(headers.AcceptVersion), ",")
		return // no receipts
	case frame.CONNECTED:
		r.connected = true
		r.version, _ = frame.ParseVersion(get(headers.Version))
		if !slices.Contains(r.offered, get(headers.Version)) {
			add(validate.ConnectedVersionOffered)
			r.imposed = true
		}
	case frame.SEND:
		if has(headers.Transaction) && !slices.Contains(r.transactions, get(headers.Transaction)) {
			add(validate.TransactionKnown)
		}
	case frame.SUBSCRIBE:
		sub := &refSubscription{get(headers.ID), get(headers.Destination), has(headers.ID), false, cmp.Or(get(headers.Ack), "auto")}
		old := r.subscription(sub)
		switch {
		case old == nil:
			r.subs = append(r.subs, sub)
		case old.removed:
			r.messages = slices.DeleteFunc(r.messages, func(m *refMessage) bool { return m.sub == old && !m.held })
			for _, m := range r.messages {
				if m.sub == old { // held by a transaction, but without a name
					m.sub, m.name = nil, "\x00"
				}
			}
			*old = *sub
		case r.version == frame.V10:
			old.mode = sub.mode
		default:
			add(validate.SubscribeIDUnique)
		}
	case frame.UNSUBSCRIBE:
		sub := r.subscription(&refSubscription{id: get(headers.ID), destination: get(headers.Destination), hasID: has(headers.ID)})
		switch {
		case sub != nil && !sub.removed:
			sub.removed = true
		case !has(headers.ID) && r.open(true) > 0: // perhaps that of one with id
		default:
			add(validate.UnsubscribeKnown)
		}
	case frame.BEGIN:
		if slices.Contains(r.transactions, get(headers.Transaction)) {
			add(validate.BeginTransactionUnique)
		} else {
			r.transactions = append(r.transactions, get(headers.Transaction))
		}
	case frame.COMMIT, frame.ABORT:
		i := slices.Index(r.transactions, get(headers.Transaction))
		if i < 0 {
			if f.Command == frame.COMMIT {
				add(validate.CommitTransactionKnown)
			} else {
				add(validate.AbortTransactionKnown)
			}
			break
		}
		r.end(r.transactions[i], f.Command == frame.COMMIT)
		r.transactions = slices.Delete(r.transactions, i, i+1)
	case frame.ACK, frame.NACK:
		r.acknowledge(f, add)
	case frame.DISCONNECT:
		r.said = true
		for _, t := range r.transactions {
			r.end(t, false)
		}
		r.transactions = nil
	case frame.MESSAGE:
		r.message(f, add)
	case frame.RECEIPT:
		if i := slices.Index(r.receipts, get(headers.ReceiptID)); i >= 0 {
			r.receipts = slices.Delete(r.receipts, i, i+1)
		} else {
			add(validate.ReceiptKnown)
		}
	case frame.ERROR:
		r.failed = true
		unknown := has(headers.ReceiptID) && !slices.Contains(r.receipts, get(headers.ReceiptID))
		if r.connected && r.version != frame.V10 && unknown {
			add(validate.ErrorReceiptKnown)
		}
	}
	if from == validate.Client && has(headers.Receipt) {
		r.receipts = append(r.receipts, get(headers.Receipt))
	}
	return
}

// subscription returns the one with the same name.
func (r *reference) subscription(want *refSubscription) *refSubscription {
	for _, s := range r.subs {
		if s.hasID == want.hasID && (s.hasID && s.id == want.id || !s.hasID && s.destination == want.destination) {
			return s
		}
	}
	return nil
}

// open counts the open subscriptions with or without id.
func (r *reference) open(hasID bool) (n int) {
	for _, s := range r.subs {
		if s.hasID == hasID && !s.removed {
			n++
		}
	}
	return n
}

// end commits or aborts a transaction.
func (r *reference) end(transaction string, commit bool) {
	r.messages = slices.DeleteFunc(r.messages, func(m *refMessage) bool {
		return m.held && m.in == transaction && (commit || m.sub == nil)
	})
	for _, m := range r.messages {
		if m.held && m.in == transaction {
			m.held = false
		}
	}
}

func (r *reference) message(f *frame.Frame, add func(validate.Rule)) {
	id, hasID := f.Headers.Get(headers.Subscription)
	destination, _ := f.Headers.Get(headers.Destination)
	var sub *refSubscription
	if hasID {
		sub = r.subscription(&refSubscription{id: id, hasID: true})
	}
	if sub == nil && r.version == frame.V10 && !(hasID && r.open(false) == 0) {
		if sub = r.subscription(&refSubscription{destination: destination}); sub == nil {
			switch {
			case r.open(true)+r.open(false) > 0:
				if r.misplaced = true; r.open(false) == 0 {
					add(validate.MessageSubscriptionExpected)
				}
			case len(r.subs) > 0:
				add(validate.MessageAfterUnsubscribe)
			default:
				add(validate.MessageSubscriptionKnown)
			}
			return
		}
	}
	if sub == nil {
		add(validate.MessageSubscriptionKnown)
		return
	}
	if sub.removed {
		add(validate.MessageAfterUnsubscribe)
	}
	name, _ := f.Headers.Get(headers.MessageID)
	ack, hasAck := f.Headers.Get(headers.Ack)
	if sub.mode == "auto" {
		if r.version == frame.V10 || hasAck {
			r.autoDelivered = true
		}
		return
	}
	taken := validate.MessageIDUnique
	if r.version == frame.V12 {
		if name, taken = ack, validate.MessageAckUnique; !hasAck {
			add(validate.MessageAckRequired)
			return
		}
	}
	for _, m := range r.messages {
		if m.name == name && (m.sub == sub || r.version == frame.V12) {
			if r.version != frame.V10 {
				add(taken)
			}
			return
		}
	}
	r.messages = append(r.messages, &refMessage{sub: sub, name: name})
}

func (r *reference) acknowledge(f *frame.Frame, add func(validate.Rule)) {
	transaction, inTransaction := f.Headers.Get(headers.Transaction)
	known := !inTransaction || slices.Contains(r.transactions, transaction)
	if !known {
		add(validate.TransactionKnown)
	}
	unknown, unknownSub := validate.AckKnown, validate.AckSubscriptionKnown
	if f.Command == frame.NACK {
		unknown, unknownSub = validate.NackKnown, validate.NackSubscriptionKnown
	}
	header, excused := headers.MessageID, r.autoDelivered
	var sub *refSubscription
	switch r.version {
	case frame.V11:
		id, _ := f.Headers.Get(headers.Subscription)
		if sub = r.subscription(&refSubscription{id: id, hasID: true}); sub == nil {
			add(unknownSub)
			return
		}
		excused = sub.mode == "auto"
	case frame.V12:
		header = headers.ID
	}
	name, _ := f.Headers.Get(header)
	at := slices.IndexFunc(r.messages, func(m *refMessage) bool { return m.name == name && (sub == nil || m.sub == sub) })
	switch {
	case at >= 0 && !r.messages[at].held:
	case at < 0 && excused:
		add(validate.AckAuto)
		return
	case at < 0 && r.misplaced:
		return
	default:
		if unknown != validate.NackKnown || r.version != frame.V10 {
			add(unknown)
		}
		return
	}
	if !known {
		return
	}
	m := r.messages[at]
	for _, other := range slices.Clone(r.messages[:at+1]) {
		all := m.sub.mode == "client" && r.version != frame.V10 && other.sub == m.sub
		switch {
		case other != m && !all, other.held:
		case inTransaction:
			other.in, other.held = transaction, true
		default:
			i := slices.Index(r.messages, other)
			r.messages = slices.Delete(r.messages, i, i+1)
		}
	}
}

// phase is that of a direction.
func (r *reference) phase(role validate.Role) validate.Phase {
	switch {
	case role == validate.Client && r.said, role == validate.Server && r.failed:
		return validate.Closed
	case r.connected:
		return validate.Connected
	case r.asked:
		return validate.Connecting
	}
	return validate.Idle
}

// pending counts the messages that wait for acknowledgement.
func (r *reference) pending() (n int) {
	for _, m := range r.messages {
		if !m.held {
			n++
		}
	}
	return n
}
