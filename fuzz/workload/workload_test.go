package workload_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/parser"
)

// The streams are what they are said to be, and the floor sees as many frames.
func TestWorkloads(t *testing.T) {
	for w := range workload.All() {
		stream, frames := w.Stream(1 << 20)
		if n := workload.ScanFloor(stream); n != frames {
			t.Errorf("%s: the floor sees %d frames, want %d", w.Name, n, frames)
		}
		a := parser.NewAssembler(parser.Options{Version: frame.V12})
		seen := 0
		for src := stream; len(src) > 0; {
			_, n, ok, err := a.Next(src)
			if err != nil {
				t.Fatalf("%s: %v", w.Name, err)
			}
			if ok {
				seen++
			}
			src = src[n:]
		}
		if seen != frames {
			t.Errorf("%s: %d frames, want %d", w.Name, seen, frames)
		}
		one := w.Frame(1)
		if v, n, ok, err := a.Next(one); !ok || n != len(one) || err != nil {
			t.Errorf("%s: frame 1 is %v, %d of %d bytes, %v", w.Name, v, n, len(one), err)
		}
		same, ok := workload.Named(w.Name)
		if !ok || same.Name != w.Name {
			t.Errorf("%s is not found by its name", w.Name)
		}
	}
	if _, ok := workload.Named("none"); ok {
		t.Error("none")
	}
}

// A workload never changes: figures of different releases are compared.
func TestWorkloadsStayTheSame(t *testing.T) {
	want := map[string]string{
		"ack":       "e91dbc670575eed7",
		"telemetry": "1b33ad5696d0af86",
		"orders":    "95afccd4455a250d",
		"text4k":    "0317b9aaa4ac8a01",
		"blob64k":   "1d7cf40396ce6f4a",
	}
	for w := range workload.All() {
		stream, _ := w.Stream(1 << 20)
		if got := fmt.Sprintf("%x", sha256.Sum256(stream))[:16]; got != want[w.Name] {
			t.Errorf("%s: the hash of a stream of 1 MiB is %s, want %s", w.Name, got, want[w.Name])
		}
	}
}
