package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/craft"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // in which times are printed
	os.Exit(m.Run())
}

// ran returns what a call prints, and its exit code where that is not 0.
func ran(stdin []byte, args ...string) string {
	var stdout, stderr bytes.Buffer
	code := run(args, bytes.NewReader(stdin), &stdout, &stderr)
	text := stdout.String()
	if stderr.Len() > 0 {
		text += "stderr:\n" + stderr.String()
	}
	if code != 0 {
		text += fmt.Sprintf("exit %d\n", code)
	}
	return text
}

const capturesDir = "testdata/captures/"

// The recorded captures are shown and judged as they always were.
func TestCapturesOfPackets(t *testing.T) {
	files, err := filepath.Glob(capturesDir + "*.*")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	checked := ""
	for _, file := range files {
		for _, form := range []string{"text", "json"} {
			if strings.HasSuffix(file, ".md") {
				continue
			}
			golden(t, filepath.Base(file)+"."+form, ran(nil, "decode", "-full", "-o", form, file))
		}
		if !strings.HasSuffix(file, ".md") {
			checked += "== " + filepath.Base(file) + "\n" + ran(nil, "check", file)
		}
	}
	golden(t, "captures.check", checked)
}

// What encode makes of one side is what that side sent: the bytes as they are in
// the packets.
func TestDecodeCapturesLossless(t *testing.T) {
	side := ran(nil, "decode", "-q", "-o", "json", "-connection", "1", "-from", "client", capturesDir+"broker.pcap")
	stream := ran([]byte(side), "encode", "-q")
	packets, err := os.ReadFile(capturesDir + "broker.pcap")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range strings.SplitAfter(stream, "\x00") {
		if !bytes.Contains(packets, []byte(f)) {
			t.Errorf("not in the capture: %q", f)
		}
	}
	both := ran(nil, "decode", "-q", "-o", "json", "-connection", "1", capturesDir+"broker.pcap")
	if got := ran([]byte(both), "encode", "-q"); !strings.Contains(got, `this is of connection 1, "server", what came before of connection 1, "client"; decode with -connection N -from SIDE`) {
		t.Errorf("both sides: %s", got[max(0, len(got)-300):])
	}
}

// crafted returns a capture of what a client and a server send in turns; a number
// stands for bytes that are missing.
func crafted(turns ...any) []byte {
	var b bytes.Buffer
	k := craft.NewTalk(craft.NewPCAP(&b, binary.LittleEndian, false, craft.Ethernet), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "10.0.0.1:5000", "10.0.0.2:61613")
	k.Open()
	for i, turn := range turns {
		k.At = k.At.Add(250 * time.Millisecond)
		switch turn := turn.(type) {
		case string:
			k.Send(i%2, []byte(turn), 1000)
		case int:
			k.Skip(i%2, turn)
		}
	}
	k.Close()
	return b.Bytes()
}

const (
	c2s = "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
	s2c = "CONNECTED\nversion:1.2\n\n\x00\n"
)

func TestDecodeCrafted(t *testing.T) {
	list := []struct {
		name, args string
		in         []byte
	}{
		{"missing", "decode", crafted(c2s, s2c, 40, "", "SEND\ndestination:/queue/a\n\nhi\x00", "\n")},
		{"missing, resync", "decode -resync", crafted(c2s, s2c, 40, "", "SEND\ndestination:/queue/a\n\nhi\x00", "\n")},
		{"missing inside, resync", "decode -resync", crafted(c2s, s2c, "SEND\ndesti", "", 40, "", "ation:/queue/a\n\nhi\x00\nSEND\ndestination:/queue/b\n\nho\x00")},
		{"missing, json", "decode -resync -o json", crafted(c2s, s2c, 40, "", "SEND\ndestination:/queue/a\n\nhi\x00")},
		{"an error", "decode", crafted(c2s, s2c, "SEND\nx:\\q\n\nhi\x00SEND\ndestination:/queue/a\n\nho\x00", "RECEIPT\nreceipt-id:1\n\n\x00")},
		{"an error, resync", "decode -resync", crafted(c2s, s2c, "SEND\nx:\\q\n\nhi\x00SEND\ndestination:/queue/a\n\nho\x00", "RECEIPT\nreceipt-id:1\n\n\x00")},
		{"cut", "decode", crafted(c2s, s2c, "SEND\ndestination:/queue/a\n\nhel")},
		{"hex", "decode -o hex -command CONNECTED", crafted(c2s, s2c)},
		{"garbage", "decode", crafted("hello\n", "what?\n")},
		{"TLS", "decode", crafted("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")},
		{"no packets", "decode", crafted()[:24]},
		{"no STOMP", "decode", crafted()},
	}
	var b strings.Builder
	for _, tt := range list {
		fmt.Fprintf(&b, "== %s\n%s\n", tt.name, ran(tt.in, args(tt.args)...))
	}
	golden(t, "crafted", b.String())
}

func TestDecodeCompressed(t *testing.T) {
	plain := []byte(c2s)
	for range 2 {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(plain)
		z.Close()
		plain = b.Bytes()
		if got, want := ran(plain, "decode"), ran([]byte(c2s), "decode"); got != want {
			t.Errorf("got %s", got)
		}
	}
	if got := ran(plain[:len(plain)-9], "decode"); !strings.Contains(got, "ends too early") || !strings.HasSuffix(got, "exit 1\n") {
		t.Errorf("cut: got %s", got)
	}
	if got := ran([]byte("\x1f\x8bx"), "decode"); !strings.HasSuffix(got, "exit 1\n") {
		t.Errorf("no gzip: got %s", got)
	}
}

func TestChoose(t *testing.T) {
	const file = capturesDir + "broker.pcap"
	for call, want := range map[string]string{
		"-command ack":                                "1 client ACK, 1 client ACK, 2 client ACK, 2 client ACK, 2 client ACK",
		"-destination */see.tcp -from client":         "1 client SUBSCRIBE, 1 client SEND, 1 client SEND",
		"-subscription s1":                            "2 client SUBSCRIBE, 2 server MESSAGE, 2 server MESSAGE, 2 server MESSAGE, 2 client ACK, 2 client ACK, 2 client ACK",
		"-header receipt=r* -command SEND":            "2 client SEND, 2 client SEND, 2 client SEND",
		"-header content-length=4":                    "1 client SEND, 1 server MESSAGE",
		"-port 40674 -command CONNECT":                "1 client CONNECT",
		"-host 10.1.1.1":                              "",
		"-since 0.95 -connection 1":                   "1 client DISCONNECT, 1 server RECEIPT",
		"-until 40ms -connection 1":                   "1 client CONNECT, 1 server CONNECTED",
		"-since 20:46:53.2 -connection 1":             "1 client DISCONNECT, 1 server RECEIPT",
		"-until 2026-11-28T20:46:52.3Z -connection 1": "1 client CONNECT, 1 server CONNECTED",
	} {
		got := ran(nil, append(args("decode -q -o json "+call), file)...)
		var list []string
		for line := range strings.Lines(got) {
			var connection int
			var from, command string
			if i := strings.Index(line, `"command":"`); i >= 0 {
				fmt.Sscanf(line, `{"connection":%d,`, &connection)
				from, _, _ = strings.Cut(line[strings.Index(line, `"from":"`)+8:], `"`)
				command, _, _ = strings.Cut(line[i+11:], `"`)
				list = append(list, fmt.Sprintf("%d %s %s", connection, from, command))
			}
		}
		if got := strings.Join(list, ", "); got != want {
			t.Errorf("%s: got %s, want %s", call, got, want)
		}
	}
	for call, want := range map[string]string{
		"-connection 0": "want a number", "-port x": "want a number", "-host x": "want an IP address", "-from me": "want client or server",
		"-since later": "want seconds", "-header =x": "want name", "-command ,": "want commands", "-since 5": "-since is for captures",
	} {
		if got := ran([]byte(c2s), append([]string{"decode"}, args(call)...)...); !strings.Contains(got, want) || !strings.HasSuffix(got, "exit 2\n") {
			t.Errorf("%s: got %s", call, got)
		}
	}
}

// What an input has not cannot be chosen by.
func TestChooseWrongly(t *testing.T) {
	const recording = "../../testdata/captures/rabbitmq/raw/hb"
	for call, want := range map[string]string{
		"decode -port 5 " + capturesDir + "chromium.har": "-port and -host are for captures of packets",
		"check -host ::1 " + recording:                   "-port and -host are for captures of packets",
		"decode -since 15:04 " + recording:               "the recording has no dates",
	} {
		if got := ran(nil, args(call)...); !strings.Contains(got, want) || !strings.HasSuffix(got, "exit 2\n") {
			t.Errorf("%s: got %s", call, got)
		}
	}
	if got := ran(nil, "decode", "-connection", "7", capturesDir+"broker.pcap"); got != "stderr:\nstomp decode: there is no #7: the capture has 2 STOMP conversations\n" {
		t.Errorf("got %s", got)
	}
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"/queue/a", "/queue/a", true}, {"/queue/a", "/queue/ab", false}, {"/queue/*", "/queue/a/b", true}, {"*", "", true},
		{"*a", "bca", true}, {"a*b*c", "a--b--c", true}, {"a*b*c", "a--c--b", false}, {"a*a", "a", false}, {"**", "x", true},
	} {
		if got := matches(tt.pattern, tt.s); got != tt.want {
			t.Errorf("%s, %s: %v", tt.pattern, tt.s, got)
		}
	}
}

// Flags may stand anywhere.
func TestFlagsAnywhere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "c2s")
	os.WriteFile(name, []byte(c2s), 0o600)
	want := ran(nil, "decode", "-q", "-o", "json", name)
	for _, call := range [][]string{{"decode", name, "-q", "-o", "json"}, {"decode", "-q", name, "-o", "json"}, {"decode", "-q", "-o", "json", "--", name}} {
		if got := ran(nil, call...); got != want {
			t.Errorf("%v: got %s", call, got)
		}
	}
	if got := ran(nil, "decode", "--", "-q", name); !strings.Contains(got, "one FILE at most") {
		t.Errorf("got %s", got)
	}
}

// A recording of the tap is a conversation.
func TestDecodeRecording(t *testing.T) {
	dir := "../../testdata/captures/rabbitmq/raw"
	got := ran(nil, "decode", dir+"/hb", "-command", "CONNECTED")
	if !strings.HasPrefix(got, "#1 client -> server, "+dir+"/hb\n#1 server 0.082 +0.082\n       0  CONNECTED\n") || !strings.Contains(got, "\n#1 ends after ") {
		t.Errorf("got %s", got)
	}
	if got := ran(nil, "decode", dir, "-command", "CONNECTED", "-q"); strings.Count(got, "ends after") < 15 {
		t.Errorf("got %s", got)
	}
	if got := ran(nil, "decode", t.TempDir()); !strings.Contains(got, "is a directory without recordings") || !strings.HasSuffix(got, "exit 2\n") {
		t.Errorf("got %s", got)
	}
}

// Of a live capture each frame is shown when its packet has come.
func TestDecodeLive(t *testing.T) {
	file := crafted(c2s, s2c)
	in, write := io.Pipe()
	read, out := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run(args("decode -q"), in, out, io.Discard)
		out.Close()
	}()
	lines := bufio.NewScanner(read)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return
			}
		}
		t.Errorf("no %q", want)
	}
	i := bytes.Index(file, []byte("CONNECTED"))
	write.Write(file[:i])
	next("CONNECT")
	next("^@")
	write.Write(file[i:])
	next("CONNECTED")
	write.Close()
	next("ends after")
	if code := <-done; code != exitFine {
		t.Errorf("exit %d", code)
	}
}

// However large a capture, the memory is that of the connections in progress.
func TestLargeCaptureNeedsNoMemory(t *testing.T) {
	const size, most = 30 << 20, 15 << 20
	for _, call := range []string{"decode -q", "decode -q -o json", "check -q", "stats -q"} {
		read, write := io.Pipe()
		go func() {
			w := bufio.NewWriterSize(write, 1<<20)
			craft.Large(w, size)
			w.Flush()
			write.Close()
		}()
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		peak := uint64(0)
		in := readerFunc(func(b []byte) (int, error) {
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc)
			return read.Read(b)
		})
		code := run(args(call), in, io.Discard, io.Discard)
		if code != exitFine || peak > before.HeapAlloc+most {
			t.Errorf("%s: exit %d, %d MiB more in use", call, code, (peak-before.HeapAlloc)>>20)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }
