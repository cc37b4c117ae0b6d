package fuzz

import (
	"fmt"
	"io"

	"github.com/stompwire/stomp/parser"
)

// checkFrames returns an error when what [parser.Assembler] and
// [parser.Reader] say beside the frames themselves is not what the [Oracle]
// says: offsets, leniencies used, heart-beats, and whether a frame has begun.
// For the frames see [CheckOracle] with [AssemblerDecoder] and [ReaderDecoder].
func checkFrames(chunks [][]byte, o parser.Options) error {
	input := joined(chunks)
	want := Oracle(input, o)
	if err := checkAssembler(chunks, o, &want); err != nil {
		return fmt.Errorf("%q: assembler: %w", input, err)
	}
	if err := checkReader(chunks, o, &want); err != nil {
		return fmt.Errorf("%q: reader: %w", input, err)
	}
	return nil
}

// A front end of the parser, just behind frame number i.
type frontEnd interface {
	Offset() int64
	FrameStart() (int64, bool)
	Used() parser.Allow
}

func behindFrame(at frontEnd, want *Reading, i int) error {
	if i >= len(want.Frames) {
		return fmt.Errorf("more than %d frames", len(want.Frames))
	}
	f := &want.Frames[i]
	if got, end := at.Offset(), f.Offset+f.Size; got != end {
		return fmt.Errorf("frame %d: Offset %d, want %d", i, got, end)
	}
	if got := at.Used(); got != f.Used {
		return fmt.Errorf("frame %d: used %q, want %q", i, got, f.Used)
	}
	if start, ok := at.FrameStart(); ok {
		return fmt.Errorf("frame %d has ended, and FrameStart is %d", i, start)
	}
	return nil
}

func checkAssembler(chunks [][]byte, o parser.Options, want *Reading) error {
	a := parser.NewAssembler(o)
	n := 0
	for _, src := range chunks {
		for len(src) > 0 {
			_, taken, ok, err := a.Next(src)
			if err != nil {
				return nil
			}
			src = src[taken:]
			if !ok {
				continue
			}
			if err := behindFrame(a, want, n); err != nil {
				return err
			}
			n++
		}
	}
	// A frame that has begun and not ended is where Finish finds its error.
	begun := want.End != nil && want.End.Frame < want.End.Offset
	if start, ok := a.FrameStart(); want.End != nil && want.End.Kind == parser.UnexpectedEOF && (ok != begun || ok && start != want.End.Frame) {
		return fmt.Errorf("at the end FrameStart is %d, %t, want %d, %t", start, ok, want.End.Frame, begun)
	}
	return nil
}

func checkReader(chunks [][]byte, o parser.Options, want *Reading) error {
	r := parser.NewReader(ChunkReader(chunks), o)
	for n := 0; ; n++ {
		_, err := r.ReadFrame()
		if err != nil {
			if got := r.HeartBeats(); got != want.heartBeats() {
				return fmt.Errorf("%d heart-beats in all, want %d", got, want.heartBeats())
			}
			if got := r.Offset(); err == io.EOF && got != want.taken() {
				return fmt.Errorf("at the end Offset is %d, want %d", got, want.taken())
			}
			return nil
		}
		if err := behindFrame(r, want, n); err != nil {
			return err
		}
		beats := int64(0)
		for _, g := range want.Gaps {
			if g.Offset < r.Offset() {
				beats += g.Count
			}
		}
		if got := r.HeartBeats(); got != beats {
			return fmt.Errorf("frame %d: %d heart-beats, want %d", n, got, beats)
		}
	}
}
