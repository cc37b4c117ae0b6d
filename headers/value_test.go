package headers_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stompwire/stomp/headers"
)

func TestParseContentLengthAllocs(t *testing.T) {
	bytes := []byte("1024")
	if n := testing.AllocsPerRun(100, func() {
		headers.ParseContentLength(bytes)
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestHeartBeatsString(t *testing.T) {
	tests := []struct {
		name          string
		send, receive time.Duration
		want          string
	}{
		{"zero", 0, 0, "0,0"},
		{"whole", 4 * time.Second, time.Minute, "4000,60000"},
		{"rounded up", 1, time.Millisecond - 1, "1,1"},
		{"one more", time.Millisecond, time.Millisecond + 1, "1,2"},
		{"negative", -1, -time.Hour, "0,0"},
		{"smallest", math.MinInt64, math.MinInt64, "0,0"},
		{"largest that is whole", 9223372036854 * time.Millisecond, 0, "9223372036854,0"},
		{"largest", math.MaxInt64, math.MaxInt64 - 1, "9223372036854,9223372036854"},
	}
	for _, tt := range tests {
		if got := (headers.HeartBeats{Send: tt.send, Receive: tt.receive}).String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Whatever String writes can be read, and writing it again gives the same.
func TestHeartBeatsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := headers.HeartBeats{
			Send:    time.Duration(rapid.Int64().Draw(t, "send")),
			Receive: time.Duration(rapid.Int64().Draw(t, "receive")),
		}
		s := h.String()
		back, err := headers.ParseHeartBeats(s)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if back.String() != s {
			t.Fatalf("%q reads as %v", s, back)
		}
	})
}

// An error names the header and the place and shows nothing of the value.
func TestValueErrorText(t *testing.T) {
	_, err := headers.ParseContentLength("secret")
	if got, want := err.Error(), "stomp: content-length: bad syntax at offset 0"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	_, err = headers.ParseContentLength("9999999999999999999")
	if got, want := err.Error(), "stomp: content-length: out of range at offset 18"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	_, err = headers.ParseHeartBeats("0,secret")
	if got, want := err.Error(), "stomp: heart-beat: bad syntax at offset 2"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	_, err = headers.ParseAckMode("secret")
	if got, want := err.Error(), "stomp: ack: bad syntax at offset 0"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

// A negative interval is none.
func TestNegotiateNegativeHeartBeats(t *testing.T) {
	const s = time.Second
	if c, s := headers.NegotiateHeartBeats(headers.HeartBeats{Send: -1, Receive: 10 * s}, headers.HeartBeats{Send: 10 * s, Receive: 10 * s}); c != 0 || s != 10*time.Second {
		t.Error(c, s)
	}
	if c, s := headers.NegotiateHeartBeats(headers.HeartBeats{Send: 10 * s, Receive: -1}, headers.HeartBeats{Send: -1, Receive: -1}); c != 0 || s != 0 {
		t.Error(c, s)
	}
}

func TestAckModes(t *testing.T) {
	for m, want := range map[headers.AckMode]string{headers.AckAuto: "auto", headers.AckClient: "client", headers.AckClientIndividual: "client-individual", 3: "AckMode(3)"} {
		if m.String() != want || m.Explicit() != strings.HasPrefix(want, "client") {
			t.Errorf("%d is %v, explicit %v", m, m, m.Explicit())
		}
	}
	if m, err := headers.ParseAckMode("Auto"); m != headers.AckAuto || err == nil {
		t.Errorf("%v, %v", m, err)
	}
}
