package parser_test

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// decodeCases have what real peers send and what has broken decoders. Version
// is 1.2 unless the row says so.
var decodeCases = []struct {
	name      string
	version   frame.Version
	handshake bool           // the version is Unnegotiated
	opt       parser.Options // without Version
	in        string
	want      string
}{
	// Frames.
	{name: "empty input", in: "", want: ""},
	{name: "smallest", in: "SEND\n\n\x00", want: "SEND@0+7 []"},
	{name: "header", in: "SEND\na:b\n\n\x00", want: "SEND@0+11 [a=b]"},
	{name: "scanned body", in: "SEND\n\nhello\x00", want: `SEND@0+12 [] body "hello"`},
	{name: "counted body", in: "SEND\ncontent-length:3\n\n\x00ab\x00", want: `SEND@0+27 [content-length=3] body "\x00ab"`},
	{name: "two frames", in: "SEND\n\na\x00SEND\n\nb\x00", want: `SEND@0+8 [] body "a"; SEND@8+8 [] body "b"`},
	{name: "LF after NUL", in: "SEND\n\n\x00\nACK\n\n\x00\n", want: "SEND@0+7 []; beats 1@7; ACK@8+6 []; beats 1@14"},
	{name: "heart-beats only", in: "\n\n\n", want: "beats 3@0"},
	{name: "body of LFs", in: "SEND\n\n\n\n\x00", want: `SEND@0+9 [] body "\n\n"`},
	{name: "body of colons and CRs", in: "SEND\n\n:\r\n:\x00", want: `SEND@0+11 [] body ":\r\n:"`},
	{name: "content-length 0", in: "SEND\ncontent-length:0\n\n\x00", want: "SEND@0+24 [content-length=0]"},
	{name: "content-length on a frame with no body", in: "RECEIPT\nreceipt-id:1\ncontent-length:0\n\n\x00", want: "RECEIPT@0+40 [receipt-id=1 content-length=0]"},
	{name: "content-length with zeros in front", in: "SEND\ncontent-length:0003\n\nabc\x00", want: `SEND@0+30 [content-length=0003] body "abc"`},
	{name: "content-length equal twice (D9)", in: "SEND\ncontent-length:1\ncontent-length:01\n\na\x00", want: `SEND@0+43 [content-length=1 content-length=01] body "a"`},
	{name: "repeated header", in: "SEND\na:1\na:2\n\n\x00", want: "SEND@0+15 [a=1 a=2]"},
	{name: "empty value (D8)", in: "SEND\na:\n\n\x00", want: "SEND@0+10 [a=]"},
	{name: "raw colons in a value (D7)", in: "CONNECTED\nsession:ID:host-1:2\n\n\x00", want: "CONNECTED@0+32 [session=ID:host-1:2]"},
	{name: "raw colon in a 1.2 value (D7)", in: "SEND\nhost:[::1]\n\n\x00", want: "SEND@0+18 [host=[::1]]"},
	{name: "blanks kept (D13)", in: "SEND\nfoo:  a  \n\n\x00", want: "SEND@0+17 [foo=  a  ]"},
	{name: "blank in a name", in: "SEND\ncontent-length :5\n\nhi\x00", want: `SEND@0+27 [content-length =5] body "hi"`},
	{name: "case of a name", in: "SEND\nContent-Length:5\n\nhi\x00", want: `SEND@0+26 [Content-Length=5] body "hi"`},
	{name: "end of a name", in: "SEND\nx-content-length:5\n\nhi\x00", want: `SEND@0+28 [x-content-length=5] body "hi"`},
	{name: "names of other languages", in: "SEND\nhasOwnProperty:1\n__proto__:b\n\n\x00", want: "SEND@0+36 [hasOwnProperty=1 __proto__=b]"},
	{name: "four-byte UTF-8", in: "SEND\nk:a\U0001f600b\n\n\x00", want: "SEND@0+16 [k=a\U0001f600b]"},
	{name: "invalid UTF-8 (D15)", in: "SEND\nk:\xff\xc0\n\n\x00", want: "SEND@0+12 [k=\xff\xc0]"},
	{name: "counted body on BEGIN (D11)", in: "BEGIN\ncontent-length:8\n\nSEND\n\nab\x00", want: `BEGIN@0+33 [content-length=8] body "SEND\n\nab"`},

	// The handshake.
	{name: "CONNECT", handshake: true, in: "CONNECT\npasscode:a\\cb\n\n\x00", want: "CONNECT@0+24 [passcode=a\\cb]"},
	{name: "CONNECT in 1.2 is literal", in: "CONNECT\npasscode:a\\tb\\\n\n\x00", want: "CONNECT@0+25 [passcode=a\\tb\\]"},
	{name: "STOMP is literal (D1)", in: "STOMP\npasscode:a\\cb\n\n\x00", want: "STOMP@0+22 [passcode=a\\cb]"},
	{name: "CONNECTED is literal", in: "CONNECTED\nserver:a\\cb\n\n\x00", want: "CONNECTED@0+24 [server=a\\cb]"},
	{name: "ERROR before CONNECTED (D2)", handshake: true, in: "ERROR\nmessage:a\\tb\n\n\x00", want: "ERROR@0+21 [message=a\\tb]"},
	{name: "ERROR in 1.2 is escaped", in: "ERROR\nmessage:a\\cb\n\n\x00", want: "ERROR@0+21 [message=a:b]"},
	{name: "other command before CONNECTED", handshake: true, in: "SEND\n\n\x00", want: "not_negotiated@0 SEND"},
	{name: "unknown command before CONNECTED", handshake: true, in: "SENT\n\n\x00", want: `unknown_command@3 frame 0 ("SENT")`},
	{name: "unknown command before CONNECTED, allowed", handshake: true, opt: parser.Options{Allow: parser.AllowUnknownCommand}, in: "SENT\n\n\x00", want: `unknown_command@3 frame 0 ("SENT")`},
	{name: "TLS before CONNECTED, unknown allowed", handshake: true, opt: parser.Options{Allow: parser.AllowUnknownCommand}, in: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdefgh", want: "unknown_command@0 (a TLS record: the peer speaks TLS)"},
	{name: "CR LF before CONNECTED (D3)", handshake: true, in: "\r\nCONNECT\r\na:b\r\n\r\n\x00\r\n", want: "beats 1@0; CONNECT@2+17 [a=b]; beats 1@19"},

	// Escapes (D4).
	{name: "all escapes of 1.2", in: "SEND\na\\cb:\\r\\n\\c\\\\\n\n\x00", want: "SEND@0+21 [a:b=\r\n:\\]"},
	{name: "all escapes of 1.1", version: frame.V11, in: "SEND\na\\cb:\\n\\c\\\\\n\n\x00", want: "SEND@0+19 [a:b=\n:\\]"},
	{name: "one pass", in: "SEND\np:C:\\\\new\n\n\x00", want: "SEND@0+17 [p=C:\\new]"},
	{name: "1.0 has none", version: frame.V10, in: "SEND\na:x\\ny\\\n\n\x00", want: "SEND@0+15 [a=x\\ny\\]"},
	{name: "undefined", in: "SEND\nfoo:a\\tb\n\n\x00", want: "bad_escape@10 frame 0 SEND foo"},
	{name: "truncated in the value", in: "SEND\nfoo:a\\\n\n\x00", want: "bad_escape@10 frame 0 SEND foo"},
	{name: "truncated in the value, CR LF", in: "SEND\r\nfoo:a\\\r\n\r\n\x00", want: "bad_escape@11 frame 0 SEND foo"},
	{name: "truncated in the name", in: "SEND\nfo\\:a\n\n\x00", want: "bad_escape@7 frame 0 SEND"},
	{name: "\\r in 1.1", version: frame.V11, in: "SEND\na:\\r\n\n\x00", want: "bad_escape@7 frame 0 SEND a"},
	{name: "\\r in 1.1, allowed", version: frame.V11, opt: parser.Options{Allow: parser.AllowEscapedCR}, in: "SEND\na:\\r\n\n\x00", want: "SEND@0+12 [a=\r] used escaped-cr"},
	{name: "undefined, allowed", opt: parser.Options{Allow: parser.AllowUndefinedEscapes}, in: "SEND\na:\\t\\n\\\\t\\\n\n\x00", want: "SEND@0+18 [a=\\t\n\\t\\] used undefined-escapes"},
	{name: "defined, then undefined", in: "SEND\na:\\n\nb:\\t\n\n\x00", want: "bad_escape@12 frame 0 SEND b"},
	{name: "defined, then undefined, allowed", opt: parser.Options{Allow: parser.AllowUndefinedEscapes}, in: "SEND\na:\\n\\n\\n\\n\\n\\nabcdefgh\nb:\\t\\c\n\n\x00", want: "SEND@0+37 [a=\n\n\n\n\n\nabcdefgh b=\\t:] used undefined-escapes"},
	{name: "\\r in 1.1, undefined allowed", version: frame.V11, opt: parser.Options{Allow: parser.AllowUndefinedEscapes}, in: "SEND\na:\\r\n\n\x00", want: "SEND@0+12 [a=\\r] used undefined-escapes"},
	{name: "bodies have none", in: "SEND\n\n\\t\\n\x00", want: `SEND@0+11 [] body "\\t\\n"`},
	{name: "escaped name is not content-length", in: "SEND\ncontent\\clength:5\n\nab\x00", want: `SEND@0+27 [content:length=5] body "ab"`},

	// Ends of lines.
	{name: "CR LF in 1.2", in: "SEND\r\na:b\r\n\r\nx\r\n\x00", want: `SEND@0+17 [a=b] body "x\r\n"`},
	{name: "CR LF and LF mixed", in: "SEND\na:b\r\nc:d\n\r\n\x00", want: "SEND@0+17 [a=b c=d]"},
	{name: "heart-beats of both kinds", in: "\n\r\n\nMESSAGE\n\n\x00", want: "beats 3@0; MESSAGE@4+10 []"},
	{name: "two CR LF", in: "\r\n\r\n", want: "beats 2@0"},
	{name: "bare CR in a value (D6)", in: "SEND\nfoo:a\rb\n\n\x00", want: "bare_cr@10 frame 0 SEND foo"},
	{name: "bare CR before CR LF", in: "SEND\nfoo:a\r\r\n\n\x00", want: "bare_cr@10 frame 0 SEND foo"},
	{name: "bare CR in a name", in: "SEND\nf\roo:a\n\n\x00", want: "bare_cr@6 frame 0 SEND"},
	{name: "bare CR for a blank line", in: "SEND\n\rx\x00", want: "bare_cr@5 frame 0 SEND"},
	{name: "bare CR after the command", in: "SEND\rx\n\n\x00", want: "bare_cr@4 frame 0"},
	{name: "bare CR between frames", in: "\n\rSEND\n\n\x00", want: "beats 1@0; bare_cr@1"},
	{name: "bare CR, allowed", opt: parser.Options{Allow: parser.AllowBareCR}, in: "SEND\nfoo:a\rb\r\r\n\n\x00", want: "SEND@0+17 [foo=a\rb\r] used bare-cr"},
	{name: "bare CR between frames, allowed", opt: parser.Options{Allow: parser.AllowBareCR}, in: "\r\rSEND\n\n\x00", want: "bare_cr@0"},
	{name: "CR at the end of input", in: "SEND\n\n\x00\r", want: "SEND@0+7 []; unexpected_eof@8"},
	{name: "CR in 1.1 is data (D5)", version: frame.V11, in: "SEND\na:b\r\n\n\x00", want: "SEND@0+12 [a=b\r]"},
	{name: "CR in a 1.0 name", version: frame.V10, in: "SEND\n\ra\r:b\n\n\x00", want: "SEND@0+13 [\ra\r=b]"},
	{name: "CR LF after a 1.1 command", version: frame.V11, in: "SEND\r\n\r\n\x00", want: `unknown_command@4 frame 0 ("SEND")`},
	{name: "CR between 1.0 frames", version: frame.V10, in: "\r\nSEND\n\n\x00", want: "unknown_command@0 (begins with the byte 0xd)"},
	{name: "CR LF in 1.1, allowed", version: frame.V11, opt: parser.Options{Allow: parser.AllowCRLF}, in: "\r\nSEND\r\na:b\r\r\n\r\n\x00", want: "beats 1@0 used crlf; SEND@2+15 [a=b\r] used crlf"},
	{name: "CR in 1.0, CR LF allowed, unknown allowed", version: frame.V10, opt: parser.Options{Allow: parser.AllowCRLF | parser.AllowUnknownCommand}, in: "\rX\n\n\x00", want: "unknown_command@0 (begins with the byte 0xd)"},
	{name: "CR LF heart-beat in 1.1, unknown allowed", version: frame.V11, opt: parser.Options{Allow: parser.AllowUnknownCommand}, in: "\r\nSEND\n\n\x00", want: "unknown_command@0 (begins with the byte 0xd)"},
	{name: "bare CR in a command, both allowed", opt: parser.Options{Allow: parser.AllowBareCR | parser.AllowUnknownCommand}, in: "X\rY\n\n\x00", want: `unknown_command@1 frame 0 ("X")`},

	// Commands (D12).
	{name: "no command", in: "BOGUS\n\n\x00", want: `unknown_command@1 frame 0 ("BOGUS")`},
	{name: "beginning of a command", in: "SEN\n\n\x00", want: `unknown_command@3 frame 0 ("SEN")`},
	{name: "more than a command", in: "SENDER\n\n\x00", want: `unknown_command@4 frame 0 ("SENDER")`},
	{name: "almost a command", in: "SEXY\n\n\x00", want: `unknown_command@2 frame 0 ("SEXY")`},
	{name: "lower case", in: "send\n\n\x00", want: `unknown_command@0 ("send")`},
	{name: "blank before", in: " SEND\n\n\x00", want: "unknown_command@0 (begins with the byte 0x20)"},
	{name: "blank after", in: "SEND \n\n\x00", want: `unknown_command@4 frame 0 ("SEND", then the byte 0x20)`},
	{name: "CR inside", in: "SE\rND\n\n\x00", want: `unknown_command@2 frame 0 ("SE")`},
	{name: "byte order mark", in: "\xef\xbb\xbfSEND\n\n\x00", want: "unknown_command@0 (begins with the byte 0xef)"},
	{name: "TLS", in: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdefgh", want: "unknown_command@0 (a TLS record: the peer speaks TLS)"},
	{name: "HTTP request", in: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", want: "unknown_command@0 (an HTTP request: GET)"},
	{name: "HTTP CONNECT", in: "CONNECT x:1 HTTP/1.1\r\n\r\n", want: "unknown_command@7 frame 0 (an HTTP request: CONNECT)"},
	{name: "HTTP response", in: "HTTP/1.1 400 Bad Request\r\n\r\n", want: "unknown_command@0 (an HTTP response)"},
	{name: "TLS, cut off", in: "\x16\x03", want: "unknown_command@0 (a TLS record: the peer speaks TLS)"},
	{name: "first byte of TLS", in: "\x16", want: "unknown_command@0 (begins with the byte 0x16)"},
	{name: "not TLS", in: "\x16\x04", want: "unknown_command@0 (begins with the byte 0x16)"},
	{name: "HTTP request, cut off", in: "GET", want: `unknown_command@0 ("GET")`},
	{name: "HTTP response, cut off", in: "HTTP/", want: "unknown_command@0 (an HTTP response)"},
	{name: "word before @", in: "ZA@", want: `unknown_command@0 ("ZA", then the byte 0x40)`},
	{name: "word before [", in: "AZ[", want: `unknown_command@1 frame 0 ("AZ", then the byte 0x5b)`},
	{name: "word before backquote", in: "Ack`", want: "unknown_command@1 frame 0 (\"Ack\", then the byte 0x60)"},
	{name: "word before {", in: "stOmp{", want: `unknown_command@0 ("stOmp", then the byte 0x7b)`},
	{name: "word with z", in: "Zz", want: "unknown_command@0"},
	{name: "word in small letters", in: "azaz", want: "unknown_command@0"},
	{name: "longer than any command", in: "UNSUBSCRIBERS", want: `unknown_command@11 frame 0 ("UNSUBSCRIBERS")`},
	{name: "longest command, CR LF", in: "UNSUBSCRIBE\r\n\r\n\x00", want: "UNSUBSCRIBE@0+16 []"},
	{name: "longest command, bare CR", in: "UNSUBSCRIBE\rx", want: "bare_cr@11 frame 0"},
	{name: "unknown, allowed", opt: parser.Options{Allow: parser.AllowUnknownCommand}, in: "x-longer-than-any:command\na:b\\c\n\nc\x00", want: `x-longer-than-any:command@0+35 [a=b:] body "c" used unknown-command`},
	{name: "backslash in an unknown command", opt: parser.Options{Allow: parser.AllowUnknownCommand}, in: "A\\q\na:b\n\n\x00", want: "A\\q@0+10 [a=b] used unknown-command"},

	// Headers.
	{name: "no colon", in: "SEND\nbad\nok:1\n\n\x00", want: "missing_colon@8 frame 0 SEND"},
	{name: "no colon, CR LF", in: "SEND\nbad\r\n\n\x00", want: "missing_colon@9 frame 0 SEND"},
	{name: "empty name", in: "SEND\n:v\n\n\x00", want: "empty_name@5 frame 0 SEND"},
	{name: "blank line missing", in: "DISCONNECT\nreceipt:77\n\x00", want: "nul_in_head@22 frame 0 DISCONNECT"},
	{name: "NUL in a name", in: "SEND\na\x00b:c\n\n\x00", want: "nul_in_head@6 frame 0 SEND"},
	{name: "NUL in a value", in: "SEND\na:b\x00c\n\n\x00", want: "nul_in_head@8 frame 0 SEND a"},
	{name: "NUL after a command", in: "SEND\x00", want: "nul_in_head@4 frame 0"},
	{name: "NUL in no command", in: "SX\x00", want: `unknown_command@1 frame 0 ("SX", then the byte 0x0)`},
	{name: "NUL in a head, allowed (D16)", opt: parser.Options{Allow: parser.AllowNULInHead}, in: "SEND\na\x00b:c\x00\n\n\x00", want: "SEND@0+14 [a\x00b=c\x00] used nul-in-head"},
	{name: "NUL between frames", in: "SEND\n\n\x00\n\x00", want: "SEND@0+7 []; beats 1@7; stray_nul@8"},
	{name: "NUL between frames, allowed", opt: parser.Options{Allow: parser.AllowNULPadding}, in: "\x00SEND\n\n\x00\x00\n\x00", want: "beats 0@0 used nul-padding; SEND@1+7 []; beats 1@8 used nul-padding"},

	// content-length (D17, D18, D9).
	{name: "no NUL after the body", in: "SEND\ncontent-length:2\n\nabX\x00", want: "missing_nul@25 frame 0 SEND"},
	{name: "NUL too soon", in: "SEND\ncontent-length:2\n\na\x00", want: "unexpected_eof@25 frame 0 SEND"},
	{name: "LF after the body", in: "SEND\ncontent-length:1\n\na\n\x00", want: "missing_nul@24 frame 0 SEND"},
	{name: "body after content-length 0", in: "SEND\ncontent-length:0\n\nx\x00", want: "missing_nul@23 frame 0 SEND"},
	{name: "content-length 0 twice", in: "SEND\ncontent-length:0\ncontent-length:0\n\n\x00", want: "SEND@0+41 [content-length=0 content-length=0]"},
	{name: "conflict with 0", in: "SEND\ncontent-length:0\ncontent-length:1\n\na\x00", want: "conflicting_length@37 frame 0 SEND content-length"},
	{name: "conflict with 0 over the limit", in: "SEND\ncontent-length:0\ncontent-length:99999999999999999999\n\n\x00", want: "conflicting_length@37 frame 0 SEND content-length"},
	{name: "conflict with 0, allowed", opt: parser.Options{Allow: parser.AllowRepeatedLength}, in: "SEND\ncontent-length:0\ncontent-length:1\n\n\x00", want: "SEND@0+41 [content-length=0 content-length=1] used repeated-length"},
	{name: "byte before 0", in: "SEND\ncontent-length:1/\n\na\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "byte after 9", in: "SEND\ncontent-length:1:\n\na\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "all digits", in: "SEND\ncontent-length:00\n\n\x00SEND\ncontent-length:9\n\n123456789\x00", want: `SEND@0+25 [content-length=00]; SEND@25+33 [content-length=9] body "123456789"`},
	{name: "minus", in: "SEND\ncontent-length:-1\n\n\x00", want: "bad_length@20 frame 0 SEND content-length"},
	{name: "plus", in: "SEND\ncontent-length:+2\n\nab\x00", want: "bad_length@20 frame 0 SEND content-length"},
	{name: "blank before", in: "SEND\ncontent-length: 2\n\nab\x00", want: "bad_length@20 frame 0 SEND content-length"},
	{name: "blank behind", in: "SEND\ncontent-length:2 \n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "letter behind", in: "SEND\ncontent-length:2x\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "hexadecimal", in: "SEND\ncontent-length:0x2\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "underscore", in: "SEND\ncontent-length:1_0\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "empty", in: "SEND\ncontent-length:\n\nab\x00", want: "bad_length@20 frame 0 SEND content-length"},
	{name: "empty, CR LF", in: "SEND\r\ncontent-length:\r\n\r\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "Arabic-Indic digits", in: "SEND\ncontent-length:\u0662\n\nab\x00", want: "bad_length@20 frame 0 SEND content-length"},
	{name: "escape", in: "SEND\ncontent-length:2\\n\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "2^31-1", in: "SEND\ncontent-length:2147483647\n\n\x00", want: "body_too_large@27 frame 0 limit 16777216 SEND content-length"},
	{name: "2^31", in: "SEND\ncontent-length:2147483648\n\n\x00", want: "body_too_large@27 frame 0 limit 16777216 SEND content-length"},
	{name: "2^32+2", in: "SEND\ncontent-length:4294967298\n\n\x00", want: "body_too_large@27 frame 0 limit 16777216 SEND content-length"},
	{name: "2^63", opt: parser.Options{Limits: parser.Limits{Body: parser.Unlimited}}, in: "SEND\ncontent-length:9223372036854775808\n\n\x00", want: "body_too_large@38 frame 0 limit 9223372036854775807 SEND content-length"},
	{name: "2^63-1", opt: parser.Options{Limits: parser.Limits{Body: parser.Unlimited}}, in: "SEND\ncontent-length:9223372036854775807\n\n\x00", want: "unexpected_eof@42 frame 0 SEND"},
	{name: "2^64+2", opt: parser.Options{Limits: parser.Limits{Body: parser.Unlimited}}, in: "SEND\ncontent-length:18446744073709551618\n\n\x00", want: "body_too_large@39 frame 0 limit 9223372036854775807 SEND content-length"},
	{name: "400 digits", in: "SEND\ncontent-length:" + strings.Repeat("9", 400) + "\n\n\x00", want: "body_too_large@27 frame 0 limit 16777216 SEND content-length"},
	{name: "400 zeros", in: "SEND\ncontent-length:" + strings.Repeat("0", 400) + "\n\n\x00", want: "SEND@0+423 [content-length=" + strings.Repeat("0", 400) + "]"},
	{name: "over the limit, then a letter", in: "SEND\ncontent-length:99999999x\n\n\x00", want: "body_too_large@27 frame 0 limit 16777216 SEND content-length"},
	{name: "loose, allowed", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length: \t+2 \n\nab\x00", want: "SEND@0+30 [content-length= \t+2 ] body \"ab\" used loose-length"},
	{name: "loose, two numbers", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length:2 2\n\nab\x00", want: "bad_length@22 frame 0 SEND content-length"},
	{name: "loose, two signs", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length:++2\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "loose, blank after the sign", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length:+ 2\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "loose, sign after the digits", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length:2+\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "loose, nothing after the sign", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length:+\n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "loose, other blank", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length:\v2\n\nab\x00", want: "bad_length@20 frame 0 SEND content-length"},
	{name: "loose, nothing", opt: parser.Options{Allow: parser.AllowLooseLength}, in: "SEND\ncontent-length: \n\nab\x00", want: "bad_length@21 frame 0 SEND content-length"},
	{name: "conflict", in: "SEND\ncontent-length:2\ncontent-length:3\n\nab\x00", want: "conflicting_length@37 frame 0 SEND content-length"},
	{name: "conflict over the limit", in: "SEND\ncontent-length:2\ncontent-length:99999999999999999999\n\nab\x00", want: "conflicting_length@37 frame 0 SEND content-length"},
	{name: "conflict, allowed", opt: parser.Options{Allow: parser.AllowRepeatedLength}, in: "SEND\ncontent-length:2\ncontent-length:99999999999999999999\ncontent-length:2\n\nab\x00", want: `SEND@0+79 [content-length=2 content-length=99999999999999999999 content-length=2] body "ab" used repeated-length`},
	{name: "repeated, no number, allowed", opt: parser.Options{Allow: parser.AllowRepeatedLength}, in: "SEND\ncontent-length:2\ncontent-length:x\n\nab\x00", want: "bad_length@37 frame 0 SEND content-length"},

	// A NUL in a counted body (D22).
	{name: "NUL in a body of MESSAGE", in: "MESSAGE\ncontent-length:2\n\n\x00a\x00", want: `MESSAGE@0+29 [content-length=2] body "\x00a"`},
	{name: "NUL in a body of ERROR", handshake: true, in: "ERROR\ncontent-length:2\n\na\x00\x00", want: `ERROR@0+27 [content-length=2] body "a\x00"`},
	{name: "NUL first in a body of BEGIN", in: "BEGIN\ncontent-length:2\n\n\x00a\x00", want: "nul_in_body@24 frame 0 BEGIN"},
	{name: "NUL last in a body of CONNECT", handshake: true, in: "CONNECT\ncontent-length:2\n\na\x00\x00", want: "nul_in_body@27 frame 0 CONNECT"},
	{name: "NUL in a body of CONNECTED", version: frame.V11, in: "CONNECTED\ncontent-length:3\n\na\x00b\x00", want: "nul_in_body@29 frame 0 CONNECTED"},
	{name: "NUL in a body of RECEIPT", version: frame.V10, in: "\nRECEIPT\ncontent-length:3\n\na\x00b\x00", want: "beats 1@0; nul_in_body@28 frame 1 RECEIPT"},
	{name: "NUL in a body of an unknown command", opt: parser.Options{Allow: parser.AllowUnknownCommand}, in: "X\ncontent-length:3\n\na\x00b\x00", want: "nul_in_body@21 frame 0"},
	{name: "NUL in a body that does not end", in: "ACK\ncontent-length:9\n\na\x00", want: "nul_in_body@23 frame 0 ACK"},
	{name: "NUL in a body that no NUL ends", in: "ACK\ncontent-length:2\n\na\x00X", want: "nul_in_body@23 frame 0 ACK"},
	{name: "NUL behind a body of ACK", in: "ACK\ncontent-length:1\n\na\x00\x00", want: `ACK@0+24 [content-length=1] body "a"; stray_nul@24`},
	{name: "NUL in a body of BEGIN, allowed", opt: parser.Options{Allow: parser.AllowNULInBody}, in: "BEGIN\ncontent-length:9\n\nSEND\n\n\x00ab\x00", want: `BEGIN@0+34 [content-length=9] body "SEND\n\n\x00ab" used nul-in-body`},
	{name: "NULs alone in a body of ACK, allowed", opt: parser.Options{Allow: parser.AllowNULInBody}, in: "ACK\ncontent-length:2\n\n\x00\x00\x00ACK\ncontent-length:1\n\na\x00", want: `ACK@0+25 [content-length=2] body "\x00\x00" used nul-in-body; ACK@25+24 [content-length=1] body "a"`},
	{name: "no NUL behind a body with one, allowed", opt: parser.Options{Allow: parser.AllowNULInBody}, in: "ACK\ncontent-length:2\n\na\x00X", want: "missing_nul@24 frame 0 ACK"},

	// The end of input.
	{name: "end in the command", in: "SEN", want: "unexpected_eof@3 frame 0"},
	{name: "end after the command", in: "SEND\n", want: "unexpected_eof@5 frame 0 SEND"},
	{name: "end after the CR of the command", in: "SEND\r", want: "unexpected_eof@5 frame 0"},
	{name: "end in a header", in: "SEND\na:b", want: "unexpected_eof@8 frame 0 SEND"},
	{name: "end after a backslash", in: "SEND\na:b\\", want: "unexpected_eof@9 frame 0 SEND"},
	{name: "end after a bad escape (D20)", in: "SEND\na:b\\x", want: "bad_escape@8 frame 0 SEND a"},
	{name: "end after a CR", in: "SEND\na:b\r", want: "unexpected_eof@9 frame 0 SEND"},
	{name: "end after a bare CR", in: "SEND\na:b\rc", want: "bare_cr@8 frame 0 SEND a"},
	{name: "end in no command", in: "SENX", want: `unknown_command@3 frame 0 ("SENX")`},
	{name: "end in a scanned body", in: "\nSEND\n\nabc", want: "beats 1@0; unexpected_eof@10 frame 1 SEND"},
	{name: "end in a counted body", in: "SEND\ncontent-length:5\n\nabc", want: "unexpected_eof@26 frame 0 SEND"},
	{name: "end before the NUL", in: "SEND\ncontent-length:3\n\nabc", want: "unexpected_eof@26 frame 0 SEND"},

	// Competing errors (D20).
	{name: "escape before no colon", in: "SEND\na:\\x\nbad\n\n\x00", want: "bad_escape@7 frame 0 SEND a"},
	{name: "length before no colon", in: "SEND\ncontent-length:x\nbad\n\n\x00", want: "bad_length@20 frame 0 SEND content-length"},
	{name: "escape before NUL in the same line", in: "SEND\na:\\x\x00", want: "bad_escape@7 frame 0 SEND a"},
	{name: "NUL before escape in the same line", in: "SEND\na:\x00\\x\n\n\x00", want: "nul_in_head@7 frame 0 SEND a"},
	{name: "too large before NUL", in: "SEND\ncontent-length:99999999\x00", want: "body_too_large@27 frame 0 limit 16777216 SEND content-length"},
}

func TestDecode(t *testing.T) {
	for _, c := range decodeCases {
		t.Run(c.name, func(t *testing.T) {
			o := c.opt
			o.Version = c.version
			if c.version == frame.Unnegotiated && !c.handshake {
				o.Version = frame.V12
			}
			checkReading(t, o, c.in, c.want)
		})
	}
}
