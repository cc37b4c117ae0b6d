package parser

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A word is eight bytes, the first of them in the lowest bits. A few
// operations say whether any of them is the byte that is looked for, and
// which: for what is close, that is quicker than a call of bytes.IndexByte.

const (
	wordSize = 8
	ones     = 0x0101010101010101
	highs    = 0x80 * ones
)

// indexNear returns the index of the first c in b, -1 where there is none before
// end. It is for what is likely to be near: it looks at two words first, also
// behind end.
func indexNear(b []byte, c byte, end int) int {
	if len(b) >= 2*wordSize {
		if m := marks(binary.LittleEndian.Uint64(b), c); m != 0 {
			return bits.TrailingZeros64(m) / 8
		}
		if m := marks(binary.LittleEndian.Uint64(b[wordSize:]), c); m != 0 {
			return wordSize + bits.TrailingZeros64(m)/8
		}
	}
	return bytes.IndexByte(b[:end], c)
}

// marks returns a word with the high bit of each byte of x set that is c. The
// first mark is exact; a byte after it may be marked for nothing.
func marks(x uint64, c byte) uint64 {
	d := x ^ ones*uint64(c)
	return (d - ones) &^ d & highs
}
