package frame

import "strconv"

// ContentLength is the value of a content-length header: a number of bytes. The
// zero value means that there is no such header. Values can be compared with ==.
type ContentLength struct {
	above uint64 // the number plus one
}

// Counted returns the ContentLength of a body of n bytes, or the zero value if n is
// negative.
func Counted(n int64) ContentLength { return ContentLength{uint64(max(n, -1)) + 1} }

// Get returns the number of bytes, and whether there is one. For the zero value it
// returns -1 and false: the body then ends at the first NUL.
func (l ContentLength) Get() (n int64, ok bool) { return int64(l.above - 1), l.above != 0 }

// Equal reports whether l == other. Package go-cmp uses it.
func (l ContentLength) Equal(other ContentLength) bool { return l == other }

// String returns the number of bytes, or "none" for the zero value.
func (l ContentLength) String() string {
	if n, ok := l.Get(); ok {
		return strconv.FormatInt(n, 10)
	}
	return "none"
}
