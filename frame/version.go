package frame

import (
	"strconv"

	"github.com/stompwire/stomp/headers"
)

// Version is a version of the protocol. The zero value is [Unnegotiated]. Values
// other than the four constants have no meaning.
type Version uint8

const (
	Unnegotiated Version = iota // before CONNECTED
	V10                         // STOMP 1.0
	V11                         // STOMP 1.1
	V12                         // STOMP 1.2
)

// ParseVersion reads one version as it stands in a version header.
func ParseVersion[T ~string | ~[]byte](s T) (Version, bool) {
	switch string(s) {
	case "1.0":
		return V10, true
	case "1.1":
		return V11, true
	case "1.2":
		return V12, true
	}
	return Unnegotiated, false
}

// String returns the version as it stands in a version header, "1.2"; for
// Unnegotiated it returns "unnegotiated".
func (v Version) String() string {
	switch v {
	case Unnegotiated:
		return "unnegotiated"
	case V10:
		return "1.0"
	case V11:
		return "1.1"
	case V12:
		return "1.2"
	}
	return "Version(" + strconv.Itoa(int(v)) + ")"
}

// Escaping returns how the headers of a frame are escaped (STOMP 1.1 and 1.2,
// "Value Encoding"; decisions D1 and D2):
// CONNECT, STOMP and CONNECTED are literal in every version, and so is all of
// 1.0 and everything before a version is agreed.
func (v Version) Escaping(c Command) headers.Escaping {
	if v <= V10 {
		return headers.Literal
	}
	switch c {
	case CONNECT, STOMP, CONNECTED:
		return headers.Literal
	}
	if v == V11 {
		return headers.Escape11
	}
	return headers.Escape12
}

// Subprotocol returns the name of the WebSocket sub-protocol, "v12.stomp", or
// "" for Unnegotiated.
func (v Version) Subprotocol() string {
	switch v {
	case V10:
		return "v10.stomp"
	case V11:
		return "v11.stomp"
	case V12:
		return "v12.stomp"
	}
	return ""
}

// ParseSubprotocol reads the name of a WebSocket sub-protocol.
func ParseSubprotocol[T ~string | ~[]byte](name T) (Version, bool) {
	for v := V10; v <= V12; v++ {
		if string(name) == v.Subprotocol() {
			return v, true
		}
	}
	return Unnegotiated, false
}
