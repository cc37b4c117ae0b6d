package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
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
