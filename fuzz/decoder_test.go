package fuzz

import (
	"testing"

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
