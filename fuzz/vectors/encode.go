package vectors

import (
	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Encode is a vector of encode.jsonl: a frame, and the bytes or the error of an
// encoder.
type Encode struct {
	Vector
	Version string // "unknown" too
	Options EncodeOptions
	Command *Bytes
	Headers [][2]Bytes
	Body    Bytes

	Wire  Bytes
	Error *EncodeError
}

// EncodeOptions say how to write the frame.
type EncodeOptions struct {
	Length         string // "", "never" or "as-given"
	CRLF           bool
	UnknownCommand bool `json:"unknown_command"`
}

// An EncodeError is why a frame cannot be sent.
type EncodeError struct {
	Kind   string
	Header *int // index of the header at fault
}

// NewFrame returns the frame as a [frame.Frame].
func (v *Encode) NewFrame() *frame.Frame {
	return newFrame(*v.Command, v.Headers, v.Body)
}

// NewFrame returns the frame as a [frame.Frame].
func (f *Frame) NewFrame() *frame.Frame { return newFrame(f.Command, f.Headers, f.Body) }

func newFrame(command Bytes, list [][2]Bytes, body Bytes) *frame.Frame {
	f := &frame.Frame{Command: frame.Command(command)}
	for _, h := range list {
		f.Headers = append(f.Headers, headers.Field{Name: string(h[0]), Value: string(h[1])})
	}
	if body != "" {
		f.Body = []byte(body)
	}
	return f
}

// EncoderOptions returns the version and the options for the encoder.
func (v *Encode) EncoderOptions() (version frame.Version, o encoder.Options) {
	version = frame.V12 + 1
	if v.Version != "unknown" {
		version = parseVersion(v.Version)
	}
	o = encoder.Options{CRLF: v.Options.CRLF, UnknownCommand: v.Options.UnknownCommand}
	switch v.Options.Length {
	case "never":
		o.Length = encoder.LengthNever
	case "as-given":
		o.Length = encoder.LengthAsGiven
	}
	return version, o
}
