package parser

import (
	"slices"

	"github.com/stompwire/stomp/frame"
)

// An Assembler assembles whole frames from chunks of bytes. The zero Assembler is
// ready to use with zero [Options]. It copies only frames that the end of a chunk
// cuts, and heads with escapes.
//
//	for len(src) > 0 {
//		v, n, ok, err := a.Next(src)
//		if err != nil {
//			return err // final
//		}
//		src = src[n:]
//		if ok {
//			// a frame, v
//		}
//	}
//
// An Assembler skips heart-beats: any bytes that arrive show that the peer is
// alive. It must not be copied after its first use, nor used by two goroutines at
// once.
type Assembler struct{ p Parser }

// NewAssembler returns an Assembler with the given options.
func NewAssembler(o Options) *Assembler { return &Assembler{p: Parser{opts: o}} }

// Next consumes bytes from the front of src, up to the end of a frame. It returns
// the frame, and n, the number of bytes consumed. If no frame is complete, ok is
// false and Next has consumed all of src. Next stops after every frame, so that the
// caller can call SetVersion or SetLimits before the next byte is read.
//
// The view is borrowed: it is valid until the next call, provided the caller does
// not modify src. [frame.View.Clone] makes a copy that stays valid.
//
// An error is an [*Error], and every later call returns the same one.
func (a *Assembler) Next(src []byte) (v frame.View, n int, ok bool, err error) {
	if poisoning && a.p.state == between {
		a.p.poison()
	}
	if a.p.idle {
		a.p.trim()
	}
	for n < len(src) && src[n] == '\n' && a.p.state == between {
		n++
		a.p.offset++
		a.p.idle = n == len(src)
	}
	if a.p.state == failed {
		return frame.View{}, 0, false, a.p.err
	}
	inSrc := false   // the head lies in src
	var piece []byte // the body so far, while it lies in src
	for n < len(src) {
		var kind EventKind
		var k int
		var e *Error
		if a.p.state == between && src[n] > '\r' {
			kind, k, e = a.p.startHead(src[n:])
		} else {
			kind, k, e = a.p.step(src[n:])
		}
		if e != nil {
			return frame.View{}, 0, false, e
		}
		switch kind {
		case HeadEvent:
			inSrc = !a.p.head.buffered
			if body, ok := a.p.wholeBody(src[n+k:]); ok {
				v.Command, v.Headers = a.p.head.command, a.p.view[:len(a.p.view):len(a.p.view)]
				v.Length, v.Body = frame.Counted(a.p.head.length), body
				return v, n + k + len(body) + 1, true, nil
			}
		case BodyEvent:
			// There is no second piece before src is used up.
			piece = src[n : n+k : n+k]
			if m := a.p.mem; m != nil && len(m.body) > 0 {
				a.p.keepBody(piece)
				piece = nil
			}
		case EndEvent:
			if m := a.p.mem; m != nil && len(m.body) > 0 {
				piece = slices.Clip(m.body)
			}
			return frame.View{Head: a.p.lentHead(), Body: piece}, n + k, true, nil
		}
		n += k
	}
	if inSrc {
		a.p.keepHead()
	}
	if piece != nil {
		a.p.keepBody(piece)
	}
	return frame.View{}, n, false, nil
}

// SetVersion is [Parser.SetVersion].
func (a *Assembler) SetVersion(v frame.Version) { a.p.SetVersion(v) }

// SetLimits is [Parser.SetLimits].
func (a *Assembler) SetLimits(l Limits) { a.p.SetLimits(l) }

// Finish is [Parser.Finish].
func (a *Assembler) Finish() error { return a.p.Finish() }

// Offset is [Parser.Offset].
func (a *Assembler) Offset() int64 { return a.p.Offset() }

// FrameStart is [Parser.FrameStart].
func (a *Assembler) FrameStart() (offset int64, ok bool) { return a.p.FrameStart() }

// Used returns the leniencies that the last frame needed. For those needed between
// frames, use a [Parser].
func (a *Assembler) Used() Allow { return a.p.head.used }

// Buffered returns how many bytes of the frame in progress the assembler holds.
func (a *Assembler) Buffered() int {
	n := a.p.Buffered()
	switch m := a.p.mem; a.p.state {
	case counted, guarded, scanned, atEnd:
		if m != nil {
			n += len(m.buf) + len(m.text) + len(m.kept) + len(m.body)
		}
	}
	return n
}

// Reset prepares the assembler for a new stream. It keeps small buffers.
func (a *Assembler) Reset(o Options) { a.p.Reset(o) }

// Release releases the buffers that the assembler keeps from frame to frame. Call
// it for a connection that may be idle for long. The last view is then no longer
// valid. Inside a frame Release does nothing. Without Release, the next call of
// Next releases all but 4 KiB if the last chunk ended between frames.
func (a *Assembler) Release() {
	if _, inside := a.p.FrameStart(); !inside {
		a.p.Release()
	}
}
