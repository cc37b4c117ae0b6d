package testdata

import (
	"bytes"
	"embed"
	"io/fs"
	"iter"
	"strings"
)

//go:embed vectors/*.jsonl
var vectors embed.FS

// A VectorLine is one vector: a line of a file in vectors/, whose README.md
// defines the format. Package fuzz/vectors decodes it.
type VectorLine struct {
	File string // without its ending: "decode"
	Line int    // from 1
	JSON []byte // without its line feed
}

// Vectors goes through the vectors of all files, in the order of the files'
// names and of the lines in them. An empty line comes as one with no JSON.
func Vectors() iter.Seq[VectorLine] {
	return func(yield func(VectorLine) bool) {
		paths, err := fs.Glob(vectors, "vectors/*.jsonl")
		if err != nil {
			panic(err)
		}
		for _, path := range paths {
			text, err := vectors.ReadFile(path)
			if err != nil {
				panic(err)
			}
			v := VectorLine{File: strings.TrimSuffix(strings.TrimPrefix(path, "vectors/"), ".jsonl")}
			for line := range bytes.Lines(text) {
				v.Line++
				v.JSON = bytes.TrimSuffix(line, []byte("\n"))
				if !yield(v) {
					return
				}
			}
		}
	}
}
