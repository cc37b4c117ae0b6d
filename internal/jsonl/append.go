package jsonl

import (
	"encoding/base64"
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// AppendFrame appends the line of a whole frame to dst, its LF included.
func AppendFrame(dst []byte, offset, size int64, v frame.View, used parser.Allow) []byte {
	return AppendLine(dst, offset, size, AppendHead(nil, v.Head), v.Body, used)
}

// AppendHead appends the part of a frame's line that its head decides, for
// [AppendLine]. It lets a caller give the head back before the body has come.
func AppendHead(dst []byte, h frame.Head) []byte {
	dst = appendText(dst, "command", []byte(h.Command))
	return appendHeaders(dst, h.Headers)
}

// AppendLine appends the line of a frame to dst, its LF included, from what
// [AppendHead] made of its head, and its body.
func AppendLine(dst []byte, offset, size int64, head, body []byte, used parser.Allow) []byte {
	dst = append(dst, `{"offset":`...)
	dst = strconv.AppendInt(dst, offset, 10)
	dst = append(dst, `,"size":`...)
	dst = strconv.AppendInt(dst, size, 10)
	dst = append(dst, head...)
	if len(body) > 0 {
		dst = appendText(dst, "body", body)
	}
	return appendEnd(dst, used)
}

// AppendEOL appends the line of an end of line that belongs to the frame before
// it, its LF included.
func AppendEOL(dst []byte, offset int64, used parser.Allow) []byte {
	dst = append(dst, `{"offset":`...)
	dst = strconv.AppendInt(dst, offset, 10)
	return appendEnd(append(dst, `,"eol":true`...), used)
}

// AppendGap appends the line of what stands between frames to dst, its LF
// included: ends of line that are heart-beats, and NULs of padding.
func AppendGap(dst []byte, offset, beats, nuls int64, used parser.Allow) []byte {
	dst = append(dst, `{"offset":`...)
	dst = strconv.AppendInt(dst, offset, 10)
	if beats > 0 {
		dst = strconv.AppendInt(append(dst, `,"heartbeats":`...), beats, 10)
	}
	if nuls > 0 {
		dst = strconv.AppendInt(append(dst, `,"nuls":`...), nuls, 10)
	}
	return appendEnd(dst, used)
}

// AppendSkipped appends the line of bytes that were not read, its LF included:
// n from offset on, of which missing were not there.
func AppendSkipped(dst []byte, offset, n, missing int64) []byte {
	dst = append(dst, `{"offset":`...)
	dst = strconv.AppendInt(dst, offset, 10)
	dst = strconv.AppendInt(append(dst, `,"skipped":`...), n, 10)
	if missing > 0 {
		dst = strconv.AppendInt(append(dst, `,"missing":`...), missing, 10)
	}
	return append(dst, "}\n"...)
}

// AppendError appends the line of an error to dst, its LF included.
func AppendError(dst []byte, e *parser.Error) []byte {
	dst = append(dst, `{"offset":`...)
	dst = strconv.AppendInt(dst, e.Offset, 10)
	dst = append(dst, `,"frame":`...)
	dst = strconv.AppendInt(dst, e.Frame, 10)
	dst = appendText(dst, "error", []byte(e.Token()))
	if e.Command != "" {
		dst = appendText(dst, "command", []byte(e.Command))
	}
	if e.Header != "" {
		dst = appendText(dst, "header", []byte(e.Header))
	}
	dst = appendText(dst, "message", []byte(e.Error()))
	return append(dst, "}\n"...)
}

func appendEnd(dst []byte, used parser.Allow) []byte {
	if used == 0 {
		return append(dst, "}\n"...)
	}
	dst = append(dst, `,"allowed":[`...)
	for i, name := range used.Names() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, []byte(name))
	}
	return append(dst, "]}\n"...)
}

// appendText appends a comma, a key and a value, in base64 under another key
// where the value is not UTF-8.
func appendText(dst []byte, key string, value []byte) []byte {
	dst = append(dst, `,"`...)
	dst = append(dst, key...)
	if utf8.Valid(value) {
		return appendString(append(dst, `":`...), value)
	}
	return appendBase64(append(dst, `_base64":`...), value)
}

func appendHeaders(dst []byte, v headers.ListView) []byte {
	dst = append(dst, `,"headers":[`...)
	for i, e := range v {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendHeader(append(dst, '['), e.Name)
		dst = appendHeader(append(dst, ','), e.Value)
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// appendHeader appends a name or value: a string, or what is not UTF-8 as
// {"base64":"..."}.
func appendHeader(dst, s []byte) []byte {
	if utf8.Valid(s) {
		return appendString(dst, s)
	}
	return append(appendBase64(append(dst, `{"base64":`...), s), '}')
}

func appendBase64(dst, s []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, s)
	return append(dst, '"')
}

// appendString appends s, which is UTF-8, as a JSON string. It escapes what
// JSON wants escaped and what is not printable, nothing else.
func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		if c := s[i]; ' ' <= c && c <= '~' && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(s[i:])
		}
		if r >= utf8.RuneSelf && unicode.IsPrint(r) {
			i += size
			continue
		}
		dst = append(dst, s[done:i]...)
		dst = appendEscape(dst, r)
		i += size
		done = i
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if r > 0xffff {
		high, low := utf16.EncodeRune(r)
		return appendUnit(appendUnit(dst, high), low)
	}
	return appendUnit(dst, r)
}

func appendUnit(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
