package fuzz

import (
	"io"
	"slices"

	"pgregory.net/rapid"
)

// Cuts generates ways to cut an input of n bytes, for [Cut]: not at all, once,
// often, and with empty chunks. They shrink towards no cut.
func Cuts(n int) *rapid.Generator[[]int] {
	places := rapid.IntRange(0, n)
	return rapid.Map(rapid.OneOf(rapid.SliceOfN(places, 0, 3), rapid.SliceOfN(places, 0, n+2)), func(cuts []int) []int {
		slices.Sort(cuts)
		return cuts
	})
}

// Cut cuts an input at the given offsets, in ascending order, into len(cuts)+1
// chunks. They alias the input and have no spare capacity. An offset outside the
// rest of the input makes an empty chunk.
func Cut(input []byte, cuts []int) [][]byte {
	chunks := make([][]byte, 0, len(cuts)+1)
	from := 0
	for _, at := range cuts {
		at = min(max(at, from), len(input))
		chunks = append(chunks, input[from:at:at])
		from = at
	}
	return append(chunks, input[from:len(input):len(input)])
}

// CutBy cuts an input into chunks. Each byte of sizes is the size of a chunk; after
// the last, CutBy starts again with the first. If all sizes are 0 or there are none,
// the input is one chunk. CutBy is for native fuzz targets, whose arguments are bytes.
func CutBy(input, sizes []byte) [][]byte {
	if !slices.ContainsFunc(sizes, func(n byte) bool { return n > 0 }) {
		return [][]byte{input}
	}
	var cuts []int
	at := 0
	for i := 0; ; i++ {
		if at += int(sizes[i%len(sizes)]); at >= len(input) {
			break
		}
		cuts = append(cuts, at)
	}
	return Cut(input, cuts)
}

// ByteByByte cuts an input into chunks of one byte.
func ByteByByte(input []byte) [][]byte {
	chunks := make([][]byte, len(input))
	for i := range input {
		chunks[i] = input[i : i+1 : i+1]
	}
	return chunks
}

// ChunkReader returns an io.Reader of the chunks. Each Read returns bytes of one
// chunk, and no bytes for an empty chunk. It skips all but the first of several empty
// chunks in a row, because callers may give up after too many empty reads.
func ChunkReader(chunks [][]byte) io.Reader { return &chunkReader{chunks: chunks} }

type chunkReader struct {
	chunks [][]byte
	rest   []byte // of the chunk before
	empty  bool   // the last read had nothing
}

func (r *chunkReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if len(r.chunks) == 0 {
			return 0, io.EOF
		}
		r.rest, r.chunks = r.chunks[0], r.chunks[1:]
		if len(r.rest) == 0 && !r.empty {
			r.empty = true
			return 0, nil
		}
	}
	r.empty = false
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
