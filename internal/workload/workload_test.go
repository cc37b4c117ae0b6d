package workload_test

import (
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/workload"
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
			t.Errorf("%s: frame 1 is %v, %d of %d octets, %v", w.Name, v, n, len(one), err)
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
