package text

import (
	"fmt"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A Place is that of a frame.
type Place struct {
	Command frame.Command
	Offset  int64
}

// AppendFinding appends what was found at an offset of what one side sent. what
// says what is there, such as the command of a frame, and has to be printable.
// after is the last frame of the other side, if there was one.
func AppendFinding(b []byte, color Palette, from validate.Role, offset int64, what string, after Place, found []finding.Finding) []byte {
	b = AppendPainted(b, color.Offset, fmt.Sprintf("%s %8d", from, offset))
	b = append(b, "  "...)
	b = AppendPainted(b, color.Command, what)
	if after.Command != "" {
		b = fmt.Appendf(b, ", after %s at %d of the %s", after.Command, after.Offset, 1-from)
	}
	for _, f := range found {
		b = append(b, "\n                 "...)
		b = AppendLevel(b, color, f.Must)
		b = fmt.Appendf(b, "%s: %s", f.ID, f.Message)
		b = append(b, "\n                         "...)
		if f.Leniency {
			b = fmt.Appendf(b, "read because of -allow %s; ", f.ID)
		}
		if f.Header != "" {
			b = append(append(append(b, "header "...), f.Header...), "; "...)
		}
		b = append(b, f.Section...)
		if f.Note != "" {
			b = append(b, "\n                         "...)
			b = append(b, f.Note...)
		}
	}
	return append(b, '\n')
}

// AppendLevel appends MUST or SHOULD, and blanks up to where a rule begins.
func AppendLevel(b []byte, color Palette, must bool) []byte {
	if must {
		return append(AppendPainted(b, color.Must, "MUST"), "    "...)
	}
	return append(AppendPainted(b, color.Should, "SHOULD"), "  "...)
}

// AppendError appends the error that ends what one side sends.
func AppendError(b []byte, color Palette, from validate.Role, e *parser.Error) []byte {
	b = AppendPainted(b, color.Offset, fmt.Sprintf("%s %8d", from, e.Offset))
	b = AppendPainted(append(b, "  "...), color.Must, strings.TrimPrefix(e.Error(), "stomp: "))
	return append(b, '\n')
}
