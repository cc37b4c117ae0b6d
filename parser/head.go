package parser

import (
	"bytes"
	"math"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Two functions read a head. scanQuick looks for control characters, for the first
// colon of each line, and once for backslashes. It reports no errors. If anything is
// unusual, it leaves the head to scanLines and judge, which read the lines byte by
// byte, apply the leniencies, and say what is wrong. Both remember where they
// stopped, so that each reads a line once, however the input is cut.
//
// h is all bytes of the head so far: in the first call a slice of the caller's chunk,
// from then on memory.buf. Indices in head count from the first byte of h. Between
// calls:
//
//   - 0 ≤ afterCommand ≤ line ≤ seen ≤ len(h), and checked ≤ seen.
//   - line is the start of the last line, whose LF has not come. All lines before it
//     are accepted, and their headers are in Parser.view, in order.
//   - Entries of view are slices of h, and have their lengths on the wire, until
//     unescape runs at the end of the head. rebase and unescape compute the place of
//     each entry from these lengths, so rebase must come before unescape.
//   - firstBackslash is 0 if there is no escape. Names and values are then those on
//     the wire, and ownHead relies on that.
//   - If scanQuick fails, it leaves no changes behind, and byByte is set until the
//     head ends.
//   - Entries of view after its length, up to dirty, may hold slices of an older
//     chunk. keepStart and endHead clear them before the caller gets control.
//   - For an error in the first chunk of a head, keepStart sets the state to inHead
//     before fail, so that Error.Frame is the offset of this frame.

// head is the state of the head that is being read, and of the frame it begins.
type head struct {
	command        frame.Command // "" until the command line is complete
	length         int64         // content-length; -1 if there is none so far
	afterCommand   int           // first byte after the command line; 0 until that is complete
	line           int           // first byte of the incomplete line
	seen           int           // bytes before it have been searched for LF
	checked        int           // bytes before it have been searched for backslashes or NULs
	firstBackslash int           // the first backslash that begins an escape; 0 if there is none
	used           Allow         // leniencies that the frame has needed so far
	escape         headers.Escaping
	byByte         bool // scanQuick has failed on this head
	buffered       bool // the head came in more than one chunk and is in memory.buf
	nul            bool // the last piece of the body needed AllowNULInBody
}

func (p *Parser) beginHead() {
	if p.mem != nil || !p.ready {
		p.renew()
	}
	p.head, p.view = head{length: -1}, p.view[:0]
}

// renew prepares the settings if they have changed, and empties the buffers.
func (p *Parser) renew() {
	if !p.ready {
		p.prepare()
	}
	if p.mem != nil {
		p.mem.next()
	}
}

// startHead begins a head with src, which is not empty.
func (p *Parser) startHead(src []byte) (EventKind, int, *Error) {
	p.frame = p.offset
	p.beginHead()
	n, ok := p.scanQuick(src)
	if n == 0 || p.head.firstBackslash > 0 {
		var e *Error
		if n, e = p.scanned(src, n, ok); n == 0 {
			return p.keepStart(src, e)
		}
	}
	p.offset += int64(n)
	p.endHead()
	return HeadEvent, n, nil
}

// keepStart copies src, the start of a head, to the buffer. If e is an error in it, it
// fails instead.
func (p *Parser) keepStart(src []byte, e *Error) (EventKind, int, *Error) {
	p.state = inHead
	if e != nil {
		return p.fail(e)
	}
	p.cleanView()
	m := p.memory()
	m.buf = p.grown(m.buf[:0], src, leastHead, math.MaxInt)
	p.rebase(m.buf)
	p.offset += int64(len(src))
	return NeedMore, len(src), nil
}

// moreHead continues the head in memory.buf. It takes src in blocks, so that it
// copies at most one block of a body that follows in the same chunk.
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
			p.endHead()
			return HeadEvent, taken, nil
		}
		taken += len(m.buf) - had
	}
	p.offset += int64(taken)
	return NeedMore, taken, nil
}

const (
	leastHead = 512 // first capacity of a buffer for a head, in bytes
	block     = 512 // how many bytes moreHead copies at once
)

// endHead sets the state for the body of a complete head.
func (p *Parser) endHead() {
	p.cleanView()
	p.state, p.room = scanned, p.lim.Body
	if p.head.length >= 0 {
		p.countBody()
	}
}

// countBody sets the state for a body with a content-length.
func (p *Parser) countBody() {
	p.state, p.toCome = counted, p.head.length
	if p.toCome == 0 {
		p.state = atEnd
	} else if !p.head.command.MayHaveNUL() {
		p.state = guarded
	}
}

// scan reads on in h, which is all bytes of the head so far. It returns the length of
// the head if that is complete, or else 0.
func (p *Parser) scan(h []byte) (int, *Error) {
	if p.head.byByte {
		return p.scanned(h, 0, false)
	}
	n, ok := p.scanQuick(h)
	return p.scanned(h, n, ok)
}

// scanned is the rest of scan after scanQuick, which returned n and ok.
func (p *Parser) scanned(h []byte, n int, ok bool) (int, *Error) {
	s := &p.head
	if ok && (n == 0 || s.firstBackslash == 0 || p.unescape(h[:n])) {
		return n, nil
	}
	if ok { // the head came in one piece, and has an undefined escape
		p.dirty = max(p.dirty, len(p.view))
		*s, p.view = head{length: -1}, p.view[:0]
	}
	s.byByte = true
	n, e := p.scanLines(h)
	if n > 0 && s.firstBackslash > 0 {
		p.unescape(h[:n])
	}
	return n, e
}

// scanLines is scan for any head. It judges each line when its LF has come, or as soon
// as the line proves an error.
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
	if nul || len(h) > s.line && !p.mayGoOn(h, s.line, len(p.view)) {
		_, e := p.judge(h, false)
		return 0, e
	}
	return 0, nil
}

// mayGoOn reports whether a line without LF may continue: it exceeds no limit, and if
// it is the command line, it may still be a command. The line begins at index line, is
// not empty, and comes after count headers.
func (p *Parser) mayGoOn(h []byte, line, count int) bool {
	switch {
	case len(h)-line > p.lim.HeaderLine, len(h) > p.lim.Head:
		return false
	case line > 0:
		// After the last header only a blank line may follow. If it begins with a
		// CR, judge sees that, and finds no error yet.
		return count < p.lim.Headers
	}
	return len(h) <= longestCommand+len("\r") || p.anyCommand()
}

// anyCommand reports whether commands outside the specifications are accepted.
func (p *Parser) anyCommand() bool {
	return p.allow&AllowUnknownCommand != 0 && p.vers != frame.Unnegotiated
}

// setCommand sets the command of a complete command line. The next line begins at
// index after.
func (p *Parser) setCommand(c frame.Command, after int) {
	p.head.command, p.head.afterCommand = c, after
	p.head.escape = p.vers.Escaping(c)
}
