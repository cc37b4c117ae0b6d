package fuzz

import (
	"bytes"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"pgregory.net/rapid"
)

// Streams that are all accepted, or all refused, test little.
func TestStreamsReachEverything(t *testing.T) {
	kinds := map[parser.ErrorKind]int{}
	used, frames, beats := parser.Allow(0), 0, int64(0)
	streams := map[frame.Version]*rapid.Generator[[]byte]{}
	for _, v := range versions {
		streams[v] = Streams(v)
	}
	options := Options()
	for seed := range 6000 {
		o := options.Example(seed)
		r := Oracle(streams[o.Version].Example(seed), o)
		if r.End != nil {
			kinds[r.End.Kind]++
		}
		frames += len(r.Frames)
		for _, f := range r.Frames {
			used |= f.Used
		}
		for _, g := range r.Gaps {
			beats += g.Count
			used |= g.Used
		}
	}
	for k := parser.UnknownCommand; k <= parser.UnexpectedEOF; k++ {
		if k == parser.TrailingData {
			continue // of Decode alone
		}
		if kinds[k] == 0 {
			t.Errorf("no stream gave %s", k.Token())
		}
	}
	if used != parser.AllowAll {
		t.Errorf("no stream needed %q", parser.AllowAll&^used)
	}
	if frames < 1000 || beats < 1000 {
		t.Errorf("only %d frames and %d heart-beats", frames, beats)
	}
}

func TestFramesReachEverything(t *testing.T) {
	for _, v := range versions {
		commands := map[frame.Command]bool{}
		var withNUL, withLength, withEscape bool
		g := Frames(v)
		for seed := range 2000 {
			f := g.Example(seed)
			commands[f.Command] = true
			withNUL = withNUL || bytes.IndexByte(f.Body, 0) >= 0
			_, ok := f.Headers.Get(headers.ContentLength)
			withLength = withLength || ok
			for _, h := range f.Headers {
				withEscape = withEscape || bytes.ContainsAny([]byte(h.Value), ":\\\r\n")
			}
		}
		want := 4
		if v != frame.Unnegotiated {
			want = 15
		}
		if len(commands) != want || !withNUL || !withLength || !withEscape {
			t.Errorf("%v: %d commands, NUL in a body %t, content-length %t, bytes to escape %t", v, len(commands), withNUL, withLength, withEscape)
		}
	}
}

func TestCut(t *testing.T) {
	check := func(t *rapid.T, input []byte, chunks [][]byte) {
		if got := joined(chunks); !bytes.Equal(got, input) {
			t.Fatalf("%q became %q", input, chunks)
		}
		for _, c := range chunks {
			if len(c) != cap(c) {
				t.Fatalf("chunk %q has spare capacity", c)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		input := rapid.SliceOf(rapid.Byte()).Draw(t, "input")
		input = input[:len(input):len(input)]
		cuts := Cuts(len(input)).Draw(t, "cuts")
		chunks := Cut(input, cuts)
		check(t, input, chunks)
		if len(chunks) != len(cuts)+1 {
			t.Fatalf("%d chunks of %d cuts", len(chunks), len(cuts))
		}
		check(t, input, CutBy(input, rapid.SliceOf(rapid.Byte()).Draw(t, "sizes")))
		check(t, input, ByteByByte(input))
	})
	// Places out of order or out of range cut nothing off.
	if got := joined(Cut([]byte("abc"), []int{2, 1, -1, 9})); string(got) != "abc" {
		t.Errorf("abc became %q", got)
	}
}
