package client

import (
	"context"
	"errors"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Transaction gathers messages and acknowledgments that take effect
// together. It ends with Commit or Abort, or with the connection, after which its
// methods return ErrConnectionLost.
type Transaction struct {
	link *link
	id   string
}

// Begin begins a transaction.
func (c *Client) Begin(ctx context.Context) (*Transaction, error) {
	l, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	t := &Transaction{link: l, id: "tx-" + strconv.FormatUint(c.number(), 10)}
	c.mu.Unlock()
	if err := l.send(ctx, t.frame(frame.BEGIN)); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Transaction) frame(c frame.Command) *frame.Frame {
	return &frame.Frame{Command: c, Headers: headers.Pairs(headers.Transaction, t.id)}
}

// Send is [Client.Send] in the transaction.
func (t *Transaction) Send(ctx context.Context, destination string, body []byte, more ...headers.Field) error {
	if err := checkOwn(frame.SEND, more, nil); err != nil {
		return err
	}
	f := sendFrame(destination, body, nil)
	f.Headers.Add(headers.Transaction, t.id)
	f.Headers = append(f.Headers, more...)
	return t.link.send(ctx, f)
}

// Ack is [Message.Ack] in the transaction, which has to be of the connection
// over which the message came.
func (t *Transaction) Ack(ctx context.Context, m *Message, more ...headers.Field) error {
	return t.answer(ctx, frame.ACK, m, more)
}

// Nack is [Message.Nack] in the transaction.
func (t *Transaction) Nack(ctx context.Context, m *Message, more ...headers.Field) error {
	return t.answer(ctx, frame.NACK, m, more)
}

func (t *Transaction) answer(ctx context.Context, c frame.Command, m *Message, more []headers.Field) error {
	if m.link != t.link {
		return lost(errors.New("the message came over another connection than that of the transaction"))
	}
	return m.answer(ctx, c, t.id, more)
}

// Commit makes the transaction take effect, and waits until the broker has
// confirmed it. After an error of ctx or ErrConnectionLost nobody knows whether
// it has.
func (t *Transaction) Commit(ctx context.Context) error {
	return t.link.confirm(ctx, t.frame(frame.COMMIT))
}

// Abort drops the transaction, and waits until the broker has confirmed it.
func (t *Transaction) Abort(ctx context.Context) error {
	return t.link.confirm(ctx, t.frame(frame.ABORT))
}
