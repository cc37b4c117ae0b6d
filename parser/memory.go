package parser

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// retained is the most memory, in bytes, that a Parser or Assembler keeps between
// frames while no input comes.
const retained = 4 << 10

// memory holds the buffers for what cannot be borrowed from the caller's chunk. A
// Parser has a pointer to it, so that it costs nothing while it is not needed.
type memory struct {
	buf  []byte // the head so far, if it came in more than one chunk
	text []byte // unescaped names and values
	kept []byte // names and values of a head whose chunk is no longer borrowed
	body []byte // a body that came in more than one piece

	underused int // how many frames in a row hardly used the buffers

	extensions [4]frame.Command // the last short commands outside the specifications
}

// extension returns a command outside the specifications. It keeps the last few, so
// that not every frame allocates one.
func (p *Parser) extension(command []byte) frame.Command {
	if len(command) > longExtension {
		return frame.Command(command)
	}
	known := &p.memory().extensions
	for _, c := range known {
		if string(c) == string(command) {
			return c
		}
	}
	c := frame.Command(command)
	copy(known[1:], known[:])
	known[0] = c
	return c
}

// longExtension is the length of the longest command that extension keeps, in bytes.
const longExtension = 32

// next empties the buffers for the next frame. It releases them if they are large and
// many frames have hardly used them.
func (m *memory) next() {
	size := cap(m.buf) + cap(m.text) + cap(m.kept) + cap(m.body)
	switch {
	case size <= retained:
	case len(m.buf)+len(m.text)+len(m.kept)+len(m.body) >= size/8:
		m.underused = 0
	case m.underused == 64:
		*m = memory{}
	default:
		m.underused++
	}
	m.buf, m.text, m.kept, m.body = m.buf[:0], m.text[:0], m.kept[:0], m.body[:0]
}

// grown is appendWithin for a buffer of the parser.
func (p *Parser) grown(dst, piece []byte, least int, most int64) []byte {
	if len(dst)+len(piece) > cap(dst) {
		p.work.copy(len(dst))
	}
	p.work.copy(len(piece))
	return appendWithin(dst, piece, least, most)
}

// appendWithin is append for a slice whose capacity, in bytes, starts at least, doubles,
// and never exceeds most.
func appendWithin(dst, piece []byte, least int, most int64) []byte {
	need := len(dst) + len(piece)
	if need > cap(dst) {
		size := int(min(int64(max(need, 2*cap(dst), least)), most))
		grown := make([]byte, len(dst), size)
		copy(grown, dst)
		dst = grown
	}
	return append(dst, piece...)
}

// leastBody is the first capacity of a buffer for a body, in bytes.
const leastBody = 2 << 10

// keepBody copies a piece of a body into the buffer. The capacity grows with the bytes
// that have come: it doubles, up to the content-length or else the limit.
func (p *Parser) keepBody(piece []byte) {
	most := p.head.length
	if most < 0 {
		most = p.lim.Body
	}
	m := p.memory()
	m.body = p.grown(m.body, piece, leastBody, most)
}

// memory returns the buffers. The first call allocates them.
func (p *Parser) memory() *memory {
	if p.mem == nil {
		p.mem = new(memory)
	}
	return p.mem
}

func (p *Parser) release() {
	p.mem, p.view, p.dirty = nil, nil, 0
	p.head.command = knownOrNone(p.head.command)
}

// poison overwrites the memory that the caller borrowed for the last frame, and
// releases it.
func (p *Parser) poison() {
	for i := range p.view[:max(p.dirty, len(p.view))] {
		p.view[:cap(p.view)][i] = headers.FieldView{Name: []byte("POISONED"), Value: []byte("POISONED")}
	}
	if m := p.mem; m != nil {
		for _, b := range [...][]byte{m.buf, m.text, m.kept, m.body} {
			poison(b[:cap(b)])
		}
	}
	p.release()
}

func poison(b []byte) {
	for i := range b {
		b[i] = 0xdb
	}
}

// trim releases the caller's last chunk, and the buffers if they are larger than
// retained.
func (p *Parser) trim() {
	p.idle = false
	p.head.command = ""
	p.forgetView()
	size := cap(p.view) * entrySize
	if m := p.mem; m != nil {
		size += cap(m.buf) + cap(m.text) + cap(m.kept) + len(m.extensions)*longExtension
		if size+cap(m.body) > retained {
			m.body = nil
		}
	}
	if size > retained {
		p.release()
	}
}
