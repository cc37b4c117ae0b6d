package fuzz

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// Agreed reports whether an input is one or more frames that can be read in only
// one way. That means that strict options with the limits of o, and lenient options
// without limits, find the same frames and no error. It also means that reading
// them needs no decision of docs/decisions.md that the specification leaves open.
//
// A decoder that reads such an input differently has a bug. For any other input, a
// difference from the [Oracle] may be a choice.
func Agreed(input []byte, o parser.Options) bool {
	return Comparison{Options: o}.agreed(input)
}

func (c Comparison) agreed(input []byte) bool {
	strict, lenient := c.Options, c.Options
	strict.Allow, lenient.Allow = 0, parser.AllowAll
	lenient.Limits = parser.Limits{HeaderLine: parser.Unlimited, Headers: parser.Unlimited, Head: parser.Unlimited, Body: parser.Unlimited}
	a, b := c.read(input, strict), c.read(input, lenient)
	if a.End != nil || b.End != nil || len(a.Frames) != len(b.Frames) || len(a.Frames) == 0 {
		return false
	}
	if a.Frames[0].Offset > 0 { // D14
		return false
	}
	v := c.Options.Version
	for i := range a.Frames {
		f := &a.Frames[i]
		size := f.Size - 1 - int64(len(f.Frame.Body))
		if DiffFrames(&f.Frame, &b.Frames[i].Frame) != nil || !plain(f, input[f.Offset:f.Offset+size], v) {
			return false
		}
		if c.Then != frame.Unnegotiated {
			v = c.Then
		}
	}
	return true
}

// plain reports whether reading a frame needs no decision. head is its head on the
// wire.
func plain(f *Located, head []byte, v frame.Version) bool {
	command := f.Frame.Command
	early := v == frame.V10 || v == frame.Unnegotiated
	switch {
	case v != frame.V12 && bytes.IndexByte(head, '\r') >= 0: // D3, D5
		return false
	case v == frame.V10 && (command == frame.STOMP || command == frame.NACK): // D12
		return false
	case (command == frame.STOMP || v == frame.Unnegotiated && command == frame.ERROR) && bytes.IndexByte(head, '\\') >= 0: // D1, D2
		return false
	case !countedByAll(command) && (f.Length != frame.ContentLength{} || len(f.Frame.Body) > 0): // D10, D11
		return false
	}
	for line := range bytes.Lines(head) {
		if bytes.Count(line, []byte(":")) > 1 { // D7
			return false
		}
	}
	lengths := 0
	for _, h := range f.Frame.Headers {
		switch {
		case early && (h.Value == "" || blankAround(h.Name) || blankAround(h.Value)): // D8, D13
			return false
		case !utf8.ValidString(h.Name + h.Value), v == frame.V10 && !isASCII(h.Name+h.Value): // D15
			return false
		case h.Name == headers.ContentLength:
			if lengths++; lengths > 1 || len(h.Value) > 1 && h.Value[0] == '0' { // D9, D17
				return false
			}
		}
	}
	return true
}

func blankAround(s string) bool { return strings.Trim(s, " \t") != s }

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
