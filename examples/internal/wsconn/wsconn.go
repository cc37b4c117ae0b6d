// Package wsconn makes a stream of octets of the messages of a WebSocket, as
// STOMP needs it: where a message begins or ends, and whether it is text or
// binary, means nothing (a client may cut a frame over several messages, and a
// heart-beat is a message of one LF).
package wsconn

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// A Conn is a WebSocket as a stream. One goroutine may read while another one
// writes. Unlike those of a net.Conn, its deadlines are final: when one has
// passed the connection is gone.
type Conn struct {
	ws      *websocket.Conn
	binary  bool
	message io.Reader // in progress, nil between messages

	late        atomic.Bool // a deadline has passed
	read, write *time.Timer
}

// New returns the stream of a WebSocket, which from then on is the Conn's.
// There is no limit on the size of a message: the octets are given as they
// come, and nothing of a message is held.
//
// What is written goes out as text where it is UTF-8, which every STOMP peer
// reads, and otherwise, or always with binary, as a binary message. Some
// brokers read text alone.
func New(ws *websocket.Conn, binary bool) *Conn {
	ws.SetReadLimit(-1)
	c := &Conn{ws: ws, binary: binary}
	late := func() {
		c.late.Store(true)
		c.Abort()
	}
	c.read, c.write = time.AfterFunc(never, late), time.AfterFunc(never, late)
	c.read.Stop()
	c.write.Stop()
	return c
}

const never = 1<<63 - 1

// Read reads octets of the message in progress, or waits for the next one. The
// error is io.EOF when the peer has closed the WebSocket in an orderly way,
// and os.ErrDeadlineExceeded when the deadline has passed.
func (c *Conn) Read(b []byte) (int, error) {
	for {
		if c.message == nil {
			_, r, err := c.ws.Reader(context.Background())
			if err != nil {
				return 0, c.cause(err)
			}
			c.message = r
		}
		n, err := c.message.Read(b)
		if err == io.EOF {
			c.message, err = nil, nil
			if n == 0 {
				continue
			}
		}
		if err != nil {
			err = c.cause(err)
		}
		return n, err
	}
}

// Write writes b as one message.
func (c *Conn) Write(b []byte) (int, error) {
	kind := websocket.MessageBinary
	if !c.binary && utf8.Valid(b) {
		kind = websocket.MessageText
	}
	if err := c.ws.Write(context.Background(), kind, b); err != nil {
		return 0, c.cause(err)
	}
	return len(b), nil
}

// cause returns the error that tells most.
func (c *Conn) cause(err error) error {
	if c.late.Load() {
		return os.ErrDeadlineExceeded
	}
	var e websocket.CloseError
	if errors.As(err, &e) {
		switch e.Code {
		case websocket.StatusNormalClosure, websocket.StatusGoingAway, websocket.StatusNoStatusRcvd:
			return io.EOF
		}
	}
	return err
}

// SetReadDeadline sets when a Read at the latest has to return; the zero time
// is never.
func (c *Conn) SetReadDeadline(t time.Time) error { return set(c.read, t) }

// SetWriteDeadline sets when a Write at the latest has to return; the zero time
// is never.
func (c *Conn) SetWriteDeadline(t time.Time) error { return set(c.write, t) }

func set(timer *time.Timer, t time.Time) error {
	if t.IsZero() {
		timer.Stop()
	} else {
		timer.Reset(time.Until(t))
	}
	return nil
}

// Close says goodbye and waits a few seconds for the peer to do the same.
func (c *Conn) Close() error { return c.CloseWith(websocket.StatusNormalClosure, "") }

// CloseWith is Close with a status and a reason of at most 123 octets.
func (c *Conn) CloseWith(code websocket.StatusCode, reason string) error {
	defer c.stop()
	return c.ws.Close(code, reason)
}

// Abort closes at once.
func (c *Conn) Abort() error {
	defer c.stop()
	return c.ws.CloseNow()
}

func (c *Conn) stop() {
	c.read.Stop()
	c.write.Stop()
}
