package parser

import (
	"io"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
)

// ErrorKind says what the peer did wrong. A kind is an error itself, so that
// errors.Is(err, parser.BadEscape) works.
//
// The offset that each kind names is Error.Offset: the byte that proves the
// error.
type ErrorKind uint8

const (
	_ ErrorKind = iota

	// UnknownCommand: the command line is not a command of the
	// specifications; case and blanks matter, and no prefix matches. Offset:
	// the first byte with which the line stops being the beginning of any
	// command; for a line that ends too early, its end of line.
	UnknownCommand
	// NotNegotiated: a command other than CONNECT, STOMP, CONNECTED and ERROR
	// came while the version is Unnegotiated. Offset: the first byte of the
	// command. A server that sees this has a client that skipped CONNECT, or
	// has not called SetVersion after it.
	NotNegotiated
	// MissingColon: a header line without a colon. Offset: the LF that ends
	// the line.
	MissingColon
	// EmptyName: a header line that begins with a colon. Offset: the colon.
	EmptyName
	// BareCR: a CR that no LF follows, in a 1.2 or handshake head or between
	// frames (decision D6). Offset: the CR.
	BareCR
	// NULInHead: a NUL before the blank line (decision D16). Offset: the NUL.
	NULInHead
	// StrayNUL: a NUL between frames (decision D16). Offset: the NUL.
	StrayNUL
	// BadEscape: an escape that the version does not define, or that the end
	// of the name or value cuts off (STOMP 1.2, "Value Encoding"). Offset:
	// the backslash.
	BadEscape
	// BadLength: a content-length that is not one or more ASCII digits
	// (decision D17). Offset: the first byte of the value that cannot be; for
	// an empty value the byte after the colon.
	BadLength
	// ConflictingLength: a second content-length with another value (decision
	// D9). Offset: the first byte of the second value.
	ConflictingLength
	// MissingNUL: a counted body is not followed by NUL (decision D18).
	// Offset: the byte that stands where NUL should.
	MissingNUL
	// NULInBody: a NUL in the counted body of a command other than SEND,
	// MESSAGE and ERROR (decision D22). Some brokers do not count such bodies:
	// for them the NUL ends the frame. Offset: the NUL. What stands before it
	// in the body may have been delivered.
	NULInBody
	// LineTooLong: a line crosses Limits.HeaderLine. Offset: the first byte
	// over it.
	LineTooLong
	// TooManyHeaders: a head crosses Limits.Headers. Offset: the first byte
	// of the header that is one too many.
	TooManyHeaders
	// HeadTooLarge: a head crosses Limits.Head. Offset: the first byte over
	// it.
	HeadTooLarge
	// BodyTooLarge: a body crosses Limits.Body. Offset: in a scanned body the
	// first byte over it, for a counted one the digit of content-length that
	// takes the number over it.
	BodyTooLarge
	// TrailingData: Decode was given more than one frame. Offset: the first
	// byte after the frame and the end of lines that follow it.
	TrailingData
	// UnexpectedEOF: the input ended inside a frame, or between the CR and the
	// LF of an end of line. Offset: the length of the input. Such an error is
	// io.ErrUnexpectedEOF too.
	UnexpectedEOF

	endOfKinds
)

var kinds = [endOfKinds]struct{ token, text string }{
	UnknownCommand:    {"unknown_command", "unknown command"},
	NotNegotiated:     {"not_negotiated", "command before a version is agreed"},
	MissingColon:      {"missing_colon", "header line without colon"},
	EmptyName:         {"empty_name", "empty header name"},
	BareCR:            {"bare_cr", "carriage return without line feed"},
	NULInHead:         {"nul_in_head", "NUL before the blank line that ends the headers"},
	StrayNUL:          {"stray_nul", "NUL between frames"},
	BadEscape:         {"bad_escape", "undefined or truncated escape"},
	BadLength:         {"bad_length", "content-length is not a number"},
	ConflictingLength: {"conflicting_length", "repeated content-length with another value"},
	MissingNUL:        {"missing_nul", "no NUL after the counted body"},
	NULInBody:         {"nul_in_body", "NUL in the body of a command other than SEND, MESSAGE and ERROR"},
	LineTooLong:       {"line_too_long", "line too long"},
	TooManyHeaders:    {"too_many_headers", "too many headers"},
	HeadTooLarge:      {"head_too_large", "head too large"},
	BodyTooLarge:      {"body_too_large", "body too large"},
	TrailingData:      {"trailing_data", "data after the frame"},
	UnexpectedEOF:     {"unexpected_eof", "input ends inside a frame"},
}

// Error returns what is wrong in a few words.
func (k ErrorKind) Error() string {
	if 0 < k && k < endOfKinds {
		return "stomp: " + kinds[k].text
	}
	return "stomp: ErrorKind(" + strconv.Itoa(int(k)) + ")"
}

// Token returns a stable name in snake case, "bad_escape", for metrics and
// machines.
func (k ErrorKind) Token() string {
	if 0 < k && k < endOfKinds {
		return kinds[k].token
	}
	return "error_kind_" + strconv.Itoa(int(k))
}

// IsLimit reports whether the kind is the crossing of a limit, of which the
// peer may be innocent.
func (k ErrorKind) IsLimit() bool {
	return k == LineTooLong || k == TooManyHeaders || k == HeadTooLarge || k == BodyTooLarge
}

// An Error says that the peer broke the protocol, or crossed a limit: what,
// where, and which limit. It never shows the value of a header. Its strings
// are printable ASCII and bounded.
type Error struct {
	Kind   ErrorKind
	Offset int64 // in the stream, of the byte that proves the error; see the kinds
	Frame  int64 // in the stream, of the first byte of the frame; Offset when between frames
	Limit  int64 // the limit that was crossed; 0 for other kinds
	// Command is the command of the frame, where its line is complete and the
	// specifications have it; else "".
	Command frame.Command
	// Header is the name of the header at fault as it is on the wire, quoted
	// and cut when it is not plain; "" where the error is not in a header, or
	// before its colon.
	Header string
	// Detail is more about what the peer sent, for people to read, "" where
	// there is no more. It may change from release to release.
	Detail string
}

// Error returns the error in one line of printable ASCII: what the peer did, and
// where it helps what the program can do about it.
func (e *Error) Error() string {
	text := "stomp: " + e.STOMPPeerText()
	if e.Kind == NotNegotiated {
		text += ": call SetVersion when CONNECT or CONNECTED has been read"
	}
	return text
}

// STOMPPeerText returns what the peer did, for an ERROR frame: Error without
// advice to the program that reads. It is one line of printable ASCII, bounded,
// and shows no value of a header. The name is meant to be found in no other error
// by accident: package validate shows a peer the text of an error that has it.
func (e *Error) STOMPPeerText() string {
	b := []byte(strings.TrimPrefix(e.Kind.Error(), "stomp: "))
	b = append(b, " at offset "...)
	b = strconv.AppendInt(b, e.Offset, 10)
	if e.Kind.IsLimit() {
		b = append(b, ", limit "...)
		b = strconv.AppendInt(b, e.Limit, 10)
	}
	if e.Header != "" {
		b = append(b, ", header "...)
		b = append(b, e.Header...)
	}
	if e.Command != "" {
		b = append(b, ", command "...)
		b = append(b, e.Command...)
	}
	if e.Frame != e.Offset {
		b = append(b, ", frame at "...)
		b = strconv.AppendInt(b, e.Frame, 10)
	}
	if e.Detail != "" {
		b = append(b, ": "...)
		b = append(b, e.Detail...)
	}
	return string(b)
}

// Unwrap returns the kind, for errors.Is.
func (e *Error) Unwrap() error { return e.Kind }

// Is reports whether target is io.ErrUnexpectedEOF and the error is of that
// kind; errors.Is finds the kind itself through Unwrap.
func (e *Error) Is(target error) bool {
	return target == io.ErrUnexpectedEOF && e.Kind == UnexpectedEOF
}

// Token returns the token of the kind.
func (e *Error) Token() string { return e.Kind.Token() }

// IsLimit is that of the kind.
func (e *Error) IsLimit() bool { return e.Kind.IsLimit() }
