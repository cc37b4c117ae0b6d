package fuzz

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"pgregory.net/rapid"
)

// Pieces of streams, for every part of a frame.
var (
	gapPieces = []string{"", "\n", "\r\n", "\n\n\n", "\r", "\x00", " "}

	commandPieces = []string{
		"SEND", "CONNECT", "CONNECTED", "MESSAGE", "ACK", "ERROR", "UNSUBSCRIBE", "SEND", "CONNECT", "ERROR",
		"send", "SEN", "SENDER", "SE\rND", "SEND ", "X", "\x16\x03\x01", "GET / HTTP/1.1", "",
	}

	countedCommands = []string{"SEND", "SEND", "MESSAGE", "ERROR", "CONNECT", "CONNECTED", "ACK", "UNSUBSCRIBE", "X"}

	linePieces = []string{"\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "\r\n", "\r\n", "\r", "\r\r\n", "\x00", ""}

	headerPieces = []string{
		"a:b", "a:", "a:b:c", "a:b", `a:\n\c\\`, `a:\r`, `a:\t`, `a:\`, `a\:b`, `\a:b`, "a:\r", "a\r:", "a:\x00",
		"passcode:secret", " a : b ", "\xff:\xc3", `C:\\new`, `content\-length:1`, ":", "a", "",
	}

	// Ways to spell a number, right and wrong.
	numberPieces = []string{"%d", "%d", "%d", "%03d", "+%d", " %d", "%d\t", "-%d", "%dx", "0x%x", "1%d", "%d.0"}

	lengthPieces = []string{
		"0", "1", "2", "3", "5", "00", "01", "+1", " 1", "1 ", "-1", "", "1x", "٣", "0x1",
		"2147483647", "2147483648", "4294967298", "9223372036854775807", "9223372036854775808", "18446744073709551618",
	}

	bodyPieces = []string{"", "x", "ab", "\x00", "a\x00b", "\n", "\r\n", "SEND\n\n", "\\n", "\xff"}

	endPieces = []string{"\x00", "\x00\n", "\x00", "\x00", "x\x00", ""}
)

// Heads generates heads as they are on the wire, including the blank line. Most are
// well formed, or almost. They shrink towards "SEND\n\n".
func Heads() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		var b []byte
		piece := func(what string, pieces []string) { b = append(b, rapid.SampledFrom(pieces).Draw(t, what)...) }
		piece("command", commandPieces)
		piece("end of line", linePieces)
		for range rapid.IntRange(0, 4).Draw(t, "headers") {
			if rapid.IntRange(0, 3).Draw(t, "kind of header") == 3 {
				b = append(b, "content-length:"...)
				piece("length", lengthPieces)
			} else {
				piece("header", headerPieces)
			}
			piece("end of line", linePieces)
		}
		piece("blank line", linePieces)
		return b
	})
}

// Streams generates hostile streams of up to about four frames, assembled from
// fragments: whole frames of version v, broken ones, heart-beats and garbage.
// They shrink towards the empty stream.
func Streams(v frame.Version) *rapid.Generator[[]byte] {
	fragment := rapid.Custom(func(t *rapid.T) []byte {
		piece := func(what string, pieces []string) string { return rapid.SampledFrom(pieces).Draw(t, what) }
		switch rapid.IntRange(0, 7).Draw(t, "kind of fragment") {
		case 0, 1:
			return []byte(piece("gap", gapPieces))
		case 2:
			return plainFrame(Frames(v).Draw(t, "frame"))
		case 3:
			b, err := encoder.AppendFrame(nil, Frames(v).Draw(t, "frame"), v, encoder.Options{CRLF: rapid.Bool().Draw(t, "CR LF")})
			if err != nil {
				t.Fatal(err)
			}
			return b
		case 4, 5:
			body := piece("body", bodyPieces)
			b := []byte(piece("command", countedCommands) + "\n")
			for range rapid.IntRange(1, 3).Draw(t, "lengths") {
				b = append(b, "content-length:"+fmt.Sprintf(piece("number", numberPieces), len(body))+piece("end of line", linePieces)...)
			}
			return append(b, piece("blank line", linePieces)+body+piece("end", endPieces)...)
		case 6:
			return append(Heads().Draw(t, "head"), piece("body", bodyPieces)+piece("end", endPieces)...)
		}
		return []byte(HostileStrings().Draw(t, "garbage"))
	})
	return rapid.Map(rapid.SliceOfN(fragment, 0, 6), func(all [][]byte) []byte { return bytes.Join(all, nil) })
}

// plainFrame writes a frame without escapes and checks, so that hostile frames come
// out broken.
func plainFrame(f *frame.Frame) []byte {
	b := []byte(f.Command + "\n")
	for _, h := range f.Headers {
		b = append(b, h.Name+":"+h.Value+"\n"...)
	}
	if bytes.IndexByte(f.Body, 0) >= 0 {
		b = append(b, "content-length:"+strconv.Itoa(len(f.Body))+"\n"...)
	}
	b = append(b, '\n')
	b = append(b, f.Body...)
	return append(b, 0)
}
