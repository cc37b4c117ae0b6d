package fuzz

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// Decoders with the mistakes that decoders make.
func TestDecoderNotices(t *testing.T) {
	o := parser.Options{Version: frame.V12}
	each := func(change func(f *frame.Frame)) Decoder {
		return func(chunks [][]byte) ([]*frame.Frame, error) {
			frames, err := AssemblerDecoder(o)(chunks)
			for _, f := range frames {
				change(f)
			}
			return frames, err
		}
	}
	for _, row := range []struct {
		name   string
		decode Decoder
		input  string
	}{
		{"trims values", each(func(f *frame.Frame) {
			for i := range f.Headers {
				f.Headers[i].Value = strings.TrimSpace(f.Headers[i].Value)
			}
		}), "SEND\na: b\n\n\x00"},
		{"last header wins", each(func(f *frame.Frame) {
			if n := len(f.Headers); n > 1 {
				f.Headers = f.Headers[n-1:]
			}
		}), "SEND\na:1\na:2\n\n\x00"},
		{"no body", each(func(f *frame.Frame) { f.Body = nil }), "SEND\n\nx\x00"},
		{"another command", each(func(f *frame.Frame) { f.Command = frame.Command(strings.ToLower(string(f.Command))) }), "SEND\n\nx\x00"},
		{"no errors", func(chunks [][]byte) ([]*frame.Frame, error) {
			frames, _ := AssemblerDecoder(o)(chunks)
			return frames, nil
		}, "SEND\na\n"},
		{"another error", AssemblerDecoder(parser.Options{}), "SEND\n\n\x00"},
		{"one frame too few", func(chunks [][]byte) ([]*frame.Frame, error) {
			frames, err := AssemblerDecoder(o)(chunks)
			return frames[:max(len(frames)-1, 0)], err
		}, "ACK\n\n\x00ACK\n\n\x00"},
	} {
		if err := CheckOracle(row.decode, [][]byte{[]byte(row.input)}, o); err == nil {
			t.Errorf("%s: not noticed", row.name)
		}
	}

	forgetful := func(chunks [][]byte) (all []*frame.Frame, err error) {
		for _, c := range chunks {
			frames, err := AssemblerDecoder(o)([][]byte{c})
			all = append(all, frames...)
			if err != nil {
				return all, err
			}
		}
		return all, nil
	}
	if err := CheckChunking(forgetful, [][]byte{[]byte("ACK\n\n"), {0}}); err == nil {
		t.Error("a decoder that forgets at the end of a chunk: not noticed")
	}
	onlyOne := func(chunks [][]byte) ([]*frame.Frame, error) {
		frames, err := AssemblerDecoder(o)(chunks)
		return frames[:min(len(frames), 1)], err
	}
	if err := CheckConcatenation(onlyOne, []byte("ACK\n\n\x00"), []byte("ACK\n\n\x00")); err == nil {
		t.Error("a decoder that stops after a frame: not noticed")
	}
}

// Encoders with the mistakes that encoders make.
func TestEncoderNotices(t *testing.T) {
	good, decode := Encoding(frame.V12, encoder.Options{}), AssemblerDecoder(parser.Options{Version: frame.V12})
	plain := func(dst []byte, f *frame.Frame) ([]byte, error) { return append(dst, plainFrame(f)...), nil }
	send := func(body string, nameValue ...string) *frame.Frame {
		return &frame.Frame{Command: frame.SEND, Headers: headers.Pairs(nameValue...), Body: []byte(body)}
	}
	flip := false
	for _, row := range []struct {
		name   string
		encode Encoder
		f      *frame.Frame
	}{
		{"does not escape", plain, send("", "a", "b\nc:d")},
		{"is fooled by a CR", plain, send("", "a", "b\r")},
		{"injects a frame", plain, send("", "a", "b\n\n\x00ACK")},
		{"changes the frame", func(dst []byte, f *frame.Frame) ([]byte, error) {
			f.Headers.Set("b", "c")
			return good(dst, f)
		}, send("")},
		{"overwrites dst", func(dst []byte, f *frame.Frame) ([]byte, error) { return good(dst[:0], f) }, send("")},
		{"writes over what is there", func(dst []byte, f *frame.Frame) ([]byte, error) {
			if len(dst) > 0 {
				dst[0] = 'x'
			}
			return good(dst, f)
		}, send("")},
		{"returns half a frame with an error", func(dst []byte, f *frame.Frame) ([]byte, error) {
			return append(dst, "SEND\n"...), errors.New("refused")
		}, send("")},
		{"returns another dst with an error", func(dst []byte, f *frame.Frame) ([]byte, error) {
			return bytes.Clone(dst), errors.New("refused")
		}, send("")},
		{"refuses in turn", func(dst []byte, f *frame.Frame) ([]byte, error) {
			if flip = !flip; flip {
				return good(dst, f)
			}
			return dst, errors.New("refused")
		}, send("")},
		{"leaves the NUL out", func(dst []byte, f *frame.Frame) ([]byte, error) {
			dst, err := good(dst, f)
			return dst[:len(dst)-1], err
		}, send("x")},
		{"writes two frames", func(dst []byte, f *frame.Frame) ([]byte, error) {
			dst, _ = good(dst, f)
			return good(dst, f)
		}, send("x")},
		{"loses the body", func(dst []byte, f *frame.Frame) ([]byte, error) {
			g := f.Clone()
			g.Body = nil
			return good(dst, g)
		}, send("x")},
		{"has no canonical form", func(dst []byte, f *frame.Frame) ([]byte, error) {
			g := f.Clone()
			if len(g.Body) > 0 && !strings.HasPrefix(fmt.Sprint(g.Headers), "{content-length") {
				g.Headers.Prepend(headers.ContentLength, fmt.Sprint(len(g.Body)))
			} else {
				g.Headers.Delete(headers.ContentLength)
			}
			return good(dst, g)
		}, send("x", "a", "b")},
	} {
		if err := CheckEncoder(row.encode, decode, row.f.Clone()); err == nil {
			t.Errorf("%s: not noticed", row.name)
		}
		if err := CheckRoundTrip(row.encode, decode, row.f.Clone()); err == nil && !strings.Contains("changes the frame overwrites dst writes over what is there refuses in turn", row.name) {
			t.Errorf("%s: not noticed by CheckRoundTrip", row.name)
		}
	}
	refuses := func(dst []byte, f *frame.Frame) ([]byte, error) { return dst, errors.New("refused") }
	if err := CheckRoundTrip(refuses, decode, send("")); err == nil {
		t.Error("a refusal: not noticed")
	}
	if err := CheckEncoder(refuses, decode, send("")); err != nil {
		t.Errorf("a refusal: %v", err)
	}
}
