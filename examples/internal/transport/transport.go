// Package transport has what carries STOMP: TCP, TLS and WebSocket as the same
// kind of stream.
package transport

import (
	"errors"
	"io"
	"net"
	"time"
)

// A Conn is a stream of octets. One goroutine may read while another one
// writes. Its deadlines are final: when one has passed, the connection is only
// good for closing.
type Conn interface {
	io.ReadWriteCloser
	// Abort closes at once, where Close may say goodbye.
	Abort() error
	// SetReadDeadline is for the goroutine that reads, and for calls to come;
	// SetWriteDeadline likewise.
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// FromNet makes a Conn of a TCP or TLS connection.
func FromNet(c net.Conn) Conn { return stream{c} }

type stream struct{ net.Conn }

// CloseWrite closes the half that the peer reads, where that can be done.
func (s stream) CloseWrite() error {
	if c, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (s stream) Abort() error { return s.Close() }
