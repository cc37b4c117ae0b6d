package main

import (
	"bufio"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// Where the frames of others hold too much, a body is cut, and its line says so.
func TestJSONCut(t *testing.T) {
	var b strings.Builder
	w := bufio.NewWriter(&b)
	all := bodies{held: maxBodies - 3}
	j := &jsonSink{w: w, all: &all}
	for range 2 {
		j.head(0, frame.V12, parser.Event{Head: frame.Head{Command: "SEND"}})
		j.body(0, []byte("ab"))
		j.body(0, []byte("cde"))
		j.body(0, []byte("f"))
	}
	j.end(9, 0)
	w.Flush()
	if got, want := b.String(), `{"offset":0,"size":10,"command":"SEND","headers":[],"body":"ab","cut":4}`+"\n"; !strings.HasPrefix(got, want) || all.cut != 1 || all.held != maxBodies-3 {
		t.Errorf("%+v, got %.200s", all, got)
	}
}
