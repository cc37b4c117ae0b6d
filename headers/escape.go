package headers

import (
	"errors"
	"strconv"

	"github.com/stompwire/stomp/internal/wire"
)

// Escaping says how header names and values are escaped on the wire. It depends
// on the version and the command of the frame: see frame.Version.Escaping. The
// three constants are the only valid values; functions panic if given another.
type Escaping uint8

const (
	// Literal escapes nothing. It is for STOMP 1.0, and in every version for
	// CONNECT, STOMP and CONNECTED.
	Literal Escaping = iota
	// Escape11 writes line feed, colon and backslash as \n, \c and \\ (STOMP
	// 1.1, "Value Encoding"). A carriage return stands for itself.
	Escape11
	// Escape12 also writes carriage return as \r (STOMP 1.2, "Value Encoding").
	Escape12
)

// String returns "literal", "1.1" or "1.2".
func (e Escaping) String() string {
	switch e {
	case Literal:
		return "literal"
	case Escape11:
		return "1.1"
	case Escape12:
		return "1.2"
	}
	return "Escaping(" + strconv.Itoa(int(e)) + ")"
}

// The causes of an [EscapeError], for errors.Is.
var (
	// ErrUndefinedEscape: a backslash and a byte that form no escape.
	ErrUndefinedEscape = errors.New("undefined escape")
	// ErrTruncatedEscape: a backslash is the last byte.
	ErrTruncatedEscape = errors.New("truncated escape")
	// ErrUnescapable: a byte has no wire form.
	ErrUnescapable = errors.New("byte has no escape")
)

// An EscapeError says that a name or value cannot be escaped or unescaped.
// Its text shows no part of it.
type EscapeError struct {
	Escaping Escaping
	// Offset is that of the byte at fault, in bytes from the start of the name
	// or value. When unescaping, it is the backslash.
	Offset int
	// Err is ErrUndefinedEscape, ErrTruncatedEscape or ErrUnescapable.
	Err error
	// Detail says what is wrong in words, such as "line feed has no escape".
	Detail string
}

// Error returns the detail, the offset and the escaping.
func (e *EscapeError) Error() string {
	return "stomp: " + e.Detail + " at offset " + strconv.Itoa(e.Offset) + " (escaping " + e.Escaping.String() + ")"
}

// Unwrap returns Err.
func (e *EscapeError) Unwrap() error { return e.Err }

// AppendEscaped appends the wire form of a name or value to dst and returns
// the extended slice.
//
// NUL has no wire form, and line feed has none in Literal. The error is then an
// [*EscapeError], and AppendEscaped returns dst with its old length; its spare
// capacity may have been overwritten.
//
// Literal does not escape a colon, and neither Literal nor Escape11 escapes a
// carriage return. Whether a reader gets these back depends on where they are;
// package encoder checks that.
func AppendEscaped[T ~string | ~[]byte](dst []byte, e Escaping, s T) ([]byte, error) {
	t := wire.EscapesOf(uint8(e))
	start, done := len(dst), 0
	for i := ordinary(s); i < len(s); i++ {
		c := s[i]
		if !t.Special[c] {
			continue
		}
		letter := t.Letter[c]
		if letter == 0 {
			return dst[:start], &EscapeError{e, i, ErrUnescapable, unescapable(c)}
		}
		dst = append(dst, s[done:i]...)
		dst = append(dst, '\\', letter)
		done = i + 1
	}
	return append(dst, s[done:]...), nil
}

// ordinary returns the length of a prefix of s that needs no escape, a multiple of
// eight: it has no control character below 0x10, no colon and no backslash.
func ordinary[T ~string | ~[]byte](s T) (n int) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for n+8 <= len(s) {
		x := uint64(s[n]) | uint64(s[n+1])<<8 | uint64(s[n+2])<<16 | uint64(s[n+3])<<24 |
			uint64(s[n+4])<<32 | uint64(s[n+5])<<40 | uint64(s[n+6])<<48 | uint64(s[n+7])<<56 // one load
		colons, backslashes := x^':'*ones, x^'\\'*ones
		if ((x-0x10*ones)&^x|(colons-ones)&^colons|(backslashes-ones)&^backslashes)&highs != 0 {
			break
		}
		n += 8
	}
	return n
}

func unescapable(c byte) string {
	if c == 0 {
		return "NUL has no escape"
	}
	return "line feed has no escape"
}

// EscapedLen returns how many bytes [AppendEscaped] would append, or its error.
func EscapedLen[T ~string | ~[]byte](e Escaping, s T) (int, error) {
	t := wire.EscapesOf(uint8(e))
	n := len(s)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !t.Special[c] {
			continue
		}
		if t.Letter[c] == 0 {
			return 0, &EscapeError{e, i, ErrUnescapable, unescapable(c)}
		}
		n++
	}
	return n, nil
}

// AppendUnescaped appends what s, a name or value on the wire, stands for to dst
// and returns the extended slice. It reads s once from left to right, so a
// backslash that one escape produces never begins another. Literal appends s as
// it is.
//
// An escape that is not defined, or that the end of s cuts off, is an error
// (STOMP 1.2, "Value Encoding"): an [*EscapeError] with the offset of its
// backslash. AppendUnescaped then returns dst with its old length; its spare
// capacity may have been overwritten.
func AppendUnescaped[T ~string | ~[]byte](dst []byte, e Escaping, s T) ([]byte, error) {
	if e == Literal {
		return append(dst, s...), nil
	}
	t := wire.EscapesOf(uint8(e))
	start, done := len(dst), 0
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		if i+1 == len(s) {
			return dst[:start], &EscapeError{e, i, ErrTruncatedEscape, ErrTruncatedEscape.Error()}
		}
		c := t.Byte[s[i+1]]
		if c == 0 {
			return dst[:start], &EscapeError{e, i, ErrUndefinedEscape, ErrUndefinedEscape.Error()}
		}
		dst = append(dst, s[done:i]...)
		dst = append(dst, c)
		i++
		done = i + 1
	}
	return append(dst, s[done:]...), nil
}
