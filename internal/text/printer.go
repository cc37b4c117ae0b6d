// Package text shows STOMP streams, and what is wrong with them, to people, for "stomp
// decode" and "stomp check".
package text

import (
	"bufio"
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// shownBody is how many bytes of a body are shown without -full.
const shownBody = 1024

// A Printer prints the frames of a stream for people, piece by piece as a parser returns
// them. The left margin has offsets and messages of the tool. The right part has what is
// in the stream, made visible, so that nothing in the stream can look like a message of
// the tool or control the terminal. It holds nothing of a body, unless Pretty is set.
type Printer struct {
	// Pretty indents JSON bodies. It holds them in memory, up to 1 MiB.
	Pretty bool
	// Secrets shows secrets.
	Secrets bool

	w      *bufio.Writer
	color  Palette
	full   bool
	begin  []byte // of the body, until it shows what it is
	form   int    // of the body
	line   []byte
	inBody bool
	start  bool   // of a line of the body
	shown  int64  // bytes of the body
	hidden int64  // bytes of the body that are not shown
	carry  []byte // the beginning of a character whose end has not come
}

const margin = "          "

// NewPrinter returns a printer. Errors of writing stay with w. Bodies are cut
// after 1024 bytes unless full is set.
func NewPrinter(w *bufio.Writer, color Palette, full bool) *Printer {
	return &Printer{w: w, color: color, full: full}
}

// EndOfLine returns the length of the line ending at the front of src, or 0. The LF of
// a CR LF may still be to come. A line ending directly after a frame belongs to the
// frame; all others are heart-beats.
func EndOfLine(src []byte) int {
	switch {
	case len(src) > 0 && src[0] == '\n':
		return 1
	case len(src) > 0 && src[0] == '\r':
		return min(2, len(src))
	}
	return 0
}

// EOL prints the line ending that belongs to the frame before it, if it needed a
// leniency. Otherwise the line that ends there shows it.
func (t *Printer) EOL(offset int64, used parser.Allow) {
	if used != 0 {
		t.print(append(t.offset(offset), "EOL\n"...))
		t.allowed(used)
	}
}

// Gap prints what comes between frames: line endings, which are heart-beats, and NULs,
// which are padding.
func (t *Printer) Gap(offset, beats, nuls int64, used parser.Allow) {
	b := t.offset(offset)
	for i, part := range [...]struct {
		n         int64
		one, many string
	}{{beats, "heart-beat", "heart-beats"}, {nuls, "NUL of padding", "NULs of padding"}} {
		if i > 0 && beats > 0 && nuls > 0 {
			b = append(b, ", "...)
		}
		if part.n > 1 {
			b = fmt.Appendf(b, "%d %s", part.n, part.many)
		} else if part.n == 1 {
			b = fmt.Appendf(b, "1 %s", part.one)
		}
	}
	t.print(append(b, '\n'))
	t.allowed(used)
}

// Head prints the head of a frame, with secret values masked.
func (t *Printer) Head(offset int64, ev parser.Event) {
	b := t.offset(offset)
	b = AppendPainted(b, t.color.Command, string(AppendVisible(nil, []byte(ev.Head.Command), "")))
	t.print(append(b, '\n'))
	t.allowed(ev.Used)
	for _, e := range ev.Head.Headers {
		b := append(t.line[:0], margin...)
		b = AppendPainted(b, t.color.Name, string(AppendVisible(nil, e.Name, "")))
		b = append(b, ':')
		if headers.IsSecret(e.Name) && !t.Secrets {
			b = AppendPainted(b, t.color.Mark, "***")
		} else {
			b = AppendVisible(b, e.Value, t.color.Mark)
		}
		t.print(append(b, '\n'))
	}
	t.print(append(t.line[:0], '\n'))
	t.inBody, t.start, t.shown, t.hidden = true, true, 0, 0
	t.begin, t.form = t.begin[:0], undecided
}

// plain prints a piece of a body that is text.
func (t *Printer) plain(piece []byte) {
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
	for len(s) > 0 && t.hidden == 0 {
		n := printable(s)
		if !t.full {
			n = min(n, int(shownBody-t.shown))
		}
		if n > 0 {
			b = append(t.indent(b), s[:n]...)
			t.shown += int64(n)
			s = s[n:]
		}
		if len(s) == 0 || !utf8.FullRune(s) {
			break
		}
		_, size := utf8.DecodeRune(s)
		b = t.character(b, s[:size])
		s = s[size:]
	}
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

// character appends one character, or byte that is none.
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
	return AppendVisible(b, s, t.color.Mark)
}

// indent appends the margin at the start of a line.
func (t *Printer) indent(b []byte) []byte {
	if t.start {
		t.start = false
		return append(b, margin...)
	}
	return b
}

// End prints the NUL that ends a frame, and which leniencies its body and that
// NUL needed.
func (t *Printer) End(used parser.Allow) {
	b := t.endBody()
	b = t.indent(b)
	b = AppendPainted(b, t.color.Mark, "^@")
	t.print(append(b, '\n'))
	t.allowed(used)
	t.inBody = false
}

// endBody prints what has been held of the body, and returns what is still to be
// said of it.
func (t *Printer) endBody() []byte {
	if t.decide(true); t.form == binary {
		return t.endHex()
	}
	b := t.line[:0]
	for i := range t.carry {
		b = t.character(b, t.carry[i:i+1])
	}
	t.carry = t.carry[:0]
	if t.hidden > 0 {
		if !t.start {
			b = append(b, '\n')
		}
		b = AppendPainted(b, t.color.Offset, "     ...  ")
		b = fmt.Appendf(b, "%d bytes more, -full shows them\n", t.hidden)
		t.start = true
	}
	return b
}

// Fail prints what of a frame in progress has not been printed yet, when no more
// comes: the end of its body, or the lines of a head that is not complete, which
// is what has been read of it. The error is for the caller to tell.
func (t *Printer) Fail(offset int64, head []byte) {
	if !t.inBody {
		t.unfinished(offset, head)
		return
	}
	b := t.endBody()
	if !t.start {
		b = append(b, '\n')
	}
	t.print(b)
}

// unfinished prints the lines of a head that is not complete, as they are on
// the wire. The values of secret headers are masked, and so are lines without a
// colon after them, which may be their rest.
func (t *Printer) unfinished(offset int64, head []byte) {
	command, rest, ok := bytes.Cut(head, []byte{'\n'})
	if !ok {
		return
	}
	b := t.offset(offset)
	b = AppendPainted(b, t.color.Command, string(AppendVisible(nil, command, "")))
	t.print(append(b, '\n'))
	secret := false
	for line := range bytes.Lines(rest[:min(len(rest), shownBody)]) {
		name, value, colon := bytes.Cut(bytes.TrimSuffix(line, []byte{'\n'}), []byte{':'})
		b := append(t.line[:0], margin...)
		if colon {
			secret = headers.IsSecret(name)
			b = append(AppendPainted(b, t.color.Name, string(AppendVisible(nil, name, ""))), ':')
		} else {
			value = name
		}
		if secret && !t.Secrets {
			b = AppendPainted(b, t.color.Mark, "***")
		} else {
			b = AppendVisible(b, value, t.color.Mark)
		}
		t.print(append(b, '\n'))
	}
}

// Skipped prints that n bytes from offset on were not read, of which missing were
// not there.
func (t *Printer) Skipped(offset, n, missing int64) {
	b := AppendPainted(t.offset(offset), t.color.Mark, SkippedText(n, missing))
	t.print(append(b, '\n'))
}

// SkippedText says the same.
func SkippedText(n, missing int64) string {
	switch {
	case missing >= n:
		return fmt.Sprintf("... %d bytes are missing", n)
	case missing > 0:
		return fmt.Sprintf("... %d bytes skipped, %d of them are missing", n, missing)
	}
	return fmt.Sprintf("... %d bytes skipped", n)
}

// allowed says which leniencies were needed.
func (t *Printer) allowed(used parser.Allow) {
	if used != 0 {
		b := AppendPainted(t.line[:0], t.color.Offset, "       !  ")
		t.print(fmt.Appendf(b, "allowed: %s\n", used))
	}
}

// offset begins a line.
func (t *Printer) offset(offset int64) []byte {
	return append(AppendPainted(t.line[:0], t.color.Offset, fmt.Sprintf("%8d", offset)), "  "...)
}

// print writes text that was built on line. An error stays with the writer.
func (t *Printer) print(b []byte) {
	t.w.Write(b)
	t.line = b
}
