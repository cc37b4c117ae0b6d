package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What bench prints, with a clock that goes on by 150 ms whenever it is looked
// at. Allocations are those of the machine.
func TestBenchText(t *testing.T) {
	var stdout, stderr bytes.Buffer
	e := fakeEnv(strings.NewReader(client), &stdout, &stderr, nil)
	if code := e.run(args("bench -time 1500ms")); code != exitFine {
		t.Fatalf("exit %d, stderr %q", code, &stderr)
	}
	if want := strings.Replace(told12, "decode", "bench", 1); stderr.String() != want {
		t.Errorf("stderr %q, want %q", &stderr, want)
	}
	// Two passes over two frames in 300 ms.
	want := regexp.MustCompile(`^2 frames, 1 heart-beat, 99 bytes; go\S+, \w+/\w+, \d+ cores?

           frames/s  MB/s    ns/frame   spread  allocations/frame  bytes allocated/frame
Assembler        13   0\.0  75000000\.0  -0/\+0 % +\d+\.\d\d +\d+
ReadFrame        13   0\.0  75000000\.0  -0/\+0 % +\d+\.\d\d +\d+

by command  frames  bytes/frame     ns/frame   spread   share
CONNECT          1         55\.0  150000000\.0  -0/\+0 %  50\.0 %
SEND             1         41\.0  150000000\.0  -0/\+0 %  50\.0 %
$`)
	if !want.MatchString(stdout.String()) {
		t.Errorf("printed\n%s", &stdout)
	}
}

// The figures of a stream in several versions and commands, in JSON.
func TestBenchJSON(t *testing.T) {
	const stream = "\nERROR\na:\\c\n\n\x00\r\nCONNECTED\r\nversion:1.1\n\n\x00\n\nMESSAGE\na:\\c\r\n\nx\x00MESSAGE\na:b\n\nyy\x00\n"
	for _, chunk := range []string{"", " -chunk 1", " -chunk 7"} {
		var stdout, stderr bytes.Buffer
		if code := run(args("bench -q -o json -time 1us"+chunk), strings.NewReader(stream), &stdout, &stderr); code != exitFine || stderr.Len() > 0 {
			t.Fatalf("exit %d, stderr %q", code, &stderr)
		}
		var r benchReport
		d := json.NewDecoder(&stdout)
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if r.File != "standard input" || r.Bytes != len(stream) || r.FrameCount != 4 || r.Heartbeats != 2 {
			t.Errorf("%+v", r)
		}
		for _, c := range []benchCost{r.Assembler, r.ReadFrame} {
			if c.Ns <= 0 || c.Fastest > c.Ns || c.Slowest < c.Ns || math.Abs(c.Frames*c.Ns/1e9-1) > 1e-9 || math.Abs(c.MB*1e6/c.Frames-float64(len(stream))/4) > 1e-6 {
				t.Errorf("%+v", c)
			}
		}
		frames, share := map[string]int{}, 0.0
		for i, c := range r.Commands {
			frames[c.Command] = c.Frames
			share += c.Share
			if c.Ns <= 0 || c.Bytes < 10 || i > 0 && c.Share > r.Commands[i-1].Share {
				t.Errorf("%+v", r.Commands)
			}
		}
		if len(r.Commands) != 3 || frames["ERROR"] != 1 || frames["CONNECTED"] != 1 || frames["MESSAGE"] != 2 || math.Abs(share-1) > 1e-9 {
			t.Errorf("%+v", r.Commands)
		}
	}
}

func TestBenchFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "s2c.bin")
	if err := os.WriteFile(name, []byte("HELLO\x1b\n\n\x00\x00"), 0o666); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"bench", "-version", "1.2", "-allow", "unknown-command,nul-padding", "-time", "1us", name}, nil, &stdout, &stderr)
	if code != exitFine || stderr.Len() > 0 || !strings.Contains(stdout.String(), "\n\"HELLO\\x1b\" ") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, &stdout, &stderr)
	}
}

func TestBenchRefuses(t *testing.T) {
	for _, tt := range []struct {
		args, stdin, stderr string
		code                int
	}{
		{"bench -q", "", "stomp bench: standard input: no frames\n", exitInput},
		{"bench -q", "\n\n", "stomp bench: standard input: no frames\n", exitInput},
		{"bench -q", "SEND\nx-note:a\\tb\n\n\x00", "stomp bench: standard input: undefined or truncated escape at offset 13, header x-note, command SEND, frame at 0: -allow undefined-escapes reads on\n", exitInput},
		{"bench -q", "ACK\n\n\x00SEND\n\nab", "stomp bench: standard input: input ends inside a frame at offset 14, command SEND, frame at 6\n", exitInput},
		{"bench -q", "CONN", "stomp bench: standard input: input ends inside a frame at offset 4, frame at 0\n", exitInput},
		{"bench -q -version 1.0", "SEND\r\n\r\n\x00", "stomp bench: standard input: unknown command at offset 4, frame at 0: \"SEND\"; -allow crlf reads on\n", exitInput},
		{"bench -q -max-body 1", "SEND\n\nab\x00", "stomp bench: standard input: body too large at offset 7, limit 1, command SEND, frame at 0: -max-body raises the limit\n", exitInput},
		{"bench a b", "", "stomp bench: one FILE at most\n\"stomp bench -h\" explains the call\n", exitCall},
		{"bench -time 0s", "", "...want a duration, such as 500ms", exitCall},
		{"bench -time 3", "", "...want a duration, such as 500ms", exitCall},
		{"bench -o hex", "", "...want text or json", exitCall},
		{"bench -version 2", "", "...want 1.0, 1.1, 1.2 or auto", exitCall},
		{"bench -allow all,x", "", "...\"x\" is none of", exitCall},
	} {
		var stdout, stderr bytes.Buffer
		code := run(args(tt.args), strings.NewReader(tt.stdin), &stdout, &stderr)
		part, ok := strings.CutPrefix(tt.stderr, "...")
		if code != tt.code || stdout.Len() > 0 || stderr.String() != tt.stderr && !(ok && strings.Contains(stderr.String(), part)) {
			t.Errorf("%s, %q: exit %d, stdout %q, stderr %q", tt.args, tt.stdin, code, &stdout, &stderr)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run(args("bench -h"), nil, &stdout, &stderr); code != exitFine || stdout.String() != benchCommand().usage() {
		t.Errorf("bench -h: exit %d, stdout %q", code, &stdout)
	}
	for _, name := range args("-version -allow -time -o -chunk -max-body -q") {
		if !strings.Contains(stdout.String(), "\n  "+name+" ") && !strings.Contains(stdout.String(), "\n  "+name+"\t") {
			t.Errorf("bench -h has no %s", name)
		}
	}
}
