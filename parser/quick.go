package parser

import (
	"bytes"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

// scanQuick is scan for heads that have nothing unusual. If it cannot decide, it
// returns false, and the caller undoes what it did.
//
// A stream spends most of its time in this loop, so it keeps few variables: rest
// begins with the current line, i is the index of the LF of that line.
func (p *Parser) scanQuick(h []byte) (n int, ok bool) {
	s := &p.head
	rest := h[s.line:]
	i := s.seen - s.line // where to look for the LF
	if k := indexNear(rest[i:], '\n', len(rest)-i); k < 0 {
		i = -1
	} else {
		i += k
	}
	crs := 0 // CRs before LFs
	if s.afterCommand == 0 && i >= 0 {
		end := i
		if end > 0 && rest[end-1] == '\r' {
			end--
			crs++
		}
		c, known := frame.LookupCommand(rest[:end])
		if !known || p.vers == frame.Unnegotiated && !c.Handshake() || i > p.lim.HeaderLine {
			return 0, false
		}
		p.setCommand(c, i+1)
		rest = rest[i+1:]
		i = bytes.IndexByte(rest, '\n')
	}
	view := p.view[:cap(p.view)]
	count := len(p.view)
	for i >= 0 {
		end := i
		if end > 0 && rest[end-1] == '\r' {
			end--
			crs++
		}
		if end == 0 {
			n = len(h) - len(rest) + i + 1
			p.view = view[:count]
			p.work.step(n - s.seen)
			return n, n <= p.lim.Head && p.checkSpecial(h[:n], crs, s.seen == 0)
		}
		colon := indexNear(rest, ':', end)
		if colon <= 0 || colon >= end || i > p.lim.HeaderLine || count >= p.lim.Headers {
			return 0, false
		}
		name, value := rest[:colon:colon], rest[colon+1:end:end]
		if len(name) == len(headers.ContentLength) && string(name) == headers.ContentLength {
			length, next, ok := wire.Number(value, 0, p.lim.Body)
			if s.length >= 0 || !ok || next < len(value) {
				return 0, false
			}
			s.length = length
		}
		if count == len(view) {
			view = moreView(view)
		}
		e := &view[count] // filled in by field: a FieldView made first is stored twice
		e.Name, e.Value = name, value
		count++
		rest = rest[i+1:]
		if i = 0; len(rest) == 0 || rest[0] != '\n' {
			i = bytes.IndexByte(rest, '\n')
		}
	}
	p.view = view[:count]
	line := len(h) - len(rest)
	p.work.step(len(h) - s.seen)
	if line > p.lim.Head || len(rest) > 0 && !p.mayGoOn(h, line) || !p.checkSpecial(h, crs, false) {
		return 0, false
	}
	s.line, s.seen = line, len(h)
	return 0, true
}

// checkSpecial searches the unchecked bytes of h for those that mean more than
// themselves. It moves checked and firstBackslash, and returns false if scanQuick
// cannot go on.
//
// crs is how many CRs scanQuick took for parts of a CR LF: there must be no
// others, and none at all in a version without CR LF. whole says that h is a head
// that came in one piece: unescape then finds the escapes that are undefined.
func (p *Parser) checkSpecial(h []byte, crs int, whole bool) bool {
	s := &p.head
	fresh := h[s.checked:]
	if bytes.IndexByte(fresh, 0) >= 0 {
		return false
	}
	if crs > 0 && !endsLinesInCRLF(p.vers) || bytes.IndexByte(fresh, '\r') >= 0 && bytes.Count(fresh, []byte{'\r'}) != crs {
		return false
	}
	at := max(s.checked, s.afterCommand)
	s.checked = len(h)
	if s.escape == headers.Literal {
		return true
	}
	for at < len(h) {
		i := bytes.IndexByte(h[at:], '\\')
		if i < 0 {
			return true
		}
		at += i
		if s.firstBackslash == 0 {
			s.firstBackslash = at
		}
		if whole {
			return true
		}
		if at+1 == len(h) {
			s.checked = at // look again when the next byte has come
			return true
		}
		if wire.EscapesOf(uint8(s.escape)).Byte[h[at+1]] == 0 {
			return false
		}
		at += 2
	}
	return true
}
