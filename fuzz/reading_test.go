package fuzz

import (
	"fmt"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// taken returns the number of bytes that the frames, the open frame and the
// gaps have together: all of the input, but for a part of a head or of a CR LF
// at its end, and what is not read because of an error.
func (r *Reading) taken() int64 {
	var n int64
	for i := range r.Frames {
		n += r.Frames[i].Size
	}
	for i := range r.Gaps {
		n += r.Gaps[i].Size
	}
	if r.Open != nil {
		n += r.Open.Size
	}
	return n
}

// heartBeats returns the number of end of lines between frames.
func (r *Reading) heartBeats() int64 {
	var n int64
	for i := range r.Gaps {
		n += r.Gaps[i].Count
	}
	return n
}

// diff returns nil when two readings are the same, or an error that says where
// they first differ, r's side first. Of errors it compares everything but
// Detail. Its text shows header values: it is for tests.
func (r *Reading) diff(other *Reading) error {
	for i := range min(len(r.Frames), len(other.Frames)) {
		if err := diffLocated(fmt.Sprintf("frame %d", i), &r.Frames[i], &other.Frames[i]); err != nil {
			return err
		}
	}
	if n, m := len(r.Frames), len(other.Frames); n != m {
		return fmt.Errorf("%d frames, other %d", n, m)
	}
	for i := range min(len(r.Gaps), len(other.Gaps)) {
		if r.Gaps[i] != other.Gaps[i] {
			return fmt.Errorf("gap %d: %+v, other %+v", i, r.Gaps[i], other.Gaps[i])
		}
	}
	if n, m := len(r.Gaps), len(other.Gaps); n != m {
		return fmt.Errorf("%d gaps, other %d", n, m)
	}
	switch {
	case r.Open == nil && other.Open == nil:
	case r.Open == nil || other.Open == nil:
		return fmt.Errorf("open frame: %t, other %t", r.Open != nil, other.Open != nil)
	default:
		if err := diffLocated("open frame", r.Open, other.Open); err != nil {
			return err
		}
	}
	if err := diffErrors(r.Err, other.Err); err != nil {
		return err
	}
	if err := diffErrors(r.End, other.End); err != nil {
		return fmt.Errorf("at the end of input: %w", err)
	}
	return nil
}

func diffLocated(what string, a, b *Located) error {
	switch {
	case a.Offset != b.Offset:
		return fmt.Errorf("%s: at %d, other at %d", what, a.Offset, b.Offset)
	case a.Size != b.Size:
		return fmt.Errorf("%s: %d bytes, other %d", what, a.Size, b.Size)
	case a.Length != b.Length:
		return fmt.Errorf("%s: length %s, other %s", what, a.Length, b.Length)
	case a.Used != b.Used:
		return fmt.Errorf("%s: used %q, other %q", what, a.Used, b.Used)
	}
	if err := DiffFrames(&a.Frame, &b.Frame); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// diff must notice each single difference, from either side.
func TestDiff(t *testing.T) {
	read := func() *Reading {
		r := Oracle([]byte("\nSEND\na:b\n\nx\x00\n\nACK\n\n\x00SEND\nc:d\n\nopen"), parser.Options{Version: v12})
		return &r
	}
	if err := read().diff(read()); err != nil {
		t.Fatalf("no difference: %v", err)
	}
	for name, change := range map[string]func(r *Reading){
		"frame lost":            func(r *Reading) { r.Frames = r.Frames[:1] },
		"frame offset":          func(r *Reading) { r.Frames[1].Offset++ },
		"frame size":            func(r *Reading) { r.Frames[1].Size++ },
		"frame length":          func(r *Reading) { r.Frames[0].Length = frame.Counted(1) },
		"frame used":            func(r *Reading) { r.Frames[0].Used = parser.AllowBareCR },
		"command":               func(r *Reading) { r.Frames[0].Frame.Command = "ACK" },
		"header name":           func(r *Reading) { r.Frames[0].Frame.Headers[0].Name = "b" },
		"header value":          func(r *Reading) { r.Frames[0].Frame.Headers[0].Value = "" },
		"header lost":           func(r *Reading) { r.Frames[0].Frame.Headers = nil },
		"body":                  func(r *Reading) { r.Frames[0].Frame.Body = nil },
		"gap lost":              func(r *Reading) { r.Gaps = r.Gaps[:1] },
		"gap offset":            func(r *Reading) { r.Gaps[0].Offset++ },
		"gap size":              func(r *Reading) { r.Gaps[0].Size++ },
		"gap count":             func(r *Reading) { r.Gaps[1].Count++ },
		"gap used":              func(r *Reading) { r.Gaps[1].Used = parser.AllowNULPadding },
		"open frame lost":       func(r *Reading) { r.Open = nil },
		"open frame body":       func(r *Reading) { r.Open.Frame.Body = nil },
		"open frame size":       func(r *Reading) { r.Open.Size-- },
		"error that is none":    func(r *Reading) { r.Err = r.End },
		"no error at the end":   func(r *Reading) { r.End = nil },
		"error kind":            func(r *Reading) { r.End.Kind = parser.BareCR },
		"error offset":          func(r *Reading) { r.End.Offset++ },
		"error frame":           func(r *Reading) { r.End.Frame++ },
		"error limit":           func(r *Reading) { r.End.Limit++ },
		"error command":         func(r *Reading) { r.End.Command = "" },
		"error header":          func(r *Reading) { r.End.Header = "c" },
		"frame from open frame": func(r *Reading) { r.Frames = append(r.Frames, *r.Open) },
	} {
		changed := read()
		change(changed)
		if read().diff(changed) == nil || changed.diff(read()) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
	sameButDetail := read()
	sameButDetail.End.Detail = "in other words"
	if err := read().diff(sameButDetail); err != nil {
		t.Errorf("Detail is compared: %v", err)
	}
}
