package transport

import (
	"math"
	"testing"
	"time"
)

func TestSilence(t *testing.T) {
	for _, interval := range []time.Duration{time.Second, 4 * time.Second, 10 * time.Second} {
		if got, activeMQ := Silence(interval), interval*21/10; got <= activeMQ {
			t.Errorf("interval %v: gone after %v, when ActiveMQ may still be silent for %v", interval, got, activeMQ)
		}
		if got := Silence(interval); got > 3*interval {
			t.Errorf("interval %v: a dead peer is noticed after %v", interval, got)
		}
	}
	if got, want := Silence(20*time.Millisecond), 1020*time.Millisecond; got != want {
		t.Errorf("20 ms: %v, want %v", got, want)
	}
	// A heart-beat header may contain any number. The result must not overflow.
	const century = 100 * 365 * 24 * time.Hour
	for _, interval := range []time.Duration{math.MaxInt64, math.MaxInt64 / 1e6 * 1e6, century, math.MaxInt64/3 + 1, math.MaxInt64 / 3, century / 2} {
		if got := Silence(interval); got < interval {
			t.Errorf("interval %v: gone after %v", interval, got)
		}
	}
}
