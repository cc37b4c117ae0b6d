package parser_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

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
