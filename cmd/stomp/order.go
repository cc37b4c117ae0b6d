package main

import (
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// An order makes one conversation of two recordings: it says which one the
// next frame is taken from. Each gives its frames in its own order. The order
// looks at no more than the next frame of each, and remembers of those before
// what a frame may be an answer to, so that it needs little memory.
type order struct {
	client, server *recording // nil for one that is not there
	session        *validate.Session

	receipts   recent // asked for and not given
	subscribed recent // ids of subscriptions, and in 1.0 destinations
	messages   recent // what ACK and NACK may name: ack, in 1.0 and 1.1 message-id
}

const (
	tie  = time.Millisecond // nearer than that two times are one
	skew = time.Second      // an answer may be recorded that much too early

	// maxLead is how many messages may wait for ACK while UNSUBSCRIBE and
	// DISCONNECT are held back for the messages that may have crossed them:
	// half of what a session remembers.
	maxLead = validate.DefaultUnacknowledged / 2
)

// next returns the recording of the next frame, nil when there is none.
func (o *order) next() *recording {
	if o.session.Phase(validate.Client) == validate.Connecting {
		// How the client goes on, the server has to say.
		if s := o.server.peek(); s != nil {
			if s.command() == frame.CONNECTED && o.client != nil {
				o.client.setVersion(o.server.stream.version)
			}
			return o.server
		}
	}
	c, s := o.client.peek(), o.server.peek()
	switch {
	case c == nil && s == nil:
		return nil
	case c == nil:
		return o.server
	case s == nil || o.session.Phase(validate.Client) == validate.Idle:
		return o.client
	case o.client.index == nil || within(c.at, s.at, tie):
		return o.byCause(c, s)
	}
	first, last := o.client, o.server
	waits, waitsToo := o.clientWaits(c), o.serverWaits(s)
	if s.at < c.at {
		first, last = last, first
		waits, waitsToo = waitsToo, waits
	}
	if waits && !waitsToo && within(c.at, s.at, skew) {
		return last
	}
	return first
}

func within(a, b, most time.Duration) bool { return max(a, b)-min(a, b) < most }

// timed reports whether the times of both sides are known.
func (o *order) timed() bool {
	return o.client.timed() && o.server.timed()
}

// byCause is next where there is no time.
func (o *order) byCause(c, s *sent) *recording {
	waits, waitsToo := o.clientWaits(c), o.serverWaits(s)
	ends := c.command() == frame.UNSUBSCRIBE || c.command() == frame.DISCONNECT
	_, asks := c.head.Headers.Get(headers.Receipt)
	switch {
	case !waitsToo && answers(s):
		return o.server
	case !waits && !ends && (!asks || waitsToo || o.receipts.total <= o.session.Unacknowledged()):
		return o.client
	case !waitsToo && (!ends || o.session.Unacknowledged() < maxLead):
		return o.server
	}
	return o.client
}

// answers reports whether a server's frame answers one of the client, and can
// go as soon as it may: it makes nothing wait.
func answers(s *sent) bool {
	switch s.command() {
	case frame.MESSAGE:
		return false
	case frame.ERROR:
		_, ok := s.head.Headers.Get(headers.ReceiptID)
		return ok
	}
	return true
}

// clientWaits reports whether a frame cannot have been sent yet: it
// acknowledges what has not come.
func (o *order) clientWaits(c *sent) bool {
	switch c.command() {
	case frame.ACK, frame.NACK:
		id, ok := c.head.Headers.Get(o.acknowledges())
		return ok && !o.messages.has(id)
	}
	return false
}

// serverWaits reports whether a frame cannot have been sent yet: it answers
// what has not been asked.
func (o *order) serverWaits(s *sent) bool {
	switch s.command() {
	case frame.MESSAGE:
		if o.session.Version() == frame.V10 {
			// It may belong to a subscription with another destination.
			return o.subscribed.total == 0
		}
		id, ok := s.head.Headers.Get(headers.Subscription)
		return ok && !o.subscribed.has(id)
	case frame.RECEIPT, frame.ERROR:
		id, ok := s.head.Headers.Get(headers.ReceiptID)
		return ok && !o.receipts.has(id)
	}
	return false
}

// acknowledges returns which header of ACK and NACK names the message.
func (o *order) acknowledges() string {
	if o.session.Version() == frame.V12 {
		return headers.ID
	}
	return headers.MessageID
}

// note remembers what may follow from a frame that has been taken.
func (o *order) note(f *sent) {
	value := func(name string, do func([]byte)) {
		if v, ok := f.head.Headers.Get(name); ok {
			do(v)
		}
	}
	switch f.command() {
	case frame.SUBSCRIBE:
		value(headers.ID, o.subscribed.add)
		if o.session.Version() == frame.V10 {
			value(headers.Destination, o.subscribed.add)
		}
	case frame.ACK, frame.NACK:
		value(o.acknowledges(), o.messages.remove)
	case frame.MESSAGE:
		if o.session.Version() == frame.V12 {
			value(headers.Ack, o.messages.add)
		} else {
			value(headers.MessageID, o.messages.add)
		}
	case frame.RECEIPT:
		value(headers.ReceiptID, o.receipts.remove)
	}
	if !f.command().FromServer() {
		value(headers.Receipt, o.receipts.add)
	}
}
