package main

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

func TestDecodeBodies(t *testing.T) {
	every := ""
	for i := range 256 {
		every += string([]byte{byte(i)})
	}
	for _, tt := range []struct{ name, args, body, want string }{
		{"text", "", "hello", "          hello^@\n"},
		{"one control character", "", "a\x01", "          a^A^@\n"},
		{"binary", "", "\x00\x01\xfe\xff", "          00 01 fe ff                                      ....\n          ^@\n"},
		{"UTF-8 across the end of what is looked at", "", strings.Repeat("x", 63) + "日本", "          " + strings.Repeat("x", 63) + "日本^@\n"},
		{"long and binary", "", every, "          00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ................\n" +
			"          10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  ................\n" +
			"          20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f   !\"#$%&'()*+,-./\n" +
			"          30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?\n" +
			"     ...  192 bytes more, -full shows them\n          ^@\n"},
		{"JSON", "", `{"a":[1,2]}`, `          {"a":[1,2]}^@` + "\n"},
		{"JSON, indented", "-pretty", `{"a":[1,{"b":"c"}]}`, "          {\n            \"a\": [\n              1,\n              {\n                \"b\": \"c\"\n              }\n            ]\n          }^@\n"},
		{"no JSON, not indented", "-pretty", `{"a":[1,2`, `          {"a":[1,2^@` + "\n"},
	} {
		stream := []byte("SEND\ncontent-length:" + strconv.Itoa(len(tt.body)) + "\n\n" + tt.body + "\x00")
		want := "       0  SEND\n          content-length:" + strconv.Itoa(len(tt.body)) + "\n\n" + tt.want
		for _, chunk := range []string{"1", "7", "100000"} {
			if got := ran(stream, append(args("decode -q -chunk "+chunk), args(tt.args)...)...); got != want {
				t.Errorf("%s, by %s: got\n%swant\n%s", tt.name, chunk, got, want)
			}
		}
	}
	if got := ran([]byte("SEND\ncontent-length:256\n\n"+every+"\x00"), "decode", "-q", "-full"); strings.Count(got, "\n") != 4+16 {
		t.Errorf("full: got\n%s", got)
	}
}

// Secrets are masked in text and hex, also those of a head that is not complete,
// until they are asked for.
func TestDecodeSecrets(t *testing.T) {
	stream := []byte("CONNECT\nx-password:geheim\npasscode:hunter2\n\n\x00")
	for _, in := range [][]byte{stream, stream[:len(stream)-3]} {
		for _, form := range []string{"text", "hex"} {
			if got := ran(in, "decode", "-o", form); strings.Contains(got, "hunter2") || strings.Contains(got, "geheim") || strings.Contains(got, "68 75 6e") || !strings.Contains(got, "***") {
				t.Errorf("%s of %d bytes: got\n%s", form, len(in), got)
			}
		}
	}
	if got := ran(stream, "decode", "-secrets"); !strings.Contains(got, "passcode:hunter2\n") {
		t.Errorf("got\n%s", got)
	}
	if got := ran(stream, "decode", "-secrets", "-o", "hex"); !strings.Contains(got, "68 75 6e 74 65 72 32 ") {
		t.Errorf("got\n%s", got)
	}
}

func TestColorFlag(t *testing.T) {
	for call, colored := range map[string]bool{"decode -color always": true, "decode -color auto": false, "decode -color never": false, "check -color always": true, "check": false} {
		if got := ran([]byte(c2s+"SEND\n\n\x00"), args(call)...); strings.Contains(got, "\x1b[") != colored {
			t.Errorf("%s: got %q", call, got)
		}
	}
	if got := ran(nil, "decode", "-color", "blue"); !strings.Contains(got, "want auto, always or never") {
		t.Errorf("got %s", got)
	}
}

func TestColor(t *testing.T) {
	const stream = "SEND\na\x01:b\x01\n\nc\x01\x00\n\n"
	const want = "\x1b[2m       0\x1b[0m  \x1b[1mSEND\x1b[0m\n" +
		"          \x1b[36ma^A\x1b[0m:b\x1b[35m^A\x1b[0m\n" +
		"\n" +
		"          c\x1b[35m^A\x1b[0m\x1b[35m^@\x1b[0m\n" +
		"\x1b[2m      16\x1b[0m  1 heart-beat\n"
	var stdout, stderr bytes.Buffer
	e := fakeEnv(strings.NewReader(stream), &stdout, &stderr, &stdout)
	if code := e.run(args("decode -q")); code != 0 || stdout.String() != want {
		t.Errorf("exit %d, got\n%q\nwant\n%q", code, &stdout, want)
	}
	for name, value := range map[string]string{"NO_COLOR": "1", "TERM": "dumb"} {
		e.getenv = func(n string) string {
			if n == name {
				return value
			}
			return ""
		}
		stdout.Reset()
		e.stdin = strings.NewReader(stream)
		if e.run(args("decode -q")); strings.Contains(stdout.String(), "\x1b") {
			t.Errorf("%s=%s: color", name, value)
		}
	}
}
