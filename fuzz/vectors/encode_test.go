package vectors

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// borrowed returns the frame as a view.
func borrowed(f *frame.Frame) frame.View {
	v := frame.View{Head: frame.Head{Command: f.Command}, Body: f.Body}
	for _, h := range f.Headers {
		v.Headers = append(v.Headers, headers.FieldView{Name: []byte(h.Name), Value: []byte(h.Value)})
	}
	return v
}

// encode writes a frame in every way, and checks that they agree: the bytes
// or the error, of which one is nil.
func encode(t *testing.T, f *frame.Frame, v frame.Version, o encoder.Options) ([]byte, *encoder.Error) {
	t.Helper()
	const before = "before"
	var written bytes.Buffer
	w := encoder.NewWriter(&written, v, o)
	write := func(err error) ([]byte, error) {
		out := append([]byte(before), written.Bytes()...)
		written.Reset()
		return out, err
	}
	build := func() ([]byte, error) {
		b := encoder.Begin([]byte(before), f.Command, v, o)
		for i, h := range f.Headers {
			if i%2 == 0 {
				b.Header(h.Name, h.Value)
			} else {
				b.HeaderBytes([]byte(h.Name), []byte(h.Value))
			}
		}
		return b.End(f.Body)
	}
	out, err := encoder.AppendFrame([]byte(before), f, v, o)
	for _, way := range []struct {
		name string
		do   func() ([]byte, error)
	}{
		{"AppendView", func() ([]byte, error) { return encoder.AppendView([]byte(before), borrowed(f), v, o) }},
		{"Builder", build},
		{"WriteFrame", func() ([]byte, error) { return write(w.WriteFrame(f)) }},
		{"WriteView", func() ([]byte, error) { return write(w.WriteView(borrowed(f))) }},
		{"Size", func() ([]byte, error) {
			n, err := encoder.Size(f, v, o)
			if want := len(out) - len(before); n != want {
				t.Errorf("Size is %d, want %d", n, want)
			}
			return out, err
		}},
	} {
		got, gotErr := way.do()
		if !bytes.Equal(got, out) || fmt.Sprint(gotErr) != fmt.Sprint(err) {
			t.Errorf("%s: %.200q, %v; AppendFrame: %.200q, %v", way.name, got, gotErr, out, err)
		}
	}
	if err == nil {
		return out[len(before):], nil
	}
	var e *encoder.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is a %T: %v", err, err)
	}
	if string(out) != before {
		t.Errorf("%v, and yet %q is written", err, out)
	}
	return nil, e
}

// readBack reads bytes that were written in version v with a strict parser.
// There must be one frame and nothing else.
func readBack(t *testing.T, out []byte, v frame.Version, allow parser.Allow) *frame.Frame {
	t.Helper()
	o := parser.Options{Version: v, Allow: allow}
	o.Limits = parser.Limits{HeaderLine: parser.Unlimited, Headers: parser.Unlimited, Head: parser.Unlimited, Body: parser.Unlimited}
	a := parser.NewAssembler(o)
	view, n, ok, err := a.Next(out)
	if err != nil || !ok || n != len(out) {
		t.Fatalf("%.200q is read back as %d bytes, %v, %v", out, n, ok, err)
	}
	return view.Clone()
}

// readSame compares frames but for a content-length that one of them lacks.
func readSame(t *testing.T, want, got *frame.Frame) {
	t.Helper()
	if !bytes.Equal(want.Body, got.Body) {
		t.Errorf("body of %d bytes is read back as another of %d", len(want.Body), len(got.Body))
	}
	want = &frame.Frame{Command: want.Command, Headers: slices.Clone(want.Headers)}
	got = &frame.Frame{Command: got.Command, Headers: slices.Clone(got.Headers)}
	if got.Headers.Delete(headers.ContentLength) > 1 {
		t.Error("more than one content-length")
	}
	want.Headers.Delete(headers.ContentLength)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("read back otherwise (-want +got):\n%s", diff)
	}
}

func TestEncode(t *testing.T) {
	for v := range All[Encode]() {
		t.Run(v.ID, func(t *testing.T) {
			version, o := v.EncoderOptions()
			f := v.NewFrame()
			out, refusal := encode(t, f, version, o)
			if v.Error != nil {
				index := -1
				if v.Error.Header != nil {
					index = *v.Error.Header
				}
				if refusal == nil || refusal.Token() != v.Error.Kind || refusal.Index != index {
					t.Fatalf("%s: %.200q, %v, want %s in header %d", v.Title, out, refusal, v.Error.Kind, index)
				}
				return
			}
			if string(out) != string(v.Wire) {
				t.Fatalf("%s: %.200q, %v, want %.200q", v.Title, out, refusal, v.Wire)
			}
			var allow parser.Allow
			if o.UnknownCommand {
				allow = parser.AllowUnknownCommand
			}
			got := readBack(t, out, version, allow)
			readSame(t, f, got)
			if f.Command.Handshake() && f.Command != frame.ERROR {
				// The peer knows no version when it reads it.
				readSame(t, f, readBack(t, out, frame.Unnegotiated, 0))
			}
		})
	}
}

// The frames of the decode vectors, strict ones, are written and read back:
// the same frames, and what is written for them then is the same again.
func TestThereAndBack(t *testing.T) {
	for v := range All[Decode]() {
		version := v.Options().Version
		for i := range v.Frames {
			for k := range v.After {
				if c, ok := v.After[k].NewVersion(); ok && v.After[k].Frames == i {
					version = c
				}
			}
			f, refused := v.Frames[i].NewFrame(), v.Frames[i].Refused
			if v.Frames[i].Used != nil {
				if refused != "" {
					t.Errorf("%s: frame %d is lenient and says what an encoder says", v.ID, i)
				}
				continue
			}
			out, refusal := encode(t, f, version, encoder.Options{})
			if refused != "" || refusal != nil {
				if refusal == nil || refusal.Token() != refused {
					t.Errorf("%s: frame %d is written as %.200q, %v, want %q", v.ID, i, out, refusal, refused)
				}
				continue
			}
			back := readBack(t, out, version, 0)
			readSame(t, f, back)
			if again, refusal := encode(t, back, version, encoder.Options{}); !bytes.Equal(again, out) {
				t.Errorf("%s: frame %d is written as %.200q, then as %.200q, %v", v.ID, i, out, again, refusal)
			}
		}
	}
}
