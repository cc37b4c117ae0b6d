package frame

import (
	"slices"

	"github.com/stompwire/stomp/headers"
)

// A Frame is an owned frame: nothing in it changes unless its owner changes
// it. Frames may be read by any number of goroutines at once.
type Frame struct {
	Command Command
	Headers headers.List // unescaped, in wire order
	Body    []byte       // nil when empty
}

// A Head is a borrowed head. It is valid as long as its maker says: at least
// until the next call on its maker. The head in an event of a parser.Parser or
// parser.Reader stays valid until the call after the frame's EndEvent.
//
// A Head made by hand needs no Length unless its body is counted.
type Head struct {
	Command Command
	Headers headers.ListView // unescaped, in wire order
	Length  ContentLength    // from the content-length header
}

// A View is a whole borrowed frame, valid as long as its maker says; one of a
// parser.Assembler until the next call on that.
type View struct {
	Head
	Body []byte
}

// A Form is a form in which functions take a frame: borrowed, as a head or as a
// whole, or owned.
type Form interface{ Head | View | *Frame }

// Clone copies a head into a frame with no body, which stays valid.
func (h Head) Clone() *Frame {
	return &Frame{Command: h.Command, Headers: h.Headers.Clone()}
}

// Clone copies a view into a frame, which stays valid. It allocates at most
// four times.
func (v View) Clone() *Frame {
	f := v.Head.Clone()
	f.Body = append([]byte(nil), v.Body...) // nil when empty
	return f
}

// Clone copies a frame: the copy shares nothing with the original that either
// could change.
func (f *Frame) Clone() *Frame {
	return &Frame{Command: f.Command, Headers: slices.Clone(f.Headers), Body: slices.Clone(f.Body)}
}
