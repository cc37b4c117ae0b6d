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
	Class    string // "must", "should" or "choice"
	Section  string // of the specification: "STOMP 1.2, Value Encoding"
	Decision string // "D7" or "finer"; every choice has one
}

// A Kind is the type of the vectors of one file.
type Kind interface {
	Decode | Encode | Escape | Negotiate
}

// All goes through the vectors of one kind. A line that breaks the format it
// yields as an error, with no vector.
func All[K Kind]() iter.Seq2[*K, error] {
	return func(yield func(*K, error) bool) {
		for line := range testdata.Vectors() {
			if line.File != file[K]() {
				continue
			}
			v, err := parse[K](line.JSON)
			if err != nil {
				v, err = nil, fmt.Errorf("%s.jsonl:%d: %w", line.File, line.Line, err)
			}
			if !yield(v, err) {
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
	if v.Class != "must" && v.Class != "should" && v.Class != "choice" {
		return fmt.Errorf("no class %q", v.Class)
	}
	if (v.Class == "choice" || v.Decision != "") && !isDecision(v.Decision) {
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
