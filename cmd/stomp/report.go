package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/jsonl"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A report prints what breaks rules, as it is found, and counts.
type report struct {
	w      *bufio.Writer
	json   bool
	colour text.Palette
	stderr io.Writer

	version frame.Version // that was found, or given
	why     string
	last    [2]text.Place // by role: the last frame
	frames  [2]map[frame.Command]int64
	beats   [2]int64
	broken  [2]map[validate.Rule]int64
	limits  map[string]bool // of the session, that have been told
	printed bool            // something, in text
}

// other counts for the commands that the specifications do not have.
const other frame.Command = "other"

func newReport(w *bufio.Writer, json bool, e *env) *report {
	r := &report{w: w, json: json, colour: e.palette(), stderr: e.stderr, limits: map[string]bool{}}
	for i := range r.frames {
		r.frames[i], r.broken[i] = map[frame.Command]int64{}, map[validate.Rule]int64{}
	}
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
func (r *report) beat(from validate.Role, n int64) { r.beats[from] += n }

// limit tells that a session passed one of its limits, once for each.
func (r *report) limit(e *validate.LimitError) {
	if !r.limits[e.Limit] {
		r.limits[e.Limit] = true
		fmt.Fprintf(r.stderr, "stomp check: not all can be judged: %s\n", strings.TrimPrefix(e.Error(), "stomp: "))
	}
}

// frame takes the next frame of the conversation, and what it broke.
func (r *report) frame(from validate.Role, f *sent, found validate.Violations) {
	known, ok := frame.LookupCommand(f.head.Command)
	if !ok {
		known = other
	}
	r.frames[from][known]++
	for _, v := range found {
		r.broken[from][v.Rule]++
	}
	if len(found) > 0 && r.json {
		r.lines(from, f, found)
	} else if len(found) > 0 {
		r.text(from, f, found)
	}
	r.last[from] = text.Place{Command: known, Offset: f.offset}
}

func (r *report) lines(from validate.Role, f *sent, found validate.Violations) {
	for _, v := range found {
		r.w.Write(jsonl.AppendViolation(nil, from, f.offset, v))
	}
}

func (r *report) text(from validate.Role, f *sent, found validate.Violations) {
	r.printed = true
	r.w.Write(text.AppendFinding(nil, r.colour, from, f.offset, r.last[1-from], found)) // an error stays with the writer
}

// fault takes the error that ends a recording.
func (r *report) fault(from validate.Role, e *parser.Error) {
	if r.json {
		b := append([]byte(`{"from":"`), from.String()...)
		b = append(b, `",`...)
		r.w.Write(append(b, jsonl.AppendError(nil, e)[1:]...))
		return
	}
	r.printed = true
	r.w.Write(text.AppendError(nil, r.colour, from, e))
}

// must returns how many MUSTs were broken.
func (r *report) must() int64 {
	var n int64
	for _, broken := range r.broken {
		must, _ := levels(broken)
		n += must
	}
	return n
}

// levels counts MUSTs and SHOULDs apart.
func levels(broken map[validate.Rule]int64) (must, should int64) {
	for rule, n := range broken {
		if rule.Must() {
			must += n
		} else {
			should += n
		}
	}
	return must, should
}

// summary ends the text.
func (r *report) summary(both [2]*recording, session *validate.Session) {
	var b []byte
	if r.printed {
		b = append(b, '\n')
	}
	b = r.appendFrames(b, both)
	b = append(b, '\n')
	b = r.appendAgreed(b, both, session)
	b = r.appendBroken(b)
	for from, rec := range both {
		if rec != nil {
			b = r.appendVerdict(b, validate.Role(from), rec)
		}
	}
	r.w.Write(b)
}

// appendFrames appends a table of the frames by command and side.
func (r *report) appendFrames(b []byte, both [2]*recording) []byte {
	row := func(name string, counts [2]int64, always bool) {
		if counts == [2]int64{} && !always {
			return
		}
		b = fmt.Appendf(b, "%-13s", name)
		for i, rec := range both {
			if rec != nil {
				b = fmt.Appendf(b, "%9d", counts[i])
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
		row(string(c), [2]int64{r.frames[0][c], r.frames[1][c]}, false)
	}
	row(string(other), [2]int64{r.frames[0][other], r.frames[1][other]}, false)
	row("heart-beats", r.beats, true)
	return b
}

// appendAgreed appends what the two sides agreed on.
func (r *report) appendAgreed(b []byte, both [2]*recording, session *validate.Session) []byte {
	b = append(b, "version      "...)
	switch {
	case r.version == frame.Unnegotiated:
		return append(b, "not known\n"...)
	case both[0] != nil && both[1] != nil && session.Version() == frame.Unnegotiated:
		b = append(b, "none agreed, read as "...)
	}
	b = fmt.Appendf(b, "%s: %s\n", r.version, r.why)
	if both[0] == nil || both[1] == nil {
		return b
	}
	interval := func(from validate.Role) string {
		if d := session.HeartBeat(from); d > 0 {
			return fmt.Sprintf("%s every %d ms", from, d/time.Millisecond)
		}
		return from.String() + " none"
	}
	return fmt.Appendf(b, "heart-beats  %s, %s\n", interval(validate.Client), interval(validate.Server))
}

// appendBroken appends how often each rule was broken.
func (r *report) appendBroken(b []byte) []byte {
	title := "rules broken "
	for rule := range validate.Rules() {
		for from := range r.broken {
			if n := r.broken[from][rule]; n > 0 {
				b = append(b, title...)
				b = text.AppendLevel(b, r.colour, rule)
				b = fmt.Appendf(b, "%6d  %s, by the %s\n", n, rule.ID(), validate.Role(from))
				title = "             "
			}
		}
	}
	return b
}

// appendVerdict appends what a side is to be told.
func (r *report) appendVerdict(b []byte, from validate.Role, rec *recording) []byte {
	b = fmt.Appendf(b, "The %s ", from)
	must, should := levels(r.broken[from])
	counted := func(n int64, what string) string {
		if n == 1 {
			return "1 " + what
		}
		return fmt.Sprintf("%d %ss", n, what)
	}
	switch {
	case must > 0 && should > 0:
		b = fmt.Appendf(b, "breaks %s and %s", counted(must, "MUST"), counted(should, "SHOULD"))
	case must > 0:
		b = fmt.Appendf(b, "breaks %s", counted(must, "MUST"))
	case should > 0:
		b = fmt.Appendf(b, "keeps every MUST and breaks %s", counted(should, "SHOULD"))
	default:
		b = append(b, "keeps every rule"...)
	}
	if rec.err != nil {
		b = append(b, ", as far as its recording can be read"...)
	}
	return append(b, ".\n"...)
}
