package vectors

import (
	"fmt"
	"iter"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/testdata"
)

// A Vector is what vectors of all kinds have.
type Vector struct {
	ID       string // unique over all files
	Title    string // what it shows
	Class    Class
	Section  string // of the specification: "STOMP 1.2, Value Encoding"
	Decision string // "D7" or "finer"; every choice has one
}

// A Class says how far a vector binds other implementations.
type Class string

const (
	Must   Class = "must"   // the specification demands it
	Should Class = "should" // the specification recommends it
	Choice Class = "choice" // the specification leaves it open; see Vector.Decision
)

// A Kind is the type of the vectors of one file.
type Kind interface {
	Decode | Encode | Escape | Negotiate
}

// All returns an iterator over the vectors of one kind, in the order of its file:
//
//	for v := range vectors.All[vectors.Decode]() {
//
// Each pass makes new vectors, which the caller may change.
func All[K Kind]() iter.Seq[*K] {
	return func(yield func(*K) bool) {
		for line := range testdata.Vectors() {
			if line.File != file[K]() {
				continue
			}
			v, err := parse[K](line.JSON)
			if err != nil {
				panic(fmt.Errorf("vectors: %s.jsonl:%d: %w", line.File, line.Line, err)) // tests parse each line
			}
			if !yield(v) {
				return
			}
		}
	}
}

// file returns the name of the file of a kind, without its ending.
func file[K Kind]() string {
	switch any((*K)(nil)).(type) {
	case *Decode:
		return "decode"
	case *Encode:
		return "encode"
	case *Escape:
		return "escape"
	}
	return "negotiate"
}

// parse decodes one line.
func parse[K Kind](line []byte) (*K, error) {
	v := new(K)
	return v, strict(line, v)
}

// parseVersion reads the version of a vector.
func parseVersion(s string) frame.Version {
	v, ok := frame.ParseVersion(s)
	if !ok && s != "handshake" {
		panic("vectors: no version " + s)
	}
	return v
}
