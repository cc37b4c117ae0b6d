package parser_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/parser"
)

// vectorSettings returns how a vector is read. All changes come after the first
// frame.
func vectorSettings(v *vectors.Decode) settings {
	s := unchanged(v.Options())
	for _, change := range v.After {
		if change.Frames != 1 {
			panic(v.ID + " changes later") // which the oracle does not know
		}
		if version, ok := change.NewVersion(); ok {
			s.then = version
		}
		if change.Limits != nil {
			s.thenLimits = change.Limits.Options()
		}
	}
	return s
}

// Each vector is read as it says, and however it is cut as the oracle reads the
// whole.
func TestVectors(t *testing.T) {
	for v := range vectors.All[vectors.Decode]() {
		t.Run(v.ID, func(t *testing.T) {
			s, input := vectorSettings(v), []byte(*v.Input)
			want := s.oracle(input)
			var frames []*frame.Frame
			for i := range want.Frames {
				frames = append(frames, &want.Frames[i].Frame)
			}
			var failure error
			if want.End != nil {
				failure = want.End
			}
			if err := v.Check(frames, failure); err != nil {
				t.Fatalf("%s: %v", v.Title, err)
			}
			checkCuts(t, input, s, want, v.Pieces())
		})
	}
}

// checkCuts reads an input in every way, cut in every way that is cheap.
func checkCuts(t *testing.T, input []byte, s settings, want *fuzz.Reading, pieces [][]byte) {
	t.Helper()
	size := len(input)
	read := func(how string, chunks [][]byte) {
		t.Helper()
		if err := readAlike(chunks, s, want); err != nil {
			t.Fatalf("%s: %v", how, err)
		}
	}
	read("as it arrives", pieces)
	if size > 1<<20 { // of a long one, what matters is where the body ends
		read("cut before the end", fuzz.Cut(input, []int{size / 2, size - 1}))
		return
	}
	read("whole", [][]byte{input})
	read("byte by byte", fuzz.ByteByByte(input))
	read("in pairs", slices.Collect(slices.Chunk(input, 2)))
	two, three := 1<<10, 40
	if testing.Short() {
		two, three = two/8, three/4
	}
	for i := 1; i < size; i++ {
		if size <= two || i < 8 || i > size-8 || i%(size/8) == 0 {
			read(fmt.Sprintf("cut at %d", i), fuzz.Cut(input, []int{i}))
		}
	}
	for i := 1; i < size && size <= three; i++ {
		for j := i + 1; j < size; j++ {
			chunks := fuzz.Cut(input, []int{i, j})
			if err := byParser(chunks, s, want); err != nil {
				t.Fatalf("cut at %d and %d: Parser: %v", i, j, err)
			}
			if err := byAssembler(chunks, s, want); err != nil {
				t.Fatalf("cut at %d and %d: Assembler: %v", i, j, err)
			}
		}
	}
}

// Heads that are large enough to be buffered in blocks.
func TestLargeHeadsInChunks(t *testing.T) {
	name := "name:" + string(bytes.Repeat([]byte("v\\n"), 100)) + "\n"
	in := "SEND\n" + string(bytes.Repeat([]byte(name), 50)) + "content-length:2000\n\n" + string(bytes.Repeat([]byte("\x00\n"), 1000)) + "\x00\n"
	src := bytes.Repeat([]byte(in), 3)
	s := unchanged(parser.Options{Version: frame.V12})
	want := s.oracle(src)
	for _, size := range []int{1, 2, 3, 7, 16, 511, 512, 513, 1460, 4096, 17000, len(src)} {
		if err := readAlike(slices.Collect(slices.Chunk(src, size)), s, want); err != nil {
			t.Errorf("chunks of %d bytes: %v", size, err)
		}
	}
}
