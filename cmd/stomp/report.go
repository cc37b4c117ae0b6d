package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/internal/jsonl"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A report prints what is wrong, as it is found, and counts.
type report struct {
	w      *bufio.Writer
	json   bool
	color  text.Palette
	stderr io.Writer

	version frame.Version // that was found, or given
	why     string
	watch   watch
	sides   [2]reportedSide
	limits  map[string]bool // of the session, that have been told
	printed bool            // something, in text
	conn    *capture.Conn   // of a capture, nil for recordings
	number  int             // of a recording of a connection, 0 for none
	timed   bool            // the times of recordings are known
	at      time.Duration   // of what is told, where times are known
	suite   *suite          // that takes what is found, for JUnit
	ignored map[string]bool // IDs that are not told
	must    bool            // nothing but MUST is told
}

// A reportedSide is what is known of what one side sent.
type reportedSide struct {
	last         text.Place // the last frame
	frames       map[frame.Command]int64
	beats        int64
	found        map[string]int64 // by ID
	must, should int64
	fault        *parser.Error // that ended the recording
	common       bool          // frames were judged by the rules that all versions share
}

// other counts for the commands that the specifications do not have.
const other frame.Command = "other"

func newReport(w *bufio.Writer, json bool, tolerance int, e *env) *report {
	r := &report{w: w, json: json, color: e.palette(), stderr: e.stderr, limits: map[string]bool{}}
	for i := range r.sides {
		r.sides[i].frames, r.sides[i].found = map[frame.Command]int64{}, map[string]int64{}
	}
	r.watch = watch{tolerance: tolerance, late: r.late}
	return r
}

// readAs notes which version a recording was found to have. What the server
// says counts more.
func (r *report) readAs(from validate.Role, v frame.Version, why string) {
	if r.version == frame.Unnegotiated || from == validate.Server {
		r.version, r.why = v, why
	}
}

// beat counts heart-beats.
func (r *report) beat(from validate.Role, n int64) { r.sides[from].beats += n }

// limit tells that a session passed one of its limits, once for each.
func (r *report) limit(e *validate.LimitError) {
	if !r.limits[e.Limit] {
		r.limits[e.Limit] = true
		fmt.Fprintf(r.stderr, "stomp check: not all can be judged: %s\n", strings.TrimPrefix(e.Error(), "stomp: "))
	}
}

// frame takes the next frame of the conversation, and which rules it broke.
func (r *report) frame(from validate.Role, f *sent, broken validate.Violations) {
	if r.timed {
		r.at = f.at
	}
	known, ok := frame.LookupCommand(f.head.Command)
	if !ok {
		known = other
	}
	s := &r.sides[from]
	s.frames[known]++
	found := finding.Broken(broken)
	for i, v := range broken {
		found[i].Note = habit(v.Rule, f)
	}
	if found = append(found, finding.Needed(f.used)...); len(found) > 0 {
		c := finding.Shown(f.head.Command)
		r.add(from, f.offset, string(c), c, found)
	}
	s.last = text.Place{Command: known, Offset: f.offset}
}

// needed takes the leniencies that something outside of a frame needed.
func (r *report) needed(from validate.Role, offset int64, what string, used parser.Allow) {
	if used != 0 {
		r.add(from, offset, what, "", finding.Needed(used))
	}
}

// late takes a silence that was too long.
func (r *report) late(from validate.Role, s silence) {
	r.add(from, s.offset, "silence", "", []finding.Finding{{
		ID: finding.HeartBeatLate, Must: true, Section: heartBeatSection,
		Message: fmt.Sprintf("something must be sent every %d ms", r.watch.sides[from].every/time.Millisecond),
		Note:    fmt.Sprintf("nothing was sent for %s", s),
	}})
}

// String returns how long a silence was, and when.
func (s silence) String() string {
	return fmt.Sprintf("%d ms, from %.3f s to %.3f s", s.length()/time.Millisecond, s.begin.Seconds(), s.end.Seconds())
}

// add counts findings and prints them. c is the command of the frame that they
// are about, "" when they are about something else.
func (r *report) add(from validate.Role, offset int64, what string, c frame.Command, found []finding.Finding) {
	s := &r.sides[from]
	found = slices.DeleteFunc(found, func(f finding.Finding) bool { return r.ignored[f.ID] || r.must && !f.Must })
	if len(found) == 0 {
		return
	}
	for _, f := range found {
		s.found[f.ID]++
		if f.Must {
			s.must++
		} else {
			s.should++
		}
		if r.json { // an error stays with the writer
			r.object(jsonl.AppendFinding(nil, from, offset, c, f))
		}
		if r.suite != nil {
			r.suite.add(from, offset, r.mark(), f)
		}
	}
	if !r.json && r.suite == nil {
		r.printed = true
		r.w.WriteString(r.mark())
		r.w.Write(text.AppendFinding(nil, r.color, from, offset, what, r.sides[1-from].last, found))
	}
}

// fault takes the error that ends a recording.
func (r *report) fault(from validate.Role, e *parser.Error) {
	r.sides[from].fault = e
	if r.json {
		b := append([]byte(`{"from":"`), from.String()...)
		b = append(b, `",`...)
		r.object(append(b, jsonl.AppendError(nil, e)[1:]...))
		return
	}
	if r.suite != nil {
		return
	}
	r.printed = true
	r.w.WriteString(r.mark())
	r.w.Write(text.AppendError(nil, r.color, from, e))
}

// object prints a line of JSON.
func (r *report) object(line []byte) {
	r.w.WriteByte('{')
	r.w.WriteString(r.place())
	r.w.Write(line[1:])
}

// broken reports whether a side broke a MUST or the grammar.
func (r *report) broken() bool {
	for _, s := range r.sides {
		if s.must > 0 || s.fault != nil {
			return true
		}
	}
	return false
}
