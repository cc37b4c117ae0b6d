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

// Cut cuts an input at the given places, offsets in rising order, into
// len(cuts)+1 chunks. They alias the input and have no spare capacity. A place
// outside what is left makes an empty chunk.
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

// CutBy cuts an input into chunks whose sizes are those of the bytes of sizes
// in turn, 0 to 255, over and over. Without sizes, or with no size but 0, the
// input is one chunk. It is for fuzz targets, which get bytes.
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

// ChunkReader returns a reader of the chunks: each call of Read returns bytes
// of one chunk, and an empty chunk is a Read that returns nothing. Of several
// empty chunks in a row only the first is read, because a reader that never
// gets anything may give up.
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
