package fuzz

import (
	"bytes"
	"fmt"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A Decoder reads a whole stream in chunks and returns its frames. If there is an
// error, it returns the frames before it too. A stream that ends inside a frame is an
// error. A Decoder must not modify the chunks, and the frames must not alias them. To
// test a codec, wrap it in a Decoder. If the codec keeps headers in a map, the
// Decoder should call [HeadersAsMap] for each frame.
type Decoder func(chunks [][]byte) ([]*frame.Frame, error)

// An Encoder appends the wire form of a frame to dst and returns the extended slice,
// or an error.
type Encoder func(dst []byte, f *frame.Frame) ([]byte, error)

// AssemblerDecoder decodes with a [parser.Assembler].
func AssemblerDecoder(o parser.Options) Decoder {
	return func(chunks [][]byte) (all []*frame.Frame, err error) {
		a := parser.NewAssembler(o)
		for _, src := range chunks {
			for len(src) > 0 {
				v, n, ok, err := a.Next(src)
				if err != nil {
					return all, err
				}
				src = src[n:]
				if ok {
					all = append(all, v.Clone())
				}
			}
		}
		return all, a.Finish()
	}
}

// ReaderDecoder decodes with a [parser.Reader], whole frames at a time. Each
// read of the reader gets a chunk, or as much of one as it asks for.
func ReaderDecoder(o parser.Options) Decoder {
	return func(chunks [][]byte) (all []*frame.Frame, err error) {
		for f, err := range parser.NewReader(ChunkReader(chunks), o).Frames() {
			if err != nil {
				return all, err
			}
			all = append(all, f)
		}
		return all, nil
	}
}

// Encoding encodes with package encoder.
func Encoding(v frame.Version, o encoder.Options) Encoder {
	return func(dst []byte, f *frame.Frame) ([]byte, error) { return encoder.AppendFrame(dst, f, v, o) }
}

// joined returns the whole input in a new slice, which may be modified.
func joined(chunks [][]byte) []byte { return bytes.Join(append([][]byte{nil}, chunks...), nil) }

// diffDecoded compares two results of decoding. Errors of package parser must be
// the same; of other errors it only compares whether there is one.
func diffDecoded(a, b []*frame.Frame, errA, errB error) error {
	for i := range min(len(a), len(b)) {
		if err := DiffFrames(a[i], b[i]); err != nil {
			return fmt.Errorf("frame %d: %w", i, err)
		}
	}
	if len(a) != len(b) {
		return fmt.Errorf("%d frames, other %d; error %v, other %v", len(a), len(b), errA, errB)
	}
	if (errA == nil) != (errB == nil) {
		return fmt.Errorf("error %v, other %v", errA, errB)
	}
	pa, okA := errA.(*parser.Error)
	pb, okB := errB.(*parser.Error)
	if okA && okB {
		return diffErrors(pa, pb)
	}
	return nil
}
