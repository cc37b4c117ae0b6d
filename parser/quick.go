package parser

import (
	"bytes"
	"math"
	"math/bits"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

// scanQuick is scan for plain heads. If it cannot decide, it returns false and leaves
// the state as it was.
//
// A parser spends most of its time in this loop. The loop looks for all control
// characters of 64 bytes together: nearly all of them are LFs that end lines.
func (p *Parser) scanQuick(h []byte) (n int, ok bool) {
	s := &p.head
	view, count := p.view[:cap(p.view)], len(p.view)
	line, length := s.line, s.length
	unchecked := s.checked // where to start looking for backslashes
	vectors := haveVectors()
blocks:
	for base := s.seen; base < len(h); base += blockSize {
		var controls, colons, backslashes uint64
		switch {
		case len(h)-base < blockSize:
			controls, backslashes = controlsIn(h[base:]), math.MaxUint64
		case vectors:
			b := loadBlock((*[blockSize]byte)(h[base:]))
			controls, colons, backslashes = b.controls(), b.equal(':'), b.equal('\\')
			if unchecked == base && backslashes == 0 {
				unchecked += blockSize
			}
		default:
			controls = blockControls((*[blockSize]byte)(h[base:]))
		}
		for ; controls != 0; controls &= controls - 1 {
			i := base + bits.TrailingZeros64(controls)
			end := i
			if c := h[i]; c != '\n' {
				if c != 0 && c != '\r' {
					continue
				}
				if i++; c == 0 || !endsLinesInCRLF(p.vers) || i == len(h) || h[i] != '\n' {
					return p.undo(count)
				}
			}
			if end <= line {
				if end < line {
					continue // an LF that was taken with its CR
				}
				n = i + 1
				if vectors && unchecked == base && backslashes<<max(base+blockSize-n, 0) == 0 {
					unchecked = n
				}
				h = h[:n]
				break blocks
			}
			if i-line > p.lim.HeaderLine {
				return p.undo(count)
			}
			if line == 0 {
				c, known := frame.LookupCommand(h[:end])
				if !known || p.vers == frame.Unnegotiated && !c.Handshake() {
					return p.undo(count)
				}
				line = i + 1
				p.setCommand(c, line)
				continue
			}
			colon := line
			if vectors && colons != 0 && line >= base {
				colon += bits.TrailingZeros64(colons >> (line - base))
			} else {
				colon += indexNear(h[line:], ':', end-line)
			}
			if colon <= line || colon >= end || count >= p.lim.Headers {
				return p.undo(count)
			}
			name, value := h[line:colon:colon], h[colon+1:end:end]
			if len(name) == len(headers.ContentLength) && string(name) == headers.ContentLength {
				l, next, ok := wire.Number(value, 0, p.lim.Body)
				if length >= 0 || !ok || next < len(value) {
					return p.undo(count)
				}
				length = l
			}
			if count == len(view) {
				view = moreView(view)
			}
			e := &view[count] // set by field: assigning a FieldView would store it twice
			e.Name, e.Value = name, value
			count++
			line = i + 1
		}
	}
	p.work.step(len(h) - s.seen)
	if max(n, line) > p.lim.Head || n == 0 && len(h) > line && !p.mayGoOn(h, line, count) {
		return p.undo(count)
	}
	first, checked := s.firstBackslash, len(h)
	if unchecked < len(h) && s.escape != headers.Literal {
		from := max(unchecked, s.afterCommand)
		if i := bytes.IndexByte(h[from:], '\\'); i >= 0 {
			if first, checked, ok = p.findEscapes(h, from+i, n > 0 && s.seen == 0); !ok {
				return p.undo(count)
			}
		}
	}
	p.view = view[:count]
	s.line, s.seen, s.length = line, len(h), length
	s.firstBackslash, s.checked = first, checked
	return n, true
}

// undo undoes what scanQuick did. count is how many entries of the view are set.
func (p *Parser) undo(count int) (n int, ok bool) {
	p.dirty = max(p.dirty, min(count, cap(p.view)))
	if p.head.line == 0 {
		p.setCommand("", 0)
		p.head.escape = headers.Literal
	}
	return 0, false
}

// findEscapes looks for escapes, from the backslash at index from on. It returns the
// first escape of the head, and the new value of checked. ok is false if a backslash
// begins no escape. whole says that h is a head that came in one piece: findEscapes
// then does not look, because unescape will.
func (p *Parser) findEscapes(h []byte, from int, whole bool) (first, checked int, ok bool) {
	first = p.head.firstBackslash
	if first == 0 {
		first = from
	}
	escapes := wire.EscapesOf(uint8(p.head.escape))
	for !whole {
		if from+1 == len(h) {
			return first, from, true // look again when the next byte has come
		}
		if escapes.Byte[h[from+1]] == 0 {
			return 0, 0, false
		}
		i := bytes.IndexByte(h[from+2:], '\\')
		if i < 0 {
			break
		}
		from += 2 + i
	}
	return first, len(h), true
}
