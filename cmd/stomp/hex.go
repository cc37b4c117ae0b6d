package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"math/bits"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

// hexSink prints all bytes of a stream, at most 16 a line, and what each range
// of them is. A range begins on a line of its own. An empty line follows each
// frame, if anything does.
type hexSink struct {
	w       *bufio.Writer
	allow   parser.Allow
	secrets bool   // are shown
	masked  bool   // the range in progress is a secret
	label   string // of the range in progress
	inside  bool   // a range is in progress
	first   bool   // nothing of it has been printed
	blank   bool   // an empty line is due before the next range
	offset  int64  // of row
	row     []byte // bytes of the range that are not yet printed, at most 16
	line    []byte
}

const rowSize = 16

func (x *hexSink) eol(offset int64, raw []byte, used parser.Allow) {
	x.blank = false
	x.whole(offset, raw, "EOL"+allowed(used))
	x.blank = true
}

func (x *hexSink) gap(offset int64, raw []byte) {
	for i := range raw {
		label := "heart-beats"
		if raw[i] == 0 {
			label = "NUL padding"
		}
		x.more(offset+int64(i), raw[i:i+1], label)
	}
}

func (x *hexSink) gapEnd(gap) { x.close() }

func (x *hexSink) body(offset int64, piece []byte) { x.more(offset, piece, "body") }

func (x *hexSink) end(offset int64, used parser.Allow) {
	x.close()
	x.print(offset, []byte{0}, "NUL"+allowed(used))
	x.blank = true
}

// allowed is added to the label of what needed leniencies.
func allowed(used parser.Allow) string {
	if used == 0 {
		return ""
	}
	return ", allowed: " + used.String()
}

// head goes over a head once more: what the parser gives is unescaped.
func (x *hexSink) head(offset int64, v frame.Version, ev parser.Event) {
	crlf := v == frame.Unnegotiated || v == frame.V12 || x.allow&parser.AllowCRLF != 0
	escaping := v.Escaping(ev.Head.Command)
	label := "command" + allowed(ev.Used)
	raw := ev.Raw
	for first := true; len(raw) > 0; first = false {
		i := bytes.IndexByte(raw, '\n')
		line, eol := raw[:i], raw[i:i+1]
		if crlf && i > 0 && raw[i-1] == '\r' {
			line, eol = raw[:i-1], raw[i-1:i+1]
		}
		if first {
			x.whole(offset, line, label)
		} else if colon := bytes.IndexByte(line, ':'); colon >= 0 {
			x.text(offset, line[:colon], "name", escaping)
			x.whole(offset+int64(colon), line[colon:colon+1], "colon")
			if !x.secrets && headers.IsSecret(line[:colon]) {
				x.masked = true
				x.whole(offset+int64(colon)+1, line[colon+1:], "value, masked: -secrets shows it")
				x.masked = false
				x.whole(offset+int64(len(line)), eol, "EOL")
				offset += int64(i + 1)
				raw = raw[i+1:]
				continue
			}
			x.text(offset+int64(colon)+1, line[colon+1:], "value", escaping)
		}
		x.whole(offset+int64(len(line)), eol, "EOL")
		offset += int64(i + 1)
		raw = raw[i+1:]
	}
}

// text prints a name or value, its escapes apart.
func (x *hexSink) text(offset int64, s []byte, label string, e headers.Escaping) {
	done := 0
	for i := 0; i+1 < len(s) && e != headers.Literal; i++ {
		if s[i] != '\\' || !defines(e, s[i+1]) && (s[i+1] != 'r' || x.allow&parser.AllowEscapedCR == 0) {
			continue
		}
		x.whole(offset+int64(done), s[done:i], label)
		x.whole(offset+int64(i), s[i:i+2], "escape")
		i++
		done = i + 1
	}
	x.whole(offset+int64(done), s[done:], label)
}

func (x *hexSink) fail(e *parser.Error, offset int64, rest []byte) {
	x.close()
	x.masked = !x.secrets && hasSecret(rest)
	defer func() { x.masked = false }()
	fault := rest[min(int64(len(rest)), e.Offset-offset):]
	x.whole(offset, rest[:len(rest)-len(fault)], "not read")
	x.print(e.Offset, fault, "error: "+e.Token())
}

// whole prints a range of which all has come, nothing when it is empty.
func (x *hexSink) whole(offset int64, data []byte, label string) {
	x.more(offset, data, label)
	x.close()
}

// more adds bytes to the range in progress, or begins one when that has
// another label or there is none.
func (x *hexSink) more(offset int64, data []byte, label string) {
	if x.inside && x.label != label {
		x.close()
	}
	for len(data) > 0 {
		if !x.inside {
			x.inside, x.first, x.label = true, true, label
		}
		if len(x.row) == 0 {
			x.offset = offset
		}
		n := min(rowSize-len(x.row), len(data))
		x.row = append(x.row, data[:n]...)
		data = data[n:]
		offset += int64(n)
		if len(x.row) == rowSize {
			x.flush()
		}
	}
}

// close ends the range in progress.
func (x *hexSink) close() {
	x.flush()
	x.inside = false
}

// flush prints the row in progress.
func (x *hexSink) flush() {
	if len(x.row) == 0 {
		return
	}
	label := ""
	if x.first {
		label = x.label
	}
	x.first = false
	x.print(x.offset, x.row, label)
	x.row = x.row[:0]
}

// print prints a line.
func (x *hexSink) print(offset int64, data []byte, label string) {
	if x.blank {
		x.w.WriteByte('\n')
		x.blank = false
	}
	const ascii, blanks = 3*rowSize + 2, "                  "
	b := append(x.line[:0], "00000000"[:max(0, 8-hexDigits(offset))]...)
	b = strconv.AppendInt(b, offset, 16)
	start := len(b)
	b = append(b, ' ')
	for _, c := range data {
		if b = append(b, ' '); x.masked {
			b = append(b, "**"...)
		} else {
			b = hex.AppendEncode(b, []byte{c})
		}
	}
	for len(b) < start+ascii+1 {
		b = append(b, ' ')
	}
	for _, c := range data {
		switch {
		case x.masked:
			c = '*'
		case c < ' ' || c > '~':
			c = '.'
		}
		b = append(b, c)
	}
	if label != "" {
		b = append(b, blanks[:rowSize-len(data)+2]...)
		b = append(b, label...)
	}
	x.w.Write(append(b, '\n'))
	x.line = b
}

// hexDigits returns how many hexadecimal digits n has.
func hexDigits(n int64) int { return max(1, (bits.Len64(uint64(n))+3)/4) }

func defines(e headers.Escaping, letter byte) bool {
	_, err := headers.AppendUnescaped(nil, e, []byte{'\\', letter})
	return err == nil
}

func (x *hexSink) skipped(offset, n, missing int64) {
	x.blank = true
	x.print(offset, nil, text.SkippedText(n, missing))
	x.blank = true
}

// hasSecret reports whether what was read of a head may have a secret in it.
func hasSecret(head []byte) bool {
	for line := range bytes.Lines(head) {
		if name, _, ok := bytes.Cut(line, []byte{':'}); ok && headers.IsSecret(name) {
			return true
		}
	}
	return false
}
