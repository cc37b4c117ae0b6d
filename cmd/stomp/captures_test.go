package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/jsonl"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
)

// broken is what a strict parser says of the recordings that break the
// specification, and what reads them: testdata/captures/README.md says why.
var broken = map[string]struct {
	kind   parser.ErrorKind
	offset int64
	allow  parser.Allow // reads it; 0: nothing does
}{
	"activemq/net-stomp/hdr11/c2s":          {parser.BadEscape, 237, parser.AllowUndefinedEscapes},
	"activemq/net-stomp/hdr12/c2s":          {parser.BadEscape, 295, parser.AllowUndefinedEscapes},
	"activemq/python3-stomp/errframe/c2s":   {parser.UnknownCommand, 62, parser.AllowUnknownCommand},
	"activemq/raw/errframe/c2s":             {parser.UnknownCommand, 143, parser.AllowUnknownCommand},
	"activemq/stompjs7-tcp/errframe/c2s":    {parser.UnknownCommand, 79, parser.AllowUnknownCommand},
	"activemq/stompjs7-tcp/hdr11/c2s":       {parser.BadEscape, 299, 0},
	"rabbitmq-ws-bin/stompjs7/errframe/c2s": {parser.UnknownCommand, 79, parser.AllowUnknownCommand},
	"rabbitmq-ws-bin/stompjs7/hdr11/c2s":    {parser.BadEscape, 291, 0},
	"rabbitmq-ws/stompjs7/errframe/c2s":     {parser.UnknownCommand, 79, parser.AllowUnknownCommand},
	"rabbitmq-ws/stompjs7/hdr11/c2s":        {parser.BadEscape, 291, 0},
	"rabbitmq/net-stomp/hdr11/c2s":          {parser.BadEscape, 178, parser.AllowUndefinedEscapes},
	"rabbitmq/net-stomp/hdr12/c2s":          {parser.BadEscape, 262, parser.AllowUndefinedEscapes},
	"rabbitmq/python3-stomp/errframe/c2s":   {parser.UnknownCommand, 62, parser.AllowUnknownCommand},
	"rabbitmq/raw/errframe/c2s":             {parser.UnknownCommand, 143, parser.AllowUnknownCommand},
	"rabbitmq/stompjs7-tcp/errframe/c2s":    {parser.UnknownCommand, 79, parser.AllowUnknownCommand},
	"rabbitmq/stompjs7-tcp/hdr11/c2s":       {parser.BadEscape, 299, 0},
	"stompserver/net-stomp/hdr11/c2s":       {parser.BadEscape, 178, parser.AllowUndefinedEscapes},
	"stompserver/net-stomp/hdr12/c2s":       {parser.BadEscape, 279, parser.AllowUndefinedEscapes},
	"stompserver/raw/errframe/c2s":          {parser.UnknownCommand, 143, parser.AllowUnknownCommand},
	"stompserver/stompjs7-tcp/errframe/c2s": {parser.UnknownCommand, 79, parser.AllowUnknownCommand},
	"stompserver/stompjs7-tcp/hdr11/c2s":    {parser.BadEscape, 299, 0},
	"stompserver/stompjs7-tcp/hdr12/c2s":    {parser.BadEscape, 297, 0},
}

// chunkSizes are those at which everything is tried: whole, and small ones
// that fall on all boundaries. -1 stands for those of the recording.
var chunkSizes = []int{1 << 20, 1, 2, 3, 7, 1460, -1}

// cut returns the bytes of a capture in chunks, each in memory of its own
// that is overwritten when the next is taken.
func cut(c *testdata.Capture, size int) func(yield func([]byte) bool) {
	pieces := c.Pieces()
	if size > 0 {
		pieces = func(yield func([]byte) bool) {
			for b := c.Octets; len(b) > 0; b = b[min(size, len(b)):] {
				if !yield(b[:min(size, len(b))]) {
					return
				}
			}
		}
	}
	return func(yield func([]byte) bool) {
		var buf []byte
		for piece := range pieces {
			for i := range buf {
				buf[i] = '!'
			}
			buf = append(buf[:0], piece...)
			if !yield(buf) {
				return
			}
		}
	}
}

// Each recording, however cut and by whatever reads it, gives the same JSON,
// and the error in broken or none.
func TestCapturesDecode(t *testing.T) {
	left := map[string]bool{}
	for name := range broken {
		left[name] = true
	}
	for c := range testdata.Captures() {
		delete(left, c.Name())
		want, err := decodeEvents(&c, len(c.Octets), parser.Options{})
		checkError(t, &c, err)
		frames, _ := decodeAssembler(&c, len(c.Octets), parser.Options{})
		for _, size := range chunkSizes {
			got, err2 := decodeEvents(&c, size, parser.Options{})
			if !bytes.Equal(got, want) || !sameError(err2, err) {
				t.Errorf("%s in chunks of %d: Parser: got\n%s%v\nwant\n%s%v", c.Name(), size, got, err2, want, err)
			}
			got, err2 = decodeAssembler(&c, size, parser.Options{})
			if !bytes.Equal(got, frames) || !sameError(err2, err) {
				t.Errorf("%s in chunks of %d: Assembler: got\n%s%v\nwant\n%s%v", c.Name(), size, got, err2, frames, err)
			}
			got, err2 = decodeReader(&c, size, parser.Options{})
			if !bytes.Equal(got, frames) || !sameError(err2, err) {
				t.Errorf("%s in chunks of %d: Reader: got\n%s%v\nwant\n%s%v", c.Name(), size, got, err2, frames, err)
			}
		}
		if want := onlyFrames(want); !bytes.Equal(frames, want) {
			t.Errorf("%s: Assembler and Parser differ:\n%s\n%s", c.Name(), frames, want)
		}
	}
	for name := range left {
		t.Errorf("%s is not there", name)
	}
}

// sameError compares errors of the parser, but for what explains them.
func sameError(a, b error) bool {
	var x, y *parser.Error
	if !errors.As(a, &x) || !errors.As(b, &y) {
		return a == b
	}
	plain, other := *x, *y
	plain.Detail, other.Detail = "", ""
	return plain == other
}

func checkError(t *testing.T, c *testdata.Capture, err error) {
	t.Helper()
	want, isBroken := broken[c.Name()]
	var e *parser.Error
	switch {
	case !isBroken && err != nil:
		t.Errorf("%s: %v", c.Name(), err)
	case isBroken && !errors.As(err, &e):
		t.Errorf("%s: error %v, want %v at %d", c.Name(), err, want.kind, want.offset)
	case isBroken && (e.Kind != want.kind || e.Offset != want.offset):
		t.Errorf("%s: %v at %d, want %v at %d", c.Name(), e.Kind, e.Offset, want.kind, want.offset)
	}
}

// The leniencies that are said to read a recording do, and are needed.
func TestCapturesAllow(t *testing.T) {
	for c := range testdata.Captures() {
		want, isBroken := broken[c.Name()]
		if !isBroken {
			continue
		}
		lines, err := decodeEvents(&c, 7, parser.Options{Allow: parser.AllowAll})
		if want.allow == 0 {
			if err == nil {
				t.Errorf("%s: read with all leniencies, want an error", c.Name())
			}
			continue
		}
		if err != nil {
			t.Errorf("%s with all leniencies: %v", c.Name(), err)
		}
		if !bytes.Contains(lines, []byte(`"allowed":["`+want.allow.String()+`"]`)) {
			t.Errorf("%s: %v was not needed:\n%s", c.Name(), want.allow, lines)
		}
		if _, err := decodeEvents(&c, 7, parser.Options{Allow: want.allow}); err != nil {
			t.Errorf("%s with %v: %v", c.Name(), want.allow, err)
		}
	}
}

// decode, encode and decode again give the same frames.
func TestCapturesRoundTrip(t *testing.T) {
	places := regexp.MustCompile(`(?m)^\{"offset":\d+,("size":\d+,)?`)
	for c := range testdata.Captures() {
		allow := parser.Allow(0)
		if b, ok := broken[c.Name()]; ok {
			if allow = b.allow; allow == 0 {
				continue
			}
		}
		args := []string{"-q", "-o", "json", "-allow", "all"}
		first := runOK(t, append([]string{"decode"}, args...), c.Octets)
		data := runOK(t, []string{"encode", "-q", "-unknown-command"}, first)
		second := runOK(t, append([]string{"decode"}, args...), data)
		first = places.ReplaceAll(first, []byte("{"))
		second = places.ReplaceAll(second, []byte("{"))
		if allow == parser.AllowUndefinedEscapes {
			// What is written is escaped as it should be.
			first = bytes.ReplaceAll(first, []byte(`,"allowed":["undefined-escapes"]`), nil)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.Name(), second, first)
		}
	}
}

// decode and encode give the bytes of a recording back, where these are as the
// encoder writes them: a value has no raw colon in 1.1 and 1.2, and the lines of
// a head end in LF.
func TestCapturesLossless(t *testing.T) {
	exact := 0
	for c := range testdata.Captures() {
		if _, ok := broken[c.Name()]; ok {
			continue
		}
		lines := runOK(t, args("decode -q -o json"), c.Octets)
		got := runOK(t, args("encode -q"), lines)
		rawColon := strings.Contains(c.Name(), "/hdr1") && bytes.Contains(c.Octets, []byte("\nx:key:colon in key\n"))
		if bytes.Equal(got, c.Octets) == rawColon {
			t.Errorf("%s: raw colon %v, got\n%q\nwant\n%q", c.Name(), rawColon, got, c.Octets)
		}
		if !rawColon {
			exact++
		}
	}
	if exact < 150 {
		t.Errorf("%d recordings are given back", exact)
	}
	// What stands between frames too.
	stream := "\n\nBEGIN\ntransaction:t\n\n\x00\nBEGIN\ntransaction:t\n\n\x00BEGIN\ntransaction:t\n\n\x00\n\n\n"
	if got := runOK(t, args("encode -q"), runOK(t, args("decode -q -o json"), []byte(stream))); string(got) != stream {
		t.Errorf("got %q want %q", got, stream)
	}
}

// runOK runs the tool, which must succeed, and returns what it printed.
func runOK(t *testing.T, args []string, stdin []byte) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(args, bytes.NewReader(stdin), &stdout, &stderr); code != exitFine {
		t.Fatalf("stomp %s: exit %d: %s", strings.Join(args, " "), code, &stderr)
	}
	return stdout.Bytes()
}

// decodeEvents is what "stomp decode -o json" prints of the chunks.
func decodeEvents(c *testdata.Capture, size int, o parser.Options) ([]byte, error) {
	var out bytes.Buffer
	err := eachChunk(newTestStream(&out, o), cut(c, size))
	return out.Bytes(), err
}

// onlyFrames leaves out of JSON lines what an Assembler does not report.
func onlyFrames(lines []byte) []byte {
	var b []byte
	for line := range bytes.Lines(lines) {
		if bytes.Contains(line, []byte(`"size":`)) {
			b = append(b, line...)
		}
	}
	return b
}

// follow takes from a frame what it says of the version.
func follow(v frame.Version, h frame.Head) frame.Version {
	if v == frame.Unnegotiated {
		switch h.Command {
		case frame.CONNECT, frame.STOMP:
			return h.AcceptVersions().Highest()
		case frame.CONNECTED:
			v, _ = h.AgreedVersion()
		}
	}
	return v
}

// decodeAssembler is decodeEvents with an Assembler.
func decodeAssembler(c *testdata.Capture, size int, o parser.Options) ([]byte, error) {
	var b []byte
	a := parser.NewAssembler(o)
	start, begun := int64(0), false
	for chunk := range cut(c, size) {
		for len(chunk) > 0 {
			// Byte by byte between frames, to see where one begins.
			n := len(chunk)
			if start, begun = a.FrameStart(); !begun {
				n = 1
			}
			v, k, ok, err := a.Next(chunk[:n])
			if err != nil {
				return b, err
			}
			chunk = chunk[k:]
			if ok {
				b = jsonl.AppendFrame(b, start, a.Offset()-start, v, a.Used())
				o.Version = follow(o.Version, v.Head)
				a.SetVersion(o.Version)
			}
		}
	}
	return b, a.Finish()
}

// pieceReader is an io.Reader of one chunk a call.
type pieceReader struct{ next func() ([]byte, bool) }

func (r *pieceReader) Read(b []byte) (int, error) {
	piece, ok := r.next()
	if !ok {
		return 0, io.EOF
	}
	return copy(b, piece), nil
}

// decodeReader is decodeEvents with a Reader.
func decodeReader(c *testdata.Capture, size int, o parser.Options) ([]byte, error) {
	var b []byte
	var pieces [][]byte
	for piece := range cut(c, size) {
		for len(piece) > 0 {
			n := min(len(piece), 4096)
			pieces = append(pieces, bytes.Clone(piece[:n]))
			piece = piece[n:]
		}
	}
	r := parser.NewReader(&pieceReader{func() ([]byte, bool) {
		if len(pieces) == 0 {
			return nil, false
		}
		piece := pieces[0]
		pieces = pieces[1:]
		return piece, true
	}}, o)
	for {
		head, err := r.Next()
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
		start, _ := r.FrameStart()
		owned := head.Clone()
		used := r.Used()
		body, err := io.ReadAll(r)
		if err != nil {
			return b, err
		}
		v := frame.View{Head: frame.Head{Command: owned.Command, Headers: owned.Headers.View()}, Body: body}
		b = jsonl.AppendFrame(b, start, r.Offset()-start, v, used)
		o.Version = follow(o.Version, v.Head)
		r.SetVersion(o.Version)
	}
}
