package vectors

import (
	"errors"
	"fmt"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Encode is a vector of encode.jsonl: a frame and what is written for it.
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

// EncodeOptions say how to write.
type EncodeOptions struct {
	Length         string // "" or "never"
	CRLF           bool
	UnknownCommand bool `json:"unknown_command"`
}

// An EncodeError is why a frame cannot be sent.
type EncodeError struct {
	Kind   string
	Header *int // index of the header at fault
}

// NewFrame returns the frame.
func (v *Encode) NewFrame() *frame.Frame {
	return newFrame(*v.Command, v.Headers, v.Body)
}

// NewFrame returns the frame without its place.
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

// EncoderOptions returns version and options to write the frame with.
func (v *Encode) EncoderOptions() (version frame.Version, o encoder.Options) {
	version, o, err := v.encoderOptions()
	if err != nil {
		panic(err) // not a vector of All
	}
	return version, o
}

func (v *Encode) encoderOptions() (version frame.Version, o encoder.Options, err error) {
	if v.Version == "unknown" {
		version = frame.V12 + 1
	} else if version, err = parseVersion(v.Version); err != nil {
		return 0, o, err
	}
	o = encoder.Options{CRLF: v.Options.CRLF, UnknownCommand: v.Options.UnknownCommand}
	switch v.Options.Length {
	case "never":
		o.Length = encoder.LengthNever
	case "as-given":
		o.Length = encoder.LengthAsGiven
	case "":
	default:
		return 0, o, fmt.Errorf("no length %q", v.Options.Length)
	}
	return version, o, nil
}

// encodeErrorKind returns the kind of a token.
func encodeErrorKind(token string) (encoder.ErrorKind, bool) {
	for k := encoder.UnknownVersion; k <= encoder.NoFrame; k++ {
		if k.Token() == token {
			return k, true
		}
	}
	return 0, false
}

func (v *Encode) check() error {
	if err := v.Vector.check(); err != nil {
		return err
	}
	if _, _, err := v.encoderOptions(); err != nil {
		return err
	}
	if v.Command == nil || v.Headers == nil {
		return errors.New("no command, or no headers")
	}
	if (v.Wire == "") == (v.Error == nil) {
		return errors.New("not one of wire and error")
	}
	if v.Error != nil {
		if _, ok := encodeErrorKind(v.Error.Kind); !ok {
			return fmt.Errorf("no kind of error %q", v.Error.Kind)
		}
		if i := v.Error.Header; i != nil && (*i < 0 || *i >= len(v.Headers)) {
			return fmt.Errorf("no header %d", *i)
		}
	}
	return nil
}
