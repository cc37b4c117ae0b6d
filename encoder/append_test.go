package encoder_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/headers"
)

const (
	v0  = frame.Unnegotiated
	v10 = frame.V10
	v11 = frame.V11
	v12 = frame.V12
)

func pairs(nameValue ...string) headers.List { return headers.Pairs(nameValue...) }

// What the text of an error says, after its beginning.
func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		version frame.Version
		opt     encoder.Options
		command frame.Command
		headers headers.List
		body    string
		want    string
	}{
		{version: v10, command: "SEND", headers: pairs("a", "b", "a\nb", "c"), want: `header has a byte that cannot be sent, command SEND, header 1 "a\nb": line feed has no escape`},
		{version: v0, command: "CONNECT", headers: pairs("a:b", "c"), want: `header has a byte that cannot be sent, command CONNECT, header 0 "a:b": a colon in a name ends it`},
		{version: v12, command: "SEND", headers: pairs("a", "\x00", "", "c"), want: "header has a byte that cannot be sent, command SEND, header 0 a: NUL has no escape"},
		{version: v11, command: "SEND", headers: pairs("a", "b\r"), want: "header has a byte that cannot be sent, command SEND, header 0 a: a carriage return before the end of line is taken for part of it"},
		{version: v12, command: "CONNECT", headers: pairs("a", "b\rc"), want: "header has a byte that cannot be sent, command CONNECT, header 0 a: a carriage return cannot be read back"},
		{version: v12, command: "SEND", headers: pairs("a", "b", "", "c"), want: "empty header name, command SEND, header 1"},
		{version: v12, command: "send", want: "unknown command"},
		{version: v12, opt: encoder.Options{UnknownCommand: true}, command: "x\ny", want: "unknown command: no line can hold it"},
		{version: v0, command: "SEND", want: "command before a version is agreed, command SEND"},
		{version: 4, command: "SEND", want: "unknown version, command SEND"},
		{version: v12, command: "ACK", body: "x", want: "command must not have a body, command ACK"},
		{version: v10, command: "ACK", body: "\x00", want: "NUL in a body without content-length, or of a command other than SEND, MESSAGE and ERROR, command ACK"},
		{version: v12, command: "SEND", headers: pairs("content-length", "1"), want: "content-length is not the length of the body, command SEND"},
		{version: v12, command: "SEND", headers: pairs("content-length", "+0"), want: "content-length is not the length of the body, command SEND, header 0 content-length"},
		{version: v12, command: "SEND", headers: pairs("content-length", "0", "content-length", "0"), want: "more than one content-length, command SEND, header 1 content-length"},
	} {
		_, err := encoder.AppendFrame(nil, &frame.Frame{Command: c.command, Headers: c.headers, Body: []byte(c.body)}, c.version, c.opt)
		var e *encoder.Error
		if !errors.As(err, &e) || e.Error() != "stomp: cannot send: "+c.want || !errors.Is(err, e.Kind) || e.Token() != e.Kind.Token() {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	f := &frame.Frame{Command: frame.MESSAGE, Headers: pairs("subscription", "0", "message-id", "T:1", "destination", "/topic/a"), Body: []byte("hello")}
	view := f.View()
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
	for _, command := range []frame.Command{"SEND", "CONNECT", "CONNECTED", "ERROR", "ACK", "SEND\n"} {
		for v := v0; v <= v12; v++ {
			for _, o := range []encoder.Options{{}, {Length: encoder.LengthNever}, {Length: encoder.LengthAsGiven}, {CRLF: true}} {
				encode, decode := fuzz.Encoding(v, o), decoding(v, o)
				for _, name := range hostile {
					for _, value := range hostile {
						for _, body := range []string{"", "x", "\x00"} {
							if err := fuzz.CheckEncoder(encode, decode, &frame.Frame{Command: command, Headers: pairs(name, value), Body: []byte(body)}); err != nil {
								t.Fatalf("%v, %v: %v", v, o, err)
							}
						}
					}
				}
			}
		}
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

// A head that no reader takes leaves the buffer as it was.
func TestAppendHeadRefuses(t *testing.T) {
	for _, tt := range []struct {
		f    *frame.Frame
		kind encoder.ErrorKind
	}{
		{&frame.Frame{Command: "SENT"}, encoder.UnknownCommand},
		{&frame.Frame{Command: frame.SEND, Headers: headers.Pairs("a", "\x00")}, encoder.Unescapable},
		{&frame.Frame{Command: frame.ACK, Headers: headers.Pairs("content-length", "5")}, encoder.BodyNotAllowed},
		{&frame.Frame{Command: frame.SEND, Headers: headers.Pairs("content-length", "five")}, encoder.WrongLength},
	} {
		got, err := encoder.AppendHead([]byte("before"), tt.f.View().Head, frame.V12, encoder.Options{})
		var e *encoder.Error
		if !errors.As(err, &e) || e.Kind != tt.kind || string(got) != "before" {
			t.Errorf("%v: %q, %v, want %v", tt.f, got, err, tt.kind)
		}
	}
	got, err := encoder.AppendHead(nil, (&frame.Frame{Command: frame.ACK}).View().Head, frame.V12, encoder.Options{})
	if string(got) != "ACK\n\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
