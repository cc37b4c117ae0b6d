package validate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Violation is a rule that a frame broke. It is an error, in which errors.Is finds
// the rule.
type Violation struct {
	Rule Rule
	// Command is the command of the frame. One outside the specifications is
	// written as headers.AppendName does.
	Command frame.Command
	// Header is the name of the header that is wrong or missing, as
	// headers.AppendName writes it. It is "" if the rule is not about a header.
	Header string
	// Hint names a common mistake that the frame shows, such as "the value begins
	// with a blank, which STOMP does not strip", or is "".
	Hint string
}

// Text returns the text of the rule with the command and header of the frame, and the
// hint. It is printable ASCII without a colon, so that it fits into a header; a colon
// in a name is shown as \c. It never shows the value of a header.
func (v Violation) Text() string {
	command, owner, header := "the frame", "clients", "a header"
	if v.Command != "" {
		command = shown(string(v.Command))
	}
	if v.Command.FromServer() {
		owner = "servers"
	}
	if v.Header != "" {
		header = "the header " + shown(v.Header)
	}
	text := v.Rule.textFor(command, owner, header)
	if v.Hint != "" {
		text += "; " + shown(v.Hint)
	}
	return text
}

// Error returns the violation in one line: its text, the ID of the rule, the
// header, and the section of the rule.
func (v Violation) Error() string { return "stomp: " + v.explain() }

// Unwrap returns the rule, for errors.Is.
func (v Violation) Unwrap() error { return v.Rule }

// explain is Error without the prefix.
func (v Violation) explain() string {
	text := v.Text() + " (" + v.Rule.ID()
	if v.Header != "" {
		text += ", header " + shown(v.Header)
	}
	return text + "; " + v.Rule.Section() + ")"
}

// Violations are the rules that one frame broke, in the order of the rules, and for
// one rule in the order of the headers. At most 32 of them are about the bytes of
// headers. Functions return nil, never empty Violations. errors.Is finds each rule,
// errors.As the first [Violation].
type Violations []Violation

const (
	maxPrinted       = 8  // violations in the text of an error
	maxHeaderReports = 32 // violations of one frame about the bytes of headers
)

// Error returns the first eight violations in one line.
func (v Violations) Error() string {
	if len(v) == 0 {
		return "stomp: no violation"
	}
	text := "stomp: " + strings.Join(v.explain(), "; ")
	if n := len(v) - maxPrinted; n > 0 {
		text += "; and " + strconv.Itoa(n) + " more"
	}
	return text
}

// explain returns a line for each of the first eight violations.
func (v Violations) explain() []string {
	lines := make([]string, min(len(v), maxPrinted))
	for i := range lines {
		lines[i] = v[i].explain()
	}
	return lines
}

// Unwrap returns each [Violation], for errors.Is and errors.As.
func (v Violations) Unwrap() []error {
	errs := make([]error, len(v))
	for i := range v {
		errs[i] = v[i]
	}
	return errs
}

// must returns the violations of a MUST that is not in except, or nil. It does not
// change v.
func (v Violations) must(except []Rule) Violations {
	var must Violations
	for i := range v {
		if v[i].Rule.Must() && !slices.Contains(except, v[i].Rule) {
			must = append(must, v[i])
		}
	}
	return must
}

// sort sorts violations by rule.
func (v Violations) sort() {
	slices.SortStableFunc(v, func(a, b Violation) int { return int(a.Rule) - int(b.Rule) })
}

// printable returns a name from a peer as headers.AppendName writes it.
func printable[T text](name T) string {
	return string(headers.AppendName(nil, name))
}

// maxShown is the longest text that is shown, in bytes. No printable name is longer.
const maxShown = 300

// oneLine returns any text as bounded printable ASCII.
func oneLine(s string) string {
	if len(s) > maxShown {
		s = s[:maxShown]
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return string(headers.AppendQuoted(nil, s))
		}
	}
	return s
}

// shown returns oneLine with colons as \c, for a header.
func shown(s string) string { return strings.ReplaceAll(oneLine(s), ":", "\\c") }
