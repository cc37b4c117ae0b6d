// Package printed tests what values look like wherever they are printed.
package printed

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// A Printer is what headers, lists of them, frames and their borrowed forms have
// in common.
type Printer interface {
	fmt.Stringer
	fmt.GoStringer
	encoding.TextMarshaler
}

// A T is a *testing.T or a *rapid.T.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Check fails the test unless v prints as want through everything that prints:
// the verbs of package fmt that make sense, encoding/json, and both handlers of
// log/slog.
func Check(t T, v Printer, want string) {
	t.Helper()
	check := func(how, got, want string) {
		t.Helper()
		if got != want {
			t.Fatalf("%T through %s:\n got %s\nwant %s", v, how, got, want)
		}
	}
	check("String", v.String(), want)
	check("GoString", v.GoString(), want)
	text, err := v.MarshalText()
	if err != nil {
		t.Fatalf("%T: MarshalText: %v", v, err)
	}
	check("MarshalText", string(text), want)

	for verb, want := range map[string]string{
		"%v": want, "%+v": want, "%#v": want, "%s": want,
		"%q": strconv.Quote(want),
		"%x": hex.EncodeToString([]byte(want)),
		"%X": strings.ToUpper(hex.EncodeToString([]byte(want))),
	} {
		check(verb, fmt.Sprintf(verb, v), want)
	}
	check("Sprint", fmt.Sprint(v), want)
	check("Sprint of a slice", fmt.Sprint([]Printer{v}), "["+want+"]")
	check("a field of a struct", fmt.Sprintf("%+v", struct{ P Printer }{v}), "{P:"+want+"}")
	check("Errorf", fmt.Errorf("got %v", v).Error(), "got "+want)

	var logged struct{ Value string }
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("got", "value", v)
	if err := json.Unmarshal(out.Bytes(), &logged); err != nil {
		t.Fatalf("%T through a JSON handler: %v: %s", v, err, out.Bytes())
	}
	check("a JSON handler", logged.Value, want)

	out.Reset()
	slog.New(slog.NewTextHandler(&out, nil)).Info("got", "value", v)
	_, value, _ := strings.Cut(strings.TrimSuffix(out.String(), "\n"), "value=")
	if unquoted, err := strconv.Unquote(value); err == nil {
		value = unquoted
	}
	check("a text handler", value, want)
}

// CheckNil fails the test if a nil pointer panics where it is printed.
func CheckNil(t T, p any) {
	t.Helper()
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("got", "value", p)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("got", "value", p)
	if got := fmt.Sprintf("%v %s", p, p); got != "<nil> <nil>" || strings.Contains(strings.ToLower(out.String()), "panic") {
		t.Fatalf("%T: %s, logged as %s", p, got, out.String())
	}
}

// CheckSafe fails the test unless v prints as at most max bytes of printable
// ASCII without the secret.
func CheckSafe(t T, v Printer, max int, secret string) {
	t.Helper()
	s := v.String()
	if len(s) > max || strings.Contains(s, secret) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Fatalf("%d bytes, want at most %d of printable ASCII without %s: %q", len(s), max, secret, s)
	}
	Check(t, v, s)
}
