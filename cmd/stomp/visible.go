package main

import (
	"unicode"
	"unicode/utf8"
)

// A palette has the terminal codes that stand before coloured text; "" is no
// colour.
type palette struct{ offset, command, name, mark string }

var (
	plain    = palette{}
	coloured = palette{offset: "\x1b[2m", command: "\x1b[1m", name: "\x1b[36m", mark: "\x1b[35m"}
)

const resetColour = "\x1b[0m"

func appendPainted(dst []byte, colour, text string) []byte {
	if colour == "" {
		return append(dst, text...)
	}
	dst = append(dst, colour...)
	dst = append(dst, text...)
	return append(dst, resetColour...)
}

// appendVisible appends s in a form that does nothing to a terminal: printable
// characters as they are, control characters as ^@ to ^_ and ^?, other
// characters, such as those that turn the direction of text, as <U+202E>, and
// octets that are not UTF-8 as <FF>. What is not as it is has the colour mark.
func appendVisible(dst, s []byte, mark string) []byte {
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		if r == utf8.RuneError && size == 1 {
			dst = appendPainted(dst, mark, "<"+hexadecimal(rune(s[0]), 2)+">")
		} else {
			dst = appendRune(dst, r, mark)
		}
		s = s[size:]
	}
	return dst
}

func appendRune(dst []byte, r rune, mark string) []byte {
	switch {
	case unicode.IsPrint(r):
		return utf8.AppendRune(dst, r)
	case r < ' ' || r == 0x7f:
		return appendPainted(dst, mark, "^"+string(r^0x40))
	}
	return appendPainted(dst, mark, "<U+"+hexadecimal(r, 4)+">")
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
