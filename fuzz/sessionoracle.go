package fuzz

import (
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A SessionOracle judges conversations in a slow and simple way, independently of
// [validate.Session]. It follows the specifications and docs/decisions.md, searches
// lists from end to end, and has no table of states and no hashing. It leaves what is
// wrong with a frame alone to [validate.CheckFrame]. From the table of rules, it uses
// only the versions in which a rule holds.
type SessionOracle struct {
	limits  validate.SessionLimits // as numbers to compare with
	version frame.Version

	asked, connected bool // CONNECT was sent, CONNECTED was sent
	said, failed     bool // DISCONNECT was sent, ERROR was sent

	offered     frame.Versions
	offersOther bool // versions that package frame does not know
	imposed     bool // CONNECTED has a version that was not offered
	wish        headers.HeartBeats
	beats       [2]time.Duration

	open []*oracleSubscription
	// The removed ones that still have a name or messages, in the order of removal.
	removed      []*oracleSubscription
	messages     []*oracleMessage // in the order of delivery
	transactions []string
	receipts     []string // a receipt that was asked for twice is there twice
	answered     bool     // there was a RECEIPT; an ERROR about its frame may come later

	// Something is not remembered because of a limit. So a name that is not
	// found may be known.
	lostSubscription, lostMessage, lostTransaction, lostReceipt bool
	forgotName                                                  bool // of a removed subscription

	autoDelivered bool // messages that need no ACK were delivered
	unplaced      bool // messages whose subscription is unknown were delivered

	found validate.Violations
	over  *validate.LimitError
	from  validate.Role
	frame *frame.Frame

	unsure bool
}

type oracleSubscription struct {
	id    string // or the destination, if there is no id
	hasID bool
	mode  headers.AckMode

	nameless bool // it is removed, and its name is forgotten or taken
	dropped  bool // its messages are forgotten
	// In 1.1, the removed subscription whose name this one took, or nil, and
	// whether that had messages then. ACK names messages of both in the same way.
	before   *oracleSubscription
	inherits bool
}

type oracleMessage struct {
	of       *oracleSubscription
	name     string // the name in ACK
	id       string // the message-id, in 1.2
	hasID    bool
	held     bool   // acknowledged in a transaction that has not ended
	in       string // that transaction
	nameless bool   // a later message took its name
	returned bool   // the transaction was aborted: it may be delivered again
}

// NewSessionOracle returns an oracle for a new connection.
func NewSessionOracle(l validate.SessionLimits) *SessionOracle {
	limit := func(n, by int) int {
		if n == 0 {
			return by
		}
		return max(n, 0)
	}
	return &SessionOracle{limits: validate.SessionLimits{
		Subscriptions:  limit(l.Subscriptions, validate.DefaultSubscriptions),
		Unacknowledged: limit(l.Unacknowledged, validate.DefaultUnacknowledged),
		Transactions:   limit(l.Transactions, validate.DefaultTransactions),
		Receipts:       limit(l.Receipts, validate.DefaultReceipts),
		ID:             limit(l.ID, validate.DefaultID),
	}}
}

// Step judges the next frame by the frames before it. It returns what
// [validate.Session.StepFrame] should, without the rules that the frame breaks by
// itself: [validate.Violations], a [*validate.LimitError], or nil.
func (o *SessionOracle) Step(from validate.Role, f *frame.Frame) error {
	o.from, o.frame, o.found, o.over = from, f, nil, nil
	if o.turn() {
		o.take()
	}
	slices.SortStableFunc(o.found, func(a, b validate.Violation) int { return int(a.Rule) - int(b.Rule) })
	switch {
	case o.over != nil:
		o.over.Violations = o.found
		return o.over
	case o.found != nil:
		return o.found
	}
	return nil
}

// Unsure reports whether the conversation has reached a point after which the
// results of the oracle mean nothing, because no specification and no decision
// says what follows: an ACK of 1.0 that matches several messages, or one that matches
// none after the oracle has forgotten a subscription.
func (o *SessionOracle) Unsure() bool { return o.unsure }

// judgedBy returns the version in which the next frame of a role is judged alone.
func (o *SessionOracle) judgedBy(from validate.Role, c frame.Command) frame.Version {
	if connects(c) || c == frame.CONNECTED || o.imposed && from == validate.Client {
		return frame.Unnegotiated
	}
	return o.version
}

// Version returns the agreed version. It and the methods below are those of
// [validate.Session].
func (o *SessionOracle) Version() frame.Version { return o.version }

// Phase returns the phase of the direction in which a role sends.
func (o *SessionOracle) Phase(from validate.Role) validate.Phase {
	switch {
	case from == validate.Client && o.said, from == validate.Server && o.failed:
		return validate.Closed
	case o.connected:
		return validate.Connected
	case o.asked:
		return validate.Connecting
	}
	return validate.Idle
}

// HeartBeat returns the interval at which a role must send data.
func (o *SessionOracle) HeartBeat(from validate.Role) time.Duration { return o.beats[from] }

// Unacknowledged returns how many messages are pending.
func (o *SessionOracle) Unacknowledged() (n int) {
	for _, m := range o.messages {
		if !m.held {
			n++
		}
	}
	return n
}

// Receipts returns how many receipts were asked for and have not come, those with
// the same value counted once.
func (o *SessionOracle) Receipts() int {
	return len(slices.Compact(slices.Sorted(slices.Values(o.receipts))))
}

// Transactions returns how many transactions are open.
func (o *SessionOracle) Transactions() int { return len(o.transactions) }

func connects(c frame.Command) bool { return c == frame.CONNECT || c == frame.STOMP }

// add notes a violation, if the rule holds in the version.
func (o *SessionOracle) add(r validate.Rule, header string) {
	v := o.judgedBy(o.from, o.frame.Command)
	if r.Versions() == frame.AllVersions || r.Versions().Has(v) {
		o.always(r, header)
	}
}

// always notes a violation, whatever the version.
func (o *SessionOracle) always(r validate.Rule, header string) {
	o.found = append(o.found, validate.Violation{Rule: r, Command: o.frame.Command, Header: header})
}

func (o *SessionOracle) cross(limit string, max int) {
	o.over = &validate.LimitError{Limit: limit, Max: max, Command: o.frame.Command}
}

// fits reports whether there is room for one more thing of a kind, and whether its name
// is short enough. If not, the frame exceeds a limit.
func (o *SessionOracle) fits(limit string, n, max int, name string, lost *bool) bool {
	switch {
	case n >= max:
		o.cross(limit, max)
	case len(name) > o.limits.ID:
		o.cross("ID", o.limits.ID)
	default:
		return true
	}
	*lost = true
	return false
}

func (o *SessionOracle) get(name string) string { s, _ := o.frame.Headers.Get(name); return s }

func (o *SessionOracle) has(name string) bool { _, ok := o.frame.Headers.Get(name); return ok }

// turn reports whether the sender may send the frame now. If it may not, the frame
// changes nothing.
func (o *SessionOracle) turn() bool {
	c := o.frame.Command
	if c.Known() && c.FromServer() != (o.from == validate.Server) {
		return false // which validate.CheckFrame reports
	}
	no := func(r validate.Rule) bool {
		o.always(r, "")
		return false
	}
	if o.from == validate.Client {
		switch {
		case o.said:
			return no(validate.DisconnectLast)
		case connects(c) && o.asked:
			return no(validate.ConnectOnce)
		case !connects(c) && !o.asked:
			return no(validate.ConnectFirst)
		}
		return true
	}
	switch {
	case o.failed:
		switch {
		case o.version == frame.V12:
			o.always(validate.FrameAfterError, "")
		case !o.connected && (o.offered != frame.VersionsOf(frame.V10) || o.offersOther):
			o.always(validate.FrameAfterRefusal, "")
		}
		return true
	case c == frame.CONNECTED && !o.asked:
		return no(validate.ConnectedUnasked)
	case c == frame.CONNECTED && o.connected:
		return no(validate.ConnectedOnce)
	case c != frame.CONNECTED && c != frame.ERROR && !o.connected:
		return no(validate.ConnectedFirst)
	}
	return true
}

// take applies a frame.
func (o *SessionOracle) take() {
	switch c := o.frame.Command; {
	case connects(c):
		o.connect()
		if o.has(headers.Receipt) {
			o.ask(o.get(headers.Receipt))
		}
		return
	case c == frame.CONNECTED:
		if !o.failed {
			o.accept()
		}
		return
	case c == frame.ERROR:
		o.failed = true
	case c == frame.DISCONNECT:
		o.said = true
	}
	if o.version == frame.Unnegotiated && (o.connected || o.from == validate.Server) {
		return // nothing is known about a conversation without a version
	}
	switch o.frame.Command {
	case frame.SEND:
		o.inTransaction()
	case frame.SUBSCRIBE:
		o.subscribe()
	case frame.UNSUBSCRIBE:
		o.unsubscribe()
	case frame.BEGIN:
		o.begin()
	case frame.COMMIT:
		o.end(true, validate.CommitTransactionKnown)
	case frame.ABORT:
		o.end(false, validate.AbortTransactionKnown)
	case frame.ACK:
		o.acknowledge(validate.AckKnown, validate.AckSubscriptionKnown)
	case frame.NACK:
		o.acknowledge(validate.NackKnown, validate.NackSubscriptionKnown)
	case frame.DISCONNECT:
		for _, t := range o.transactions {
			o.settle(t, false)
		}
		o.transactions = nil
	case frame.MESSAGE:
		o.message()
	case frame.RECEIPT:
		if !o.has(headers.ReceiptID) {
			break
		}
		if i := slices.Index(o.receipts, o.get(headers.ReceiptID)); i >= 0 {
			o.receipts = slices.Delete(o.receipts, i, i+1)
			o.answered = o.answered || !slices.Contains(o.receipts, o.get(headers.ReceiptID))
		} else if !o.lostReceipt {
			o.add(validate.ReceiptKnown, headers.ReceiptID)
		}
	case frame.ERROR:
		// It answers the receipt, but the receipt stays open.
		if o.has(headers.ReceiptID) && !o.lostReceipt && !o.answered && !slices.Contains(o.receipts, o.get(headers.ReceiptID)) {
			o.add(validate.ErrorReceiptKnown, headers.ReceiptID)
		}
	}
	if o.from == validate.Client && o.has(headers.Receipt) {
		o.ask(o.get(headers.Receipt))
	}
}

// connect processes CONNECT or STOMP ("CONNECT or STOMP Frame", "Protocol
// Negotiation").
func (o *SessionOracle) connect() {
	o.asked = true
	o.wish, _ = headers.ParseHeartBeats(o.get(headers.HeartBeat))
	o.offered = frame.VersionsOf(frame.V10)
	if !o.has(headers.AcceptVersion) {
		return
	}
	o.offered = 0
	for element := range strings.SplitSeq(o.get(headers.AcceptVersion), ",") {
		if v, ok := frame.ParseVersion(element); ok {
			o.offered |= frame.VersionsOf(v)
		} else {
			o.offersOther = true
		}
	}
}

// accept processes CONNECTED ("CONNECTED Frame", "Protocol Negotiation",
// "Heart-beating").
func (o *SessionOracle) accept() {
	o.connected = true
	version, known := frame.ParseVersion(o.get(headers.Version))
	switch {
	case !o.has(headers.Version):
		version = frame.V10
		if !o.offered.Has(version) {
			o.always(validate.ConnectedVersionRequired, headers.Version)
			o.imposed = true
		}
	case known && !o.offered.Has(version), !known && !o.offersOther:
		o.always(validate.ConnectedVersionOffered, headers.Version)
		o.imposed = true
	}
	if o.version = version; version == frame.V10 {
		return // which has no heart-beats
	}
	offer, _ := headers.ParseHeartBeats(o.get(headers.HeartBeat))
	const longest = 2305843009213 * time.Millisecond // a quarter of what a Duration can hold
	if o.wish.Send > 0 && offer.Receive > 0 {
		o.beats[validate.Client] = min(max(o.wish.Send, offer.Receive), longest)
	}
	if offer.Send > 0 && o.wish.Receive > 0 {
		o.beats[validate.Server] = min(max(offer.Send, o.wish.Receive), longest)
	}
}

// inTransaction reports whether the frame names no transaction, or one that is
// open ("BEGIN").
func (o *SessionOracle) inTransaction() bool {
	if !o.has(headers.Transaction) || slices.Contains(o.transactions, o.get(headers.Transaction)) {
		return true
	}
	if !o.lostTransaction {
		o.add(validate.TransactionKnown, headers.Transaction)
	}
	return false
}

// begin opens a transaction ("BEGIN").
func (o *SessionOracle) begin() {
	name := o.get(headers.Transaction)
	switch {
	case !o.has(headers.Transaction):
	case slices.Contains(o.transactions, name):
		o.add(validate.BeginTransactionUnique, headers.Transaction)
	case o.fits("Transactions", len(o.transactions), o.limits.Transactions, name, &o.lostTransaction):
		o.transactions = append(o.transactions, name)
	}
}

// end processes COMMIT or ABORT.
func (o *SessionOracle) end(commit bool, unknown validate.Rule) {
	i := slices.Index(o.transactions, o.get(headers.Transaction))
	switch {
	case !o.has(headers.Transaction):
	case i >= 0:
		o.settle(o.transactions[i], commit)
		o.transactions = slices.Delete(o.transactions, i, i+1)
	case !o.lostTransaction:
		o.add(unknown, headers.Transaction)
	}
}

// settle makes the acknowledgments of a transaction final, or reverts them.
func (o *SessionOracle) settle(transaction string, commit bool) {
	mine := func(m *oracleMessage) bool { return m.held && m.in == transaction }
	o.messages = slices.DeleteFunc(o.messages, func(m *oracleMessage) bool {
		return mine(m) && (commit || m.of.dropped || m.nameless)
	})
	for _, m := range o.messages {
		if mine(m) {
			m.held, m.returned = false, true
		}
	}
	o.collect()
}

// ask notes that a receipt is asked for ("Header receipt"). The limit counts names.
func (o *SessionOracle) ask(id string) {
	if slices.Contains(o.receipts, id) || o.fits("Receipts", o.Receipts(), o.limits.Receipts, id, &o.lostReceipt) {
		o.receipts = append(o.receipts, id)
	}
}
