package text

import (
	"fmt"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A Place is that of a frame.
type Place struct {
	Command frame.Command
	Offset  int64
}

// AppendFinding appends what a frame has broken, of which there has to be
// something. after is the last frame of the other side, if there was one.
func AppendFinding(b []byte, colour Palette, from validate.Role, offset int64, after Place, found validate.Violations) []byte {
	b = AppendPainted(b, colour.Offset, fmt.Sprintf("%s %8d", from, offset))
	b = append(b, "  "...)
	b = AppendPainted(b, colour.Command, string(found[0].Command))
	if after.Command != "" {
		b = fmt.Appendf(b, ", after %s at %d of the %s", after.Command, after.Offset, 1-from)
	}
	for _, v := range found {
		b = append(b, "\n                 "...)
		b = AppendLevel(b, colour, v.Rule)
		b = fmt.Appendf(b, "%s: %s", v.Rule.ID(), v.Rule.Text())
		b = append(b, "\n                         "...)
		if v.Header != "" {
			b = append(append(append(b, "header "...), v.Header...), "; "...)
		}
		b = append(b, v.Rule.Section()...)
	}
	return append(b, '\n')
}

// AppendLevel appends MUST or SHOULD, and blanks up to where a rule begins.
func AppendLevel(b []byte, colour Palette, rule validate.Rule) []byte {
	if rule.Must() {
		return append(AppendPainted(b, colour.Mark, "MUST"), "    "...)
	}
	return append(b, "SHOULD  "...)
}

// AppendError appends the error that ends what one side sends.
func AppendError(b []byte, colour Palette, from validate.Role, e *parser.Error) []byte {
	b = AppendPainted(b, colour.Offset, fmt.Sprintf("%s %8d", from, e.Offset))
	return fmt.Appendf(b, "  %s\n", strings.TrimPrefix(e.Error(), "stomp: "))
}
