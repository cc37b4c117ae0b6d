package encoder_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// encodeAlike writes a frame in every way, which must agree.
func encodeAlike(t *testing.T, f *frame.Frame, v frame.Version, o encoder.Options) ([]byte, error) {
	t.Helper()
	const before = "before"
	var written bytes.Buffer
	w := encoder.NewWriter(&written, v, o)
	out, want := encoder.AppendFrame([]byte(before), f, v, o)
	for name, way := range map[string]func() ([]byte, error){
		"AppendView": func() ([]byte, error) { return encoder.AppendView([]byte(before), f.View(), v, o) },
		"AppendHead": func() ([]byte, error) {
			_, counted := f.Headers.Get(headers.ContentLength)
			if want != nil || o.Length == encoder.LengthAuto && !counted && len(f.Body) > 0 {
				return out, want // it does not know the body
			}
			got, err := encoder.AppendHead([]byte(before), f.View().Head, v, o)
			return append(append(got, f.Body...), 0), err
		},
		"Builder": func() ([]byte, error) {
			b := encoder.Begin([]byte(before), f.Command, v, o)
			for i, h := range f.Headers {
				if i%2 == 0 {
					b.Header(h.Name, h.Value)
				} else {
					b.HeaderBytes([]byte(h.Name), []byte(h.Value))
				}
			}
			return b.End(f.Body)
		},
		"WriteFrame": func() ([]byte, error) {
			written.Reset()
			err := w.WriteFrame(f)
			return append([]byte(before), written.Bytes()...), err
		},
		"WriteView": func() ([]byte, error) {
			written.Reset()
			err := w.WriteView(f.View())
			return append([]byte(before), written.Bytes()...), err
		},
		"Size": func() ([]byte, error) {
			n, err := encoder.Size(f, v, o)
			if n != len(out)-len(before) {
				t.Errorf("Size is %d, want %d", n, len(out)-len(before))
			}
			return out, err
		},
	} {
		got, err := way()
		if !bytes.Equal(got, out) || (err == nil) != (want == nil) || err != nil && err.Error() != want.Error() {
			t.Errorf("%s: %.200q, %v; AppendFrame: %.200q, %v", name, got, err, out, want)
		}
	}
	if want != nil && string(out) != before {
		t.Errorf("%v, and yet %.200q is written", want, out)
	}
	return out[len(before):], want
}

// decoding reads what is written with a strict parser without limits.
func decoding(v frame.Version, o encoder.Options) fuzz.Decoder {
	p := parser.Options{Version: v}
	p.Limits = parser.Limits{HeaderLine: parser.Unlimited, Headers: parser.Unlimited, Head: parser.Unlimited, Body: parser.Unlimited}
	if o.UnknownCommand {
		p.Allow = parser.AllowUnknownCommand
	}
	return fuzz.AssemblerDecoder(p)
}

// Each vector is written as it says, in every way, and read back.
func TestVectors(t *testing.T) {
	for v := range vectors.All[vectors.Encode]() {
		t.Run(v.ID, func(t *testing.T) {
			version, o := v.EncoderOptions()
			f := v.NewFrame()
			out, err := encodeAlike(t, f, version, o)
			if e := v.Check(out, err); e != nil {
				t.Fatalf("%s: %v", v.Title, e)
			}
			if err != nil {
				return
			}
			readers := []frame.Version{version}
			if f.Command.Handshake() && f.Command != frame.ERROR {
				readers = append(readers, frame.Unnegotiated) // the peer knows no version
			}
			for _, reader := range readers {
				if err := fuzz.CheckRoundTrip(fuzz.Encoding(version, o), decoding(reader, o), f); err != nil {
					t.Errorf("%s: %v", v.Title, err)
				}
			}
		})
	}
}

// The frames of the decode vectors that need no leniency are written and read
// back, or refused as the vector says.
func TestFramesOfDecodeVectors(t *testing.T) {
	for v := range vectors.All[vectors.Decode]() {
		version := v.Options().Version
		for i := range v.Frames {
			for k := range v.After {
				if to, ok := v.After[k].NewVersion(); ok && v.After[k].Frames == i {
					version = to
				}
			}
			f := v.Frames[i].NewFrame()
			if v.Frames[i].Used != nil {
				continue
			}
			out, err := encodeAlike(t, f, version, encoder.Options{})
			if refused := v.Frames[i].Refused; refused != "" || err != nil {
				var e *encoder.Error
				if !errors.As(err, &e) || e.Token() != refused {
					t.Errorf("%s: frame %d is written as %.200q, %v, want %q", v.ID, i, out, err, refused)
				}
				continue
			}
			if err := fuzz.CheckRoundTrip(fuzz.Encoding(version, encoder.Options{}), decoding(version, encoder.Options{}), f); err != nil {
				t.Errorf("%s: frame %d: %v", v.ID, i, err)
			}
		}
	}
}
