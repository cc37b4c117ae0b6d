package parser

import (
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

// judge reads the line of h that begins at head.line byte by byte, and returns its
// error with the smallest offset. complete says that the last byte of h is the LF of
// the line. If it is false, judge returns only errors that the bytes so far prove, and
// changes nothing. blank reports whether the line is the blank line.
func (p *Parser) judge(h []byte, complete bool) (blank bool, e *Error) {
	p.work.step(len(h) - p.head.line)
	if p.head.line == 0 {
		return false, p.judgeCommand(h, complete)
	}
	return p.judgeHeader(h, complete)
}

// errorAt makes an error at index i of the head.
func (p *Parser) errorAt(k ErrorKind, i int) *Error {
	return &Error{Kind: k, Offset: p.frame + int64(i), Command: knownOrNone(p.head.command)}
}

// knownOrNone returns c if it is a command of the specifications, or else "". It keeps
// text that the peer chose out of errors.
func knownOrNone(c frame.Command) frame.Command {
	if c.Known() {
		return c
	}
	return ""
}

// overLimit returns an error if the byte at index i exceeds a limit in bytes.
func (p *Parser) overLimit(i int) *Error {
	switch {
	case i >= p.lim.Head:
		e := p.errorAt(HeadTooLarge, i)
		e.Limit = int64(p.lim.Head)
		return e
	case i-p.head.line >= p.lim.HeaderLine:
		e := p.errorAt(LineTooLong, i)
		e.Limit = int64(p.lim.HeaderLine)
		return e
	}
	return nil
}

// orTooLarge returns e, the error of a complete line or nil. But if the LF of the line
// exceeds Limits.Head, and e does not come before the LF, it returns HeadTooLarge.
func (p *Parser) orTooLarge(e *Error, h []byte, colon int) *Error {
	lf := len(h) - 1
	if lf < p.lim.Head || e != nil && e.Offset < p.frame+int64(lf) {
		return e
	}
	return p.inHeader(p.overLimit(lf), h, colon)
}

// beforeLF returns the index of the LF of a complete line, or else the length of h.
func (p *Parser) beforeLF(h []byte, complete bool) int {
	if complete {
		return len(h) - 1
	}
	return len(h)
}

// textEnd returns the index of the line ending of a complete line: the LF, or the CR of
// a CR LF.
func (p *Parser) textEnd(h []byte) int {
	end := len(h) - 1
	if p.crlf && end > p.head.line && h[end-1] == '\r' {
		return end - 1
	}
	return end
}

// headerLine is what judgeHeader knows about a line so far.
type headerLine struct {
	end            int // index of the line ending of a complete line, or else the length of h
	colon          int // -1 if there is none so far
	firstBackslash int
	used           Allow
	inEscape       bool // the next byte is the letter of an escape
	isLength       bool
	length         lengthScan // of the value if isLength
}

// judgeHeader judges a header line or the blank line.
func (p *Parser) judgeHeader(h []byte, complete bool) (blank bool, e *Error) {
	s := &p.head
	l := headerLine{end: len(h), colon: -1, firstBackslash: s.firstBackslash, used: s.used}
	if complete {
		l.end = p.textEnd(h)
	}
	for i := s.line; i < p.beforeLF(h, complete); i++ {
		e := p.overLimit(i)
		undecided := false
		if e == nil && i < l.end { // not the CR of CR LF
			undecided, e = p.judgeByte(&l, h, i)
		}
		if undecided || e != nil {
			return false, p.inHeader(e, h, l.colon)
		}
	}
	if !complete {
		return false, nil
	}
	if l.end < len(h)-1 {
		l.used |= p.usedCRLF()
	}
	s.used, s.firstBackslash = l.used, l.firstBackslash
	switch {
	case l.end == s.line:
		blank = true
	case l.colon < 0:
		e = p.errorAt(MissingColon, len(h)-1)
	default:
		if l.isLength {
			e = p.endLength(h, l.colon, l.end, l.length)
		}
		if l.used&AllowEscapedCR != 0 {
			s.escape = headers.Escape12
		}
		p.view = append(p.view, headers.FieldView{Name: h[s.line:l.colon:l.colon], Value: h[l.colon+1 : l.end : l.end]})
	}
	return blank, p.orTooLarge(e, h, l.colon)
}

// judgeByte judges the byte at index i of a header line. undecided means that it is the
// last byte of h, and proves nothing before the next one comes.
func (p *Parser) judgeByte(l *headerLine, h []byte, i int) (undecided bool, e *Error) {
	s := &p.head
	c, lastByte := h[i], i+1 == len(h)
	if i == s.line && len(p.view) >= p.lim.Headers && !(c == '\r' && p.crlf && lastByte) {
		e := p.errorAt(TooManyHeaders, i)
		e.Limit = int64(p.lim.Headers)
		return false, e
	}
	if l.inEscape {
		l.inEscape = false
		return false, nil
	}
	switch {
	case c == 0 && p.allow&AllowNULInHead == 0:
		return false, p.errorAt(NULInHead, i)
	case c == 0:
		l.used |= AllowNULInHead
	case c == '\r' && p.crlf && lastByte:
		return true, nil
	case c == '\r' && endsLinesInCRLF(p.vers):
		if p.allow&AllowBareCR == 0 {
			return false, p.errorAt(BareCR, i)
		}
		l.used |= AllowBareCR
	}
	if l.isLength {
		if k := l.length.take(c); k != 0 {
			return false, p.lengthError(k, i)
		}
	}
	switch {
	case c == ':' && l.colon < 0:
		if i == s.line {
			return false, p.errorAt(EmptyName, i)
		}
		l.colon = i
		if string(h[s.line:i]) == headers.ContentLength {
			l.isLength, l.length = true, p.newLengthScan()
		}
	case c == '\\' && s.escape != headers.Literal:
		if lastByte {
			return true, nil
		}
		if l.firstBackslash == 0 {
			l.firstBackslash = i
		}
		return false, p.judgeEscape(l, h[i+1], i)
	}
	return false, nil
}

// judgeEscape judges the escape that consists of a backslash, at index i, and next.
func (p *Parser) judgeEscape(l *headerLine, next byte, i int) *Error {
	switch {
	case wire.EscapesOf(uint8(p.head.escape)).Byte[next] != 0:
		l.inEscape = true
	case next == 'r' && p.allow&AllowEscapedCR != 0:
		l.inEscape = true
		l.used |= AllowEscapedCR
	case p.allow&AllowUndefinedEscapes != 0:
		l.used |= AllowUndefinedEscapes
	default:
		return p.errorAt(BadEscape, i)
	}
	return nil
}

// inHeader adds the name of the header to e, if e is not nil and the colon has come.
func (p *Parser) inHeader(e *Error, h []byte, colon int) *Error {
	if e != nil && colon > 0 {
		e.Header = string(headers.AppendName(nil, h[p.head.line:colon]))
	}
	return e
}

// judgeCommand judges the command line.
func (p *Parser) judgeCommand(h []byte, complete bool) *Error {
	end := len(h)
	if complete {
		end = p.textEnd(h)
	}
	anything := p.anyCommand()
	used := p.head.used
	for i, c := range h[:p.beforeLF(h, complete)] {
		if e := p.overLimit(i); e != nil {
			return e
		}
		if i >= end {
			continue // the CR of CR LF
		}
		_, whole := frame.LookupCommand(h[:i])
		switch {
		case c == 0 && p.allow&AllowNULInHead == 0:
			return p.errorAt(NULInHead, i)
		case c == 0:
			used |= AllowNULInHead
		case c == '\r' && (whole || anything):
			// A CR proves nothing before the next byte comes.
			if p.crlf && i+1 == len(h) {
				return nil
			}
			if endsLinesInCRLF(p.vers) && p.allow&AllowBareCR == 0 {
				return p.errorAt(BareCR, i)
			}
			return p.unknownCommand(h, i)
		}
		if !anything && !beginsCommand(h[:i+1]) {
			return p.unknownCommand(h, i)
		}
	}
	if !complete {
		return nil
	}
	if end < len(h)-1 {
		used |= p.usedCRLF()
	}
	p.head.used = used
	var e *Error
	c, known := frame.LookupCommand(h[:end])
	switch {
	case !known && !anything:
		e = p.unknownCommand(h, end)
	case p.vers == frame.Unnegotiated && !c.Handshake():
		e = p.errorAt(NotNegotiated, 0)
		e.Command = c
	case !known:
		c = p.extension(h[:end])
		p.head.used |= AllowUnknownCommand
	}
	if e = p.orTooLarge(e, h, 0); e == nil {
		p.setCommand(c, len(h))
	}
	return e
}

// beginsCommand reports whether a command of the specifications begins with b.
func beginsCommand(b []byte) bool {
	for c := range frame.Commands() {
		if strings.HasPrefix(string(c), string(b)) {
			return true
		}
	}
	return false
}

// unknownCommand makes the error of a command line, with a hint about the peer.
func (p *Parser) unknownCommand(h []byte, i int) *Error {
	e := p.errorAt(UnknownCommand, i)
	// Only bytes that have come however the input was cut.
	line := h[:min(len(h), longestCommand+2)]
	if most := min(p.lim.HeaderLine, p.lim.Head); most < len(line) {
		line = line[:most+1]
	}
	e.Detail = describe(line)
	return e
}
