package main

import (
	"errors"
	"fmt"
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

// A conversation parses, prints and checks what both sides of a connection
// send. The caller passes it bytes before forwarding them, so it never sees an
// answer before the question.
type conversation struct {
	printer printer

	mu      sync.Mutex
	session *validate.Session
	sides   [2]*side // by role
	blind   bool     // one side can no longer be parsed, so nothing is checked
	limits  map[string]bool
	must    int
	should  int
}

// A side is the stream of one side.
type side struct {
	from          validate.Role
	parser        *parser.Parser
	version       frame.Version // set on the parser
	after         bool          // a frame has just ended within the same read
	bad           bool          // the stream can no longer be parsed
	bytes         int64
	frames, beats int64
	last          text.Place
	current       current
}

// current is the current frame.
type current struct {
	offset  int64
	version frame.Version
	head    frame.Head // a copy
	found   validate.Violations
	empty   bool         // no byte of the body has arrived
	used    parser.Allow // leniencies needed for the head
	inBody  parser.Allow // leniencies needed for the rest
}

func newConversation(p printer, allow parser.Allow) *conversation {
	c := &conversation{printer: p, session: validate.NewSession(validate.SessionLimits{}), limits: map[string]bool{}}
	for from := range c.sides {
		// Bodies are not held, so they may have any size.
		c.sides[from] = &side{from: validate.Role(from), parser: parser.New(parser.Options{Limits: parser.Limits{Body: parser.Unlimited}, Allow: allow})}
	}
	return c
}

// take handles data from one side; at is the time since the connection began. A
// line ending after a frame belongs to the frame if one read returned both.
func (c *conversation) take(from validate.Role, chunk []byte, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sides[from]
	s.bytes += int64(len(chunk))
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

// end handles the end of one side's stream.
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

// fail stops parsing one side.
func (c *conversation) fail(s *side, err error, at time.Duration) {
	e := err.(*parser.Error) // parsers return no other errors
	s.bad, c.blind = true, true
	c.printer.fail(s.from, e, at)
	if e.Kind != parser.UnexpectedEOF {
		c.printer.say("data from the " + s.from.String() + " is forwarded, but no longer parsed; checking has stopped")
	}
}

// lose says that a side cannot be read any more, and why.
func (c *conversation) lose(from validate.Role, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sides[from].bad, c.blind = true, true
	c.printer.say(fmt.Sprintf("the %s: %s; what it sends is passed on, but no longer read; nothing more is judged", from, why))
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

// negotiate takes the version from the handshake. Until CONNECTED, client
// frames are parsed in the highest version that the client offers.
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

// judge returns the violations of the current frame, which is complete.
func (c *conversation) judge(s *side) validate.Violations {
	if c.blind {
		return nil
	}
	f := &s.current
	var err error
	if _, counted := f.head.Length.Get(); counted {
		err = c.session.Step(s.from, f.head) // the parser has checked the length of the body
	} else {
		w := frame.View{Head: f.head}
		if !f.empty {
			w.Body = []byte("-") // only its presence matters
		}
		err = c.session.StepView(s.from, w)
	}
	var limit *validate.LimitError
	if errors.As(err, &limit) && !c.limits[limit.Limit] {
		c.limits[limit.Limit] = true
		c.printer.say("checking is incomplete from here on: " + limit.Error())
	}
	var found validate.Violations
	errors.As(err, &found)
	found = append(slices.Clone(found), f.found...)
	slices.SortStableFunc(found, func(a, b validate.Violation) int { return int(a.Rule) - int(b.Rule) })
	return found
}

// report counts and prints violations, unless checking has stopped. command is
// that of the frame, or "" if the violation is not about a frame.
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
