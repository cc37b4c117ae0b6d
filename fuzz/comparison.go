package fuzz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A Comparison says how a decoder is compared with the [Oracle].
type Comparison struct {
	// Options are the options of the oracle.
	Options parser.Options
	// Then is the version of all frames after the first, for a decoder that
	// changes its version after the handshake as [OracleThen] does. If it is
	// Unnegotiated, all frames have the version of Options.
	Then frame.Version
	// Normalize, if not nil, is called with each frame of the decoder and of
	// the oracle before they are compared. It may change the frame.
	// [HeadersAsMap] is for decoders that keep headers in a map.
	Normalize func(f *frame.Frame)
}

// CheckOracle returns an error if a decoder reads chunks differently from the
// [Oracle], which reads them in one piece: if the frames differ, or if only one of
// the two returns an error. Errors of package parser must also be the same.
func CheckOracle(decode Decoder, chunks [][]byte, o parser.Options) error {
	return Comparison{Options: o}.Check(decode, chunks)
}

// Check is [CheckOracle] with the settings of c.
func (c Comparison) Check(decode Decoder, chunks [][]byte) error {
	input := joined(chunks)
	want, wantErr := c.oracle(input)
	got, err := decode(chunks)
	c.normalize(got)
	if err := diffDecoded(want, got, wantErr, err); err != nil {
		return fmt.Errorf("%q, oracle against decoder: %w", input, err)
	}
	return nil
}

// oracle returns what a decoder should return.
func (c Comparison) oracle(input []byte) (frames []*frame.Frame, err error) {
	r := c.read(input, c.Options)
	frames, err = r.decoded()
	c.normalize(frames)
	return frames, err
}

func (c Comparison) read(input []byte, o parser.Options) Reading {
	then := c.Then
	if then == frame.Unnegotiated {
		then = o.Version
	}
	return OracleThen(input, o, then, o.Limits)
}

func (c Comparison) normalize(frames []*frame.Frame) {
	if c.Normalize != nil {
		for _, f := range frames {
			c.Normalize(f)
		}
	}
}

// HeadersAsMap keeps the first header with each name, which gives its value (STOMP
// 1.2, "Repeated Header Entries"), and sorts the headers by name.
func HeadersAsMap(f *frame.Frame) {
	slices.SortStableFunc(f.Headers, func(a, b headers.Field) int { return strings.Compare(a.Name, b.Name) })
	f.Headers = slices.CompactFunc(f.Headers, func(a, b headers.Field) bool { return a.Name == b.Name })
}
