package jsonl

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

func view(c frame.Command, body string, nameValue ...string) frame.View {
	return (&frame.Frame{Command: c, Headers: headers.Pairs(nameValue...), Body: []byte(body)}).View()
}

func TestAppendFrame(t *testing.T) {
	for _, tt := range []struct {
		name string
		view frame.View
		used parser.Allow
		want string
	}{
		{"plain", view(frame.SEND, "hello", "destination", "/queue/a", "receipt", "r-1"), 0,
			`{"offset":7,"size":82,"command":"SEND","headers":[["destination","/queue/a"],["receipt","r-1"]],"body":"hello"}`},
		{"no headers, no body", view(frame.ACK, ""), 0, `{"offset":7,"size":82,"command":"ACK","headers":[]}`},
		{"no HTML escapes", view(frame.SEND, "<a&b>", "a", "<&>"), 0,
			`{"offset":7,"size":82,"command":"SEND","headers":[["a","<&>"]],"body":"<a&b>"}`},
		{"escapes", view(frame.SEND, "\"\\\n\r\t\x00\x1b\x7f\u009b\u202e\u2028\U000e0001\U0001f600é\ufffd", "a", ""), 0,
			`{"offset":7,"size":82,"command":"SEND","headers":[["a",""]],"body":"\"\\\n\r\t\u0000\u001b\u007f\u009b\u202e\u2028\udb40\udc01😀é` + "\ufffd" + `"}`},
		{"name not UTF-8", view(frame.SEND, "x", "a", "b", "\xff", ""), 0,
			`{"offset":7,"size":82,"command":"SEND","headers":[["a","b"],[{"base64":"/w=="},""]],"body":"x"}`},
		{"value not UTF-8", view(frame.SEND, "", "a", "\xc3"), 0,
			`{"offset":7,"size":82,"command":"SEND","headers":[["a",{"base64":"ww=="}]]}`},
		{"body not UTF-8", view(frame.SEND, "\xed\xa0\x80"), 0,
			`{"offset":7,"size":82,"command":"SEND","headers":[],"body_base64":"7aCA"}`},
		{"command not UTF-8", view("\xff", ""), parser.AllowUnknownCommand,
			`{"offset":7,"size":82,"command_base64":"/w==","headers":[],"allowed":["unknown-command"]}`},
		{"leniencies", view(frame.SEND, "x"), parser.AllowCRLF | parser.AllowBareCR,
			`{"offset":7,"size":82,"command":"SEND","headers":[],"body":"x","allowed":["crlf","bare-cr"]}`},
	} {
		got := string(AppendFrame([]byte("> "), 7, 82, tt.view, tt.used))
		if got != "> "+tt.want+"\n" {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestAppendBetweenFrames(t *testing.T) {
	for want, got := range map[string][]byte{
		`{"offset":82,"eol":true}`:                                               AppendEOL(nil, 82, 0),
		`{"offset":82,"eol":true,"allowed":["crlf"]}`:                            AppendEOL(nil, 82, parser.AllowCRLF),
		`{"offset":82,"heartbeats":2}`:                                           AppendGap(nil, 82, 2, 0, 0),
		`{"offset":82,"nuls":3,"allowed":["nul-padding"]}`:                       AppendGap(nil, 82, 0, 3, parser.AllowNULPadding),
		`{"offset":82,"heartbeats":1,"nuls":3,"allowed":["crlf","nul-padding"]}`: AppendGap(nil, 82, 1, 3, parser.AllowCRLF|parser.AllowNULPadding),
	} {
		if string(got) != want+"\n" {
			t.Errorf("got %s want %s", got, want)
		}
	}
}

func TestAppendError(t *testing.T) {
	for _, tt := range []struct {
		err  parser.Error
		want string
	}{
		{parser.Error{Kind: parser.BadEscape, Offset: 120, Frame: 83, Command: frame.SEND, Header: "x-note"},
			`{"offset":120,"frame":83,"error":"bad_escape","command":"SEND","header":"x-note","message":"stomp: undefined or truncated escape at offset 120, header x-note, command SEND, frame at 83"}`},
		{parser.Error{Kind: parser.StrayNUL, Offset: 5, Frame: 5},
			`{"offset":5,"frame":5,"error":"stray_nul","message":"stomp: NUL between frames at offset 5"}`},
	} {
		if got := string(AppendError(nil, &tt.err)); got != tt.want+"\n" {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		line string
		want Line
	}{
		{`{"command":"SEND"}`, Line{Frame: &frame.Frame{Command: frame.SEND}}},
		{"  {\"offset\":1.5e3,\"size\":null,\"allowed\":{\"a\":[1]},\"command\":\"SEND\",\"headers\":[],\"body\":\"\"} \r\n",
			Line{Frame: &frame.Frame{Command: frame.SEND, Body: []byte{}}}},
		{`{"body":"x\u0000","headers":[["a","b"],["",""]],"command":"X Y"}`,
			Line{Frame: &frame.Frame{Command: "X Y", Headers: headers.Pairs("a", "b", "", ""), Body: []byte("x\x00")}}},
		{`{"command_base64":"/w==","headers_base64":[["/w==","YQ=="]],"body_base64":"7aCA"}`,
			Line{Frame: &frame.Frame{Command: "\xff", Headers: headers.Pairs("\xff", "a"), Body: []byte("\xed\xa0\x80")}}},
		{`{"command":"SEND","headers":{"b":"c","a":4.50}}`, Line{Frame: &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("b", "c", "a", "4.50")}}},
		{`{"command":"SEND","headers":[["a",{"base64":"/w=="}]]}`, Line{Frame: &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a", "\xff")}}},
		{`{"connection":2,"packet":7,"time":"x","ms":1.5,"from":"client","offset":3,"eol":true}`, Line{EOLs: 1, Origin: `connection 2, "client"`}},
		{`{"connection":2,"client":"a","server":"b","over":"TCP"}`, Line{}},
		{`{"offset":3,"heartbeats":2}`, Line{EOLs: 2}},
		{`{"offset":3,"eol":true}`, Line{EOLs: 1}},
		{`{"offset":3,"nuls":2,"heartbeats":3,"allowed":["nul-padding"]}`, Line{EOLs: 3}},
		{`{"nuls":2}`, Line{}},
		{`{"heartbeats":0}`, Line{}},
		{`{"command":"SEND","body":"\ud83d\ude00\\ud800"}`,
			Line{Frame: &frame.Frame{Command: frame.SEND, Body: []byte(`😀\ud800`)}}},
	} {
		got, err := Parse([]byte(tt.line))
		if err != nil {
			t.Errorf("Parse(%s): %v", tt.line, err)
		} else if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("Parse(%s): %s", tt.line, d)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{``, "not a JSON object"},
		{`[1]`, "not a JSON object"},
		{`"x"`, "not a JSON object"},
		{`{"command":"SEND"`, "ends inside the object"},
		{`{"command":"SEND",`, "ends inside the object"},
		{`{"command"`, "ends inside the object"},
		{`{"command":`, "ends inside the object"},
		{`{"offset":`, "ends inside the object"},
		{`{"heartbeats":`, "ends inside the object"},
		{`{"headers":[["a",`, "ends inside the object"},
		{`{"headers":[["a"`, "ends inside the object"},
		{`{"command":"SEND"}x`, "one object a line"},
		{`{"command":"SEND"}{"command":"SEND"}`, "one object a line"},
		{`{"command":"SEND",}`, "not JSON"},
		{`{"command" "SEND"}`, "not JSON"},
		{`{command:"SEND"}`, "not JSON"},
		{`{"offset":x}`, "not JSON"},
		{`{"command":"SEND","headers":[}`, "not JSON"},
		{`{"command":"SEND"]`, "not JSON"},
		{`{}`, `none of "command", "eol", "heartbeats" and "nuls"`},
		{`{"body":"x"}`, `none of "command", "eol", "heartbeats" and "nuls"`},
		{`{"Command":"SEND"}`, `unknown key "Command"`},
		{`{"command":"SEND","color":1}`, `unknown key "color"`},
		{`{"command":"SEND","command":"SEND"}`, `key "command" twice`},
		{`{"command":"SEND","command_base64":"YQ=="}`, `both "command" and "command_base64"`},
		{`{"command":"SEND","headers":[],"headers_base64":[]}`, `both "headers" and "headers_base64"`},
		{`{"command":"SEND","body":"","body_base64":""}`, `both "body" and "body_base64"`},
		{`{"command":"SEND","heartbeats":1}`, `both "heartbeats" and "command"`},
		{`{"heartbeats":1,"body_base64":""}`, `both "heartbeats" and "body_base64"`},
		{`{"eol":true,"nuls":1}`, `both "nuls" and "eol"`},
		{`{"eol":true,"command":"SEND"}`, `both "eol" and "command"`},
		{`{"eol":false}`, `"eol" is not true`},
		{`{"eol":1}`, `"eol" is not true`},
		{`{"eol":`, "ends inside the object"},
		{`{"nuls":"1"}`, `"nuls" is not a count`},
		{`{"command":1}`, `"command": not a string`},
		{`{"command":null}`, `"command": not a string`},
		{`{"command":"SEND","body":["x"]}`, `"body": not a string`},
		{`{"command":"SEND","body_base64":"a"}`, `"body_base64": not base64`},
		{`{"command":"SEND","body_base64":"YR=="}`, `"body_base64": not base64`},
		{`{"command":"SEND","headers":"a"}`, "neither a list of pairs"},
		{`{"command":"SEND","headers":["a"]}`, "neither a list of pairs"},
		{`{"command":"SEND","headers":[["a"]]}`, "neither a list of pairs"},
		{`{"command":"SEND","headers":[[1,"a"]]}`, "neither a list of pairs"},
		{`{"command":"SEND","headers":[["a","b","c"]]}`, "neither a list of pairs"},
		{`{"command":"SEND","headers":[["a",{"b":"c"}]]}`, "neither a list of pairs"},
		{`{"command":"SEND","headers":[["a",{"base64":"?"}]]}`, "not base64"},
		{`{"command":"SEND","headers":[["a",{"base64":"YQ==","b":1}]]}`, "where } should be"},
		{`{"command":"SEND","headers":{"a":"b","a":"c"}}`, "twice"},
		{`{"command":"SEND","headers":{"a":["b"]}}`, "neither a string nor a number"},
		{`{"offset":3,"skipped":2}`, "reports an error"},
		{`{"heartbeats":-1}`, "not a count"},
		{`{"heartbeats":1.5}`, "not a count"},
		{`{"heartbeats":"1"}`, "not a count"},
		{`{"heartbeats":9223372036854775808}`, "not a count"},
		{`{"offset":120,"frame":83,"error":"bad_escape"}`, "reports an error"},
		{`{"offset":120,"error":"bad_escape"}`, "reports an error"},
		{"{\"command\":\"SEND\",\"body\":\"\xff\"}", "not UTF-8"},
		{`{"command":"SEND","body":"\ud800"}`, "surrogate"},
		{`{"command":"SEND","body":"\udc00"}`, "surrogate"},
		{`{"command":"SEND","body":"\ud800\u0041"}`, "surrogate"},
		{`{"command":"SEND","body":"\ud800xu0041"}`, "surrogate"},
		{`{"command":"SEND","body":"\ud8`, "ends inside"},
	} {
		l, err := Parse([]byte(tt.line))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%s) = %v, %v; want an error with %q", tt.line, l, err, tt.want)
		}
	}
	if _, err := Parse([]byte(`{"error":"x"}`)); !errors.Is(err, ErrError) {
		t.Errorf("got %v, want ErrError", err)
	}
}

// Whatever is in a frame, its line is JSON, is printable, and reads back.
func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		const runes = "ab\\\"\x00\n\r\t\x1b\u007f\u0085\u200d\u202e\ufffd\ufffeé日\U0001f600\U0010ffff<&>"
		r := []rune(runes)
		var b []byte
		for range random.IntN(6) {
			b = utf8.AppendRune(b, r[random.IntN(len(r))])
			if random.IntN(12) == 0 {
				b = append(b, byte(random.IntN(256)))
			}
		}
		return string(b)
	}
	for range 20000 {
		v := view(frame.Command(text()), text())
		for range random.IntN(4) {
			v.Headers = append(v.Headers, headers.FieldView{Name: []byte(text()), Value: []byte(text())})
		}
		line := AppendFrame(nil, 1, 2, v, 0)
		if !json.Valid(line) {
			t.Fatalf("%+v: not JSON: %s", v, line)
		}
		for _, r := range strings.TrimSuffix(string(line), "\n") {
			if r < ' ' || 0x7f <= r && r < 0xa0 || r == 0x202e {
				t.Fatalf("%q in %q", r, line)
			}
		}
		got, err := Parse(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		want := &frame.Frame{Command: v.Command, Headers: v.Headers.Clone(), Body: v.Body}
		if len(want.Body) == 0 {
			want.Body = nil
		}
		if d := cmp.Diff(Line{Frame: want}, got); d != "" {
			t.Fatalf("%s: %s", line, d)
		}
	}
}
