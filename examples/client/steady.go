package client

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// A steadyConn bounds the time without progress in a write, not its duration: a
// write fails with a timeout only if the peer accepts no byte during patience. It
// lies below TLS and WebSocket, which cannot continue after a partial write.
type steadyConn struct {
	net.Conn
	patience time.Duration

	mu    sync.Mutex
	limit time.Time // set by SetWriteDeadline; zero for none
}

// looks is how often a blocked write tries again during patience. The kernel wakes
// a blocked writer only when much of its buffer is free. A new attempt uses any
// room there is.
const looks = 4

func (c *steadyConn) Write(b []byte) (int, error) {
	written, idle := 0, 0
	for {
		limited := c.arm()
		n, err := c.Conn.Write(b[written:])
		written += n
		if err == nil || limited || !errors.Is(err, os.ErrDeadlineExceeded) {
			return written, err
		}
		if idle++; n > 0 {
			idle = 0
		}
		if idle == looks {
			return written, err
		}
	}
}

// arm sets the deadline of the next attempt to write, and reports whether the
// caller has set it, with SetWriteDeadline.
func (c *steadyConn) arm() (limited bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	deadline := time.Now().Add(c.patience / looks)
	if limited = !c.limit.IsZero() && c.limit.Before(deadline); limited {
		deadline = c.limit
	}
	c.Conn.SetWriteDeadline(deadline)
	return limited
}

func (c *steadyConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limit = t
	return c.Conn.SetWriteDeadline(t)
}

func (c *steadyConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetWriteDeadline(t), c.SetReadDeadline(t))
}
