// Package wire has the parts of the wire format that several public packages need, but
// no user.
package wire

import "iter"

// Escapes are the escapes of a headers.Escaping. The tables are indexed by a byte, and
// have 0 if there is no escape.
type Escapes struct {
	Special [256]bool // bytes that must be escaped, or that have no wire form
	Letter  [256]byte // the letter that escapes a byte
	Byte    [256]byte // the byte that a letter stands for
}

// newEscapes makes Escapes from pairs of a byte and its letter. NUL and line feed have
// no wire form unless a pair names them.
func newEscapes(pairs string) *Escapes {
	t := new(Escapes)
	t.Special[0], t.Special['\n'] = true, true
	for i := 0; i < len(pairs); i += 2 {
		b, letter := pairs[i], pairs[i+1]
		t.Special[b] = true
		t.Letter[b] = letter
		t.Byte[letter] = b
	}
	return t
}

// escapes is in the order of headers.Escaping. Nothing writes to it after
// initialization.
var escapes = [...]*Escapes{newEscapes(""), newEscapes("\nn:c\\\\"), newEscapes("\nn:c\\\\\rr")}

// EscapesOf returns the escapes of a headers.Escaping. Do not write to them.
func EscapesOf(escaping uint8) *Escapes { return escapes[escaping] }

// Number reads the ASCII digits of s from index i to the first other byte. It
// returns their value and the index after them.
//
// If there are no digits, or the number is larger than limit, ok is false and
// next is the index of the byte at fault: in the second case a digit.
func Number[T ~string | ~[]byte](s T, i int, limit int64) (n int64, next int, ok bool) {
	start := i
	for ; IsDigit(s, i); i++ {
		d := int64(s[i] - '0')
		if n > limit/10 || d > limit-n*10 {
			return 0, i, false
		}
		n = n*10 + d
	}
	return n, i, i > start
}

// IsDigit reports whether s has an ASCII digit at index i.
func IsDigit[T ~string | ~[]byte](s T, i int) bool {
	return i < len(s) && '0' <= s[i] && s[i] <= '9'
}

// Versions returns the elements of a comma-separated list of versions (STOMP
// 1.2, "Protocol Negotiation"). It trims nothing and checks nothing.
func Versions[T ~string | ~[]byte](s T) iter.Seq[T] {
	return func(yield func(T) bool) {
		start := 0
		for i := 0; i <= len(s); i++ {
			if i < len(s) && s[i] != ',' {
				continue
			}
			if !yield(s[start:i]) {
				return
			}
			start = i + 1
		}
	}
}
