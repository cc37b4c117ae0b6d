package vectors

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
)

// census counts what the corpus has.
type census map[string]int

func (c census) decode(v *Decode) (input any) {
	verdict, strictness := "accepted", "strict"
	if v.Error != nil {
		verdict = "refused"
		c["error "+v.Error.Kind]++
	}
	if v.Allow != nil {
		strictness = "lenient"
	}
	c["version "+v.Version+" "+verdict]++
	c["decision "+v.Decision+" "+strictness]++
	for _, f := range v.Frames {
		c["command "+string(f.Command)+" "+v.Version]++
		c["refused "+f.Refused]++
		for _, used := range f.Used {
			c["used "+used]++
		}
	}
	for _, used := range v.HeartBeatsUsed {
		c["used "+used]++
	}
	after := ""
	for _, a := range v.After {
		after += fmt.Sprint(a.Frames, a.Version, a.Limits != nil, a.Limits.Options())
	}
	return fmt.Sprint(v.Options(), after, *v.Input) // another cut is no other input
}

func (c census) encode(v *Encode) (input any) {
	c["decision "+v.Decision+" strict"]++
	if v.Error != nil {
		c["encode error "+v.Error.Kind]++
	} else {
		c["encode "+string(*v.Command)+" "+v.Version]++
	}
	return fmt.Sprintf("%s %v %q %q %q", v.Version, v.Options, *v.Command, v.Headers, v.Body)
}

func (c census) escape(v *Escape) (input any) {
	if v.Error != nil {
		c["escape error "+v.Error.Kind]++
	}
	c["escape "+v.Op+" "+v.Version+" "+v.Place]++
	from := v.Wire
	if v.Op == "escape" {
		from = v.Text
	}
	return []string{v.Op, v.Version, v.Command, v.Place, string(*from)}
}

func (c census) negotiate(v *Negotiate) (input any) {
	c["op "+v.Op]++
	if v.Error != nil {
		c["negotiate error "+v.Error.Kind]++
	}
	names := ""
	if v.Op == "subprotocols" {
		names = strings.Join(v.Versions, " ")
	}
	b, _ := json.Marshal([]any{v.Op, v.Value, v.Client, v.Server, v.Speaks, v.Limit, names}) // these can be marshaled
	return string(b)
}

// No two vectors are the same, each says where it comes from, and nothing that
// the specifications, the decisions and this module name is without one.
func TestCorpus(t *testing.T) {
	var (
		id       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
		decision = regexp.MustCompile(`^(D[1-9]|D1[0-9]|D2[0-2]|finer)$`)
		section  = regexp.MustCompile(`^STOMP 1\.[012], [A-Z]`)
		c        = census{}
		seen     = map[string]string{} // IDs and inputs
	)
	for line := range testdata.Vectors() {
		var input any
		var v Vector
		take := func(head Vector, of any, err error) {
			if err != nil {
				t.Fatalf("%s.jsonl:%d: %v", line.File, line.Line, err)
			}
			v, input = head, of
		}
		switch line.File {
		case "decode":
			d, err := parse[Decode](line.JSON)
			take(d.Vector, c.decode(d), err)
		case "encode":
			e, err := parse[Encode](line.JSON)
			take(e.Vector, c.encode(e), err)
		case "escape":
			e, err := parse[Escape](line.JSON)
			take(e.Vector, c.escape(e), err)
		default:
			n, err := parse[Negotiate](line.JSON)
			take(n.Vector, c.negotiate(n), err)
		}
		key := fmt.Sprint(line.File, " ", input)
		if seen["id "+v.ID]+seen[key] != "" {
			t.Errorf("%s repeats %s%s", v.ID, seen["id "+v.ID], seen[key])
		}
		seen["id "+v.ID], seen[key] = v.ID, v.ID
		c["class "+string(v.Class)]++
		c[line.File]++
		if !id.MatchString(v.ID) || v.Title == "" || !section.MatchString(v.Section) || (v.Class == Choice || v.Decision != "") && !decision.MatchString(v.Decision) {
			t.Errorf("%s has title %q, section %q, class %s, decision %q", v.ID, v.Title, v.Section, v.Class, v.Decision)
		}
	}
	need := func(n int, what ...any) {
		t.Helper()
		if what := strings.TrimSpace(fmt.Sprintln(what...)); c[what] < n {
			t.Errorf("%s: %d vectors, want at least %d", what, c[what], n)
		}
	}
	for file, n := range map[string]int{"decode": 600, "encode": 250, "escape": 250, "negotiate": 150} {
		need(n, file)
	}
	need(10, "class must")
	need(10, "class should")
	need(10, "class choice")
	for n := 1; n <= 22; n++ {
		need(2, "decision", fmt.Sprintf("D%d", n), "strict")
	}
	for d := range strings.FieldsSeq("D4 D5 D6 D9 D12 D16 D17 D22 finer") {
		need(3, "decision", d, "lenient")
	}
	for _, name := range parser.AllowAll.Names() {
		need(3, "used", name)
	}
	for k := parser.UnknownCommand; k <= parser.UnexpectedEOF; k++ {
		if k != parser.TrailingData { // of Decode alone
			need(8, "error", k.Token())
		}
	}
	for k := encoder.UnknownVersion; k < encoder.TooLong; k++ {
		if k != encoder.UnknownLength { // no frame has it
			need(1, "encode error", k.Token())
		}
	}
	for version := range strings.FieldsSeq("handshake 1.0 1.1 1.2") {
		need(40, "version", version, "accepted")
		need(25, "version", version, "refused")
		for command := range frame.Commands() {
			if version != "handshake" || command.Handshake() {
				need(1, "command", command, version)
				need(1, "encode", command, version)
			}
		}
		need(4, "escape unescape", version, "name")
		need(4, "escape unescape", version, "value")
		need(4, "escape escape", version, "value")
	}
	for op := range strings.FieldsSeq("accept-version agree connected-version heart-beat heart-beat-agree ack-mode content-length subprotocol subprotocols") {
		need(4, "op", op)
	}
	for kind := range strings.FieldsSeq("undefined_escape truncated_escape no_escape") {
		need(8, "escape error", kind)
	}
	need(4, "negotiate error syntax")
	need(4, "negotiate error range")
	for token := range strings.FieldsSeq("unescapable repeated_length body_not_allowed") {
		need(2, "refused", token)
	}
}

func TestOctets(t *testing.T) {
	for _, tt := range []struct{ json, want string }{
		{`""`, ""},
		{`"a\u0000\n"`, "a\x00\n"},
		{`"\u00e9\ud83d\ude00"`, "\u00e9\U0001f600"},
		{`{"hex":"00ff"}`, "\x00\xff"},
		{`{"repeat":["ab",3]}`, "ababab"},
		{`{"repeat":[["a",{"repeat":["b",2]}],2]}`, "abbabb"},
		{`["a", {"hex":"ff"}, "b"]`, "a\xffb"},
	} {
		var got Bytes
		if err := json.Unmarshal([]byte(tt.json), &got); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.json, got, err, tt.want)
		}
	}
	for _, bad := range []string{
		`5`, `{}`, `["a",5]`, `{"hex":"f"}`, `{"hex":5}`, `{"hex":"ff","repeat":["a",1]}`, `{"bytes":"ff"}`,
		`{"repeat":["a"]}`, `{"repeat":["a",0]}`, `{"repeat":["a",1.5]}`, `{"repeat":[5,5]}`, `{"repeat":["ab",133554433]}`,
	} {
		var got Bytes
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s is %q, want an error", bad, got)
		}
	}
}

func TestAllStops(t *testing.T) {
	for range All[Decode]() {
		break
	}
}
