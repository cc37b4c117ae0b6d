package frame_test

import (
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Every client against every server: the highest version that both have.
func TestNegotiate(t *testing.T) {
	for _, client := range sets {
		for _, server := range sets {
			want := frame.Unnegotiated
			for _, c := range client.versions {
				for _, s := range server.versions {
					if c == s {
						want = max(want, c)
					}
				}
			}
			got, ok := frame.Negotiate(frame.VersionsOf(client.versions...), frame.VersionsOf(server.versions...))
			if got != want || ok != (want != frame.Unnegotiated) {
				t.Errorf("Negotiate({%s}, {%s}) = %v, %v, want %v", client.name, server.name, got, ok, want)
			}
		}
	}
	if v, ok := frame.Negotiate(1, 1); v != frame.Unnegotiated || ok {
		t.Errorf("sets that have a bit in common that is no version agree on %v, %v", v, ok)
	}
}

func TestAcceptVersions(t *testing.T) {
	tests := []struct {
		name    string
		headers headers.List
		want    string
	}{
		{"no header", headers.Pairs("host", "/"), "1.0"},
		{"no headers", nil, "1.0"},
		{"one", headers.Pairs("accept-version", "1.1"), "1.1"},
		{"all", headers.Pairs("host", "/", "accept-version", "1.2,1.1,1.0"), "1.0,1.1,1.2"},
		{"none known", headers.Pairs("accept-version", "2.0"), ""},
		{"empty", headers.Pairs("accept-version", ""), ""},
		{"first entry counts", headers.Pairs("accept-version", "1.1", "accept-version", "1.2"), "1.1"},
		{"other case", headers.Pairs("Accept-Version", "1.2"), "1.0"},
		{"version is another header", headers.Pairs("version", "1.2"), "1.0"},
	}
	for _, tt := range tests {
		f := &frame.Frame{Command: frame.CONNECT, Headers: tt.headers}
		if got := f.AcceptVersions().String(); got != tt.want {
			t.Errorf("%s: Frame.AcceptVersions() = %q, want %q", tt.name, got, tt.want)
		}
		if got := borrow(f).AcceptVersions().String(); got != tt.want {
			t.Errorf("%s: Head.AcceptVersions() = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAgreedVersion(t *testing.T) {
	tests := []struct {
		name    string
		headers headers.List
		want    frame.Version
		ok      bool
	}{
		{"no header", headers.Pairs("session", "1"), frame.V10, true},
		{"no headers", nil, frame.V10, true},
		{"1.0", headers.Pairs("version", "1.0"), frame.V10, true},
		{"1.1", headers.Pairs("version", "1.1"), frame.V11, true},
		{"1.2", headers.Pairs("session", "1", "version", "1.2"), frame.V12, true},
		{"unknown", headers.Pairs("version", "1.3"), frame.Unnegotiated, false},
		{"empty", headers.Pairs("version", ""), frame.Unnegotiated, false},
		{"list", headers.Pairs("version", "1.1,1.2"), frame.Unnegotiated, false},
		{"first entry counts", headers.Pairs("version", "1.1", "version", "1.2"), frame.V11, true},
		{"accept-version is another header", headers.Pairs("accept-version", "1.2"), frame.V10, true},
	}
	for _, tt := range tests {
		f := &frame.Frame{Command: frame.CONNECTED, Headers: tt.headers}
		if v, ok := f.AgreedVersion(); v != tt.want || ok != tt.ok {
			t.Errorf("%s: Frame.AgreedVersion() = %v, %v, want %v, %v", tt.name, v, ok, tt.want, tt.ok)
		}
		if v, ok := borrow(f).AgreedVersion(); v != tt.want || ok != tt.ok {
			t.Errorf("%s: Head.AgreedVersion() = %v, %v, want %v, %v", tt.name, v, ok, tt.want, tt.ok)
		}
	}
}

// Only the frames that negotiate say versions.
func TestVersionsOfOtherCommands(t *testing.T) {
	for c := range frame.Commands() {
		f := &frame.Frame{Command: c, Headers: headers.Pairs("accept-version", "1.1,1.2", "version", "1.2")}
		h := frame.Head{Command: c, Headers: headers.ListView{{Name: []byte("accept-version"), Value: []byte("1.1,1.2")}, {Name: []byte("version"), Value: []byte("1.2")}}}
		var offers frame.Versions
		if c == frame.CONNECT || c == frame.STOMP {
			offers = frame.VersionsOf(frame.V11, frame.V12)
		}
		if got, of := f.AcceptVersions(), h.AcceptVersions(); got != offers || of != offers {
			t.Errorf("%s offers %v, %v, want %v", c, got, of, offers)
		}
		for _, agreed := range []func() (frame.Version, bool){f.AgreedVersion, h.AgreedVersion} {
			v, ok := agreed()
			if ok != (c == frame.CONNECTED) || ok && v != frame.V12 || !ok && v != frame.Unnegotiated {
				t.Errorf("%s agrees on %v, %v", c, v, ok)
			}
		}
		if bare := (&frame.Frame{Command: c}); c != frame.CONNECT && c != frame.STOMP && bare.AcceptVersions() != 0 {
			t.Errorf("%s without headers offers %v", c, bare.AcceptVersions())
		}
	}
}
