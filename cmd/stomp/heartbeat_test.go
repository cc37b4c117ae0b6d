package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Frames that agree on heart-beats.
const (
	beatingClient = "CONNECT\naccept-version:1.2\nhost:h\nheart-beat:1000,500\n\n\x00"
	beatingServer = "CONNECTED\nversion:1.2\nheart-beat:1000,500\n\n\x00" // both every 1000 ms
	deafServer    = "CONNECTED\nversion:1.2\nheart-beat:1000,0\n\n\x00"   // the client need not send
	send          = "SEND\ndestination:d\n\n\x00"
)

// late is what is found of a silence.
func late(from string, offset int) string { return violation(from, offset, "", "heart-beat-late", "") }

// every returns a time for each heart-beat from one to another, both included.
func every(step, from, to float64) (at []float64) {
	for t := from; t <= to; t += step {
		at = append(at, t)
	}
	return at
}

// beating returns frames, and heart-beats for the rest of the times.
func beatingFor(at []float64, frames ...string) []string {
	for len(frames) < len(at) {
		frames = append(frames, "\n")
	}
	return frames
}

// Conversations with times: which silences are found, and what the summary says
// of the longest.
var silences = []struct {
	name           string
	flags          string
	client, server []string
	at, atServer   []float64
	want           string
	summary        string // part of it
}{
	{name: "a minute without a word", client: []string{beatingClient, send}, server: []string{beatingServer}, at: []float64{1, 60000}, atServer: []float64{5},
		want: late("client", len(beatingClient)) + late("server", len(beatingServer)),
		summary: "heart-beats  client every 1000 ms (2000 ms tolerated), longest silence 59995 ms, from 0.005 s to 60.000 s, at offset 56\n" +
			"             server every 1000 ms (2000 ms tolerated), longest silence 59995 ms, from 0.005 s to 60.000 s, at offset 44\n"},
	{name: "as agreed", client: beatingFor(every(1000, 0, 9000), beatingClient), server: beatingFor(every(1000, 10, 9010), beatingServer),
		at: every(1000, 0, 9000), atServer: every(1000, 10, 9010),
		summary: "client every 1000 ms (2000 ms tolerated), longest silence 1000 ms, from 1.000 s to 2.000 s, at offset 57\n"},
	{name: "late, and tolerated", client: []string{beatingClient, "\n", "\n"}, server: []string{beatingServer, "\n", "\n"}, at: []float64{0, 2000, 3000}, atServer: []float64{0, 1000, 3000}},
	{name: "late, and not tolerated", flags: "-heart-beat-tolerance 0", client: []string{beatingClient, "\n", "\n"}, server: []string{beatingServer, "\n", "\n"}, at: []float64{0, 2000, 3000}, atServer: []float64{0, 1000, 3000},
		want: late("client", len(beatingClient)) + late("server", len(beatingServer)+1), summary: "client every 1000 ms (1000 ms tolerated), longest silence 2000 ms, from 0.000 s to 2.000 s, at offset 56\n"},
	{name: "a millisecond more", client: []string{beatingClient, "\n", "\n"}, server: []string{beatingServer, "\n", "\n"}, at: []float64{0, 2000.9, 4000}, atServer: []float64{0, 2001.1, 4000},
		want: late("server", len(beatingServer))},
	{name: "each one", flags: "-heart-beat-tolerance 50", client: []string{beatingClient, "\n", send, "\n"}, server: beatingFor(every(1000, 0, 8000), beatingServer), at: []float64{0, 2000, 4000, 8000}, atServer: every(1000, 0, 8000),
		want: late("client", 56) + late("client", 57) + late("client", 57+len(send))},

	// Where nobody has to send anything.
	{name: "before CONNECTED", client: []string{beatingClient, "\n"}, server: []string{beatingServer}, at: []float64{0, 61000}, atServer: []float64{60000}},
	{name: "after DISCONNECT", client: []string{beatingClient, disconnect}, server: []string{beatingServer, receipt}, at: []float64{0, 1000}, atServer: []float64{0, 60000},
		summary: "server every 1000 ms (2000 ms tolerated), longest silence 1000 ms, from 0.000 s to 1.000 s, at offset 44\n"},
	{name: "up to DISCONNECT", client: beatingFor(every(1000, 0, 9000), beatingClient, "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n", disconnect), server: []string{beatingServer, receipt}, at: every(1000, 0, 9000), atServer: []float64{0, 60000},
		want: late("server", len(beatingServer)), summary: "longest silence 9000 ms, from 0.000 s to 9.000 s, at offset 44\n"},
	{name: "after ERROR", client: []string{beatingClient, "\n", "\n"}, server: []string{beatingServer, "ERROR\nmessage:m\n\n\x00"}, at: []float64{0, 1000, 70000}, atServer: []float64{0, 1500}},
	{name: "ERROR and DISCONNECT of the wrong side", client: []string{beatingClient, "ERROR\nmessage:m\n\n\x00"}, server: []string{beatingServer, disconnect, "\n"}, at: []float64{0, 1000}, atServer: []float64{0, 1000, 60000},
		want: late("server", len(beatingServer+disconnect)) + late("client", len(beatingClient)+18)},
	{name: "ERROR instead of CONNECTED", client: []string{beatingClient, "\n"}, server: []string{"ERROR\nmessage:m\n\n\x00", "\n"}, at: []float64{0, 60000}, atServer: []float64{5, 60000},
		summary: "heart-beats  none agreed\n"},
	{name: "0 is agreed", client: []string{beatingClient, send}, server: []string{deafServer, "\n"}, at: []float64{0, 60000}, atServer: []float64{0, 1000},
		want: late("server", len(deafServer)+1), summary: "heart-beats  client none\n             server every 1000 ms"},
	{name: "0 is agreed by both", client: []string{connect, send}, server: []string{connected}, at: []float64{0, 60000}, atServer: []float64{0}, summary: "heart-beats  client none, server none\n"},
	{name: "1.0", client: []string{"CONNECT\nheart-beat:1000,1000\n\n\x00", "\n"}, server: []string{"CONNECTED\nheart-beat:1000,1000\n\n\x00"}, at: []float64{0, 60000}, atServer: []float64{0}, summary: "heart-beats  client none, server none\n"},
	{name: "the middle of a session", client: []string{ack, ack}, server: []string{message, message}, at: []float64{0, 60000}, atServer: []float64{0, 60000},
		summary: "heart-beats  not known: the recordings do not show both CONNECT and CONNECTED\n"},
	{name: "an interval beyond a year", client: []string{"CONNECT\naccept-version:1.2\nhost:h\nheart-beat:9223372036854,0\n\n\x00", "\n"}, server: []string{"CONNECTED\nversion:1.2\nheart-beat:0,1\n\n\x00"},
		flags: "-heart-beat-tolerance 10000", at: []float64{0, 60000}, atServer: []float64{0}, summary: "client every 2305843009213 ms"},

	// The end of the recordings.
	{name: "the other side goes on", client: beatingFor(every(1000, 0, 9000), beatingClient), server: []string{beatingServer, "\n"}, at: every(1000, 0, 9000), atServer: []float64{0, 1000},
		want: late("server", len(beatingServer)+1), summary: "server every 1000 ms (2000 ms tolerated), longest silence 8000 ms, from 1.000 s to 9.000 s, at offset 45\n"},
	{name: "a read of nothing", client: []string{beatingClient, "", ""}, server: []string{beatingServer, "\n", ""}, at: []float64{0, 1000, 5000}, atServer: []float64{0, 3999, 5000},
		want: late("server", len(beatingServer)) + late("client", len(beatingClient))},
}

func TestSilences(t *testing.T) {
	for _, tt := range silences {
		t.Run(tt.name, func(t *testing.T) {
			call := append([]string{"check", "-q",
				"-client", write(t, "c2s", strings.Join(tt.client, "")), "-server", write(t, "s2c", strings.Join(tt.server, "")),
				"-client-index", write(t, "c2s.idx", makeIndex(tt.client, tt.at)), "-server-index", write(t, "s2c.idx", makeIndex(tt.server, tt.atServer)),
			}, args(tt.flags)...)
			for _, chunk := range []string{"1", "100000"} {
				var stdout, stderr bytes.Buffer
				code := run(append(call, "-chunk", chunk, "-o", "json"), nil, &stdout, &stderr)
				var got strings.Builder
				for l := range strings.Lines(stdout.String()) {
					if l := decodeLine(t, l); l.Rule == "heart-beat-late" {
						got.WriteString(late(l.From, int(l.Offset)))
					}
				}
				if got.String() != tt.want || tt.want != "" && code != exitInput || stderr.Len() > 0 {
					t.Errorf("-chunk %s: exit %d, got\n%swant\n%s%s", chunk, code, &got, tt.want, &stderr)
				}
			}
			var stdout bytes.Buffer
			run(call, nil, &stdout, &stdout)
			if !strings.Contains(stdout.String(), tt.summary) {
				t.Errorf("there is no %q in\n%s", tt.summary, &stdout)
			}
		})
	}
}

// A part of a frame is something sent, and so is a heart-beat of a recording
// that goes on after its last frame.
func TestSilenceWithinFrame(t *testing.T) {
	c2s := write(t, "c2s", beatingClient+"SEND\ndestination:d\ncontent-length:4\n\nbody\x00\n\n")
	s2c := write(t, "s2c", beatingServer+"\n\n\n\n\n\n")
	var client, server strings.Builder
	fmt.Fprintf(&client, "0 56 0\n")
	for i, n := range []int{1, 9, 29, 1, 1, 2} {
		fmt.Fprintf(&client, "%d %d %d\n", 56+[]int{0, 1, 10, 39, 40, 41}[i], n, 1500*(i+1))
	}
	fmt.Fprintf(&client, "99 1 10500\n")
	fmt.Fprintf(&server, "0 44 0\n")
	for i := range 6 {
		fmt.Fprintf(&server, "%d 1 %d\n", 44+i, 1700*(i+1))
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"check", "-client", c2s, "-server", s2c, "-client-index", write(t, "c", client.String()), "-server-index", write(t, "s", server.String())}, nil, &stdout, &stderr)
	for _, want := range []string{
		"heart-beats          1        6\n", // the end of line after SEND belongs to it
		"client every 1000 ms (2000 ms tolerated), longest silence 1500 ms, from 0.000 s to 1.500 s, at offset 56\n",
		"server every 1000 ms (2000 ms tolerated), longest silence 1700 ms, from 0.000 s to 1.700 s, at offset 44\n",
	} {
		if code != exitFine || stderr.Len() > 0 || !strings.Contains(stdout.String(), want) {
			t.Errorf("exit %d, there is no %q in\n%s%s", code, want, &stdout, &stderr)
		}
	}
}

// Of a recording that breaks the grammar nothing is said after that; the other
// one is judged to its end.
func TestSilenceAfterFault(t *testing.T) {
	client, server := []string{beatingClient, "!", "\n"}, []string{beatingServer, "\n", "\n"}
	at := []float64{0, 1000, 60000}
	var stdout, stderr bytes.Buffer
	run([]string{"check", "-q", "-o", "json", "-client", write(t, "c2s", strings.Join(client, "")), "-server", write(t, "s2c", strings.Join(server, "")),
		"-client-index", write(t, "c2s.idx", makeIndex(client, at)), "-server-index", write(t, "s2c.idx", makeIndex(server, at))}, nil, &stdout, &stderr)
	if got, want := short(t, stdout.String()), violation("client", len(beatingClient), "", "unknown_command", "")+late("server", len(beatingServer)+1); got != want {
		t.Errorf("got\n%swant\n%s%s", got, want, &stderr)
	}
}

// However many silences there are before the next frame, each is found, and no
// more than some of them are held.
func TestManySilences(t *testing.T) {
	const count = 3 * maxWaiting
	beats := every(3000, 0, 3000*count)
	client, server := beatingFor(beats, beatingClient), beatingFor(beats, beatingServer)
	var stdout bytes.Buffer
	run([]string{"check", "-q", "-client", write(t, "c2s", strings.Join(client, "")), "-server", write(t, "s2c", strings.Join(server, "")),
		"-client-index", write(t, "c2s.idx", makeIndex(client, beats)), "-server-index", write(t, "s2c.idx", makeIndex(server, beats))}, nil, &stdout, &stdout)
	for _, side := range []string{"client", "server"} {
		if want := fmt.Sprintf("MUST     %d  heart-beat-late, by the %s\n", count, side); !strings.Contains(stdout.String(), want) {
			t.Errorf("there is no %q in\n%.2000s", want, stdout.String()[max(0, stdout.Len()-1000):])
		}
	}
}

// Which heart-beats there are, an index says: an end of line in a later read
// than the NUL before it is one.
func TestEndOfLineInLaterRead(t *testing.T) {
	client := []string{connect + "\n", "SEND\ndestination:d\n\n\x00", "\n", disconnect, "\r", "\n"}
	server := []string{connected, "\n", receipt + "\n\n"}
	c2s, s2c := write(t, "c2s", strings.Join(client, "")), write(t, "s2c", strings.Join(server, ""))
	for _, tt := range []struct {
		more []string
		want string
	}{
		{nil, "heart-beats          0        1\n"},
		{[]string{"-client-index", write(t, "c", makeIndex(client, every(1, 1, 6))), "-server-index", write(t, "s", makeIndex(server, every(1, 1, 3)))}, "heart-beats          2        2\n"},
	} {
		for _, chunk := range []string{"1", "3", "1000"} {
			var stdout bytes.Buffer
			run(append([]string{"check", "-q", "-client", c2s, "-server", s2c, "-chunk", chunk}, tt.more...), nil, &stdout, &stdout)
			if !strings.Contains(stdout.String(), tt.want) {
				t.Errorf("-chunk %s: there is no %q in\n%s", chunk, tt.want, &stdout)
			}
		}
	}
}
