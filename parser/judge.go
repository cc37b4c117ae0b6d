package parser

import (
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

// judge goes over the line of h that begins at head.line, byte by byte, and
// returns the error with the smallest offset in it. complete says that its LF
// is the last byte of h; without it only what the bytes prove is an error,
// and nothing is kept of the line. blank is the blank line.
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

// knownOrNone keeps text that the peer chose out of errors.
func knownOrNone(c frame.Command) frame.Command {
	if c.Known() {
		return c
	}
	return ""
}

// overLimit returns the error of a limit of bytes that index i crosses.
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

// orTooLarge returns e, what is wrong with a complete line, or HeadTooLarge
// where the LF of the line crosses that limit and e does not come before it.
func (p *Parser) orTooLarge(e *Error, h []byte, colon int) *Error {
	lf := len(h) - 1
	if lf < p.lim.Head || e != nil && e.Offset < p.frame+int64(lf) {
		return e
	}
	return p.inHeader(p.overLimit(lf), h, colon)
}

// beforeLF returns the index at which the bytes of a line end: that of its LF
// when it is complete.
func (p *Parser) beforeLF(h []byte, complete bool) int {
	if complete {
		return len(h) - 1
	}
	return len(h)
}

// textEnd returns the index at which the text of a complete line ends: that of
// its LF, or of the CR before that where it is part of the end of line.
func (p *Parser) textEnd(h []byte) int {
	end := len(h) - 1
	if p.crlf && end > p.head.line && h[end-1] == '\r' {
		return end - 1
	}
	return end
}

// judgeHeader judges a header line or the blank line.
func (p *Parser) judgeHeader(h []byte, complete bool) (blank bool, e *Error) {
	s := &p.head
	end := len(h) // index of the end of line, once it is complete
	if complete {
		end = p.textEnd(h)
	}
	used := s.used
	colon, letter, escaped := -1, false, s.escaped
	var length lengthScan // of the value, once isLength
	isLength := false
	for i := s.line; i < p.beforeLF(h, complete); i++ {
		c := h[i]
		if e := p.overLimit(i); e != nil {
			return false, p.inHeader(e, h, colon)
		}
		if i >= end {
			continue // the CR of CR LF
		}
		// A CR whose next byte has not come proves nothing.
		open := i+1 == len(h)
		if i == s.line && len(p.view) >= p.lim.Headers && !(c == '\r' && p.crlf && open) {
			e := p.errorAt(TooManyHeaders, i)
			e.Limit = int64(p.lim.Headers)
			return false, e
		}
		if letter {
			letter = false
			continue
		}
		switch c {
		case 0:
			if p.allow&AllowNULInHead == 0 {
				return false, p.inHeader(p.errorAt(NULInHead, i), h, colon)
			}
			used |= AllowNULInHead
		case '\r':
			if p.crlf && open {
				return false, nil
			}
			if endsLinesInCRLF(p.vers) {
				if p.allow&AllowBareCR == 0 {
					return false, p.inHeader(p.errorAt(BareCR, i), h, colon)
				}
				used |= AllowBareCR
			}
		}
		if isLength {
			if k := length.next(c); k != 0 {
				return false, p.inHeader(p.lengthError(k, i), h, colon)
			}
		}
		switch {
		case c == ':' && colon < 0:
			if i == s.line {
				return false, p.errorAt(EmptyName, i)
			}
			colon = i
			if string(h[s.line:i]) == headers.ContentLength {
				isLength, length = true, p.newLengthScan()
			}
		case c == '\\' && s.escape != headers.Literal:
			if open {
				return false, nil
			}
			if escaped == 0 {
				escaped = i
			}
			next := h[i+1]
			defined := wire.EscapesOf(uint8(s.escape)).Byte[next] != 0
			switch {
			case defined:
				letter = true
			case next == 'r' && p.allow&AllowEscapedCR != 0:
				letter = true
				used |= AllowEscapedCR
			case p.allow&AllowUndefinedEscapes != 0:
				used |= AllowUndefinedEscapes
			default:
				return false, p.inHeader(p.errorAt(BadEscape, i), h, colon)
			}
		}
	}
	if !complete {
		return false, nil
	}
	if end < len(h)-1 {
		used |= p.usedCRLF()
	}
	s.used = used
	s.escaped = escaped
	switch {
	case end == s.line:
		blank = true
	case colon < 0:
		e = p.errorAt(MissingColon, len(h)-1)
	default:
		if isLength {
			e = p.endLength(h, colon, end, length)
		}
		if used&AllowEscapedCR != 0 {
			s.escape = headers.Escape12
		}
		p.addHeader(h, s.line, colon, end)
	}
	return blank, p.orTooLarge(e, h, colon)
}

// endLength judges what only the end of a content-length proves, and keeps it.
func (p *Parser) endLength(h []byte, colon, end int, length lengthScan) *Error {
	s := &p.head
	if !length.digits {
		return p.inHeader(p.errorAt(BadLength, end), h, colon)
	}
	s.used |= length.used
	switch {
	case s.length < 0:
		s.length = length.n
	case length.n == s.length && !length.over:
	case p.allow&AllowRepeatedLength == 0:
		return p.inHeader(p.errorAt(ConflictingLength, colon+1), h, colon)
	default:
		s.used |= AllowRepeatedLength
	}
	return nil
}

// inHeader adds the name of the header to an error, where it is known.
func (p *Parser) inHeader(e *Error, h []byte, colon int) *Error {
	if colon > 0 {
		e.Header = string(headers.AppendName(nil, h[p.head.line:colon]))
	}
	return e
}

func (p *Parser) lengthError(k ErrorKind, i int) *Error {
	e := p.errorAt(k, i)
	if k == BodyTooLarge {
		e.Limit = p.lim.Body
	}
	return e
}

// lengthScan reads the value of a content-length byte by byte.
type lengthScan struct {
	n      int64
	limit  int64 // of the first; a later one is over when it cannot be equal
	first  bool
	over   bool
	loose  bool
	digits bool
	last   byte // class of the last byte: 0 none, ' ', '+', '0'
	used   Allow
}

func (p *Parser) newLengthScan() lengthScan {
	l := lengthScan{limit: p.lim.Body, first: p.head.length < 0, loose: p.allow&AllowLooseLength != 0}
	if !l.first {
		l.limit = p.head.length
	}
	return l
}

// next takes one byte and returns what it proves: 0, BadLength or
// BodyTooLarge.
func (l *lengthScan) next(c byte) ErrorKind {
	switch {
	case '0' <= c && c <= '9' && (l.last != ' ' || !l.digits):
		d := int64(c - '0')
		if !l.over && (l.n > l.limit/10 || d > l.limit-l.n*10) {
			if l.first {
				return BodyTooLarge
			}
			l.over = true
		}
		if !l.over {
			l.n = l.n*10 + d
		}
		l.digits, l.last = true, '0'
	case l.loose && (c == ' ' || c == '\t') && l.last != '+':
		l.last = ' '
		l.used |= AllowLooseLength
	case l.loose && c == '+' && !l.digits && l.last != '+':
		l.last = '+'
		l.used |= AllowLooseLength
	default:
		return BadLength
	}
	return 0
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
			// A CR whose next byte has not come proves nothing.
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

// beginsCommand reports whether b is the beginning of a command of the
// specifications.
func beginsCommand(b []byte) bool {
	for c := range frame.Commands() {
		if strings.HasPrefix(string(c), string(b)) {
			return true
		}
	}
	return false
}

// unknownCommand makes the error of a command line, with a word about what the
// peer may be.
func (p *Parser) unknownCommand(h []byte, i int) *Error {
	e := p.errorAt(UnknownCommand, i)
	// Only bytes that are here however the input was cut.
	line := h[:min(len(h), longestCommand+2)]
	if most := min(p.lim.HeaderLine, p.lim.Head); most < len(line) {
		line = line[:most+1]
	}
	e.Detail = describe(line)
	return e
}

// describe says what the beginning of an unknown command line looks like. It
// shows no more than a word that looks like a command, since the line may be
// the middle of anything.
func describe(line []byte) string {
	if len(line) >= 2 && line[0] == 0x16 && line[1] == 3 {
		return "a TLS record: the peer speaks TLS"
	}
	n := 0
	for n < len(line) && ('A' <= line[n] && line[n] <= 'Z' || 'a' <= line[n] && line[n] <= 'z') {
		n++
	}
	word := string(line[:n])
	if n < len(line) && line[n] == ' ' {
		switch word {
		case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PRI", "CONNECT":
			return "an HTTP request: " + word
		}
	}
	if strings.HasPrefix(string(line), "HTTP/") {
		return "an HTTP response"
	}
	if n == 0 {
		return "begins with the byte 0x" + strconv.FormatUint(uint64(line[0]), 16)
	}
	if upper := strings.ToUpper(word); upper != word && !frame.Command(upper).Known() {
		return "" // it may be anything, a password too
	}
	if n == len(line) || line[n] == '\n' || line[n] == '\r' {
		return strconv.Quote(word)
	}
	return strconv.Quote(word) + ", then the byte 0x" + strconv.FormatUint(uint64(line[n]), 16)
}
