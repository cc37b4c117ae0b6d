package transport

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// A WebSocket is a WebSocket as a stream. Where a message begins or ends, and
// whether it is text or binary, means nothing in STOMP: a client may cut a frame
// over several messages, and a heart-beat is a message of one LF.
type WebSocket struct {
	ws      *websocket.Conn
	binary  bool
	message io.Reader // in progress, nil between messages

	ctx    context.Context // of reading; ends with Abort
	cancel context.CancelFunc

	late        atomic.Bool // a deadline has passed
	read, write deadline
}

// A deadline closes the WebSocket when it passes during a call.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) arm() {
	if !d.at.IsZero() {
		d.timer.Reset(time.Until(d.at))
	}
}

func (d *deadline) disarm() { d.timer.Stop() }

// FromWebSocket returns the stream of a connection, which from then on belongs
// to it. There is no limit on the size of a message: the octets are given as they
// come, and nothing of a message is held.
//
// What is written goes out as text where it is UTF-8, which every STOMP peer
// reads, and otherwise, or always with binary, as a binary message. Some
// brokers read text alone.
func FromWebSocket(ws *websocket.Conn, binary bool) *WebSocket {
	ws.SetReadLimit(-1)
	c := &WebSocket{ws: ws, binary: binary}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	late := func() {
		c.late.Store(true)
		c.Abort()
	}
	for _, d := range []*deadline{&c.read, &c.write} {
		d.timer = time.AfterFunc(never, late)
		d.timer.Stop()
	}
	return c
}

const never = 1<<63 - 1

// Read reads octets of the message in progress, or waits for the next one. The
// error is io.EOF when the peer has closed the WebSocket in an orderly way,
// and os.ErrDeadlineExceeded when the deadline has passed.
func (c *WebSocket) Read(b []byte) (int, error) {
	c.read.arm()
	defer c.read.disarm()
	for {
		if c.message == nil {
			_, r, err := c.ws.Reader(c.ctx)
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
func (c *WebSocket) Write(b []byte) (int, error) {
	if err := c.WriteParts(func() {}, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// cause returns the error that tells most.
func (c *WebSocket) cause(err error) error {
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

// SetReadDeadline sets when the next calls of Read at the latest have to
// return; the zero time is never. It is for the goroutine that reads.
func (c *WebSocket) SetReadDeadline(t time.Time) error {
	c.read.at = t
	return nil
}

// SetWriteDeadline sets when the next calls of Write at the latest have to
// return; the zero time is never. It is for the goroutine that writes.
func (c *WebSocket) SetWriteDeadline(t time.Time) error {
	c.write.at = t
	return nil
}

// Close says goodbye and waits a few seconds for the peer to do the same.
func (c *WebSocket) Close() error { return c.CloseWith(websocket.StatusNormalClosure, "") }

// CloseWith is Close with a status and a reason of at most 123 octets.
func (c *WebSocket) CloseWith(code websocket.StatusCode, reason string) error {
	return c.ws.Close(code, reason)
}

// Abort closes at once, also while Close waits for the peer.
func (c *WebSocket) Abort() error {
	c.cancel()
	return c.ws.CloseNow()
}
