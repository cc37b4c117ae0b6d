package parser

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// ownHead returns a frame of the caller's with the head that is complete, h on
// the wire. The frame and its list are one allocation where the list is short,
// all text is another.
func (p *Parser) ownHead(h []byte) *frame.Frame {
	if p.head.escaped > 0 {
		return p.lentHead().Clone()
	}
	f := newFrame(len(p.view))
	f.Command = p.head.command
	// Nothing is escaped, so one copy of the lines has all names and values.
	text := string(h[p.head.names:])
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
