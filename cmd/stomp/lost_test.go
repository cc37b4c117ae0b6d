package main

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// What a capture has lost is not taken for a broken rule: without some of its
// packets, nothing is found that is not found with them.
func TestLostPackets(t *testing.T) {
	dirs, err := filepath.Glob("../../testdata/captures/*/*/*/c2s.idx")
	if err != nil || len(dirs) < 100 {
		t.Fatal(len(dirs), err)
	}
	rnd := rand.New(rand.NewPCG(7, 8))
	for i, dir := range dirs {
		dir = filepath.Dir(dir)
		head, packets := blocks(packed(t, dir, i%2 == 1))
		whole := brokenRules(strings.Join(append([]string{head}, packets...), ""))
		for round := range 6 {
			file := head
			lost := 1 + rnd.IntN(len(packets)/4)
			from := 3 + rnd.IntN(len(packets)-3) // after the handshake of TCP
			if round%2 == 0 {
				lost = 1
			}
			for n, p := range packets {
				if n < from || n >= from+lost {
					file += p
				}
			}
			for rule := range brokenRules(file) {
				if !whole[rule] {
					t.Errorf("%s without %d packets from %d on: %s", dir, lost, from, rule)
				}
			}
		}
	}
}

// brokenRules returns which side breaks which MUST of a capture.
func brokenRules(file string) map[string]bool {
	found := map[string]bool{}
	for _, call := range []string{"check -q -must -o json", "check -q -must -resync -o json"} {
		for line := range strings.Lines(ran([]byte(file), args(call)...)) {
			var f struct{ From, Rule string }
			if json.Unmarshal([]byte(line), &f) == nil && f.Rule != "" {
				found[f.From+" "+f.Rule] = true
			}
		}
	}
	return found
}

// blocks takes a pcapng file apart: what comes before the packets, and these.
func blocks(b []byte) (head string, packets []string) {
	for len(b) > 0 {
		n := int(binary.LittleEndian.Uint32(b[4:]))
		if binary.LittleEndian.Uint32(b) == 6 {
			packets = append(packets, string(b[:n]))
		} else {
			head += string(b[:n])
		}
		b = b[n:]
	}
	return head, packets
}
