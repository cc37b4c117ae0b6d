package wire_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

func TestEscapes(t *testing.T) {
	want := map[headers.Escaping]string{headers.Literal: "", headers.Escape11: `\cn`, headers.Escape12: `\cnr`}
	for e := range want {
		got := ""
		for c := range 256 {
			octet := wire.EscapesOf(uint8(e)).Byte[c]
			if octet == 0 {
				continue
			}
			got += string(rune(c))
			if back, err := headers.AppendEscaped(nil, e, []byte{octet}); err != nil || string(back) != `\`+string(rune(c)) {
				t.Errorf("%v: \\%c is byte %d, which escapes to %q, %v", e, c, octet, back, err)
			}
		}
		if got != want[e] {
			t.Errorf("%v defines the letters %q, want %q", e, got, want[e])
		}
	}
}

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		in    string
		from  int
		limit int64
		n     int64
		next  int
		ok    bool
	}{
		{"1023", 0, 1024, 1023, 4, true},
		{"1024", 0, 1024, 1024, 4, true},
		{"1025", 0, 1024, 0, 3, false},
		{"10240", 0, 1024, 0, 4, false},
		{"1025x", 0, 1024, 0, 3, false},
		{"10x9999", 0, 1024, 10, 2, true},
		{"0001024", 0, 1024, 1024, 7, true},
		{"000", 0, 0, 0, 3, true},
		{"1", 0, 0, 0, 0, false},
		{"01", 0, 0, 0, 1, false},
		{"10", 0, 9, 0, 1, false},
		{"9223372036854775807", 0, math.MaxInt64, math.MaxInt64, 19, true},
		{"9223372036854775807", 0, math.MaxInt64 - 1, 0, 18, false},
		{"9223372036854775808", 0, math.MaxInt64, 0, 18, false},
		{"", 0, 9, 0, 0, false},
		{"x1", 0, 9, 0, 0, false},
		{"x1,", 1, 9, 1, 2, true},
		{"1,", 2, 9, 0, 2, false},
	} {
		n, next, ok := wire.Number(tt.in, tt.from, tt.limit)
		if n != tt.n || next != tt.next || ok != tt.ok {
			t.Errorf("Number(%q, %d, %d) = %d %d %t, want %d %d %t", tt.in, tt.from, tt.limit, n, next, ok, tt.n, tt.next, tt.ok)
		}
		if m, at, fine := wire.Number([]byte(tt.in), tt.from, tt.limit); m != n || at != next || fine != ok {
			t.Errorf("Number(%q) of bytes = %d %d %t, want %d %d %t", tt.in, m, at, fine, n, next, ok)
		}
	}
	for v := range vectors.All[vectors.Negotiate]() {
		if v.Limit == nil {
			continue
		}
		n, next, ok := wire.Number(*v.Value, 0, *v.Limit)
		if v.Error == nil && (!ok || next != len(*v.Value) || strconv.FormatInt(n, 10) != *v.Number) || v.Error != nil && next != v.Error.Offset {
			t.Errorf("%s: Number(%q, 0, %d) = %d %d %t", v.ID, *v.Value, *v.Limit, n, next, ok)
		}
	}
	for s, want := range map[string]bool{"0": true, "9": true, "/": false, ":": false, "": false} {
		if got := wire.IsDigit(s, 0); got != want {
			t.Errorf("IsDigit(%q) = %t", s, got)
		}
	}
}

func TestVersions(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"1.2", []string{"1.2"}},
		{"1.0,1.1,1.2", []string{"1.0", "1.1", "1.2"}},
		{"1.2, 1.1", []string{"1.2", " 1.1"}},
		{"", []string{""}},
		{",", []string{"", ""}},
		{"1.1,,1.2,", []string{"1.1", "", "1.2", ""}},
		{"\u00e9,\xff", []string{"\u00e9", "\xff"}},
	}
	for _, tt := range tests {
		got := slices.Collect(wire.Versions(tt.in))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Versions(%q) (-want +got):\n%s", tt.in, diff)
		}
		var octets []string
		for element := range wire.Versions([]byte(tt.in)) {
			octets = append(octets, string(element))
		}
		if diff := cmp.Diff(got, octets); diff != "" {
			t.Errorf("Versions(%q), string and bytes differ (-string +bytes):\n%s", tt.in, diff)
		}
		if back := strings.Join(got, ","); back != tt.in {
			t.Errorf("%q joined is %q, want %q", got, back, tt.in)
		}
	}
}

func TestVersionsStopsEarly(t *testing.T) {
	for _, tt := range []struct {
		stopAt int
		want   []string
	}{{1, []string{"a"}}, {2, []string{"a", "b"}}, {3, []string{"a", "b", "c"}}} {
		var got []string
		for element := range wire.Versions("a,b,c") {
			if got = append(got, element); len(got) == tt.stopAt {
				break
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("stopped at %d (-want +got):\n%s", tt.stopAt, diff)
		}
	}
}
