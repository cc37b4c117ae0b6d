package conform

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Expectations are known differences: probes that fail, each with its outcome and
// a reason.
type Expectations map[string]Expectation

// An Expectation is one line of the file.
type Expectation struct {
	Kind   Kind
	Reason string
	line   int
}

// ReadExpectations reads a file of known differences. A line has the ID of a probe,
// the outcome, and a reason: words up to the end of the line. Lines that are empty
// or begin with # do not count.
func ReadExpectations(r io.Reader, known func(id string) bool) (Expectations, error) {
	e := Expectations{}
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSpace(in.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.Fields(line)
		if len(words) < 3 {
			return nil, fmt.Errorf("line %d: want the ID of a probe, the outcome and a reason", n)
		}
		if !known(words[0]) {
			return nil, fmt.Errorf("line %d: no probe %q; -list lists them", n, words[0])
		}
		if before, twice := e[words[0]]; twice {
			return nil, fmt.Errorf("line %d: %s is on line %d already", n, words[0], before.line)
		}
		e[words[0]] = Expectation{Kind(words[1]), strings.Join(words[2:], " "), n}
	}
	return e, in.Err()
}

// A Verdict is what a result means for whoever runs the test.
type Verdict uint8

const (
	Passed     Verdict = iota
	NotTested          // skipped
	Known              // fails as was expected
	Failed             // fails, or fails in another way than was expected
	Unexpected         // passes, but was expected to fail: the expectation is to be removed
)

// String returns the word of a report.
func (v Verdict) String() string {
	return [...]string{"pass", "skip", "known", "FAIL", "FIXED"}[v]
}

// Judge returns the verdict of a result.
func (e Expectations) Judge(r *Result) Verdict {
	want, expected := e[r.ID]
	switch {
	case r.Kind == Skipped, r.Kind == Blocked && r.Level != Must:
		return NotTested
	case r.Pass() && expected:
		return Unexpected
	case r.Pass():
		return Passed
	case expected && want.Kind == r.Kind:
		return Known
	}
	return Failed
}

// Fails reports whether a verdict makes a run fail. That a SHOULD is not followed
// does so only when strict.
func (v Verdict) Fails(l Level, strict bool) bool {
	switch v {
	case Failed:
		return l != Should || strict
	case Unexpected:
		return true
	}
	return false
}
