package headers_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stompwire/stomp/headers"
)

var escapings = []headers.Escaping{headers.Literal, headers.Escape11, headers.Escape12}

// Reasons of an EscapeError.
const (
	undefined = "undefined escape"
	truncated = "truncated escape"
	noNUL     = "NUL has no escape"
	noLF      = "line feed has no escape"
)

func causeOf(detail string) error {
	switch detail {
	case undefined:
		return headers.ErrUndefinedEscape
	case truncated:
		return headers.ErrTruncatedEscape
	}
	return headers.ErrUnescapable
}

// What the specifications say, one row for each byte that is not itself.
var (
	escapeOf = map[headers.Escaping]map[string]string{
		headers.Literal:  {},
		headers.Escape11: {"\n": `\n`, ":": `\c`, `\`: `\\`},
		headers.Escape12: {"\n": `\n`, ":": `\c`, `\`: `\\`, "\r": `\r`},
	}
	refused = map[headers.Escaping]map[string]string{
		headers.Literal:  {"\x00": noNUL, "\n": noLF},
		headers.Escape11: {"\x00": noNUL},
		headers.Escape12: {"\x00": noNUL},
	}
)

// escapeSlowly escapes byte by byte from the tables above.
func escapeSlowly(e headers.Escaping, s string) (string, *headers.EscapeError) {
	wire := ""
	for i := range len(s) {
		byte := s[i : i+1]
		if reason, ok := refused[e][byte]; ok {
			return "", &headers.EscapeError{Escaping: e, Offset: i, Err: causeOf(reason), Detail: reason}
		}
		if escape, ok := escapeOf[e][byte]; ok {
			byte = escape
		}
		wire += byte
	}
	return wire, nil
}

// unescapeSlowly takes one byte or one escape at a time off the front.
func unescapeSlowly(e headers.Escaping, s string) (string, *headers.EscapeError) {
	text, rest := "", s
next:
	for rest != "" {
		if e == headers.Literal || rest[0] != '\\' {
			text, rest = text+rest[:1], rest[1:]
			continue
		}
		for byte, escape := range escapeOf[e] {
			if after, ok := strings.CutPrefix(rest, escape); ok {
				text, rest = text+byte, after
				continue next
			}
		}
		reason := undefined
		if rest == `\` {
			reason = truncated
		}
		return "", &headers.EscapeError{Escaping: e, Offset: len(s) - len(rest), Err: causeOf(reason), Detail: reason}
	}
	return text, nil
}

// outcome of one of the functions under test.
type outcome struct {
	Out string
	Err *headers.EscapeError
}

// call runs an appending function on s, as a string and as bytes, with a
// destination that has some content and room, and reports what it does to
// anything but the result.
func call(t testing.TB, s string,
	ofString func([]byte, string) ([]byte, error), ofBytes func([]byte, []byte) ([]byte, error),
) outcome {
	t.Helper()
	const before = "before:"
	got := func(dst []byte, err error) outcome {
		t.Helper()
		var o outcome
		if err != nil && !errors.As(err, &o.Err) {
			t.Fatalf("%q: error is a %T", s, err)
		}
		out, ok := strings.CutPrefix(string(dst), before)
		if !ok {
			t.Fatalf("%q: destination was %q, is %q", s, before, dst)
		}
		if err != nil && out != "" {
			t.Fatalf("%q: %q appended along with the error %v", s, out, err)
		}
		o.Out = out
		return o
	}
	dst := append(make([]byte, 0, 64), before...)
	bytes := []byte(s)
	a := got(ofString(dst, s))
	b := got(ofBytes(dst, bytes))
	if !same(a, b) {
		t.Fatalf("%q: of string %v, of bytes %v", s, a, b)
	}
	if string(bytes) != s {
		t.Fatalf("%q: the input was changed to %q", s, bytes)
	}
	return a
}

func escape(t testing.TB, e headers.Escaping, s string) outcome {
	t.Helper()
	return call(t, s,
		func(dst []byte, s string) ([]byte, error) { return headers.AppendEscaped(dst, e, s) },
		func(dst, s []byte) ([]byte, error) { return headers.AppendEscaped(dst, e, s) })
}

func unescape(t testing.TB, e headers.Escaping, s string) outcome {
	t.Helper()
	return call(t, s,
		func(dst []byte, s string) ([]byte, error) { return headers.AppendUnescaped(dst, e, s) },
		func(dst, s []byte) ([]byte, error) { return headers.AppendUnescaped(dst, e, s) })
}

// checkEscape compares the functions with the tables.
func checkEscape(t testing.TB, e headers.Escaping, s string) {
	t.Helper()
	wire, err := escapeSlowly(e, s)
	if got := escape(t, e, s); !same(got, outcome{wire, err}) {
		t.Fatalf("AppendEscaped(%v, %q) = %v, want %v", e, s, got, outcome{wire, err})
	}
	n, lenErr := headers.EscapedLen(e, s)
	m, errOfBytes := headers.EscapedLen(e, []byte(s))
	if n != len(wire) || m != n || !same(outcome{"", err}, outcome{"", asEscapeError(lenErr)}) || !same(outcome{"", err}, outcome{"", asEscapeError(errOfBytes)}) {
		t.Fatalf("EscapedLen(%v, %q) = %d, %v, want %d, %v", e, s, n, lenErr, len(wire), err)
	}
	if err == nil {
		if back := unescape(t, e, wire); !same(back, outcome{s, nil}) {
			t.Fatalf("%v: %q escapes to %q, which unescapes to %v", e, s, wire, back)
		}
	}
	text, err := unescapeSlowly(e, s)
	if got := unescape(t, e, s); !same(got, outcome{text, err}) {
		t.Fatalf("AppendUnescaped(%v, %q) = %v, want %v", e, s, got, outcome{text, err})
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "a", "\\", "\n", ":", "\r", "\x00", `\n\c\\\r`, `\\n`, `\t`, `a\`, "é\xff", "C:\\new"} {
		for e := range uint8(3) {
			f.Add(e, s)
		}
	}
	f.Fuzz(func(t *testing.T, escaping uint8, s string) { checkEscape(t, headers.Escaping(escaping%3), s) })
}

// Every string over the bytes that matter, up to length 5, in each escaping.
func TestEscapeExhaustive(t *testing.T) {
	const alphabet = "\\rnct:\n\r\x00x"
	length := 5
	if testing.Short() {
		length = 4
	}
	strs := []string{""}
	for n := 0; n <= length; n++ {
		var longer []string
		for _, s := range strs {
			for _, e := range escapings {
				checkEscape(t, e, s)
			}
			if n == length {
				continue
			}
			for i := range len(alphabet) {
				longer = append(longer, s+alphabet[i:i+1])
			}
		}
		strs = longer
	}
}

// Bytes that a word of eight is searched for, and their neighbors, at each place
// of strings of a few words.
func TestEscapeWords(t *testing.T) {
	for n := 1; n <= 24; n++ {
		for i := range n {
			for _, c := range []byte("\\:\n\r\x00\x0f\x10[];9\x80\x8a\xba\xdc\xff") {
				s := bytes.Repeat([]byte("x"), n)
				s[i] = c
				for _, e := range escapings {
					checkEscape(t, e, string(s))
				}
			}
		}
	}
}

func asEscapeError(err error) *headers.EscapeError {
	var e *headers.EscapeError
	errors.As(err, &e)
	return e
}

func same(a, b outcome) bool {
	return a.Out == b.Out && (a.Err == nil) == (b.Err == nil) && (a.Err == nil || *a.Err == *b.Err)
}

func TestEscapingString(t *testing.T) {
	for e, want := range map[headers.Escaping]string{
		headers.Literal: "literal", headers.Escape11: "1.1", headers.Escape12: "1.2", 3: "Escaping(3)", 255: "Escaping(255)",
	} {
		if got := e.String(); got != want {
			t.Errorf("Escaping(%d).String() = %q, want %q", uint8(e), got, want)
		}
	}
}

// An error names the place and the reason and shows nothing of the value.
func TestEscapeErrorText(t *testing.T) {
	_, err := headers.AppendUnescaped(nil, headers.Escape12, `secret\x`)
	if got, want := err.Error(), "stomp: undefined escape at offset 6 (escaping 1.2)"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	_, err = headers.AppendEscaped(nil, headers.Literal, "secret\n")
	if got, want := err.Error(), "stomp: line feed has no escape at offset 6 (escaping literal)"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestEscapeAllocs(t *testing.T) {
	dst := make([]byte, 0, 256)
	text, wire := "a:b\\c\nd", `a\cb\\c\nd`
	textOctets, wireOctets := []byte(text), []byte(wire)
	tests := []struct {
		name string
		f    func(e headers.Escaping) error
	}{
		{"AppendEscaped string", func(e headers.Escaping) error { _, err := headers.AppendEscaped(dst, e, text); return err }},
		{"AppendEscaped bytes", func(e headers.Escaping) error { _, err := headers.AppendEscaped(dst, e, textOctets); return err }},
		{"AppendUnescaped string", func(e headers.Escaping) error { _, err := headers.AppendUnescaped(dst, e, wire); return err }},
		{"AppendUnescaped bytes", func(e headers.Escaping) error { _, err := headers.AppendUnescaped(dst, e, wireOctets); return err }},
		{"EscapedLen string", func(e headers.Escaping) error { _, err := headers.EscapedLen(e, text); return err }},
		{"EscapedLen bytes", func(e headers.Escaping) error { _, err := headers.EscapedLen(e, textOctets); return err }},
	}
	for _, tt := range tests {
		for _, e := range []headers.Escaping{headers.Escape11, headers.Escape12} {
			if n := testing.AllocsPerRun(100, func() {
				if err := tt.f(e); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%s, %v: %v allocations, want 0", tt.name, e, n)
			}
		}
	}
}

// Each reason belongs to one error that callers can compare with.
func TestEscapeErrorIs(t *testing.T) {
	_, undefined := headers.AppendUnescaped(nil, headers.Escape12, `a\t`)
	_, truncated := headers.AppendUnescaped(nil, headers.Escape12, `a\`)
	_, nul := headers.AppendEscaped(nil, headers.Escape12, "\x00")
	_, lf := headers.AppendEscaped(nil, headers.Literal, "\n")
	causes := []error{headers.ErrUndefinedEscape, headers.ErrTruncatedEscape, headers.ErrUnescapable}
	for _, c := range []struct{ err, want error }{
		{undefined, headers.ErrUndefinedEscape}, {truncated, headers.ErrTruncatedEscape},
		{nul, headers.ErrUnescapable}, {lf, headers.ErrUnescapable},
	} {
		for _, cause := range causes {
			if got := errors.Is(c.err, cause); got != (cause == c.want) {
				t.Errorf("%v is %v: %v", c.err, cause, got)
			}
		}
	}
}
