package parser

// What stands between frames: end of lines, which are heart-beats (STOMP 1.2,
// "Heart-beating"; decision D14), and with AllowNULPadding NULs.

// gap takes the run of them at the front of src, which begins with LF, CR or
// NUL or with another octet up to CR.
func (p *Parser) gap(src []byte) (Event, int, error) {
	if !p.ready {
		p.prepare()
	}
	ev := Event{Kind: Heartbeat}
	i := 0
run:
	for i < len(src) {
		switch c := src[i]; {
		case c == '\n':
			ev.Count++
			i++
		case c == '\r' && p.crlf && i+1 < len(src) && src[i+1] == '\n':
			ev.Count++
			i += 2
			ev.Used |= p.usedCRLF()
		case c == 0 && p.allow&AllowNULPadding != 0:
			i++
			ev.Used |= AllowNULPadding
		default:
			break run
		}
	}
	if i > 0 {
		ev.Raw = src[:i:i]
		return p.emit(ev), i, nil
	}
	switch {
	case src[0] == 0:
		return p.fail(&Error{Kind: StrayNUL, Offset: p.offset})
	case src[0] == '\r' && p.crlf && len(src) == 1:
		p.state = afterCR
		p.offset++
		return Event{}, 1, nil
	case src[0] == '\r' && p.vers.EndsLinesWithCRLF():
		return p.fail(&Error{Kind: BareCR, Offset: p.offset})
	}
	return p.startHead(src)
}

// usedCRLF is the leniency that a CR LF uses.
func (p *Parser) usedCRLF() Allow {
	if p.vers.EndsLinesWithCRLF() {
		return 0
	}
	return AllowCRLF
}

// gapAfterCR goes on where a chunk ended after a CR.
func (p *Parser) gapAfterCR(src []byte) (Event, int, error) {
	if src[0] == '\n' {
		p.state = between
		p.offset++
		p.eol = [2]byte{'\r', '\n'}
		return Event{Kind: Heartbeat, Count: 1, Used: p.usedCRLF(), Raw: p.eol[:]}, 1, nil
	}
	if p.vers.EndsLinesWithCRLF() {
		return p.fail(&Error{Kind: BareCR, Offset: p.offset - 1})
	}
	// In 1.0 and 1.1 the CR is the first octet of a command line.
	p.state = between
	p.beginHead(p.offset - 1)
	p.buf = append(p.buf[:0], '\r')
	p.state = inHead
	return p.moreHead(src)
}
