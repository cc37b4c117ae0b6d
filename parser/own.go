package parser

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// smallBody is the size in bytes of a body that may be kept by whoever keeps
// only the headers of its frame.
const smallBody = 1 << 10

// ownHead returns a frame of the caller's with the head that is complete, h on
// the wire. All text is one allocation; with joined the frame and its list are
// another, where the list is short.
func (p *Parser) ownHead(h []byte, joined bool) *frame.Frame {
	if p.head.firstBackslash > 0 {
		return p.lentHead().Clone()
	}
	var f *frame.Frame
	if joined {
		f = newFrame(len(p.view))
	} else {
		f = &frame.Frame{Headers: make(headers.List, 0, len(p.view))}
	}
	f.Command = p.head.command
	// Nothing is escaped, so one copy of the lines has all names and values.
	text := string(h[p.head.afterCommand:])
	start := 0
	for i := range p.view {
		colon := start + len(p.view[i].Name)
		end := colon + 1 + len(p.view[i].Value)
		f.Headers = append(f.Headers, headers.Field{Name: text[start:colon], Value: text[colon+1 : end]})
		start = end + 1
		if text[end] == '\r' {
			start++
		}
	}
	return f
}

// ownBody returns the body in the buffer for it, which the caller then owns: the
// buffer itself where it is large.
func (p *Parser) ownBody() []byte {
	m := p.mem
	switch {
	case m == nil || len(m.body) == 0:
		return nil
	case cap(m.body) > retained:
		body := m.body
		m.body = nil
		return body
	}
	return append([]byte(nil), m.body...)
}

// newFrame returns a frame with an empty list that has room for n headers.
func newFrame(n int) *frame.Frame {
	switch {
	case n == 0:
		return new(frame.Frame)
	case n <= 4:
		b := new(struct {
			frame.Frame
			fields [4]headers.Field
		})
		b.Headers = b.fields[:0:n]
		return &b.Frame
	case n <= 8:
		b := new(struct {
			frame.Frame
			fields [8]headers.Field
		})
		b.Headers = b.fields[:0:n]
		return &b.Frame
	case n <= 12:
		b := new(struct {
			frame.Frame
			fields [12]headers.Field
		})
		b.Headers = b.fields[:0:n]
		return &b.Frame
	}
	return &frame.Frame{Headers: make(headers.List, 0, n)}
}
