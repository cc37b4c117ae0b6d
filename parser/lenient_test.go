package parser_test

import (
	"fmt"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/parser"
)

// checkLenient returns an error if a parser that allows more is not more
// lenient: if it refuses what a stricter one accepts, or reads it in another
// way. That the parser is the oracle's equal is tested elsewhere.
//
// There is one exception, which [parser.AllowCRLF] documents: in 1.0 and 1.1
// the CR at the end of a value is no longer part of it.
func checkLenient(input []byte, o parser.Options, allow parser.Allow) error {
	strict := unchanged(o).oracle(input)
	if strict.End != nil && (strict.Err != nil || strict.End.Kind != parser.UnexpectedEOF) {
		return nil
	}
	old := o.Version == frame.V10 || o.Version == frame.V11
	o.Allow |= allow
	lenient := unchanged(o).oracle(input)
	if old && o.Allow&parser.AllowCRLF != 0 {
		trimCR(strict)
		trimCR(lenient)
	}
	if err := diffReadings(strict, lenient); err != nil {
		return fmt.Errorf("%q, strict against allow %q: %w", input, o.Allow, err)
	}
	return nil
}

// trimCR makes the readings of values with more or fewer CRs at the end the
// same.
func trimCR(r *fuzz.Reading) {
	trim := func(l *fuzz.Located) {
		l.Used &^= parser.AllowCRLF
		for i := range l.Frame.Headers {
			value := &l.Frame.Headers[i].Value
			*value = strings.TrimRight(*value, "\r")
		}
	}
	for i := range r.Frames {
		trim(&r.Frames[i])
	}
	if r.Open != nil {
		trim(r.Open)
	}
}
