// Package gostomp is the frame reader and writer of go-stomp v3.1.5 on top of
// packages parser and encoder. It shows what moving a program from another
// codec takes; its test runs go-stomp's own tests of package frame through it.
package gostomp

import (
	"errors"
	"io"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/encoder"
	stomp "github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A Reader reads frames from an io.Reader.
type Reader struct {
	r *parser.Reader
	// What ReadFrame returned, and how many heart-beats came before it.
	frame *stomp.Frame
	err   error
	beats int64
}

// NewReader returns a reader.
func NewReader(r io.Reader) *Reader {
	return &Reader{r: parser.NewReader(r, parser.Options{Version: stomp.V12, Allow: parser.AllowUndefinedEscapes})}
}

// NewReaderSize is NewReader: the size of the buffer of a parser.Reader is
// fixed.
func NewReaderSize(r io.Reader, _ int) *Reader { return NewReader(r) }

// Read returns the next frame, or nil for a heart-beat. A heart-beat is
// returned late, when the frame after it has come: a parser.Reader counts
// heart-beats, but does not return when one comes.
func (r *Reader) Read() (*gostomp.Frame, error) {
	if r.frame == nil && r.err == nil {
		before := r.r.Heartbeats()
		r.frame, r.err = r.r.ReadFrame()
		r.beats = r.r.Heartbeats() - before
	}
	if r.beats > 0 {
		r.beats--
		return nil, nil
	}
	if r.err != nil {
		return nil, theirs(r.err) // an error of a parser.Reader is final
	}
	f := gostomp.New(string(r.frame.Command))
	for _, h := range r.frame.Headers {
		f.Header.Add(h.Name, h.Value)
	}
	f.Body = r.frame.Body
	if v, ok := r.frame.AgreedVersion(); ok && r.frame.Command == stomp.CONNECTED {
		r.r.SetVersion(v)
	}
	r.frame = nil
	return f, nil
}

// theirs returns the error of go-stomp that stands for one of the parser.
func theirs(err error) error {
	switch {
	case errors.Is(err, parser.UnknownCommand):
		return gostomp.ErrInvalidCommand
	case errors.Is(err, io.ErrUnexpectedEOF):
		return io.EOF
	case errors.As(err, new(*parser.Error)):
		return gostomp.ErrInvalidFrameFormat
	}
	return err
}

// A Writer writes frames to an io.Writer.
type Writer struct {
	// go-stomp writes a content-length where the headers have one, and adds
	// none. An encoder.Writer always writes one or never does.
	counted, uncounted *encoder.Writer
}

// NewWriter returns a writer. Each frame is one call of w's Write.
func NewWriter(w io.Writer) *Writer {
	return &Writer{
		counted:   encoder.NewWriter(w, stomp.V12, encoder.Options{}),
		uncounted: encoder.NewWriter(w, stomp.V12, encoder.Options{Length: encoder.LengthNever}),
	}
}

// NewWriterSize is NewWriter: frames go out whole.
func NewWriterSize(w io.Writer, _ int) *Writer { return NewWriter(w) }

// Write writes a frame, or a heart-beat for nil. A frame that would not read
// back as itself is an error, and nothing is written.
func (w *Writer) Write(f *gostomp.Frame) error {
	if f == nil {
		return w.counted.WriteHeartbeat()
	}
	ours := stomp.Frame{Command: stomp.Command(f.Command), Body: f.Body}
	if f.Header != nil {
		for i := 0; i < f.Header.Len(); i++ { // go-stomp is written in the language of Go 1.15
			name, value := f.Header.GetAt(i)
			ours.Headers.Add(name, value)
		}
	}
	if _, ok := ours.Headers.Get(headers.ContentLength); ok {
		return w.counted.WriteFrame(&ours)
	}
	return w.uncounted.WriteFrame(&ours)
}
