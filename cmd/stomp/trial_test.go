package main

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/craft"
	"github.com/stompwire/stomp/internal/websocket"
)

// packed returns a recording as a capture, over TCP or WebSocket.
func packed(t *testing.T, dir string, overWebSocket bool) []byte {
	t.Helper()
	type read struct {
		from int
		ms   float64
		data []byte
	}
	var all []read
	for from, name := range []string{"c2s", "s2c"} {
		data, err := os.ReadFile(filepath.Join(dir, name+".bin"))
		if err != nil {
			t.Fatal(err)
		}
		index, err := os.ReadFile(filepath.Join(dir, name+".idx"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(index)) {
			r := read{from: from}
			var offset, size int
			fmt.Sscan(line, &offset, &size, &r.ms)
			r.data = data[offset : offset+size]
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b read) int { return int(1000 * (a.ms - b.ms)) })
	var b bytes.Buffer
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	k := craft.NewTalk(craft.NewPCAPNG(&b, binary.LittleEndian, true, craft.Ethernet), begin, "10.0.0.1:5000", "10.0.0.2:61613")
	k.Open()
	if overWebSocket {
		k.Send(0, []byte("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), 1000)
		k.Send(1, []byte("HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n"), 1000)
	}
	for _, r := range all {
		k.At = begin.Add(time.Duration(r.ms * float64(time.Millisecond)))
		if overWebSocket {
			mask := []byte{1, 2, 3, 4}
			if r.from == 1 {
				mask = nil
			}
			r.data = websocket.Frame(0x81, mask, r.data)
		}
		k.Send(r.from, r.data, 65000)
	}
	k.Close()
	return b.Bytes()
}

var origin = regexp.MustCompile(`"connection":1,(?:"packet":\d+,)?(?:"time":"[^"]*",)?"ms":[0-9.]*,`)

// What is found in a capture is what is found in recordings of the same bytes,
// and what decode shows is the same too.
func TestCapturesAsPackets(t *testing.T) {
	dirs, err := filepath.Glob("../../testdata/captures/*/*/*/c2s.idx")
	if err != nil || len(dirs) < 100 {
		t.Fatal(len(dirs), err)
	}
	sorted := func(s string) string {
		lines := strings.Split(origin.ReplaceAllString(s, ""), "\n")
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	for i, dir := range dirs {
		dir = filepath.Dir(dir)
		file := packed(t, dir, i%2 == 1)
		want := ran(nil, "check", "-q", "-o", "json", dir)
		got := ran(file, "check", "-q", "-o", "json")
		if sorted(got) != sorted(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", dir, got, want)
		}
		want = ran(nil, "decode", "-q", "-o", "json", dir)
		got = ran(file, "decode", "-q", "-o", "json")
		for _, s := range []*string{&got, &want} {
			*s = regexp.MustCompile(`"connection":1,("packet":\d+,)?("time":"[^"]*",)?("ms":[0-9.]*,)?`).ReplaceAllString(*s, "")
			*s = regexp.MustCompile(`"client":.*|, packet \d+`).ReplaceAllString(*s, "")
		}
		if sorted(got) != sorted(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", dir, got, want)
		}
	}
}

func TestCheckCrafted(t *testing.T) {
	const (
		subscribe = "SUBSCRIBE\nid:1\ndestination:/queue/a\nreceipt:r\n\n\x00"
		receipt   = "RECEIPT\nreceipt-id:r\n\n\x00"
		ack       = "ACK\nid:nobody\n\n\x00"
	)
	unopened := func(b []byte) []byte { return slices.Delete(b, 24, 24+3*(16+14+40)) } // without the handshake of TCP
	// oneSide leaves the packets of one side in a capture.
	oneSide := func(port byte, b []byte) []byte {
		kept := slices.Clone(b[:24])
		for b = b[24:]; len(b) > 0; {
			n := 16 + int(binary.LittleEndian.Uint32(b[8:]))
			if b[16+14+20+1] == port { // the lower half of the source port
				kept = append(kept, b[:n]...)
			}
			b = b[n:]
		}
		return kept
	}
	both := crafted(c2s, s2c, subscribe, receipt, "ACK\nid:1\n\n\x00", "MESSAGE\nsubscription:1\nmessage-id:1\nack:1\ndestination:/a\n\n\x00")
	list := []struct {
		name, args string
		in         []byte
	}{
		{"the client alone", "check", oneSide(5000&0xff, both)},
		{"the server alone", "check", oneSide(61613&0xff, both)},
		{"pipelined", "check -q", crafted(c2s+subscribe+ack, s2c, "\n", receipt)},
		{"missing", "check", crafted(c2s, s2c, 40, receipt, ack)},
		{"missing, resync", "check -resync", crafted(c2s, s2c, 40, receipt, ack)},
		{"the middle", "check", unopened(crafted(subscribe, receipt, ack, "MESSAGE\nsubscription:1\n\n\x00"))},
		{"the middle of a frame", "check", unopened(crafted("body\x00"+subscribe, receipt))},
		{"the middle of a frame, resync", "check -resync -q", unopened(crafted("body\x00"+subscribe, receipt))},
		{"CONNECTED first", "check -q", unopened(crafted("", s2c, subscribe, receipt))},
		{"ignored", "check -q -ignore ack-known", crafted(c2s, s2c, ack)},
		{"habits", "check -q", crafted(c2s, s2c, subscribe, receipt+"MESSAGE\nsubscription:/temp-queue/x\nmessage-id:1\ndestination:/queue/y\n\n\x00ERROR\nmessage:x\n\n\x00RECEIPT\nreceipt-id:r\n\n\x00")},
		{"a frame that breaks off", "check -q -must", crafted(c2s, s2c, "SEND\ndestination:/queue/a\n\nhel")},
		{"json", "check -q -o json", crafted(c2s, s2c, ack+"SEND\nx:\\q\n")},
		{"from", "check -from client", crafted(c2s, s2c)},
		{"a stream", "check", []byte(c2s + subscribe)},
		{"a stream of a server", "check", []byte(s2c + receipt)},
		{"neither", "check", []byte("hello\n")},
		{"nothing", "check", crafted()},
	}
	var b strings.Builder
	for _, tt := range list {
		fmt.Fprintf(&b, "== %s\n%s\n", tt.name, ran(tt.in, args(tt.args)...))
	}
	golden(t, "trials", b.String())
}

// Heart-beats are judged by the times of the packets, up to the end of the
// connection.
func TestCheckHeartBeatsOfPackets(t *testing.T) {
	beats := strings.NewReplacer("host:/", "host:/\nheart-beat:1000,1000", "1.2\n\n", "1.2\nheart-beat:1000,1000\n\n")
	var b bytes.Buffer
	k := craft.NewTalk(craft.NewPCAP(&b, binary.BigEndian, false, craft.Null), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "10.0.0.1:5000", "10.0.0.2:61613")
	k.Open()
	k.Send(0, []byte(beats.Replace(c2s)), 1000)
	k.Send(1, []byte(beats.Replace(s2c)), 1000)
	for i := range 8 {
		k.At = k.At.Add(time.Second)
		k.Send(0, []byte("\n"), 1)
		if i < 2 {
			k.Send(1, []byte("\n"), 1)
		}
	}
	k.Close()
	got := ran(b.Bytes(), "check")
	want := "#1 8.000 server       48  silence, after CONNECT at 0 of the client\n" +
		"                 MUST    heart-beat-late: something must be sent every 1000 ms\n" +
		"                         STOMP 1.1 and 1.2, Heart-beating\n" +
		"                         nothing was sent for 6000 ms, from 2.000 s to 8.000 s\n"
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "exit 1\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestCheckJUnit(t *testing.T) {
	const ack = "ACK\nid:<nobody>\n\n\x00"
	type testcase struct {
		Class   string    `xml:"classname,attr"`
		Name    string    `xml:"name,attr"`
		Failure *struct{} `xml:"failure"`
		Skipped *struct{} `xml:"skipped"`
		Error   *struct{} `xml:"error"`
	}
	for _, tt := range []struct {
		name  string
		stdin []byte
		args  string
		want  string // what does not pass
	}{
		{"a capture", crafted(c2s, s2c, ack+ack+"SEND\ndestination:/queue/a\n\nhi\x00"), "", "F client ack-known, S client content-length-expected, S client content-type-expected"},
		{"no SHOULD", crafted(c2s, s2c, ack+"SEND\ndestination:/queue/a\n\nhi\x00"), "-must", "F client ack-known"},
		{"grammar", crafted(c2s, s2c, "SEND\nx:\\q\n"), "", "F client grammar"},
		{"missing", crafted(c2s, s2c, 4, "\n", "\n"), "", "E client grammar"},
		{"a stream", []byte(c2s + "SEND\ndestination:/queue/a\n\nhi\x00"), "-ignore content-type-expected", "S client content-length-expected"},
		{"recordings", nil, "-must ../../testdata/captures/stompserver/raw/basic10", "F server message-message-id-required"},
	} {
		got := ran(tt.stdin, append([]string{"check", "-q", "-o", "junit"}, args(tt.args)...)...)
		got, _, _ = strings.Cut(got, "exit ")
		var suites struct {
			Suites []struct {
				Tests    int        `xml:"tests,attr"`
				Failures int        `xml:"failures,attr"`
				Cases    []testcase `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal([]byte(got), &suites); err != nil || len(suites.Suites) != 1 {
			t.Errorf("%s: %v\n%s", tt.name, err, got)
			continue
		}
		s := suites.Suites[0]
		var list []string
		failures := 0
		for _, c := range s.Cases {
			switch {
			case c.Failure != nil:
				failures++
				list = append(list, "F "+c.Class+" "+c.Name)
			case c.Skipped != nil:
				list = append(list, "S "+c.Class+" "+c.Name)
			case c.Error != nil:
				list = append(list, "E "+c.Class+" "+c.Name)
			}
		}
		slices.Sort(list)
		if got := strings.Join(list, ", "); got != tt.want || len(s.Cases) != s.Tests || failures != s.Failures || s.Tests < 20 {
			t.Errorf("%s: %d tests, %d failures: %s", tt.name, s.Tests, s.Failures, got)
		}
	}
}

func TestCheckRecordings(t *testing.T) {
	got := ran(nil, "check", "-q", "../../testdata/captures/stompserver/raw")
	if !strings.HasPrefix(got, "#1 ../../testdata/captures/stompserver/raw/") || strings.Count(got, "The server ") < 5 || !strings.HasSuffix(got, "exit 1\n") {
		t.Errorf("got\n%s", got)
	}
	if got := ran(nil, "check", "-ignore", "ack-unknown"); !strings.Contains(got, `"ack-unknown" is no rule or leniency`) {
		t.Errorf("got\n%s", got)
	}
}

// Recordings of several connections are judged one by one. Each finding names
// its connection, and the time where an index has it.
func TestCheckSeveralRecordings(t *testing.T) {
	dir := t.TempDir()
	for number, name := range []string{"", "basic10", "nack", "tx"} {
		if number == 0 {
			continue
		}
		to := filepath.Join(dir, strconv.Itoa(number))
		if err := os.CopyFS(to, os.DirFS("../../testdata/captures/stompserver/raw/"+name)); err != nil {
			t.Fatal(err)
		}
		if name == "tx" {
			os.Remove(filepath.Join(to, "c2s.idx"))
		}
	}
	text := ran(nil, "check", dir)
	if !strings.HasSuffix(text, ".\n\n3 conversations: 3 break a MUST, 0 only a SHOULD, 0 keep every rule.\nexit 1\n") || !strings.Contains(text, "\n\n#3 "+dir) {
		t.Errorf("got\n%s", text)
	}
	lines := ran(nil, "check", "-q", "-o", "json", dir)
	for _, want := range []string{`{"connection":1,"ms":`, `{"connection":2,"ms":`, `{"connection":3,"from":`} {
		if !strings.Contains(lines, want) {
			t.Errorf("no %s in\n%s", want, lines)
		}
	}
}
