package text

import (
	"unicode"
	"unicode/utf8"
)

// A Palette has the terminal codes that stand before colored text; "" is no
// color.
type Palette struct{ Offset, Command, Name, Mark, Must, Should, Good string }

// Colored is a palette for terminals. The zero Palette has no colors.
var Colored = Palette{Offset: "\x1b[2m", Command: "\x1b[1m", Name: "\x1b[36m", Mark: "\x1b[35m", Must: "\x1b[31m", Should: "\x1b[33m", Good: "\x1b[32m"}

const resetColor = "\x1b[0m"

// AppendPainted appends text in a color.
func AppendPainted(dst []byte, color, text string) []byte {
	if color == "" {
		return append(dst, text...)
	}
	dst = append(dst, color...)
	dst = append(dst, text...)
	return append(dst, resetColor...)
}

// AppendVisible appends s in a form that does nothing to a terminal: printable
// characters as they are, control characters as ^@ to ^_ and ^?, other
// characters, such as those that turn the direction of text, as <U+202E>, and
// bytes that are not UTF-8 as <FF>. What is not as it is has the color mark.
func AppendVisible(dst, s []byte, mark string) []byte {
	for len(s) > 0 {
		if n := printable(s); n > 0 {
			dst, s = append(dst, s[:n]...), s[n:]
			continue
		}
		r, size := utf8.DecodeRune(s)
		if r == utf8.RuneError && size == 1 {
			dst = AppendPainted(dst, mark, "<"+hexadecimal(rune(s[0]), 2)+">")
		} else {
			dst = appendRune(dst, r, mark)
		}
		s = s[size:]
	}
	return dst
}

// printable returns how many bytes at the front of s are printable ASCII.
func printable(s []byte) int {
	for i, c := range s {
		if c < ' ' || c > '~' {
			return i
		}
	}
	return len(s)
}

func appendRune(dst []byte, r rune, mark string) []byte {
	switch {
	case unicode.IsPrint(r):
		return utf8.AppendRune(dst, r)
	case r < ' ' || r == 0x7f:
		return AppendPainted(dst, mark, "^"+string(r^0x40))
	}
	return AppendPainted(dst, mark, "<U+"+hexadecimal(r, 4)+">")
}

// hexadecimal returns r in at least width digits.
func hexadecimal(r rune, width int) string {
	const digits = "0123456789ABCDEF"
	s := ""
	for ; r > 0 || len(s) < width; r >>= 4 {
		s = digits[r&15:r&15+1] + s
	}
	return s
}
