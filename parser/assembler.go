package parser

import (
	"slices"

	"github.com/stompwire/stomp/frame"
)

// An Assembler puts whole frames together. The zero Assembler is ready:
// strict, with default limits, at the beginning of a handshake. It copies only
// what the end of a chunk cuts off, and headers that have escapes.
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
// Heart-beats are taken and not reported: any bytes that come are a sign of
// life. An Assembler must not be copied after its first use, nor used by two
// goroutines at once.
type Assembler struct{ p Parser }

// NewAssembler returns an assembler.
func NewAssembler(o Options) *Assembler { return &Assembler{p: Parser{opts: o}} }

// Next takes bytes from the front of src, up to the end of a frame, and
// returns the frame and how many bytes it took. Without a frame ok is false,
// and all of src was taken. It stops after every frame, so that the caller can
// call SetVersion or SetLimits before the next byte is looked at.
//
// The view is borrowed: valid until the next call, as long as the caller
// leaves src as it is. [frame.View.Clone] makes a frame that stays.
//
// An error is an [*Error], and every later call returns the same.
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
		kind, k, e := a.p.step(src[n:])
		if e != nil {
			return frame.View{}, 0, false, e
		}
		switch kind {
		case HeadEvent:
			inSrc = !a.p.head.buffered
			if body, ok := a.p.wholeBody(src[n+k:]); ok {
				return frame.View{Head: a.p.lentHead(), Body: body}, n + k + len(body) + 1, true, nil
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

// Used returns the leniencies that the frame needed that the last call
// returned. Those needed between frames only a [Parser] reports.
func (a *Assembler) Used() Allow { return a.p.head.used }

// Buffered returns how many bytes of the frame in progress the assembler
// holds.
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

// Reset makes the assembler as good as new, with other options. It keeps small
// buffers.
func (a *Assembler) Reset(o Options) { a.p.Reset(o) }

// Release gives up the buffers that the assembler keeps from frame to frame,
// for a connection that may be idle for long: without it they are given up, but
// for 4 KiB, by the next call. The last view is no longer valid. Inside a frame
// it does nothing.
func (a *Assembler) Release() {
	if _, inside := a.p.FrameStart(); !inside {
		a.p.Release()
	}
}
