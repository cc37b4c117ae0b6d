package encoder

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A quick writes a head on the assumption that few bytes need an escape. It first
// writes the header lines without escapes. Then it counts: n headers have n colons
// and n line feeds, and each further byte that has an escape adds one byte. If there
// are any, it moves the lines towards the end by that many bytes, and writes them
// again up to the last escape. A quick reports no errors: if it fails, a Builder
// starts again.
type quick struct {
	command frame.Command
	version frame.Version
	lines   int   // index in the buffer of the first header line
	length  int64 // content-length; -1 if there is none
	extra   int   // bytes that escapes have yet to add
	failed  bool
}

// begin begins a frame at the end of dst. It returns false if the frame needs a
// Builder.
func (q *quick) begin(dst []byte, c frame.Command, v frame.Version, o Options) (out []byte, ok bool) {
	if v-frame.V11 > frame.V12-frame.V11 || !o.isZero() || !c.Known() {
		return nil, false
	}
	out = append(append(dst, c...), '\n')
	q.command, q.version, q.lines, q.length = c, v, len(out), -1
	return out, true
}

// list appends the lines of headers.
func (q *quick) list(out []byte, l headers.List) []byte {
	for i := range l {
		if n := len(l[i].Name); n == 0 || n == len(headers.ContentLength) {
			rareName(q, l[i].Name, l[i].Value)
		}
		out = append(append(out, l[i].Name...), ':')
		out = append(append(out, l[i].Value...), '\n')
	}
	if len(l) > 0 && special(out[q.lines:]) != 2*len(l) {
		out = q.makeRoom(out, len(l))
		for i, line := 0, out[:q.lines]; q.extra > 0; i++ {
			line = escapedLine(q, line, l[i].Name, l[i].Value)
		}
	}
	return out
}

// listView is list for borrowed headers.
func (q *quick) listView(out []byte, l headers.ListView) []byte {
	for i := range l {
		if n := len(l[i].Name); n == 0 || n == len(headers.ContentLength) {
			rareName(q, l[i].Name, l[i].Value)
		}
		out = append(append(out, l[i].Name...), ':')
		out = append(append(out, l[i].Value...), '\n')
	}
	if len(l) > 0 && special(out[q.lines:]) != 2*len(l) {
		out = q.makeRoom(out, len(l))
		for i, line := 0, out[:q.lines]; q.extra > 0; i++ {
			line = escapedLine(q, line, l[i].Name, l[i].Value)
		}
	}
	return out
}

// rareName notes a content-length, and makes the quick fail at an empty name.
func rareName[T ~string | ~[]byte](q *quick, name, value T) {
	switch {
	case len(name) == 0:
		q.failed = true
	case string(name) == headers.ContentLength:
		length, err := headers.ParseContentLength(value)
		q.failed = q.failed || err != nil || q.length >= 0
		q.length = length
	}
}

// makeRoom sets extra for the header lines at the end of dst, which may need escapes.
// It moves the lines towards the end, to make room for all escapes.
func (q *quick) makeRoom(dst []byte, fields int) []byte {
	lines := dst[q.lines:]
	crs := bytes.Count(lines, []byte{'\r'})
	if q.failed || q.version.Escaping(q.command) == headers.Literal || crs > 0 && q.version != frame.V12 || bytes.IndexByte(lines, 0) >= 0 {
		q.failed = true
		return dst
	}
	q.extra = crs - 2*fields
	for _, c := range [...]byte{'\n', ':', '\\'} {
		q.extra += bytes.Count(lines, []byte{c})
	}
	dst = append(dst, lines[:q.extra]...)
	copy(dst[q.lines+q.extra:], lines)
	return dst
}

// escapedLine appends the escaped line of a header to the lines before it.
func escapedLine[T ~string | ~[]byte](q *quick, line []byte, name, value T) []byte {
	e, size := q.version.Escaping(q.command), len(line)+len(name)+len(value)+2
	line, _ = headers.AppendEscaped(line, e, name)
	line, _ = headers.AppendEscaped(append(line, ':'), e, value)
	line = append(line, '\n')
	q.extra -= len(line) - size
	return line
}

// end ends the head.
func (q *quick) end(dst []byte, body int) (head []byte, ok bool) {
	length := int64(body)
	if q.failed || length > 0 && !q.command.MayHaveBody(q.version) || q.length >= 0 && q.length != length {
		return nil, false
	}
	if length > 0 && q.length < 0 {
		dst = append(dst, headers.ContentLength+":"...)
		dst = append(strconv.AppendInt(dst, length, 10), '\n')
	}
	return append(dst, '\n'), true
}

// special counts the bytes that may need an escape, or that end a name or a line. It
// returns -1 if it cannot tell. In short lines it counts all bytes below 0x10, which
// is faster.
func special(lines []byte) int {
	if len(lines) > 64 {
		if bytes.IndexByte(lines, '\\') >= 0 || bytes.IndexByte(lines, '\r') >= 0 || bytes.IndexByte(lines, 0) >= 0 {
			return -1
		}
		return bytes.Count(lines, []byte{'\n'}) + bytes.Count(lines, []byte{':'})
	}
	if len(lines) < 8 {
		return -1
	}
	sum, rest := uint64(0), lines // sum has a count in each byte
	for ; len(rest) >= 8; rest = rest[8:] {
		sum += specialIn(binary.LittleEndian.Uint64(rest))
	}
	sum += specialIn(binary.LittleEndian.Uint64(lines[len(lines)-8:])) >> (64 - 8*uint(len(rest)))
	return int(sum * ones >> 56)
}

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// specialIn returns a word in which the low bit of a byte is set if that byte of x is
// below 0x10, a colon or a backslash. The high bit of each sum says that it is not; no
// sum carries into the next byte.
func specialIn(x uint64) uint64 {
	low := x &^ highs
	return ones &^ ((x | (low+0x70*ones)&(low^':'*ones+0x7f*ones)&(low^'\\'*ones+0x7f*ones)) >> 7)
}
