package fuzz

import (
	"strings"

	"github.com/stompwire/stomp/headers"
	"pgregory.net/rapid"
)

// hostilePieces are pieces of text that codecs treat differently, alone and together.
var hostilePieces = []string{
	"a", "1", " ", "\t", ":", "\\", "\n", "\r", "\x00",
	`\n`, `\c`, `\\`, `\r`, `\t`, `\`, `\\n`, "\r\n", "\n\n", "\n\x00", "\x00\n",
	"é", "\U0001F600", "\xff", "\xc3", "\x7f", "\x1b[31m", "\ufeff", "\u2028",
	"SEND", "content-length:1", "__proto__",
}

// HostileStrings generates strings of up to about 20 pieces: text, bytes that mean
// something in STOMP, in UTF-8 or on terminals, and arbitrary bytes. They shrink
// towards "".
func HostileStrings() *rapid.Generator[string] {
	pieces := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(hostilePieces), 0, 20), func(s []string) string { return strings.Join(s, "") })
	arbitrary := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) })
	return rapid.OneOf(rapid.StringN(0, 10, -1), pieces, arbitrary)
}

// Names generates header names of any bytes, including known names, but not
// content-length or "".
func Names() *rapid.Generator[string] {
	known := rapid.SampledFrom([]string{
		headers.Destination, headers.ID, headers.Receipt, headers.Passcode, headers.ContentType,
		"Content-Length", "content-length ", "x-content-length", "hasOwnProperty",
	})
	hostile := rapid.Map(HostileStrings(), func(s string) string {
		if s == "" || s == headers.ContentLength {
			return s + "n"
		}
		return s
	})
	return rapid.OneOf(known, hostile)
}
