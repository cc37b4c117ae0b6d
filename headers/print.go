package headers

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of the printed form, which is for people and logs.
const (
	maxPrintedText    = 64 // bytes of a name or value
	maxPrintedEntries = 16 // entries of a list
)

// IsSecret reports whether the value of a header is masked when it is printed. This
// holds for passcode (STOMP 1.2, "CONNECT or STOMP Frame"), and for names that end as
// those do under which applications send credentials: passcode, password, passwd, pwd,
// secret, token, jwt, bearer, credentials, authorization, cookie, apikey, api-key and
// api_key. IsSecret ignores case, and blanks around the name.
func IsSecret[T ~string | ~[]byte](name T) bool {
	for len(name) > 0 && isBlank(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	const longest = len("authorization")
	end := strings.ToLower(string(name[max(len(name)-longest, 0):]))
	for _, secret := range [...]string{
		Passcode, "password", "passwd", "pwd", "secret", "token", "jwt", "bearer", "credentials",
		"authorization", "cookie", "apikey", "api-key", "api_key",
	} {
		if strings.HasSuffix(end, secret) {
			return true
		}
	}
	return false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// AppendQuoted appends s for people to read, as a Go string in double quotes, in
// printable ASCII. It cuts s to 64 bytes at most, not inside a character, and then
// adds three dots after the closing quote.
func AppendQuoted[T ~string | ~[]byte](dst []byte, s T) []byte {
	if len(s) <= maxPrintedText {
		return strconv.AppendQuoteToASCII(dst, string(s))
	}
	dst = strconv.AppendQuoteToASCII(dst, string(s[:cut(s)]))
	return append(dst, "..."...)
}

// cut returns where to cut s, which is longer than maxPrintedText. It does not cut
// inside a character, which would then print as invalid UTF-8.
func cut[T ~string | ~[]byte](s T) int {
	for i := maxPrintedText; i > maxPrintedText-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	return maxPrintedText
}

// plain reports whether a name can be printed without quotes.
func plain[T ~string | ~[]byte](name T) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c <= ' ' || c == '"' || c == ':' || c == '\\' || c >= 0x7f {
			return false
		}
	}
	return 0 < len(name) && len(name) <= maxPrintedText
}

// AppendName appends the name of a header for people to read. A name of 1 to 64
// bytes of printable ASCII without blank, double quote, colon and backslash is
// appended as it is. Any other is appended as [AppendQuoted] does.
func AppendName[T ~string | ~[]byte](dst []byte, name T) []byte {
	if plain(name) {
		return append(dst, name...)
	}
	return AppendQuoted(dst, name)
}

func appendPrinted[T ~string | ~[]byte](dst []byte, name, value T) []byte {
	dst = append(AppendName(dst, name), ':')
	if IsSecret(name) {
		return append(dst, "***"...)
	}
	return AppendQuoted(dst, value)
}

// String returns the field for people to read, with a secret value masked.
func (f Field) String() string { return string(appendPrinted(nil, f.Name, f.Value)) }

// GoString returns the same as String, so that %#v masks secrets too.
func (f Field) GoString() string { return f.String() }

// MarshalText returns the same as String, for loggers.
func (f Field) MarshalText() ([]byte, error) { return appendPrinted(nil, f.Name, f.Value), nil }

// String returns the field for people to read, with a secret value masked.
func (e FieldView) String() string { return string(appendPrinted(nil, e.Name, e.Value)) }

// GoString returns the same as String, so that %#v masks secrets too.
func (e FieldView) GoString() string { return e.String() }

// MarshalText returns the same as String, for loggers.
func (e FieldView) MarshalText() ([]byte, error) { return appendPrinted(nil, e.Name, e.Value), nil }

func appendList(dst []byte, n int, appendEntry func([]byte, int) []byte) []byte {
	dst = append(dst, '{')
	for i := range min(n, maxPrintedEntries) {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendEntry(dst, i)
	}
	if n > maxPrintedEntries {
		dst = append(dst, " and "...)
		dst = strconv.AppendInt(dst, int64(n-maxPrintedEntries), 10)
		dst = append(dst, " more"...)
	}
	return append(dst, '}')
}

// AppendPrinted appends the list for people to read, in printable ASCII, with secret
// values masked and long values and lists cut.
func (l List) AppendPrinted(dst []byte) []byte {
	return appendList(dst, len(l), func(b []byte, i int) []byte { return appendPrinted(b, l[i].Name, l[i].Value) })
}

// String returns the list for people to read, with secret values masked.
func (l List) String() string { return string(l.AppendPrinted(nil)) }

// GoString returns the same as String, so that %#v masks secrets too.
func (l List) GoString() string { return l.String() }

// MarshalText returns the same as String, for loggers.
func (l List) MarshalText() ([]byte, error) { return l.AppendPrinted(nil), nil }

// AppendPrinted appends the view for people to read, in printable ASCII, with secret
// values masked and long values and lists cut.
func (v ListView) AppendPrinted(dst []byte) []byte {
	return appendList(dst, len(v), func(b []byte, i int) []byte { return appendPrinted(b, v[i].Name, v[i].Value) })
}

// String returns the view for people to read, with secret values masked.
func (v ListView) String() string { return string(v.AppendPrinted(nil)) }

// GoString returns the same as String, so that %#v masks secrets too.
func (v ListView) GoString() string { return v.String() }

// MarshalText returns the same as String, for loggers.
func (v ListView) MarshalText() ([]byte, error) { return v.AppendPrinted(nil), nil }
