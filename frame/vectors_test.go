package frame_test

import (
	"slices"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/vectors"
	"github.com/stompwire/stomp/headers"
)

// with returns a frame that has the header, unless value is nil.
func with(c frame.Command, name string, value *vectors.Bytes) *frame.Frame {
	f := &frame.Frame{Command: c, Headers: headers.Pairs("a", "b")}
	if value != nil {
		f.Headers.Add(name, string(*value))
	}
	return f
}

func versionSet(t *testing.T, list []string) (set frame.Versions) {
	for _, s := range list {
		v, ok := frame.ParseVersion(s)
		if !ok {
			t.Fatalf("no version %q", s)
		}
		set |= frame.VersionsOf(v)
	}
	return set
}

// Each vector of versions and their negotiation.
func TestVectors(t *testing.T) {
	for v := range vectors.All[vectors.Negotiate]() {
		// agreed compares a version with one that may be null.
		agreed := func(want *string, got frame.Version, ok bool) {
			if ok != (want != nil) || ok && got.String() != *want {
				t.Errorf("%s, %s: %v, %v", v.ID, v.Title, got, ok)
			}
		}
		switch v.Op {
		case "accept-version":
			f, want := with(frame.CONNECT, headers.AcceptVersion, v.Value), versionSet(t, v.Versions)
			if owned, lent := f.AcceptVersions(), borrow(f).AcceptVersions(); owned != want || lent != want {
				t.Errorf("%s, %s: %q, borrowed %q, want %q", v.ID, v.Title, owned, lent, want)
			}
		case "agree":
			server := versionSet(t, v.Speaks)
			got, ok := frame.Negotiate(with(frame.CONNECT, headers.AcceptVersion, v.Client).AcceptVersions(), server)
			agreed(v.Agreed, got, ok)
			if !ok && server.String() != *v.Refusal {
				t.Errorf("%s, %s: refused with %q, want %q", v.ID, v.Title, server, *v.Refusal)
			}
		case "connected-version":
			f := with(frame.CONNECTED, headers.Version, v.Value)
			got, ok := f.AgreedVersion()
			agreed(v.Agreed, got, ok)
			got, ok = borrow(f).AgreedVersion()
			agreed(v.Agreed, got, ok)
		case "subprotocol":
			got, ok := frame.ParseSubprotocol(string(*v.Value))
			agreed(v.Version, got, ok)
			if ok && got.Subprotocol() != string(*v.Value) {
				t.Errorf("%s: its name is %q", v.ID, got.Subprotocol())
			}
		case "subprotocols":
			if got := versionSet(t, v.Versions).Subprotocols(); !slices.Equal(got, v.Names) {
				t.Errorf("%s, %s: %q", v.ID, v.Title, got)
			}
		}
	}
}
