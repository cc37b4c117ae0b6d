package parser

import (
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// smallBody is the size, in bytes, of the largest body that the list of headers may keep
// in memory.
const smallBody = 1 << 10

// A slab is memory for small frames that were read together. The constants below bound
// it. Keeping one frame keeps the whole slab, so no frame uses two slabs.
type slab struct {
	frames []frame.Frame
	fields headers.List
	text   strings.Builder
	bodies []byte
}

const (
	slabFrames = 8
	slabSize   = 4 << 10
	slabFields = 16
)

// own returns an owned frame. h is its complete head on the wire. rest is the number of
// bytes that follow the frame in the buffer: own returns nil if they have no room for
// another frame of this size, or if the frame is not small.
func (s *slab) own(p *Parser, h, body []byte, rest int) *frame.Frame {
	size, fields := len(h)+len(body)+1, len(p.view)
	several := min(1+rest/size, slabFrames, slabSize/size)
	if several < 2 || fields > slabFields {
		return nil
	}
	if len(s.frames) == 0 || len(s.fields) < fields || s.text.Cap()-s.text.Len() < len(h) || len(s.bodies) < len(body) {
		s.frames = make([]frame.Frame, several)
		s.fields = make(headers.List, several*fields)
		s.text.Reset()
		s.text.Grow(several * len(h))
		s.bodies = make([]byte, several*len(body))
	}
	f := &s.frames[0]
	f.Command = p.head.command
	f.Headers = p.ownFields(s.fields[:0:fields], &s.text, h)
	if len(body) > 0 {
		f.Body = append(s.bodies[:0:len(body)], body...)
	}
	s.frames, s.fields, s.bodies = s.frames[1:], s.fields[fields:], s.bodies[len(body):]
	return f
}

// ownHead returns an owned frame without body. h is its complete head on the wire. All
// text is one allocation. If joined is set and the list is short, the frame and the
// list are also one allocation.
func (p *Parser) ownHead(h []byte, joined bool) *frame.Frame {
	var f *frame.Frame
	if joined {
		f = newFrame(len(p.view))
	} else {
		f = &frame.Frame{Headers: make(headers.List, 0, len(p.view))}
	}
	f.Command = p.head.command
	var text strings.Builder
	if len(p.view) > 0 {
		text.Grow(len(h) - p.head.afterCommand)
	}
	f.Headers = p.ownFields(f.Headers, &text, h)
	return f
}

// ownFields writes all names and values of the head h to text, which has room for the
// lines of h, and appends the headers to l. Lines after the last escape are copied
// whole.
func (p *Parser) ownFields(l headers.List, text *strings.Builder, h []byte) headers.List {
	start := text.Len()
	escaped, lines := p.plainLines(h)
	for i := range escaped {
		text.Write(p.view[i].Name)
		text.Write(p.view[i].Value)
	}
	if escaped < len(p.view) {
		text.Write(h[lines : len(h)-1])
	}
	s := text.String()[start:]
	for i := range p.view {
		colon, value := len(p.view[i].Name), len(p.view[i].Value)
		if i < escaped {
			l = append(l, headers.Field{Name: s[:colon], Value: s[colon : colon+value]})
			s = s[colon+value:]
			continue
		}
		end := colon + 1 + value
		l = append(l, headers.Field{Name: s[:colon], Value: s[colon+1 : end]})
		if s[end] == '\r' {
			end++
		}
		s = s[end+1:]
	}
	return l
}

// plainLines returns the number of the first header line in h from which on no line
// has an escape, and the index where it begins. It compares lengths: an unescaped entry
// is shorter than its line, so there is no LF where the line should begin.
func (p *Parser) plainLines(h []byte) (i, start int) {
	if p.head.firstBackslash == 0 {
		return 0, p.head.afterCommand
	}
	start = len(h) - 1
	if h[start-1] == '\r' {
		start--
	}
	for i = len(p.view); i > 0; i-- {
		line := len(p.view[i-1].Name) + len(":") + len(p.view[i-1].Value) + len("\n")
		if p.crlf && h[start-2] == '\r' {
			line++
		}
		if h[start-line-1] != '\n' {
			break
		}
		start -= line
	}
	return i, start
}

// ownBody returns the body in memory.body for the caller to own: the buffer itself if it
// is large, or else a copy.
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
