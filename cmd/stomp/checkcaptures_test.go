package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stompwire/stomp/internal/jsonl"
	"github.com/stompwire/stomp/testdata"
)

const captureDir = "../../testdata/captures/"

// A jsonLine is a line of "check -o json", of a violation or an error.
type jsonLine struct {
	jsonl.Finding
	Frame int64
	Error string
}

func decodeLine(t *testing.T, text string) jsonLine {
	t.Helper()
	var l jsonLine
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return l
}

// pairs returns the recorded conversations, such as rabbitmq/raw/basic12.
func pairs() (names []string) {
	for c := range testdata.Captures() {
		if name := path.Dir(c.Name()); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// checkPair checks a recorded conversation.
func checkPair(t *testing.T, pair string, more ...string) (lines []string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	call := append([]string{"check", "-q", "-o", "json", "-client", captureDir + pair + "/c2s.bin", "-server", captureDir + pair + "/s2c.bin"}, more...)
	code = run(call, nil, &stdout, &stderr)
	if code == exitCall || code == exitFine && stderr.Len() > 0 {
		t.Errorf("%s: exit %d: %s", pair, code, &stderr)
	}
	return slices.Collect(strings.Lines(stdout.String())), code
}

func indexes(pair string) []string {
	return []string{"-client-index", captureDir + pair + "/c2s.idx", "-server-index", captureDir + pair + "/s2c.idx"}
}

// summed makes a line for each rule that a side of a conversation breaks: how
// often, and the offset of the first.
func summed(t *testing.T, lines []string) string {
	t.Helper()
	type key struct{ from, level, rule, header string }
	var order []key
	count, first := map[key]int{}, map[key]int64{}
	for _, text := range lines {
		l := decodeLine(t, text)
		k := key{l.From, "SHOULD", l.Rule, l.Header}
		switch {
		case l.Error != "":
			k.level, k.rule = "ERROR", l.Error
		case l.Must:
			k.level = "MUST"
		}
		if count[k]++; count[k] == 1 {
			order, first[k] = append(order, k), l.Offset
		}
	}
	slices.SortFunc(order, func(a, b key) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	var b strings.Builder
	for _, k := range order {
		fmt.Fprintf(&b, "  %s %s %s %s x%d @%d\n", k.from, k.level, k.rule, cmp.Or(k.header, "-"), count[k], first[k])
	}
	return b.String()
}

// What is wrong in the recorded conversations is what testdata/check.golden
// says, with and without their indexes and however they are cut. The client
// that is written by hand breaks no MUST.
func TestCheckCaptures(t *testing.T) {
	var got strings.Builder
	for _, pair := range pairs() {
		lines, code := checkPair(t, pair)
		fmt.Fprintf(&got, "%s exit %d\n%s", pair, code, summed(t, lines))
		slices.Sort(lines)
		for _, more := range [][]string{indexes(pair), append(indexes(pair), "-chunk", "1"), {"-chunk", "3"}} {
			again, codeAgain := checkPair(t, pair, more...)
			if slices.Sort(again); !slices.Equal(lines, again) || code != codeAgain {
				t.Errorf("%s %v: exit %d, got\n%swant\n%s", pair, more, codeAgain, strings.Join(again, ""), strings.Join(lines, ""))
			}
		}
		if !strings.Contains(pair, "/raw/") {
			continue
		}
		for _, text := range lines {
			if l := decodeLine(t, text); l.From == "client" && l.Must {
				t.Errorf("%s: %s", pair, text)
			}
		}
	}
	golden(t, "check", got.String())
}

// Each side of the recorded conversations alone breaks no more than it does in
// the conversation, but for clients that cannot know the version.
func TestCheckCapturesAlone(t *testing.T) {
	for _, pair := range pairs() {
		if strings.HasPrefix(pair, "stompserver/") {
			continue
		}
		both, _ := checkPair(t, pair)
		for from, file := range map[string]string{"client": "c2s.bin", "server": "s2c.bin"} {
			var stdout, stderr bytes.Buffer
			run([]string{"check", "-q", "-o", "json", "-from", from, captureDir + pair + "/" + file}, nil, &stdout, &stderr)
			for text := range strings.Lines(stdout.String()) {
				if !slices.Contains(both, text) {
					t.Errorf("%s, %s alone: %s", pair, from, text)
				}
			}
		}
	}
}

// docs/interop.md says what check finds: each row with a conversation, at the
// offset and with the bytes that it gives, and each kind of finding.
func TestInterop(t *testing.T) {
	text, err := os.ReadFile("../../docs/interop.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{} // who and what
	who := map[string]string{
		"rabbitmq": "RabbitMQ", "rabbitmq-ws": "RabbitMQ", "rabbitmq-ws-bin": "RabbitMQ", "activemq": "ActiveMQ", "stompserver": "stompserver",
		"raw": "by hand", "python3-stomp": "stomp.py", "net-stomp": "Net::Stomp", "stompjs7": "stompjs", "stompjs7-tcp": "stompjs",
	}
	lines := map[string][]jsonLine{}
	for _, pair := range pairs() {
		all, _ := checkPair(t, pair)
		for _, text := range all {
			l := decodeLine(t, text)
			l.Rule = cmp.Or(l.Error, l.Rule)
			lines[pair] = append(lines[pair], l)
			part := strings.Split(pair, "/")
			if l.From == "client" {
				part = part[1:]
			}
			found[who[part[0]]+" "+l.Rule] = true
		}
	}
	rows := regexp.MustCompile("(?m)^\\| ([^|]+) \\| `([a-z_-]+)` \\| `([^`]+)` \\| (client|server) (\\d+) \\| `([^`]+)` \\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 30 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		delete(found, row[1]+" "+row[2])
		ok := slices.ContainsFunc(lines[row[3]], func(l jsonLine) bool {
			return l.From == row[4] && l.Rule == row[2] && fmt.Sprint(l.Offset) == row[5]
		})
		if !ok {
			t.Errorf("check does not find: %s", row[0])
		}
		octets, err := os.ReadFile(captureDir + row[3] + map[string]string{"client": "/c2s.bin", "server": "/s2c.bin"}[row[4]])
		if err != nil {
			t.Fatal(err)
		}
		offset, _ := strconv.Atoi(row[5])
		frame, _, _ := bytes.Cut(octets[offset:], []byte{0})
		want, err := strconv.Unquote(`"` + row[6] + `"`)
		if err != nil || !bytes.Contains(frame, []byte(want)) {
			t.Errorf("%v, not the bytes: %s", err, row[0])
		}
	}
	for what := range found {
		t.Errorf("no row for %s", what)
	}

	printed := regexp.MustCompile("printf '(.+)'").FindStringSubmatch(string(text))
	stdin := strings.NewReplacer(`\n`, "\n", `\0`, "\x00").Replace(printed[1])
	var stdout bytes.Buffer
	code := run(args("check -from client"), strings.NewReader(stdin), &stdout, os.Stderr)
	if code != exitInput || !strings.Contains(stdout.String(), "ack-id-required") || !strings.Contains(stdout.String(), "nack-id-required") {
		t.Errorf("exit %d:\n%s", code, &stdout)
	}
}
