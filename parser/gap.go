package parser

// What stands between frames: end of lines, which are heart-beats (STOMP 1.2,
// "Heart-beating"; decision D14), and with AllowNULPadding NULs.

// gap is a run of them.
type gap struct {
	count  int   // end of lines
	used   Allow // leniencies
	shared bool  // it is a CR LF that two chunks share
}

// scanGap takes the run at the front of src, which begins with a byte up to
// CR. Where there is none, a head begins.
func (p *Parser) scanGap(src []byte) (EventKind, int, *Error) {
	if !p.ready {
		p.prepare()
	}
	g := gap{}
	n := 0
run:
	for n < len(src) {
		switch c := src[n]; {
		case c == '\n':
			g.count++
			n++
		case c == '\r' && p.crlf && n+1 < len(src) && src[n+1] == '\n':
			g.count++
			g.used |= p.usedCRLF()
			n += 2
		case c == 0 && p.allow&AllowNULPadding != 0:
			g.used |= AllowNULPadding
			n++
		default:
			break run
		}
	}
	if n > 0 {
		p.gap, p.idle = g, n == len(src)
		p.work.step(n)
		p.offset += int64(n)
		return HeartBeatEvent, n, nil
	}
	switch {
	case src[0] == 0:
		return p.fail(&Error{Kind: StrayNUL, Offset: p.offset})
	case src[0] == '\r' && p.crlf && len(src) == 1:
		p.state, p.idle = afterCR, true
		p.offset++
		return NeedMore, 1, nil
	case src[0] == '\r' && endsLinesInCRLF(p.vers):
		return p.fail(&Error{Kind: BareCR, Offset: p.offset})
	}
	return p.startHead(src)
}

// usedCRLF is the leniency that a CR LF uses.
func (p *Parser) usedCRLF() Allow {
	if endsLinesInCRLF(p.vers) {
		return 0
	}
	return AllowCRLF
}

// scanGapAfterCR goes on where a chunk ended after a CR.
func (p *Parser) scanGapAfterCR(src []byte) (EventKind, int, *Error) {
	if src[0] == '\n' {
		p.state, p.idle = between, len(src) == 1
		p.offset++
		p.gap = gap{count: 1, used: p.usedCRLF(), shared: true}
		return HeartBeatEvent, 1, nil
	}
	if endsLinesInCRLF(p.vers) {
		return p.fail(&Error{Kind: BareCR, Offset: p.offset - 1})
	}
	// In 1.0 and 1.1 the CR is the first byte of a command line.
	p.beginHead(p.offset - 1)
	m := p.memory()
	m.buf = append(m.buf[:0], '\r')
	p.state = inHead
	return p.moreHead(src)
}
