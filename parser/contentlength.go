package parser

// endLength judges what only the end of a content-length proves, and sets head.length.
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
	limit  int64 // Limits.Body, or for a later content-length the value of the first
	first  bool
	over   bool // the number is larger than limit
	loose  bool // AllowLooseLength
	digits bool // there was a digit
	last   byte // class of the last byte: 0 (none), ' ', '+' or '0'
	used   Allow
}

func (p *Parser) newLengthScan() lengthScan {
	l := lengthScan{limit: p.lim.Body, first: p.head.length < 0, loose: p.allow&AllowLooseLength != 0}
	if !l.first {
		l.limit = p.head.length
	}
	return l
}

// take reads one byte and returns the error that it proves: 0, BadLength or
// BodyTooLarge.
func (l *lengthScan) take(c byte) ErrorKind {
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
