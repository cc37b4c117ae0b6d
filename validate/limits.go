package validate

import (
	"math"
	"strconv"

	"github.com/stompwire/stomp/frame"
)

// SessionLimits bound what a [Session] remembers. A field that is zero means the
// default, a negative one means 0. There is no unlimited. [SessionLimits.WorstCase]
// returns how much memory the limits allow.
type SessionLimits struct {
	Subscriptions  int // open at a time
	Unacknowledged int // messages that are pending, or acknowledged in an open transaction
	Transactions   int // open at a time
	Receipts       int // asked for and not yet given
	ID             int // bytes of an identifier, in 1.0 also of a destination that serves as one; a longer message-id of 1.2 is not compared

	// HashSeed is mixed into the hashes of identifiers. Servers should set it to a
	// random number, which may be the same for all sessions: it is hard to choose
	// identifiers that collide without knowing it. The hash is not cryptographic.
	// In the worst case, if all identifiers collide, a step takes time linear in
	// what the session remembers of one kind.
	HashSeed uint64
}

// The defaults of [SessionLimits].
const (
	DefaultSubscriptions  = 1024
	DefaultUnacknowledged = 16384
	DefaultTransactions   = 256
	DefaultReceipts       = 4096
	DefaultID             = 1024
)

// withDefaults returns the limits as numbers to compare with.
func (l SessionLimits) withDefaults() SessionLimits {
	limit := func(n *int, def int) {
		if *n == 0 {
			*n = def
		}
		*n = max(*n, 0)
	}
	limit(&l.Subscriptions, DefaultSubscriptions)
	limit(&l.Unacknowledged, DefaultUnacknowledged)
	limit(&l.Transactions, DefaultTransactions)
	limit(&l.Receipts, DefaultReceipts)
	limit(&l.ID, DefaultID)
	return l
}

// Sizes of nodes on a 64-bit machine, in bytes.
const (
	subscriptionSize = 128
	messageSize      = 112
	nameSize         = 64
	sessionSize      = 2 << 10 // the Session itself
	chainSize        = 24      // a node's share of the chains, old and new while they grow
)

// WorstCase returns the most memory, in bytes on a 64-bit machine, that peers can
// make a [Session] hold within the limits, or math.MaxInt64 if that is more. Memory
// grows only as identifiers come. A session in which nothing is open and no message
// is pending holds at most 16 KiB, whatever it held before.
func (l SessionLimits) WorstCase() int64 {
	l = l.withDefaults()
	id := float64(l.ID)*9/8 + 16 // see allocated
	subscription := subscriptionSize + chainSize + id
	// A message has two identifiers in 1.2, and may be all that keeps a removed
	// subscription.
	message := messageSize + chainSize + id + nameSize + chainSize + id + subscriptionSize + chainSize
	name := nameSize + chainSize + id
	const idle = 16 << 10
	n := float64(l.Subscriptions)*subscription + float64(l.Unacknowledged)*message +
		float64(l.Transactions)*name + float64(l.Receipts)*name + idle
	if n >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(n)
}

// A LimitError says that a frame exceeds one of the [SessionLimits]. That is not a
// violation. The session has checked the frame, but does not remember what it adds,
// and from then on cannot report that a name of this kind is unknown. Brokers
// should close the connection. A client can ignore the error, and ask the broker for
// fewer messages at a time.
type LimitError struct {
	Limit   string        // the name of the field in SessionLimits
	Max     int           // its value
	Command frame.Command // of the frame
	// Violations are those of the frame, or nil.
	Violations Violations
}

// Error returns in one line which limit the frame exceeds, and its value.
func (e *LimitError) Error() string {
	return "stomp: " + e.explain() + " (SessionLimits." + e.Limit + ")"
}

// explain returns the text for the peer, without a colon.
func (e *LimitError) explain() string {
	limited := map[string]string{
		"Subscriptions":  " open subscriptions",
		"Unacknowledged": " messages that wait for acknowledgment",
		"Transactions":   " open transactions",
		"Receipts":       " receipts that are asked for and not given",
		"ID":             " bytes for an identifier",
	}
	return shown(string(e.Command)) + " exceeds the limit of " + strconv.Itoa(e.Max) + limited[e.Limit]
}

// Unwrap returns the violations of the frame, for errors.Is and errors.As, or nil.
func (e *LimitError) Unwrap() error {
	if len(e.Violations) == 0 {
		return nil
	}
	return e.Violations
}
