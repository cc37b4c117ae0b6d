package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

const (
	told12 = "stomp decode: read as STOMP 1.2: the highest version that CONNECT accepts\n"

	client = "CONNECT\naccept-version:1.1,1.2\nhost:/\npasscode:guest\n\n\x00\n\r\nSEND\ndestination:/queue/a\nx:a\\cb\n\nhel\nlo\x00"

	clientText = `       0  CONNECT
          accept-version:1.1,1.2
          host:/
          passcode:***

          ^@
      56  1 heart-beat
      58  SEND
          destination:/queue/a
          x:a:b

          hel
          lo^@
`
	clientJSON = `{"offset":0,"size":55,"command":"CONNECT","headers":[["accept-version","1.1,1.2"],["host","/"],["passcode","guest"]]}
{"offset":55,"eol":true}
{"offset":56,"heartbeats":1}
{"offset":58,"size":41,"command":"SEND","headers":[["destination","/queue/a"],["x","a:b"]],"body":"hel\nlo"}
`
	clientHex = `00000000  43 4f 4e 4e 45 43 54                             CONNECT           command
00000007  0a                                               .                 EOL
00000008  61 63 63 65 70 74 2d 76 65 72 73 69 6f 6e        accept-version    name
00000016  3a                                               :                 colon
00000017  31 2e 31 2c 31 2e 32                             1.1,1.2           value
0000001e  0a                                               .                 EOL
0000001f  68 6f 73 74                                      host              name
00000023  3a                                               :                 colon
00000024  2f                                               /                 value
00000025  0a                                               .                 EOL
00000026  70 61 73 73 63 6f 64 65                          passcode          name
0000002e  3a                                               :                 colon
0000002f  ** ** ** ** **                                   *****             value, masked: -secrets shows it
00000034  0a                                               .                 EOL
00000035  0a                                               .                 EOL
00000036  00                                               .                 NUL
00000037  0a                                               .                 EOL

00000038  0d 0a                                            ..                heart-beats
0000003a  53 45 4e 44                                      SEND              command
0000003e  0a                                               .                 EOL
0000003f  64 65 73 74 69 6e 61 74 69 6f 6e                 destination       name
0000004a  3a                                               :                 colon
0000004b  2f 71 75 65 75 65 2f 61                          /queue/a          value
00000053  0a                                               .                 EOL
00000054  78                                               x                 name
00000055  3a                                               :                 colon
00000056  61                                               a                 value
00000057  5c 63                                            \c                escape
00000059  62                                               b                 value
0000005a  0a                                               .                 EOL
0000005b  0a                                               .                 EOL
0000005c  68 65 6c 0a 6c 6f                                hel.lo            body
00000062  00                                               .                 NUL
`
)

func args(s string) []string { return strings.Fields(s) }

// Calls that read standard input: all that they print. Of stderr a case may
// give what it contains, with ... in front.
var calls = []struct {
	name   string
	args   []string
	stdin  string
	stdout string
	stderr string
	code   int
}{
	{"text", args("decode"), client, clientText, told12, 0},
	{"text, -", args("decode -o text -"), client, clientText, told12, 0},
	{"json", args("decode -o json"), client, clientJSON, told12, 0},
	{"hex", args("decode -o hex -q"), client, clientHex, "", 0},
	{"nothing", args("decode"), "", "", "", 0},
	{"heart-beats alone", args("decode -o json"), "\n\r\n\n", `{"offset":0,"heartbeats":3}` + "\n", "", 0},
	{"one heart-beat", args("decode"), "\n", "       0  1 heart-beat\n", "", 0},
	{"run at the end", args("decode -q"), "ACK\n\n\x00\n\n\n", "       0  ACK\n\n          ^@\n       7  2 heart-beats\n", "", 0},

	// The end of line directly after a frame is a part of it.
	{"EOL of the frame", args("decode -q"), "ACK\n\n\x00\nACK\n\n\x00\r\nACK\n\n\x00ACK\n\n\x00\n",
		"       0  ACK\n\n          ^@\n       7  ACK\n\n          ^@\n      15  ACK\n\n          ^@\n      21  ACK\n\n          ^@\n", "", 0},
	{"EOL of the frame, json", args("decode -q -o json"), "\nACK\n\n\x00\r\n\r\nACK\n\n\x00",
		`{"offset":0,"heartbeats":1}` + "\n" + `{"offset":1,"size":6,"command":"ACK","headers":[]}` + "\n" +
			`{"offset":7,"eol":true}` + "\n" + `{"offset":9,"heartbeats":1}` + "\n" + `{"offset":11,"size":6,"command":"ACK","headers":[]}` + "\n", "", 0},
	{"EOL of the frame, allowed", args("decode -q -version 1.1 -allow crlf"), "ACK\n\n\x00\r\n\n",
		"       0  ACK\n\n          ^@\n       6  EOL\n       !  allowed: crlf\n       8  1 heart-beat\n", "", 0},
	{"CR LF after a frame, 1.0", args("decode -q -version 1.0"), "ACK\n\n\x00\r\n", "       0  ACK\n\n          ^@\n",
		"stomp decode: standard input: unknown command at offset 6: begins with the byte 0xd; -allow crlf reads on\n", 1},
	{"CR after a frame", args("decode -q"), "ACK\n\n\x00\rACK\n\n\x00", "       0  ACK\n\n          ^@\n",
		"stomp decode: standard input: carriage return without line feed at offset 6\n", 1},
	{"padding before the EOL", args("decode -q -allow nul-padding"), "ACK\n\n\x00\x00\n\x00",
		"       0  ACK\n\n          ^@\n       6  1 heart-beat, 2 NULs of padding\n       !  allowed: nul-padding\n", "", 0},
	{"padding", args("decode -q -allow nul-padding"), "ACK\n\n\x00\n\x00", "       0  ACK\n\n          ^@\n       7  1 NUL of padding\n       !  allowed: nul-padding\n", "", 0},

	// Which version.
	{"middle of a session", args("decode -o json"), "\n\r\nSEND\na:\\c\n\n\x00",
		`{"offset":0,"heartbeats":2}` + "\n" + `{"offset":3,"size":12,"command":"SEND","headers":[["a",":"]]}` + "\n",
		"stomp decode: read as STOMP 1.2: the stream begins in the middle of a session\n", 0},
	{"CONNECTED 1.1", args("decode -o json"), "CONNECTED\nversion:1.1\nsession:a\\b\n\n\x00MESSAGE\na:\\c\r\n\n\x00",
		`{"offset":0,"size":36,"command":"CONNECTED","headers":[["version","1.1"],["session","a\\b"]]}` + "\n" +
			`{"offset":36,"size":16,"command":"MESSAGE","headers":[["a",":\r"]]}` + "\n",
		"stomp decode: read as STOMP 1.1: the version of CONNECTED\n", 0},
	{"CONNECTED without version", args("decode -o json"), "CONNECTED\n\n\x00MESSAGE\na:\\c\n\n\x00",
		`{"offset":0,"size":12,"command":"CONNECTED","headers":[]}` + "\n" + `{"offset":12,"size":15,"command":"MESSAGE","headers":[["a","\\c"]]}` + "\n",
		"stomp decode: read as STOMP 1.0: the version of CONNECTED\n", 0},
	{"CONNECTED 2.0", args("decode -o json"), "CONNECTED\nversion:2.0\n\n\x00",
		`{"offset":0,"size":24,"command":"CONNECTED","headers":[["version","2.0"]]}` + "\n",
		"stomp decode: read as STOMP 1.2: CONNECTED has a version that is not known\n", 0},
	{"CONNECT without accept-version", args("decode -o json"), "CONNECT\n\n\x00SEND\na:\\c\n\n\x00",
		`{"offset":0,"size":10,"command":"CONNECT","headers":[]}` + "\n" + `{"offset":10,"size":12,"command":"SEND","headers":[["a","\\c"]]}` + "\n",
		"stomp decode: read as STOMP 1.0: the highest version that CONNECT accepts\n", 0},
	{"STOMP with CR LF", args("decode -o json"), "STOMP\r\naccept-version:1.1\r\n\r\n\x00",
		`{"offset":0,"size":30,"command":"STOMP","headers":[["accept-version","1.1"]]}` + "\n",
		"stomp decode: read as STOMP 1.1: the highest version that STOMP accepts\n", 0},
	{"CONNECT 2.0", args("decode -o json"), "CONNECT\naccept-version:2.0\n\n\x00",
		`{"offset":0,"size":29,"command":"CONNECT","headers":[["accept-version","2.0"]]}` + "\n",
		"stomp decode: read as STOMP 1.2: CONNECT accepts no version that is known\n", 0},
	{"ERROR alone", args("decode -o json"), "ERROR\nmessage:a\\b\n\n\x00\n",
		`{"offset":0,"size":20,"command":"ERROR","headers":[["message","a\\b"]]}` + "\n" + `{"offset":20,"eol":true}` + "\n", "", 0},
	{"ERROR, then CONNECTED", args("decode -o json"), "ERROR\n\n\x00CONNECTED\nversion:1.1\n\n\x00",
		`{"offset":0,"size":8,"command":"ERROR","headers":[]}` + "\n" + `{"offset":8,"size":24,"command":"CONNECTED","headers":[["version","1.1"]]}` + "\n",
		"stomp decode: read as STOMP 1.1: the version of CONNECTED\n", 0},
	{"ERROR, then another frame", args("decode -o json"), "ERROR\na:\\c\n\n\x00\nRECEIPT\na:\\c\n\n\x00",
		`{"offset":0,"size":13,"command":"ERROR","headers":[["a","\\c"]]}` + "\n" + `{"offset":13,"eol":true}` + "\n" +
			`{"offset":14,"size":15,"command":"RECEIPT","headers":[["a",":"]]}` + "\n",
		"stomp decode: read as STOMP 1.2: the stream begins in the middle of a session\n", 0},
	{"version given", args("decode -o json -version 1.0"), "CONNECTED\nversion:1.2\n\n\x00MESSAGE\na:\\c\n\n\x00",
		`{"offset":0,"size":24,"command":"CONNECTED","headers":[["version","1.2"]]}` + "\n" + `{"offset":24,"size":15,"command":"MESSAGE","headers":[["a","\\c"]]}` + "\n",
		"", 0},
	{"version auto", args("decode -o json -version auto -q"), "SEND\na:\\c\n\n\x00", `{"offset":0,"size":12,"command":"SEND","headers":[["a",":"]]}` + "\n", "", 0},

	// What is printed of a frame.
	{"hostile text", args("decode -q"), "SEND\na\\r\x1b:\x1b[2J\u202e\u0085\xff\xc3\u2028\U000e0001\\n      99  ACK\n\n\x1b[H\r\n      99  ACK\x7f\u202e\xc3\x00",
		"       0  SEND\n" +
			"          a^M^[:^[[2J<U+202E><U+0085><FF><C3><U+2028><U+E0001>^J      99  ACK\n" +
			"\n" +
			"          ^[[H^M\n" +
			"                99  ACK^?<U+202E><C3>^@\n", "", 0},
	{"secrets", args("decode -full -q"), "CONNECT\npasscode:hunter2\nAuthorization:hunter2\nlogin:me\n\n\x00",
		"       0  CONNECT\n          passcode:***\n          Authorization:***\n          login:me\n\n          ^@\n", "", 0},
	{"body ends in a line feed", args("decode -q"), "SEND\n\na\n\nb\n\x00", "       0  SEND\n\n          a\n\n          b\n          ^@\n", "", 0},
	{"long body", args("decode -q"), "SEND\n\n" + strings.Repeat("x", 1030) + "\x00",
		"       0  SEND\n\n          " + strings.Repeat("x", 1024) + "\n     ...  6 bytes more, -full shows them\n          ^@\n", "", 0},
	{"long body, full", args("decode -q -full"), "SEND\n\n" + strings.Repeat("x", 1030) + "\x00",
		"       0  SEND\n\n          " + strings.Repeat("x", 1030) + "^@\n", "", 0},
	{"long body, a character across the cut", args("decode -q"), "SEND\n\n" + strings.Repeat("x", 1022) + "日xxx\x00",
		"       0  SEND\n\n          " + strings.Repeat("x", 1022) + "\n     ...  6 bytes more, -full shows them\n          ^@\n", "", 0},
	{"long body, a line feed before the cut", args("decode -q"), "SEND\n\n" + strings.Repeat("x", 1023) + "\nyy\xc3\x00",
		"       0  SEND\n\n          " + strings.Repeat("x", 1023) + "\n     ...  3 bytes more, -full shows them\n          ^@\n", "", 0},
	{"body of 1024", args("decode -q"), "SEND\n\n" + strings.Repeat("x", 1024) + "\x00",
		"       0  SEND\n\n          " + strings.Repeat("x", 1024) + "^@\n", "", 0},
	{"not UTF-8", args("decode -q -o json"), "SEND\na:\xff\n\n\xff\x00",
		`{"offset":0,"size":12,"command":"SEND","headers":[["a",{"base64":"/w=="}]],"body_base64":"/w=="}` + "\n", "", 0},
	{"hex, long body", args("decode -q -o hex"), "SEND\n\n" + strings.Repeat("x", 33) + "\x00",
		"00000000  53 45 4e 44                                      SEND              command\n" +
			"00000004  0a                                               .                 EOL\n" +
			"00000005  0a                                               .                 EOL\n" +
			"00000006  78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  xxxxxxxxxxxxxxxx  body\n" +
			"00000016  78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  xxxxxxxxxxxxxxxx\n" +
			"00000026  78                                               x\n" +
			"00000027  00                                               .                 NUL\n", "", 0},

	// Leniencies.
	{"allow, text", args("decode -q -allow nul-padding -allow crlf,unknown-command -version 1.0"), "HELLO\r\na:b\r\n\r\n\x00\x00\n\x00",
		"       0  HELLO\n       !  allowed: crlf,unknown-command\n          a:b\n\n          ^@\n" +
			"      15  1 heart-beat, 2 NULs of padding\n       !  allowed: nul-padding\n", "", 0},
	{"allow, json", args("decode -q -allow all -version 1.0 -o json"), "HELLO\r\na:b\r\n\r\n\x00\x00\x00",
		`{"offset":0,"size":15,"command":"HELLO","headers":[["a","b"]],"allowed":["crlf","unknown-command"]}` + "\n" +
			`{"offset":15,"nuls":2,"allowed":["nul-padding"]}` + "\n", "", 0},
	{"allow, hex", args("decode -q -allow all -version 1.1 -o hex"), "ACK\r\na\\r:\\t\\n\r\n\r\n\x00\x00\r\n\x00",
		"00000000  41 43 4b                                         ACK               command, allowed: escaped-cr,undefined-escapes,crlf\n" +
			"00000003  0d 0a                                            ..                EOL\n" +
			"00000005  61                                               a                 name\n" +
			"00000006  5c 72                                            \\r                escape\n" +
			"00000008  3a                                               :                 colon\n" +
			"00000009  5c 74                                            \\t                value\n" +
			"0000000b  5c 6e                                            \\n                escape\n" +
			"0000000d  0d 0a                                            ..                EOL\n" +
			"0000000f  0d 0a                                            ..                EOL\n" +
			"00000011  00                                               .                 NUL\n\n" +
			"00000012  00                                               .                 NUL padding\n" +
			"00000013  0d 0a                                            ..                heart-beats\n" +
			"00000015  00                                               .                 NUL padding\n", "", 0},
	{"allow, text, in a body", args("decode -q -allow nul-in-body -version 1.2"), "ACK\ncontent-length:3\n\na\x00b\x00ACK\n\n\x00",
		"       0  ACK\n          content-length:3\n\n          61 00 62                                         a.b\n          ^@\n       !  allowed: nul-in-body\n" +
			"      26  ACK\n\n          ^@\n", "", 0},
	{"allow, json, in a body", args("decode -q -allow all -version 1.2 -o json"), "HI\ncontent-length:1\n\n\x00\x00ACK\n\n\x00",
		`{"offset":0,"size":23,"command":"HI","headers":[["content-length","1"]],"body":"\u0000","allowed":["unknown-command","nul-in-body"]}` + "\n" +
			`{"offset":23,"size":6,"command":"ACK","headers":[]}` + "\n", "", 0},
	{"allow, hex, in a body", args("decode -q -allow all -version 1.2 -o hex"), "ACK\ncontent-length:1\n\n\x00\x00ACK\n\n\x00",
		"00000000  41 43 4b                                         ACK               command\n" +
			"00000003  0a                                               .                 EOL\n" +
			"00000004  63 6f 6e 74 65 6e 74 2d 6c 65 6e 67 74 68        content-length    name\n" +
			"00000012  3a                                               :                 colon\n" +
			"00000013  31                                               1                 value\n" +
			"00000014  0a                                               .                 EOL\n" +
			"00000015  0a                                               .                 EOL\n" +
			"00000016  00                                               .                 body\n" +
			"00000017  00                                               .                 NUL, allowed: nul-in-body\n\n" +
			"00000018  41 43 4b                                         ACK               command\n" +
			"0000001b  0a                                               .                 EOL\n" +
			"0000001c  0a                                               .                 EOL\n" +
			"0000001d  00                                               .                 NUL\n", "", 0},

	// Input that is bad.
	{"NUL in a body, text", args("decode -q -version 1.2"), "ACK\ncontent-length:3\n\na\x00b\x00",
		"       0  ACK\n          content-length:3\n\n          a\n",
		"stomp decode: standard input: NUL in the body of a command other than SEND, MESSAGE and ERROR at offset 23, command ACK, frame at 0: " +
			"content-length says 3 bytes, the first NUL comes after 1; -allow nul-in-body reads on\n", 1},
	{"bad escape, text", args("decode -q"), "ACK\n\n\x00SEND\nx-note:a\\tb\n\n\x00",
		"       0  ACK\n\n          ^@\n       6  SEND\n          x-note:a\\\n",
		"stomp decode: standard input: undefined or truncated escape at offset 19, header x-note, command SEND, frame at 6: -allow undefined-escapes reads on\n", 1},
	{"line feed in a value", args("decode -q"), "ERROR\nmessage:Unknown action\nFOO\x1b\n\n\x00",
		"       0  ERROR\n          message:Unknown action\n          FOO^[\n",
		"stomp decode: standard input: header line without colon at offset 33, command ERROR, frame at 0\n", 1},
	{"line feed in a secret value", args("decode -q"), "CONNECT\npasscode:hun\nter2\n\n\x00",
		"       0  CONNECT\n          passcode:***\n          ***\n", "...header line without colon at offset 25", 1},
	{"error before the end of the command", args("decode -q"), "\nSENDX\n\n\x00", "       0  1 heart-beat\n", "...unknown command at offset 5", 1},
	{"bad escape, json", args("decode -q -o json"), "\nSEND\nx-note:a\\tb\n\n\x00",
		`{"offset":0,"heartbeats":1}` + "\n" +
			`{"offset":14,"frame":1,"error":"bad_escape","command":"SEND","header":"x-note","message":"stomp: undefined or truncated escape at offset 14, header x-note, command SEND, frame at 1: -allow undefined-escapes reads on"}` + "\n",
		"stomp decode: standard input: undefined or truncated escape at offset 14, header x-note, command SEND, frame at 1: -allow undefined-escapes reads on\n", 1},
	{"bad escape, hex", args("decode -q -o hex"), "SEND\nx-note:a\\tb\n\n\x00",
		"00000000  53 45 4e 44 0a 78 2d 6e 6f 74 65 3a 61           SEND.x-note:a     not read\n" +
			"0000000d  5c                                               \\                 error: bad_escape\n",
		"stomp decode: standard input: undefined or truncated escape at offset 13, header x-note, command SEND, frame at 0: -allow undefined-escapes reads on\n", 1},
	{"missing NUL, hex", args("decode -q -o hex"), "SEND\ncontent-length:1\n\nabc\x00",
		"00000000  53 45 4e 44                                      SEND              command\n" +
			"00000004  0a                                               .                 EOL\n" +
			"00000005  63 6f 6e 74 65 6e 74 2d 6c 65 6e 67 74 68        content-length    name\n" +
			"00000013  3a                                               :                 colon\n" +
			"00000014  31                                               1                 value\n" +
			"00000015  0a                                               .                 EOL\n" +
			"00000016  0a                                               .                 EOL\n" +
			"00000017  61                                               a                 body\n" +
			"00000018  62                                               b                 error: missing_nul\n",
		"stomp decode: standard input: no NUL after the counted body at offset 24, command SEND, frame at 0: content-length says 1 byte, the first NUL comes after 3\n", 1},
	{"end inside a body", args("decode -q"), "SEND\n\nab\xc3",
		"       0  SEND\n\n          ab<C3>\n", "stomp decode: standard input: input ends inside a frame at offset 9, command SEND, frame at 0\n", 1},
	{"end inside a body, after a line feed", args("decode -q"), "SEND\n\nab\n",
		"       0  SEND\n\n          ab\n", "stomp decode: standard input: input ends inside a frame at offset 9, command SEND, frame at 0\n", 1},
	{"end inside a body, json", args("decode -q -o json"), "SEND\n\nab",
		`{"offset":8,"frame":0,"error":"unexpected_eof","command":"SEND","message":"stomp: input ends inside a frame at offset 8, command SEND, frame at 0"}` + "\n",
		"stomp decode: standard input: input ends inside a frame at offset 8, command SEND, frame at 0\n", 1},
	{"end inside a head, hex", args("decode -q -o hex"), "SEND\na:",
		"00000000  53 45 4e 44 0a 61 3a                             SEND.a:           not read\n" +
			"00000007                                                                     error: unexpected_eof\n",
		"stomp decode: standard input: input ends inside a frame at offset 7, command SEND, frame at 0\n", 1},
	{"end inside the first word", args("decode -q -o json"), "\nCONN",
		`{"offset":0,"heartbeats":1}` + "\n" + `{"offset":5,"frame":1,"error":"unexpected_eof","message":"stomp: input ends inside a frame at offset 5, frame at 1"}` + "\n",
		"stomp decode: standard input: input ends inside a frame at offset 5, frame at 1\n", 1},
	{"end after CR", args("decode -q"), "\r", "", "stomp decode: standard input: input ends inside a frame at offset 1\n", 1},
	{"bare CR", args("decode -q -o hex"), "\n\rSEND", "00000000  0a                                               .                 heart-beats\n" +
		"00000001  0d                                               .                 error: bare_cr\n",
		"stomp decode: standard input: carriage return without line feed at offset 1\n", 1},
	{"TLS", args("decode"), "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdef", "",
		"stomp decode: standard input: unknown command at offset 0: a TLS record: the peer speaks TLS; it is encrypted: capture where it is not, behind a TLS proxy or in the browser (save a HAR in its developer tools), or let Wireshark decrypt it and export the bytes with Follow TCP stream, raw\n", 1},
	{"stray NUL", args("decode -q"), "\x00", "", "stomp decode: standard input: NUL between frames at offset 0: -allow nul-padding reads on\n", 1},

	// Limits.
	{"max-body 0", args("decode -q -max-body 0"), "SEND\n\na\x00", "       0  SEND\n\n", "...body too large at offset 6, limit 0", 1},
	{"max-body 1", args("decode -q -max-body 1"), "SEND\n\na\x00", "       0  SEND\n\n          a^@\n", "", 0},
	{"max-body unlimited", args("decode -q -max-body unlimited"), "SEND\ncontent-length:99999999999\n\na",
		"       0  SEND\n          content-length:99999999999\n\n          a\n", "...input ends inside a frame at offset 34", 1},
	{"max-body default", args("decode -q"), "SEND\ncontent-length:99999999999\n\na", "       0  SEND\n          content-length:99999999\n", "...body too large at offset 27, limit 16777216", 1},
	{"max-line", args("decode -q -max-line 5"), "SEND\nab:cd\nab:cde\n\n\x00", "       0  SEND\n          ab:cd\n          ab:cde\n",
		"stomp decode: standard input: line too long at offset 16, limit 5, header ab, command SEND, frame at 0: -max-line raises the limit\n", 1},
	{"max-line, inside the first word", args("decode -q -max-line 2"), "CONN", "", "...line too long at offset 2, limit 2", 1},
	{"max-headers", args("decode -q -max-headers 1"), "SEND\na:b\nc:d\n\n\x00", "       0  SEND\n          a:b\n          c\n", "...: -max-headers raises the limit\n", 1},
	{"max-headers 0", args("decode -q -max-headers 0"), "SEND\na:b\nc:d\n\n\x00", "       0  SEND\n          a\n", "...too many headers at offset 5, limit 0", 1},
	{"max-head", args("decode -q -max-head 8"), "SEND\na:b\n\n\x00", "       0  SEND\n          a:b\n", "...head too large at offset 8, limit 8, header a, command SEND, frame at 0: -max-head raises the limit\n", 1},
	{"unlimited", args("decode -q -max-head unlimited -max-line unlimited -max-headers unlimited -o json"), "SEND\n" + strings.Repeat("a:\n", 40000) + "\n\x00",
		`{"offset":0,"size":120007,"command":"SEND","headers":[` + strings.Repeat(`["a",""],`, 39999) + `["a",""]]}` + "\n", "", 0},

	// encode.
	{"encode", args("encode"), clientJSON,
		"CONNECT\naccept-version:1.1,1.2\nhost:/\npasscode:guest\n\n\x00\n\nSEND\ndestination:/queue/a\nx:a\\cb\n\nhel\nlo\x00",
		"stomp encode: written as STOMP 1.2: the highest version that CONNECT accepts\n", 0},
	{"encode -", args("encode -q -"), "\n  \r\n{\"heartbeats\":3}", "\n\n\n", "", 0},
	{"encode, no version", args("encode"), `{"command":"SEND","headers":[["a",":"]],"size":1,"allowed":["x"],"offset":true}`, "SEND\na:\\c\n\n\x00"[:5] + "a:\\c\n\n\x00",
		"stomp encode: written as STOMP 1.2: the stream begins in the middle of a session\n", 0},
	{"encode 1.0", args("encode -version 1.0"), `{"command":"CONNECTED"}` + "\n" + `{"command":"MESSAGE","headers":[["a",":\\"]]}`, "CONNECTED\n\n\x00MESSAGE\na::\\\n\n\x00", "", 0},
	{"encode, CONNECTED 1.1", args("encode -q"), `{"command":"CONNECTED","headers":[["version","1.1"],["session","a:b"]]}` + "\n" + `{"command":"MESSAGE","headers":[["a",":"]]}`,
		"CONNECTED\nversion:1.1\nsession:a:b\n\n\x00MESSAGE\na:\\c\n\n\x00", "", 0},
	{"encode, CONNECTED 1.2 in 1.1", args("encode -q -version 1.1"), `{"command":"CONNECTED","headers":[["session","a:b"]]}`, "CONNECTED\nsession:a:b\n\n\x00", "", 0},
	{"encode, base64", args("encode -q"), `{"command":"SEND","headers":[["a",{"base64":"/w=="}]],"body_base64":"/w=="}`, "SEND\na:\xff\n\n\xff\x00", "", 0},
	{"length auto keeps", args("encode -q"), `{"command":"SEND","headers":[["content-length","2"],["a","b"]],"body":"hi"}`, "SEND\ncontent-length:2\na:b\n\nhi\x00", "", 0},
	{"length auto adds for NUL", args("encode -q -length auto"), `{"command":"SEND","body":"h\u0000"}`, "SEND\ncontent-length:2\n\nh\x00\x00", "", 0},
	{"length always", args("encode -q -length always"), `{"command":"SEND","body":"hi"}` + "\n" + `{"command":"SEND"}`, "SEND\ncontent-length:2\n\nhi\x00SEND\n\n\x00", "", 0},
	{"length never", args("encode -q -length never"), `{"command":"SEND","headers":[["content-length","2"]],"body":"hi"}`, "SEND\n\nhi\x00", "", 0},
	{"length never, NUL", args("encode -q -length never"), `{"command":"SEND","body":"h\u0000"}`, "", "...line 1: cannot send: NUL in a body without content-length, or of a command other than SEND, MESSAGE and ERROR", 1},
	{"crlf", args("encode -q -crlf -version 1.2"), `{"command":"CONNECT"}` + "\n" + `{"command":"SEND","headers":[["a","b"]],"body":"x"}` + "\n" + `{"heartbeats":1}`,
		"CONNECT\r\n\r\n\x00SEND\r\na:b\r\n\r\nx\x00\n", "", 0},
	{"crlf, auto", args("encode -q -crlf"), `{"command":"CONNECT","headers":[["accept-version","1.2"]]}` + "\n" + `{"command":"ACK"}`,
		"CONNECT\naccept-version:1.2\n\n\x00ACK\r\n\r\n\x00", "", 0},
	{"crlf, 1.1", args("encode -q -crlf -version 1.1"), `{"command":"ACK"}`, "ACK\n\n\x00", "", 0},
	{"unknown command", args("encode -q"), `{"command":"HELLO"}`, "", "...line 1: cannot send: unknown command", 1},
	{"unknown command passed", args("encode -q -unknown-command"), `{"command":"HELLO"}`, "HELLO\n\n\x00", "", 0},
	{"encode, bad line", args("encode"), `{"heartbeats":1}` + "\n\n" + `{"command":"ACK","color":1}` + "\n" + `{"heartbeats":1}`, "\n",
		"stomp encode: standard input: line 3: unknown key \"color\"\n", 1},
	{"encode, refused frame", args("encode -q"), `{"command":"ACK"}` + "\n" + `{"command":"SEND","headers":[["a","\u0000"]],"body":"x"}`, "ACK\n\n\x00",
		"...line 2: cannot send: header has a byte that cannot be sent, command SEND, header 0 a", 1},
	{"encode, error line", args("encode -q"), `{"offset":0,"frame":0,"error":"bare_cr","message":"x"}`, "", "...line 1: this line reports an error, it is no frame", 1},

	// Calls.
	{"no command", nil, "", "", overview(), 2},
	{"help", args("help"), "", overview(), "", 0},
	{"-h", args("-h"), "", overview(), "", 0},
	{"--help", args("--help"), "", overview(), "", 0},
	{"help decode", args("help decode"), "", decodeCommand().usage(), "", 0},
	{"decode -h", args("decode -h"), "", decodeCommand().usage(), "", 0},
	{"encode --help", args("encode --help"), "", encodeCommand().usage(), "", 0},
	{"help -h", args("help -h"), "", helpCommand().usage(), "", 0},
	{"version -h", args("version -h"), "", versionCommand().usage(), "", 0},
	{"help of nothing", args("help x"), "", "", "...stomp help: no command or rule \"x\"; \"stomp help rules\" lists the rules\n", 2},
	{"help of two", args("help decode encode"), "", "", "...one command or rule at most", 2},
	{"help rules", args("help rules"), "", listRules(), "", 0},
	{"help of a rule", args("help subscribe-ack-mode"), "", `rule      subscribe-ack-mode
level     MUST
sender    client
versions  1.0 1.1 1.2
section   STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header
requires  The ack header of SUBSCRIBE is auto, client or, since 1.1, client-individual.
if broken the ack header of SUBSCRIBE must be auto, client or, since STOMP 1.1, client-individual.
STOMP 1.0 says:
          The valid values for ack are auto (the default if the header is not
          included) and client.
STOMP 1.1 and 1.2 say:
          The valid values for the ack header are auto, client, or
          client-individual.
`, "", 0},
	{"help of a rule for both", args("help header-ascii"), "", `rule      header-ascii
level     SHOULD
sender    any
versions  1.0
section   STOMP 1.0, Augmented BNF
requires  Header names and values are ASCII.
if broken a header of the frame should be ASCII in STOMP 1.0.
STOMP 1.0 says:
          CHAR = <any US-ASCII character (octets 0 - 127)> ... header-value =
          1*<any CHAR except LF>
`, "", 0},
	{"unknown command name", args("decoed"), "", "", "stomp: no command \"decoed\"; \"stomp help\" lists them\n", 2},
	{"choice of an unknown command", args("decode -command SEND,snad"), c2s, "", "stomp decode: -command: there is no command \"SNAD\"; with -allow unknown-command there may be\n\"stomp decode -h\" explains the call\n", 2},
	{"version with arguments", args("version x"), "", "", "...no arguments", 2},
	{"two files", args("decode a b"), "", "", "stomp decode: one FILE at most\n\"stomp decode -h\" explains the call\n", 2},
	{"encode, two files", args("encode a b"), "", "", "...one FILE at most", 2},
	{"no such file", args("decode testdata/nothing"), "", "", "...testdata/nothing", 2},
	{"directory", args("decode ."), "", "", "...stomp decode: . is a directory", 2},
	{"bad flag", args("decode -colour"), "", "", "...flag provided but not defined: -colour", 2},
	{"bad -version", args("decode -version 1.3"), "", "", "...want 1.0, 1.1, 1.2 or auto", 2},
	{"bad -allow", args("decode -allow crlf,foo"), "", "", "...\"foo\" is none of escaped-cr, undefined-escapes, crlf", 2},
	{"empty -allow", []string{"decode", "-allow", ""}, "", "", "...\"\" is none of", 2},
	{"bad -o", args("decode -o xml"), "", "", "...want text, json or hex", 2},
	{"-chunk 0", args("decode -chunk 0"), "", "", "...want a number from 1 to", 2},
	{"-chunk x", args("decode -chunk x"), "", "", "...want a number from 1 to", 2},
	{"-chunk too large", args("decode -chunk 99999999"), "", "", "...want a number from 1 to", 2},
	{"-max-body x", args("decode -max-body x"), "", "", "...want a number, or unlimited", 2},
	{"-max-body -1", args("decode -max-body -1"), "", "", "...want a number, or unlimited", 2},
	{"-max-body 2^63", args("decode -max-body 9223372036854775808"), "", "", "...want a number, or unlimited", 2},
	{"bad -length", args("encode -length sometimes"), "", "", "...want auto, always or never", 2},
}

func TestCalls(t *testing.T) {
	for _, tt := range calls {
		var stdout, stderr bytes.Buffer
		code := run(tt.args, strings.NewReader(tt.stdin), &stdout, &stderr)
		if code != tt.code {
			t.Errorf("%s: exit %d, want %d: %s", tt.name, code, tt.code, &stderr)
		}
		if stdout.String() != tt.stdout {
			t.Errorf("%s: stdout\n%swant\n%s", tt.name, &stdout, tt.stdout)
		}
		part, ok := strings.CutPrefix(tt.stderr, "...")
		if ok && !strings.Contains(stderr.String(), part) || !ok && stderr.String() != tt.stderr {
			t.Errorf("%s: stderr\n%swant\n%s", tt.name, &stderr, tt.stderr)
		}
	}
}

// What a call prints does not depend on how its input is cut.
func TestCallsInChunks(t *testing.T) {
	for _, tt := range calls {
		if len(tt.args) == 0 || tt.args[0] != "decode" || tt.code == exitCall || len(tt.stdin) > 100000 {
			continue
		}
		for _, chunk := range []string{"1", "2", "3", "7", "1460"} {
			var stdout, stderr bytes.Buffer
			args := append([]string{"decode", "-chunk", chunk}, tt.args[1:]...)
			code := run(args, strings.NewReader(tt.stdin), &stdout, &stderr)
			part, _ := strings.CutPrefix(tt.stderr, "...")
			if code != tt.code || stdout.String() != tt.stdout || !strings.Contains(stderr.String(), part) {
				t.Errorf("%s, -chunk %s: exit %d, stdout\n%sstderr\n%s", tt.name, chunk, code, &stdout, &stderr)
			}
		}
		var stdout bytes.Buffer
		run(tt.args, iotest.DataErrReader(iotest.OneByteReader(strings.NewReader(tt.stdin))), &stdout, io.Discard)
		if stdout.String() != tt.stdout {
			t.Errorf("%s, byte by byte: stdout\n%s", tt.name, &stdout)
		}
	}
}

func TestFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "client.bin")
	if err := os.WriteFile(name, []byte(client+"!"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"decode", "-q", name}, strings.NewReader("not read"), &stdout, &stderr)
	want := "stomp decode: " + name + ": unknown command at offset 99: begins with the byte 0x21; -resync looks for the next frame\n"
	if code != exitInput || stdout.String() != clientText || stderr.String() != want {
		t.Errorf("exit %d, stdout\n%sstderr\n%s", code, &stdout, &stderr)
	}
}

func TestVersion(t *testing.T) {
	for _, arg := range []string{"version", "-version", "--version"} {
		var stdout, stderr bytes.Buffer
		if code := run([]string{arg}, nil, &stdout, &stderr); code != exitFine || !strings.HasPrefix(stdout.String(), "stomp ") || stderr.Len() > 0 {
			t.Errorf("%s: exit %d, stdout %s, stderr %s", arg, code, &stdout, &stderr)
		}
	}
	info := &debug.BuildInfo{GoVersion: "go1.25", Settings: []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "abc"}}}
	if got, want := versionLine(info, true), "stomp (devel), abc, go1.25\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
	info.Deps = []*debug.Module{{Path: "example.org/x", Version: "v9"}, {Path: "github.com/stompwire/stomp", Version: "v1.2.0"}}
	if got, want := versionLine(info, true), "stomp (devel), library v1.2.0, abc, go1.25\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
	info.Deps[1].Replace = &debug.Module{Path: "../.."}
	info.Main.Version = "v1.2.3"
	if got, want := versionLine(info, true), "stomp v1.2.3, abc, go1.25\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
	if got, want := versionLine(nil, false), "stomp, built without version information\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
}

// Help names every flag.
func TestUsage(t *testing.T) {
	for command, names := range map[string]string{
		"decode": "version allow chunk max-line max-headers max-head max-body o full q color pretty secrets resync command destination header subscription from since until connection port host",
		"stats":  "version allow o top resync command destination connection q",
		"encode": "version length crlf unknown-command q",
	} {
		usage := lookup(command).usage()
		for _, name := range strings.Fields(names) {
			if !strings.Contains(usage, "\n  -"+name) {
				t.Errorf("%s -h has no -%s", command, name)
			}
		}
	}
}

// A reader that gives what it has, then an error.
func readsThen(s string, err error) io.Reader {
	return io.MultiReader(strings.NewReader(s), iotest.ErrReader(err))
}

func TestInputCannotBeRead(t *testing.T) {
	for _, tt := range []struct{ args, stdin, stdout, stderr string }{
		{"decode -q", "\n", "", "stomp decode: standard input: disk on fire\n"},
		{"decode -q -chunk 3", "ACK\n\n\x00\n", "       0  ACK\n\n          ^@\n", "stomp decode: standard input: disk on fire\n"},
		{"encode -q", "{\"heartbeats\":1}\n{", "\n", "stomp encode: standard input: disk on fire\n"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(args(tt.args), readsThen(tt.stdin, errors.New("disk on fire")), &stdout, &stderr)
		if code != exitInput || stdout.String() != tt.stdout || stderr.String() != tt.stderr {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", tt.args, code, &stdout, &stderr)
		}
	}
}

// A writer that fails after n bytes.
type failingWriter struct {
	n   int
	err error
}

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.n -= len(b); w.n < 0 {
		return 0, w.err
	}
	return len(b), nil
}

// A reader that never ends.
type endless string

func (s endless) Read(b []byte) (int, error) {
	n := 0
	for n+len(s) <= len(b) {
		n += copy(b[n:], s)
	}
	return n, nil
}

func TestOutputCannotBeWritten(t *testing.T) {
	closed := &os.PathError{Op: "write", Path: "pipe", Err: syscall.EPIPE}
	full := errors.New("disk full")
	for _, tt := range []struct {
		args   string
		stdin  io.Reader
		err    error
		stderr string
		code   int
	}{
		{"decode -q", endless("ACK\n\n\x00"), closed, "", exitFine},
		{"decode -q -o json", endless("ACK\n\n\x00"), io.ErrClosedPipe, "", exitFine},
		{"decode -q -o hex", endless("ACK\n\n\x00"), full, "stomp decode: write: disk full\n", exitInput},
		{"decode -q -full", io.MultiReader(strings.NewReader("SEND\n\n"), endless("x")), full, "stomp decode: write: disk full\n", exitInput},
		{"decode -q", strings.NewReader("BAD"), closed, "stomp decode: standard input: unknown command at offset 1, frame at 0: \"BAD\"; -allow unknown-command reads on\n", exitInput},
		{"encode -q", endless("{\"command\":\"ACK\"}\n"), closed, "", exitFine},
		{"encode -q", strings.NewReader(`{"heartbeats":9223372036854775807}`), closed, "", exitFine},
		{"encode -q", strings.NewReader(`{"heartbeats":1}`), full, "stomp encode: write: disk full\n", exitInput},
		{"help", nil, closed, "", exitFine},
		{"decode -h", nil, full, "stomp decode: write: disk full\n", exitInput},
	} {
		var stderr bytes.Buffer
		code := run(args(tt.args), tt.stdin, &failingWriter{0, tt.err}, &stderr)
		if code != tt.code || stderr.String() != tt.stderr {
			t.Errorf("%s: exit %d, stderr %q; want %d, %q", tt.args, code, &stderr, tt.code, tt.stderr)
		}
	}
}

// fakeEnv is an env whose standard output or error is a terminal.
func fakeEnv(stdin io.Reader, stdout, stderr io.Writer, terminal io.Writer) *env {
	clock := time.Unix(0, 0)
	return &env{
		stdin: stdin, stdout: stdout, stderr: stderr,
		terminal: func(w io.Writer) bool { return w == terminal },
		getenv:   func(string) string { return "" },
		now: func() time.Time {
			clock = clock.Add(150 * time.Millisecond)
			return clock
		},
	}
}

func TestLimitFlag(t *testing.T) {
	var n int
	for s, want := range map[string]string{"unlimited": "unlimited", "0": "0", "17": "17"} {
		f := limitFlag[int]{&n}
		if err := f.Set(s); err != nil || f.String() != want {
			t.Errorf("Set(%q): %v, String %q", s, err, f)
		}
	}
	if err := (limitFlag[int]{&n}).Set("1099511627776"); (err == nil) != (strconv.IntSize > 32) {
		t.Errorf("Set(2^40) with ints of %d bits: %v", strconv.IntSize, err)
	}
}
