package vectors

import (
	"errors"
	"strings"
	"testing"

	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// reasons are those of headers.EscapeError.
var reasons = map[string]string{"undefined_escape": "undefined escape", "truncated_escape": "truncated escape", "no_escape": "has no escape"}

func TestEscape(t *testing.T) {
	for v := range All[Escape]() {
		t.Run(v.ID, func(t *testing.T) {
			e := v.Escaping()
			switch v.Op {
			case "escape":
				escape(t, v, e)
			case "unescape":
				unescape(t, v, e)
				inFrame(t, v, e)
			}
		})
	}
}

// checkEscape compares what a function appended to "before" with the vector.
func checkEscape(t *testing.T, what string, v *Escape, want *Bytes, got []byte, err error) {
	t.Helper()
	if v.Error == nil {
		if err != nil || string(got) != "before"+string(*want) {
			t.Errorf("%s, %s: %.200q, %v, want %.200q", v.Title, what, got, err, *want)
		}
		return
	}
	var e *headers.EscapeError
	if !errors.As(err, &e) || e.Offset != v.Error.Offset || !strings.HasSuffix(e.Detail, reasons[v.Error.Kind]) || string(got) != "before" {
		t.Errorf("%s, %s: %.200q, %v, want %s at %d", v.Title, what, got, err, v.Error.Kind, v.Error.Offset)
	}
}

func escape(t *testing.T, v *Escape, e headers.Escaping) {
	text := string(*v.Text)
	got, err := headers.AppendEscaped([]byte("before"), e, text)
	checkEscape(t, "of a string", v, v.Wire, got, err)
	got, err = headers.AppendEscaped([]byte("before"), e, []byte(text))
	checkEscape(t, "of bytes", v, v.Wire, got, err)
	n, err := headers.EscapedLen(e, text)
	if v.Error != nil {
		checkEscape(t, "EscapedLen", v, nil, []byte("before"), err)
		return
	}
	if n != len(*v.Wire) || err != nil {
		t.Errorf("%s: EscapedLen is %d, %v, want %d", v.Title, n, err, len(*v.Wire))
	}
	// What was escaped is unescaped to the same.
	back, err := headers.AppendUnescaped(nil, e, *v.Wire)
	if string(back) != text || err != nil {
		t.Errorf("%s: %.200q is unescaped to %.200q, %v", v.Title, *v.Wire, back, err)
	}
}

func unescape(t *testing.T, v *Escape, e headers.Escaping) {
	got, err := headers.AppendUnescaped([]byte("before"), e, string(*v.Wire))
	checkEscape(t, "of a string", v, v.Text, got, err)
	got, err = headers.AppendUnescaped([]byte("before"), e, []byte(*v.Wire))
	checkEscape(t, "of bytes", v, v.Text, got, err)
}

// inFrame reads the name or value where it belongs: in a frame, with a parser.
func inFrame(t *testing.T, v *Escape, e headers.Escaping) {
	wire := string(*v.Wire)
	name, value := "k", wire
	start := len(v.Command) + len("\nk:")
	if v.Place == "name" {
		name, value = wire, "v"
		start = len(v.Command) + len("\n")
	}
	version := (&Decode{Version: v.Version}).Options()
	r := parser.NewReader(strings.NewReader(v.Command+"\n"+name+":"+value+"\n\n\x00"), version)
	f, err := r.ReadFrame()
	if v.Error != nil {
		var e *parser.Error
		if !errors.As(err, &e) || e.Kind != parser.BadEscape || e.Offset != int64(start+v.Error.Offset) {
			t.Errorf("%s, in a frame: %v, %v, want bad_escape at %d", v.Title, f, err, start+v.Error.Offset)
		}
		return
	}
	if err != nil || len(f.Headers) != 1 {
		t.Fatalf("%s, in a frame: %v, %v", v.Title, f, err)
	}
	got := f.Headers[0].Value
	if v.Place == "name" {
		got = f.Headers[0].Name
	}
	if got != string(*v.Text) {
		t.Errorf("%s, in a frame: %.200q, want %.200q", v.Title, got, *v.Text)
	}
}
