package validate

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
)

var update = flag.Bool("update", false, "write docs/session.md from the table of transitions")

// docs/session.md is what the table says.
func TestDiagram(t *testing.T) {
	const path = "../docs/session.md"
	want := sessionPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the table says: run go test ./validate -run TestDiagram -update", path)
	}
}

// commandNames returns the commands of a row.
func commandNames(row *transition) string {
	if row.commands == 0 {
		for i := range transitions {
			if other := &transitions[i]; other != row && other.from == row.from && other.in == row.in {
				return "other frames"
			}
		}
		return "any frame"
	}
	var names []string
	for c := range frame.Commands() {
		if row.commands&(1<<lookupCommand(c)) != 0 {
			names = append(names, string(c))
		}
	}
	return strings.Join(names, ", ")
}

func sessionPage() string {
	var b strings.Builder
	b.WriteString(`# The phases of a session

<!-- Made from the table in validate/phase.go by go test ./validate -run TestDiagram -update -->

A session has two directions, and each has a phase: what the client sends, and what the server sends.
What a frame may do depends on the phase of its own direction. It can move both. A frame that breaks a
rule of the table moves nothing, except that a frame after ERROR takes effect. Where ERROR came in place
of CONNECTED, the rule is ` + "`frame-after-refusal`" + `.

`)
	for _, role := range []Role{Client, Server} {
		b.WriteString("## The direction of the " + role.String() + "\n\n```mermaid\nstateDiagram-v2\n    [*] --> idle\n")
		for i := range transitions {
			row := &transitions[i]
			to := row.client
			if role == Server {
				to = row.server
			}
			// The sender's own phase is in the row; the other direction is in
			// any phase it can be in then.
			for from := Idle; from < numPhases; from++ {
				if row.from == role && from != row.in || row.from != role && (row.breaks != 0 || from >= to || !beside(role, from, row.in)) {
					continue
				}
				label := row.from.String() + " sends " + commandNames(row)
				if row.breaks != 0 {
					label += ", breaks " + row.breaks.ID()
				}
				b.WriteString("    " + from.String() + " --> " + max(from, to).String() + " : " + label + "\n")
			}
		}
		b.WriteString("```\n\n")
	}
	b.WriteString("## The table\n\nThe first row that fits counts. A direction that is further than the table says stays where it is.\n\n" +
		"| sender | its phase | frame | breaks | client is then | server is then |\n| --- | --- | --- | --- | --- | --- |\n")
	for i := range transitions {
		row := &transitions[i]
		cells := []string{row.from.String(), row.in.String(), commandNames(row), "", "", ""}
		if row.breaks != 0 {
			cells[3] = "`" + row.breaks.ID() + "`"
		}
		if row.client != Idle {
			cells[4] = row.client.String()
		}
		if row.server != Idle {
			cells[5] = row.server.String()
		}
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(strings.TrimRight(" "+c, " ") + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// beside reports whether a direction can be in a phase while the other one is
// in another: it walks through the table.
func beside(role Role, phase, other Phase) bool {
	type pair [2]Phase
	seen := map[pair]bool{}
	var walk func(pair)
	walk = func(p pair) {
		if seen[p] {
			return
		}
		seen[p] = true
		for i := range transitions {
			if row := &transitions[i]; row.in == p[row.from] {
				walk(pair{max(p[Client], row.client), max(p[Server], row.server)})
			}
		}
	}
	walk(pair{})
	want := pair{phase, other}
	if role == Server {
		want = pair{other, phase}
	}
	return seen[want]
}

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
