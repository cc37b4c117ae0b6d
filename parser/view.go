package parser

import (
	"bytes"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

const (
	leastView = 8  // first capacity of a view, in entries
	entrySize = 48 // size of a headers.FieldView on a 64-bit machine, in bytes
)

// moreView returns a copy of view with twice the capacity, all of it in use. WorstCase
// relies on the capacity being no larger.
func moreView(view []headers.FieldView) []headers.FieldView {
	more := make([]headers.FieldView, max(leastView, 2*cap(view)))
	copy(more, view)
	return more
}

// cleanView clears the entries that earlier frames left after the end of the view, so
// that they keep no older chunk alive.
func (p *Parser) cleanView() {
	if p.dirty > len(p.view) {
		clear(p.view[len(p.view):p.dirty])
	}
	p.dirty = len(p.view)
}

// forgetView empties the view, so that it keeps none of the caller's chunks
// alive.
func (p *Parser) forgetView() {
	p.dirty = max(p.dirty, len(p.view))
	p.view = p.view[:0]
	p.cleanView()
}

// lentHead returns the complete head, borrowed.
func (p *Parser) lentHead() frame.Head {
	return frame.Head{Command: p.head.command, Headers: p.view[:len(p.view):len(p.view)], Length: frame.Counted(p.head.length)}
}

// rebase makes the view borrow from h, to which the bytes of the head have moved. It
// must come before unescape.
func (p *Parser) rebase(h []byte) {
	start := p.head.afterCommand
	for i := range p.view {
		e := &p.view[i]
		colon := start + len(e.Name)
		end := colon + 1 + len(e.Value)
		e.Name, e.Value = h[start:colon:colon], h[colon+1:end:end]
		start = afterEOL(h, end)
	}
}

// afterEOL returns the index after the LF or CR LF at index i.
func afterEOL(h []byte, i int) int {
	if h[i] == '\r' {
		i++
	}
	return i + 1
}

// keepHead copies the names and values of a complete head out of the caller's chunk,
// which is no longer valid after this call.
func (p *Parser) keepHead() {
	size := 0
	for _, e := range p.view {
		size += len(e.Name) + len(e.Value)
	}
	m := p.memory()
	if cap(m.kept) < size {
		m.kept = make([]byte, 0, size)
	}
	kept := m.kept[:0]
	for i, e := range p.view {
		start, middle := len(kept), len(kept)+len(e.Name)
		kept = append(append(kept, e.Name...), e.Value...)
		p.view[i] = headers.FieldView{
			Name:  kept[start:middle:middle],
			Value: kept[middle:len(kept):len(kept)],
		}
	}
	m.kept = kept
	p.work.copy(size)
}

// unescape replaces the names and values that contain escapes. h is the complete head,
// and contains at least one. unescape returns false if a backslash begins no escape of
// the version, and keeps such a backslash as it is.
func (p *Parser) unescape(h []byte) (ok bool) {
	m := p.memory()
	// Room for the whole head: text must not move while entries borrow from it.
	if m.text = m.text[:0]; cap(m.text) < len(h) {
		m.text = make([]byte, 0, len(h))
	}
	p.work.copy(len(h))
	ok = true
	next := p.head.firstBackslash
	start := p.head.afterCommand
	for i := range p.view {
		e := &p.view[i]
		colon := start + len(e.Name)
		end := colon + 1 + len(e.Value)
		if next < end {
			nameOK, valueOK := true, true
			if next < colon {
				e.Name, nameOK = m.unescaped(p.head.escape, e.Name, next-start)
				next = colon + max(0, bytes.IndexByte(h[colon:], '\\'))
			}
			if colon < next && next < end {
				e.Value, valueOK = m.unescaped(p.head.escape, e.Value, next-colon-1)
			}
			ok = ok && nameOK && valueOK
			n := bytes.IndexByte(h[end:], '\\')
			if n < 0 {
				break
			}
			next = end + n
		}
		start = afterEOL(h, end)
	}
	return ok
}

// unescaped appends what s stands for to text, which has room for it, and returns it.
// The first backslash of s is at index i.
func (m *memory) unescaped(escape headers.Escaping, s []byte, i int) (plain []byte, ok bool) {
	ok = true
	escapes := wire.EscapesOf(uint8(escape))
	start := len(m.text)
	text := append(m.text, s...)
	to := text[start:]
	n := i
	for i < len(to) {
		c := to[i]
		i++
		if c == '\\' {
			if i < len(to) && escapes.Byte[to[i]] != 0 {
				c = escapes.Byte[to[i]]
				i++
			} else {
				ok = false
			}
		}
		to[n] = c
		n++
	}
	m.text = text[:start+n]
	return to[:n:n], ok
}
