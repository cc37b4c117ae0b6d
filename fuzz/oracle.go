package fuzz

import (
	"bytes"
	"math"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// Oracle reads a whole input at once, in a slow and simple way. It follows the
// grammar (STOMP 1.2, "Augmented BNF") and docs/decisions.md, carries no state from
// byte to byte, and does not use the parser. The input may end anywhere: Err of the
// Reading is the error whatever follows, and End the error if nothing follows.
func Oracle(input []byte, o parser.Options) Reading {
	return OracleThen(input, o, o.Version, o.Limits)
}

// OracleThen is Oracle for a reader that calls SetVersion and SetLimits with v and l
// at the end of the first frame. They apply to what follows its NUL.
func OracleThen(input []byte, o parser.Options, v frame.Version, l parser.Limits) Reading {
	var r Reading
	g := grammarOf(o)
	for at := 0; ; {
		gap, next, err, end := g.gap(input, at)
		if gap.Size > 0 {
			r.Gaps = append(r.Gaps, gap)
		}
		if err != nil || end != nil || next == len(input) {
			return r.stop(err, end)
		}

		found, body, err, end := g.head(input, next)
		if err != nil || end != nil {
			return r.stop(err, end)
		}
		at, err, end = g.body(input, &found, body)
		if err != nil || end != nil {
			r.Open = &found
			return r.stop(err, end)
		}
		r.Frames = append(r.Frames, found)
		o.Version, o.Limits = v, l
		g = grammarOf(o)
	}
}

// stop ends a reading with an error, or with the error that the end of the input
// means.
func (r *Reading) stop(err, end *parser.Error) Reading {
	r.Err, r.End = err, end
	if err != nil {
		r.End = err
	}
	return *r
}

// A grammar is the grammar under some options.
type grammar struct {
	version frame.Version
	allow   parser.Allow

	crlf    bool // CR LF ends a line (D3, D5)
	strayCR bool // a CR that no LF follows is an error (D6); otherwise it is data
	unknown bool // commands outside the specifications may pass (D12)

	// Limits as numbers; the largest number if there is none.
	lineMax, headersMax, headMax int
	bodyMax                      int64
}

func grammarOf(o parser.Options) grammar {
	old := o.Version == frame.V10 || o.Version == frame.V11
	return grammar{
		version:    o.Version,
		allow:      o.Allow,
		crlf:       !old || o.Allow&parser.AllowCRLF != 0,
		strayCR:    !old,
		unknown:    o.Version != frame.Unnegotiated && o.Allow&parser.AllowUnknownCommand != 0,
		lineMax:    number(o.Limits.HeaderLine, parser.DefaultHeaderLine, math.MaxInt),
		headersMax: number(o.Limits.Headers, parser.DefaultHeaders, math.MaxInt),
		headMax:    number(o.Limits.Head, parser.DefaultHead, math.MaxInt),
		bodyMax:    number(o.Limits.Body, parser.DefaultBody, math.MaxInt64),
	}
}

// number returns a field of parser.Limits as a number to compare with.
func number[N int | int64](field, byDefault, largest N) N {
	switch field {
	case 0:
		return byDefault
	case parser.None:
		return 0
	case parser.Unlimited:
		return largest
	}
	return field
}

func (g grammar) allows(a parser.Allow) bool { return g.allow&a != 0 }

// gap reads what comes between frames, from at on. It returns where the next frame
// begins, or the length of the input (D6, D14, D16).
func (g grammar) gap(s []byte, at int) (gap Gap, next int, err, end *parser.Error) {
	gap.Offset = int64(at)
	for at < len(s) {
		rest, size := s[at:], 0
		switch {
		case rest[0] == '\n':
			gap.Count, size = gap.Count+1, 1
		case g.crlf && bytes.HasPrefix(rest, []byte("\r\n")):
			gap.Count, size = gap.Count+1, 2
			if !g.strayCR {
				gap.Used |= parser.AllowCRLF
			}
		case g.crlf && string(rest) == "\r":
			return gap, at, nil, between(parser.UnexpectedEOF, len(s))
		case g.strayCR && rest[0] == '\r':
			return gap, at, between(parser.BareCR, at), nil
		case rest[0] == 0 && g.allows(parser.AllowNULPadding):
			gap.Used |= parser.AllowNULPadding
			size = 1
		case rest[0] == 0:
			return gap, at, between(parser.StrayNUL, at), nil
		default:
			return gap, at, nil, nil
		}
		at += size
		gap.Size += int64(size)
	}
	return gap, at, nil, nil
}

// between returns an error between frames.
func between(kind parser.ErrorKind, at int) *parser.Error {
	return &parser.Error{Kind: kind, Offset: int64(at), Frame: int64(at)}
}

// body reads the body that begins at at and the NUL after it into found, and
// returns where the frame ends (D11, D18, D22).
func (g grammar) body(s []byte, found *Located, at int) (next int, err, end *parser.Error) {
	rest := s[at:]
	fail := func(kind parser.ErrorKind, delivered int, limit int64) *parser.Error {
		found.take(rest[:delivered], at)
		return &parser.Error{
			Kind: kind, Offset: int64(at + delivered), Frame: found.Offset,
			Limit: limit, Command: shownCommand(found.Frame.Command),
		}
	}
	size := bytes.IndexByte(rest, 0)
	length, counted := found.Length.Get()
	if !countedByAll(found.Frame.Command) && 0 <= size && int64(size) < length {
		if !g.allows(parser.AllowNULInBody) {
			return 0, fail(parser.NULInBody, size, 0), nil
		}
		found.Used |= parser.AllowNULInBody
	}
	switch {
	case length >= int64(len(rest)) && counted:
		return 0, nil, fail(parser.UnexpectedEOF, len(rest), 0)
	case counted:
		size = int(length)
		if rest[size] != 0 {
			return 0, fail(parser.MissingNUL, size, 0), nil
		}
	case size > 0 && int64(size) > g.bodyMax, size < 0 && int64(len(rest)) > g.bodyMax:
		return 0, fail(parser.BodyTooLarge, int(g.bodyMax), g.bodyMax), nil
	case size < 0:
		return 0, nil, fail(parser.UnexpectedEOF, len(rest), 0)
	}
	found.take(rest[:size], at)
	found.Size++
	return at + size + 1, nil, nil
}

// countedByAll reports whether a body of the command may have a NUL (D22).
func countedByAll(c frame.Command) bool {
	return c == frame.SEND || c == frame.MESSAGE || c == frame.ERROR
}

// take sets the body, which begins at at, and the size so far.
func (l *Located) take(body []byte, at int) {
	l.Frame.Body = append([]byte(nil), body...)
	l.Size = int64(at) + int64(len(body)) - l.Offset
}
