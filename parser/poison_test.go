//go:build stomppoison

package parser_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// What was lent is spoiled as soon as it is no longer valid.
func TestStaleViewsAreSpoiled(t *testing.T) {
	const in = "MESSAGE\nlogin:anna\nx:a\\nb\n\nbody\x00MESSAGE\nlogin:bert\nx:c\\nd\n\nmore\x00"
	spoiled := func(how string, v headers.ListView) {
		t.Helper()
		for _, e := range v {
			if string(e.Name) != "POISONED" || string(e.Value) != "POISONED" {
				t.Errorf("%s: the stale view has %q:%q", how, e.Name, e.Value)
			}
		}
		if len(v) != 2 {
			t.Errorf("%s: the stale view has %d headers", how, len(v))
		}
	}
	for _, size := range []int{1, 7, len(in)} {
		a := parser.NewAssembler(parser.Options{Version: frame.V12})
		var first *frame.View
		var body []byte
		for at := 0; at < len(in); {
			v, n, ok, err := a.Next([]byte(in[at:min(at+size, len(in))]))
			if err != nil {
				t.Fatal(err)
			}
			at += n
			if ok && first == nil {
				first, body = &v, v.Body
			}
		}
		spoiled("Assembler", first.Headers)
		if size < 4 && strings.Contains(string(body), "body") {
			t.Errorf("the stale body is %q", body)
		}

		p := parser.New(parser.Options{Version: frame.V12})
		var stale headers.ListView
		for at := 0; at < len(in); {
			ev, n, err := p.Next([]byte(in[at:min(at+size, len(in))]))
			if err != nil {
				t.Fatal(err)
			}
			at += n
			switch {
			case ev.Kind == parser.HeadEvent && stale == nil:
				stale = ev.Head.Headers
			case ev.Kind == parser.BodyEvent && at < 40:
				if login, _ := stale.Text("login"); login != "anna" {
					t.Errorf("while the body comes, login is %q", login)
				}
			}
		}
		spoiled("Parser", stale)
	}

	r := parser.NewReader(strings.NewReader(in), parser.Options{Version: frame.V12})
	h, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	if login, _ := h.Headers.Text("login"); login != "anna" {
		t.Errorf("after the body, login is %q", login)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	spoiled("Reader", h.Headers)
}
