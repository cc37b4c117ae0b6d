package vectors

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/testdata"
)

// A Vector is what all vectors have.
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

// All goes through the vectors of one kind, in the order of its file:
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

// parse decodes and checks one line.
func parse[K Kind](line []byte) (*K, error) {
	v := new(K)
	if err := strict(line, v); err != nil {
		return nil, err
	}
	if err := any(v).(interface{ check() error }).check(); err != nil {
		return nil, err
	}
	return v, nil
}

// check checks what all vectors have.
func (v *Vector) check() error {
	if !isKebabCase(v.ID) {
		return fmt.Errorf("id %q is not in kebab case", v.ID)
	}
	if v.Title == "" {
		return errors.New("no title")
	}
	if v.Class != Must && v.Class != Should && v.Class != Choice {
		return fmt.Errorf("no class %q", v.Class)
	}
	if (v.Class == Choice || v.Decision != "") && !isDecision(v.Decision) {
		return fmt.Errorf("no decision %q", v.Decision)
	}
	if !isSection(v.Section) {
		return fmt.Errorf("no section %q", v.Section)
	}
	return nil
}

// isKebabCase reports whether s is words of lower case letters and digits with
// hyphens between them.
func isKebabCase(s string) bool {
	for word := range strings.SplitSeq(s, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

// isDecision reports whether docs/decisions.md has the decision: D1 to D22, or
// one of the finer points.
func isDecision(s string) bool {
	for n := 1; n <= 22; n++ {
		if s == fmt.Sprintf("D%d", n) {
			return true
		}
	}
	return s == "finer"
}

// parseVersion reads the version of a vector.
func parseVersion(s string) (frame.Version, error) {
	v, ok := frame.ParseVersion(s)
	if !ok && s != "handshake" {
		return 0, fmt.Errorf("no version %q", s)
	}
	return v, nil
}
