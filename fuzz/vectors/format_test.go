package vectors

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"iter"
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
)

// census counts what the corpus has.
type census struct {
	ids    map[string]string // to the place of the vector
	inputs map[uint64]string // a hash of what the code is given, to the id
	seed   maphash.Seed
	files  map[string]int
	seen   map[string]int // "class must", "decision D7 strict", "error bad_escape" ...
}

func newCensus() *census {
	return &census{map[string]string{}, map[uint64]string{}, maphash.MakeSeed(), map[string]int{}, map[string]int{}}
}

// add takes one line and returns what is wrong with it.
func (c *census) add(line testdata.VectorLine) error {
	for _, b := range line.JSON {
		if b < ' ' || b > '~' {
			return fmt.Errorf("byte %#x: lines are printable ASCII", b)
		}
	}
	switch line.File {
	case "decode":
		return count(c, line, (*Decode).census)
	case "encode":
		return count(c, line, (*Encode).census)
	case "escape":
		return count(c, line, (*Escape).census)
	case "negotiate":
		return count(c, line, (*Negotiate).census)
	}
	return fmt.Errorf("no file %q", line.File)
}

// count takes a line of one kind. The kind's census says what the vector gives
// to the code under test, and counts what it expects.
func count[K Kind](c *census, line testdata.VectorLine, of func(*K, *census) (input any)) error {
	v, err := parse[K](line.JSON)
	if err != nil {
		return err
	}
	var head Vector
	if err := json.Unmarshal(line.JSON, &head); err != nil {
		return err
	}
	place := fmt.Sprintf("%s.jsonl:%d", line.File, line.Line)
	if other, ok := c.ids[head.ID]; ok {
		return fmt.Errorf("id %s is that of %s", head.ID, other)
	}
	c.ids[head.ID] = place
	var h maphash.Hash
	h.SetSeed(c.seed)
	fmt.Fprintf(&h, "%s %q", line.File, of(v, c))
	if other, ok := c.inputs[h.Sum64()]; ok {
		return fmt.Errorf("the input of %s is that of %s", head.ID, other)
	}
	c.inputs[h.Sum64()] = head.ID
	c.files[line.File]++
	c.seen["class "+string(head.Class)]++
	return nil
}

func (v *Decode) census(c *census) any {
	strictness := "strict"
	if v.Allow != nil {
		strictness = "lenient"
	}
	c.seen["decision "+v.Decision+" "+strictness]++
	verdict := "accepted"
	if v.Error != nil {
		verdict = "refused"
		c.seen["error "+v.Error.Kind]++
	}
	for _, name := range v.Allow {
		used := name
		for _, f := range v.Frames {
			for _, u := range f.Used {
				if u == name {
					used = name + " used"
				}
			}
		}
		for _, u := range v.HeartBeatsUsed {
			if u == name {
				used = name + " used"
			}
		}
		c.seen["allow "+used]++
	}
	for _, f := range v.Frames {
		c.seen["command "+string(f.Command)+" "+v.Version]++
		if f.Refused != "" {
			c.seen["refused "+f.Refused]++
		}
	}
	c.seen["version "+v.Version+" "+verdict]++
	limits := ""
	if v.Limits != nil {
		limits = fmt.Sprint(v.Limits.Options())
	}
	for _, a := range v.After {
		limits += fmt.Sprint(a.Frames, a.Version, a.Limits != nil, a.Limits.Options())
	}
	// Not the chunks: another cut is no other input.
	input := maphash.String(c.seed, string(*v.Input)) // some are long
	return []any{v.Version, v.Allow, limits, fmt.Sprint(input)}
}

func (v *Encode) census(c *census) any {
	c.seen["decision "+v.Decision+" strict"]++
	if v.Error != nil {
		c.seen["encode error "+v.Error.Kind]++
	} else {
		c.seen["encode "+string(*v.Command)+" "+v.Version]++
	}
	return []any{v.Version, fmt.Sprint(v.Options), *v.Command, v.Headers, v.Body}
}

func (v *Escape) census(c *census) any {
	if v.Error != nil {
		c.seen["escape error "+v.Error.Kind]++
	}
	c.seen["escape "+v.Op+" "+v.Version+" "+v.Place]++
	if v.Op == "escape" {
		return []any{v.Op, v.Version, v.Command, v.Place, *v.Text}
	}
	return []any{v.Op, v.Version, v.Command, v.Place, *v.Wire}
}

func (v *Negotiate) census(c *census) any {
	if v.Error != nil {
		c.seen["negotiate error "+v.Error.Kind]++
	}
	c.seen["op "+v.Op]++
	text := func(o *Bytes) string {
		if o == nil {
			return "missing"
		}
		return fmt.Sprintf("%q", *o)
	}
	var given []any
	for _, o := range []*Bytes{v.Value, v.Client, v.Server} {
		given = append(given, text(o))
	}
	if v.Op == "subprotocols" {
		given = append(given, v.Versions)
	}
	if v.Limit != nil {
		given = append(given, *v.Limit)
	}
	return append(given, v.Op, v.Speaks)
}

// takeCensus takes all lines and returns what is wrong with them.
func takeCensus(lines iter.Seq[testdata.VectorLine]) (c *census, errs []error) {
	c = newCensus()
	for line := range lines {
		if err := c.add(line); err != nil {
			errs = append(errs, fmt.Errorf("%s.jsonl:%d: %w", line.File, line.Line, err))
		}
	}
	return c, errs
}

// The vectors keep to their format, no two of them are the same, and nothing
// that the specifications, the decisions and this module name is without one.
func TestCorpus(t *testing.T) {
	c, errs := takeCensus(testdata.Vectors())
	for _, err := range errs {
		t.Error(err)
	}
	need := func(what string, n int) {
		t.Helper()
		if c.seen[what] < n {
			t.Errorf("%s: %d vectors, want at least %d", what, c.seen[what], n)
		}
	}
	for file, n := range map[string]int{"decode": 600, "encode": 250, "escape": 250, "negotiate": 150} {
		if c.files[file] < n {
			t.Errorf("%s.jsonl has %d vectors, want at least %d", file, c.files[file], n)
		}
	}
	for _, class := range []string{"must", "should", "choice"} {
		need("class "+class, 10)
	}
	for n := 1; n <= 22; n++ {
		need(fmt.Sprintf("decision D%d strict", n), 2)
	}
	need("decision finer strict", 50)
	for _, d := range []string{"D4", "D5", "D6", "D9", "D12", "D16", "D17", "D22", "finer"} {
		need("decision "+d+" lenient", 3)
	}
	for _, name := range parser.AllowAll.Names() {
		need("allow "+name, 3)
		need("allow "+name+" used", 3)
	}
	for k := parser.UnknownCommand; k <= parser.UnexpectedEOF; k++ {
		if k != parser.TrailingData { // of Decode alone
			need("error "+k.Token(), 8)
		}
	}
	for k := encoder.UnknownVersion; k < encoder.TooLong; k++ {
		if k != encoder.UnknownLength { // no frame has it
			need("encode error "+k.Token(), 1)
		}
	}
	for version := range strings.FieldsSeq("handshake 1.0 1.1 1.2") {
		need("version "+version+" accepted", 40)
		need("version "+version+" refused", 25)
		for command := range frame.Commands() {
			if version != "handshake" || command.Handshake() {
				need("command "+string(command)+" "+version, 1)
				need("encode "+string(command)+" "+version, 1)
			}
		}
		for _, place := range []string{"name", "value"} {
			need("escape unescape "+version+" "+place, 4)
		}
		need("escape escape "+version+" value", 4)
	}
	for op := range ops {
		need("op "+op, 4)
	}
	for _, kind := range []string{"undefined_escape", "truncated_escape", "no_escape"} {
		need("escape error "+kind, 8)
	}
	for _, kind := range []string{"syntax", "range"} {
		need("negotiate error "+kind, 4)
	}
	for _, token := range []string{"unescapable", "repeated_length", "body_not_allowed"} {
		need("refused "+token, 2)
	}
	if testing.Verbose() {
		t.Log(c.files, c.seen["class must"], "must", c.seen["class should"], "should", c.seen["class choice"], "choice")
	}
}

// What a file can have wrong. Two good lines, of which something is replaced.
func TestCorpusComplains(t *testing.T) {
	good := map[string]string{
		"decode":    `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Body","version":"1.2","input":"SEND\n\n\u0000\n","frames":[{"offset":0,"size":7,"command":"SEND","headers":[]}],"heartbeats":[0,1]}`,
		"refused":   `{"id":"a-1","title":"t","class":"choice","decision":"D6","section":"STOMP 1.2, Body","version":"1.2","allow":["crlf"],"limits":{"line":9,"body":"unlimited"},"after":[{"frames":1,"version":"1.1"}],"chunks":[3,3],"input":"SEND\rx","frames":[],"error":{"kind":"bare_cr","offset":4,"frame":0}}`,
		"encode":    `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Body","version":"1.2","options":{"length":"never"},"command":"SEND","headers":[["a","b"]],"wire":"SEND\na:b\n\n\u0000"}`,
		"unsent":    `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Body","version":"1.2","command":"SEND","headers":[["","b"]],"error":{"kind":"empty_name","header":0}}`,
		"escape":    `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Value Encoding","version":"1.2","command":"SEND","place":"value","op":"escape","text":":","wire":"\\c"}`,
		"unescape":  `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Value Encoding","version":"1.2","command":"SEND","place":"value","op":"unescape","wire":"\\t","error":{"kind":"undefined_escape","offset":0}}`,
		"negotiate": `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Heart-beating","op":"heart-beat","value":"1,2","send":1,"receive":2}`,
		"agree":     `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Protocol Negotiation","op":"agree","client":"1.0","speaks":["1.2"],"agreed":null,"refusal":"1.2"}`,
		"value":     `{"id":"a-1","title":"t","class":"must","section":"STOMP 1.2, Heart-beating","op":"heart-beat","value":"x","error":{"kind":"syntax","offset":0}}`,
	}
	files := map[string]string{"refused": "decode", "unsent": "encode", "unescape": "escape", "agree": "negotiate", "value": "negotiate"}
	check := func(name, text string) string {
		file := name
		if f, ok := files[name]; ok {
			file = f
		}
		_, errs := takeCensus(func(yield func(testdata.VectorLine) bool) {
			for i, line := range strings.Split(text, "\n") {
				if !yield(testdata.VectorLine{File: file, Line: i + 1, JSON: []byte(line)}) {
					return
				}
			}
		})
		return strings.TrimPrefix(fmt.Sprint(errs), "["+file+".jsonl:")
	}
	for name, line := range good {
		if got := check(name, line); got != "[]" {
			t.Errorf("%s: %s", name, got)
		}
		if got := check(name, line+"\n"+line); !strings.HasPrefix(got, "2: id a-1 is that of ") {
			t.Errorf("%s twice: %s", name, got)
		}
		other := strings.Replace(line, `"a-1"`, `"a-2"`, 1)
		if got := check(name, line+"\n"+other); !strings.HasPrefix(got, "2: the input of a-2 is that of a-1") {
			t.Errorf("%s with another id: %s", name, got)
		}
		for _, edit := range [][2]string{
			{`"id":"a-1"`, `"id":"A-1"`}, {`"id":"a-1"`, `"id":"a--1"`}, {`"title":"t",`, ``}, {`"class":"`, `"class":"x`},
			{`"section":"STOMP 1.2, `, `"section":"STOMP 1.2, X`}, {`{"id"`, `{"more":1,"id"`}, {`"t"`, "\"\u00e9\""}, {`}`, `}}`},
		} {
			if got := check(name, strings.Replace(line, edit[0], edit[1], 1)); got == "[]" {
				t.Errorf("%s: no complaint after %q became %q", name, edit[0], edit[1])
			}
		}
	}
	if got := check("nothing", good["decode"]); got == "[]" {
		t.Error("no complaint about a file of no kind")
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"decode", `,"frames":[{"offset":0,"size":7,"command":"SEND","headers":[]}],"heartbeats":[0,1]`, ``, "no frames expected"},
		{"decode", `"frames":[{`, `"frames":[{"used":["x"],`, "leniency"},
		{"decode", `"class":"must"`, `"class":"must","decision":"D0"`, "no decision"},
		{"decode", `"class":"must"`, `"class":"choice","decision":"D23"`, "no decision"},
		{"decode", `"class":"must"`, `"class":"choice"`, "no decision"},
		{"decode", `"version":"1.2"`, `"version":"1.3"`, "no version"},
		{"decode", `"input":"SEND\n\n\u0000\n",`, ``, "no input"},
		{"decode", `"size":7`, `"size":9`, "no frame at 0"},
		{"decode", `"size":7`, `"size":3`, "no frame at 0"},
		{"decode", `"offset":0`, `"offset":-1`, "no frame at -1"},
		{"decode", `"command":"SEND"`, `"command":""`, "no frame at 0"},
		{"decode", `,"headers":[]`, ``, "no frame at 0"},
		{"decode", `"heartbeats":[0,1]`, `"heartbeats":[0]`, "1 gaps"},
		{"decode", `"heartbeats":[0,1]`, `"heartbeats_used":["x"]`, "leniency"},
		{"decode", `"input":"SEND\n\n\u0000\n"`, `"input":5`, "bytes are spelled"},
		{"refused", `["crlf"]`, `["crlf","crlf"]`, "leniency"},
		{"refused", `["crlf"]`, `["all"]`, "leniency"},
		{"refused", `"line":9`, `"line":-1`, "no limit"},
		{"refused", `"body":"unlimited"`, `"body":"none"`, "no limit"},
		{"refused", `"chunks":[3,3]`, `"chunks":[3,2]`, "5 bytes in the chunks"},
		{"refused", `"chunks":[3,3]`, `"chunks":[6,0]`, "an empty chunk"},
		{"refused", `"frames":1,"version":"1.1"`, `"frames":1`, "a change is"},
		{"refused", `"frames":1,"version":"1.1"`, `"frames":0,"version":"1.1"`, "a change is"},
		{"refused", `"frames":1,"version":"1.1"`, `"frames":1,"version":"2"`, "no version"},
		{"refused", `"kind":"bare_cr"`, `"kind":"bare"`, "no kind of error"},
		{"refused", `"offset":4`, `"offset":6`, "no error at 6"},
		{"refused", `"offset":4,"frame":0`, `"offset":4,"frame":5`, "no error at 4"},
		{"refused", `"frame":0}`, `"frame":0,"limit":5}`, "a limit in an error"},
		{"refused", `"kind":"bare_cr"`, `"kind":"line_too_long"`, "a limit in an error"},
		{"encode", `"wire":"SEND\na:b\n\n\u0000"`, `"body":"x"`, "not one of"},
		{"encode", `"length":"never"`, `"length":"x"`, "no length"},
		{"encode", `"version":"1.2"`, `"version":""`, "no version"},
		{"encode", `"command":"SEND",`, ``, "no command"},
		{"encode", `"headers":[["a","b"]],`, ``, "no headers"},
		{"unsent", `"kind":"empty_name"`, `"kind":"x"`, "no kind of error"},
		{"unsent", `"header":0`, `"header":1`, "no header 1"},
		{"unsent", `"error"`, `"wire":"x","error"`, "not one of"},
		{"escape", `,"wire":"\\c"`, ``, "not one of"},
		{"escape", `"text":":",`, ``, "no input"},
		{"escape", `"op":"escape"`, `"op":"x"`, "no op"},
		{"escape", `"place":"value"`, `"place":"x"`, "no place"},
		{"escape", `"command":"SEND"`, `"command":"X"`, "no command"},
		{"escape", `"version":"1.2"`, `"version":"3"`, "no version"},
		{"unescape", `"offset":0`, `"offset":2`, "no error"},
		{"unescape", `"kind":"undefined_escape"`, `"kind":"no_escape"`, "no error"},
		{"unescape", `"error"`, `"text":"t","error"`, "not one of"},
		{"negotiate", `"op":"heart-beat"`, `"op":"x"`, "no op"},
		{"negotiate", `,"receive":2`, ``, "no receive"},
		{"negotiate", `"value":"1,2",`, ``, "no value"},
		{"negotiate", `"send":1`, `"send":1,"limit":5`, "has no limit"},
		{"agree", `"agreed":null,"refusal":"1.2"`, `"agreed":"1.2","refusal":"1.2"`, "agreed and refusal"},
		{"agree", `"agreed":null,"refusal":"1.2"`, `"agreed":null`, "agreed and refusal"},
		{"agree", `["1.2"]`, `["1.2","1.2"]`, "is unknown, or there twice"},
		{"agree", `["1.2"]`, `["1.3"]`, "is unknown, or there twice"},
		{"value", `"kind":"syntax"`, `"kind":"x"`, "no error"},
		{"value", `"offset":0`, `"offset":2`, "no error"},
		{"value", `"error"`, `"send":1,"error"`, "has no send"},
	} {
		line := good[tt.name]
		if !strings.Contains(line, tt.old) {
			t.Fatalf("%s has no %s", tt.name, tt.old)
		}
		if got := check(tt.name, strings.Replace(line, tt.old, tt.new, 1)); !strings.Contains(got, tt.want) {
			t.Errorf("%s, %s for %s: %s, want %s", tt.name, tt.new, tt.old, got, tt.want)
		}
	}
}

func TestOctets(t *testing.T) {
	for _, tt := range []struct{ json, want string }{
		{`""`, ""},
		{`"a\u0000\n"`, "a\x00\n"},
		{`"\u00e9\ud83d\ude00"`, "\u00e9\U0001f600"},
		{`{"hex":"00ff"}`, "\x00\xff"},
		{`{"repeat":["ab",3]}`, "ababab"},
		{`{"repeat":[{"hex":"ff"},2]}`, "\xff\xff"},
		{`{"repeat":[["a",{"repeat":["b",2]}],2]}`, "abbabb"},
		{`["a", {"hex":"ff"}, "b"]`, "a\xffb"},
	} {
		var got Bytes
		if err := json.Unmarshal([]byte(tt.json), &got); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.json, got, err, tt.want)
		}
	}
	for _, bad := range []string{
		``, `5`, `true`, `{}`, `[]`, `["a"]`, `["a",""]`, `["a",["b","c"]]`, `["a",5]`, `"\ud800"`, `"\ufffd"`,
		`{"hex":""}`, `{"hex":"f"}`, `{"hex":"FF"}`, `{"hex":"xx"}`, `{"hex":5}`, `{"hex":"ff","repeat":["a",1]}`, `{"bytes":"ff"}`,
		`{"repeat":["a"]}`, `{"repeat":["a",0]}`, `{"repeat":["a",-1]}`, `{"repeat":["",5]}`, `{"repeat":["a",1.5]}`, `{"repeat":[5,5]}`,
		`{"repeat":["ab",33554433]}`, `{"repeat":["a",1,2]}`, `{"repeat":"a"}`,
	} {
		var got Bytes
		if err := got.UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%s is %q, want an error", bad, got)
		}
	}
}

func TestLimits(t *testing.T) {
	var l Limits
	if err := json.Unmarshal([]byte(`{"line":0,"headers":"unlimited","body":7}`), &l); err != nil {
		t.Fatal(err)
	}
	if got, want := l.Options(), (parser.Limits{HeaderLine: parser.None, Headers: parser.Unlimited, Body: 7}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestAllStops(t *testing.T) {
	n := 0
	for range All[Decode]() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("went on after a break: %d", n)
	}
}
