package parser

import (
	"io"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
)

// ErrorKind says what is wrong with the input. A kind is an error itself, so that
// errors.Is(err, parser.BadEscape) works. "Offset" below is Error.Offset: that of
// the byte that proves the error.
type ErrorKind uint8

const (
	_ ErrorKind = iota

	// UnknownCommand: the command line is not exactly a command of the
	// specifications. Offset: the first byte that no command has there; for a
	// line that ends too early, its line ending.
	UnknownCommand
	// NotNegotiated: a command other than CONNECT, STOMP, CONNECTED and ERROR
	// came while the version is Unnegotiated. Offset: the first byte of the
	// command. Either the client skipped CONNECT, or the program has not called
	// SetVersion.
	NotNegotiated
	// MissingColon: a header line has no colon. Offset: the LF that ends the
	// line.
	MissingColon
	// EmptyName: a header line begins with a colon. Offset: the colon.
	EmptyName
	// BareCR: a CR is not followed by LF, in a head of 1.2 or of the handshake,
	// or between frames. Offset: the CR.
	BareCR
	// NULInHead: a NUL before the blank line that ends the head. Offset: the NUL.
	NULInHead
	// StrayNUL: a NUL between frames. Offset: the NUL.
	StrayNUL
	// BadEscape: an escape that the version does not define, or that the end
	// of the name or value cuts off (STOMP 1.2, "Value Encoding"). Offset:
	// the backslash.
	BadEscape
	// BadLength: a content-length is not one or more ASCII digits. Offset: the
	// first byte of the value that is wrong; for an empty value, the byte after
	// the colon.
	BadLength
	// ConflictingLength: a second content-length has another value. Offset: the
	// first byte of the second value.
	ConflictingLength
	// MissingNUL: a counted body is not followed by NUL. Offset: the byte in its
	// place.
	MissingNUL
	// NULInBody: a NUL in the counted body of a command other than SEND, MESSAGE
	// and ERROR. Some brokers ignore content-length there, so for them the NUL
	// ends the frame. Offset: the NUL. Body events before it may have been
	// returned.
	NULInBody
	// LineTooLong: a line is longer than Limits.HeaderLine. Offset: the first
	// byte over the limit.
	LineTooLong
	// TooManyHeaders: a head has more headers than Limits.Headers. Offset: the
	// first byte of the header over the limit.
	TooManyHeaders
	// HeadTooLarge: a head is larger than Limits.Head. Offset: the first byte
	// over the limit.
	HeadTooLarge
	// BodyTooLarge: a body is larger than Limits.Body. Offset: for a scanned body
	// the first byte over the limit, for a counted one the digit of
	// content-length that takes the number over it.
	BodyTooLarge
	// TrailingData: Decode was given more than one frame. Offset: the first byte
	// after the frame and the line endings that follow it.
	TrailingData
	// UnexpectedEOF: the input ended inside a frame, or between the CR and the
	// LF of a line ending. Offset: the length of the input. errors.Is also
	// matches io.ErrUnexpectedEOF.
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

// Token returns a stable name in snake case for metrics and programs, such as
// "bad_escape".
func (k ErrorKind) Token() string {
	if 0 < k && k < endOfKinds {
		return kinds[k].token
	}
	return "error_kind_" + strconv.Itoa(int(k))
}

// IsLimit reports whether the kind says that the input crossed one of the
// [Limits]. The input may be valid otherwise.
func (k ErrorKind) IsLimit() bool {
	return k == LineTooLong || k == TooManyHeaders || k == HeadTooLarge || k == BodyTooLarge
}

// An Error says that the input breaks the protocol or crosses a limit, and where.
// It never shows the value of a header. Its strings are bounded printable ASCII.
type Error struct {
	Kind   ErrorKind
	Offset int64 // of the byte that proves the error, in bytes from the start of the stream; see [ErrorKind]
	Frame  int64 // offset of the first byte of the frame; equal to Offset between frames
	Limit  int64 // the limit that was crossed; 0 for kinds that are no limit
	// Command is the command of the frame. It is "" if the command line is not
	// complete or the command is not one of the specifications.
	Command frame.Command
	// Header is the name of the header at fault as it is on the wire, as written
	// by headers.AppendName. It is "" if the error is not in a header, or comes
	// before its colon.
	Header string
	// Detail says more about the input, for people to read, or is "". It may
	// change from release to release.
	Detail string
}

// Error returns the error in one line: what is wrong with the input, and for
// NotNegotiated what the program can do about it.
func (e *Error) Error() string {
	text := "stomp: " + e.STOMPPeerText()
	if e.Kind == NotNegotiated {
		text += ": call SetVersion when CONNECT or CONNECTED has been read"
	}
	return text
}

// STOMPPeerText returns the text of Error for the peer, without advice to the
// program. validate.ErrorFrame sends it to the peer. No other error has a method
// with this name by accident.
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

// Is reports whether the kind is UnexpectedEOF and target is io.ErrUnexpectedEOF.
// errors.Is finds the kind itself through Unwrap.
func (e *Error) Is(target error) bool {
	return target == io.ErrUnexpectedEOF && e.Kind == UnexpectedEOF
}

// Token returns the token of the kind.
func (e *Error) Token() string { return e.Kind.Token() }

// IsLimit returns [ErrorKind.IsLimit] of the kind.
func (e *Error) IsLimit() bool { return e.Kind.IsLimit() }
