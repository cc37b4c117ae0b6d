package fuzz

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// CheckRoundTrip returns an error if the encoder refuses a frame, or if the decoder
// does not return exactly that frame. Only content-length may differ: an encoder may
// add or drop it. Encoding the decoded frame must give the same bytes again.
//
// A codec that keeps headers in a map must write them in the order of their names,
// which [Encoding] does not. Call [HeadersAsMap] for f, and for each frame that decode
// returns. To test such a decoder alone, use [Comparison.Check] with encoded frames.
func CheckRoundTrip(encode Encoder, decode Decoder, f *frame.Frame) error {
	wire, err := encode(nil, f)
	if err != nil {
		return fmt.Errorf("%s: refused: %w", showFrame(f), err)
	}
	return checkWire(encode, decode, f, wire)
}

// CheckEncoder returns an error if an encoder writes anything but one frame that the
// decoder reads back equal (see [CheckRoundTrip]). It also returns an error if the
// encoder changes the frame or what is already in dst, or if it refuses the frame and
// does not return dst as it was.
func CheckEncoder(encode Encoder, decode Decoder, f *frame.Frame) error {
	const before = "\x00before"
	// dst has room for the whole frame, so that an encoder that loses dst is found.
	room := 4096 + len(f.Command) + len(f.Body)
	for _, h := range f.Headers {
		room += 2 * len(h.Name+h.Value+":\r\n")
	}
	dst := append(make([]byte, 0, room), before...)
	given := f.Clone()
	out, err := encode(dst, f)
	if e := DiffFrames(given, f); e != nil {
		return fmt.Errorf("%s: the encoder changed the frame: %w", showFrame(given), e)
	}
	if err != nil {
		if string(out) != before || cap(out) != cap(dst) || &out[0] != &dst[0] {
			return fmt.Errorf("%s: refused (%w), but dst became %q", showFrame(f), err, out)
		}
		return nil
	}
	wire, ok := bytes.CutPrefix(out, []byte(before))
	if !ok || string(dst) != before {
		return fmt.Errorf("%s: dst %q became %q", showFrame(f), before, out)
	}
	again, err := encode(nil, f)
	if err != nil || !bytes.Equal(again, wire) {
		return fmt.Errorf("%s: %q to a long dst, %q (error %v) to none", showFrame(f), wire, again, err)
	}
	return checkWire(encode, decode, f, wire)
}

// checkWire checks that wire is read as f, and that encoding what was read gives
// wire again.
func checkWire(encode Encoder, decode Decoder, f *frame.Frame, wire []byte) error {
	fail := func(format string, a ...any) error {
		return fmt.Errorf("%s on the wire is %q: %w", showFrame(f), wire, fmt.Errorf(format, a...))
	}
	// Two of them must be read as two: the bytes end where the frame ends.
	read, err := decode([][]byte{wire, wire})
	if err != nil {
		return fail("two of these frames in a row: %w", err)
	}
	if len(read) != 2 {
		return fail("two of these frames in a row read back as %d frames", len(read))
	}
	for _, back := range read {
		if err := DiffFrames(withoutLength(f), withoutLength(back)); err != nil {
			return fail("given against read back: %w", err)
		}
		again, err := encode(nil, back)
		if err != nil {
			return fail("read back and refused: %w", err)
		}
		if !bytes.Equal(again, wire) {
			return fail("read back and encoded again %q", again)
		}
	}
	return nil
}

// withoutLength returns a copy without content-length headers.
func withoutLength(f *frame.Frame) *frame.Frame {
	f = f.Clone()
	f.Headers = slices.DeleteFunc(f.Headers, func(h headers.Field) bool { return h.Name == headers.ContentLength })
	return f
}

func showFrame(f *frame.Frame) string {
	s := fmt.Sprintf("%q {", string(f.Command))
	for _, h := range f.Headers {
		s += " " + showField(h)
	}
	return s + fmt.Sprintf(" } %q", f.Body)
}
