package fuzz

import (
	"bytes"
	"fmt"

	"github.com/stompwire/stomp/parser"
)

// CheckChunking returns an error if a decoder reads the chunks, the same input in one
// piece, and that input byte by byte in different ways: if the frames differ, or if
// not all of them return an error.
func CheckChunking(decode Decoder, chunks [][]byte) error {
	input := joined(chunks)
	whole, wholeErr := decode([][]byte{input})
	for _, cut := range []struct {
		how    string
		chunks [][]byte
	}{{"in chunks", chunks}, {"byte by byte", ByteByByte(input)}} {
		frames, err := decode(cut.chunks)
		if err := diffDecoded(whole, frames, wholeErr, err); err != nil {
			return fmt.Errorf("%q whole, other %s: %w", input, cut.how, err)
		}
	}
	return nil
}

// CheckConcatenation returns an error if a decoder reads stream a followed by stream b
// differently from each stream alone. It checks nothing if the decoder returns an
// error for a.
func CheckConcatenation(decode Decoder, a, b []byte) error {
	frames, err := decode([][]byte{a})
	if err != nil {
		return nil
	}
	more, wantErr := decode([][]byte{b})
	if e, ok := wantErr.(*parser.Error); ok {
		shifted := *e
		shifted.Offset += int64(len(a))
		shifted.Frame += int64(len(a))
		wantErr = &shifted
	}
	both, err := decode([][]byte{bytes.Join([][]byte{a, b}, nil)})
	if err := diffDecoded(append(frames, more...), both, wantErr, err); err != nil {
		return fmt.Errorf("%q and %q, other joined: %w", a, b, err)
	}
	return nil
}
