package fuzz

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A Difference is one way in which a decoder differs from the [Oracle].
type Difference struct {
	Kind  string // what differs first, such as "headers", or with the error of the oracle "missing error, conflicting_length"
	Bug   bool   // a panic, or Input can be read in only one way (see [Agreed])
	Count int    // of the inputs that show it
	Input []byte // the shortest of them
	Err   error  // how the results for Input differ
}

// Survey compares a decoder with the [Oracle] on many inputs, and returns one
// Difference for each kind: bugs first, then in descending order of their count. Several
// bugs may have the same kind, and one bug several kinds, so run it again after each fix.
// The decoder gets each input in one chunk.
//
// [Streams] show where a decoder is stricter or more lenient than the oracle; few of
// them are [Agreed]. Encoded [Frames] find bugs in reading valid input. Malformed input
// is never Agreed: use the vectors of class Must in package fuzz/vectors to test whether
// a decoder refuses all that it must.
//
//	inputs := fuzz.Examples(fuzz.Streams(frame.V12), 5000)
//	for _, d := range (fuzz.Comparison{Options: o}).Survey(decode, inputs) {
//		fmt.Println(d.Bug, d.Count, d.Kind, d.Err)
//	}
//
// Some [Streams] claim a content-length of 2 GiB. If the decoder allocates what a
// frame claims, survey only inputs that are [Agreed].
func (c Comparison) Survey(decode Decoder, inputs iter.Seq[[]byte]) []Difference {
	type key struct {
		kind string
		bug  bool
	}
	found := map[key]*Difference{}
	for input := range inputs {
		kind, err := c.differ(decode, input)
		if err == nil {
			continue
		}
		k := key{kind, strings.HasPrefix(kind, panicked) || c.agreed(input)}
		d := found[k]
		if d == nil {
			d = &Difference{Kind: kind, Bug: k.bug, Input: input, Err: err}
			found[k] = d
		}
		d.Count++
		if len(input) < len(d.Input) {
			d.Input, d.Err = input, err
		}
	}
	all := make([]Difference, 0, len(found))
	for d := range maps.Values(found) {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b Difference) int {
		if a.Bug != b.Bug {
			if a.Bug {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

// panicked is the kind of a panic, which is a bug on any input.
const panicked = "panic"

// differ returns how a decoder differs on one input, and the kind of difference.
func (c Comparison) differ(decode Decoder, input []byte) (kind string, err error) {
	want, wantErr := c.oracle(input)
	defer func() {
		if p := recover(); p != nil {
			kind, err = panicked, fmt.Errorf("%q: panic: %v", input, p)
		}
		e, ok := wantErr.(*parser.Error)
		switch kind {
		case "command", "headers", "body":
			// The frames differ before the error.
		default:
			if ok {
				kind += ", " + e.Token()
			}
		}
	}()
	got, gotErr := decode([][]byte{joined([][]byte{input})})
	c.normalize(got)
	if err := diffDecoded(want, got, wantErr, gotErr); err != nil {
		return kindOf(want, got, wantErr, gotErr), fmt.Errorf("%q, oracle against decoder: %w", input, err)
	}
	return "", nil
}

// kindOf returns what differs first.
func kindOf(want, got []*frame.Frame, wantErr, gotErr error) string {
	for i := range min(len(want), len(got)) {
		w, g := want[i], got[i]
		switch {
		case w.Command != g.Command:
			return "command"
		case DiffFrames(&frame.Frame{Headers: w.Headers}, &frame.Frame{Headers: g.Headers}) != nil:
			return "headers"
		case DiffFrames(w, g) != nil:
			return "body"
		}
	}
	switch {
	case wantErr == nil && gotErr != nil:
		return "unexpected error"
	case wantErr != nil && gotErr == nil:
		return "missing error"
	case len(got) < len(want):
		return "missing frame"
	case len(got) > len(want):
		return "additional frame"
	}
	return "another error"
}
