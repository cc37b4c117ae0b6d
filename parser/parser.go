package parser

import (
	"bytes"
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Parser turns bytes into events. The zero Parser is ready to use with zero
// [Options]. It holds no buffer until part of a head comes.
//
//	for len(src) > 0 {
//		ev, n, err := p.Next(src)
//		if err != nil {
//			return err // final
//		}
//		src = src[n:]
//		switch ev.Kind {
//		case parser.HeadEvent: // ev.Head
//		case parser.BodyEvent: // ev.Raw
//		case parser.EndEvent:
//		}
//	}
//
// A Parser must not be copied after its first use, nor used by two goroutines
// at once.
type Parser struct {
	opts   Options // as given
	ready  bool    // the next four fields are up to date with opts
	crlf   bool    // CR LF ends lines
	vers   frame.Version
	allow  Allow
	lim    Limits // resolved, for this frame
	state  state
	eol    [2]byte             // Raw of a CR LF that the end of a chunk cut
	frame  int64               // offset of the first byte of this frame
	offset int64               // offset of the next byte
	toCome int64               // bytes of a counted body to come
	room   int64               // bytes that a scanned body may still have
	gap    gap                 // the gap of the last HeartBeatEvent
	head   head                // the head of this frame
	idle   bool                // the last chunk ended between frames
	mem    *memory             // nil until needed
	view   []headers.FieldView // the headers so far
	dirty  int                 // entries of view from this index on are zero
	err    *Error
	work   counters
}

// state says what the next byte belongs to.
type state uint8

const (
	between state = iota // a gap between frames, or the first byte of a frame
	afterCR              // a gap, after a CR that was the last byte of a chunk
	inHead               // a head, whose bytes so far are in memory.buf
	counted              // a counted body, of which toCome bytes are to come
	guarded              // the same, if the body must not have a NUL
	scanned              // a scanned body, of which at most room bytes are to come
	atEnd                // the NUL after a body
	failed               // nothing: err
)

// New returns a Parser with the given options.
func New(o Options) *Parser { return &Parser{opts: o} }

// Next consumes bytes from the front of src. It returns one event, and n, the number
// of bytes consumed. Call it again with the rest of src; after NeedMore, which
// means that all of src was consumed, call it with more input. At the end of input
// call [Parser.Finish]. An empty src is not the end: it returns NeedMore, and
// between frames releases large buffers (see [Parser.Release]).
//
// Next stops after every event, so that the caller can call SetVersion or SetLimits
// before the next byte is read.
//
// An error is an [*Error]. n is then 0, and every later call returns the same error.
// Do not modify it.
func (p *Parser) Next(src []byte) (ev Event, n int, err error) {
	kind, n, e := p.step(src)
	if e != nil {
		return ev, 0, e
	}
	ev.Kind = kind
	switch kind {
	case NeedMore:
		return ev, n, nil
	case HeartBeatEvent:
		ev.Count, ev.Used = p.gap.count, p.gap.used
		if p.gap.shared {
			p.eol = [2]byte{'\r', '\n'} // never another value
			ev.Raw = p.eol[:]
			return ev, n, nil
		}
	case HeadEvent:
		ev.Head, ev.Used = p.lentHead(), p.head.used
		if p.head.buffered {
			ev.Raw = slices.Clip(p.mem.buf)
			return ev, n, nil
		}
	case BodyEvent:
		if p.head.nul {
			ev.Used = AllowNULInBody
		}
	}
	ev.Raw = src[:n:n]
	return ev, n, nil
}

// step is Next without making an Event.
func (p *Parser) step(src []byte) (kind EventKind, n int, e *Error) {
	if len(src) == 0 && p.state != failed {
		if p.idle {
			p.trim()
		}
		return NeedMore, 0, nil
	}
	if poisoning && p.state == between {
		p.poison()
	}
	switch p.state {
	case between:
		if p.idle {
			p.trim()
		}
		if src[0] > '\r' {
			return p.startHead(src)
		}
		return p.scanGap(src)
	case afterCR:
		if p.idle {
			p.trim()
		}
		return p.scanGapAfterCR(src)
	case inHead:
		return p.moreHead(src)
	case counted:
		n = len(src)
		if int64(n) >= p.toCome {
			n = int(p.toCome)
			p.state = atEnd
		}
		p.toCome -= int64(n)
		p.offset += int64(n)
		p.work.step(n)
		return BodyEvent, n, nil
	case guarded:
		return p.guardBody(src)
	case scanned:
		return p.scanBody(src)
	case atEnd:
		if src[0] != 0 {
			return p.fail(&Error{Kind: MissingNUL, Offset: p.offset, Command: knownOrNone(p.head.command)})
		}
		return p.endFrame(src)
	}
	return NeedMore, 0, p.err
}

// endFrame consumes the NUL that ends a frame.
func (p *Parser) endFrame(src []byte) (EventKind, int, *Error) {
	p.state, p.idle = between, len(src) == 1
	p.offset++
	p.work.step(1)
	return EndEvent, 1, nil
}

// fail makes an error final, and sets Error.Frame.
func (p *Parser) fail(e *Error) (EventKind, int, *Error) {
	if p.state != between && p.state != afterCR {
		e.Frame = p.frame
	} else {
		e.Frame = e.Offset
	}
	p.state, p.err = failed, e
	p.release()
	return NeedMore, 0, e
}

// guardBody consumes a counted body of a command whose content-length some readers
// ignore: for them, a NUL in the body ends the frame.
func (p *Parser) guardBody(src []byte) (EventKind, int, *Error) {
	piece := src[:min(int64(len(src)), p.toCome)]
	i := bytes.IndexByte(piece, 0)
	p.head.nul = i >= 0 && p.allow&AllowNULInBody != 0
	switch {
	case p.head.nul:
		p.head.used |= AllowNULInBody
	case i == 0:
		return p.fail(&Error{Kind: NULInBody, Offset: p.offset, Command: knownOrNone(p.head.command)})
	case i > 0:
		piece = piece[:i]
	}
	n := len(piece)
	p.work.step(n)
	p.offset += int64(n)
	if p.toCome -= int64(n); p.toCome == 0 {
		p.state = atEnd
	}
	return BodyEvent, n, nil
}

// scanBody consumes a scanned body.
func (p *Parser) scanBody(src []byte) (EventKind, int, *Error) {
	within := src[:min(int64(len(src)), max(p.room, 1))]
	n := bytes.IndexByte(within, 0)
	switch {
	case n == 0:
		return p.endFrame(src)
	case p.room == 0:
		return p.fail(&Error{Kind: BodyTooLarge, Offset: p.offset, Limit: p.lim.Body, Command: knownOrNone(p.head.command)})
	case n < 0:
		n = len(within)
	}
	p.work.step(n)
	p.room -= int64(n)
	p.offset += int64(n)
	return BodyEvent, n, nil
}

// wholeBody consumes the body of the frame whose head has just ended, and the NUL after
// it, if both are at the front of src. Otherwise, or if there is an error, it consumes
// nothing.
func (p *Parser) wholeBody(src []byte) (body []byte, ok bool) {
	n := p.toCome
	switch {
	case p.state == scanned:
		n = 0
		if len(src) == 0 || src[0] != 0 { // most frames have no body
			n = int64(bytes.IndexByte(src, 0))
		}
		if n < 0 || n > p.room {
			return nil, false
		}
	case n >= int64(len(src)) || src[n] != 0:
		return nil, false
	case p.state == guarded && bytes.IndexByte(src[:n], 0) >= 0:
		p.work.step(int(n))
		return nil, false
	}
	p.state, p.idle = between, n+1 == int64(len(src))
	p.offset += n + 1
	p.work.step(int(n) + 1)
	return src[:n:n], true
}

// SetVersion sets the version from the next frame on, and for the bytes before it.
// Servers call it when they have chosen a version from CONNECT, clients when they
// have read CONNECTED. A proxy sets the version of CONNECTED in the parser of what
// the client sends, before it forwards CONNECTED.
func (p *Parser) SetVersion(v frame.Version) { p.opts.Version, p.ready = v, false }

// SetLimits sets the limits from the next frame on.
func (p *Parser) SetLimits(l Limits) { p.opts.Limits, p.ready = l, false }

// prepare sets the settings of the next frame from opts.
func (p *Parser) prepare() {
	p.lim = p.opts.Limits.resolved()
	p.vers, p.allow = p.opts.Version, p.opts.Allow
	if p.vers > frame.V12 {
		p.vers = frame.Unnegotiated // any other value means that none is agreed
	}
	p.crlf = endsLinesInCRLF(p.vers) || p.allow&AllowCRLF != 0
	p.ready = true
}

// endsLinesInCRLF reports whether lines of the version may end in CR LF as well as LF:
// in 1.2 (STOMP 1.2, "STOMP Frames"), and before a version is agreed, when a 1.2 client
// may already do so. Any other CR in a head is then an error. In 1.0 and 1.1 a CR is
// data.
func endsLinesInCRLF(v frame.Version) bool { return v == frame.Unnegotiated || v == frame.V12 }

// longestCommand is the length in bytes of the longest command of the
// specifications.
const longestCommand = len(frame.UNSUBSCRIBE)

// Finish tells the parser that the input has ended. Between frames it returns nil,
// unless the last byte is the CR of an incomplete CR LF. Inside a frame it returns
// an error: one that the bytes so far prove, or else UnexpectedEOF.
func (p *Parser) Finish() error {
	switch p.state {
	case between:
		return nil
	case failed:
		return p.err
	case inHead:
		if _, e := p.judge(p.mem.buf, false); e != nil {
			p.fail(e)
			return e
		}
	}
	e := &Error{Kind: UnexpectedEOF, Offset: p.offset}
	if p.state != afterCR {
		e.Command = knownOrNone(p.head.command)
	}
	p.fail(e)
	return e
}

// Reset prepares the parser for a new stream. It keeps small buffers.
func (p *Parser) Reset(o Options) {
	*p = Parser{opts: o, mem: p.mem, view: p.view, dirty: p.dirty, eol: p.eol}
	p.trim()
}

// Release releases the buffers that the parser keeps from frame to frame. Call it
// for a connection that may be idle for long. The Head and Raw of the last HeadEvent
// are then no longer valid. Inside a head Release does nothing. Without Release, the next call of
// Next, with or without input, releases all but 4 KiB if the last chunk ended
// between frames.
func (p *Parser) Release() {
	if p.state != inHead {
		p.release()
	}
}

// Offset returns the offset of the next byte to consume, in bytes from the start of
// the stream. After an error it is the offset at which the failed call began.
func (p *Parser) Offset() int64 { return p.offset }

// FrameStart returns the offset of the first byte of the frame in progress, and
// whether there is one. Use it to time out senders that take too long for a frame.
// [Reader.FrameStart] may be called from the Read method of the Reader's
// io.Reader.
func (p *Parser) FrameStart() (offset int64, ok bool) {
	switch p.state {
	case inHead, counted, guarded, scanned, atEnd:
		return p.frame, true
	}
	return 0, false
}

// Buffered returns how many consumed bytes the parser holds until the head is
// complete.
func (p *Parser) Buffered() int {
	switch p.state {
	case inHead:
		return len(p.mem.buf)
	case afterCR:
		return 1
	}
	return 0
}
