package parser

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// An Assembler puts whole frames together. The zero Assembler is ready:
// strict, with default limits, at the beginning of a handshake. It holds no
// buffer while every frame lies in one chunk, and copies only what the end of
// a chunk cuts off.
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
// Heart-beats are taken and not reported: any octets that come are a sign of
// life. An Assembler must not be copied after its first use, nor used by two
// goroutines at once.
type Assembler struct {
	p     Parser
	piece []byte // the first piece of the body in progress, in src
	body  []byte // the body in progress, when it came in more than one piece
	kept  []byte // names and values of the head, when src had to be given back
	idle  bool   // the last call ended with its input, between frames
}

// NewAssembler returns an assembler.
func NewAssembler(o Options) *Assembler { return &Assembler{p: Parser{set: o}} }

// Next takes octets from the front of src, up to the end of a frame, and
// returns the frame and how many octets it took. Without a frame ok is false,
// and all of src was taken. It stops after every frame, so that the caller can
// call SetVersion or SetLimits before the next octet is looked at.
//
// The view is borrowed: valid until the next call, as long as the caller
// leaves src as it is. [frame.View.Clone] makes a frame that stays.
//
// An error is an [*Error], and every later call returns the same.
func (a *Assembler) Next(src []byte) (v frame.View, n int, ok bool, err error) {
	if a.idle {
		a.trim()
	}
	inSrc := false // the head lies in src
	for n < len(src) {
		if src[n] == '\n' && a.p.state == between {
			a.p.offset++
			n++
			continue
		}
		kind, k, e := a.p.step(src[n:])
		if e != nil {
			a.drop()
			return frame.View{}, 0, false, e
		}
		switch kind {
		case Head:
			inSrc = !a.p.head.buffered
			a.body = a.body[:0]
		case Body:
			a.add(src[n : n+k : n+k])
		case End:
			n += k
			a.idle = n == len(src)
			v.Head = a.p.lentHead()
			v.Body = a.body[:len(a.body):len(a.body)]
			if a.piece != nil {
				v.Body, a.piece = a.piece, nil
			}
			return v, n, true, nil
		}
		n += k
	}
	if inSrc {
		a.keepHead()
	}
	if a.piece != nil {
		a.grow(a.piece)
		a.piece = nil
	}
	return frame.View{}, n, false, nil
}

// add adds a piece to the body. The first one stays where it is, in src: there
// is no second one before src is used up.
func (a *Assembler) add(piece []byte) {
	if len(a.body) == 0 {
		a.piece = piece
		return
	}
	a.grow(piece)
}

// grow copies a piece into body. Memory follows what has come: it doubles, and
// stops at what a content-length or else the limit says.
func (a *Assembler) grow(piece []byte) {
	most := a.p.head.length
	if most < 0 {
		most = a.p.lim.Body
	}
	a.body = appendWithin(a.body, piece, most)
}

// appendWithin is append for a body of at most so many octets: the capacity
// doubles, but does not go beyond that.
func appendWithin(dst, piece []byte, most int64) []byte {
	need := len(dst) + len(piece)
	if need > cap(dst) {
		size := int(min(int64(max(need, 2*cap(dst), 512)), most))
		grown := make([]byte, len(dst), size)
		copy(grown, dst)
		dst = grown
	}
	return append(dst, piece...)
}

// keepHead copies the names and values of the head out of src.
func (a *Assembler) keepHead() {
	size := 0
	for _, e := range a.p.view {
		size += len(e.Name) + len(e.Value)
	}
	if cap(a.kept) < size {
		a.kept = make([]byte, 0, size)
	}
	kept := a.kept[:0]
	for i, e := range a.p.view {
		start, middle := len(kept), len(kept)+len(e.Name)
		kept = append(append(kept, e.Name...), e.Value...)
		a.p.view[i] = headers.Entry{
			Name:  kept[start:middle:middle],
			Value: kept[middle:len(kept):len(kept)],
		}
	}
	a.kept = kept
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

// Used returns the leniencies that the head of the last frame needed.
func (a *Assembler) Used() Allow { return a.p.head.used }

// Buffered returns how many octets of the frame in progress the assembler
// holds.
func (a *Assembler) Buffered() int {
	n := a.p.Buffered()
	switch a.p.state {
	case counted, scanned, atEnd:
		n += len(a.body) + len(a.kept)
	}
	return n
}

// Reset makes the assembler as good as new, with other options. It keeps small
// buffers.
func (a *Assembler) Reset(o Options) {
	a.p.Reset(o)
	a.piece, a.body = nil, a.body[:0]
	a.trim()
}

// Release gives up the buffers that the assembler keeps from frame to frame,
// for a connection that may be idle for long. The last view is no longer
// valid. Inside a frame it does nothing.
func (a *Assembler) Release() {
	if _, inside := a.p.FrameStart(); !inside {
		a.p.Release()
		a.drop()
	}
}

// trim gives up the buffers when they are more than an assembler may keep
// while nothing comes.
func (a *Assembler) trim() {
	a.idle = false
	clear(a.p.view) // it may lend from the caller's last chunk
	if cap(a.body)+cap(a.kept) > retained {
		a.drop()
	}
}

func (a *Assembler) drop() { a.piece, a.body, a.kept = nil, nil, nil }
