package fuzz

import (
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// checkEvents returns an error when a [parser.Parser] does not say of chunks
// what the [Oracle] says of the whole: frames, offsets, what stands between
// frames, leniencies used, and the error; or when it breaks a promise on the
// way (see [recorder]).
func checkEvents(chunks [][]byte, o parser.Options) error {
	input := joined(chunks)
	return checkReading(input, Oracle(input, o), newRecorder(parser.New(o)), chunks)
}

// checkEventsThen is checkEvents for a reader that calls SetVersion and
// SetLimits at the end of the first frame, however the chunks are cut.
func checkEventsThen(chunks [][]byte, o parser.Options, v frame.Version, l parser.Limits) error {
	input := joined(chunks)
	p := parser.New(o)
	rec := newRecorder(p)
	rec.AfterFrame = func(frames int) {
		if frames == 1 {
			p.SetVersion(v)
			p.SetLimits(l)
		}
	}
	return checkReading(input, OracleThen(input, o, v, l), rec, chunks)
}

func checkReading(input []byte, want Reading, rec *recorder, chunks [][]byte) error {
	got, err := rec.Read(chunks)
	if err != nil {
		return fmt.Errorf("%q: %w", input, err)
	}
	if err := want.diff(&got); err != nil {
		return fmt.Errorf("%q, oracle against parser: %w", input, err)
	}
	return nil
}
