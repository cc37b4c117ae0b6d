package testdata

import (
	"bytes"
	"testing"
)

func TestCaptures(t *testing.T) {
	seen := map[string]bool{}
	var total int
	for c := range Captures() {
		if seen[c.Name()] {
			t.Errorf("%s: twice", c.Name())
		}
		seen[c.Name()] = true
		total += len(c.Octets)
		if len(c.Octets) == 0 {
			t.Errorf("%s: empty", c.Name())
		}
		var joined []byte
		for piece := range c.Pieces() {
			joined = append(joined, piece...)
		}
		if !bytes.Equal(joined, c.Octets) {
			t.Errorf("%s: the chunks are not the recording", c.Name())
		}
	}
	for _, want := range []string{
		"rabbitmq/raw/basic12/c2s", "rabbitmq/raw/basic12/s2c", "rabbitmq-ws/stompjs7/hb/c2s",
		"activemq/raw/hdr12/s2c", "stompserver/raw/basic10/s2c",
	} {
		if !seen[want] {
			t.Errorf("%s is not there", want)
		}
	}
	if total > 1<<20 {
		t.Errorf("%d bytes: more than a MiB", total)
	}
}

func TestCapturesStops(t *testing.T) {
	n := 0
	for c := range Captures() {
		for range c.Pieces() {
			n++
			break
		}
		break
	}
	if n != 1 {
		t.Errorf("went on after a break: %d", n)
	}
}

func TestParseIndexRefuses(t *testing.T) {
	for _, tt := range []struct {
		index string
		size  int
	}{
		{"0 5\n", 5},
		{"0 5 1.5 text more\n", 5},
		{"0 x 1.5\n", 5},
		{"0 5 x\n", 5},
		{"1 5 1.5\n", 6},
		{"0 5 1.5\n6 5 1.5\n", 11},
		{"0 -5 1.5\n", -5},
		{"0 5 1.5\n", 6},
	} {
		if c, err := parseIndex(tt.index, tt.size); err == nil {
			t.Errorf("parseIndex(%q, %d) = %v, want an error", tt.index, tt.size, c)
		}
	}
}
