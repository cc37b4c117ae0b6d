//go:build goexperiment.simd && amd64

package parser

import "simd/archsimd"

// vectorBlock has the bytes of a block in vector registers.
type vectorBlock struct{ low, high archsimd.Uint8x32 }

// haveVectors reports whether the processor and the operating system support them.
func haveVectors() bool { return archsimd.X86.AVX2() }

func loadBlock(b *[blockSize]byte) vectorBlock {
	return vectorBlock{archsimd.LoadUint8x32((*[32]byte)(b[:32])), archsimd.LoadUint8x32((*[32]byte)(b[32:]))}
}

// controls returns the mask of the bytes below 0x10.
func (b vectorBlock) controls() (mask uint64) {
	last := archsimd.BroadcastUint8x32(0x0f)
	return uint64(b.low.Min(last).Equal(b.low).ToBits()) | uint64(b.high.Min(last).Equal(b.high).ToBits())<<32
}

// equal returns the mask of the bytes that are c.
func (b vectorBlock) equal(c byte) (mask uint64) {
	all := archsimd.BroadcastUint8x32(c)
	return uint64(b.low.Equal(all).ToBits()) | uint64(b.high.Equal(all).ToBits())<<32
}
