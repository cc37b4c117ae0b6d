package client

import (
	"context"
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A Message is one MESSAGE frame. The caller owns it.
type Message struct {
	Headers headers.List
	Body    []byte

	subscription *Subscription // nil if it belongs to none
	link         *link
}

// Destination returns the destination header.
func (m *Message) Destination() string {
	return m.Headers.Value(headers.Destination)
}

// Ack tells the broker that the message is consumed, in mode client with all
// before it. It waits for no receipt. If the connection over which the message
// came is gone, the error is ErrConnectionLost: the broker delivers it again.
// More headers may be given.
func (m *Message) Ack(ctx context.Context, more ...headers.Field) error {
	return m.answer(ctx, frame.ACK, "", more)
}

// Nack tells the broker that the message is not consumed. Brokers differ in what
// they do then. In STOMP 1.0, which has no NACK, it returns an error.
func (m *Message) Nack(ctx context.Context, more ...headers.Field) error {
	return m.answer(ctx, frame.NACK, "", more)
}

// answer sends ACK or NACK, in a transaction unless that is "".
func (m *Message) answer(ctx context.Context, c frame.Command, transaction string, more []headers.Field) error {
	if err := checkOwn(c, more, nil); err != nil {
		return err
	}
	if m.subscription == nil {
		return fmt.Errorf("%w: it belongs to no subscription", ErrNoAck)
	}
	if !m.subscription.options.Ack.Explicit() {
		return fmt.Errorf("%w: its subscription is in mode auto", ErrNoAck)
	}
	if m.link.ended() {
		return lost(m.link.err)
	}
	answer := validate.Ack[*frame.Frame]
	if c == frame.NACK {
		answer = validate.Nack
	}
	f, ok := answer(&frame.Frame{Command: frame.MESSAGE, Headers: m.Headers}, m.link.version)
	if !ok {
		return fmt.Errorf("%w: it lacks the header that %s needs", ErrNoAck, c)
	}
	if transaction != "" {
		f.Headers.Add(headers.Transaction, transaction)
	}
	f.Headers = append(f.Headers, more...)
	return m.link.send(ctx, f)
}
