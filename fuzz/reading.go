package fuzz

import (
	"bytes"
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A Reading is the content of an input as the [Oracle] reads it: its frames, what is
// between them, and its error. It owns its memory. It does not depend on how the
// input was cut: runs of heart-beats and pieces of bodies are joined.
type Reading struct {
	// Frames are the complete frames, in order.
	Frames []Located
	// Open is the frame whose head is complete and whose end is not, with
	// what the input has of its body up to the error; nil where there is none.
	Open *Located
	// Gaps are the runs of bytes between frames that are not empty, in order.
	Gaps []Gap
	// Err is the error that the input proves whatever may follow it; nil when
	// more is wanted.
	Err *parser.Error
	// End is the error when the input ends here: Err when that is set, nil
	// when the input ends between frames.
	End *parser.Error
}

// decoded returns what a decoder returns of the whole input.
func (r *Reading) decoded() (frames []*frame.Frame, err error) {
	for i := range r.Frames {
		frames = append(frames, &r.Frames[i].Frame)
	}
	if r.End != nil {
		err = r.End
	}
	return frames, err
}

// A Located is a frame and its place in the stream.
type Located struct {
	Frame  frame.Frame // unescaped, owned
	Length frame.ContentLength
	Used   parser.Allow // leniencies that it needed
	Offset int64        // in the stream, of the first byte of the command
	Size   int64        // in bytes, including the NUL; of an open frame, what has come of it
}

// A Gap is a run of bytes before, between or after frames.
type Gap struct {
	Offset int64        // in the stream, of its first byte
	Size   int64        // in bytes, more than 0
	Count  int64        // line endings in it, which are heart-beats
	Used   parser.Allow // leniencies that it needed
}

// DiffFrames returns nil if two frames have the same command, headers and body, and
// otherwise an error that says where they first differ. It does not distinguish nil
// from empty lists and bodies. The error shows header values.
func DiffFrames(a, b *frame.Frame) error {
	if a.Command != b.Command {
		return fmt.Errorf("command %q, other %q", string(a.Command), string(b.Command))
	}
	for i := range min(len(a.Headers), len(b.Headers)) {
		if a.Headers[i] != b.Headers[i] {
			return fmt.Errorf("header %d: %s, other %s", i, showField(a.Headers[i]), showField(b.Headers[i]))
		}
	}
	if n, m := len(a.Headers), len(b.Headers); n != m {
		return fmt.Errorf("%d headers, other %d", n, m)
	}
	if !bytes.Equal(a.Body, b.Body) {
		return fmt.Errorf("body %q, other %q", a.Body, b.Body)
	}
	return nil
}

func showField(f headers.Field) string { return fmt.Sprintf("%q:%q", f.Name, f.Value) }

// diffErrors returns nil if two errors of the parser differ in nothing but Detail,
// and otherwise an error that says how they differ.
func diffErrors(a, b *parser.Error) error {
	if a == nil && b == nil || a != nil && b != nil &&
		a.Kind == b.Kind && a.Offset == b.Offset && a.Frame == b.Frame && a.Limit == b.Limit &&
		a.Command == b.Command && a.Header == b.Header {
		return nil
	}
	return fmt.Errorf("error %s, other %s", showError(a), showError(b))
}

func showError(e *parser.Error) string {
	if e == nil {
		return "none"
	}
	return fmt.Sprintf("%s at %d (frame %d, limit %d, command %q, header %q)",
		e.Token(), e.Offset, e.Frame, e.Limit, string(e.Command), e.Header)
}
