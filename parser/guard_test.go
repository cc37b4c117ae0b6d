package parser_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// A NUL in a body that not every reader counts (decision D22), event by event.
func TestNULInBodyEvents(t *testing.T) {
	const in = "ACK\ncontent-length:8\n\nab\x00cd\x00ef\x00SEND\ncontent-length:1\n\n\x00\x00"
	for _, c := range []struct {
		allow parser.Allow
		cuts  []int
		want  string
	}{
		{0, []int{len(in)}, `Head Body "ab" nul_in_body@24`},
		{0, []int{23, len(in)}, `Head Body "a" Body "b" nul_in_body@24`},
		{parser.AllowNULInBody, []int{len(in)}, `Head Body "ab\x00cd\x00ef" nul-in-body End "\x00" Head Body "\x00" End "\x00"`},
		{parser.AllowNULInBody, []int{24, 25, 27, len(in)}, `Head Body "ab" Body "\x00" nul-in-body Body "cd" Body "\x00ef" nul-in-body End "\x00" Head Body "\x00" End "\x00"`},
	} {
		p := parser.New(parser.Options{Version: frame.V12, Allow: c.allow})
		var got []string
		at := 0
	read:
		for _, cut := range c.cuts {
			for src := []byte(in[at:cut]); len(src) > 0; {
				ev, n, err := p.Next(src)
				var e *parser.Error
				if errors.As(err, &e) {
					got = append(got, fmt.Sprintf("%s@%d", e.Token(), e.Offset))
					break read
				}
				src = src[n:]
				text := ev.Kind.String()
				if ev.Kind != parser.HeadEvent {
					text = fmt.Sprintf("%s %q", text, ev.Raw)
				}
				got = append(got, strings.TrimSpace(text+" "+ev.Used.String()))
			}
			at = cut
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("allow %q, cut at %v:\n got %s\nwant %s", c.allow, c.cuts, got, c.want)
		}
	}
}

// A Reader delivers the body up to the NUL. With the leniency it delivers all
// of it, and reports the leniency when it has come.
func TestNULInBodyOfReader(t *testing.T) {
	const in = "ACK\ncontent-length:5\n\nab\x00cd\x00ACK\n\n\x00"
	for _, one := range []bool{false, true} {
		reader := func(a parser.Allow) *parser.Reader {
			var src io.Reader = strings.NewReader(in)
			if one {
				src = iotest.OneByteReader(src)
			}
			return parser.NewReader(src, parser.Options{Version: frame.V12, Allow: a})
		}
		r := reader(0)
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if string(body) != "ab" || !errors.Is(err, parser.NULInBody) {
			t.Errorf("body %q, error %v", body, err)
		}
		r = reader(parser.AllowNULInBody)
		if _, err := r.Next(); err != nil || r.Used() != 0 {
			t.Errorf("head: %v, used %q", err, r.Used())
		}
		body, err = io.ReadAll(r)
		if string(body) != "ab\x00cd" || err != nil || r.Used() != parser.AllowNULInBody {
			t.Errorf("body %q, error %v, used %q", body, err, r.Used())
		}
		if _, err := r.Next(); err != nil || r.Used() != 0 {
			t.Errorf("next head: %v, used %q", err, r.Used())
		}
	}
}
