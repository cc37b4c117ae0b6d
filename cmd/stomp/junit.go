package main

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"

	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// junit prints what was found as the XML that CI systems read: a suite for each
// conversation, in it a test for each rule and side. A MUST that is broken is a
// failure, a SHOULD that is broken makes a test skipped.
type junit struct{ w *bufio.Writer }

func beginJUnit(w *bufio.Writer) *junit {
	w.WriteString(xml.Header + "<testsuites>\n")
	return &junit{w}
}

func (j *junit) end() { j.w.WriteString("</testsuites>\n") }

// A suite is one conversation.
type suite struct {
	j     *junit
	name  string
	found [2]map[string]*caseFound // by role and ID
}

// caseFound is what was found against one rule.
type caseFound struct {
	count   int
	message string
	lines   []string // the first ones
}

const maxCaseLines = 10

func (j *junit) begin(number int, name string) *suite {
	s := &suite{j: j, name: name}
	if number > 0 {
		s.name = fmt.Sprintf("#%d %s", number, name)
	}
	for i := range s.found {
		s.found[i] = map[string]*caseFound{}
	}
	return s
}

func (s *suite) add(from validate.Role, offset int64, mark string, f finding.Finding) {
	c := s.found[from][f.ID]
	if c == nil {
		c = &caseFound{message: f.Message}
		s.found[from][f.ID] = c
	}
	if c.count++; c.count <= maxCaseLines {
		line := fmt.Sprintf("%s%s %d: %s (%s)", mark, from, offset, f.Message, f.Section)
		if f.Note != "" {
			line += "; " + f.Note
		}
		c.lines = append(c.lines, line)
	}
}

// end prints the suite.
func (s *suite) end(r *report, both [2]*recording) {
	var b bytes.Buffer
	tests, failures, skipped, errors := 0, 0, 0, 0
	for id, must := range findable() {
		for i, rec := range both {
			from := validate.Role(i)
			if rule, ok := validate.LookupRule(id); rec == nil || r.ignored[id] || r.must && !must || ok && !rule.Binds(from) {
				continue
			}
			tests++
			c := s.found[i][id]
			switch {
			case c == nil:
				fmt.Fprintf(&b, "    <testcase classname=\"%s\" name=\"%s\"/>\n", from, id)
			case must:
				failures++
				s.outcome(&b, from, id, "failure", c)
			default:
				skipped++
				s.outcome(&b, from, id, "skipped", c)
			}
		}
	}
	for i, rec := range both {
		if rec == nil {
			continue
		}
		tests++
		from := validate.Role(i)
		var e error = rec.err
		if f := r.sides[i].fault; f != nil {
			e = f
		}
		if e == nil {
			fmt.Fprintf(&b, "    <testcase classname=\"%s\" name=\"grammar\"/>\n", from)
			continue
		}
		kind := "error" // of the recording
		if _, ok := e.(*parser.Error); ok {
			kind = "failure"
			failures++
		} else {
			errors++
		}
		s.outcome(&b, from, "grammar", kind, &caseFound{message: e.Error(), lines: []string{e.Error()}})
	}
	fmt.Fprintf(s.j.w, "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n", escaped(s.name), tests, failures, errors, skipped)
	s.j.w.Write(b.Bytes())
	s.j.w.WriteString("  </testsuite>\n")
}

// outcome prints a test that has something to tell.
func (s *suite) outcome(b *bytes.Buffer, from validate.Role, id, kind string, c *caseFound) {
	fmt.Fprintf(b, "    <testcase classname=\"%s\" name=\"%s\">\n      <%s message=\"%s\">", from, id, kind, escaped(c.message))
	for _, line := range c.lines {
		b.WriteString("\n" + escaped(line))
	}
	if more := c.count - len(c.lines); more > 0 {
		fmt.Fprintf(b, "\nand %d more", more)
	}
	fmt.Fprintf(b, "</%s>\n    </testcase>\n", kind)
}

func escaped(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s)) // a Buffer has no error
	return b.String()
}
