package fuzz

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
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
				if err := x.run(p.prefix, max(n, 1), o); err != nil {
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
				run(n, parser.Options{Version: v12, Limits: l})
			}
		})
	}
	if n >= 5 {
		x.sawEverything(t)
	}
	x.report(t)
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
				x.then, x.thenLimits = v, tiny[0]
				o := parser.Options{Limits: parser.Limits{Headers: parser.None}, Allow: a}
				if err := x.run("CONNECT\n\n\x00"+p.prefix, n, o); err != nil {
					t.Errorf("%s, then %v, allow %q: %v", p.name, v, a, err)
				}
			}
		}
	}
	x.report(t)
}

// TestExhaustionCR goes further with few bytes: where CR and LF stand.
func TestExhaustionCR(t *testing.T) {
	n := max(*exhaust+1, 6)
	if testing.Short() {
		n = 4
	}
	x := newExhaustion()
	x.classes = "\r\nx"
	for _, p := range prefixes {
		for _, v := range versions {
			for _, a := range []parser.Allow{0, parser.AllowCRLF | parser.AllowBareCR, parser.AllowAll} {
				if err := x.run(p.prefix, n, parser.Options{Version: v, Allow: a}); err != nil {
					t.Errorf("%s, %v, allow %q: %v", p.name, v, a, err)
				}
			}
		}
	}
	x.report(t)
}

// TestExhaustionEscapes goes further with the bytes of escapes.
func TestExhaustionEscapes(t *testing.T) {
	n := max(*exhaust, 5)
	if testing.Short() {
		n = 3
	}
	x := newExhaustion()
	x.classes = "\\rnct:\n"
	for _, prefix := range []string{"SEND\na", "SEND\na:", "CONNECT\na:", "SEND\n\n"} {
		for _, v := range versions[1:] {
			for _, a := range []parser.Allow{0, parser.AllowUndefinedEscapes, parser.AllowEscapedCR, parser.AllowAll} {
				if err := x.run(prefix, n, parser.Options{Version: v, Allow: a}); err != nil {
					t.Errorf("%q, %v, allow %q: %v", prefix, v, a, err)
				}
			}
		}
	}
	x.report(t)
}

// A change of version and limits takes effect wherever the chunks are cut.
func TestSwitchCutAnywhere(t *testing.T) {
	limits := parser.Limits{HeaderLine: 6, Headers: 1, Head: 14, Body: 2}
	for _, input := range []string{
		"CONNECT\na:\\n\n\n\x00\r\nSEND\r\na:\\n\r\n\r\nxy\x00\r\n",
		"CONNECT\n\n\x00SEND\na:\\n\n\nxyz\x00",
		"CONNECT\n\n\x00\r",
		"ERROR\n\n\x00SEND\na:bcdef\n",
	} {
		for _, v := range versions {
			for i := range len(input) + 1 {
				for j := i; j <= len(input); j++ {
					chunks := Cut([]byte(input), []int{i, j})
					if err := checkEventsThen(chunks, parser.Options{}, v, limits); err != nil {
						t.Fatalf("%v, cut at %d and %d: %v", v, i, j, err)
					}
				}
			}
		}
	}
}

// What follows an error changes nothing for the oracle. The exhaustion builds
// on that: behind an error it does not ask again.
func TestOracleErrorsAreFinal(t *testing.T) {
	o := parser.Options{Version: v12}
	for _, p := range prefixes {
		o.Limits = tinyLimits(p.prefix)[0]
		var walk func(input string, failed *Reading, n int)
		walk = func(input string, failed *Reading, n int) {
			r := Oracle([]byte(input), o)
			if failed != nil {
				if err := failed.diff(&r); err != nil {
					t.Fatalf("%q: %v", input, err)
				}
			} else if r.Err != nil {
				failed = &r
			}
			if n == 0 {
				return
			}
			for i := range len(classes) {
				walk(input+classes[i:i+1], failed, n-1)
			}
		}
		walk(p.prefix, nil, 3)
	}
}

// An exhaustion goes through all inputs up to a length.
type exhaustion struct {
	classes    string
	options    parser.Options
	then       frame.Version // in force after the first frame
	thenLimits parser.Limits

	input  []byte
	whole  *recorder
	octets *recorder

	inputs int64
	kinds  map[parser.ErrorKind]int // of errors seen
	used   parser.Allow             // in frames and gaps seen
}

func newExhaustion() *exhaustion {
	x := &exhaustion{kinds: map[parser.ErrorKind]int{}}
	recorder := func() *recorder {
		p := new(parser.Parser)
		rec := newRecorder(p)
		rec.AfterFrame = func(frames int) {
			if frames == 1 {
				p.SetVersion(x.then)
				p.SetLimits(x.thenLimits)
			}
		}
		return rec
	}
	x.whole, x.octets = recorder(), recorder()
	return x
}

// run reads the prefix and all strings of up to n bytes behind it. Where no
// change was set, there is none.
func (x *exhaustion) run(prefix string, n int, o parser.Options) error {
	x.options = o
	x.input = append(x.input[:0], prefix...)
	if x.then != 0 || x.thenLimits != (parser.Limits{}) {
		return x.walk(n, nil)
	}
	x.then, x.thenLimits = o.Version, o.Limits
	err := x.walk(n, nil)
	x.then, x.thenLimits = 0, parser.Limits{}
	return err
}

// walk reads the input, and the input with all strings of up to n bytes
// behind it. failed is what the oracle made of a shorter input that is an
// error already, which the bytes behind it cannot change.
func (x *exhaustion) walk(n int, failed *Reading) error {
	x.inputs++
	want := failed
	if want == nil {
		r := OracleThen(x.input, x.options, x.then, x.thenLimits)
		want = &r
		if err := x.compare("byte by byte", x.octets, want, 1); err != nil {
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
	if n == 0 {
		return nil
	}
	for i := range len(x.classes) {
		x.input = append(x.input, x.classes[i])
		err := x.walk(n-1, failed)
		x.input = x.input[:len(x.input)-1]
		if err != nil {
			return err
		}
	}
	return nil
}

// compare has a parser read the input in chunks of size bytes.
func (x *exhaustion) compare(how string, rec *recorder, want *Reading, size int) error {
	rec.Reset(x.options)
	for at := 0; at < len(x.input); at += size {
		if err := rec.Feed(x.input[at : at+size]); err != nil {
			return fmt.Errorf("%q %s: %w", x.input, how, err)
		}
	}
	got, err := rec.Finish()
	if err != nil {
		return fmt.Errorf("%q %s: %w", x.input, how, err)
	}
	if err := want.diff(&got); err != nil {
		return fmt.Errorf("%q %s, oracle against parser: %w", x.input, how, err)
	}
	return nil
}

// report says how many inputs there were.
func (x *exhaustion) report(t *testing.T) {
	t.Helper()
	t.Logf("%d inputs", x.inputs)
}

func (x *exhaustion) note(r *Reading) {
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
