package headers

import (
	"errors"
	"strconv"
)

// The causes of a [ValueError], for errors.Is.
var (
	// ErrSyntax: the value does not have the form that the specification gives.
	ErrSyntax = errors.New("bad syntax")
	// ErrRange: the value has the form but is too large.
	ErrRange = errors.New("out of range")
)

// A ValueError says that the value of a header cannot be read. Its text shows no
// part of the value.
type ValueError struct {
	Header string // name of the header
	Offset int    // of the byte at fault, in bytes from the start of the value; its length if it ends too soon
	Err    error  // ErrSyntax or ErrRange
}

// Error returns the name of the header, what is wrong and the offset.
func (e *ValueError) Error() string {
	return "stomp: " + e.Header + ": " + e.Err.Error() + " at offset " + strconv.Itoa(e.Offset)
}

// Unwrap returns ErrSyntax or ErrRange.
func (e *ValueError) Unwrap() error { return e.Err }
