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

// Only the frames that negotiate say versions, and the first header counts.
func TestVersionsOfOtherCommands(t *testing.T) {
	for c := range frame.Commands() {
		f := &frame.Frame{Command: c, Headers: headers.Pairs("Version", "1.1", "accept-version", "1.1,1.2", "version", "1.2", "accept-version", "1.0", "version", "1.0")}
		h := borrow(f).Head
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
