package frame_test

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// A printer is what frames, heads and views have in common.
type printer interface {
	fmt.Stringer
	fmt.GoStringer
	encoding.TextMarshaler
}

// checkPrinted checks that v prints as want through everything that prints:
// the verbs of package fmt that make sense, encoding/json, and both handlers
// of log/slog.
func checkPrinted(t fataler, v printer, want string) {
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
	check("Sprint of a slice", fmt.Sprint([]printer{v}), "["+want+"]")
	check("a field of a struct", fmt.Sprintf("%+v", struct{ P printer }{v}), "{P:"+want+"}")
	check("Errorf", fmt.Errorf("got %v", v).Error(), "got "+want)

	var logged struct{ Msg, Value string }
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

func TestPrint(t *testing.T) {
	many := headers.List{}
	for range 17 {
		many.Add("a", "1")
	}
	tests := []struct {
		name  string
		frame frame.Frame
		want  string
	}{
		{"zero", frame.Frame{}, `"" {} 0 bytes`},
		{"no headers", frame.Frame{Command: frame.MESSAGE}, `MESSAGE {} 0 bytes`},
		{"one byte", frame.Frame{Command: frame.SEND, Body: []byte("x")}, `SEND {} 1 byte`},
		{"two bytes", frame.Frame{Command: frame.SEND, Body: []byte("xy")}, `SEND {} 2 bytes`},
		{"headers", frame.Frame{Command: frame.SEND, Headers: headers.Pairs("destination", "/queue/a", "receipt", "r-1"), Body: []byte("hello")},
			`SEND {destination:"/queue/a" receipt:"r-1"} 5 bytes`},
		{"passcode", frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs("login", "guest", "passcode", "secret")},
			`CONNECT {login:"guest" passcode:***} 0 bytes`},
		{"passcode in MESSAGE", frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs("passcode", "secret"), Body: []byte("secret")},
			`MESSAGE {passcode:***} 6 bytes`},
		{"unknown command", frame.Frame{Command: "NOTIFY"}, `"NOTIFY" {} 0 bytes`},
		{"hostile command", frame.Frame{Command: "SEND\x1b[2J\r\n\xff"}, `"SEND\x1b[2J\r\n\xff" {} 0 bytes`},
		{"long command", frame.Frame{Command: frame.Command(strings.Repeat("X", 1000))}, `"` + strings.Repeat("X", 64) + `"... {} 0 bytes`},
		{"many headers", frame.Frame{Command: frame.SEND, Headers: many}, `SEND {` + strings.Repeat(`a:"1" `, 15) + `a:"1" and 1 more} 0 bytes`},
		{"hostile header", frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a\nb", "\x1b[31m\u202e\xff")},
			`SEND {"a\nb":"\x1b[31m\u202e\xff"} 0 bytes`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := borrow(&tt.frame)
			for _, p := range []printer{tt.frame, &tt.frame, v, &v, v.Head, &v.Head} {
				checkPrinted(t, p, tt.want)
			}
		})
	}
}

// A head prints its content-length, when it has one.
func TestPrintHeadLength(t *testing.T) {
	tests := []struct {
		length int64
		want   string
	}{
		{-1, `SEND {}`},
		{0, `SEND {} 0 bytes`},
		{1, `SEND {} 1 byte`},
		{1 << 32, `SEND {} 4294967296 bytes`},
		{math.MaxInt64, `SEND {} 9223372036854775807 bytes`},
		{math.MinInt64, `SEND {}`},
	}
	for _, tt := range tests {
		h := frame.Head{Command: frame.SEND, Length: frame.Counted(tt.length)}
		checkPrinted(t, h, tt.want)
		checkPrinted(t, &h, tt.want)
		// A view has its body, and prints the size of that.
		v := frame.View{Head: h, Body: []byte("hello")}
		checkPrinted(t, v, `SEND {} 5 bytes`)
		checkPrinted(t, &v, `SEND {} 5 bytes`)
	}
}

func TestPrintNilPointers(t *testing.T) {
	for _, p := range []any{(*frame.Frame)(nil), (*frame.Head)(nil), (*frame.View)(nil)} {
		if got := fmt.Sprintf("%v %s", p, p); got != "<nil> <nil>" {
			t.Errorf("%T: %s", p, got)
		}
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("got", "value", p)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("got", "value", p)
		if got := out.String(); strings.Contains(strings.ToLower(got), "panic") {
			t.Errorf("%T: %s", p, got)
		}
	}
}

// maxPrinted is what a frame prints at most: 64 bytes of the command and of
// 16 names and values, four characters for each byte, quotes and dots.
const (
	maxText    = 64*4 + len(`""...`)
	maxPrinted = maxText + len(" {") + 16*(maxText+len(":")+maxText+len(" ")) +
		len("and 9223372036854775807 more} 9223372036854775807 bytes")
)

// Whatever a frame holds, it prints as bounded printable ASCII and keeps the
// passcode, and its body, to itself.
func TestPrintedIsSafe(t *testing.T) {
	const secret = "S3CRET"
	hostile := rapid.OneOf(
		rapid.String(),
		rapid.StringOfN(rapid.RuneFrom([]rune("\x00\n\r\t\x1b\x7f\"\\:{}\u202e\u0085\U0001f600")), 0, 100, -1),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 300), func(b []byte) string { return string(b) }),
	)
	name := rapid.OneOf(hostile, rapid.SampledFrom([]string{"passcode", "PASSCODE", "Authorization", "destination"}))
	command := rapid.OneOf(hostile, rapid.Map(rapid.SampledFrom(commands), func(row commandRow) string { return string(row.command) }))
	rapid.Check(t, func(t *rapid.T) {
		f := frame.Frame{Command: frame.Command(command.Draw(t, "command")), Body: []byte(hostile.Draw(t, "body") + secret)}
		for range rapid.IntRange(0, 40).Draw(t, "headers") {
			f.Headers.Add(name.Draw(t, "name"), hostile.Draw(t, "value"))
		}
		at := rapid.IntRange(0, len(f.Headers)).Draw(t, "place of the passcode")
		f.Headers = append(f.Headers[:at:at], append(headers.Pairs("passcode", hostile.Draw(t, "passcode")+secret), f.Headers[at:]...)...)

		v := borrow(&f)
		for _, p := range []printer{f, &f, v, &v, v.Head, &v.Head} {
			s := p.String()
			if len(s) > maxPrinted {
				t.Fatalf("%d bytes printed, want at most %d", len(s), maxPrinted)
			}
			if strings.Contains(s, secret) {
				t.Fatalf("shows the passcode or the body: %s", s)
			}
			if i := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
				t.Fatalf("not printable ASCII at %d: %q", i, s)
			}
			checkPrinted(t, p, s)
		}
	})
}

// The bound holds, and is nearly reached, for frames of any size.
func TestPrintedIsBounded(t *testing.T) {
	long := strings.Repeat("\xff", 1<<20)
	f := frame.Frame{Command: frame.Command(long), Body: make([]byte, 1<<20)}
	for range 1 << 16 {
		f.Headers.Add(long, long)
	}
	var v frame.View
	v.Command, v.Body, v.Length = f.Command, f.Body, frame.Counted(math.MaxInt64)
	for range 1 << 16 {
		v.Headers = append(v.Headers, headers.FieldView{Name: f.Body, Value: f.Body})
	}
	for _, p := range []printer{f, &f, v, &v, v.Head, &v.Head} {
		if n := len(p.String()); n > maxPrinted || n < maxPrinted-64 {
			t.Errorf("%T prints as %d bytes, want at most %d and not much less", p, n, maxPrinted)
		}
	}
}
