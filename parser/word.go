package parser

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A word is eight bytes, the first of them in the lowest bits. A few operations find
// the first byte in it with a given value. If that is near, this is faster than a call
// of bytes.IndexByte.

const (
	wordSize = 8
	ones     = 0x0101010101010101
	highs    = 0x80 * ones
)

// indexNear returns the index of the first c in b, or -1 if there is none before end.
// It looks at the first two words before it calls bytes.IndexByte, so the index may be
// after end if it is in these words.
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

// marks returns a word in which the high bit of a byte is set if that byte of x is c.
// The first mark is exact; marks after it may be false.
func marks(x uint64, c byte) uint64 {
	d := x ^ ones*uint64(c)
	return (d - ones) &^ d & highs
}

// blockSize is how many bytes scanQuick looks at together. The lowest bit of a mask
// stands for the first byte of a block.
const blockSize = 64

// blockControls returns the mask of the bytes of b that are below 0x10. It may also
// include a byte 0x10 that follows such a byte.
func blockControls(b *[blockSize]byte) (mask uint64) {
	const limit = 0x10 * ones
	x0, x1 := binary.LittleEndian.Uint64(b[0:]), binary.LittleEndian.Uint64(b[8:])
	x2, x3 := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
	x4, x5 := binary.LittleEndian.Uint64(b[32:]), binary.LittleEndian.Uint64(b[40:])
	x6, x7 := binary.LittleEndian.Uint64(b[48:]), binary.LittleEndian.Uint64(b[56:])
	m := (x0-limit)&^x0&highs>>7 | (x1-limit)&^x1&highs>>6 | (x2-limit)&^x2&highs>>5 | (x3-limit)&^x3&highs>>4 |
		(x4-limit)&^x4&highs>>3 | (x5-limit)&^x5&highs>>2 | (x6-limit)&^x6&highs>>1 | (x7-limit)&^x7&highs
	// Bit 8j+k stands for byte j of word k: transpose.
	t := (m ^ m>>7) & 0x00aa00aa00aa00aa
	m ^= t ^ t<<7
	t = (m ^ m>>14) & 0x0000cccc0000cccc
	m ^= t ^ t<<14
	t = (m ^ m>>28) & 0x00000000f0f0f0f0
	return m ^ t ^ t<<28
}

// controlsIn is blockControls for fewer bytes.
func controlsIn(b []byte) (mask uint64) {
	i := 0
	for ; i+wordSize <= len(b); i += wordSize {
		x := binary.LittleEndian.Uint64(b[i:])
		x = (x - 0x10*ones) &^ x & highs
		mask |= x >> 7 * 0x0102040810204080 >> 56 << i // the highest byte of the product has the bits of all bytes
	}
	for ; i < len(b); i++ {
		if b[i] < 0x10 {
			mask |= 1 << i
		}
	}
	return mask
}
