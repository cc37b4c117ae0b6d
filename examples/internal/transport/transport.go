// Package transport provides TCP, TLS and WebSocket connections as streams.
package transport

import (
	"errors"
	"io"
	"net"
	"time"
)

// A Conn is a stream of bytes. One goroutine may read while another writes.
// Once a deadline has passed, the connection can only be closed.
type Conn interface {
	io.ReadWriteCloser
	// Abort closes at once. Close may perform a closing handshake.
	Abort() error
	// SetReadDeadline applies to future calls of Read, and must be called by
	// the goroutine that reads. SetWriteDeadline is the same for Write.
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// FromNet returns a Conn for a TCP or TLS connection.
func FromNet(c net.Conn) Conn { return stream{c} }

type stream struct{ net.Conn }

// CloseWrite closes the outgoing half of the connection, if the connection
// supports it.
func (s stream) CloseWrite() error {
	if c, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (s stream) Abort() error { return s.Close() }
