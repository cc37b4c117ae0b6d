package fuzz

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

const (
	un  = frame.Unnegotiated
	v10 = frame.V10
	v11 = frame.V11
	v12 = frame.V12
)

func mk(c frame.Command, body string, nameValue ...string) frame.Frame {
	return frame.Frame{Command: c, Headers: headers.Pairs(nameValue...), Body: []byte(body)}
}

func frames(f ...frame.Frame) []frame.Frame { return f }

// The expectations of these rows are worked out by hand from the
// specifications and docs/decisions.md. In an input § stands before the byte
// that proves the error and ¶ before the frame with the error; without ¶ that
// is the start of the input.
type oracleRow struct {
	name    string
	version frame.Version
	limits  parser.Limits
	allow   parser.Allow
	input   string

	frames  []frame.Frame
	open    *frame.Frame // nil: the error is not in a body
	used    parser.Allow // of all frames and gaps
	beats   int64
	kind    parser.ErrorKind // 0: no error, and the input ends between frames
	atEnd   bool             // the error is known only when the input ends
	limit   int64
	command frame.Command
	header  string
}

func TestOracle(t *testing.T) {
	seen := map[string]string{}
	for _, row := range oracleRows {
		t.Run(row.name, func(t *testing.T) {
			key := fmt.Sprint(row.version, row.limits, uint32(row.allow), row.input)
			if seen[row.name] != "" || seen[key] != "" {
				t.Fatalf("repeats row %q", seen[row.name]+seen[key])
			}
			seen[row.name], seen[key] = row.name, row.name

			input, want := marked(row)
			got := Oracle([]byte(input), parser.Options{Version: row.version, Limits: row.limits, Allow: row.allow})
			if len(got.Frames) != len(row.frames) {
				t.Fatalf("%d frames, want %d; error %v", len(got.Frames), len(row.frames), got.End)
			}
			used := parser.Allow(0)
			for i, l := range got.Frames {
				if err := DiffFrames(&l.Frame, &row.frames[i]); err != nil {
					t.Errorf("frame %d: got %v", i, err)
				}
				used |= l.Used
			}
			switch {
			case (got.Open == nil) != (row.open == nil):
				t.Errorf("open frame %v, want %v", got.Open, row.open)
			case row.open != nil:
				if err := DiffFrames(&got.Open.Frame, row.open); err != nil {
					t.Errorf("open frame: got %v", err)
				}
				used |= got.Open.Used
			}
			for _, g := range got.Gaps {
				used |= g.Used
			}
			if used != row.used {
				t.Errorf("used %q, want %q", used, row.used)
			}
			if n := got.heartBeats(); n != row.beats {
				t.Errorf("%d heart-beats, want %d", n, row.beats)
			}
			if err := diffErrors(got.End, want); err != nil {
				t.Errorf("at the end: got %v", err)
			}
			if row.atEnd {
				want = nil
			}
			if err := diffErrors(got.Err, want); err != nil {
				t.Errorf("got %v", err)
			}
			if want == nil && row.kind == 0 && got.taken() != int64(len(input)) {
				t.Errorf("took %d of %d bytes", got.taken(), len(input))
			}
		})
	}
}

// The parser reads the rows as the oracle does, cut anywhere in two.
func TestOracleRowsInParser(t *testing.T) {
	for _, row := range oracleRows {
		input, _ := marked(row)
		o := parser.Options{Version: row.version, Limits: row.limits, Allow: row.allow}
		cuts := len(input)
		if cuts > 1000 {
			cuts = 10
		}
		for at := range cuts + 1 {
			if err := checkEvents(Cut([]byte(input), []int{at}), o); err != nil {
				t.Errorf("%s: cut at %d: %v", row.name, at, err)
				break
			}
		}
		if err := checkEvents(ByteByByte([]byte(input)), o); err != nil {
			t.Errorf("%s: byte by byte: %v", row.name, err)
		}
	}
}

// marked takes the marks out of the input of a row, and returns the error that
// they stand for.
func marked(row oracleRow) (string, *parser.Error) {
	input := row.input
	if row.kind == 0 {
		return input, nil
	}
	begin := max(strings.Index(input, "¶"), 0)
	input = strings.Replace(input, "¶", "", 1)
	at := strings.Index(input, "§")
	input = strings.Replace(input, "§", "", 1)
	return input, &parser.Error{
		Kind: row.kind, Offset: int64(at), Frame: int64(begin),
		Limit: row.limit, Command: row.command, Header: row.header,
	}
}

func opened(f frame.Frame) *frame.Frame { return &f }

func limitsOf(line, count, head int, body int64) parser.Limits {
	return parser.Limits{HeaderLine: line, Headers: count, Head: head, Body: body}
}

var oracleRows = []oracleRow{
	// The empty input, frames and heart-beats.
	{name: "nothing", version: v12, input: ""},
	{name: "one frame", version: v12, input: "SEND\nfoo:bar\n\nhello\x00", frames: frames(mk("SEND", "hello", "foo", "bar"))},
	{name: "two frames with end of lines around", version: v12, input: "\n\nACK\n\n\x00\n\r\nNACK\n\n\x00\n", beats: 5,
		frames: frames(mk("ACK", ""), mk("NACK", ""))},
	{name: "CR LF everywhere in 1.2", version: v12, input: "ACK\r\na:b\r\n\r\n\x00\r\n", beats: 1, frames: frames(mk("ACK", "", "a", "b"))},
	{name: "CR LF before negotiation", version: un, input: "\r\nCONNECT\r\na:b\r\n\r\n\x00", beats: 1, frames: frames(mk("CONNECT", "", "a", "b"))},
	{name: "heart-beats of both kinds then a frame", version: v12, input: "\n\r\n\nMESSAGE\n\n\x00", beats: 3, frames: frames(mk("MESSAGE", ""))},
	{name: "two CR LF", version: v12, input: "\r\n\r\n", beats: 2},
	{name: "all commands", version: v12,
		input: "CONNECT\n\n\x00STOMP\n\n\x00SEND\n\n\x00SUBSCRIBE\n\n\x00UNSUBSCRIBE\n\n\x00BEGIN\n\n\x00COMMIT\n\n\x00ABORT\n\n\x00ACK\n\n\x00NACK\n\n\x00" +
			"DISCONNECT\n\n\x00CONNECTED\n\n\x00MESSAGE\n\n\x00RECEIPT\n\n\x00ERROR\n\n\x00",
		frames: frames(mk("CONNECT", ""), mk("STOMP", ""), mk("SEND", ""), mk("SUBSCRIBE", ""), mk("UNSUBSCRIBE", ""), mk("BEGIN", ""), mk("COMMIT", ""),
			mk("ABORT", ""), mk("ACK", ""), mk("NACK", ""), mk("DISCONNECT", ""), mk("CONNECTED", ""), mk("MESSAGE", ""), mk("RECEIPT", ""), mk("ERROR", ""))},

	// Escapes (wire-facts of decoders that break).
	{name: "escaped backslash before n", version: v12, input: `SEND` + "\n" + `a:C:\\new` + "\n\n\x00", frames: frames(mk("SEND", "", "a", `C:\new`))},
	{name: "undefined escape", version: v12, input: "SEND\nfoo:a§\\tb\n", kind: parser.BadEscape, command: "SEND", header: "foo"},
	{name: "undefined escape, line not ended", version: v12, input: "SEND\nfoo:a§\\t", kind: parser.BadEscape, atEnd: true, command: "SEND", header: "foo"},
	{name: "truncated escape", version: v12, input: "SEND\nfoo:a§\\\n", kind: parser.BadEscape, command: "SEND", header: "foo"},
	{name: "truncated escape before CR LF", version: v12, input: "SEND\nfoo:a§\\\r\n", kind: parser.BadEscape, command: "SEND", header: "foo"},
	{name: "truncated escape before the CR alone", version: v12, input: "SEND\nfoo:a§\\\r", kind: parser.BadEscape, atEnd: true, command: "SEND", header: "foo"},
	{name: "backslash at the end of input", version: v12, input: "SEND\nfoo:a\\§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "truncated escape in a name", version: v12, input: "SEND\nfo§\\:a\n", kind: parser.BadEscape, command: "SEND"},
	{name: "bad escape in a line without colon", version: v12, input: "SEND\nfo§\\to\n", kind: parser.BadEscape, command: "SEND"},
	{name: "all escapes of 1.2", version: v12, input: "SEND\n\\n\\c:\\\\\\r\\n\\c\n\n\x00", frames: frames(mk("SEND", "", "\n:", "\\\r\n:"))},
	{name: "all escapes of 1.1", version: v11, input: "SEND\n\\n:\\\\\\n\\c\n\n\x00", frames: frames(mk("SEND", "", "\n", "\\\n:"))},
	{name: "escaped CR in 1.1", version: v11, input: "SEND\na:§\\r\n", kind: parser.BadEscape, command: "SEND", header: "a"},
	{name: "escaped CR in 1.1 allowed", version: v11, allow: parser.AllowEscapedCR, input: "SEND\na:\\r\n\n\x00",
		frames: frames(mk("SEND", "", "a", "\r")), used: parser.AllowEscapedCR},
	{name: "escaped CR in 1.2 uses nothing", version: v12, allow: parser.AllowEscapedCR, input: "SEND\na:\\r\n\n\x00", frames: frames(mk("SEND", "", "a", "\r"))},
	{name: "escapes are literal in CONNECT", version: v12, input: "CONNECT\npasscode:a\\cb\n\n\x00", frames: frames(mk("CONNECT", "", "passcode", `a\cb`))},
	{name: "escapes are literal in STOMP", version: v12, input: "STOMP\npasscode:a\\tb\\\n\n\x00", frames: frames(mk("STOMP", "", "passcode", `a\tb\`))},
	{name: "escapes are literal in CONNECTED", version: v11, input: "CONNECTED\nserver:a\\cb\n\n\x00", frames: frames(mk("CONNECTED", "", "server", `a\cb`))},
	{name: "escapes are literal in 1.0", version: v10, input: "SEND\na:x\\ny\n\n\x00", frames: frames(mk("SEND", "", "a", `x\ny`))},
	{name: "escapes are literal in an early ERROR", version: un, input: "ERROR\na:x\\ny\n\n\x00", frames: frames(mk("ERROR", "", "a", `x\ny`))},
	{name: "escapes count in a later ERROR", version: v12, input: "ERROR\na:x\\ny\n\n\x00", frames: frames(mk("ERROR", "", "a", "x\ny"))},
	{name: "undefined escapes allowed", version: v12, allow: parser.AllowUndefinedEscapes, input: `SEND` + "\n" + `a\:b\\t\t\n\` + "\n\n\x00",
		frames: frames(mk("SEND", "", `a\`, `b\t\t`+"\n"+`\`)), used: parser.AllowUndefinedEscapes},
	{name: "undefined escapes keep the escaped CR of 1.1", version: v11, allow: parser.AllowUndefinedEscapes, input: "SEND\na:\\r\n\n\x00",
		frames: frames(mk("SEND", "", "a", `\r`)), used: parser.AllowUndefinedEscapes},
	{name: "an escape in a body is none", version: v12, input: "SEND\n\na\\tb\x00", frames: frames(mk("SEND", `a\tb`))},

	// Header lines.
	{name: "colons in a value", version: v12, input: "CONNECTED\nsession:ID:host-1:2\n\n\x00", frames: frames(mk("CONNECTED", "", "session", "ID:host-1:2"))},
	{name: "four byte character", version: v12, input: "SEND\nk:a\U0001F600b\n\n\x00", frames: frames(mk("SEND", "", "k", "a\U0001F600b"))},
	{name: "invalid UTF-8 passes", version: v12, input: "SEND\nk\xff:\xc3\n\n\x00", frames: frames(mk("SEND", "", "k\xff", "\xc3"))},
	{name: "names of other languages", version: v12, input: "SEND\nhasOwnProperty:1\n__proto__:b\n\n\x00", frames: frames(mk("SEND", "", "hasOwnProperty", "1", "__proto__", "b"))},
	{name: "blanks kept", version: v12, input: "SEND\n foo :  a  \n\n\x00", frames: frames(mk("SEND", "", " foo ", "  a  "))},
	{name: "repeats kept", version: v12, input: "SEND\na:1\na:2\na:\n\n\x00", frames: frames(mk("SEND", "", "a", "1", "a", "2", "a", ""))},
	{name: "no colon", version: v12, input: "SEND\nbad§\nok:1\n\n\x00", kind: parser.MissingColon, command: "SEND"},
	{name: "no colon before CR LF", version: v12, input: "SEND\nbad\r§\n", kind: parser.MissingColon, command: "SEND"},
	{name: "no colon, a CR as data", version: v11, input: "SEND\nbad\r§\n", kind: parser.MissingColon, command: "SEND"},
	{name: "no colon in the second frame", version: v12, input: "ACK\n\n\x00\n¶SEND\nbad§\n", frames: frames(mk("ACK", "")), beats: 1, kind: parser.MissingColon, command: "SEND"},
	{name: "empty name", version: v12, input: "SEND\n§:v\n\n\x00", kind: parser.EmptyName, command: "SEND"},
	{name: "empty name at the end of input", version: v12, input: "SEND\n§:v", kind: parser.EmptyName, atEnd: true, command: "SEND"},
	{name: "bare CR", version: v12, input: "SEND\nfoo:a§\rb\n\n\x00", kind: parser.BareCR, command: "SEND", header: "foo"},
	{name: "bare CR before CR LF", version: v12, input: "SEND\nfoo:a§\r\r\n", kind: parser.BareCR, command: "SEND", header: "foo"},
	{name: "bare CR in a name", version: v12, input: "SEND\nf§\roo:a\n", kind: parser.BareCR, command: "SEND"},
	{name: "bare CR for the blank line", version: v12, input: "SEND\n§\rx\n", kind: parser.BareCR, command: "SEND"},
	{name: "CR at the end of input", version: v12, input: "SEND\nfoo:a\r§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "bare CR in a handshake", version: un, input: "CONNECT\nfoo:a§\rb\n", kind: parser.BareCR, command: "CONNECT", header: "foo"},
	{name: "bare CR allowed", version: v12, allow: parser.AllowBareCR, input: "SEND\nf\roo:a\r\r\n\r\n\x00", frames: frames(mk("SEND", "", "f\roo", "a\r")), used: parser.AllowBareCR},
	{name: "bare CR allowed is not for gaps", version: v12, allow: parser.AllowBareCR, input: "¶§\rx", kind: parser.BareCR},
	{name: "CR is data in 1.0", version: v10, input: "SEND\nf\roo:a\r\n\n\x00", frames: frames(mk("SEND", "", "f\roo", "a\r"))},
	{name: "CR is data in 1.1", version: v11, input: "SEND\nf\roo:a\r\n\n\x00", frames: frames(mk("SEND", "", "f\roo", "a\r"))},
	{name: "CR LF allowed in 1.1", version: v11, allow: parser.AllowCRLF, input: "\r\nSEND\r\nf\roo:a\r\r\n\r\n\x00", beats: 1,
		frames: frames(mk("SEND", "", "f\roo", "a\r")), used: parser.AllowCRLF},
	{name: "CR LF in a command of 1.0", version: v10, input: "SEND§\r\n", kind: parser.UnknownCommand},
	{name: "CR between frames of 1.0", version: v10, input: "\n¶§\r\n", beats: 1, kind: parser.UnknownCommand},
	{name: "CR LF allowed, another CR begins a frame", version: v10, allow: parser.AllowCRLF, input: "\n¶§\rA\n", beats: 1, kind: parser.UnknownCommand},
	{name: "CR LF allowed, CR at the end of input", version: v10, allow: parser.AllowCRLF, input: "\r¶§", kind: parser.UnexpectedEOF, atEnd: true},
	{name: "CR between frames at the end of input", version: v12, input: "\n\r¶§", beats: 1, kind: parser.UnexpectedEOF, atEnd: true},
	{name: "CR between frames", version: v12, input: "\n¶§\r\r\n", beats: 1, kind: parser.BareCR},

	// Commands.
	{name: "BOGUS", version: v12, input: "B§OGUS\n", kind: parser.UnknownCommand},
	{name: "SEXY", version: v12, input: "SE§XY\n\n\x00", kind: parser.UnknownCommand},
	{name: "send", version: v12, input: "§send\n", kind: parser.UnknownCommand},
	{name: "blank before", version: v12, input: "§ SEND\n", kind: parser.UnknownCommand},
	{name: "blank after", version: v12, input: "SEND§ \n", kind: parser.UnknownCommand},
	{name: "CR inside", version: v12, input: "SE§\rND\n", kind: parser.UnknownCommand},
	{name: "CR after", version: v12, input: "SEND§\rx\n", kind: parser.BareCR},
	{name: "CR after, allowed", version: v12, allow: parser.AllowBareCR, input: "SEND§\rx\n", kind: parser.UnknownCommand},
	{name: "too short", version: v12, input: "SEN§\n", kind: parser.UnknownCommand},
	{name: "too short before CR LF", version: v12, input: "SEN§\r\n", kind: parser.UnknownCommand},
	{name: "prefix of a command at the end of input", version: v12, input: "SEN§", kind: parser.UnexpectedEOF, atEnd: true},
	{name: "command at the end of input", version: v12, input: "SEND\r§", kind: parser.UnexpectedEOF, atEnd: true},
	{name: "wrong before the end of the line", version: v12, input: "SEN§X", kind: parser.UnknownCommand, atEnd: true},
	{name: "twelve bytes", version: v12, input: "S§XXXXXXXXXXX", kind: parser.UnknownCommand, atEnd: true},
	{name: "thirteen bytes", version: v12, input: "S§XXXXXXXXXXXX", kind: parser.UnknownCommand},
	{name: "longest command and CR LF", version: v12, input: "UNSUBSCRIBE\r\n\n\x00", frames: frames(mk("UNSUBSCRIBE", ""))},
	{name: "longest command and more", version: v12, input: "UNSUBSCRIBE§\r\r", kind: parser.BareCR},
	{name: "longest command and two bytes", version: v12, input: "UNSUBSCRIBE§12", kind: parser.UnknownCommand},
	{name: "byte order mark", version: v12, input: "§\xef\xbb\xbfSEND\n", kind: parser.UnknownCommand},
	{name: "TLS", version: un, input: "§\x16\x03\x01\x00", kind: parser.UnknownCommand},
	{name: "HTTP", version: un, input: "§GET / HTTP/1.1\r\n", kind: parser.UnknownCommand},
	{name: "not negotiated", version: un, input: "§SEND\n", kind: parser.NotNegotiated, command: "SEND"},
	{name: "not negotiated with CR LF", version: un, input: "\n¶§MESSAGE\r\n", beats: 1, kind: parser.NotNegotiated, command: "MESSAGE"},
	{name: "perhaps not negotiated", version: un, input: "SEND§", kind: parser.UnexpectedEOF, atEnd: true},
	{name: "handshake", version: un, input: "CONNECT\n\n\x00STOMP\n\n\x00CONNECTED\n\n\x00ERROR\n\nx\x00",
		frames: frames(mk("CONNECT", ""), mk("STOMP", ""), mk("CONNECTED", ""), mk("ERROR", "x"))},
	{name: "unknown command allowed", version: v12, allow: parser.AllowUnknownCommand, input: "a command that is long\r\na:\\n\n\nx\x00",
		frames: frames(mk("a command that is long", "x", "a", "\n")), used: parser.AllowUnknownCommand},
	{name: "unknown command allowed, but not during the handshake", version: un, allow: parser.AllowUnknownCommand, input: "B§OO\n", kind: parser.UnknownCommand},
	{name: "unknown command allowed, bare CR", version: v12, allow: parser.AllowUnknownCommand, input: "SE§\rND\n", kind: parser.BareCR},
	{name: "unknown command and bare CR allowed", version: v12, allow: parser.AllowUnknownCommand | parser.AllowBareCR, input: "SE§\rND\n", kind: parser.UnknownCommand},
	{name: "unknown command allowed, CR as data", version: v11, allow: parser.AllowUnknownCommand, input: "¶HI§\r\n", kind: parser.UnknownCommand},
	{name: "unknown command and CR LF allowed", version: v11, allow: parser.AllowUnknownCommand | parser.AllowCRLF, input: "HI\r\n\n\x00",
		frames: frames(mk("HI", "")), used: parser.AllowUnknownCommand | parser.AllowCRLF},
	{name: "unknown command and CR LF allowed, two CR", version: v11, allow: parser.AllowUnknownCommand | parser.AllowCRLF, input: "HI§\r\r\n", kind: parser.UnknownCommand},
	{name: "unknown command and CR LF allowed, perhaps CR LF", version: v11, allow: parser.AllowUnknownCommand | parser.AllowCRLF, input: "HI\r§", kind: parser.UnexpectedEOF, atEnd: true},
	{name: "unknown command allowed, CR at the end of input", version: v11, allow: parser.AllowUnknownCommand, input: "HI§\r", kind: parser.UnknownCommand, atEnd: true},
	{name: "unknown command allowed, CR between frames", version: v11, allow: parser.AllowUnknownCommand, input: "\n¶§\r\n", beats: 1, kind: parser.UnknownCommand},
	{name: "unknown command and NUL allowed", version: v11, allow: parser.AllowUnknownCommand | parser.AllowNULInHead, input: "A\x00B\n\n\x00",
		frames: frames(mk("A\x00B", "")), used: parser.AllowUnknownCommand | parser.AllowNULInHead},
	{name: "unknown command, an error in its header", version: v11, allow: parser.AllowUnknownCommand, input: "HI\nab§\n", kind: parser.MissingColon},

	// NUL.
	{name: "no blank line, as printed in the specification", version: v12, input: "DISCONNECT\nreceipt:77\n§\x00", kind: parser.NULInHead, command: "DISCONNECT"},
	{name: "NUL in a value", version: v12, input: "SEND\na:b§\x00", kind: parser.NULInHead, command: "SEND", header: "a"},
	{name: "NUL in a name", version: v12, input: "SEND\na§\x00:b\n", kind: parser.NULInHead, command: "SEND"},
	{name: "NUL in a command", version: v12, input: "SEN§\x00D\n", kind: parser.NULInHead},
	{name: "NUL after a command", version: v12, input: "SEND§\x00\n", kind: parser.NULInHead},
	{name: "NUL after a command that is none", version: v12, input: "SE§X\x00\n", kind: parser.UnknownCommand},
	{name: "NUL after a CR", version: v12, input: "SEND§\r\x00\n", kind: parser.BareCR},
	{name: "NUL after a bad escape", version: v12, input: "SEND\na:§\\t\x00", kind: parser.BadEscape, command: "SEND", header: "a"},
	{name: "NUL after a backslash", version: v12, input: "SEND\na:§\\\x00", kind: parser.BadEscape, command: "SEND", header: "a"},
	{name: "NUL in a line without colon", version: v12, input: "SEND\nab§\x00\n", kind: parser.NULInHead, command: "SEND"},
	{name: "NUL after a name that is empty", version: v12, input: "SEND\n§:b\x00", kind: parser.EmptyName, command: "SEND"},
	{name: "NUL in a head allowed", version: v12, allow: parser.AllowNULInHead, input: "SEND\n\x00a:b\x00\n\n\x00", frames: frames(mk("SEND", "", "\x00a", "b\x00")), used: parser.AllowNULInHead},
	{name: "NUL in a head allowed, an undefined escape all the same", version: v12, allow: parser.AllowNULInHead, input: "SEND\na:§\\\x00\n", kind: parser.BadEscape, command: "SEND", header: "a"},
	{name: "NUL in a head allowed, no command", version: v12, allow: parser.AllowNULInHead, input: "SEN§\x00D\n", kind: parser.UnknownCommand},
	{name: "NUL between frames", version: v12, input: "ACK\n\n\x00\n¶§\x00", frames: frames(mk("ACK", "")), beats: 1, kind: parser.StrayNUL},
	{name: "NUL first", version: un, input: "¶§\x00", kind: parser.StrayNUL},
	{name: "NUL between frames allowed", version: v12, allow: parser.AllowNULPadding, input: "\x00ACK\n\n\x00\x00\n\x00", frames: frames(mk("ACK", "")), beats: 1, used: parser.AllowNULPadding},

	// content-length.
	{name: "length", version: v12, input: "SEND\ncontent-length:3\n\n\x00ab\x00", frames: frames(mk("SEND", "\x00ab", "content-length", "3"))},
	{name: "length on MESSAGE", version: v10, input: "MESSAGE\ncontent-length:3\n\n\x00ab\x00", frames: frames(mk("MESSAGE", "\x00ab", "content-length", "3"))},
	{name: "length on ERROR", version: un, input: "ERROR\ncontent-length:3\n\n\x00ab\x00", frames: frames(mk("ERROR", "\x00ab", "content-length", "3"))},
	{name: "length on ACK", version: v12, input: "ACK\ncontent-length:3\n\nabc\x00", frames: frames(mk("ACK", "abc", "content-length", "3"))},
	{name: "length on ACK and a NUL", version: v12, input: "\n¶ACK\ncontent-length:3\n\na§\x00b\x00", beats: 1, kind: parser.NULInBody, command: "ACK", open: opened(mk("ACK", "a", "content-length", "3"))},
	{name: "length on ACK and a NUL too soon", version: v11, input: "ACK\ncontent-length:3\n\n§\x00", kind: parser.NULInBody, command: "ACK", open: opened(mk("ACK", "", "content-length", "3"))},
	{name: "length on CONNECT and a NUL", version: un, input: "CONNECT\ncontent-length:1\n\n§\x00\x00", kind: parser.NULInBody, command: "CONNECT", open: opened(mk("CONNECT", "", "content-length", "1"))},
	{name: "length on CONNECTED and a NUL", version: un, input: "CONNECTED\ncontent-length:1\n\n§\x00\x00", kind: parser.NULInBody, command: "CONNECTED", open: opened(mk("CONNECTED", "", "content-length", "1"))},
	{name: "length on RECEIPT and a NUL", version: v10, input: "RECEIPT\ncontent-length:1\n\n§\x00\x00", kind: parser.NULInBody, command: "RECEIPT", open: opened(mk("RECEIPT", "", "content-length", "1"))},
	{name: "length on an unknown command and a NUL", version: v12, allow: parser.AllowUnknownCommand, input: "X\ncontent-length:1\n\n§\x00\x00",
		kind: parser.NULInBody, open: opened(mk("X", "", "content-length", "1")), used: parser.AllowUnknownCommand},
	{name: "length on ACK and a NUL, allowed", version: v12, allow: parser.AllowNULInBody, input: "ACK\ncontent-length:3\n\na\x00b\x00",
		frames: frames(mk("ACK", "a\x00b", "content-length", "3")), used: parser.AllowNULInBody},
	{name: "length on ACK and a NUL, allowed, too short", version: v12, allow: parser.AllowNULInBody, input: "ACK\ncontent-length:3\n\na\x00§",
		kind: parser.UnexpectedEOF, atEnd: true, command: "ACK", open: opened(mk("ACK", "a\x00", "content-length", "3")), used: parser.AllowNULInBody},
	{name: "length on ACK and a NUL, allowed, no NUL behind", version: v12, allow: parser.AllowNULInBody, input: "ACK\ncontent-length:1\n\n\x00§x",
		kind: parser.MissingNUL, command: "ACK", open: opened(mk("ACK", "\x00", "content-length", "1")), used: parser.AllowNULInBody},
	{name: "length 0", version: v12, input: "SEND\ncontent-length:0\n\n\x00", frames: frames(mk("SEND", "", "content-length", "0"))},
	{name: "leading zeros", version: v12, input: "SEND\ncontent-length:0002\n\nab\x00", frames: frames(mk("SEND", "ab", "content-length", "0002"))},
	{name: "a frame inside a body", version: v12, input: "BEGIN\ncontent-length:24\n\nSEND\ndestination:/q\n\nhi§\x00\x00", kind: parser.NULInBody, command: "BEGIN", open: opened(mk("BEGIN", "SEND\ndestination:/q\n\nhi", "content-length", "24"))},
	{name: "no NUL after the body", version: v12, input: "SEND\ncontent-length:2\n\nab§X\x00", kind: parser.MissingNUL, command: "SEND", open: opened(mk("SEND", "ab", "content-length", "2"))},
	{name: "body cut off", version: v12, input: "SEND\ncontent-length:2\n\na§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND", open: opened(mk("SEND", "a", "content-length", "2"))},
	{name: "NUL cut off", version: v12, input: "SEND\ncontent-length:2\n\nab§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND", open: opened(mk("SEND", "ab", "content-length", "2"))},
	{name: "scanned body cut off", version: v12, input: "SEND\n\nab§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND", open: opened(mk("SEND", "ab"))},
	{name: "head cut off", version: v12, input: "SEND\na:b\n§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "length -1", version: v12, input: "SEND\ncontent-length:§-1\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length +2", version: v12, input: "SEND\ncontent-length:§+2\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length, blank before", version: v12, input: "SEND\ncontent-length:§ 2\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length, blank after", version: v12, input: "SEND\ncontent-length:2§ \n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length 2x", version: v12, input: "SEND\ncontent-length:2§x\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length 0x2", version: v12, input: "SEND\ncontent-length:0§x2\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length 1_0", version: v12, input: "SEND\ncontent-length:1§_0\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length empty", version: v12, input: "SEND\ncontent-length:§\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length empty before CR LF", version: v12, input: "SEND\ncontent-length:§\r\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length perhaps empty", version: v12, input: "SEND\ncontent-length:\r§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "length with a CR as data", version: v11, input: "SEND\ncontent-length:2§\r\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length with a bare CR", version: v12, input: "SEND\ncontent-length:2§\r2\n", kind: parser.BareCR, command: "SEND", header: "content-length"},
	{name: "length with a bare CR allowed", version: v12, allow: parser.AllowBareCR, input: "SEND\ncontent-length:2§\r2\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length with a backslash", version: v12, input: "SEND\ncontent-length:2§\\t\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length of Arabic-Indic digits", version: v12, input: "SEND\ncontent-length:§\u0662\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "length 2^31-1", version: v12, input: "SEND\ncontent-length:2147483§647\n", kind: parser.BodyTooLarge, limit: 16 << 20, command: "SEND", header: "content-length"},
	{name: "length 2^32+2", version: v12, input: "SEND\ncontent-length:4294967§298\n", kind: parser.BodyTooLarge, limit: 16 << 20, command: "SEND", header: "content-length"},
	{name: "length 2^64+2", version: v12, input: "SEND\ncontent-length:1844674§4073709551618\n", kind: parser.BodyTooLarge, limit: 16 << 20, command: "SEND", header: "content-length"},
	{name: "length of 400 digits", version: v12, input: "SEND\ncontent-length:11111111§" + strings.Repeat("1", 392) + "\n", kind: parser.BodyTooLarge, limit: 16 << 20, command: "SEND", header: "content-length"},
	{name: "length 2^63-1 without limit", version: v12, limits: limitsOf(0, 0, 0, parser.Unlimited), input: "SEND\ncontent-length:9223372036854775807\n\nx§",
		kind: parser.UnexpectedEOF, atEnd: true, command: "SEND", open: opened(mk("SEND", "x", "content-length", "9223372036854775807"))},
	{name: "length 2^63 without limit", version: v12, limits: limitsOf(0, 0, 0, parser.Unlimited), input: "SEND\ncontent-length:922337203685477580§8\n",
		kind: parser.BodyTooLarge, limit: 1<<63 - 1, command: "SEND", header: "content-length"},
	{name: "not a content-length", version: v12, input: "SEND\ncontent-length :5\nContent-Length:5\nx-content-length:5\n content-length:5\n\n\x00",
		frames: frames(mk("SEND", "", "content-length ", "5", "Content-Length", "5", "x-content-length", "5", " content-length", "5"))},
	{name: "length on any command", version: v10, input: "CONNECT\ncontent-length:1\n\n\n\x00", frames: frames(mk("CONNECT", "\n", "content-length", "1"))},
	{name: "length in another case of letters, kept undefined escape", version: v12, allow: parser.AllowUndefinedEscapes, input: "SEND\ncontent\\-length:5\n\n\x00",
		frames: frames(mk("SEND", "", `content\-length`, "5")), used: parser.AllowUndefinedEscapes},
	{name: "equal lengths", version: v12, input: "SEND\ncontent-length:1\ncontent-length:01\n\na\x00", frames: frames(mk("SEND", "a", "content-length", "1", "content-length", "01"))},
	{name: "conflicting lengths", version: v12, input: "SEND\ncontent-length:1\ncontent-length:§2\n", kind: parser.ConflictingLength, command: "SEND", header: "content-length"},
	{name: "conflicting length not ended", version: v12, input: "SEND\ncontent-length:1\ncontent-length:2§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "second length before NUL", version: v12, input: "SEND\ncontent-length:1\ncontent-length:2§\x00", kind: parser.NULInHead, command: "SEND", header: "content-length"},
	{name: "second length no number", version: v12, input: "SEND\ncontent-length:1\ncontent-length:2§x\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "second length over the limit", version: v12, limits: limitsOf(0, 0, 0, 5), input: "SEND\ncontent-length:1\ncontent-length:§18446744073709551617\n",
		kind: parser.ConflictingLength, command: "SEND", header: "content-length"},
	{name: "repeated length allowed", version: v12, allow: parser.AllowRepeatedLength, limits: limitsOf(0, 0, 0, 5),
		input:  "SEND\ncontent-length:1\ncontent-length:18446744073709551617\ncontent-length:1\n\na\x00",
		frames: frames(mk("SEND", "a", "content-length", "1", "content-length", "18446744073709551617", "content-length", "1")), used: parser.AllowRepeatedLength},
	{name: "repeated length allowed, but a number", version: v12, allow: parser.AllowRepeatedLength, input: "SEND\ncontent-length:1\ncontent-length:§-\n",
		kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "equal lengths use nothing", version: v12, allow: parser.AllowAll, input: "SEND\ncontent-length:1\ncontent-length:1\n\na\x00",
		frames: frames(mk("SEND", "a", "content-length", "1", "content-length", "1"))},
	{name: "loose length", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length: \t+2 \t\n\nab\x00",
		frames: frames(mk("SEND", "ab", "content-length", " \t+2 \t")), used: parser.AllowLooseLength},
	{name: "loose length, two plus signs", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length:+§+2\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "loose length, blank after the plus sign", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length:+§ 2\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "loose length, blank inside", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length:1 §2\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "loose length, only blanks", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length:  §\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "loose length, only blanks before CR LF", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length:  §\r\n", kind: parser.BadLength, command: "SEND", header: "content-length"},
	{name: "loose second length", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length:2\ncontent-length: 2\n\nab\x00",
		frames: frames(mk("SEND", "ab", "content-length", "2", "content-length", " 2")), used: parser.AllowLooseLength},
	{name: "loose second length that conflicts", version: v12, allow: parser.AllowLooseLength, input: "SEND\ncontent-length:2\ncontent-length:§ 3\n", kind: parser.ConflictingLength, command: "SEND", header: "content-length"},

	// Limits: L-1, L and L+1.
	{name: "line L-1", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\na:bc\n\n\x00", frames: frames(mk("SEND", "", "a", "bc"))},
	{name: "line L", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\na:bcd\n\n\x00", frames: frames(mk("SEND", "", "a", "bcd"))},
	{name: "line L+1", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\na:bcd§e", kind: parser.LineTooLong, limit: 5, command: "SEND", header: "a"},
	{name: "line L with CR", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\r\na:bc\r\n\r\n\x00", frames: frames(mk("SEND", "", "a", "bc"))},
	{name: "line L+1 with CR", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\na:bcd§\r", kind: parser.LineTooLong, limit: 5, command: "SEND", header: "a"},
	{name: "line L+1 without colon", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\nabcde§f", kind: parser.LineTooLong, limit: 5, command: "SEND"},
	{name: "line L+1 in a name", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\nabcde§:", kind: parser.LineTooLong, limit: 5, command: "SEND"},
	{name: "line L+1 after a bad escape", version: v12, limits: limitsOf(5, 0, 0, 0), input: "SEND\na:bc§\\t", kind: parser.BadEscape, command: "SEND", header: "a"},
	{name: "line L+1 in a command", version: v12, limits: limitsOf(3, 0, 0, 0), input: "SEN§D", kind: parser.LineTooLong, limit: 3},
	{name: "line L+1 and NUL", version: v12, limits: limitsOf(3, 0, 0, 0), input: "SEN§\x00", kind: parser.LineTooLong, limit: 3},
	{name: "no line at all", version: v12, limits: limitsOf(parser.None, 0, 0, 0), input: "\n¶§A", beats: 1, kind: parser.LineTooLong},
	{name: "line L of the default", version: v12, input: "SEND\na:" + strings.Repeat("b", 8190) + "\n\n\x00", frames: frames(mk("SEND", "", "a", strings.Repeat("b", 8190)))},
	{name: "line L+1 of the default", version: v12, input: "SEND\na:" + strings.Repeat("b", 8190) + "§b", kind: parser.LineTooLong, limit: 8192, command: "SEND", header: "a"},
	{name: "headers L-1", version: v12, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\n\n\x00", frames: frames(mk("SEND", "", "a", ""))},
	{name: "headers L", version: v12, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\na:\n\n\x00", frames: frames(mk("SEND", "", "a", "", "a", ""))},
	{name: "headers L and CR LF", version: v12, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\na:\n\r\n\x00", frames: frames(mk("SEND", "", "a", "", "a", ""))},
	{name: "headers L and perhaps CR LF", version: v12, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\na:\n\r§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "headers L+1", version: v12, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\na:\n§b", kind: parser.TooManyHeaders, limit: 2, command: "SEND"},
	{name: "headers L+1, a CR", version: v12, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\na:\n§\r:", kind: parser.TooManyHeaders, limit: 2, command: "SEND"},
	{name: "headers L+1, a CR as data", version: v11, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\na:\n§\r", kind: parser.TooManyHeaders, limit: 2, command: "SEND"},
	{name: "headers L+1, NUL", version: v12, limits: limitsOf(0, 2, 0, 0), input: "SEND\na:\na:\n§\x00", kind: parser.TooManyHeaders, limit: 2, command: "SEND"},
	{name: "no headers", version: v12, limits: limitsOf(0, parser.None, 0, 0), input: "SEND\n\n\x00", frames: frames(mk("SEND", ""))},
	{name: "no headers and one", version: v12, limits: limitsOf(0, parser.None, 0, 0), input: "SEND\n§a", kind: parser.TooManyHeaders, command: "SEND"},
	{name: "headers L of the default", version: v12, input: "SEND\n" + strings.Repeat("a:\n", 128) + "§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "headers L+1 of the default", version: v12, input: "SEND\n" + strings.Repeat("a:\n", 128) + "§a", kind: parser.TooManyHeaders, limit: 128, command: "SEND"},
	{name: "headers without limit", version: v12, limits: limitsOf(0, parser.Unlimited, 0, 0), input: "SEND\n" + strings.Repeat("a:\n", 200) + "§", kind: parser.UnexpectedEOF, atEnd: true, command: "SEND"},
	{name: "head L-1", version: v12, limits: limitsOf(0, 0, 10, 0), input: "SEND\na:\n\n\x00", frames: frames(mk("SEND", "", "a", ""))},
	{name: "head L", version: v12, limits: limitsOf(0, 0, 9, 0), input: "SEND\na:\n\n\x00", frames: frames(mk("SEND", "", "a", ""))},
	{name: "head L+1", version: v12, limits: limitsOf(0, 0, 8, 0), input: "SEND\na:\n§\n\x00", kind: parser.HeadTooLarge, limit: 8, command: "SEND"},
	{name: "head L with CR", version: v12, limits: limitsOf(0, 0, 9, 0), input: "ACK\r\nb:\n\r§\n", kind: parser.HeadTooLarge, limit: 9, command: "ACK"},
	{name: "head L+1 in a value", version: v12, limits: limitsOf(0, 0, 8, 0), input: "\nACK\n\n\x00¶SEND\na:b§c", frames: frames(mk("ACK", "")), beats: 1, kind: parser.HeadTooLarge, limit: 8, command: "SEND", header: "a"},
	{name: "head L+1 at the LF of a bad line", version: v12, limits: limitsOf(0, 0, 8, 0), input: "SEND\na:§\\\n", kind: parser.BadEscape, command: "SEND", header: "a"},
	{name: "head L+1 at the LF of a conflicting length", version: v12, limits: limitsOf(0, 0, 38, 0), input: "SEND\ncontent-length:1\ncontent-length:§2\n",
		kind: parser.ConflictingLength, command: "SEND", header: "content-length"},
	{name: "head L+1 at the LF of a line without colon", version: v12, limits: limitsOf(0, 0, 8, 0), input: "SEND\nabc§\n", kind: parser.HeadTooLarge, limit: 8, command: "SEND"},
	{name: "head L+1 at the LF of a command before its time", version: un, limits: limitsOf(0, 0, 4, 0), input: "§SEND\n", kind: parser.NotNegotiated, command: "SEND"},
	{name: "head and line L+1", version: v12, limits: limitsOf(4, 0, 4, 0), input: "SEND§E", kind: parser.HeadTooLarge, limit: 4},
	{name: "head L of the default", version: v12, limits: limitsOf(parser.Unlimited, 0, 0, 0), input: "SEND\na:" + strings.Repeat("b", 65527) + "\n\n\x00", frames: frames(mk("SEND", "", "a", strings.Repeat("b", 65527)))},
	{name: "head L+1 of the default", version: v12, limits: limitsOf(parser.Unlimited, 0, 0, 0), input: "SEND\na:" + strings.Repeat("b", 65528) + "\n§\n", kind: parser.HeadTooLarge, limit: 65536, command: "SEND"},
	{name: "body L-1", version: v12, limits: limitsOf(0, 0, 0, 3), input: "SEND\n\nab\x00", frames: frames(mk("SEND", "ab"))},
	{name: "body L", version: v12, limits: limitsOf(0, 0, 0, 3), input: "SEND\n\nabc\x00", frames: frames(mk("SEND", "abc"))},
	{name: "body L+1", version: v12, limits: limitsOf(0, 0, 0, 3), input: "SEND\n\nabc§d", kind: parser.BodyTooLarge, limit: 3, command: "SEND", open: opened(mk("SEND", "abc"))},
	{name: "counted body L-1", version: v12, limits: limitsOf(0, 0, 0, 10), input: "SEND\ncontent-length:9\n\n123456789\x00", frames: frames(mk("SEND", "123456789", "content-length", "9"))},
	{name: "counted body L", version: v12, limits: limitsOf(0, 0, 0, 10), input: "SEND\ncontent-length:10\n\n1234567890\x00", frames: frames(mk("SEND", "1234567890", "content-length", "10"))},
	{name: "counted body L+1", version: v12, limits: limitsOf(0, 0, 0, 10), input: "SEND\ncontent-length:1§1\n", kind: parser.BodyTooLarge, limit: 10, command: "SEND", header: "content-length"},
	{name: "counted body L+1, then no number", version: v12, limits: limitsOf(0, 0, 0, 10), input: "SEND\ncontent-length:1§1x\n", kind: parser.BodyTooLarge, limit: 10, command: "SEND", header: "content-length"},
	{name: "no body", version: v12, limits: limitsOf(0, 0, 0, parser.None), input: "SEND\n\n\x00SEND\ncontent-length:00\n\n\x00", frames: frames(mk("SEND", ""), mk("SEND", "", "content-length", "00"))},
	{name: "no body and one byte", version: v12, limits: limitsOf(0, 0, 0, parser.None), input: "SEND\n\n§a", kind: parser.BodyTooLarge, command: "SEND", open: opened(mk("SEND", ""))},
	{name: "no body and length 1", version: v12, limits: limitsOf(0, 0, 0, parser.None), input: "SEND\ncontent-length:0§1\n", kind: parser.BodyTooLarge, command: "SEND", header: "content-length"},

	// How a name is shown.
	{name: "name that is not plain", version: v12, input: "SEND\na b:§\\t\n", kind: parser.BadEscape, command: "SEND", header: `"a b"`},
	{name: "name with escapes", version: v12, input: "SEND\na\\n:§\\t\n", kind: parser.BadEscape, command: "SEND", header: `"a\\n"`},
	{name: "name of 64 bytes", version: v12, input: "SEND\n" + strings.Repeat("n", 64) + ":§\\t\n", kind: parser.BadEscape, command: "SEND", header: strings.Repeat("n", 64)},
	{name: "name of 65 bytes", version: v12, input: "SEND\n" + strings.Repeat("n", 65) + ":§\\t\n", kind: parser.BadEscape, command: "SEND", header: `"` + strings.Repeat("n", 64) + `"...`},
}

// What stands where, and the leniencies of each frame and gap by themselves.
func TestOraclePlaces(t *testing.T) {
	input := "\n\x00ACK\r\n\r\n\x00\x00\nSEND\ncontent-length: 1\n\nx\x00SEND\n\nrest"
	r := Oracle([]byte(input), parser.Options{Version: v11, Allow: parser.AllowAll})
	want := Reading{
		Gaps: []Gap{
			{Offset: 0, Size: 2, Count: 1, Used: parser.AllowNULPadding},
			{Offset: 10, Size: 2, Count: 1, Used: parser.AllowNULPadding},
		},
		Frames: []Located{
			{Frame: mk("ACK", ""), Used: parser.AllowCRLF, Offset: 2, Size: 8},
			{Frame: mk("SEND", "x", "content-length", " 1"), Length: frame.Counted(1), Used: parser.AllowLooseLength, Offset: 12, Size: 26},
		},
		Open: &Located{Frame: mk("SEND", "rest"), Offset: 38, Size: 10},
		End:  &parser.Error{Kind: parser.UnexpectedEOF, Offset: 48, Frame: 38, Command: "SEND"},
	}
	if err := r.diff(&want); err != nil {
		t.Error(err)
	}
	if got := r.taken(); got != int64(len(input)) {
		t.Errorf("took %d of %d bytes", got, len(input))
	}
}

func TestOracleThen(t *testing.T) {
	connect := "CONNECT\na:\\n\n\n\x00"
	for _, row := range []struct {
		name   string
		v      frame.Version
		limits parser.Limits
		rest   string
		value  string // of the header of the second frame; "" when it fails
		kind   parser.ErrorKind
		offset int64 // in rest
	}{
		{name: "1.2", v: v12, rest: "\r\nSEND\r\na:\\n\r\n\r\n\x00", value: "\n"},
		{name: "1.1", v: v11, rest: "SEND\na:\\n\n\n\x00", value: "\n"},
		{name: "1.0", v: v10, rest: "SEND\na:\\n\n\n\x00", value: `\n`},
		{name: "CR LF between, 1.1", v: v11, rest: "\r\nSEND\n", kind: parser.UnknownCommand},
		{name: "not switched", v: un, rest: "SEND\n", kind: parser.NotNegotiated},
		{name: "limits", v: v12, limits: parser.Limits{HeaderLine: 4}, rest: "SEND\na:bcd", kind: parser.LineTooLong, offset: 9},
		{name: "old limits gone", v: v12, limits: parser.Limits{Headers: 2}, rest: "SEND\na:\\n\nb:\n\n\x00", value: "\n"},
	} {
		first := parser.Options{Limits: parser.Limits{Headers: 1}}
		r := OracleThen([]byte(connect+row.rest), first, row.v, row.limits)
		if len(r.Frames) == 0 || r.Frames[0].Frame.Headers[0].Value != `\n` {
			t.Errorf("%s: the first frame is %v", row.name, r.Frames)
			continue
		}
		if row.kind == 0 {
			if r.End != nil || len(r.Frames) != 2 || r.Frames[1].Frame.Headers[0].Value != row.value {
				t.Errorf("%s: %v, error %v", row.name, r.Frames, r.End)
			}
			continue
		}
		if r.Err == nil || r.Err.Kind != row.kind || r.Err.Offset != int64(len(connect))+row.offset {
			t.Errorf("%s: error %v, want %s at %d", row.name, r.Err, row.kind.Token(), int64(len(connect))+row.offset)
		}
	}
}
