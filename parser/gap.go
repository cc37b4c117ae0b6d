package parser

// A gap is a run of bytes between frames: line endings, which are heart-beats (STOMP
// 1.2, "Heart-beating"), and with AllowNULPadding also NULs.
type gap struct {
	count  int   // line endings
	used   Allow // leniencies
	shared bool  // the run is a CR LF that the end of a chunk cut
}

// scanGap consumes the gap at the front of src, whose first byte is at most CR. If
// there is no gap, it begins a head.
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

// usedCRLF returns the leniency that a CR LF needs.
func (p *Parser) usedCRLF() Allow {
	if endsLinesInCRLF(p.vers) {
		return 0
	}
	return AllowCRLF
}

// scanGapAfterCR continues after a chunk that ended with a CR.
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
	p.frame = p.offset - 1
	p.beginHead()
	m := p.memory()
	m.buf = append(m.buf[:0], '\r')
	p.state = inHead
	return p.moreHead(src)
}
