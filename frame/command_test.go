package frame_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
)

type commandRow struct {
	command     frame.Command
	server      bool
	handshake   bool
	mayHaveBody string // "y" or "n" for each version
	literal     bool   // in every version
}

// The commands of the three specifications: who sends them, whether they may
// come before a version is agreed, by version (unnegotiated, 1.0, 1.1, 1.2)
// whether they may have a body, and whether no version escapes in them.
var commands = []commandRow{
	{"CONNECT", false, true, "nynn", true},
	{"STOMP", false, true, "nynn", true},
	{"SEND", false, false, "yyyy", false},
	{"SUBSCRIBE", false, false, "nynn", false},
	{"UNSUBSCRIBE", false, false, "nynn", false},
	{"BEGIN", false, false, "nynn", false},
	{"COMMIT", false, false, "nynn", false},
	{"ABORT", false, false, "nynn", false},
	{"ACK", false, false, "nynn", false},
	{"NACK", false, false, "nynn", false},
	{"DISCONNECT", false, false, "nynn", false},
	{"CONNECTED", true, true, "nynn", true},
	{"MESSAGE", true, false, "yyyy", false},
	{"RECEIPT", true, false, "nnnn", false},
	{"ERROR", true, true, "yyyy", false},
}

func TestCommands(t *testing.T) {
	var want []frame.Command
	for _, row := range commands {
		want = append(want, row.command)
	}
	if diff := cmp.Diff(want, slices.Collect(frame.Commands())); diff != "" {
		t.Errorf("Commands (-want +got):\n%s", diff)
	}
	for c := range frame.Commands() {
		if c != frame.CONNECT {
			t.Errorf("the first command is %s, want CONNECT", c)
		}
		break
	}
	longest := slices.MaxFunc(want, func(a, b frame.Command) int { return len(a) - len(b) })
	if longest != frame.UNSUBSCRIBE { // which LookupCommand takes for the longest
		t.Errorf("the longest command is %s, want UNSUBSCRIBE", longest)
	}
}

func TestCommandTable(t *testing.T) {
	versions := []frame.Version{frame.Unnegotiated, frame.V10, frame.V11, frame.V12}
	for _, row := range commands {
		c := row.command
		if !c.Known() || c.FromServer() != row.server || c.FromClient() == row.server || c.Handshake() != row.handshake {
			t.Errorf("%s: known %v, from server %v, from client %v, handshake %v, want true, %v, %v, %v",
				c, c.Known(), c.FromServer(), c.FromClient(), c.Handshake(), row.server, !row.server, row.handshake)
		}
		for i, v := range versions {
			if got, want := c.MayHaveBody(v), row.mayHaveBody[i] == 'y'; got != want {
				t.Errorf("%s.MayHaveBody(%v) = %v, want %v", c, v, got, want)
			}
		}
		if got, want := c.MayHaveNUL(), c == "SEND" || c == "MESSAGE" || c == "ERROR"; got != want {
			t.Errorf("%s.MayHaveNUL() = %v, want %v", c, got, want)
		}
	}
	for _, c := range []frame.Command{"", "NOTIFY", "send", "CONNECTE"} {
		if c.MayHaveNUL() {
			t.Errorf("%q.MayHaveNUL() = true, want false", c)
		}
		if c.Known() || c.FromServer() || c.FromClient() || c.Handshake() {
			t.Errorf("%q: known %v, from server %v, from client %v, handshake %v, want none",
				c, c.Known(), c.FromServer(), c.FromClient(), c.Handshake())
		}
		for _, v := range versions {
			if !c.MayHaveBody(v) {
				t.Errorf("%q.MayHaveBody(%v) = false, want true", c, v)
			}
		}
	}
}

// lookup looks s up as a string, as bytes and as a command.
func lookup(t testing.TB, s string) (frame.Command, bool) {
	t.Helper()
	c, ok := frame.LookupCommand(s)
	if octets, octetsOK := frame.LookupCommand([]byte(s)); octets != c || octetsOK != ok {
		t.Fatalf("%q: of bytes %q, %v, of string %q, %v", s, octets, octetsOK, c, ok)
	}
	if known := frame.Command(s).Known(); known != ok {
		t.Fatalf("%q: Known %v, LookupCommand %v", s, known, ok)
	}
	return c, ok
}

func TestLookupCommand(t *testing.T) {
	known := make(map[string]bool)
	for _, row := range commands {
		known[string(row.command)] = true
		if c, ok := lookup(t, string(row.command)); c != row.command || !ok {
			t.Errorf("LookupCommand(%q) = %q, %v", row.command, c, ok)
		}
	}
	// Whatever is one edit away from a command is none, unless it is another.
	refuse := func(s string) {
		t.Helper()
		if known[s] {
			return
		}
		if c, ok := lookup(t, s); c != "" || ok {
			t.Errorf("LookupCommand(%q) = %q, %v", s, c, ok)
		}
	}
	const octets = "ABCDEFGHIJKLMNOPQRSTUVWXYZasndceru \t\r\n\x00:\\\xff"
	for _, row := range commands {
		s := string(row.command)
		refuse(strings.ToLower(s))
		refuse(s[:1] + strings.ToLower(s[1:]))
		for i := range s {
			refuse(s[:i])
			refuse(s[i+1:])
			refuse(s[:i] + s[i+1:])
			refuse(s[:i] + strings.ToLower(s[i:i+1]) + s[i+1:])
			for _, o := range []byte(octets) {
				refuse(s[:i] + string([]byte{o}) + s[i:])
				refuse(s[:i] + string([]byte{o}) + s[i+1:])
			}
		}
		for _, o := range []byte(octets) {
			refuse(s + string([]byte{o}))
		}
		refuse("\ufeff" + s)
		refuse(s + s)
	}
	for _, s := range []string{"", "SEXY", "BOGUS", "GET / HTTP/1.1", "\x16\x03\x01", strings.Repeat("A", 1<<20)} {
		refuse(s)
	}
}

func TestLookupCommandAllocs(t *testing.T) {
	for _, s := range []string{"", "ACK", "SEND", "NACK", "STOMP", "COMMIT", "MESSAGE", "SUBSCRIBE", "DISCONNECT", "UNSUBSCRIBE",
		"BOGUS", "send", strings.Repeat("X", 1000)} {
		octets := []byte(s)
		if n := testing.AllocsPerRun(100, func() {
			frame.LookupCommand(s)
			frame.LookupCommand(octets)
			frame.LookupCommand(frame.Command(s))
		}); n != 0 {
			t.Errorf("LookupCommand(%.20q): %v allocations, want 0", s, n)
		}
	}
}

// The command that a look-up returns has no memory in common with its input.
func TestLookupCommandInterns(t *testing.T) {
	octets := []byte("SUBSCRIBE")
	c, _ := frame.LookupCommand(octets)
	clear(octets)
	if c != frame.SUBSCRIBE {
		t.Errorf("the command changed with its bytes: %q", c)
	}
}
