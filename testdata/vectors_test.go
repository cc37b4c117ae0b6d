package testdata

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

func TestVectors(t *testing.T) {
	lines := map[string]int{}
	for v := range Vectors() {
		lines[v.File]++
		if v.Line != lines[v.File] {
			t.Fatalf("%s: line %d after line %d", v.File, v.Line, lines[v.File]-1)
		}
		if !json.Valid(v.JSON) {
			t.Errorf("%s, line %d: not JSON", v.File, v.Line)
		}
	}
	files := slices.Sorted(maps.Keys(lines))
	if want := []string{"decode", "encode", "escape", "negotiate"}; !slices.Equal(files, want) {
		t.Errorf("files are %q, want %q", files, want)
	}
}

func TestVectorsStops(t *testing.T) {
	n := 0
	for range Vectors() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("went on after a break: %d", n)
	}
}
