package fuzz_test

import (
	"testing"

	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/parser"
)

// Diff must notice each single difference, from either side.
func TestDiff(t *testing.T) {
	read := func() *fuzz.Reading {
		r := fuzz.Oracle([]byte("\nSEND\na:b\n\nx\x00\n\nACK\n\n\x00SEND\nc:d\n\nopen"), parser.Options{Version: v12})
		return &r
	}
	if err := read().Diff(read()); err != nil {
		t.Fatalf("no difference: %v", err)
	}
	for name, change := range map[string]func(r *fuzz.Reading){
		"frame lost":            func(r *fuzz.Reading) { r.Frames = r.Frames[:1] },
		"frame offset":          func(r *fuzz.Reading) { r.Frames[1].Offset++ },
		"frame size":            func(r *fuzz.Reading) { r.Frames[1].Size++ },
		"frame length":          func(r *fuzz.Reading) { r.Frames[0].Length = 1 },
		"frame used":            func(r *fuzz.Reading) { r.Frames[0].Used = parser.AllowBareCR },
		"command":               func(r *fuzz.Reading) { r.Frames[0].Frame.Command = "ACK" },
		"header name":           func(r *fuzz.Reading) { r.Frames[0].Frame.Headers[0].Name = "b" },
		"header value":          func(r *fuzz.Reading) { r.Frames[0].Frame.Headers[0].Value = "" },
		"header lost":           func(r *fuzz.Reading) { r.Frames[0].Frame.Headers = nil },
		"body":                  func(r *fuzz.Reading) { r.Frames[0].Frame.Body = nil },
		"gap lost":              func(r *fuzz.Reading) { r.Gaps = r.Gaps[:1] },
		"gap offset":            func(r *fuzz.Reading) { r.Gaps[0].Offset++ },
		"gap size":              func(r *fuzz.Reading) { r.Gaps[0].Size++ },
		"gap count":             func(r *fuzz.Reading) { r.Gaps[1].Count++ },
		"gap used":              func(r *fuzz.Reading) { r.Gaps[1].Used = parser.AllowNULPadding },
		"open frame lost":       func(r *fuzz.Reading) { r.Open = nil },
		"open frame body":       func(r *fuzz.Reading) { r.Open.Frame.Body = nil },
		"open frame size":       func(r *fuzz.Reading) { r.Open.Size-- },
		"error that is none":    func(r *fuzz.Reading) { r.Err = r.End },
		"no error at the end":   func(r *fuzz.Reading) { r.End = nil },
		"error kind":            func(r *fuzz.Reading) { r.End.Kind = parser.BareCR },
		"error offset":          func(r *fuzz.Reading) { r.End.Offset++ },
		"error frame":           func(r *fuzz.Reading) { r.End.Frame++ },
		"error limit":           func(r *fuzz.Reading) { r.End.Limit++ },
		"error command":         func(r *fuzz.Reading) { r.End.Command = "" },
		"error header":          func(r *fuzz.Reading) { r.End.Header = "c" },
		"frame from open frame": func(r *fuzz.Reading) { r.Frames = append(r.Frames, *r.Open) },
	} {
		changed := read()
		change(changed)
		if read().Diff(changed) == nil || changed.Diff(read()) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
	sameButDetail := read()
	sameButDetail.End.Detail = "in other words"
	if err := read().Diff(sameButDetail); err != nil {
		t.Errorf("Detail is compared: %v", err)
	}
}
