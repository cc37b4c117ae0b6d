package encoder_test

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

type version = frame.Version

const (
	v0  = frame.Unnegotiated
	v10 = frame.V10
	v11 = frame.V11
	v12 = frame.V12
)

func pairs(nameValue ...string) headers.List { return headers.Pairs(nameValue...) }

// encodeCases say what goes out for a frame, or why nothing does.
var encodeCases = []struct {
	name    string
	version version
	opt     encoder.Options
	command frame.Command
	headers headers.List
	body    string
	want    string // bytes
	fail    string // or the text of the error, without its beginning
}{
	// Frames.
	{name: "smallest", version: v12, command: "SEND", want: "SEND\n\n\x00"},
	{name: "headers in order, repeats kept", version: v12, command: "SEND", headers: pairs("b", "1", "a", "2", "b", "3"), want: "SEND\nb:1\na:2\nb:3\n\n\x00"},
	{name: "empty value (D8)", version: v12, command: "SEND", headers: pairs("a", ""), want: "SEND\na:\n\n\x00"},
	{name: "blanks kept (D13)", version: v12, command: "SEND", headers: pairs(" a ", " b "), want: "SEND\n a : b \n\n\x00"},
	{name: "UTF-8", version: v12, command: "SEND", headers: pairs("ä", "\U0001f600"), want: "SEND\nä:\U0001f600\n\n\x00"},
	{name: "invalid UTF-8 (D15)", version: v12, command: "SEND", headers: pairs("a", "\xff"), want: "SEND\na:\xff\n\n\x00"},
	{name: "body", version: v12, command: "SEND", headers: pairs("a", "b"), body: "hello", want: "SEND\na:b\ncontent-length:5\n\nhello\x00"},
	{name: "binary body", version: v12, command: "MESSAGE", body: "\x00\n:", want: "MESSAGE\ncontent-length:3\n\n\x00\n:\x00"},

	// Escapes.
	{name: "1.2", version: v12, command: "SEND", headers: pairs("a:\r\n\\", "b:\r\n\\"), want: "SEND\na\\c\\r\\n\\\\:b\\c\\r\\n\\\\\n\n\x00"},
	{name: "1.1", version: v11, command: "SEND", headers: pairs("a:\n\\", "b:\n\\"), want: "SEND\na\\c\\n\\\\:b\\c\\n\\\\\n\n\x00"},
	{name: "1.0", version: v10, command: "SEND", headers: pairs("a\\", "b:\\n"), want: "SEND\na\\:b:\\n\n\n\x00"},
	{name: "CONNECT", version: v0, command: "CONNECT", headers: pairs("passcode", "a:\\c"), want: "CONNECT\npasscode:a:\\c\n\n\x00"},
	{name: "CONNECT in 1.2", version: v12, command: "CONNECT", headers: pairs("passcode", "a:\\c"), want: "CONNECT\npasscode:a:\\c\n\n\x00"},
	{name: "STOMP (D1)", version: v12, command: "STOMP", headers: pairs("passcode", "a:\\c"), want: "STOMP\npasscode:a:\\c\n\n\x00"},
	{name: "CONNECTED", version: v12, command: "CONNECTED", headers: pairs("session", "ID:h-1:2"), want: "CONNECTED\nsession:ID:h-1:2\n\n\x00"},
	{name: "ERROR before CONNECTED (D2)", version: v0, command: "ERROR", headers: pairs("message", "a:b"), want: "ERROR\nmessage:a:b\n\n\x00"},
	{name: "ERROR in 1.2", version: v12, command: "ERROR", headers: pairs("message", "a:b"), want: "ERROR\nmessage:a\\cb\n\n\x00"},

	{name: "LF in a 1.0 value", version: v10, command: "SEND", headers: pairs("a", "b\nc"), fail: "header has a byte that cannot be sent, command SEND, header 0 a: line feed has no escape"},
	{name: "LF in a CONNECT value", version: v12, command: "CONNECT", headers: pairs("host", "/", "login", "b\nc:d"), fail: "header has a byte that cannot be sent, command CONNECT, header 1 login: line feed has no escape"},
	{name: "LF in a literal name", version: v10, command: "SEND", headers: pairs("a\nb", "c"), fail: `header has a byte that cannot be sent, command SEND, header 0 "a\nb": line feed has no escape`},
	{name: "colon in a literal name", version: v0, command: "CONNECT", headers: pairs("a:b", "c"), fail: `header has a byte that cannot be sent, command CONNECT, header 0 "a:b": a colon in a name ends it`},
	{name: "NUL in a name", version: v12, command: "SEND", headers: pairs("a\x00", "c"), fail: `header has a byte that cannot be sent, command SEND, header 0 "a\x00": NUL has no escape`},
	{name: "NUL in a value", version: v12, command: "SEND", headers: pairs("a", "\x00"), fail: "header has a byte that cannot be sent, command SEND, header 0 a: NUL has no escape"},
	{name: "NUL in a 1.0 value", version: v10, command: "SEND", headers: pairs("a", "\x00"), fail: "header has a byte that cannot be sent, command SEND, header 0 a: NUL has no escape"},
	{name: "CR in 1.1 (D5)", version: v11, command: "SEND", headers: pairs("\ra:\r", "\rb\n\r:c"), want: "SEND\n\ra\\c\r:\rb\\n\r\\cc\n\n\x00"},
	{name: "CR at the end of a 1.1 value", version: v11, command: "SEND", headers: pairs("a", "b\r"), fail: "header has a byte that cannot be sent, command SEND, header 0 a: a carriage return before the end of line is taken for part of it"},
	{name: "CR for a 1.1 value", version: v11, command: "SEND", headers: pairs("x", "y", "a", "\r"), fail: "header has a byte that cannot be sent, command SEND, header 1 a: a carriage return before the end of line is taken for part of it"},
	{name: "CR in a 1.1 ERROR", version: v11, command: "ERROR", headers: pairs("a\r", "b\rc"), want: "ERROR\na\r:b\rc\n\n\x00"},
	{name: "CR in a 1.1 CONNECTED", version: v11, command: "CONNECTED", headers: pairs("a", "b\rc"), fail: "header has a byte that cannot be sent, command CONNECTED, header 0 a: a carriage return cannot be read back"},
	{name: "CR in a 1.2 CONNECT", version: v12, command: "CONNECT", headers: pairs("a", "b\rc"), fail: "header has a byte that cannot be sent, command CONNECT, header 0 a: a carriage return cannot be read back"},
	{name: "CR in a 1.1 extension", version: v11, opt: encoder.Options{UnknownCommand: true}, command: "PING", headers: pairs("a", "b\rc"), want: "PING\na:b\rc\n\n\x00"},
	{name: "CR in 1.0", version: v10, command: "SEND", headers: pairs("a\r", "\rb"), want: "SEND\na\r:\rb\n\n\x00"},
	{name: "CR at the end of a 1.0 value", version: v10, command: "SEND", headers: pairs("a", "b\r"), fail: "header has a byte that cannot be sent, command SEND, header 0 a: a carriage return before the end of line is taken for part of it"},
	{name: "CR in CONNECT", version: v0, command: "CONNECT", headers: pairs("a", "b\rc"), fail: "header has a byte that cannot be sent, command CONNECT, header 0 a: a carriage return cannot be read back"},
	{name: "CR in a 1.0 CONNECTED", version: v10, command: "CONNECTED", headers: pairs("a\rb", "c"), fail: `header has a byte that cannot be sent, command CONNECTED, header 0 "a\rb": a carriage return cannot be read back`},
	{name: "CR in a 1.0 ERROR", version: v10, command: "ERROR", headers: pairs("a", "b\rc"), want: "ERROR\na:b\rc\n\n\x00"},
	{name: "CR in an ERROR before CONNECTED", version: v0, command: "ERROR", headers: pairs("a", "b\rc"), fail: "header has a byte that cannot be sent, command ERROR, header 0 a: a carriage return cannot be read back"},
	{name: "empty name", version: v12, command: "SEND", headers: pairs("a", "b", "", "c"), fail: "empty header name, command SEND, header 1"},
	{name: "first error", version: v12, command: "SEND", headers: pairs("a", "\x00", "", "c"), fail: "header has a byte that cannot be sent, command SEND, header 0 a: NUL has no escape"},

	// Commands.
	{name: "unknown", version: v12, command: "BOGUS", fail: "unknown command"},
	{name: "lower case", version: v12, command: "send", fail: "unknown command"},
	{name: "LF in the command", version: v12, command: "SEND\na:b", fail: "unknown command"},
	{name: "unknown, wanted", version: v12, opt: encoder.Options{UnknownCommand: true}, command: "x", headers: pairs("a", ":"), body: "b", want: "x\na:\\c\ncontent-length:1\n\nb\x00"},
	{name: "LF in the command, unknown wanted", version: v12, opt: encoder.Options{UnknownCommand: true}, command: "x\ny", fail: "unknown command: no line can hold it"},
	{name: "CR in the command, unknown wanted", version: v10, opt: encoder.Options{UnknownCommand: true}, command: "x\ry", fail: "unknown command: no line can hold it"},
	{name: "NUL in the command, unknown wanted", version: v10, opt: encoder.Options{UnknownCommand: true}, command: "\x00", fail: "unknown command: no line can hold it"},
	{name: "no command, unknown wanted", version: v12, opt: encoder.Options{UnknownCommand: true}, command: "", fail: "unknown command: no line can hold it"},
	{name: "before a version", version: v0, command: "SEND", fail: "command before a version is agreed, command SEND"},
	{name: "unknown, before a version", version: v0, opt: encoder.Options{UnknownCommand: true}, command: "x", fail: "command before a version is agreed"},
	{name: "no version", version: 4, command: "SEND", fail: "unknown version, command SEND"},

	// Bodies (D10).
	{name: "body on SUBSCRIBE", version: v12, command: "SUBSCRIBE", body: "x", fail: "command may not have a body, command SUBSCRIBE"},
	{name: "body on 1.1 SUBSCRIBE", version: v11, command: "SUBSCRIBE", body: "x", fail: "command may not have a body, command SUBSCRIBE"},
	{name: "body on 1.0 SUBSCRIBE", version: v10, command: "SUBSCRIBE", body: "x", want: "SUBSCRIBE\ncontent-length:1\n\nx\x00"},
	{name: "NUL in a body on 1.0 SUBSCRIBE", version: v10, command: "SUBSCRIBE", body: "x\x00", fail: "NUL in a body that nobody counts, command SUBSCRIBE"},
	{name: "NUL in a body on 1.0 CONNECT", version: v10, command: "CONNECT", headers: pairs("content-length", "1"), body: "\x00", fail: "NUL in a body that nobody counts, command CONNECT"},
	{name: "NUL in a body on 1.0 MESSAGE", version: v10, command: "MESSAGE", body: "x\x00", want: "MESSAGE\ncontent-length:2\n\nx\x00\x00"},
	{name: "body of an extension", version: v12, opt: encoder.Options{UnknownCommand: true}, command: "PING", body: "x", want: "PING\ncontent-length:1\n\nx\x00"},
	{name: "NUL in a body of an extension (D22)", version: v12, opt: encoder.Options{UnknownCommand: true}, command: "PING", body: "x\x00", fail: "NUL in a body that nobody counts"},
	{name: "NUL in a body of a 1.0 extension, counted", version: v10, opt: encoder.Options{UnknownCommand: true}, command: "PING", headers: pairs("content-length", "1"), body: "\x00", fail: "NUL in a body that nobody counts"},
	{name: "body on 1.0 RECEIPT", version: v10, command: "RECEIPT", body: "x", fail: "command may not have a body, command RECEIPT"},
	{name: "body on CONNECT", version: v0, command: "CONNECT", body: "x", fail: "command may not have a body, command CONNECT"},

	// content-length (D21).
	{name: "given", version: v12, command: "SEND", headers: pairs("content-length", "2", "a", "b"), body: "hi", want: "SEND\ncontent-length:2\na:b\n\nhi\x00"},
	{name: "given with zeros", version: v12, command: "SEND", headers: pairs("content-length", "002"), body: "hi", want: "SEND\ncontent-length:002\n\nhi\x00"},
	{name: "given, no body", version: v12, command: "ACK", headers: pairs("content-length", "0"), want: "ACK\ncontent-length:0\n\n\x00"},
	{name: "too small", version: v12, command: "SEND", headers: pairs("content-length", "1"), body: "hi", fail: "content-length is not the length of the body, command SEND"},
	{name: "too large", version: v12, command: "SEND", headers: pairs("content-length", "3"), body: "hi", fail: "content-length is not the length of the body, command SEND"},
	{name: "no body, not 0", version: v12, command: "SEND", headers: pairs("content-length", "3"), fail: "content-length is not the length of the body, command SEND"},
	{name: "no number", version: v12, command: "SEND", headers: pairs("content-length", "+2"), body: "hi", fail: "content-length is not the length of the body, command SEND, header 0 content-length"},
	{name: "second one", version: v12, command: "SEND", headers: pairs("content-length", "2", "content-length", "3"), body: "hi", fail: "more than one content-length, command SEND, header 1 content-length"},
	{name: "second one that agrees", version: v12, command: "SEND", headers: pairs("content-length", "2", "content-length", "2"), body: "hi", fail: "more than one content-length, command SEND, header 1 content-length"},
	{name: "second one of no body", version: v12, command: "SEND", headers: pairs("content-length", "0", "content-length", "0"), fail: "more than one content-length, command SEND, header 1 content-length"},
	{name: "other case is another header", version: v12, command: "SEND", headers: pairs("Content-Length", "9"), body: "hi", want: "SEND\nContent-Length:9\ncontent-length:2\n\nhi\x00"},
	{name: "never", version: v12, opt: encoder.Options{Length: encoder.LengthNever}, command: "SEND", headers: pairs("a", "b"), body: "hi", want: "SEND\na:b\n\nhi\x00"},
	{name: "never, given", version: v12, opt: encoder.Options{Length: encoder.LengthNever}, command: "SEND", headers: pairs("content-length", "2", "a", "b"), body: "hi", want: "SEND\na:b\n\nhi\x00"},
	{name: "never, wrong", version: v12, opt: encoder.Options{Length: encoder.LengthNever}, command: "SEND", headers: pairs("content-length", "3"), body: "hi", fail: "content-length is not the length of the body, command SEND"},
	{name: "never, NUL in the body", version: v12, opt: encoder.Options{Length: encoder.LengthNever}, command: "SEND", body: "h\x00", fail: "NUL in a body that nobody counts, command SEND"},
	{name: "never, NUL first in the body", version: v12, opt: encoder.Options{Length: encoder.LengthNever}, command: "SEND", body: "\x00h", fail: "NUL in a body that nobody counts, command SEND"},
	{name: "as given, none", version: v12, opt: encoder.Options{Length: encoder.LengthAsGiven}, command: "SEND", headers: pairs("a", "b"), body: "hi", want: "SEND\na:b\n\nhi\x00"},
	{name: "as given", version: v12, opt: encoder.Options{Length: encoder.LengthAsGiven}, command: "SEND", headers: pairs("content-length", "2", "a", "b"), body: "hi", want: "SEND\ncontent-length:2\na:b\n\nhi\x00"},
	{name: "as given, of no body", version: v12, opt: encoder.Options{Length: encoder.LengthAsGiven}, command: "ACK", headers: pairs("content-length", "0"), want: "ACK\ncontent-length:0\n\n\x00"},
	{name: "as given, wrong", version: v12, opt: encoder.Options{Length: encoder.LengthAsGiven}, command: "SEND", headers: pairs("content-length", "3"), body: "hi", fail: "content-length is not the length of the body, command SEND"},
	{name: "as given, twice", version: v12, opt: encoder.Options{Length: encoder.LengthAsGiven}, command: "SEND", headers: pairs("content-length", "2", "content-length", "2"), body: "hi", fail: "more than one content-length, command SEND, header 1 content-length"},
	{name: "as given, a NUL in the body", version: v12, opt: encoder.Options{Length: encoder.LengthAsGiven}, command: "SEND", headers: pairs("content-length", "2"), body: "h\x00", want: "SEND\ncontent-length:2\n\nh\x00\x00"},
	{name: "as given, none, a NUL in the body", version: v12, opt: encoder.Options{Length: encoder.LengthAsGiven}, command: "SEND", body: "h\x00", fail: "NUL in a body that nobody counts, command SEND"},
	{name: "never, then a bad header", version: v12, opt: encoder.Options{Length: encoder.LengthNever}, command: "SEND", headers: pairs("content-length", "2", "", "b"), body: "hi", fail: "empty header name, command SEND, header 1"},

	// CR LF.
	{name: "CR LF", version: v12, opt: encoder.Options{CRLF: true}, command: "SEND", headers: pairs("a", "b\r"), body: "\n", want: "SEND\r\na:b\\r\r\ncontent-length:1\r\n\r\n\n\x00"},
	{name: "CR LF in 1.1", version: v11, opt: encoder.Options{CRLF: true}, command: "SEND", headers: pairs("a", "b"), want: "SEND\na:b\n\n\x00"},
	{name: "CR LF before a version", version: v0, opt: encoder.Options{CRLF: true}, command: "CONNECT", want: "CONNECT\n\n\x00"},
}

// viewOf borrows a frame.
func viewOf(f *frame.Frame) frame.View {
	v := frame.View{Head: frame.Head{Command: f.Command}, Body: f.Body}
	for _, h := range f.Headers {
		v.Headers = append(v.Headers, headers.FieldView{Name: []byte(h.Name), Value: []byte(h.Value)})
	}
	return v
}

func TestAppend(t *testing.T) {
	const before = "before"
	for _, c := range encodeCases {
		t.Run(c.name, func(t *testing.T) {
			f := &frame.Frame{Command: c.command, Headers: c.headers, Body: []byte(c.body)}
			size, sizeErr := encoder.Size(f, c.version, c.opt)
			b := encoder.Begin([]byte(before), c.command, c.version, c.opt)
			for i, h := range c.headers {
				if i%2 == 0 {
					b.Header(h.Name, h.Value)
				} else {
					b.HeaderBytes([]byte(h.Name), []byte(h.Value))
				}
			}
			var w strings.Builder
			writer := encoder.NewWriter(&w, c.version, c.opt)
			for _, way := range []struct {
				name   string
				append func() ([]byte, error)
			}{
				{"AppendFrame", func() ([]byte, error) { return encoder.AppendFrame([]byte(before), f, c.version, c.opt) }},
				{"AppendView", func() ([]byte, error) { return encoder.AppendView([]byte(before), viewOf(f), c.version, c.opt) }},
				{"Builder", func() ([]byte, error) { return b.End(f.Body) }},
				{"WriteFrame", func() ([]byte, error) {
					w.Reset()
					err := writer.WriteFrame(f)
					return []byte(before + w.String()), err
				}},
				{"WriteView", func() ([]byte, error) {
					w.Reset()
					err := writer.WriteView(viewOf(f))
					return []byte(before + w.String()), err
				}},
			} {
				got, err := way.append()
				if string(got) != before+c.want {
					t.Errorf("%s: %q, want %q", way.name, got, before+c.want)
				}
				checkError(t, way.name, err, c.fail)
			}
			checkError(t, "Size", sizeErr, c.fail)
			if size != len(c.want) {
				t.Errorf("Size %d, want %d", size, len(c.want))
			}
			if c.fail == "" && c.version <= v12 {
				readBack(t, c.want, f, c.version, c.opt)
			}
		})
	}
}

func checkError(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch e := err.(type) {
	case nil:
		if want != "" {
			t.Errorf("%s: no error, want %s", what, want)
		}
	case *encoder.Error:
		if got := strings.TrimPrefix(e.Error(), "stomp: cannot send: "); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
		if !errors.Is(err, e.Kind) || e.Token() != e.Kind.Token() {
			t.Errorf("%s: %v is not its kind", what, err)
		}
	default:
		t.Errorf("%s: %T %v, want %s", what, err, err, want)
	}
}

// readBack reads what was written with a strict parser, which must see f and
// nothing else, but for content-length.
func readBack(t *testing.T, octets string, f *frame.Frame, v version, o encoder.Options) {
	t.Helper()
	if f.Command.Handshake() && f.Command != frame.ERROR {
		v = frame.Unnegotiated
	}
	var allow parser.Allow
	if o.UnknownCommand {
		allow = parser.AllowUnknownCommand
	}
	a := parser.NewAssembler(parser.Options{Version: v, Allow: allow})
	view, n, ok, err := a.Next([]byte(octets))
	if err != nil || !ok || n != len(octets) {
		t.Fatalf("%q is not read back: %d bytes, %v, %v", octets, n, ok, err)
	}
	got, want := view.Clone(), f.Clone()
	got.Headers.Delete(headers.ContentLength)
	want.Headers.Delete(headers.ContentLength)
	if len(want.Headers) == 0 {
		want.Headers, got.Headers = nil, nil
	}
	if len(want.Body) == 0 {
		want.Body = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q is read back otherwise (-want +got):\n%s", octets, diff)
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	f := &frame.Frame{Command: frame.MESSAGE, Headers: pairs("subscription", "0", "message-id", "T:1", "destination", "/topic/a"), Body: []byte("hello")}
	view := viewOf(f)
	buf := make([]byte, 0, 1024)
	name, value := []byte("a"), []byte("b:c")
	for _, c := range []struct {
		name string
		f    func() error
	}{
		{"AppendFrame", func() error { _, err := encoder.AppendFrame(buf, f, v12, encoder.Options{}); return err }},
		{"AppendView", func() error { _, err := encoder.AppendView(buf, view, v12, encoder.Options{}); return err }},
		{"AppendFrame, 1.0", func() error { _, err := encoder.AppendFrame(buf, f, v10, encoder.Options{}); return err }},
		{"Size", func() error { _, err := encoder.Size(f, v12, encoder.Options{}); return err }},
		{"Builder", func() error {
			b := encoder.Begin(buf, frame.SEND, v12, encoder.Options{})
			b.Header("destination", "/queue/a")
			b.HeaderBytes(name, value)
			_, err := b.End(f.Body)
			return err
		}},
		{"AppendHeartBeat", func() error { encoder.AppendHeartBeat(buf); return nil }},
	} {
		if n := testing.AllocsPerRun(100, func() {
			if err := c.f(); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

func TestErrorKinds(t *testing.T) {
	seen := map[string]bool{}
	for k := encoder.UnknownVersion; k <= encoder.NoFrame; k++ {
		if seen[k.Token()] || strings.Trim(k.Token(), "abcdefghijklmnopqrstuvwxyz_") != "" || !strings.HasPrefix(k.Error(), "stomp: cannot send: ") {
			t.Errorf("kind %d: token %q, text %q", k, k.Token(), k.Error())
		}
		seen[k.Token()] = true
	}
	for k, n := range map[encoder.ErrorKind]string{0: "0", encoder.NoFrame + 1: "15", 99: "99"} {
		if k.Token() != "error_kind_"+n || k.Error() != "stomp: encoder.ErrorKind("+n+")" {
			t.Error(k.Token(), k.Error())
		}
	}
}

// Errors are printable ASCII, bounded, and show no value.
func TestErrorsShowNoValues(t *testing.T) {
	for _, name := range []string{"passcode", "\x1b[31m", strings.Repeat("\u202e", 1000), ""} {
		f := &frame.Frame{Command: "CONNECT", Headers: headers.List{{Name: name, Value: "s3cr3t\n"}}}
		_, err := encoder.AppendFrame(nil, f, v0, encoder.Options{})
		text := err.Error()
		if strings.Contains(text, "s3cr3t") || len(text) > 600 || strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
			t.Errorf("%q", text)
		}
	}
	f := &frame.Frame{Command: frame.Command("\x1b" + strings.Repeat("x", 1000))}
	if _, err := encoder.AppendFrame(nil, f, v12, encoder.Options{}); len(err.Error()) > 100 {
		t.Error(err)
	}
}

// Any frame is written so that it reads back, or not at all: short hostile
// strings in every place, in every version.
func TestHostileFrames(t *testing.T) {
	hostile := []string{"", "a", ":", "\n", "\r", "\x00", "\\", "\\n", "a\r", "\ra", "content-length", "0", "1", "\n\n\x00SEND\n\n\x00", "\xff"}
	written := 0
	for _, command := range []frame.Command{"SEND", "CONNECT", "CONNECTED", "ERROR", "ACK", "SEND\n"} {
		for v := v0; v <= v12; v++ {
			for _, name := range hostile {
				for _, value := range hostile {
					for _, body := range []string{"", "x", "\x00"} {
						for _, o := range []encoder.Options{{}, {Length: encoder.LengthNever}, {Length: encoder.LengthAsGiven}, {CRLF: true}} {
							f := &frame.Frame{Command: command, Headers: pairs(name, value), Body: []byte(body)}
							got, err := encoder.AppendFrame([]byte("x"), f, v, o)
							if err != nil {
								if string(got) != "x" {
									t.Fatalf("%v: %v, yet %q", f, err, got)
								}
								continue
							}
							written++
							readBack(t, string(got[1:]), f, v, o)
						}
					}
				}
			}
		}
	}
	if written < 2000 {
		t.Errorf("only %s frames were written", strconv.Itoa(written))
	}
}

// A Builder that was not begun, or has ended, makes nothing.
func TestBuilderMisuse(t *testing.T) {
	var zero encoder.Builder
	zero.Header("a", "b")
	if got, err := zero.End(nil); len(got) != 0 || !errors.Is(err, encoder.NoFrame) {
		t.Errorf("zero: %q, %v", got, err)
	}
	b := encoder.Begin(nil, frame.SEND, v12, encoder.Options{})
	want, err := b.End([]byte("hi"))
	if err != nil {
		t.Fatal(err)
	}
	b.Header("a", "b")
	if got, err := b.End([]byte("hi")); string(got) != string(want) || !errors.Is(err, encoder.NoFrame) {
		t.Errorf("twice: %q, %v, want the frame that was made", got, err)
	}
	bad := encoder.Begin([]byte("x"), "", v12, encoder.Options{})
	for range 2 {
		if got, err := bad.End(nil); string(got) != "x" || !errors.Is(err, encoder.UnknownCommand) {
			t.Errorf("bad: %q, %v", got, err)
		}
	}
}

// "go vet" finds copies of a Builder: it looks for a field with these methods.
func TestBuilderCopiesAreFound(t *testing.T) {
	field := reflect.TypeFor[encoder.Builder]().Field(0)
	if !reflect.PointerTo(field.Type).Implements(reflect.TypeFor[sync.Locker]()) || field.Type.Size() != 0 {
		t.Errorf("%v: %v", field.Name, field.Type)
	}
}

// A policy that is none is refused, whatever the frame.
func TestUnknownLengthPolicy(t *testing.T) {
	for _, f := range []*frame.Frame{
		{Command: frame.SEND},
		{Command: frame.SEND, Headers: pairs("content-length", "3"), Body: []byte("a\x00b")},
	} {
		for _, o := range []encoder.Options{{Length: 3}, {Length: 255}} {
			if got, err := encoder.AppendFrame(nil, f, v12, o); len(got) != 0 || !errors.Is(err, encoder.UnknownLength) {
				t.Errorf("%v: %q, %v", o, got, err)
			}
			if _, err := encoder.Size(f, v12, o); !errors.Is(err, encoder.UnknownLength) {
				t.Errorf("%v: Size: %v", o, err)
			}
			w := encoder.NewWriter(failing{t}, v12, o)
			if err := w.WriteFrame(f); !errors.Is(err, encoder.UnknownLength) {
				t.Errorf("%v: WriteFrame: %v", o, err)
			}
		}
	}
}

// failing is an io.Writer that must not be written to.
type failing struct{ t *testing.T }

func (w failing) Write(p []byte) (int, error) {
	w.t.Errorf("wrote %q", p)
	return len(p), nil
}

// A frame is the same whichever way it is written, wherever it needs escapes: a
// Builder judges header by header, AppendFrame writes the head as a whole.
func TestAppendIsBuilder(t *testing.T) {
	values := []string{"", "plain", ":", "a\\b\r\n", "\t", "x\x00", "a value that is longer than a word", strings.Repeat("long ", 20) + ":"}
	for version := v11; version <= v12; version++ {
		for i := range len(values) * len(values) * len(values) {
			a, b, c := values[i%8], values[i/8%8], values[i/64]
			f := &frame.Frame{Command: frame.SEND, Headers: pairs("a", a, "b"+b, "x", "content-length", "4", "c", c), Body: []byte("body")}
			w := encoder.Begin([]byte("before"), f.Command, version, encoder.Options{})
			for _, h := range f.Headers {
				w.Header(h.Name, h.Value)
			}
			want, wantErr := w.End(f.Body)
			for _, spare := range []int{0, 400} {
				got, err := encoder.AppendFrame(append(make([]byte, 0, spare), "before"...), f, version, encoder.Options{})
				if string(got) != string(want) || !reflect.DeepEqual(err, wantErr) {
					t.Fatalf("%q in %v: %q, %v, want %q, %v", f.Headers, version, got, err, want, wantErr)
				}
			}
		}
	}
}
