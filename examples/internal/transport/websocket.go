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

// A WebSocket presents a WebSocket connection as a stream. Message boundaries
// and types mean nothing in STOMP: a client may split a frame over several
// messages, and a heart-beat is a message of one LF.
type WebSocket struct {
	ws      *websocket.Conn
	binary  bool
	message io.Reader // the current message, nil between messages

	ctx    context.Context // for reading; canceled by Abort
	cancel context.CancelFunc

	late        atomic.Bool // a deadline has passed
	read, write deadline
}

// A deadline closes the WebSocket if it passes during a call.
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

// FromWebSocket returns a stream that takes over the connection. Messages may
// have any size, since they are read as a stream and never held in memory.
//
// Output is sent as text messages if it is UTF-8, since every STOMP peer
// accepts text and some brokers accept nothing else. Other output, or all
// output if binary is set, is sent as binary messages.
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

// Read reads from the current message, or waits for the next one. The error is
// io.EOF if the peer has closed the WebSocket normally, and
// os.ErrDeadlineExceeded if the deadline has passed.
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

// cause returns the most useful error.
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

// SetReadDeadline sets the deadline of future calls of Read; zero means none.
// Only the goroutine that reads may call it.
func (c *WebSocket) SetReadDeadline(t time.Time) error {
	c.read.at = t
	return nil
}

// SetWriteDeadline sets the deadline of future calls of Write; zero means none.
// Only the goroutine that writes may call it.
func (c *WebSocket) SetWriteDeadline(t time.Time) error {
	c.write.at = t
	return nil
}

// Close performs the closing handshake, and waits a few seconds for the peer.
func (c *WebSocket) Close() error { return c.CloseWith(websocket.StatusNormalClosure, "") }

// CloseWith is Close with a status and a reason of at most 123 bytes.
func (c *WebSocket) CloseWith(code websocket.StatusCode, reason string) error {
	return c.ws.Close(code, reason)
}

// Abort closes at once, even during Close.
func (c *WebSocket) Abort() error {
	c.cancel()
	return c.ws.CloseNow()
}
