package peers

import (
	"bytes"
	"slices"
	"strings"
)

// An Answer is what a driver says of one stream.
type Answer struct {
	ID     string  `json:"id"`
	Frames []Frame `json:"frames"`
	Beats  int     `json:"beats"` // for people: few peers tell
	Error  *string `json:"error"`

	Failed string `json:"-"` // Hangs or Fails, in place of an answer
}

// What a peer makes of a stream, against what this module makes of it. The
// three last ones can be said together: "other headers, other body".
const (
	Same         = "same"
	Accepts      = "accepts"       // has frames where we have an error or wait for more
	ThenRefuses  = ", then errs"   // behind Accepts: an error later on
	Refuses      = "refuses"       // an error where we have none
	Earlier      = "errs earlier"  // an error in a frame before ours
	Waits        = "waits"         // neither a frame nor an error, where we have one
	OtherSplit   = "other split"   // frames begin and end elsewhere
	Hangs        = "hangs"         // no answer within five seconds
	Fails        = "fails"         // its process ended
	OtherCommand = "other command" // the same frames, with differences
	OtherHeaders = "other headers"
	OtherBody    = "other body"
)

// Compare says what a peer makes of a stream.
func Compare(ours *Reading, a *Answer) string {
	if a.Failed != "" {
		return a.Failed
	}
	both := min(len(ours.Frames), len(a.Frames))
	var differ [3]bool
	for i := range both {
		f, g := &ours.Frames[i], &a.Frames[i]
		differ[0] = differ[0] || !bytes.Equal(f.Command, g.Command)
		differ[1] = differ[1] || !sameHeaders(f.Headers, g.Headers)
		differ[2] = differ[2] || !bytes.Equal(f.Body, g.Body)
	}
	var parts []string
	for i, word := range []string{OtherCommand, OtherHeaders, OtherBody} {
		if differ[i] {
			parts = append(parts, word)
		}
	}
	more, fewer := len(a.Frames) > both, len(ours.Frames) > both
	sound := ours.Error == "" || ours.cut
	switch {
	case sound && a.Error != nil:
		return Refuses
	case !sound && a.Error != nil && more:
		return Accepts + ThenRefuses
	case !sound && a.Error != nil && fewer:
		return Earlier
	case ours.Error != "" && more:
		return Accepts
	case more, fewer && (differ[0] || differ[2]):
		return OtherSplit
	case fewer, !sound && a.Error == nil:
		return Waits
	case parts == nil:
		return Same
	}
	return strings.Join(parts, ", ")
}

// sameHeaders reports whether a peer has our headers. It may have them in
// another order, and the first one alone of those of one name: many keep them
// in a table.
func sameHeaders(ours, theirs [][2][]byte) bool {
	theirs = sortedHeaders(theirs)
	return equalHeaders(sortedHeaders(ours), theirs) || equalHeaders(sortedHeaders(firstHeaders(ours)), theirs)
}

func sortedHeaders(list [][2][]byte) [][2][]byte {
	return slices.SortedFunc(slices.Values(list), func(a, b [2][]byte) int {
		if c := bytes.Compare(a[0], b[0]); c != 0 {
			return c
		}
		return bytes.Compare(a[1], b[1])
	})
}

func firstHeaders(list [][2][]byte) (first [][2][]byte) {
	for _, h := range list {
		if !slices.ContainsFunc(first, func(f [2][]byte) bool { return bytes.Equal(f[0], h[0]) }) {
			first = append(first, h)
		}
	}
	return first
}

func equalHeaders(a, b [][2][]byte) bool {
	return slices.EqualFunc(a, b, func(a, b [2][]byte) bool { return bytes.Equal(a[0], b[0]) && bytes.Equal(a[1], b[1]) })
}

// EndsElsewhere reports whether a peer that got a stream octet by octet had one
// of its frames at another octet than this module.
func EndsElsewhere(ours *Reading, a *Answer) bool {
	return !slices.EqualFunc(ours.Frames, a.Frames, func(f, g Frame) bool { return f.At == g.At })
}
