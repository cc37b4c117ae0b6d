package client

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// A steadyConn bounds the time that a write may stand still, not the time that
// it takes: a write fails with a timeout only if the peer accepts not a single
// byte during patience. It lies below TLS and WebSocket, whose connections
// cannot go on after a write that was cut off.
type steadyConn struct {
	net.Conn
	patience time.Duration

	mu    sync.Mutex
	limit time.Time // set by SetWriteDeadline; zero for none
}

// looks is how many times during patience a write that waits looks again. The
// kernel wakes a waiting writer only when a good part of its buffer has become
// free; a new attempt uses any room there is.
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

// arm sets the deadline of the next attempt to write, and reports whether it is
// the one that SetWriteDeadline has set.
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
