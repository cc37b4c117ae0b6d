package validate

import (
	"strconv"

	"github.com/stompwire/stomp/frame"
)

// SessionLimits bound what a [Session] remembers. A zero field is the default
// below; a negative one is none at all. There is no unlimited.
//
// A session holds at most about ID + 100 octets for each thing it may
// remember, and nothing before the first one has come. A peer that makes its
// identifiers collide can make a step walk through all things of one kind, and
// no further.
type SessionLimits struct {
	Subscriptions  int // open at a time
	Unacknowledged int // messages delivered and pending, or acknowledged in an open transaction
	Transactions   int // open at a time
	Receipts       int // asked for and not given
	ID             int // octets of an identifier, or in 1.0 of a destination that stands for one
}

// Defaults of SessionLimits.
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

// A LimitError says that a frame crossed one of the [SessionLimits]. That is
// no violation: the peer may be innocent. The frame has been judged, but what
// it was to add is not remembered, and from then on the session does not
// report what it can no longer know: that a name of this kind is unknown. A
// broker closes the connection.
type LimitError struct {
	Limit   string        // the name of the field in SessionLimits
	Max     int           // its value
	Command frame.Command // of the frame
	// Violations are what the frame broke besides, nil for none.
	Violations Violations
}

// Error returns the limit and the command in one line.
func (e *LimitError) Error() string {
	return "stomp: " + string(e.Command) + ": session limit " + e.Limit + " of " + strconv.Itoa(e.Max) + " passed"
}

// Unwrap returns the violations of the frame, for errors.Is and errors.As; nil
// when there are none.
func (e *LimitError) Unwrap() error {
	if len(e.Violations) == 0 {
		return nil
	}
	return e.Violations
}
