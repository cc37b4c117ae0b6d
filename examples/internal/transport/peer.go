package transport

import (
	"bytes"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/stompwire/stomp/examples/internal/memory"
)

// A Peer is a connection that sends messages: as a stream over TCP, and one by
// one over WebSocket. One goroutine may read while another writes, and any may
// abort.
type Peer interface {
	io.Reader
	// WriteMessages writes messages. It calls progress each time the peer has
	// accepted data.
	WriteMessages(all []Message, progress func()) error
	// Finish ends the outgoing direction. The peer may still read.
	Finish() error
	Abort() error // closes at once
}

// A Message is an outgoing frame or heart-beat in two parts. The second part is
// optional and may be shared with other peers.
type Message struct {
	Own    []byte
	Shared *Shared
}

// Rest returns the bytes of the second part.
func (m Message) Rest() []byte {
	if m.Shared == nil {
		return nil
	}
	return m.Shared.bytes
}

// A Shared is a message part that counts in an account until the last user is
// done with it.
type Shared struct {
	bytes   []byte
	account *memory.Account
	users   atomic.Int32
}

// Share adds bytes to an account. The caller is the first user.
func Share(b []byte, a *memory.Account) *Shared {
	s := &Shared{bytes: b, account: a}
	s.users.Store(1)
	a.Add(s.cost())
	return s
}

func (s *Shared) cost() int { return len(s.bytes) + len(s.bytes)/8 } // allocations are rounded up

// Done ends one use. A nil Shared is allowed.
func (s *Shared) Done() {
	if s != nil && s.users.Add(-1) == 0 {
		s.account.Add(-s.cost())
	}
}

// NewPeer returns a Peer for a TCP or TLS connection.
func NewPeer(c net.Conn) Peer { return stream{c} }

// piece is the size of one write of a large message.
const piece = 64 << 10

// lf follows each NUL; the specification allows that. php-stomp skips one byte
// after each NUL without looking at it, and would lose the first byte of the
// next frame. Over WebSocket some clients would take it for a heart-beat.
var lf = []byte{'\n'}

// WriteMessages writes small messages in one system call where possible.
func (s stream) WriteMessages(all []Message, progress func()) error {
	parts := make(net.Buffers, 0, 3*len(all))
	for _, m := range all {
		parts = append(parts, m.Own)
		for p := range slices.Chunk(m.Rest(), piece) {
			if parts = append(parts, p); len(p) == piece {
				if _, err := parts.WriteTo(s.Conn); err != nil {
					return err
				}
				progress()
			}
		}
		if end := []byte{0}; bytes.HasSuffix(m.Own, end) || bytes.HasSuffix(m.Rest(), end) {
			parts = append(parts, lf)
		}
	}
	_, err := parts.WriteTo(s.Conn)
	progress()
	return err
}

// Finish closes the outgoing half of the connection.
func (s stream) Finish() error { return s.CloseWrite() }

// WriteMessages writes each message as a WebSocket message.
func (c *WebSocket) WriteMessages(all []Message, progress func()) error {
	for _, m := range all {
		if err := c.WriteParts(progress, m.Own, m.Rest()); err != nil {
			return err
		}
	}
	return nil
}

// Finish performs the WebSocket closing handshake.
func (c *WebSocket) Finish() error { return c.Close() }

// Chunks reads a connection in chunks: small ones while little data arrives, so
// that an idle connection uses little memory, and large ones from a shared pool
// while much arrives.
type Chunks struct {
	account *memory.Account
	small   []byte
	large   *[largeChunk]byte
	full    bool // the last chunk was full
}

const smallChunk, largeChunk = 512, 16 << 10

var largeChunks = sync.Pool{New: func() any { return new([largeChunk]byte) }}

// NewChunks returns Chunks that count large chunks in an account.
func NewChunks(a *memory.Account) *Chunks {
	return &Chunks{account: a, small: make([]byte, smallChunk)}
}

// Read reads the next chunk, which is valid until the next call. It may return
// data and an error together.
func (c *Chunks) Read(r io.Reader) (chunk []byte, err error) {
	if c.full && c.large == nil {
		c.large = largeChunks.Get().(*[largeChunk]byte)
		c.account.Add(largeChunk)
	} else if !c.full {
		c.Release()
	}
	if chunk = c.small; c.large != nil {
		chunk = c.large[:]
	}
	n, err := r.Read(chunk)
	c.full = n == len(chunk)
	return chunk[:n], err
}

// Release returns a large chunk to the pool.
func (c *Chunks) Release() {
	if c.large != nil {
		largeChunks.Put(c.large)
		c.account.Add(-largeChunk)
		c.large = nil
	}
}
