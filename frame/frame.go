package frame

import (
	"slices"

	"github.com/stompwire/stomp/headers"
)

// A Frame is a frame that owns its memory: it changes only when its owner changes
// it. Several goroutines may read a Frame at once.
type Frame struct {
	Command Command
	Headers headers.List // unescaped, in wire order
	Body    []byte       // nil when empty
}

// A Head is the borrowed head of a frame. It is valid as long as its maker says. A
// head from parser.Reader stays valid while the body is read. One from parser.Parser
// does so only if the caller leaves the chunk as it is: see parser.Event.
//
// To make a Head by hand, set Command and Headers, and Length if the headers
// include content-length.
type Head struct {
	Command Command
	Headers headers.ListView // unescaped, in wire order
	Length  ContentLength    // the value of content-length
}

// A View is a whole borrowed frame. It is valid as long as its maker says; one from
// parser.Assembler is valid until the next call.
type View struct {
	Head
	Body []byte
}

// Form is the constraint of functions that take a frame in any form: a borrowed
// head, a whole borrowed frame, or an owned one.
type Form interface{ Head | View | *Frame }

// Clone copies a head into a frame without body that stays valid.
func (h Head) Clone() *Frame {
	return &Frame{Command: h.Command, Headers: h.Headers.Clone()}
}

// Clone copies a view into a frame that stays valid. It allocates at most four
// times.
func (v View) Clone() *Frame {
	f := v.Head.Clone()
	f.Body = append([]byte(nil), v.Body...) // nil when empty
	return f
}

// View returns the frame as a View, for functions that take one. It copies the names
// and values, but shares the body. Length is the value of content-length, if that is a
// number.
func (f *Frame) View() View {
	v := View{Head: Head{Command: f.Command, Headers: f.Headers.View()}, Body: f.Body}
	if value, ok := f.Headers.Get(headers.ContentLength); ok {
		if n, err := headers.ParseContentLength(value); err == nil {
			v.Length = Counted(n)
		}
	}
	return v
}

// Clone returns a copy of a frame. Changes to one do not affect the other. They share
// the text of names and values, which never changes.
func (f *Frame) Clone() *Frame {
	return &Frame{Command: f.Command, Headers: slices.Clone(f.Headers), Body: slices.Clone(f.Body)}
}
