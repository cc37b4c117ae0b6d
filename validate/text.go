package validate

import (
	"bytes"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/wire"
)

// text is a string of owned headers or the bytes of borrowed ones. The functions below,
// and all rules, are written once for both.
type text interface{ string | []byte }

const highBit = 0x8080808080808080

// nonASCII returns a number other than 0 if s has a byte over 127. It reads eight
// bytes at a time; the last eight may overlap.
func nonASCII[T text](s T) uint64 {
	n := len(s)
	switch {
	case n >= 8:
		x := load64(s, 0) | load64(s, n-8)
		for i := 8; i < n-8; i += 8 {
			x |= load64(s, i)
		}
		return x & highBit
	case n >= 4:
		return uint64(load32(s, 0)|load32(s, n-4)) & highBit
	case n > 0:
		return uint64(s[0]|s[n/2]|s[n-1]) & highBit
	}
	return 0
}

const hashKey = 0x9e3779b97f4a7c15

// hash mixes the bytes of an identifier and the seed into 64 bits. It is not
// cryptographic.
func hash[T text](seed uint64, s T) uint64 {
	n := len(s)
	h := seed ^ uint64(n)*0xd6e8feb86659fd93
	if n < 8 {
		return mix(h^loadShort(s), seed)
	}
	for i := 0; i < n-8; i += 8 {
		h = mix(h^load64(s, i), seed)
	}
	return mix(h^load64(s, n-8), seed)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// load64 compiles to one load.
func load64[T text](s T, i int) uint64 {
	_ = s[i+7]
	return uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
		uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
}

func load32[T text](s T, i int) uint32 {
	_ = s[i+3]
	return uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16 | uint32(s[i+3])<<24
}

// loadShort returns all bytes of a text shorter than eight, some perhaps twice. The
// result and the length together determine the text.
func loadShort[T text](s T) uint64 {
	n := len(s)
	switch {
	case n >= 4:
		return uint64(load32(s, 0)) | uint64(load32(s, n-4))<<32
	case n > 0:
		return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	return 0
}

func validUTF8[T text](s T) bool {
	if b, ok := any(s).([]byte); ok {
		return utf8.Valid(b)
	}
	return utf8.ValidString(any(s).(string))
}

func contains[T text](s T, c byte) bool {
	if b, ok := any(s).([]byte); ok {
		return bytes.IndexByte(b, c) >= 0
	}
	return strings.IndexByte(any(s).(string), c) >= 0
}

// isTokenChar says which bytes a token of a MIME type may have (RFC 2045, section
// 5.1).
var isTokenChar = func() (t [256]bool) {
	for c := byte('!'); c <= '~'; c++ {
		t[c] = !contains(`()<>@,;:\"/[]?=`, c)
	}
	return t
}()

// token returns the offset after the token that begins at i, or i if there is none.
func token[T text](s T, i int) int {
	for i < len(s) && isTokenChar[s[i]] {
		i++
	}
	return i
}

// isMIMEType reports whether s is a type, a slash, a subtype, and parameters
// (RFC 2045, section 5.1), with blanks around semicolons.
func isMIMEType[T text](s T) bool {
	switch string(s) {
	case "text/plain", "application/json", "application/octet-stream":
		return true
	}
	slash := token(s, 0)
	if slash == 0 || slash == len(s) || s[slash] != '/' {
		return false
	}
	i := token(s, slash+1)
	if i == slash+1 {
		return false
	}
	for i < len(s) {
		i = blanks(s, i)
		if i == len(s) || s[i] != ';' {
			return false
		}
		i = blanks(s, i+1)
		if i == len(s) || s[i] == ';' {
			continue // an empty parameter
		}
		equals := token(s, i)
		if equals == i || equals == len(s) || s[equals] != '=' {
			return false
		}
		var ok bool
		if i, ok = parameterValue(s, equals+1); !ok {
			return false
		}
	}
	return true
}

func blanks[T text](s T, i int) int {
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// parameterValue returns the offset after the token or quoted string at i, and
// whether there is one.
func parameterValue[T text](s T, i int) (end int, ok bool) {
	if i == len(s) || s[i] != '"' {
		end = token(s, i)
		return end, end > i
	}
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1, true
		case c == '\\':
			i++
		case c < ' ' && c != '\t', c == 0x7f:
			return 0, false
		}
	}
	return 0, false
}

// isServer reports whether s is the value of a server header: a name, optionally a
// slash and a version, and optionally a space and comments (STOMP 1.2, "CONNECTED
// Frame"). The specification does not define a name.
func isServer[T text](s T) bool {
	end, slash := 0, 0
	for end < len(s) && s[end] != ' ' {
		end++
	}
	for slash < end && s[slash] != '/' {
		slash++
	}
	return slash > 0 && slash != end-1
}

// protocolVersion returns the two numbers of a version such as 1.2.
func protocolVersion[T text](s T) (major, minor int, ok bool) {
	major, i := number(s, 0)
	if i == 0 || i == len(s) || s[i] != '.' {
		return 0, 0, false
	}
	minor, end := number(s, i+1)
	return major, minor, end > i+1 && end == len(s)
}

// number reads the digits of s from offset i on. It caps the number at about 1e9.
func number[T text](s T, i int) (n, next int) {
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		n = min(n, 1e8)*10 + int(s[i]-'0')
	}
	return n, i
}

// isNumber reports whether s is a number of any size.
func isNumber[T text](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return len(s) > 0
}

// sameNumber reports whether a and b are the same number of any size.
func sameNumber[T text](a, b T) bool {
	return isNumber(a) && isNumber(b) && string(withoutZeros(a)) == string(withoutZeros(b))
}

func withoutZeros[T text](s T) T {
	for len(s) > 0 && s[0] == '0' {
		s = s[1:]
	}
	return s
}

// unpadded returns a value without the blanks around it if the version may be STOMP
// 1.0, whose examples have them. Later versions forbid adding or stripping them.
func unpadded[T text](s T, v frame.Version) T {
	if v > frame.V10 {
		return s
	}
	return strip(s)
}

func strip[T text](s T) T {
	for len(s) > 0 && isBlank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// padding returns a hint if a value has a blank or CR at its ends, which people do not
// see, or do not take for a part of it.
func padding[T text](s T, v frame.Version) string {
	strip := ", which STOMP does not strip"
	if v <= frame.V10 {
		strip = ""
	}
	switch n := len(s); {
	case n == 0:
	case isBlank(s[0]):
		return "the value begins with a blank" + strip
	case isBlank(s[n-1]):
		return "the value ends with a blank" + strip
	case s[n-1] == '\r' && v != frame.V12:
		return "the value ends with a carriage return, which is part of a line ending only in STOMP 1.2"
	}
	return ""
}

// isVersionList reports whether s is a list of versions separated by commas,
// each higher than the one before (STOMP 1.2, "Protocol Negotiation").
func isVersionList[T text](s T) bool {
	lastMajor, lastMinor := -1, -1
	for element := range wire.Versions(s) {
		major, minor, ok := protocolVersion(element)
		if !ok || major < lastMajor || major == lastMajor && minor <= lastMinor {
			return false
		}
		lastMajor, lastMinor = major, minor
	}
	return true
}
