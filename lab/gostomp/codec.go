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
	"github.com/stompwire/stomp/parser"
)

// A Reader reads frames from an io.Reader.
type Reader struct {
	r     *parser.Reader
	beats int // came, and are not yet returned
}

// NewReader returns a reader.
func NewReader(r io.Reader) *Reader { return NewReaderSize(r, 4096) }

// NewReaderSize is NewReader with a buffer of size bytes.
func NewReaderSize(r io.Reader, size int) *Reader {
	o := parser.Options{Version: stomp.V12, Allow: parser.AllowUndefinedEscapes}
	return &Reader{r: parser.NewReaderSize(r, size, o)}
}

// Read returns the next frame, or nil for a heart-beat.
func (r *Reader) Read() (*gostomp.Frame, error) {
	if r.beats > 0 {
		r.beats--
		return nil, nil
	}
	ours, beats, err := r.r.Poll()
	if err != nil {
		return nil, theirs(err)
	}
	if ours == nil {
		r.beats = beats - 1
		return nil, nil
	}
	f := gostomp.New(string(ours.Command))
	for _, h := range ours.Headers {
		f.Header.Add(h.Name, h.Value)
	}
	f.Body = ours.Body
	if v, ok := ours.AgreedVersion(); ok && ours.Command == stomp.CONNECTED {
		r.r.SetVersion(v)
	}
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
type Writer struct{ w *encoder.Writer }

// NewWriter returns a writer. Each frame is one call of w's Write.
func NewWriter(w io.Writer) *Writer {
	return &Writer{encoder.NewWriter(w, stomp.V12, encoder.Options{Length: encoder.LengthAsGiven})}
}

// NewWriterSize is NewWriter: frames go out whole.
func NewWriterSize(w io.Writer, _ int) *Writer { return NewWriter(w) }

// Write writes a frame, or a heart-beat for nil. A frame that would not read
// back as itself is an error, and nothing is written.
func (w *Writer) Write(f *gostomp.Frame) error {
	if f == nil {
		return w.w.WriteHeartBeat()
	}
	ours := stomp.Frame{Command: stomp.Command(f.Command), Body: f.Body}
	if f.Header != nil {
		for i := 0; i < f.Header.Len(); i++ { // go-stomp is written in the language of Go 1.15
			name, value := f.Header.GetAt(i)
			ours.Headers.Add(name, value)
		}
	}
	return w.w.WriteFrame(&ours)
}
