package parser

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A word is eight bytes, the first of them in the lowest bits. A few operations
// say whether one of them is the byte in question, and which. For a byte that is
// near, this is faster than a call of bytes.IndexByte.

const (
	wordSize = 8
	ones     = 0x0101010101010101
	highs    = 0x80 * ones
)

// indexNear returns the index of the first c in b, or -1 if there is none before
// end. It looks at the first two words before it calls bytes.IndexByte, and may
// return an index in them that is not before end.
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

// marks returns a word with the high bit of each byte set that is c in x. The first
// mark is exact; bytes after it may be marked falsely.
func marks(x uint64, c byte) uint64 {
	d := x ^ ones*uint64(c)
	return (d - ones) &^ d & highs
}
