package parser_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A change of version holds from the next frame, wherever in a frame it comes.
func TestVersionChange(t *testing.T) {
	const in = "SEND\na:\\c\n\nx\x00SEND\na:\\c\n\n\x00"
	for at := 1; at <= strings.IndexByte(in, 0); at++ {
		p := parser.New(parser.Options{Version: frame.V10})
		var values []string
		for i := range in {
			if i == at {
				p.SetVersion(frame.V11)
			}
			if ev := feed(t, p, []byte(in[i:i+1])); ev.Kind == parser.HeadEvent {
				values = append(values, ev.Head.Headers.Value("a"))
			}
		}
		if want := []string{`\c`, ":"}; !slices.Equal(values, want) {
			t.Errorf("set at %d: %q, want %q", at, values, want)
		}
	}
}

// loop is an endless stream.
type loop struct {
	octets []byte
	at     int
}

func (l *loop) Read(p []byte) (int, error) {
	n := copy(p, l.octets[l.at:])
	l.at = (l.at + n) % len(l.octets)
	return n, nil
}

// A million idle connections fit in 300 MB.
func TestSizeOfIdle(t *testing.T) {
	if n := unsafe.Sizeof(parser.Assembler{}); n > 400 {
		t.Errorf("an Assembler has %d bytes", n)
	}
	var p parser.Parser
	beat := []byte("\n")
	if n := testing.AllocsPerRun(100, func() {
		if _, _, err := p.Next(beat); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a heart-beat costs a new Parser %v allocations", n)
	}
}

func TestFrameStartAndBuffered(t *testing.T) {
	p := parser.New(parser.Options{Version: frame.V12})
	for _, c := range []struct {
		in       string
		start    int64
		inside   bool
		buffered int
		offset   int64
	}{
		{"", 0, false, 0, 0},
		{"\n\n", 0, false, 0, 2},
		{"\r", 0, false, 1, 3},
		{"\n", 0, false, 0, 4},
		{"SEND\n", 4, true, 5, 9},
		{"a:b\n", 4, true, 9, 13},
		{"content-length:2\n\n", 4, true, 0, 31},
		{"x", 4, true, 0, 32},
		{"y", 4, true, 0, 33},
		{"\x00", 0, false, 0, 34},
		{"ACK\ncontent-length:2\n\n", 34, true, 0, 56},
		{"x", 34, true, 0, 57},
		{"y\x00", 0, false, 0, 59},
		{"SEND\n\n", 59, true, 0, 65},
		{"x", 59, true, 0, 66},
	} {
		feed(t, p, []byte(c.in))
		start, inside := p.FrameStart()
		if start != c.start || inside != c.inside || p.Buffered() != c.buffered || p.Offset() != c.offset {
			t.Errorf("after %q: frame %d, %v, buffered %d, offset %d, want %d, %v, %d, %d",
				c.in, start, inside, p.Buffered(), p.Offset(), c.start, c.inside, c.buffered, c.offset)
		}
	}
}

func TestAssemblerReset(t *testing.T) {
	a := parser.NewAssembler(parser.Options{Version: frame.V12})
	if _, _, _, err := a.Next([]byte("SEND\n\nabc")); err != nil {
		t.Fatal(err)
	}
	if n := a.Buffered(); n != 3 {
		t.Errorf("buffered %d", n)
	}
	a.Reset(parser.Options{Version: frame.V12})
	v, _, ok, err := a.Next([]byte("SEND\n\nx\x00"))
	if !ok || err != nil || string(v.Body) != "x" || a.Buffered() != 0 {
		t.Errorf("%v, %v, %v", v, ok, err)
	}
}

func TestRelease(t *testing.T) {
	a := parser.NewAssembler(parser.Options{Version: frame.V12})
	feed := func(s string) {
		if _, n, _, err := a.Next([]byte(s)); err != nil || n != len(s) {
			t.Fatal(n, err)
		}
	}
	feed("SEND\na:b\n\nab")
	a.Release() // inside a frame: nothing
	v, _, ok, err := a.Next([]byte("c\x00"))
	if !ok || err != nil || string(v.Body) != "abc" || len(v.Headers) != 1 {
		t.Fatal(v, ok, err)
	}
	a.Release()
	feed("\n")
	feed("SEND\na:b\n\nab\x00")
	var p parser.Parser
	p.SetVersion(frame.V12)
	if _, _, err := p.Next([]byte("SEND\na:")); err != nil {
		t.Fatal(err)
	}
	p.Release()
	if ev, _, err := p.Next([]byte("b\n\n")); err != nil || len(ev.Head.Headers) != 1 {
		t.Error(ev, err)
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		err  *parser.Error
		want string
	}{
		{&parser.Error{Kind: parser.BadEscape, Offset: 120, Frame: 83, Command: frame.SEND, Header: "x-note"},
			"stomp: undefined or truncated escape at offset 120, header x-note, command SEND, frame at 83"},
		{&parser.Error{Kind: parser.TooManyHeaders, Offset: 9, Frame: 9, Limit: 0}, "stomp: too many headers at offset 9, limit 0"},
		{&parser.Error{Kind: parser.UnknownCommand, Detail: "an HTTP request: GET"}, "stomp: unknown command at offset 0: an HTTP request: GET"},
		{&parser.Error{Kind: parser.NotNegotiated, Offset: 5, Frame: 5, Command: frame.SEND},
			"stomp: command before a version is agreed at offset 5, command SEND: call SetVersion when CONNECT or CONNECTED has been read"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
		if !errors.Is(c.err, c.err.Kind) || c.err.Token() != c.err.Kind.Token() {
			t.Errorf("%v is not its kind", c.err)
		}
	}
	eof := &parser.Error{Kind: parser.UnexpectedEOF}
	if !errors.Is(eof, io.ErrUnexpectedEOF) || errors.Is(&parser.Error{Kind: parser.BareCR}, io.ErrUnexpectedEOF) {
		t.Error("io.ErrUnexpectedEOF")
	}
}

// An unknown command is shown as far as it is a word, and other protocols are
// called by their names, once their beginnings have come.
func TestUnknownCommandDetail(t *testing.T) {
	for _, c := range []struct {
		in     string
		offset int64
		detail string
	}{
		{"SENT\n", 3, `"SENT"`},
		{"SENDER\n", 4, `"SENDER"`},
		{"send\n", 0, `"send"`},
		{" SEND\n", 0, "begins with the byte 0x20"},
		{"SEND \n", 4, `"SEND", then the byte 0x20`},
		{"SE\rND\n", 2, `"SE"`},
		{"\xef\xbb\xbfSEND\n", 0, "begins with the byte 0xef"},
		{"UNSUBSCRIBERS", 11, `"UNSUBSCRIBERS"`},
		{"SX\x00", 1, `"SX", then the byte 0x0`},
		{"ZA@", 0, `"ZA", then the byte 0x40`},
		{"AZ[", 1, `"AZ", then the byte 0x5b`},
		{"Ack`", 1, "\"Ack\", then the byte 0x60"},
		{"stOmp{", 0, `"stOmp", then the byte 0x7b`},
		{"Zz", 0, ""}, // too little to know
		{"azaz", 0, ""},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdefgh", 0, "a TLS record: the peer speaks TLS"},
		{"\x16\x03", 0, "a TLS record: the peer speaks TLS"},
		{"\x16\x04", 0, "begins with the byte 0x16"},
		{"\x16", 0, "begins with the byte 0x16"},
		{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0, "an HTTP request: GET"},
		{"CONNECT x:1 HTTP/1.1\r\n\r\n", 7, "an HTTP request: CONNECT"},
		{"HTTP/1.1 400 Bad Request\r\n\r\n", 0, "an HTTP response"},
		{"HTTP/", 0, "an HTTP response"},
		{"GET", 0, `"GET"`},
	} {
		for _, size := range []int{1, len(c.in)} {
			p := parser.New(v12)
			var err error
			for chunk := range slices.Chunk([]byte(c.in), size) {
				if _, _, err = p.Next(chunk); err != nil {
					break
				}
			}
			if err == nil {
				err = p.Finish()
			}
			e, ok := err.(*parser.Error)
			if !ok || e.Kind != parser.UnknownCommand || e.Offset != c.offset || e.Detail != c.detail {
				t.Errorf("%q in chunks of %d: %+v, want %q at %d", c.in, size, err, c.detail, c.offset)
			}
		}
	}
}

// What a peer is told is what it did, and nothing about this program.
func TestPeerText(t *testing.T) {
	var marked interface{ STOMPPeerText() string }
	for k := parser.UnknownCommand; k <= parser.UnexpectedEOF; k++ {
		e := &parser.Error{Kind: k, Offset: 120, Frame: 83, Limit: 7, Command: frame.SEND, Header: "x-note", Detail: "detail"}
		if !errors.As(fmt.Errorf("wrapped: %w", e), &marked) {
			t.Fatal("errors.As does not find it")
		}
		text := marked.STOMPPeerText()
		whole, own, _ := strings.Cut(e.Error(), ": call ")
		if "stomp: "+text != whole || strings.Contains(text, "SetVersion") || (own != "") != (k == parser.NotNegotiated) {
			t.Errorf("%s: the peer is told %q, the program %q", k.Token(), text, e)
		}
	}
	_, _, err := parser.New(parser.Options{}).Next([]byte("SEND\n\n\x00"))
	if !errors.As(err, &marked) || marked.STOMPPeerText() != "command before a version is agreed at offset 0, command SEND" {
		t.Error(err)
	}
}

func TestErrorKinds(t *testing.T) {
	seen := map[string]bool{}
	for k := parser.UnknownCommand; k <= parser.UnexpectedEOF; k++ {
		token := k.Token()
		if seen[token] || strings.Trim(token, "abcdefghijklmnopqrstuvwxyz_") != "" || !strings.HasPrefix(k.Error(), "stomp: ") {
			t.Errorf("kind %d: token %q, text %q", k, token, k.Error())
		}
		seen[token] = true
		limit := strings.Contains(token, "too_")
		if k.IsLimit() != limit {
			t.Errorf("%s: IsLimit %v", token, k.IsLimit())
		}
		if e := (&parser.Error{Kind: k}); e.IsLimit() != limit || e.Token() != token {
			t.Errorf("%s: of the error %s, %v", token, e.Token(), e.IsLimit())
		}
	}
	for k, n := range map[parser.ErrorKind]string{0: "0", parser.UnexpectedEOF + 1: "19", 200: "200"} {
		if k.Error() != "stomp: ErrorKind("+n+")" || k.Token() != "error_kind_"+n || k.IsLimit() {
			t.Error(k.Error(), k.Token())
		}
	}
}

// Errors are printable ASCII, bounded, and show no value.
func TestErrorsShowNoValues(t *testing.T) {
	secret := "s3cr3t"
	for _, in := range []string{
		"SEND\npasscode:" + secret + "\\x\n\n\x00",
		"SEND\n" + strings.Repeat("\x1b[31m", 50) + ":" + secret + "\\x\n\n\x00",
		"SEND\ncontent-length:" + secret + "\n\n\x00",
		"SEND\n" + secret + "\n\n\x00",
		"passcode:" + secret + "\n\n\x00",
		"\x1b[31m\n\n\x00",
		"SEND\n\u202e:\x00" + secret + "\n\n\x00",
		"SEND\na:\x00" + secret,
	} {
		_, _, err := parser.Decode([]byte(in), v12)
		e, ok := err.(*parser.Error)
		if !ok {
			t.Errorf("%q: %v", in, err)
			continue
		}
		for _, text := range []string{e.Error(), e.STOMPPeerText(), e.Header, e.Detail, string(e.Command), fmt.Sprintf("%+v %#v", e, e)} {
			if strings.Contains(text, secret) {
				t.Errorf("%q shows the value", text)
			}
			if strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 || len(text) > 600 {
				t.Errorf("%q is not short printable ASCII", text)
			}
		}
	}
}

func TestAllowNames(t *testing.T) {
	names := parser.AllowAll.Names()
	if len(names) != 10 {
		t.Errorf("%d names", len(names))
	}
	var all parser.Allow
	for _, name := range names {
		bit, ok := parser.ParseAllow(name)
		if !ok || bit == 0 || bit&(bit-1) != 0 || bit.String() != name {
			t.Errorf("%s: %b, %v, %s", name, bit, ok, bit)
		}
		all |= bit
	}
	if all != parser.AllowAll {
		t.Errorf("the names make %b, want %b", all, parser.AllowAll)
	}
	if bit, ok := parser.ParseAllow("all"); !ok || bit != parser.AllowAll {
		t.Error("all")
	}
	if _, ok := parser.ParseAllow("CRLF"); ok {
		t.Error("CRLF")
	}
	if got := (parser.AllowCRLF | parser.AllowEscapedCR).String(); got != "escaped-cr,crlf" {
		t.Error(got)
	}
}

func TestEventKindString(t *testing.T) {
	for k, want := range map[parser.EventKind]string{parser.NeedMore: "NeedMore", parser.HeartBeatEvent: "HeartBeat", parser.HeadEvent: "Head", parser.BodyEvent: "Body", parser.EndEvent: "End", 9: "EventKind(9)"} {
		if k.String() != want {
			t.Errorf("%s, want %s", k, want)
		}
	}
}
