package encoder

import (
	"strconv"

	"github.com/stompwire/stomp/frame"
)

// ErrorKind says why a frame cannot be sent. A kind is an error itself, so
// that errors.Is(err, encoder.NULInBody) works.
type ErrorKind uint8

const (
	_ ErrorKind = iota

	// UnknownVersion: the version is none that this module knows.
	UnknownVersion
	// UnknownLength: Options.Length is none of the constants.
	UnknownLength
	// UnknownCommand: the command is not one of the specifications, and
	// Options.UnknownCommand is not set, or is none that a line can hold.
	UnknownCommand
	// NotNegotiated: the version is Unnegotiated, and the command not CONNECT,
	// STOMP, CONNECTED or ERROR.
	NotNegotiated
	// EmptyName: a header has no name.
	EmptyName
	// Unescapable: a header name or value has a byte that cannot be sent in
	// this version and command: NUL anywhere, a line feed or in a name a colon
	// in a literal head, a carriage return where it would not be read back:
	// before 1.2 at the end of a value, and anywhere in CONNECT, STOMP and
	// CONNECTED and before a version is agreed.
	Unescapable
	// BodyNotAllowed: a body on a command that may have none (STOMP 1.2,
	// "Body"; decision D10).
	BodyNotAllowed
	// NULInBody: a body with a NUL and no content-length, or on a command other
	// than SEND, MESSAGE and ERROR, where brokers do not count (decision D22).
	NULInBody
	// WrongLength: a content-length among the headers that is not the length
	// of the body in digits.
	WrongLength
	// RepeatedLength: more than one content-length among the headers.
	RepeatedLength
	// TooLong: more was written to a streamed body than its length.
	TooLong
	// TooShort: a streamed frame was closed before its body was complete.
	TooShort
	// FrameOpen: a streamed frame must be closed first.
	FrameOpen
	// NoFrame: no streamed frame is open, or the Builder is one that Begin has
	// not made or that End has ended.
	NoFrame

	endOfKinds
)

var kinds = [endOfKinds]struct{ token, text string }{
	UnknownVersion: {"unknown_version", "unknown version"},
	UnknownLength:  {"unknown_length", "unknown policy for content-length"},
	UnknownCommand: {"unknown_command", "unknown command"},
	NotNegotiated:  {"not_negotiated", "command before a version is agreed"},
	EmptyName:      {"empty_name", "empty header name"},
	Unescapable:    {"unescapable", "header has a byte that cannot be sent"},
	BodyNotAllowed: {"body_not_allowed", "command may not have a body"},
	NULInBody:      {"nul_in_body", "NUL in a body that nobody counts"},
	WrongLength:    {"wrong_length", "content-length is not the length of the body"},
	RepeatedLength: {"repeated_length", "more than one content-length"},
	TooLong:        {"too_long", "write past the length of the body"},
	TooShort:       {"too_short", "body shorter than its length"},
	FrameOpen:      {"frame_open", "a frame is open"},
	NoFrame:        {"no_frame", "no frame is open"},
}

// Error returns what is wrong in a few words.
func (k ErrorKind) Error() string {
	if 0 < k && k < endOfKinds {
		return "stomp: cannot send: " + kinds[k].text
	}
	return "stomp: encoder.ErrorKind(" + strconv.Itoa(int(k)) + ")"
}

// Token returns a stable name in snake case, "nul_in_body", for metrics and
// machines.
func (k ErrorKind) Token() string {
	if 0 < k && k < endOfKinds {
		return kinds[k].token
	}
	return "error_kind_" + strconv.Itoa(int(k))
}

// An Error says that the caller asked for a frame that cannot be sent. It is
// the caller's error, not the peer's. It never shows the value of a header. Its
// text is printable ASCII and bounded.
type Error struct {
	Kind ErrorKind
	// Command is the command of the frame where it is one of the
	// specifications.
	Command frame.Command
	// Header is the name of the header at fault, quoted and cut where it is
	// not plain; "" where it has none, or the error is not in a header.
	Header string
	// Index is the place of that header in the frame, from 0; -1 where the
	// error is not in a header.
	Index int
	// Detail is more for people to read, "" where there is no more.
	Detail string
}

// Error returns the error in one line of printable ASCII.
func (e *Error) Error() string {
	b := append([]byte(nil), e.Kind.Error()...)
	if e.Command != "" {
		b = append(b, ", command "...)
		b = append(b, e.Command...)
	}
	if e.Index >= 0 {
		b = append(b, ", header "...)
		b = strconv.AppendInt(b, int64(e.Index), 10)
		if e.Header != "" {
			b = append(b, ' ')
			b = append(b, e.Header...)
		}
	}
	if e.Detail != "" {
		b = append(b, ": "...)
		b = append(b, e.Detail...)
	}
	return string(b)
}

// Unwrap returns the kind, for errors.Is.
func (e *Error) Unwrap() error { return e.Kind }

// Token returns the token of the kind.
func (e *Error) Token() string { return e.Kind.Token() }
