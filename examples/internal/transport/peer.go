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

// A Peer is a connection that sends messages: over TCP a stream like any other,
// over WebSocket a message each. One goroutine may read while another one writes,
// and any may abort.
type Peer interface {
	io.Reader
	// WriteMessages writes messages, and calls progress each time that the peer
	// has taken some of them.
	WriteMessages(all []Message, progress func()) error
	// Finish says that nothing more will be written. The peer may still read.
	Finish() error
	Abort() error // at once
}

// A Message is a frame or a heart-beat that is to be written, in two parts. The
// second, where there is one, may be shared with other peers.
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

// A Shared is a part of messages that stays in an account until the last of them
// is written.
type Shared struct {
	bytes   []byte
	account *memory.Account
	users   atomic.Int32
}

// Share takes bytes into an account. The caller is the first user.
func Share(b []byte, a *memory.Account) *Shared {
	s := &Shared{bytes: b, account: a}
	s.users.Store(1)
	a.Add(s.cost())
	return s
}

func (s *Shared) cost() int { return len(s.bytes) + len(s.bytes)/8 } // allocations are rounded up

// Done says that a user needs the bytes no longer. Nil is fine.
func (s *Shared) Done() {
	if s != nil && s.users.Add(-1) == 0 {
		s.account.Add(-s.cost())
	}
}

// NewPeer makes a Peer of a TCP or TLS connection.
func NewPeer(c net.Conn) Peer { return stream{c} }

// piece is how much of a large message is written at a time.
const piece = 64 << 10

// lf goes out after each NUL. The specification leaves that free; php-stomp reads
// one byte after each NUL without looking at it, and loses the next frame where
// that is its first. Over WebSocket some clients would take it for a heart-beat.
var lf = []byte{'\n'}

// WriteMessages writes small messages together, if the system can do that.
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

// Finish closes the half that the peer reads.
func (s stream) Finish() error { return s.CloseWrite() }

// WriteMessages writes each message as one.
func (c *WebSocket) WriteMessages(all []Message, progress func()) error {
	for _, m := range all {
		if err := c.WriteParts(progress, m.Own, m.Rest()); err != nil {
			return err
		}
	}
	return nil
}

// Finish says goodbye in the manner of WebSocket.
func (c *WebSocket) Finish() error { return c.Close() }

// Chunks reads in chunks: small ones while little comes, so that an idle
// connection costs little, and large ones, which all connections share, while
// more comes.
type Chunks struct {
	account *memory.Account
	small   []byte
	large   *[largeChunk]byte
	full    bool // the last one was
}

const smallChunk, largeChunk = 512, 16 << 10

var largeChunks = sync.Pool{New: func() any { return new([largeChunk]byte) }}

// NewChunks returns Chunks whose large ones are counted in an account.
func NewChunks(a *memory.Account) *Chunks {
	return &Chunks{account: a, small: make([]byte, smallChunk)}
}

// Read reads the next chunk. It is valid until the next call. The error may come
// with it.
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

// Release gives a large chunk back.
func (c *Chunks) Release() {
	if c.large != nil {
		largeChunks.Put(c.large)
		c.account.Add(-largeChunk)
		c.large = nil
	}
}
