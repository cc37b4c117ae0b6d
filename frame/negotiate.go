package frame

import (
	"strings"

	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/wire"
)

// Versions is a set of versions. The zero value is empty.
type Versions uint8

// AllVersions is the set of the three versions.
const AllVersions = Versions(1<<V10 | 1<<V11 | 1<<V12)

// VersionsOf returns the set of some versions. It ignores [Unnegotiated].
func VersionsOf(versions ...Version) Versions {
	var s Versions
	for _, v := range versions {
		if V10 <= v && v <= V12 {
			s |= 1 << v
		}
	}
	return s
}

// ParseVersions reads a comma-separated list of versions: the value of
// accept-version, or of version in an ERROR that refuses a client (STOMP 1.2,
// "Protocol Negotiation"). It ignores elements that are not exactly one of the
// three versions, such as "2.0" or " 1.1" with its blank.
func ParseVersions[T ~string | ~[]byte](s T) Versions {
	var set Versions
	for element := range wire.Versions(s) {
		if v, ok := ParseVersion(element); ok {
			set |= 1 << v
		}
	}
	return set
}

// Has reports whether the set contains v.
func (s Versions) Has(v Version) bool { return V10 <= v && v <= V12 && s&(1<<v) != 0 }

// Highest returns the highest version of the set, or Unnegotiated if it is empty.
func (s Versions) Highest() Version {
	for v := V12; v >= V10; v-- {
		if s.Has(v) {
			return v
		}
	}
	return Unnegotiated
}

// String returns the set as the value of an accept-version header, in ascending
// order: "1.0,1.1".
func (s Versions) String() string {
	var names []string
	for v := V10; v <= V12; v++ {
		if s.Has(v) {
			names = append(names, v.String())
		}
	}
	return strings.Join(names, ",")
}

// Subprotocols returns the names of the WebSocket subprotocols, highest version
// first: the order in which a client offers them and a server prefers them.
func (s Versions) Subprotocols() []string {
	var names []string
	for v := V12; v >= V10; v-- {
		if s.Has(v) {
			names = append(names, v.Subprotocol())
		}
	}
	return names
}

// Negotiate returns the highest version that client and server have in common,
// and whether there is one (STOMP 1.2, "Protocol Negotiation"). If there is none,
// a server answers with an ERROR that lists its versions: pass a
// validate.NegotiationError to validate.ErrorFrame.
func Negotiate(client, server Versions) (Version, bool) {
	v := (client & server).Highest()
	return v, v != Unnegotiated
}

// AcceptVersions returns the versions that the client offers in a CONNECT or STOMP
// frame: those of accept-version, or only 1.0 if that header is missing (STOMP
// 1.2, "Protocol Negotiation"). For other commands it returns the empty set.
func (h Head) AcceptVersions() Versions {
	value, ok := h.Headers.Get(headers.AcceptVersion)
	return acceptVersions(h.Command, value, ok)
}

// AcceptVersions is [Head.AcceptVersions].
func (f *Frame) AcceptVersions() Versions {
	value, ok := f.Headers.Get(headers.AcceptVersion)
	return acceptVersions(f.Command, value, ok)
}

func acceptVersions[T ~string | ~[]byte](c Command, value T, present bool) Versions {
	switch {
	case c != CONNECT && c != STOMP:
		return 0
	case !present:
		return VersionsOf(V10)
	}
	return ParseVersions(value)
}

// AgreedVersion returns the version that a CONNECTED frame names, or 1.0 if it has
// no version header, which STOMP 1.0 does not define. It returns false if the
// version is not one of the three, and for other commands. It does not know what the
// client has offered: see [Versions.Has].
func (h Head) AgreedVersion() (Version, bool) {
	value, ok := h.Headers.Get(headers.Version)
	return agreedVersion(h.Command, value, ok)
}

// AgreedVersion is [Head.AgreedVersion].
func (f *Frame) AgreedVersion() (Version, bool) {
	value, ok := f.Headers.Get(headers.Version)
	return agreedVersion(f.Command, value, ok)
}

func agreedVersion[T ~string | ~[]byte](c Command, value T, present bool) (Version, bool) {
	switch {
	case c != CONNECTED:
		return Unnegotiated, false
	case !present:
		return V10, true
	}
	return ParseVersion(value)
}
