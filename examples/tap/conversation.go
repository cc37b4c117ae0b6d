package main

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A conversation parses, prints and validates what the two sides of a connection
// send. The caller gives it bytes before passing them on, so that it sees no answer
// before its question.
type conversation struct {
	printer printer

	mu      sync.Mutex
	session *validate.Session
	sides   [2]*side // by role
	blind   bool     // a side cannot be read any more, so that nothing can be judged
	limits  map[string]bool
	must    int
	should  int
}

// A side is what one of the two has sent.
type side struct {
	from          validate.Role
	parser        *parser.Parser
	version       frame.Version // that the parser has
	after         bool          // a frame has just ended, in what has been read at once
	bad           bool          // it cannot be read any more
	octets        int64
	frames, beats int64
	last          text.Place
	current       current
}

// current is the frame in progress.
type current struct {
	offset  int64
	version frame.Version
	head    frame.Head // its own memory
	found   validate.Violations
	empty   bool         // no byte of a body has come
	used    parser.Allow // leniencies that the head needed
	inBody  parser.Allow // and that the rest did
}

func newConversation(p printer, allow parser.Allow) *conversation {
	c := &conversation{printer: p, session: validate.NewSession(validate.SessionLimits{}), limits: map[string]bool{}}
	for from := range c.sides {
		// Bodies are not held, whatever their size.
		c.sides[from] = &side{from: validate.Role(from), parser: parser.New(parser.Options{Limits: parser.Limits{Body: parser.Unlimited}, Allow: allow})}
	}
	return c
}

// take takes what a side has sent, at a time since the connection began. A line
// ending after a frame belongs to the frame if one read returned both.
func (c *conversation) take(from validate.Role, chunk []byte, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sides[from]
	s.octets += int64(len(chunk))
	s.after = false
	for len(chunk) > 0 && !s.bad {
		front := chunk
		if s.after {
			front = chunk[:text.EndOfLine(chunk)]
			if s.after = len(front) > 0; !s.after {
				front = chunk
			}
		}
		ev, n, err := s.parser.Next(front)
		if err != nil {
			c.fail(s, err, at)
			return
		}
		chunk = chunk[n:]
		c.event(s, ev, at)
	}
}

// end says that a side sends no more.
func (c *conversation) end(from validate.Role, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sides[from]
	if s.bad {
		return
	}
	if err := s.parser.Finish(); err != nil {
		c.fail(s, err, at)
	}
}

// fail ends the reading of a side.
func (c *conversation) fail(s *side, err error, at time.Duration) {
	e := err.(*parser.Error) // there are no others
	s.bad, c.blind = true, true
	c.printer.fail(s.from, e, at)
	if e.Kind != parser.UnexpectedEOF {
		c.printer.say("what the " + s.from.String() + " sends is passed on, but no longer read; nothing more is judged")
	}
}

func (c *conversation) event(s *side, ev parser.Event, at time.Duration) {
	offset := s.parser.Offset() - int64(len(ev.Raw))
	switch ev.Kind {
	case parser.HeartBeatEvent:
		what := "between frames"
		if s.after {
			s.after, what = false, "end of line"
			c.printer.eol(s.from, offset, ev.Used, at)
		} else {
			s.beats += int64(ev.Count)
			c.printer.gap(s.from, offset, ev, at)
		}
		c.report(s, offset, what, "", finding.Needed(ev.Used), at)
	case parser.HeadEvent:
		s.current = current{offset: offset, version: s.version, head: own(ev.Head), empty: true, used: ev.Used}
		errors.As(validate.CheckRaw(ev.Raw, s.version, s.from), &s.current.found)
		c.printer.head(s.from, offset, ev)
	case parser.BodyEvent:
		s.current.empty = false
		s.current.inBody |= ev.Used
		c.printer.body(s.from, ev.Raw)
	case parser.EndEvent:
		s.frames++
		s.after = true
		s.current.inBody |= ev.Used
		found := finding.Broken(c.judge(s))
		found = append(found, finding.Needed(s.current.used|s.current.inBody)...)
		c.printer.end(s.from, offset, s.current.inBody, at)
		command := finding.Shown(s.current.head.Command)
		c.report(s, s.current.offset, string(command), command, found, at)
		s.last = text.Place{Command: s.current.head.Command, Offset: s.current.offset}
		if _, known := frame.LookupCommand(s.last.Command); !known {
			s.last.Command = "another frame"
		}
		c.negotiate(s)
	}
}

// negotiate takes the version from a handshake. Until CONNECTED, frames of the
// client are read in the highest version that it offers.
func (c *conversation) negotiate(s *side) {
	h := s.current.head
	switch h.Command {
	case frame.CONNECT, frame.STOMP:
		if s.version == frame.Unnegotiated {
			s.setVersion(h.AcceptVersions().Highest())
		}
	case frame.CONNECTED:
		v, ok := h.AgreedVersion()
		if !ok {
			v = frame.V12
		}
		for _, s := range c.sides {
			s.setVersion(v)
		}
	}
}

func (s *side) setVersion(v frame.Version) {
	s.version = v
	s.parser.SetVersion(v)
}

// judge returns the rules that the frame in progress, which is complete, has
// broken.
func (c *conversation) judge(s *side) validate.Violations {
	if c.blind {
		return nil
	}
	f := &s.current
	var err error
	if _, counted := f.head.Length.Get(); counted {
		err = c.session.Step(s.from, f.head) // the body has that length, the parser says
	} else {
		w := frame.View{Head: f.head}
		if !f.empty {
			w.Body = []byte("-") // that there is one is all that counts
		}
		err = c.session.StepView(s.from, w)
	}
	var limit *validate.LimitError
	if errors.As(err, &limit) && !c.limits[limit.Limit] {
		c.limits[limit.Limit] = true
		c.printer.say("from now on not all can be judged: " + limit.Error())
	}
	var found validate.Violations
	errors.As(err, &found)
	found = append(slices.Clone(found), f.found...)
	slices.SortStableFunc(found, func(a, b validate.Violation) int { return int(a.Rule) - int(b.Rule) })
	return found
}

// report counts and prints what was found, while anything is judged. command is
// that of the frame that it is about, "" when it is about something else.
func (c *conversation) report(s *side, offset int64, what string, command frame.Command, found []finding.Finding, at time.Duration) {
	if c.blind || len(found) == 0 {
		return
	}
	for _, f := range found {
		if f.Must {
			c.must++
		} else {
			c.should++
		}
	}
	c.printer.found(place{s.from, offset, what, command, c.sides[1-s.from].last}, found, at)
}

// own copies a head.
func own(h frame.Head) frame.Head {
	list := make(headers.ListView, len(h.Headers))
	for i, e := range h.Headers {
		list[i] = headers.FieldView{Name: slices.Clone(e.Name), Value: slices.Clone(e.Value)}
	}
	h.Headers = list
	return h
}
