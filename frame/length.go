package frame

import "strconv"

// A ContentLength is what a head says of the length of its body: a number of
// bytes, or nothing, which the zero value stands for. Values can be compared
// with ==.
type ContentLength struct {
	above uint64 // the number plus one
}

// Counted returns the content-length of a body of n bytes. If n is negative, it
// returns the zero value.
func Counted(n int64) ContentLength { return ContentLength{uint64(max(n, -1)) + 1} }

// Get returns the number of bytes, and whether there is one; without one it
// returns -1 and false, and a NUL ends the body.
func (l ContentLength) Get() (n int64, ok bool) { return int64(l.above - 1), l.above != 0 }

// Equal reports whether l and other are the same, as == does. Package go-cmp
// calls it.
func (l ContentLength) Equal(other ContentLength) bool { return l == other }

// String returns the number of bytes, or "none".
func (l ContentLength) String() string {
	if n, ok := l.Get(); ok {
		return strconv.FormatInt(n, 10)
	}
	return "none"
}
