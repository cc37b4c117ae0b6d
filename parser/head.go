package parser

import (
	"bytes"
	"math"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

// A head is gone over by two functions. scanQuick looks for nothing but line
// feeds and colons, then looks once over all it saw for bytes that mean more:
// NUL, CR, backslash. It knows no errors: where anything is unusual it gives
// up, and scanLines and judge go over the lines again, byte by byte, and say
// what is wrong, or what a leniency or a CR makes of it. Both keep where they
// are, so that no line is gone over more than once by each, however the input
// is cut.

// head is the state of a head that is being read. Indices count bytes from
// its first.
type head struct {
	command  frame.Command // "" until the command line is complete
	length   int64         // content-length, -1 for none so far
	names    int           // first byte after the command line; 0 until it is complete
	line     int           // first byte of the line that is not complete
	seen     int           // bytes in which LF was looked for
	checked  int           // bytes in which bytes that mean more were looked for
	escaped  int           // the first backslash that means something, 0 for none
	used     Allow         // leniencies of the frame so far
	escape   headers.Escaping
	slow     bool // scanQuick has given up on this head
	buffered bool // it came in more than one chunk, and is in buf
	nul      bool // the last piece of its body needed AllowNULInBody
}

func (p *Parser) beginHead(offset int64) {
	if !p.ready {
		p.prepare()
	}
	if p.mem != nil {
		p.mem.next()
	}
	p.frame = offset
	p.head = head{length: -1}
	p.view = p.view[:0]
}

// startHead begins a head with src, which is not empty.
func (p *Parser) startHead(src []byte) (EventKind, int, *Error) {
	p.beginHead(p.offset)
	n, e := p.scan(src)
	if e != nil {
		p.state = inHead
		return p.fail(e)
	}
	if n == 0 {
		// What the view had of the frame before may lie in another chunk.
		clear(p.view[len(p.view):max(p.viewed, len(p.view))])
		p.viewed = len(p.view)
		m := p.memory()
		m.buf = p.grown(m.buf[:0], src, leastHead, math.MaxInt)
		p.rebase(m.buf)
		p.state = inHead
		p.offset += int64(len(src))
		return NeedMore, len(src), nil
	}
	p.offset += int64(n)
	p.endHead(src[:n])
	return HeadEvent, n, nil
}

// moreHead goes on with the head in buf. It takes src in blocks, so that of a
// chunk with a large body not more than a block is copied for nothing.
func (p *Parser) moreHead(src []byte) (EventKind, int, *Error) {
	m := p.mem
	taken := 0
	for taken < len(src) {
		had, room := len(m.buf), cap(m.buf)
		m.buf = p.grown(m.buf, src[taken:min(taken+block, len(src))], leastHead, math.MaxInt)
		if cap(m.buf) != room {
			p.rebase(m.buf)
		}
		n, e := p.scan(m.buf)
		if e != nil {
			return p.fail(e)
		}
		if n > 0 {
			taken += n - had
			p.offset += int64(taken)
			m.buf = m.buf[:n]
			p.head.buffered = true
			p.endHead(m.buf)
			return HeadEvent, taken, nil
		}
		taken += len(m.buf) - had
	}
	p.offset += int64(taken)
	return NeedMore, taken, nil
}

// leastHead is what a buffer for a head begins with, in bytes, and block is how
// many are put into it at once.
const (
	leastHead = 512
	block     = 512
)

// endHead completes the view of a complete head, h, and sets the state for its
// body.
func (p *Parser) endHead(h []byte) {
	clear(p.view[len(p.view):max(p.viewed, len(p.view))])
	p.viewed = len(p.view)
	switch length := p.head.length; {
	case length < 0:
		p.state, p.rest = scanned, p.lim.Body
	case length == 0:
		p.state, p.rest = atEnd, 0
	case p.head.command.MayHaveNUL():
		p.state, p.rest = counted, length
	default:
		p.state, p.rest = guarded, length
	}
}

// addHeader adds the header whose name begins at start, whose colon is at colon
// and whose value ends before end.
func (p *Parser) addHeader(h []byte, start, colon, end int) {
	p.view = extended(p.view)
	e := &p.view[len(p.view)-1]
	e.Name, e.Value = h[start:colon:colon], h[colon+1:end:end]
}

// extended returns a view with one more entry, to be filled in field by field:
// an Entry that is made first and then appended is stored twice, which shows.
func extended(view []headers.FieldView) []headers.FieldView {
	if len(view) == cap(view) {
		return moreView(view)[:len(view)+1]
	}
	return view[:len(view)+1]
}

// rebase makes the view lend from h, where the bytes of the head have been
// moved to. Nothing has been unescaped yet.
func (p *Parser) rebase(h []byte) {
	start := p.head.names
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

// lentHead returns the head, which is complete.
func (p *Parser) lentHead() frame.Head {
	return frame.Head{Command: p.head.command, Headers: p.view[:len(p.view):len(p.view)], Length: frame.Counted(p.head.length)}
}

// keepHead copies the names and values of a complete head out of the caller's
// chunk, which has to be given back.
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

// unescape replaces the names and values that have escapes, of which the
// complete head h has at least one. It reports whether all were escapes of the
// version; what is none is kept as it is.
func (p *Parser) unescape(h []byte) (ok bool) {
	m := p.memory()
	// Room for all of the head, so that text does not grow while entries lend
	// from it.
	if m.text = m.text[:0]; cap(m.text) < len(h) {
		m.text = make([]byte, 0, len(h))
	}
	p.work.copy(len(h))
	ok = true
	next := p.head.escaped
	start := p.head.names
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

// unescaped returns what s, whose first backslash is at i, stands for, in text,
// which has room for it.
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

// scan goes on over the head bytes h, all from the first of the command on. It
// returns the length of the head when it is complete, else 0.
func (p *Parser) scan(h []byte) (int, *Error) {
	s := &p.head
	if !s.slow {
		count, length, names, checked, escaped := len(p.view), s.length, s.names, s.checked, s.escaped
		n, ok := p.scanQuick(h)
		if ok && n > 0 && s.escaped > 0 {
			ok = p.unescape(h[:n])
		}
		if ok {
			return n, nil
		}
		p.view, s.length, s.checked, s.escaped, s.slow = p.view[:count], length, checked, escaped, true
		if names == 0 {
			s.command, s.names, s.escape = "", 0, headers.Literal
		}
	}
	n, e := p.scanLines(h)
	if n > 0 && s.escaped > 0 {
		p.unescape(h[:n])
	}
	return n, e
}

// scanQuick is scan for heads that have nothing unusual. It reports false where
// it cannot say; what it did then is undone by the caller.
//
// It is the loop that most of the time of a stream goes into, so it keeps few
// variables: rest begins with the line it is at, i is the index of its LF.
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
	if s.names == 0 && i >= 0 {
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
			return n, n <= p.lim.Head && p.plain(h[:n], crs, s.seen == 0)
		}
		colon := indexNear(rest, ':', end)
		if colon <= 0 || colon >= end || i > p.lim.HeaderLine || count >= p.lim.Headers {
			return 0, false
		}
		name, value := rest[:colon:colon], rest[colon+1:end:end]
		if len(name) == len(headers.ContentLength) && string(name) == headers.ContentLength {
			if s.length >= 0 {
				return 0, false
			}
			length, end, ok := wire.Number(value, 0, p.lim.Body)
			if !ok || end < len(value) {
				return 0, false
			}
			s.length = length
		}
		if count == len(view) {
			view = moreView(view)
		}
		e := &view[count]
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
	if line > p.lim.Head || len(rest) > 0 && !p.mayGoOn(h, line) || !p.plain(h, crs, false) {
		return 0, false
	}
	s.line, s.seen = line, len(h)
	return 0, true
}

// moreView returns a view of twice the capacity, all of it in use. WorstCase
// counts on its being no more.
func moreView(view []headers.FieldView) []headers.FieldView {
	more := make([]headers.FieldView, max(leastView, 2*cap(view)))
	copy(more, view)
	return more
}

// leastView is how many entries a view begins with.
const leastView = 8

// mayGoOn reports whether the line that begins at line, has no LF yet and is
// not empty, may go on: it crosses no limit and may yet be a command.
func (p *Parser) mayGoOn(h []byte, line int) bool {
	switch {
	case len(h)-line > p.lim.HeaderLine, len(h) > p.lim.Head:
		return false
	case line > 0:
		// Only a blank line may follow the last header. A CR that begins one is
		// judged, and proves nothing.
		return len(p.view) < p.lim.Headers
	}
	return len(h) <= longestCommand+len("\r") || p.anyCommand()
}

// anyCommand reports whether commands that the specifications do not have are
// passed.
func (p *Parser) anyCommand() bool {
	return p.allow&AllowUnknownCommand != 0 && p.vers != frame.Unnegotiated
}

// plain looks over what has not been checked of h for bytes that mean more
// than themselves. It reports false when scanQuick cannot go on. crs is the
// number of CRs that it has taken for parts of a CR LF; where the version has
// none, or where there are others, it cannot. whole says that h is a head that
// came whole: unescape then finds escapes that are none.
func (p *Parser) plain(h []byte, crs int, whole bool) bool {
	s := &p.head
	fresh := h[s.checked:]
	if bytes.IndexByte(fresh, 0) >= 0 {
		return false
	}
	if crs > 0 && !endsLinesInCRLF(p.vers) || bytes.IndexByte(fresh, '\r') >= 0 && bytes.Count(fresh, []byte{'\r'}) != crs {
		return false
	}
	at := max(s.checked, s.names)
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
		if s.escaped == 0 {
			s.escaped = at
		}
		if whole {
			return true
		}
		if at+1 == len(h) {
			s.checked = at // look again when the byte after it has come
			return true
		}
		if wire.EscapesOf(uint8(s.escape)).Byte[h[at+1]] == 0 {
			return false
		}
		at += 2
	}
	return true
}

// setCommand is called when the command line, which ends before names, is
// complete.
func (p *Parser) setCommand(c frame.Command, names int) {
	p.head.command, p.head.names = c, names
	p.head.escape = p.vers.Escaping(c)
}

// scanLines is scan for all heads: each line is judged when its LF has come,
// or when it proves an error before.
func (p *Parser) scanLines(h []byte) (int, *Error) {
	s := &p.head
	for {
		i := bytes.IndexByte(h[s.seen:], '\n')
		if i < 0 {
			break
		}
		s.seen += i + 1
		blank, e := p.judge(h[:s.seen], true)
		if e != nil {
			return 0, e
		}
		if blank {
			return s.seen, nil
		}
		s.line, s.checked = s.seen, s.seen
	}
	nul := p.allow&AllowNULInHead == 0 && bytes.IndexByte(h[s.checked:], 0) >= 0
	s.seen, s.checked = len(h), len(h)
	if nul || len(h) > s.line && !p.mayGoOn(h, s.line) {
		_, e := p.judge(h, false)
		return 0, e
	}
	return 0, nil
}
