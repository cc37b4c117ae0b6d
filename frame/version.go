package frame

import (
	"strconv"

	"github.com/stompwire/stomp/headers"
)

// Version is a version of the protocol. The four constants are the only valid
// values.
type Version uint8

const (
	Unnegotiated Version = iota // no version is agreed yet
	V10                         // STOMP 1.0
	V11                         // STOMP 1.1
	V12                         // STOMP 1.2
)

// ParseVersion reads a version as the version header of CONNECTED has it, such as
// "1.2", and reports whether it is one of the three.
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

// String returns the version as it is in a version header, such as "1.2", or
// "unnegotiated".
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

// Escaping returns how the headers of a frame with a command are escaped (STOMP
// 1.1 and 1.2, "Value Encoding"). CONNECT, STOMP and CONNECTED are literal in
// every version. So are all frames in 1.0, and before a version is agreed.
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

// Subprotocol returns the name of the version's WebSocket subprotocol, such as
// "v12.stomp", or "" for Unnegotiated.
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

// ParseSubprotocol returns the version of a WebSocket subprotocol, and whether
// there is one with that name.
func ParseSubprotocol[T ~string | ~[]byte](name T) (Version, bool) {
	for v := V10; v <= V12; v++ {
		if string(name) == v.Subprotocol() {
			return v, true
		}
	}
	return Unnegotiated, false
}
