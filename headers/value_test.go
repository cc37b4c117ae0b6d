package headers_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stompwire/stomp/headers"
)

// checkValueError compares an error with the header, offset and cause that a
// row wants; a nil cause wants no error.
func checkValueError(t *testing.T, what string, err error, header string, offset int, cause error) {
	t.Helper()
	if cause == nil {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	var e *headers.ValueError
	if !errors.As(err, &e) || e.Header != header || e.Offset != offset || e.Err != cause || !errors.Is(err, cause) {
		t.Errorf("%s: error %#v, want %s, offset %d, %v", what, err, header, offset, cause)
	}
}

func TestParseContentLength(t *testing.T) {
	syntax, tooLarge := headers.ErrSyntax, headers.ErrRange
	tests := []struct {
		name   string
		in     string
		want   int64
		offset int
		err    error
	}{
		{"zero", "0", 0, 0, nil},
		{"one digit", "9", 9, 0, nil},
		{"leading zeros", "00012", 12, 0, nil},
		{"400 zeros", strings.Repeat("0", 400) + "7", 7, 0, nil},
		{"2^31-1", "2147483647", math.MaxInt32, 0, nil},
		{"2^31", "2147483648", 1 << 31, 0, nil},
		{"2^32+2", "4294967298", 1<<32 + 2, 0, nil},
		{"2^63-1", "9223372036854775807", math.MaxInt64, 0, nil},
		{"2^63", "9223372036854775808", 0, 18, tooLarge},
		{"2^63+10", "9223372036854775818", 0, 18, tooLarge},
		{"2^64+2", "18446744073709551618", 0, 19, tooLarge},
		{"400 digits", strings.Repeat("1", 400), 0, 19, tooLarge},

		{"empty", "", 0, 0, syntax},
		{"minus", "-1", 0, 0, syntax},
		{"plus", "+2", 0, 0, syntax},
		{"blank before", " 2", 0, 0, syntax},
		{"blank after", "2 ", 0, 1, syntax},
		{"tab", "2\t", 0, 1, syntax},
		{"CR", "2\r", 0, 1, syntax},
		{"letter after", "2x", 0, 1, syntax},
		{"hexadecimal", "0x2", 0, 1, syntax},
		{"underscore", "1_0", 0, 1, syntax},
		{"list", "10,10", 0, 2, syntax},
		{"point", "1.0", 0, 1, syntax},
		{"byte before 0", "/", 0, 0, syntax},
		{"byte after 9", ":", 0, 0, syntax},
		{"Arabic-Indic digit", "\u0662", 0, 0, syntax},
		{"digit, then an Arabic-Indic one", "1\u0662", 0, 1, syntax},
		{"NUL", "1\x00", 0, 1, syntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ofString, ofOctets := headers.ParseContentLength[string], headers.ParseContentLength[[]byte]
			n, err := ofString(tt.in)
			if n != tt.want {
				t.Errorf("of string: %d, want %d", n, tt.want)
			}
			checkValueError(t, "of string", err, "content-length", tt.offset, tt.err)
			n, err = ofOctets([]byte(tt.in))
			if n != tt.want {
				t.Errorf("of bytes: %d, want %d", n, tt.want)
			}
			checkValueError(t, "of bytes", err, "content-length", tt.offset, tt.err)
		})
	}
}

func TestParseContentLengthAllocs(t *testing.T) {
	octets := []byte("1024")
	if n := testing.AllocsPerRun(100, func() {
		headers.ParseContentLength(octets)
		headers.ParseContentLength("1024")
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestParseHeartBeats(t *testing.T) {
	const ms = time.Millisecond
	const longest = 9223372036854 * ms
	syntax := headers.ErrSyntax
	tests := []struct {
		name          string
		in            string
		send, receive time.Duration
		offset        int
		err           error
	}{
		{"none", "0,0", 0, 0, 0, nil},
		{"both", "4000,10000", 4000 * ms, 10000 * ms, 0, nil},
		{"send", "1,0", ms, 0, 0, nil},
		{"receive", "0,1", 0, ms, 0, nil},
		{"leading zeros", "0010,007", 10 * ms, 7 * ms, 0, nil},
		{"largest", "9223372036854,9223372036854", longest, longest, 0, nil},
		{"send too large", "9223372036855,0", longest, 0, 0, nil},
		{"receive too large", "0,9223372036855", 0, longest, 0, nil},
		{"2^63", "9223372036854775808,0", longest, 0, 0, nil},
		{"2^64", "0,18446744073709551616", 0, longest, 0, nil},
		{"400 digits", "1," + strings.Repeat("9", 400), ms, longest, 0, nil},
		{"both too large", "9223372036855,9300000000000", longest, longest, 0, nil},
		{"leading zeros of a large number", "00009223372036854,000000000000000000001", longest, ms, 0, nil},
		{"too large, then a letter", "9223372036855x", 0, 0, 13, syntax},
		{"too large, then no comma", "9223372036855", 0, 0, 13, syntax},
		{"too large, then a letter, second", "0,9223372036855x", 0, 0, 15, syntax},
		{"empty", "", 0, 0, 0, syntax},
		{"one number", "1000", 0, 0, 4, syntax},
		{"no first", ",1000", 0, 0, 0, syntax},
		{"no second", "1000,", 0, 0, 5, syntax},
		{"comma", ",", 0, 0, 0, syntax},
		{"three numbers", "1,2,3", 0, 0, 3, syntax},
		{"blank after comma", "1, 2", 0, 0, 2, syntax},
		{"blank before comma", "1 ,2", 0, 0, 1, syntax},
		{"blank before", " 1,2", 0, 0, 0, syntax},
		{"blank after", "1,2 ", 0, 0, 3, syntax},
		{"minus", "-1,0", 0, 0, 0, syntax},
		{"minus second", "0,-1", 0, 0, 2, syntax},
		{"plus", "+1,0", 0, 0, 0, syntax},
		{"semicolon", "1;2", 0, 0, 1, syntax},
		{"fraction", "1.5,2", 0, 0, 1, syntax},
		{"unit", "1s,2s", 0, 0, 1, syntax},
		{"Arabic-Indic digits", "\u0661,\u0662", 0, 0, 0, syntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := headers.HeartBeats{Send: tt.send, Receive: tt.receive}
			got, err := headers.ParseHeartBeats(tt.in)
			if got != want {
				t.Errorf("of string: %v, want %v", got, want)
			}
			checkValueError(t, "of string", err, "heart-beat", tt.offset, tt.err)
			got, err = headers.ParseHeartBeats([]byte(tt.in))
			if got != want {
				t.Errorf("of bytes: %v, want %v", got, want)
			}
			checkValueError(t, "of bytes", err, "heart-beat", tt.offset, tt.err)
		})
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

// STOMP 1.2, "Heart-beating": "if <cx> is 0 (the client cannot send
// heart-beats) or <sy> is 0 (the server does not want to receive heart-beats)
// then there will be none; otherwise, there will be heart-beats every
// MAX(<cx>,<sy>) milliseconds", and the other way round.
func TestNegotiateHeartBeats(t *testing.T) {
	const none, s = 0, time.Second
	tests := []struct {
		name                   string
		cx, cy, sx, sy         time.Duration
		fromClient, fromServer time.Duration
	}{
		{"no one wants any", 0, 0, 0, 0, none, none},
		{"client cannot send", 0, 0, 0, 10 * s, none, none},
		{"server wants none", 10 * s, 0, 0, 0, none, none},
		{"server cannot send", 0, 10 * s, 0, 0, none, none},
		{"client wants none", 0, 0, 10 * s, 0, none, none},
		{"server asks for less", 4 * s, 0, 0, 10 * s, 10 * s, none},
		{"server asks for more", 10 * s, 0, 0, 4 * s, 10 * s, none},
		{"client asks for less", 0, 10 * s, 4 * s, 0, none, 10 * s},
		{"client asks for more", 0, 4 * s, 10 * s, 0, none, 10 * s},
		{"equal", 5 * s, 5 * s, 5 * s, 5 * s, 5 * s, 5 * s},
		{"all different", 1 * s, 2 * s, 3 * s, 4 * s, 4 * s, 3 * s},
		{"smallest", 1, 1, 1, 1, 1, 1},
		{"negative is none", -1, 10 * s, 10 * s, 10 * s, none, 10 * s},
		{"negative is none, server", 10 * s, -1, -1, -1, none, none},
	}
	for _, tt := range tests {
		client := headers.HeartBeats{Send: tt.cx, Receive: tt.cy}
		server := headers.HeartBeats{Send: tt.sx, Receive: tt.sy}
		if c, s := headers.NegotiateHeartBeats(client, server); c != tt.fromClient || s != tt.fromServer {
			t.Errorf("%s: %v, %v, want %v, %v", tt.name, c, s, tt.fromClient, tt.fromServer)
		}
		// The same seen from the other side.
		if s, c := headers.NegotiateHeartBeats(server, client); c != tt.fromClient || s != tt.fromServer {
			t.Errorf("%s, sides swapped: %v, %v, want %v, %v", tt.name, c, s, tt.fromClient, tt.fromServer)
		}
	}
}

func TestAckMode(t *testing.T) {
	tests := []struct {
		in       string
		mode     headers.AckMode
		explicit bool
		err      error
	}{
		{"auto", headers.AckAuto, false, nil},
		{"client", headers.AckClient, true, nil},
		{"client-individual", headers.AckClientIndividual, true, nil},
		{"", headers.AckAuto, false, headers.ErrSyntax},
		{"Auto", headers.AckAuto, false, headers.ErrSyntax},
		{"client ", headers.AckAuto, false, headers.ErrSyntax},
		{"client_individual", headers.AckAuto, false, headers.ErrSyntax},
		{"client-individual-", headers.AckAuto, false, headers.ErrSyntax},
		{"AckMode(3)", headers.AckAuto, false, headers.ErrSyntax},
	}
	for _, tt := range tests {
		m, err := headers.ParseAckMode(tt.in)
		if m != tt.mode || m.Explicit() != tt.explicit {
			t.Errorf("%q: %v, explicit %v, want %v, %v", tt.in, m, m.Explicit(), tt.mode, tt.explicit)
		}
		checkValueError(t, tt.in, err, "ack", 0, tt.err)
		if octets, err := headers.ParseAckMode([]byte(tt.in)); octets != m || (err == nil) != (tt.err == nil) {
			t.Errorf("%q: of bytes %v, %v", tt.in, octets, err)
		}
		if err == nil && m.String() != tt.in {
			t.Errorf("%q: String() = %q", tt.in, m.String())
		}
	}
	var zero headers.AckMode
	if zero != headers.AckAuto {
		t.Errorf("the zero mode is %v, want auto", zero)
	}
	if m := headers.AckMode(3); m.String() != "AckMode(3)" || m.Explicit() {
		t.Errorf("mode 3: %q, explicit %v", m, m.Explicit())
	}
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
