package parser

import (
	"bytes"
	"math"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Two functions read a head. scanQuick looks for control characters, for the first
// colon of each line, and once for backslashes. It reports no error: whatever is unusual it leaves to scanLines and judge, which go over the
// lines byte by byte, say what is wrong, and apply the leniencies. Both remember
// where they stopped, so that each goes over a line once however the input is
// cut.
//
// The head in progress is h, all its bytes so far: a slice of the caller's chunk
// in the first call, memory.buf from then on. Indices in head count from its
// first byte. Between calls:
//
//   - 0 ≤ afterCommand ≤ line ≤ seen ≤ len(h), and checked ≤ seen.
//   - line is the start of the only line without its LF. All before it has been
//     accepted, and its headers are in Parser.view, in order.
//   - Entries of view are slices of h with their lengths on the wire until
//     unescape, which runs when the head is complete. rebase and unescape compute
//     where each entry lies from these lengths, so rebase must come before
//     unescape.
//   - firstBackslash is 0 if no byte is the start of an escape. Then names and
//     values are what the wire has, which ownHead relies on.
//   - When scanQuick fails, nothing that it did remains, and byByte is set until
//     the head ends.
//   - Entries of view beyond its length, up to dirty, may hold slices of an older
//     chunk. startHead and endHead clear them before the caller gets control.
//   - An error found in startHead sets the state to inHead before fail, so that
//     Error.Frame is the offset of this frame.

// head is the state of the head that is being read, and of the frame it begins.
type head struct {
	command        frame.Command // "" until the command line is complete
	length         int64         // content-length; -1 if there is none so far
	afterCommand   int           // first byte after the command line; 0 until that is complete
	line           int           // first byte of the line that is not complete
	seen           int           // how many bytes have been searched for LF
	checked        int           // how many bytes have been searched for bytes that mean more
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

// renew makes the settings of a frame if they have changed, and empties the
// buffers.
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

// keepStart copies src, the start of a head, to the buffer, unless e is an error in
// it.
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
	block     = 512 // how many bytes are copied into it at once
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

// scan continues with h, all bytes of the head so far. It returns the length of
// the head once that is complete, and 0 before.
func (p *Parser) scan(h []byte) (int, *Error) {
	if p.head.byByte {
		return p.scanned(h, 0, false)
	}
	n, ok := p.scanQuick(h)
	return p.scanned(h, n, ok)
}

// scanned is the rest of scan after scanQuick, which has returned n and ok.
func (p *Parser) scanned(h []byte, n int, ok bool) (int, *Error) {
	s := &p.head
	if ok && (n == 0 || s.firstBackslash == 0 || p.unescape(h[:n])) {
		return n, nil
	}
	if ok { // the head came whole, and a backslash in it begins no escape
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

// scanLines is scan for all heads. It judges each line once its LF has come, or
// as soon as the line proves an error.
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

// mayGoOn reports whether the line that begins at line, has no LF yet and is
// not empty may continue after so many headers: it crosses no limit and may still be a command.
func (p *Parser) mayGoOn(h []byte, line, count int) bool {
	switch {
	case len(h)-line > p.lim.HeaderLine, len(h) > p.lim.Head:
		return false
	case line > 0:
		// Only a blank line may follow the last header. A CR that begins one is
		// judged, and proves nothing.
		return count < p.lim.Headers
	}
	return len(h) <= longestCommand+len("\r") || p.anyCommand()
}

// anyCommand reports whether commands outside the specifications pass.
func (p *Parser) anyCommand() bool {
	return p.allow&AllowUnknownCommand != 0 && p.vers != frame.Unnegotiated
}

// setCommand notes the command of a complete command line, which ends before
// index after.
func (p *Parser) setCommand(c frame.Command, after int) {
	p.head.command, p.head.afterCommand = c, after
	p.head.escape = p.vers.Escaping(c)
}
