package text

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// What a body is, as far as its beginning shows.
const (
	undecided = iota
	plain
	binary
	object // JSON, which is held until it is complete
)

const (
	enough    = 64 // bytes show whether a body is text
	rowBytes  = 16
	shownHex  = 4 * rowBytes // bytes of a binary body that are shown without -full
	maxPretty = 1 << 20
)

// Body prints a piece of a body.
func (t *Printer) Body(piece []byte) {
	if t.form == undecided || t.form == object {
		t.begin = append(t.begin, piece...)
		t.decide(false)
		return
	}
	t.more(piece)
}

// more prints a piece of a body of which it is known what it is.
func (t *Printer) more(piece []byte) {
	if t.form == binary {
		t.hex(piece)
		return
	}
	t.plain(piece)
}

// decide looks what a body is, once enough of it has come.
func (t *Printer) decide(ended bool) {
	if t.form == undecided {
		if len(t.begin) < enough && !ended {
			return
		}
		begin := t.begin[:min(len(t.begin), enough)]
		switch {
		case isBinary(begin):
			t.form = binary
		case t.Pretty && isObject(begin):
			t.form = object
		default:
			t.form = plain
		}
	}
	if t.form == object {
		if !ended && len(t.begin) <= maxPretty {
			return
		}
		t.form = plain
		var b bytes.Buffer
		if ended && json.Indent(&b, t.begin, "", "  ") == nil {
			t.begin = append(t.begin[:0], b.Bytes()...)
		}
	}
	held := t.begin
	t.begin = nil
	if len(held) > 0 {
		t.more(held)
	}
}

// isBinary reports whether a body that begins like this is not text: more than an
// eighth of it, and not only one character, is what text does not have.
func isBinary(b []byte) bool {
	odd := 0
	for rest := b; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1 && utf8.FullRune(rest), r == 0:
			odd += 2
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != 0x1b:
			odd++
		}
		rest = rest[size:]
	}
	return odd*8 > len(b)+8
}

func isObject(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[')
}

// hex prints a piece of a binary body. Rows that are not complete wait in carry.
func (t *Printer) hex(piece []byte) {
	for len(piece) > 0 {
		if !t.full && t.shown >= shownHex {
			t.hidden += int64(len(piece))
			return
		}
		n := min(rowBytes-len(t.carry), len(piece))
		t.carry, piece = append(t.carry, piece[:n]...), piece[n:]
		t.shown += int64(n)
		if len(t.carry) == rowBytes {
			t.row()
		}
	}
}

// row prints the row in progress.
func (t *Printer) row() {
	if len(t.carry) == 0 {
		return
	}
	b := append(t.line[:0], margin...)
	for _, c := range t.carry {
		b = append(hex.AppendEncode(b, []byte{c}), ' ')
	}
	for range rowBytes - len(t.carry) {
		b = append(b, "   "...)
	}
	b = append(b, ' ')
	for _, c := range t.carry {
		if c < ' ' || c > '~' {
			c = '.'
		}
		b = append(b, c)
	}
	t.carry = t.carry[:0]
	t.print(append(b, '\n'))
}

// endHex ends a binary body.
func (t *Printer) endHex() []byte {
	t.row()
	b := t.line[:0]
	if t.hidden > 0 {
		b = AppendPainted(b, t.color.Offset, "     ...  ")
		b = fmt.Appendf(b, "%d bytes more, -full shows them\n", t.hidden)
	}
	t.start = true
	return b
}
