// Package text is how STOMP streams, and what is wrong with them, are shown to
// people: what "stomp decode" and "stomp check" print.
package text

import (
	"bufio"
	"fmt"
	"unicode/utf8"

	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// shownBody is how many octets of a body are shown without -full.
const shownBody = 1024

// A Printer prints the frames of a stream for people, piece by piece as a parser
// gives them. Left of a margin stand offsets and what
// the tool has to say, right of it what is in the stream, made visible, so that
// nothing in the stream can look like the tool or reach the terminal. It holds
// nothing of a body.
type Printer struct {
	w      *bufio.Writer
	colour Palette
	full   bool
	line   []byte
	inBody bool
	start  bool         // of a line of the body
	shown  int64        // octets of the body
	hidden int64        // octets of the body that are not shown
	carry  []byte       // the beginning of a character whose end has not come
	used   parser.Allow // leniencies that the body needed
}

const margin = "          "

// NewPrinter returns a printer. Errors of writing stay with w. Bodies are cut
// after 1024 octets unless full is set.
func NewPrinter(w *bufio.Writer, colour Palette, full bool) *Printer {
	return &Printer{w: w, colour: colour, full: full}
}

// Heartbeats prints a run of count end of lines between frames.
func (t *Printer) Heartbeats(offset, count int64, used parser.Allow) {
	b := t.offset(offset)
	if count == 1 {
		b = append(b, "1 heart-beat"...)
	} else {
		b = fmt.Appendf(b, "%d heart-beats", count)
	}
	t.print(append(b, '\n'))
	t.allowed(used)
}

// Head prints the head of a frame, secret values masked.
func (t *Printer) Head(offset int64, ev parser.Event) {
	b := t.offset(offset)
	b = AppendPainted(b, t.colour.Command, string(AppendVisible(nil, []byte(ev.Head.Command), "")))
	t.print(append(b, '\n'))
	t.allowed(ev.Used)
	for _, e := range ev.Head.Headers {
		b := append(t.line[:0], margin...)
		b = AppendPainted(b, t.colour.Name, string(AppendVisible(nil, e.Name, "")))
		b = append(b, ':')
		if headers.IsSecret(e.Name) {
			b = AppendPainted(b, t.colour.Mark, "***")
		} else {
			b = AppendVisible(b, e.Value, t.colour.Mark)
		}
		t.print(append(b, '\n'))
	}
	t.print(append(t.line[:0], '\n'))
	t.inBody, t.start, t.shown, t.hidden = true, true, 0, 0
}

// Body prints a piece of a body.
func (t *Printer) Body(ev parser.Event) {
	t.used |= ev.Used
	piece := ev.Raw
	b := t.line[:0]
	for len(t.carry) > 0 && len(piece) > 0 {
		t.carry, piece = append(t.carry, piece[0]), piece[1:]
		if utf8.FullRune(t.carry) {
			b = t.characters(b, t.carry)
		}
	}
	if len(piece) > 0 {
		b = t.characters(b, piece)
	}
	t.print(b)
}

// characters appends the characters at the front of s, and keeps in carry the
// beginning of one whose end has not come.
func (t *Printer) characters(b, s []byte) []byte {
	for utf8.FullRune(s) {
		if t.hidden > 0 {
			t.hidden += int64(len(s))
			s = nil
			break
		}
		_, size := utf8.DecodeRune(s)
		b = t.character(b, s[:size])
		s = s[size:]
	}
	t.carry = append(t.carry[:0], s...)
	return b
}

// character appends one character, or octet that is none.
func (t *Printer) character(b, s []byte) []byte {
	if !t.full && t.shown+int64(len(s)) > shownBody || t.hidden > 0 {
		t.hidden += int64(len(s))
		return b
	}
	t.shown += int64(len(s))
	if s[0] == '\n' {
		t.start = true
		return append(b, '\n')
	}
	b = t.indent(b)
	return AppendVisible(b, s, t.colour.Mark)
}

// indent appends the margin at the start of a line.
func (t *Printer) indent(b []byte) []byte {
	if t.start {
		t.start = false
		return append(b, margin...)
	}
	return b
}

// End prints the NUL that ends a frame.
func (t *Printer) End() {
	b := t.endBody(t.line[:0])
	b = t.indent(b)
	b = AppendPainted(b, t.colour.Mark, "^@")
	t.print(append(b, '\n'))
	t.allowed(t.used)
	t.inBody, t.used = false, 0
}

// endBody appends what is still to be said of the body.
func (t *Printer) endBody(b []byte) []byte {
	for i := range t.carry {
		b = t.character(b, t.carry[i:i+1])
	}
	t.carry = t.carry[:0]
	if t.hidden > 0 {
		if !t.start {
			b = append(b, '\n')
		}
		b = AppendPainted(b, t.colour.Offset, "     ...  ")
		b = fmt.Appendf(b, "%d octets more, -full shows them\n", t.hidden)
		t.start = true
	}
	return b
}

// Fail ends what of a frame has been printed, when no more comes. The error is
// for the caller to tell.
func (t *Printer) Fail() {
	if !t.inBody {
		return
	}
	b := t.endBody(t.line[:0])
	if !t.start {
		b = append(b, '\n')
	}
	t.print(b)
}

// allowed says which leniencies were needed.
func (t *Printer) allowed(used parser.Allow) {
	if used != 0 {
		b := AppendPainted(t.line[:0], t.colour.Offset, "       !  ")
		t.print(fmt.Appendf(b, "allowed: %s\n", used))
	}
}

// offset begins a line.
func (t *Printer) offset(offset int64) []byte {
	return append(AppendPainted(t.line[:0], t.colour.Offset, fmt.Sprintf("%8d", offset)), "  "...)
}

// print writes text that was built on line. An error stays with the writer.
func (t *Printer) print(b []byte) {
	t.w.Write(b)
	t.line = b
}
