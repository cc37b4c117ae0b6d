package conform

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A Report is all that a run has found.
type Report struct {
	Peer     string // URL or driver
	Name     string // what the peer calls itself
	Versions string
	Notes    []string
	Results  []*Result
	Expected Expectations
	Time     time.Duration
	Strict   bool   // whether a SHOULD counts as a failure
	Bytes    bool   // whether all bytes are shown
	Again    string // the command that runs a probe alone, with %s for its ID
}

// OK reports whether the run has found nothing that makes it fail.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Results, func(x *Result) bool { return r.Expected.Judge(x).Fails(x.Level, r.Strict) })
}

// Text writes the report for people: what fails, most binding first, then what the
// peer has chosen, then the sums.
func (r *Report) Text(w io.Writer) {
	name := r.Name
	if name == "" {
		name = "a peer that does not say its name"
	}
	fmt.Fprintf(w, "%s: %s, STOMP %s\n", r.Peer, name, r.Versions)
	for _, n := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", n)
	}
	for _, level := range []Level{Must, Should, Choice} {
		for _, x := range r.Results {
			if x.Level != level {
				continue
			}
			switch v := r.Expected.Judge(x); {
			case v == Failed || v == Unexpected || v == Known && r.Bytes:
				r.one(w, x, v)
			case r.Bytes:
				fmt.Fprintf(w, "\n%-5s  %-6s  %s  %v\n", v, x.Level, x.ID, x.Outcome)
				io.WriteString(w, x.Trace.Text())
			}
		}
	}
	r.choices(w)
	r.sums(w)
}

// one writes a result that is not as it should be.
func (r *Report) one(w io.Writer, x *Result, v Verdict) {
	fmt.Fprintf(w, "\n%-5s  %-6s  %s\n", v, x.Level, x.ID)
	fmt.Fprintf(w, "       asks    %s (%s)\n", x.Sentence, x.Section)
	if x.Level != Choice {
		fmt.Fprintf(w, "       accepts %s\n", kinds(x.Accept))
	}
	fmt.Fprintf(w, "       saw     %v\n", x.Outcome)
	want, expected := r.Expected[x.ID]
	switch {
	case v == Unexpected:
		fmt.Fprintf(w, "       passes now: remove line %d from the list of known differences (%s: %s)\n", want.line, want.Kind, want.Reason)
	case expected && v == Failed:
		fmt.Fprintf(w, "       expected was %s (%s)\n", want.Kind, want.Reason)
	case v == Known:
		fmt.Fprintf(w, "       known: %s\n", want.Reason)
	}
	if r.Bytes {
		io.WriteString(w, x.Trace.Text())
	} else if r.Again != "" && v == Failed {
		fmt.Fprintf(w, "       bytes   "+r.Again+"\n", x.ID)
	}
}

func kinds(list []Kind) string {
	var words []string
	for _, k := range list {
		words = append(words, string(k))
	}
	return strings.Join(words, ", ")
}

// choices writes what the peer has chosen.
func (r *Report) choices(w io.Writer) {
	title := "\nchoices that the specification leaves open:\n"
	for _, x := range r.Results {
		if x.Level == Choice && r.Expected.Judge(x) == Passed {
			fmt.Fprintf(w, "%s  %-40s %v\n", title, x.ID, x.Outcome)
			title = ""
		}
	}
}

// Counts are sums of verdicts.
type Counts struct {
	Pass    int `json:"pass"`
	Fail    int `json:"fail"`
	Known   int `json:"known"`
	Fixed   int `json:"fixed"`
	Skipped int `json:"skipped"`
	Blocked int `json:"blocked"` // of those that fail: what they need first failed
}

// Count returns the sums of a level.
func (r *Report) Count(l Level) (c Counts) {
	for _, x := range r.Results {
		if x.Level != l {
			continue
		}
		switch r.Expected.Judge(x) {
		case Passed:
			c.Pass++
		case NotTested:
			c.Skipped++
		case Known:
			c.Known++
		case Unexpected:
			c.Fixed++
		case Failed:
			c.Fail++
			if x.Kind == Blocked {
				c.Blocked++
			}
		}
	}
	return c
}

func (r *Report) sums(w io.Writer) {
	probes := "probes"
	if len(r.Results) == 1 {
		probes = "probe"
	}
	fmt.Fprintf(w, "\n%d %s in %.1f s\n", len(r.Results), probes, r.Time.Seconds())
	for _, l := range []Level{Must, Should, Choice} {
		c := r.Count(l)
		if c == (Counts{}) {
			continue
		}
		line := fmt.Sprintf("%-6s  %3d pass", l, c.Pass)
		for _, part := range []struct {
			n    int
			word string
		}{{c.Fail, "fail"}, {c.Known, "known"}, {c.Fixed, "pass against expectation"}, {c.Skipped, "skipped"}} {
			if part.n > 0 {
				line += fmt.Sprintf(", %d %s", part.n, part.word)
			}
		}
		if c.Blocked > 0 {
			line += fmt.Sprintf(" (%d of those that fail could not be tested, since what they need first failed)", c.Blocked)
		}
		fmt.Fprintln(w, line)
	}
	lead := "fix first:"
	for _, g := range r.first() {
		fmt.Fprintf(w, "%s %s\n", lead, g)
		lead = "then:     "
	}
}

// mostFirst is how many things to fix first are named.
const mostFirst = 4

// first names what to fix first: what takes the peer down, then what others need,
// then the rest. Probes of an area with the same outcome are named by one of them.
func (r *Report) first() (lines []string) {
	type group struct {
		first *Result
		rank  int
		more  int
	}
	var groups []*group
	for _, x := range r.Results {
		if v := r.Expected.Judge(x); v != Failed || x.Level != Must {
			continue
		}
		rank := 3
		switch {
		case x.Kind == Dead:
			rank = 1
		case x.Area() == "handshake" || x.Area() == "receipts" || strings.HasPrefix(x.ID, "messages/delivery"):
			rank = 2
		case x.Kind == Blocked:
			rank = 4
		}
		like := slices.IndexFunc(groups, func(g *group) bool {
			return g.rank == rank && g.first.Kind == x.Kind && (g.first.Area() == x.Area() || rank == 1 || rank == 4)
		})
		if like >= 0 {
			groups[like].more++
			continue
		}
		groups = append(groups, &group{x, rank, 0})
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Or(a.rank-b.rank, b.more-a.more) })
	for _, g := range groups[:min(len(groups), mostFirst)] {
		line := fmt.Sprintf("%s (%v)", g.first.ID, g.first.Outcome)
		if g.more > 0 {
			line += fmt.Sprintf(" and %d like it", g.more)
		}
		lines = append(lines, line)
	}
	return lines
}

// Expect writes the results that fail as a list of known differences, for people
// to fill in the reasons.
func (r *Report) Expect(w io.Writer) {
	fmt.Fprintf(w, "# Known differences of %s, for -expect: probe, outcome, reason.\n", r.Name)
	for _, x := range r.Results {
		if want, expected := r.Expected[x.ID]; !x.Pass() && x.Kind != Skipped {
			reason := "REASON: " + x.Detail
			if expected && want.Kind == x.Kind {
				reason = want.Reason
			}
			fmt.Fprintf(w, "%s %s %s\n", x.ID, x.Kind, reason)
		}
	}
}

type jsonStep struct {
	Ms    int64  `json:"ms"`
	Conn  int    `json:"connection"`
	What  string `json:"what"`
	Bytes string `json:"bytes,omitempty"` // in the notation of Go
	Note  string `json:"note,omitempty"`
}

type jsonResult struct {
	ID       string     `json:"id"`
	Area     string     `json:"area"`
	Level    string     `json:"level"`
	Verdict  string     `json:"verdict"`
	Outcome  Kind       `json:"outcome"`
	Detail   string     `json:"detail,omitempty"`
	Reason   string     `json:"reason,omitempty"` // of a known difference
	Section  string     `json:"section"`
	Sentence string     `json:"sentence"`
	Accepts  []Kind     `json:"accepts"`
	Ms       int64      `json:"ms"`
	Tries    int        `json:"tries"`
	Steps    []jsonStep `json:"steps,omitempty"`
}

// JSON writes the report as one object. The bytes are with the results that fail,
// and with all when Bytes is set.
func (r *Report) JSON(w io.Writer) error {
	out := struct {
		Peer     string            `json:"peer"`
		Name     string            `json:"name,omitempty"`
		Versions string            `json:"versions"`
		Notes    []string          `json:"notes,omitempty"`
		OK       bool              `json:"ok"`
		Ms       int64             `json:"ms"`
		Levels   map[string]Counts `json:"levels"`
		Results  []jsonResult      `json:"results"`
	}{r.Peer, r.Name, r.Versions, r.Notes, r.OK(), r.Time.Milliseconds(), map[string]Counts{}, nil}
	for _, l := range []Level{Must, Should, Choice} {
		out.Levels[l.String()] = r.Count(l)
	}
	for _, x := range r.Results {
		j := jsonResult{
			ID: x.ID, Area: x.Area(), Level: x.Level.String(), Verdict: strings.ToLower(r.Expected.Judge(x).String()),
			Outcome: x.Kind, Detail: x.Detail, Reason: r.Expected[x.ID].Reason,
			Section: x.Section, Sentence: x.Sentence, Accepts: x.Accept, Ms: x.Time.Milliseconds(), Tries: x.Tries,
		}
		if r.Bytes || !x.Pass() {
			for _, s := range x.Trace.Steps() {
				j.Steps = append(j.Steps, jsonStep{s.At.Milliseconds(), s.Conn, s.What, quote(visible(s.Bytes)), s.Note})
			}
		}
		out.Results = append(out.Results, j)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

type junitText struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitText `xml:"failure,omitempty"`
	Skipped *junitText `xml:"skipped,omitempty"`
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

// JUnit writes the report in the format that CI servers read. A known difference
// counts as skipped.
func (r *Report) JUnit(w io.Writer) error {
	s := junitSuite{Name: "stomp conform " + r.Peer, Tests: len(r.Results), Time: fmt.Sprintf("%.3f", r.Time.Seconds())}
	for _, x := range r.Results {
		c := junitCase{Class: "conform." + x.Area(), Name: x.ID + " (" + x.Level.String() + ")", Time: fmt.Sprintf("%.3f", x.Time.Seconds())}
		v := r.Expected.Judge(x)
		text := &junitText{Message: x.Outcome.String(), Text: fmt.Sprintf("%s (%s)\naccepts %s\n\n%s", x.Sentence, x.Section, kinds(x.Accept), x.Trace.Text())}
		switch {
		case v.Fails(x.Level, r.Strict):
			c.Failure = text
			s.Failures++
		case v != Passed:
			c.Skipped = &junitText{Message: v.String() + ": " + x.Outcome.String()}
			s.Skipped++
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
