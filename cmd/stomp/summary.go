package main

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// summary ends the text.
func (r *report) summary(j *judge) {
	var b []byte
	if r.printed {
		b = append(b, '\n')
	}
	b = r.appendFrames(b, j.both)
	b = append(b, '\n')
	b = r.appendVersion(b, j)
	b = r.appendHeartBeats(b, j)
	b = r.appendFound(b)
	for from, rec := range j.both {
		if rec != nil {
			verdict := r.appendVerdict(nil, validate.Role(from), rec)
			color := r.color.Good
			switch s := &r.sides[from]; {
			case s.fault != nil || s.must > 0:
				color = r.color.Must
			case rec.err != nil || s.should > 0:
				color = r.color.Should
			}
			b = text.AppendPainted(b, color, strings.TrimSuffix(string(verdict), "\n"))
			b = append(b, '\n')
		}
	}
	r.w.Write(b)
}

// appendFrames appends a table of the frames by command and side.
func (r *report) appendFrames(b []byte, both [2]*recording) []byte {
	row := func(name string, count func(*reportedSide) int64, always bool) {
		if count(&r.sides[0]) == 0 && count(&r.sides[1]) == 0 && !always {
			return
		}
		b = fmt.Appendf(b, "%-13s", name)
		for i, rec := range both {
			if rec != nil {
				b = fmt.Appendf(b, "%9d", count(&r.sides[i]))
			}
		}
		b = append(b, '\n')
	}
	b = append(b, "frames       "...)
	for i, rec := range both {
		if rec != nil {
			b = fmt.Appendf(b, "%9s", validate.Role(i))
		}
	}
	b = append(b, '\n')
	for c := range frame.Commands() {
		row(string(c), func(s *reportedSide) int64 { return s.frames[c] }, false)
	}
	row(string(other), func(s *reportedSide) int64 { return s.frames[other] }, false)
	row("heart-beats", func(s *reportedSide) int64 { return s.beats }, true)
	return b
}

const margin = "             "

// appendVersion appends by which version the frames were read, and judged.
func (r *report) appendVersion(b []byte, j *judge) []byte {
	b = append(b, "version      "...)
	switch {
	case r.version == frame.Unnegotiated:
		return append(b, "not known\n"...)
	case j.both[0] != nil && j.both[1] != nil && j.session.Version() == frame.Unnegotiated:
		b = append(b, "none agreed, read as "...)
	}
	b = fmt.Appendf(b, "%s: %s", r.version, r.why)
	if note := r.common(j); note != "" {
		b = append(append(b, ";\n"+margin...), note...)
	}
	return append(b, '\n')
}

// common says whose frames were judged by fewer rules than those of the version
// that the recordings were read as, "" when nobody's were.
func (r *report) common(j *judge) string {
	var who []string
	for from, s := range r.sides {
		if s.common {
			who = append(who, validate.Role(from).String())
		}
	}
	switch {
	case len(who) == 0:
		return ""
	case j.imposed && j.both[validate.Client] != nil && j.both[validate.Server] != nil:
		return "the client did not offer it, and is judged by the rules that all versions share"
	}
	if len(who) > 1 {
		return "both sides are judged by the rules that all versions share"
	}
	return "the " + who[0] + " is judged by the rules that all versions share"
}

// appendHeartBeats appends which heart-beats the two sides agreed on, and what
// came of it.
func (r *report) appendHeartBeats(b []byte, j *judge) []byte {
	b = append(b, "heart-beats  "...)
	w := &r.watch
	switch {
	case !w.agreed && (j.both[0] == nil || j.both[1] == nil):
		return append(b, "not judged: that takes both sides and their indexes\n"...)
	case !w.agreed && j.assumed:
		return append(b, "not known: the recordings do not show both CONNECT and CONNECTED\n"...)
	case !w.agreed:
		return append(b, "none agreed\n"...)
	}
	interval := func(from validate.Role) string {
		if d := w.sides[from].every; d > 0 {
			return fmt.Sprintf("%s every %d ms", from, d/time.Millisecond)
		}
		return from.String() + " none"
	}
	if w.sides[0].every == 0 && w.sides[1].every == 0 || !w.judged {
		b = fmt.Appendf(b, "%s, %s", interval(validate.Client), interval(validate.Server))
		if r.unjudged() {
			b = append(b, "; not judged without -client-index and -server-index"...)
		}
		return append(b, '\n')
	}
	for from := range w.sides {
		if from > 0 {
			b = append(b, margin...)
		}
		b = append(b, interval(validate.Role(from))...)
		if p := &w.sides[from]; p.every > 0 {
			b = fmt.Appendf(b, " (%d ms tolerated), longest silence %s, at offset %d", p.allowed/time.Millisecond, p.longest, p.longest.offset)
			if p.deaf {
				b = append(b, ", up to what the capture has lost"...)
			}
		}
		b = append(b, '\n')
	}
	return b
}

// unjudged reports whether heart-beats were agreed, and could not be judged.
func (r *report) unjudged() bool {
	w := &r.watch
	return w.agreed && !w.judged && w.sides[0].every+w.sides[1].every > 0
}

// appendFound appends how often each thing was found.
func (r *report) appendFound(b []byte) []byte {
	title := "rules broken "
	for id, must := range findable() {
		for from := range r.sides {
			if n := r.sides[from].found[id]; n > 0 {
				b = append(b, title...)
				b = text.AppendLevel(b, r.color, must)
				b = fmt.Appendf(b, "%6d  %s, by the %s\n", n, id, validate.Role(from))
				title = margin
			}
		}
	}
	return b
}

// findable goes through the IDs of all that may be found, and whether it is a
// MUST.
func findable() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for rule := range validate.Rules() {
			if !yield(rule.ID(), rule.Must()) {
				return
			}
		}
		for _, name := range append(parser.AllowAll.Names(), finding.HeartBeatLate) {
			if !yield(name, true) {
				return
			}
		}
	}
}

// appendVerdict appends what a side is to be told.
func (r *report) appendVerdict(b []byte, from validate.Role, rec *recording) []byte {
	s := &r.sides[from]
	verdict, e := s.verdict(), s.fault
	before, when := "it", "before that"
	if rec.stream.resync != nil {
		when = "apart from that"
	}
	switch {
	case e == nil && rec.err == nil:
		return fmt.Appendf(b, "The %s %s.\n", from, verdict)
	case e == nil:
		return fmt.Appendf(b, "The %s %s, as far as its recording can be read.\n", from, verdict)
	case e.Kind == parser.UnexpectedEOF:
		b = fmt.Appendf(b, "The %s's recording ends inside a frame at offset %d", from, e.Offset)
		before = "the " + from.String()
	case e.IsLimit():
		b = fmt.Appendf(b, "The %s passes a limit at offset %d (%s, limit %d)", from, e.Offset, what(e), e.Limit)
	default:
		b = fmt.Appendf(b, "The %s breaks the protocol at offset %d (%s)", from, e.Offset, what(e))
	}
	if s.last.Command != "" || s.must+s.should > 0 {
		b = fmt.Appendf(b, "; %s %s %s", when, before, verdict)
	}
	return append(b, ".\n"...)
}

// what returns the kind of an error in a few words.
func what(e *parser.Error) string { return strings.TrimPrefix(e.Kind.Error(), "stomp: ") }

// verdict says whether what could be read of a side keeps the rules.
func (s *reportedSide) verdict() string {
	counted := func(n int64, what string) string {
		if n == 1 {
			return "1 " + what
		}
		return fmt.Sprintf("%d %ss", n, what)
	}
	shared := ""
	if s.common {
		shared = " that all versions share"
	}
	switch {
	case s.must > 0 && s.should > 0:
		return fmt.Sprintf("breaks %s and %s", counted(s.must, "MUST"), counted(s.should, "SHOULD"))
	case s.must > 0:
		return "breaks " + counted(s.must, "MUST")
	case s.should > 0:
		return fmt.Sprintf("keeps every MUST%s and breaks %s", shared, counted(s.should, "SHOULD"))
	}
	return "keeps every rule" + shared
}
