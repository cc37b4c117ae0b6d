package frame_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/printed"
)

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
			for _, p := range []printed.Printer{tt.frame, &tt.frame, v, &v, v.Head, &v.Head} {
				printed.Check(t, p, tt.want)
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
		printed.Check(t, h, tt.want)
		printed.Check(t, &h, tt.want)
		// A view has its body, and prints the size of that.
		v := frame.View{Head: h, Body: []byte("hello")}
		printed.Check(t, v, `SEND {} 5 bytes`)
		printed.Check(t, &v, `SEND {} 5 bytes`)
	}
}

func TestPrintNilPointers(t *testing.T) {
	for _, p := range []any{(*frame.Frame)(nil), (*frame.Head)(nil), (*frame.View)(nil)} {
		printed.CheckNil(t, p)
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
		for _, p := range []printed.Printer{f, &f, v, &v, v.Head, &v.Head} {
			printed.CheckSafe(t, p, maxPrinted, secret)
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
	for _, p := range []printed.Printer{f, &f, v, &v, v.Head, &v.Head} {
		if n := len(p.String()); n > maxPrinted || n < maxPrinted-64 {
			t.Errorf("%T prints as %d bytes, want at most %d and not much less", p, n, maxPrinted)
		}
	}
}
