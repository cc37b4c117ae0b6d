package validate

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
)

// Each command of each role has a row in each phase, and the rows are sane.
func TestTransitions(t *testing.T) {
	for _, from := range []Role{Client, Server} {
		for in := Idle; in < numPhases; in++ {
			for c := extension; c < numCommands; c++ {
				if row := moves[from][in][c]; (row != nil) != sends(from, c) {
					t.Errorf("%v, %v, command %d: row is %v", from, in, c, row)
				}
			}
		}
	}
	for i, row := range transitions {
		if row.breaks != 0 && (row.client != Idle || row.server != Idle) {
			t.Errorf("row %d: a frame that breaks %v moves the session", i, row.breaks)
		}
		if row.breaks != 0 && !row.breaks.Binds(row.from) {
			t.Errorf("row %d: %v does not bind the %v", i, row.breaks, row.from)
		}
	}
}

// The numbers of commands and headers are those of the names.
func TestNumbers(t *testing.T) {
	seen := map[command]bool{}
	for c := range frame.Commands() {
		n := lookupCommand(c)
		if n == extension || seen[n] || (n >= cmdConnected) != c.FromServer() {
			t.Errorf("%s has number %d", c, n)
		}
		seen[n] = true
		for _, other := range []frame.Command{c + "X", c[1:], "X" + c[1:], frame.Command(strings.ToLower(string(c)))} {
			if n := lookupCommand(other); n != extension && !other.Known() {
				t.Errorf("%s has number %d", other, n)
			}
		}
		for _, v := range []frame.Version{frame.Unnegotiated, frame.V10, frame.V11, frame.V12} {
			var s scan[string]
			s.begin(c, v, Client, 0)
			body, literal := c.MayHaveBody(v), v.Escaping(c) == 0
			if v == frame.Unnegotiated { // some version allows it
				body, literal = c.MayHaveBody(frame.V10), c.Handshake()
			}
			if s.mayHaveBody() != body {
				t.Errorf("%s in %v: body %v", c, v, s.mayHaveBody())
			}
			if s.literal != literal {
				t.Errorf("%s in %v: literal %v", c, v, s.literal)
			}
		}
	}
	for h := otherHeader + 1; h < numHeaders; h++ {
		name := headerNames[h]
		if got := lookupHeader(name); got != h {
			t.Errorf("%s has number %d, want %d", name, got, h)
		}
		if got := lookupHeader([]byte(name)); got != h {
			t.Errorf("%s as bytes has number %d, want %d", name, got, h)
		}
		for _, other := range []string{name + "x", name[1:], name[:len(name)-1], "X" + name[1:], name[:len(name)/2] + "_" + name[len(name)/2+1:], name + name} {
			if got := lookupHeader(other); got != otherHeader && headerNames[got] != other {
				t.Errorf("%s has number %d", other, got)
			}
		}
	}
	if got := lookupHeader(""); got != otherHeader {
		t.Errorf("the empty name has number %d", got)
	}
}
