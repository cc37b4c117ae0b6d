package fuzz

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/stompwire/stomp/parser"
)

// checkLossless returns an error when the Raw of all events of a
// [parser.Parser] joined are not the input: what a proxy would forward. Only
// the part of a head or of a CR LF at the end that is not an event yet may be
// missing, and behind an error all that was not an event.
func checkLossless(chunks [][]byte, o parser.Options) error {
	return losslessOf(parser.New(o), chunks)
}

func losslessOf(p machine, chunks [][]byte) error {
	input := joined(chunks)
	var raw []byte
	for _, src := range chunks {
		for len(src) > 0 {
			ev, n, err := p.Next(src)
			if err != nil {
				return lossless(input, raw, err)
			}
			src = src[n:]
			raw = append(raw, ev.Raw...)
		}
	}
	if !bytes.HasPrefix(input, raw) {
		return fmt.Errorf("%q became %q", input, raw)
	}
	if missing := len(input) - len(raw); missing != p.Buffered() {
		return fmt.Errorf("%q became %q, and %d bytes are buffered", input, raw, p.Buffered())
	}
	return nil
}

// lossless checks what came before an error: all up to the frame with the
// error, and not more than up to the error.
func lossless(input, raw []byte, err error) error {
	var e *parser.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%q: not a *parser.Error: %w", input, err)
	}
	if !bytes.HasPrefix(input, raw) || int64(len(raw)) < e.Frame || int64(len(raw)) > e.Offset {
		return fmt.Errorf("%q became %q before error %w", input, raw, err)
	}
	return nil
}
