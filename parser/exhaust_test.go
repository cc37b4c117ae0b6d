package parser_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/parser"
)

var exhaust = flag.Int("exhaust", 0, "bytes behind each prefix in TestExhaustion; 0: 5, or 3 with -short")

// The bytes that decoders treat each in its own way. The letter stands for
// that of the state, chosen so that it can go on with what the prefix began.
const (
	classes = "\x00\n\r:\\cnr?2\xe9"
	letter  = "?"
)

// A prefix takes a reader into a state.
var prefixes = []struct {
	name   string
	prefix string
	letter string
}{
	{"start", "", "x"},
	{"in a command", "AC", "K"},
	{"after a command", "SEND", "x"},
	{"at the first header", "SEND\n", "x"},
	{"in a name", "SEND\na", "x"},
	{"in a value", "SEND\na:", "x"},
	{"at the second header", "ACK\na:b\n", "x"},
	{"in a content-length", "SEND\ncontent-length:", "x"},
	{"before a sign", "SEND\ncontent-length:", "+"},
	{"before a blank", "SEND\ncontent-length:1", " "},
	{"in a second content-length", "SEND\ncontent-length:2\ncontent-length:", "0"},
	{"in a scanned body", "SEND\n\n", "x"},
	{"in a counted body", "SEND\ncontent-length:2\n\n", "x"},
	{"in a counted body of ACK", "ACK\ncontent-length:2\n\n", "x"},
	{"after a counted body", "SEND\ncontent-length:1\n\nx", "x"},
	{"after NUL", "SEND\n\n\x00", "x"},
	{"in a CONNECT header", "CONNECT\na:", "x"},
	{"in a CONNECTED header", "CONNECTED\na:", "x"},
	{"in an ERROR header", "ERROR\na:", "x"},
	{"in a value, before a block ends", "SEND\na:" + strings.Repeat("x", blockSize-9), "x"},
	{"at a header, before a block ends", "SEND\na:" + strings.Repeat("x", blockSize-10) + "\n", "x"},
}

// tinyLimits returns limits that a few bytes behind the prefix cross, where
// its state allows: the first has all of them, the others one each.
func tinyLimits(prefix string) []parser.Limits {
	_, lastLine, _ := strings.Cut(prefix, "\n")
	lastLine = lastLine[strings.LastIndexByte(lastLine, '\n')+1:]
	line, head, count := max(len(lastLine), 4)+2, len(prefix)+3, max(strings.Count(prefix, "\n"), 1)
	if i := strings.Index(prefix, "\n\n"); i >= 0 { // the head is over
		line, head, count = 20, i+2, 1
	}
	return []parser.Limits{
		{HeaderLine: line, Headers: count, Head: head, Body: 2},
		{HeaderLine: line},
		{Headers: count},
		{Headers: parser.None},
		{Head: head},
		{Head: max(head-2, 1)},
		{Body: 2},
		{Body: parser.None},
	}
}

var versions = []frame.Version{frame.Unnegotiated, frame.V10, frame.V11, frame.V12}

// TestExhaustion reads all strings up to a length over the classes, behind
// each prefix: the parser whole and byte by byte and the oracle must agree
// in everything. The longer the strings the fewer the options.
func TestExhaustion(t *testing.T) {
	n := *exhaust
	switch {
	case n != 0:
	case testing.Short():
		n = 3
	default:
		n = 5
	}
	x := newExhaustion()
	for _, p := range prefixes {
		t.Run(p.name, func(t *testing.T) {
			x.classes = strings.Replace(classes, letter, p.letter, 1)
			run := func(n int, o parser.Options) {
				if err := x.run(p.prefix, max(n, 1), unchanged(o)); err != nil {
					t.Errorf("%v, allow %q, limits %+v: %v", o.Version, o.Allow, o.Limits, err)
				}
			}
			tiny := tinyLimits(p.prefix)
			for _, l := range append(tiny, parser.Limits{}) {
				for _, v := range versions {
					for a := parser.Allow(1); a < parser.AllowAll; a <<= 1 {
						run(n-3, parser.Options{Version: v, Limits: l, Allow: a})
					}
					run(n-3, parser.Options{Version: v, Limits: l, Allow: parser.AllowAll})
					run(n-3, parser.Options{Version: v, Limits: l})
				}
			}
			for _, l := range []parser.Limits{tiny[0], {}} {
				for _, v := range versions {
					run(n-1, parser.Options{Version: v, Limits: l})
					run(n-1, parser.Options{Version: v, Limits: l, Allow: parser.AllowAll})
				}
				run(n, parser.Options{Version: frame.V12, Limits: l})
			}
		})
	}
	if n >= 5 {
		x.sawEverything(t)
	}
	t.Logf("%d inputs", x.inputs)
}

// TestExhaustionThen is TestExhaustion for a reader that calls SetVersion and
// SetLimits after the first frame.
func TestExhaustionThen(t *testing.T) {
	n := max(*exhaust-2, 3)
	if testing.Short() {
		n = 1
	}
	x := newExhaustion()
	for _, p := range prefixes {
		x.classes = strings.Replace(classes, letter, p.letter, 1)
		tiny := tinyLimits(p.prefix)
		for _, v := range versions {
			for _, a := range []parser.Allow{0, parser.AllowAll} {
				s := settings{parser.Options{Limits: parser.Limits{Headers: parser.None}, Allow: a}, v, tiny[0]}
				if err := x.run("CONNECT\n\n\x00"+p.prefix, n, s); err != nil {
					t.Errorf("%s, then %v, allow %q: %v", p.name, v, a, err)
				}
			}
		}
	}
	t.Logf("%d inputs", x.inputs)
}

// TestExhaustionFurther goes further with few bytes.
func TestExhaustionFurther(t *testing.T) {
	var all []string
	for _, p := range prefixes {
		all = append(all, p.prefix)
	}
	for _, c := range []struct {
		name, classes string
		prefixes      []string
		n, short      int
		allow         []parser.Allow
	}{
		{"where CR and LF stand", "\r\nx", all, max(*exhaust+1, 6), 4, []parser.Allow{0, parser.AllowCRLF | parser.AllowBareCR, parser.AllowAll}},
		{"escapes", "\\rnct:\n", []string{"SEND\na", "SEND\na:", "CONNECT\na:", "SEND\n\n"}, max(*exhaust, 5), 3,
			[]parser.Allow{0, parser.AllowUndefinedEscapes, parser.AllowEscapedCR, parser.AllowAll}},
	} {
		if testing.Short() {
			c.n = c.short
		}
		x := newExhaustion()
		x.classes = c.classes
		for _, prefix := range c.prefixes {
			for _, v := range versions {
				for _, a := range c.allow {
					if err := x.run(prefix, c.n, unchanged(parser.Options{Version: v, Allow: a})); err != nil {
						t.Errorf("%s: %q, %v, allow %q: %v", c.name, prefix, v, a, err)
					}
				}
			}
		}
		t.Logf("%s: %d inputs", c.name, x.inputs)
	}
}

// What follows an error changes nothing for the oracle. The exhaustion builds
// on that: after an error it does not ask again.
func TestOracleErrorsAreFinal(t *testing.T) {
	for _, p := range prefixes {
		s := unchanged(parser.Options{Version: frame.V12, Limits: tinyLimits(p.prefix)[0]})
		var walk func(input string, failed *fuzz.Reading, n int)
		walk = func(input string, failed *fuzz.Reading, n int) {
			r := s.oracle([]byte(input))
			if failed == nil && r.Err != nil {
				failed = r
			} else if failed != nil {
				if err := diffReadings(failed, r); err != nil {
					t.Fatalf("%q: %v", input, err)
				}
			}
			for i := 0; i < len(classes) && n > 0; i++ {
				walk(input+classes[i:i+1], failed, n-1)
			}
		}
		walk(p.prefix, nil, 3)
	}
}

// An exhaustion goes through all inputs up to a length.
type exhaustion struct {
	classes  string
	settings settings

	input []byte
	whole *recorder
	bytes *recorder

	inputs int64
	kinds  map[parser.ErrorKind]int // of errors seen
	used   parser.Allow             // in frames and gaps seen
}

func newExhaustion() *exhaustion {
	return &exhaustion{
		kinds: map[parser.ErrorKind]int{},
		whole: &recorder{p: new(parser.Parser)},
		bytes: &recorder{p: new(parser.Parser), overwrite: true},
	}
}

// run reads the prefix and all strings of up to n bytes after it.
func (x *exhaustion) run(prefix string, n int, s settings) error {
	x.settings = s
	x.input = append(x.input[:0], prefix...)
	return x.walk(n, nil)
}

// walk reads the input, and the input with all strings of up to n bytes after
// it. failed is what the oracle made of a shorter input that is an error
// already, which the bytes after it cannot change.
func (x *exhaustion) walk(n int, failed *fuzz.Reading) error {
	x.inputs++
	want := failed
	if want == nil {
		want = x.settings.oracle(x.input)
		if err := x.compare("byte by byte", x.bytes, want, 1); err != nil {
			return err
		}
		x.note(want)
	}
	if err := x.compare("whole", x.whole, want, len(x.input)); err != nil {
		return err
	}
	if want.Err != nil {
		failed = want
	}
	for i := 0; i < len(x.classes) && n > 0; i++ {
		x.input = append(x.input, x.classes[i])
		err := x.walk(n-1, failed)
		x.input = x.input[:len(x.input)-1]
		if err != nil {
			return err
		}
	}
	return nil
}

// compare has a parser read the input in chunks of a size.
func (x *exhaustion) compare(how string, rec *recorder, want *fuzz.Reading, size int) error {
	rec.reset(x.settings)
	for at := 0; at < len(x.input) && rec.r.Err == nil; at += size {
		if err := rec.feed(x.input[at : at+size]); err != nil {
			return fmt.Errorf("%q %s: %w", x.input, how, err)
		}
	}
	if err := rec.finishAs(want); err != nil {
		return fmt.Errorf("%q %s: %w", x.input, how, err)
	}
	return nil
}

func (x *exhaustion) note(r *fuzz.Reading) {
	if r.End != nil {
		x.kinds[r.End.Kind]++
	}
	for _, f := range r.Frames {
		x.used |= f.Used
	}
	if r.Open != nil {
		x.used |= r.Open.Used
	}
	for _, g := range r.Gaps {
		x.used |= g.Used
	}
}

// sawEverything fails the test when the inputs did not reach each kind of
// error and need each leniency.
func (x *exhaustion) sawEverything(t *testing.T) {
	for k := parser.UnknownCommand; k <= parser.UnexpectedEOF; k++ {
		if x.kinds[k] == 0 && k != parser.TrailingData { // of Decode alone
			t.Errorf("no input gave %s", k.Token())
		}
	}
	if x.used != parser.AllowAll {
		t.Errorf("no input needed %q", parser.AllowAll&^x.used)
	}
}
