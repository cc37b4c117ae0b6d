package parser

import (
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// smallBody is the size in bytes of the largest body that stays in memory with the
// headers of its frame.
const smallBody = 1 << 10

// A slab is the memory of small frames that were read together, bounded by the
// constants below. Keeping one of the frames keeps the slab, so no frame uses two.
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

// own returns an owned frame with the complete head, which is h on the wire, and its
// body. It returns nil unless the rest of the buffer has room for more small frames.
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

// ownHead returns an owned frame with the complete head, which is h on the wire. All
// text is one allocation. If joined is set and the list is short, the frame and its
// list are one allocation too.
func (p *Parser) ownHead(h []byte, joined bool) *frame.Frame {
	var f *frame.Frame
	if joined {
		f = newFrame(len(p.view))
	} else {
		f = &frame.Frame{Headers: make(headers.List, 0, len(p.view))}
	}
	f.Command = p.head.command
	var text strings.Builder
	text.Grow(p.textSize(h))
	f.Headers = p.ownFields(f.Headers, &text, h)
	return f
}

// textSize returns how many bytes ownFields writes of the head h.
func (p *Parser) textSize(h []byte) (size int) {
	if p.head.firstBackslash == 0 && len(p.view) > 0 {
		return len(h) - p.head.afterCommand - 1
	}
	for _, e := range p.view {
		size += len(e.Name) + len(e.Value)
	}
	return size
}

// ownFields writes all names and values of the head h to text, which has room for
// them, and appends the headers to l. If nothing is escaped, it copies the lines as
// they are.
func (p *Parser) ownFields(l headers.List, text *strings.Builder, h []byte) headers.List {
	start, between := text.Len(), 1
	if p.head.firstBackslash == 0 {
		text.Write(h[p.head.afterCommand : p.head.afterCommand+p.textSize(h)])
	} else {
		between = 0
		for i := range p.view {
			text.Write(p.view[i].Name)
			text.Write(p.view[i].Value)
		}
	}
	s := text.String()[start:]
	for i := range p.view {
		colon := len(p.view[i].Name)
		end := colon + between + len(p.view[i].Value)
		l = append(l, headers.Field{Name: s[:colon], Value: s[colon+between : end]})
		if between == 1 && s[end] == '\r' {
			end++
		}
		s = s[end+between:]
	}
	return l
}

// ownBody returns the body in memory.body, owned by the caller: the buffer itself
// if it is large, or else a copy.
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
