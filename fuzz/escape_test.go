package fuzz

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/headers"
)

// checkEscape returns an error when headers.AppendEscaped, EscapedLen or
// AppendUnescaped do anything to s but what the tables of "Value Encoding" in
// STOMP 1.1 and 1.2 say, done here with one replacement after the other; when
// what is escaped does not come back; or when an error leaves dst changed or
// does not name the first byte at fault.
func checkEscape(e headers.Escaping, s string) error {
	if err := escapeOf(e, s); err != nil {
		return fmt.Errorf("escaping %s, %q: %w", e, s, err)
	}
	return nil
}

func escapeOf(e headers.Escaping, s string) error {
	// The bytes that cannot be carried, and the escapes; the backslash first,
	// for it is in all the others.
	cannot, pairs := "\x00\n", ""
	switch e {
	case headers.Escape11:
		cannot, pairs = "\x00", "\\\\\nn:c"
	case headers.Escape12:
		cannot, pairs = "\x00", "\\\\\nn:c\rr"
	}
	want := s
	for i := 0; i < len(pairs); i += 2 {
		want = strings.ReplaceAll(want, pairs[i:i+1], `\`+pairs[i+1:i+2])
	}

	const before = "\\before"
	out, err := headers.AppendEscaped([]byte(before), e, s)
	n, lenErr := headers.EscapedLen(e, s)
	if at := strings.IndexAny(s, cannot); at >= 0 {
		if !isEscapeError(err, e, at) || !isEscapeError(lenErr, e, at) {
			return fmt.Errorf("errors %v and %v, want one at %d", err, lenErr, at)
		}
		if string(out) != before {
			return fmt.Errorf("refused, but dst became %q", out)
		}
	} else {
		if err != nil || lenErr != nil {
			return fmt.Errorf("errors %v and %v", err, lenErr)
		}
		if string(out) != before+want || n != len(want) {
			return fmt.Errorf("escaped %q of length %d, want %q", out[len(before):], n, want)
		}
		back, err := headers.AppendUnescaped([]byte(before), e, out[len(before):])
		if err != nil || string(back) != before+s {
			return fmt.Errorf("escaped %q and unescaped %q, error %v", want, back[len(before):], err)
		}
	}
	return checkUnescape(e, pairs, s)
}

// checkUnescape takes s for wire bytes.
func checkUnescape(e headers.Escaping, pairs, s string) error {
	const before = "\\before"
	var want []byte
	bad := -1
	for rest := s; rest != ""; {
		if rest[0] != '\\' || pairs == "" {
			want = append(want, rest[0])
			rest = rest[1:]
			continue
		}
		known := false
		for i := 0; i < len(pairs); i += 2 {
			if strings.HasPrefix(rest[1:], pairs[i+1:i+2]) {
				want = append(want, pairs[i])
				known = true
			}
		}
		if !known {
			bad = len(s) - len(rest)
			break
		}
		rest = rest[2:]
	}
	out, err := headers.AppendUnescaped([]byte(before), e, s)
	fromOctets, octetsErr := headers.AppendUnescaped([]byte(before), e, []byte(s))
	if !bytes.Equal(out, fromOctets) || (err == nil) != (octetsErr == nil) {
		return fmt.Errorf("unescaped %q from a string, %q from bytes", out, fromOctets)
	}
	if bad >= 0 {
		if !isEscapeError(err, e, bad) || string(out) != before {
			return fmt.Errorf("unescaped %q with error %v, want one at %d", out, err, bad)
		}
		return nil
	}
	if err != nil || string(out) != before+string(want) {
		return fmt.Errorf("unescaped %q, want %q, error %v", out[len(before):], want, err)
	}
	return nil
}

func isEscapeError(err error, e headers.Escaping, at int) bool {
	var escape *headers.EscapeError
	return errors.As(err, &escape) && escape.Escaping == e && escape.Offset == at
}
