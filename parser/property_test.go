package parser_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
)

// Any stream, however it is cut and whatever the options, is read as the oracle
// reads the whole of it.
func TestReadAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := unchanged(fuzz.Options().Draw(t, "options"))
		input := fuzz.Streams(s.Version).Draw(t, "input")
		if err := readAlike(fuzz.Cut(input, fuzz.Cuts(len(input)).Draw(t, "cuts")), s, s.oracle(input)); err != nil {
			t.Fatal(err)
		}
	})
}

// The same when version and limits change after the first frame.
func TestReadAlikeThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := settings{
			Options:    parser.Options{Limits: fuzz.Limits().Draw(t, "limits"), Allow: fuzz.Allows().Draw(t, "allow")},
			then:       fuzz.Versions().Draw(t, "version"),
			thenLimits: fuzz.Limits().Draw(t, "later limits"),
		}
		first := rapid.SampledFrom([]string{"CONNECT\n\n\x00", "CONNECTED\na:\\n\n\n\x00", "\nERROR\n\nbody\x00", ""}).Draw(t, "first frame")
		input := append([]byte(first), fuzz.Streams(s.then).Draw(t, "input")...)
		if err := readAlike(fuzz.Cut(input, fuzz.Cuts(len(input)).Draw(t, "cuts")), s, s.oracle(input)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLenient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := fuzz.Options().Draw(t, "options")
		if err := checkLenient(fuzz.Streams(o.Version).Draw(t, "input"), o, fuzz.Allows().Draw(t, "more")); err != nil {
			t.Fatal(err)
		}
	})
}

// A Parser that is Reset reads as a new one.
func TestResetForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rec := &recorder{p: new(parser.Parser), overwrite: true}
		for range 3 {
			s := unchanged(fuzz.Options().Draw(t, "options"))
			input := fuzz.Streams(s.Version).Draw(t, "input")
			rec.reset(s)
			if err := rec.readAs(fuzz.Cut(input, fuzz.Cuts(len(input)).Draw(t, "cuts")), s.oracle(input)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// setting makes options of numbers that a fuzzer chooses: any number is some
// options. Limits are small; 0 is the default.
func setting(version uint8, allow uint16, limits uint32) parser.Options {
	field := func(shift int) int {
		n := int(limits >> shift & 0xff)
		if n >= 0xfe {
			return n - 0x100 // Unlimited and None
		}
		return n
	}
	return parser.Options{
		Version: frame.Version(version % 4),
		Allow:   parser.Allow(allow) & parser.AllowAll,
		Limits:  parser.Limits{HeaderLine: field(0), Headers: field(8), Head: field(16), Body: int64(field(24))},
	}
}

// unsetting is the inverse of setting, for seeds.
func unsetting(o parser.Options) (version uint8, allow uint16, limits uint32) {
	field := func(n int) uint32 { return uint32(n) & 0xff }
	limits = field(o.Limits.HeaderLine) | field(o.Limits.Headers)<<8 | field(o.Limits.Head)<<16 | field(int(o.Limits.Body))<<24
	return uint8(o.Version), uint16(o.Allow), limits
}

// FuzzParser has any input cut anywhere, with any options, and other ones after
// the first frame.
func FuzzParser(f *testing.F) {
	add := func(input []byte, o parser.Options) {
		v, a, l := unsetting(o)
		f.Add(input, []byte{7, 0, 2}, v, a, l, v, l)
		f.Add([]byte("CONNECT\na:b\n\n\x00"+string(input)), []byte{14}, uint8(0), a, uint32(0), v, l)
	}
	for v := range vectors.All[vectors.Decode]() {
		if len(*v.Input) < 2000 {
			add([]byte(*v.Input), v.Options())
		}
	}
	for capture := range testdata.Captures() {
		if len(capture.Octets) < 1000 {
			add(capture.Octets, parser.Options{Version: frame.V12})
		}
	}
	f.Fuzz(func(t *testing.T, input, sizes []byte, version uint8, allow uint16, limits uint32, then uint8, thenLimits uint32) {
		later := setting(then, allow, thenLimits)
		s := settings{setting(version, allow, limits), later.Version, later.Limits}
		want := s.oracle(input)
		for _, chunks := range [][][]byte{fuzz.CutBy(input, sizes), {input}} {
			if err := readAlike(chunks, s, want); err != nil {
				t.Error(err)
			}
		}
		if err := checkLenient(bytes.Clone(input), parser.Options{Version: s.Version, Limits: s.Limits}, s.Allow); err != nil {
			t.Error(err)
		}
	})
}
