package vectors

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// Check returns an error if a decoder's result is not that of the vector: the
// frames, and whether there is an error after them. An error of package parser must
// also be the same. Tell the decoder that the input has ended before you call Check.
//
// Each normalize is called with every frame of the decoder and of the vector before
// they are compared. It may change the frame. Use fuzz.HeadersAsMap for a decoder
// that keeps headers in a map.
func (v *Decode) Check(frames []*frame.Frame, err error, normalize ...func(*frame.Frame)) error {
	for i := range min(len(frames), len(v.Frames)) {
		want := v.Frames[i].NewFrame()
		for _, change := range normalize {
			change(frames[i])
			change(want)
		}
		if err := sameFrame(frames[i], want); err != nil {
			return fmt.Errorf("frame %d: %w", i, err)
		}
	}
	if len(frames) != len(v.Frames) {
		return fmt.Errorf("%d frames, want %d; error %v", len(frames), len(v.Frames), err)
	}
	if err == nil && v.Error != nil {
		return fmt.Errorf("no error, want %s at byte %d", v.Error.Kind, v.Error.Offset)
	}
	if err != nil && v.Error == nil {
		return fmt.Errorf("unexpected error: %w", err)
	}
	var e *parser.Error
	if errors.As(err, &e) {
		got := *e
		got.Detail = ""
		if want := v.Error.parserError(); got != want {
			return fmt.Errorf("error is %+v, want %+v", got, want)
		}
	}
	return nil
}

// parserError returns the error as package parser returns it.
func (e *DecodeError) parserError() parser.Error {
	kind, _ := errorKind(e.Kind)
	p := parser.Error{Kind: kind, Offset: e.Offset, Frame: e.Frame, Command: frame.Command(e.Command)}
	if e.Limit != nil {
		if p.Limit = int64(*e.Limit); p.Limit < 0 {
			p.Limit = math.MaxInt64
		}
	}
	if e.Header != "" {
		p.Header = string(headers.AppendName(nil, e.Header))
	}
	return p
}

// Check returns an error if an encoder's result is not that of the vector: the bytes,
// or that there is an error. An error of package encoder must also be the same.
func (v *Encode) Check(wire []byte, err error) error {
	switch {
	case v.Error != nil && err == nil:
		return fmt.Errorf("wrote %q, want error %s", wire, v.Error.Kind)
	case v.Error == nil && err != nil:
		return fmt.Errorf("unexpected error: %w", err)
	case err == nil && string(wire) != string(v.Wire):
		return fmt.Errorf("wrote %q, want %q", wire, v.Wire)
	}
	var e *encoder.Error
	if errors.As(err, &e) {
		index := -1
		if v.Error.Header != nil {
			index = *v.Error.Header
		}
		if e.Token() != v.Error.Kind || e.Index != index {
			return fmt.Errorf("error is %w of header %d, want %s of header %d", err, e.Index, v.Error.Kind, index)
		}
	}
	return nil
}

func sameFrame(got, want *frame.Frame) error {
	if got.Command != want.Command {
		return fmt.Errorf("command %q, want %q", string(got.Command), string(want.Command))
	}
	for i := range min(len(got.Headers), len(want.Headers)) {
		if g, w := got.Headers[i], want.Headers[i]; g != w {
			return fmt.Errorf("header %d is %q:%q, want %q:%q", i, g.Name, g.Value, w.Name, w.Value)
		}
	}
	if len(got.Headers) != len(want.Headers) {
		return fmt.Errorf("%d headers, want %d", len(got.Headers), len(want.Headers))
	}
	if !bytes.Equal(got.Body, want.Body) {
		return errors.New("another body")
	}
	return nil
}
