package fuzz

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"pgregory.net/rapid"
)

// check runs a property that returns an error.
func check(t *testing.T, property func(t *rapid.T) error) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		if err := property(t); err != nil {
			t.Fatal(err)
		}
	})
}

// A drawn stream, cut, and options to read it by.
func drawStream(t *rapid.T) (chunks [][]byte, o parser.Options) {
	o = Options().Draw(t, "options")
	input := Streams(o.Version).Draw(t, "input")
	return Cut(input, Cuts(len(input)).Draw(t, "cuts")), o
}

// The ways in which this module decodes.
var decoders = []struct {
	name    string
	decoder func(parser.Options) Decoder
}{
	{"Assembler", AssemblerDecoder},
	{"Reader", ReaderDecoder},
}

func TestDecoders(t *testing.T) {
	for _, d := range decoders {
		t.Run(d.name+" chunking", func(t *testing.T) {
			check(t, func(t *rapid.T) error {
				chunks, o := drawStream(t)
				return CheckChunking(d.decoder(o), chunks)
			})
		})
		t.Run(d.name+" oracle", func(t *testing.T) {
			check(t, func(t *rapid.T) error {
				chunks, o := drawStream(t)
				return CheckOracle(d.decoder(o), chunks, o)
			})
		})
		t.Run(d.name+" concatenation", func(t *testing.T) {
			check(t, func(t *rapid.T) error {
				o := Options().Draw(t, "options")
				return CheckConcatenation(d.decoder(o), Streams(o.Version).Draw(t, "a"), Streams(o.Version).Draw(t, "b"))
			})
		})
	}
}

// encoderOptions generates all of them.
func encoderOptions() *rapid.Generator[encoder.Options] {
	return rapid.Custom(func(t *rapid.T) encoder.Options {
		return encoder.Options{
			Length:         rapid.SampledFrom([]encoder.Length{encoder.LengthAuto, encoder.LengthNever, encoder.LengthAsGiven}).Draw(t, "length"),
			CRLF:           rapid.Bool().Draw(t, "CR LF"),
			UnknownCommand: rapid.Bool().Draw(t, "unknown command"),
		}
	})
}

// reader returns a decoder for what an encoder writes with the options.
func reader(v frame.Version, o encoder.Options) Decoder {
	po := parser.Options{Version: v}
	if o.UnknownCommand {
		po.Allow = parser.AllowUnknownCommand
	}
	return AssemblerDecoder(po)
}

func TestRoundTrip(t *testing.T) {
	check(t, func(t *rapid.T) error {
		v := Versions().Draw(t, "version")
		o := encoderOptions().Draw(t, "options")
		f := Frames(v).Draw(t, "frame")
		if _, given := f.Headers.Get(headers.ContentLength); o.Length == encoder.LengthNever || o.Length == encoder.LengthAsGiven && !given {
			f.Body = []byte(strings.ReplaceAll(string(f.Body), "\x00", ""))
			f.Headers.Delete(headers.ContentLength)
		}
		return CheckRoundTrip(Encoding(v, o), reader(v, o), f)
	})
}

func TestEncoder(t *testing.T) {
	check(t, func(t *rapid.T) error {
		v := Versions().Draw(t, "version")
		o := encoderOptions().Draw(t, "options")
		f := HostileFrames().Draw(t, "frame")
		return CheckEncoder(Encoding(v, o), reader(v, o), f)
	})
}

func TestAccepted(t *testing.T) {
	check(t, func(t *rapid.T) error {
		v := Versions().Draw(t, "version")
		return checkAccepted(Streams(v).Draw(t, "input"), v)
	})
}
