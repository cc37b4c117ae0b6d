package fuzz

import (
	"slices"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

var versions = []frame.Version{frame.Unnegotiated, frame.V10, frame.V11, frame.V12}

// The oracle reads each vector as it says. That the parser reads everything as
// the oracle does is tested in package parser.
func TestOracle(t *testing.T) {
	for v := range vectors.All[vectors.Decode]() {
		o := v.Options()
		version, limits := o.Version, o.Limits
		for _, change := range v.After {
			if to, ok := change.NewVersion(); ok {
				version = to
			}
			if change.Limits != nil {
				limits = change.Limits.Options()
			}
		}
		r := OracleThen([]byte(*v.Input), o, version, limits)
		frames, err := r.decoded()
		if err := v.Check(frames, err); err != nil {
			t.Errorf("%s, %s: %v", v.ID, v.Title, err)
			continue
		}
		beats, used := make([]int, len(r.Frames)+1), parser.Allow(0)
		for _, g := range r.Gaps {
			i, _ := slices.BinarySearchFunc(r.Frames, g, func(l Located, g Gap) int { return int(l.Offset - g.Offset) })
			beats[i] += int(g.Count)
			used |= g.Used
		}
		want := v.HeartBeats
		if want == nil {
			want = make([]int, len(beats))
		}
		if !slices.Equal(beats, want) || used != allowed(t, v.HeartBeatsUsed) {
			t.Errorf("%s: heart-beats %v, used %q, want %v, %q", v.ID, beats, used, want, v.HeartBeatsUsed)
		}
		for i, f := range r.Frames {
			w, length := &v.Frames[i], frame.ContentLength{}
			if _, ok := f.Frame.Headers.Get(headers.ContentLength); ok {
				length = frame.Counted(int64(len(f.Frame.Body)))
			}
			if f.Offset != w.Offset || f.Size != w.Size || f.Length != length || f.Used != allowed(t, w.Used) {
				t.Errorf("%s: frame %d is at %d, of %d bytes, length %s, used %q, want %+v", v.ID, i, f.Offset, f.Size, f.Length, f.Used, w)
			}
		}
		if r.Err != nil && r.Err != r.End {
			t.Errorf("%s: error %v, at the end %v", v.ID, r.Err, r.End)
		}
	}
}

func allowed(t *testing.T, names []string) (set parser.Allow) {
	for _, name := range names {
		bit, ok := parser.ParseAllow(name)
		if !ok {
			t.Fatalf("no leniency %q", name)
		}
		set |= bit
	}
	return set
}
