//go:build !goexperiment.simd || !amd64

package parser

// vectorBlock has the bytes of a block in vector registers. This build does not use
// them.
type vectorBlock struct{}

func haveVectors() bool                          { return false }
func loadBlock(*[blockSize]byte) (b vectorBlock) { return b }
func (vectorBlock) controls() (mask uint64)      { return 0 }
func (vectorBlock) equal(c byte) (mask uint64)   { return 0 }
