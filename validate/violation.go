package validate

import (
	"slices"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Violation is a rule that a frame broke. It is an error; errors.Is finds
// its rule.
type Violation struct {
	Rule Rule
	// Command of the frame; one that the specifications do not know is quoted
	// and cut when it is not plain.
	Command frame.Command
	// Header is the name of the header at fault, or of the one that is not
	// there; quoted and cut when it is not plain. "" where the rule is not
	// about a header.
	Header string
}

// Error returns the violation in one line: the command, the rule's text, the
// header where the text does not name it, the rule's ID and section.
func (v Violation) Error() string { return string(v.append([]byte("stomp: "))) }

// Unwrap returns the rule, for errors.Is.
func (v Violation) Unwrap() error { return v.Rule }

func (v Violation) append(b []byte) []byte {
	b = append(b, v.Command...)
	b = append(b, ": "...)
	b = append(b, v.Rule.Text()...)
	b = append(b, " ("...)
	b = append(b, v.Rule.ID()...)
	if v.Header != "" {
		b = append(b, ", header "...)
		b = append(b, v.Header...)
	}
	b = append(b, ", "...)
	b = append(b, v.Rule.Section()...)
	return append(b, ')')
}

// Violations are all rules that one frame broke, in the order of the rules,
// for one rule in the order of the headers. As an error it is never empty:
// functions return nil when there is nothing to report. errors.Is finds each
// rule, errors.As the first [Violation].
type Violations []Violation

const (
	maxPrinted       = 8  // violations in the text of an error
	maxHeaderReports = 32 // violations of one frame that are about the octets of a header
	maxName          = 64 // octets of a name that is shown as it is
)

// Error returns the violations in one line, the first eight of them.
func (v Violations) Error() string {
	b := []byte("stomp: ")
	if len(v) == 0 {
		return string(append(b, "no violation"...))
	}
	for i := range v[:min(len(v), maxPrinted)] {
		if i > 0 {
			b = append(b, "; "...)
		}
		b = v[i].append(b)
	}
	if n := len(v) - maxPrinted; n > 0 {
		b = append(b, "; and "...)
		b = strconv.AppendInt(b, int64(n), 10)
		b = append(b, " more"...)
	}
	return string(b)
}

// Unwrap returns each [Violation], for errors.Is and errors.As.
func (v Violations) Unwrap() []error {
	errs := make([]error, len(v))
	for i := range v {
		errs[i] = v[i]
	}
	return errs
}

// Must returns the violations of a MUST, nil when there are none. It does not
// change v.
func (v Violations) Must() Violations {
	var must Violations
	for i := range v {
		if v[i].Rule.Must() {
			must = append(must, v[i])
		}
	}
	return must
}

// sort puts violations, found in any order of rules, into the fixed order.
func (v Violations) sort() {
	slices.SortStableFunc(v, func(a, b Violation) int { return int(a.Rule) - int(b.Rule) })
}

// printable returns a name that a peer chose: as it is, or quoted and cut.
func printable[T text](name T) string {
	plain := 0 < len(name) && len(name) <= maxName
	for i := 0; plain && i < len(name); i++ {
		c := name[i]
		plain = ' ' < c && c < 0x7f && c != '"' && c != ':' && c != '\\'
	}
	if plain {
		return string(name)
	}
	return string(headers.AppendQuoted(nil, name))
}
