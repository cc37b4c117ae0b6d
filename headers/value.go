package headers

import (
	"errors"
	"strconv"
)

// What is wrong with a value, for errors.Is.
var (
	// ErrSyntax: the value is not of the form the specification gives.
	ErrSyntax = errors.New("bad syntax")
	// ErrRange: the value has the form but is too large.
	ErrRange = errors.New("out of range")
)

// A ValueError says that the value of a header cannot be read. Its text shows
// nothing of the value.
type ValueError struct {
	Header string // name of the header
	Offset int    // of the byte at fault, from the start of the value; its length when the end came too soon
	Err    error  // ErrSyntax or ErrRange
}

// Error returns the name of the header, what is wrong and the offset.
func (e *ValueError) Error() string {
	return "stomp: " + e.Header + ": " + e.Err.Error() + " at offset " + strconv.Itoa(e.Offset)
}

// Unwrap returns ErrSyntax or ErrRange.
func (e *ValueError) Unwrap() error { return e.Err }

// digits reads the ASCII digits of s from offset i on, up to the first other
// byte, and returns their value and the offset after them, or with an error
// the offset of the byte at fault.
func digits[T ~string | ~[]byte](s T, i int, limit int64) (n int64, next int, err error) {
	start := i
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		d := int64(s[i] - '0')
		if n > limit/10 || d > limit-n*10 {
			return 0, i, ErrRange
		}
		n = n*10 + d
	}
	if i == start {
		return 0, i, ErrSyntax
	}
	return n, i, nil
}
