package fuzz

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// checkAccepted returns an error when a strict parser of the version accepts a
// frame that package encoder does not write as bytes that read back as the
// same frame, unless it has one of the reasons that docs/decisions.md names to
// refuse it: a body where there may be none, a second content-length or one
// with zeros in front, in 1.0 and 1.1 a CR in a frame of the handshake and at
// the end of a value.
func checkAccepted(input []byte, v frame.Version) error {
	o := parser.Options{Version: v}
	encode, decode := Encoding(v, encoder.Options{}), AssemblerDecoder(o)
	frames, _ := decode([][]byte{input})
	for _, f := range frames {
		if _, err := encode(nil, f); err != nil && mayRefuse(err, f, v) {
			continue
		}
		if err := CheckRoundTrip(encode, decode, f); err != nil {
			return fmt.Errorf("%q: %w", input, err)
		}
	}
	return nil
}

func mayRefuse(err error, f *frame.Frame, v frame.Version) bool {
	switch {
	case errors.Is(err, encoder.BodyNotAllowed):
		return len(f.Body) > 0 && !f.Command.MayHaveBody(v)
	case errors.Is(err, encoder.RepeatedLength):
		n := 0
		for range f.Headers.Values(headers.ContentLength) {
			n++
		}
		return n > 1
	case errors.Is(err, encoder.WrongLength):
		length, _ := f.Headers.Get(headers.ContentLength)
		return len(length) > 1 && length[0] == '0'
	case errors.Is(err, encoder.Unescapable):
		return v != frame.V12 && slices.ContainsFunc(f.Headers, func(h headers.Field) bool {
			return strings.HasSuffix(h.Value, "\r") || readInHandshake(v, f.Command) && strings.Contains(h.Name+h.Value, "\r")
		})
	}
	return false
}
