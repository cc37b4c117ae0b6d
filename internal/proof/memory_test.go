//go:build !race && !asan && (amd64 || arm64)

// The figures are those of ordinary builds for 64 bits.

package main

import (
	"strconv"
	"strings"
	"testing"
)

// What is recorded of memory is still so: promises are equal, and what is
// measured is no more.
func TestMemory(t *testing.T) {
	recorded := map[string]int64{}
	for _, r := range given(t).tables["memory"] {
		n, err := strconv.ParseInt(r.values[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		recorded[r.values[0]] = n
	}
	measured := memory()
	for _, f := range measured {
		promise := strings.HasPrefix(f.what, "WorstCase")
		switch n, ok := recorded[f.what]; {
		case !ok:
			t.Errorf("%s is not in memory.tsv: run .ci/proof", f.what)
		case promise && f.octets != n, f.octets > n:
			t.Errorf("%s is %d octets, memory.tsv says %d: run .ci/proof", f.what, f.octets, n)
		}
	}
	if len(recorded) != len(measured) {
		t.Errorf("memory.tsv has %d figures, want %d: run .ci/proof", len(recorded), len(measured))
	}
	if recorded[heldDefault] > recorded[worstDefault] || recorded[heldBefore] > recorded[worstBefore] {
		t.Error("more is held than WorstCase says")
	}
}

func TestRoundUp(t *testing.T) {
	for n, want := range map[int64]int64{-1: 0, 0: 0, 1: 2, 100: 112, 1000: 1024, 1024: 1280} {
		if got := roundUp(n); got != want {
			t.Errorf("%d is %d, want %d", n, got, want)
		}
	}
}
