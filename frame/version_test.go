package frame_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestVersionTable(t *testing.T) {
	tests := []struct {
		version     frame.Version
		name        string
		subprotocol string
		escaping    headers.Escaping // of commands that are not always literal
	}{
		{frame.Unnegotiated, "unnegotiated", "", headers.Literal},
		{frame.V10, "1.0", "v10.stomp", headers.Literal},
		{frame.V11, "1.1", "v11.stomp", headers.Escape11},
		{frame.V12, "1.2", "v12.stomp", headers.Escape12},
	}
	for i, tt := range tests {
		v := tt.version
		if int(v) != i {
			t.Errorf("%v is %d, want %d: versions are in order and the zero version is Unnegotiated", v, v, i)
		}
		if got := v.String(); got != tt.name {
			t.Errorf("Version(%d).String() = %q, want %q", v, got, tt.name)
		}
		if got := v.Subprotocol(); got != tt.subprotocol {
			t.Errorf("%v.Subprotocol() = %q, want %q", v, got, tt.subprotocol)
		}
		for _, row := range commands {
			want := tt.escaping
			if row.literal {
				want = headers.Literal
			}
			if got := v.Escaping(row.command); got != want {
				t.Errorf("%v.Escaping(%s) = %v, want %v", v, row.command, got, want)
			}
		}
		for _, c := range []frame.Command{"", "NOTIFY", "connect"} {
			if got := v.Escaping(c); got != tt.escaping {
				t.Errorf("%v.Escaping(%q) = %v, want %v", v, c, got, tt.escaping)
			}
		}
	}
	for _, v := range []frame.Version{4, 255} {
		if v.Subprotocol() != "" {
			t.Errorf("%v: sub-protocol %q", v, v.Subprotocol())
		}
	}
	if got := frame.Version(4).String(); got != "Version(4)" {
		t.Errorf("Version(4).String() = %q", got)
	}
}

func TestParseVersion(t *testing.T) {
	tests := []struct {
		in   string
		want frame.Version
	}{
		{"1.0", frame.V10}, {"1.1", frame.V11}, {"1.2", frame.V12},
		{"", frame.Unnegotiated}, {"1", frame.Unnegotiated}, {"1.", frame.Unnegotiated}, {"1.3", frame.Unnegotiated},
		{"1.20", frame.Unnegotiated}, {"01.2", frame.Unnegotiated}, {" 1.2", frame.Unnegotiated}, {"1.2 ", frame.Unnegotiated},
		{"1.2\r", frame.Unnegotiated}, {"1,2", frame.Unnegotiated}, {"1.1,1.2", frame.Unnegotiated}, {"v1.2", frame.Unnegotiated},
		{"unnegotiated", frame.Unnegotiated}, {"\u0661.\u0662", frame.Unnegotiated},
	}
	for _, tt := range tests {
		ok := tt.want != frame.Unnegotiated
		if v, got := frame.ParseVersion(tt.in); v != tt.want || got != ok {
			t.Errorf("ParseVersion(%q) = %v, %v, want %v, %v", tt.in, v, got, tt.want, ok)
		}
		if v, got := frame.ParseVersion([]byte(tt.in)); v != tt.want || got != ok {
			t.Errorf("ParseVersion of bytes %q = %v, %v, want %v, %v", tt.in, v, got, tt.want, ok)
		}
		if ok && tt.want.String() != tt.in {
			t.Errorf("%q reads as %v", tt.in, tt.want)
		}
	}
}

// The eight sets of versions.
var sets = []struct {
	versions     []frame.Version
	name         string
	highest      frame.Version
	subprotocols []string
}{
	{nil, "", frame.Unnegotiated, nil},
	{[]frame.Version{frame.V10}, "1.0", frame.V10, []string{"v10.stomp"}},
	{[]frame.Version{frame.V11}, "1.1", frame.V11, []string{"v11.stomp"}},
	{[]frame.Version{frame.V12}, "1.2", frame.V12, []string{"v12.stomp"}},
	{[]frame.Version{frame.V10, frame.V11}, "1.0,1.1", frame.V11, []string{"v11.stomp", "v10.stomp"}},
	{[]frame.Version{frame.V10, frame.V12}, "1.0,1.2", frame.V12, []string{"v12.stomp", "v10.stomp"}},
	{[]frame.Version{frame.V11, frame.V12}, "1.1,1.2", frame.V12, []string{"v12.stomp", "v11.stomp"}},
	{[]frame.Version{frame.V10, frame.V11, frame.V12}, "1.0,1.1,1.2", frame.V12, []string{"v12.stomp", "v11.stomp", "v10.stomp"}},
}

func TestVersions(t *testing.T) {
	for _, tt := range sets {
		s := frame.VersionsOf(tt.versions...)
		if got := s.String(); got != tt.name {
			t.Errorf("VersionsOf(%v).String() = %q, want %q", tt.versions, got, tt.name)
		}
		if got := s.Highest(); got != tt.highest {
			t.Errorf("{%v}.Highest() = %v, want %v", s, got, tt.highest)
		}
		if diff := cmp.Diff(tt.subprotocols, s.Subprotocols()); diff != "" {
			t.Errorf("{%v}.Subprotocols() (-want +got):\n%s", s, diff)
		}
		for v := range frame.Version(255) {
			want := false
			for _, member := range tt.versions {
				want = want || member == v
			}
			if got := s.Has(v); got != want {
				t.Errorf("{%v}.Has(%v) = %v, want %v", s, v, got, want)
			}
		}
		if tt.versions != nil && frame.ParseVersions(tt.name) != s {
			t.Errorf("ParseVersions(%q) = %v", tt.name, frame.ParseVersions(tt.name))
		}
	}
	var zero frame.Versions
	if zero != frame.VersionsOf() {
		t.Error("the zero set is not the empty set")
	}
	if got := frame.AllVersions.String(); got != "1.0,1.1,1.2" {
		t.Errorf("AllVersions is %q", got)
	}
	// What is no version does not become a member.
	if s := frame.VersionsOf(frame.Unnegotiated, frame.V11, 4, 255); s != frame.VersionsOf(frame.V11) {
		t.Errorf("VersionsOf(Unnegotiated, V11, 4, 255) = %v, %d", s, s)
	}
	// Nor do bits that are no version show.
	if s := ^frame.Versions(0); s.String() != "1.0,1.1,1.2" || s.Has(frame.Unnegotiated) || s.Has(4) || s.Highest() != frame.V12 {
		t.Errorf("the set of all bits: %q, has Unnegotiated %v, has 4 %v, highest %v", s, s.Has(0), s.Has(4), s.Highest())
	}
}

func TestVersionAllocs(t *testing.T) {
	value := []byte("1.0,1.1,1.2")
	if n := testing.AllocsPerRun(100, func() {
		agreed, _ := frame.Negotiate(frame.ParseVersions(value), frame.AllVersions)
		last, _ := frame.ParseVersion(value[8:])
		sub, _ := frame.ParseSubprotocol("v12.stomp")
		if agreed != frame.V12 || last != frame.V12 || sub != frame.V12 {
			t.Fatalf("%v, %v, %v, want 1.2", agreed, last, sub)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
