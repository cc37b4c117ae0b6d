package headers_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

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

// diff says how two outcomes or errors differ, "" if they do not.
func diff(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return fmt.Sprintf("got %+v, want %+v", got, want)
}

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
		octet := s[i : i+1]
		if reason, ok := refused[e][octet]; ok {
			return "", &headers.EscapeError{Escaping: e, Offset: i, Err: causeOf(reason), Detail: reason}
		}
		if escape, ok := escapeOf[e][octet]; ok {
			octet = escape
		}
		wire += octet
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
		for octet, escape := range escapeOf[e] {
			if after, ok := strings.CutPrefix(rest, escape); ok {
				text, rest = text+octet, after
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
	ofString func([]byte, string) ([]byte, error), ofOctets func([]byte, []byte) ([]byte, error),
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
	octets := []byte(s)
	a := got(ofString(dst, s))
	b := got(ofOctets(dst, octets))
	if !same(a, b) {
		t.Fatalf("%q: of string %v, of bytes %v", s, a, b)
	}
	if string(octets) != s {
		t.Fatalf("%q: the input was changed to %q", s, octets)
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

func TestEscape(t *testing.T) {
	tests := []struct {
		name     string
		escaping headers.Escaping
		in       string
		out      string
		offset   int
		reason   string // "" for no error
	}{
		{"empty", headers.Escape12, "", "", 0, ""},
		{"plain", headers.Escape12, "/queue/a b", "/queue/a b", 0, ""},
		{"all 1.2", headers.Escape12, "\\:\n\r", `\\\c\n\r`, 0, ""},
		{"all 1.1", headers.Escape11, "\\:\n", `\\\c\n`, 0, ""},
		{"all literal", headers.Literal, "\\:\r", "\\:\r", 0, ""},
		{"first and last", headers.Escape12, ":a:", `\ca\c`, 0, ""},
		{"UTF-8", headers.Escape12, "\u00e9:\U0001f600", "\u00e9\\c\U0001f600", 0, ""},
		{"bytes that are no UTF-8", headers.Escape12, "\xff\x80:", "\xff\x80\\c", 0, ""},
		{"other controls", headers.Escape12, "\t\x01\x7f", "\t\x01\x7f", 0, ""},
		{"NUL literal", headers.Literal, "ab\x00", "", 2, noNUL},
		{"NUL 1.1", headers.Escape11, "\x00", "", 0, noNUL},
		{"NUL 1.2", headers.Escape12, ":\n\x00", "", 2, noNUL},
		{"CR 1.1", headers.Escape11, "\ra:b\r", "\ra\\cb\r", 0, ""},
		{"LF literal", headers.Literal, "a\nb\n", "", 1, noLF},
		{"first of two", headers.Literal, "a\nb\x00", "", 1, noLF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := outcome{Out: tt.out}
			if tt.reason != "" {
				want.Err = &headers.EscapeError{Escaping: tt.escaping, Offset: tt.offset, Err: causeOf(tt.reason), Detail: tt.reason}
			}
			if diff := diff(want, escape(t, tt.escaping, tt.in)); diff != "" {
				t.Errorf("AppendEscaped(%v, %q) (-want +got):\n%s", tt.escaping, tt.in, diff)
			}
			n, err := headers.EscapedLen(tt.escaping, tt.in)
			if n != len(tt.out) {
				t.Errorf("EscapedLen(%v, %q) = %d, want %d", tt.escaping, tt.in, n, len(tt.out))
			}
			var got *headers.EscapeError
			errors.As(err, &got)
			if diff := diff(want.Err, got); diff != "" {
				t.Errorf("EscapedLen(%v, %q) error (-want +got):\n%s", tt.escaping, tt.in, diff)
			}
		})
	}
}

func TestUnescape(t *testing.T) {
	tests := []struct {
		name     string
		escaping headers.Escaping
		in       string
		out      string
		offset   int
		reason   string // "" for no error
	}{
		{"empty", headers.Escape12, "", "", 0, ""},
		{"plain", headers.Escape12, "/queue/a", "/queue/a", 0, ""},
		{"all 1.2", headers.Escape12, `\\\c\n\r`, "\\:\n\r", 0, ""},
		{"all 1.1", headers.Escape11, `\\\c\n`, "\\:\n", 0, ""},
		{"literal", headers.Literal, `a\cb\t\`, `a\cb\t\`, 0, ""},
		{"one pass", headers.Escape12, `C:\\new`, `C:\new`, 0, ""},
		{"one pass, deeper", headers.Escape12, `\\\\n\\\n`, "\\\\n\\\n", 0, ""},
		{"raw specials pass", headers.Escape12, "a:b\rc\nd\x00", "a:b\rc\nd\x00", 0, ""},
		{"UTF-8", headers.Escape12, "\u00e9\\c\U0001f600", "\u00e9:\U0001f600", 0, ""},
		{"tab", headers.Escape12, `a\tb`, "", 1, undefined},
		{"upper case", headers.Escape12, `a\Nb`, "", 1, undefined},
		{"colon", headers.Escape12, `\:`, "", 0, undefined},
		{"NUL", headers.Escape12, "ab\\\x00", "", 2, undefined},
		{"LF", headers.Escape12, "ab\\\n", "", 2, undefined},
		{"high byte", headers.Escape12, "\\\xff", "", 0, undefined},
		{"CR letter in 1.1", headers.Escape11, `a\c\r`, "", 3, undefined},
		{"truncated", headers.Escape12, `a\`, "", 1, truncated},
		{"truncated after a backslash", headers.Escape11, `\\\`, "", 2, truncated},
		{"alone", headers.Escape12, `\`, "", 0, truncated},
		{"first of two", headers.Escape12, `\n\x\`, "", 2, undefined},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := outcome{Out: tt.out}
			if tt.reason != "" {
				want.Err = &headers.EscapeError{Escaping: tt.escaping, Offset: tt.offset, Err: causeOf(tt.reason), Detail: tt.reason}
			}
			if diff := diff(want, unescape(t, tt.escaping, tt.in)); diff != "" {
				t.Errorf("AppendUnescaped(%v, %q) (-want +got):\n%s", tt.escaping, tt.in, diff)
			}
		})
	}
}

// Every string over the bytes that matter, up to length 5, in each escaping.
func TestEscapeExhaustive(t *testing.T) {
	const (
		alphabet = "\\rnct:\n\r\x00x"
		length   = 5
	)
	check := func(e headers.Escaping, s string) {
		wire, err := escapeSlowly(e, s)
		got := escape(t, e, s)
		if want := (outcome{wire, err}); !same(got, want) {
			t.Fatalf("AppendEscaped(%v, %q) = %v, want %v", e, s, got, want)
		}
		for _, n := range []func() (int, error){
			func() (int, error) { return headers.EscapedLen(e, s) },
			func() (int, error) { return headers.EscapedLen(e, []byte(s)) },
		} {
			n, lenErr := n()
			if n != len(wire) || !same(got, outcome{wire, asEscapeError(lenErr)}) {
				t.Fatalf("EscapedLen(%v, %q) = %d, %v, want %d, %v", e, s, n, lenErr, len(wire), err)
			}
		}
		if err == nil {
			if back := unescape(t, e, wire); !same(back, outcome{s, nil}) {
				t.Fatalf("%v: %q escapes to %q, which unescapes to %v", e, s, wire, back)
			}
		}

		text, err := unescapeSlowly(e, s)
		if got, want := unescape(t, e, s), (outcome{text, err}); !same(got, want) {
			t.Fatalf("AppendUnescaped(%v, %q) = %v, want %v", e, s, got, want)
		}
	}
	strs := []string{""}
	for n := 0; n <= length; n++ {
		var longer []string
		for _, s := range strs {
			for _, e := range escapings {
				check(e, s)
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

func asEscapeError(err error) *headers.EscapeError {
	var e *headers.EscapeError
	errors.As(err, &e)
	return e
}

func same(a, b outcome) bool {
	return a.Out == b.Out && (a.Err == nil) == (b.Err == nil) && (a.Err == nil || *a.Err == *b.Err)
}

// What a strict reader of a header line needs: the wire form has none of the
// bytes that end a name, a line or a frame. A CR of 1.1 ends none.
func TestEscapedFormIsOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom([]headers.Escaping{headers.Escape11, headers.Escape12}).Draw(t, "escaping")
		s := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		wire, err := headers.AppendEscaped(nil, e, s)
		if err != nil {
			if !bytes.ContainsAny(s, "\x00") {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if bytes.ContainsAny(wire, "\x00\n:") || e == headers.Escape12 && bytes.ContainsAny(wire, "\r") {
			t.Fatalf("%q escapes to %q", s, wire)
		}
		back, err := headers.AppendUnescaped(nil, e, wire)
		if err != nil || !bytes.Equal(back, s) {
			t.Fatalf("%q escapes to %q, which unescapes to %q, %v", s, wire, back, err)
		}
	})
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
