package encoder

import (
	"strconv"

	"github.com/stompwire/stomp/frame"
)

// ErrorKind says why a frame cannot be sent. A kind is an error itself, so that
// errors.Is(err, encoder.NULInBody) works.
type ErrorKind uint8

const (
	_ ErrorKind = iota

	// UnknownVersion: the version is not one of the constants of package frame.
	UnknownVersion
	// UnknownLength: Options.Length is not one of the constants.
	UnknownLength
	// UnknownCommand: the command is not one of the specifications, and
	// Options.UnknownCommand is not set. Or it is empty, or has a NUL, CR or LF.
	UnknownCommand
	// NotNegotiated: the version is Unnegotiated, and the command is not CONNECT,
	// STOMP, CONNECTED or ERROR.
	NotNegotiated
	// EmptyName: a header has no name.
	EmptyName
	// Unescapable: a header has a byte that this version and command cannot
	// carry. A NUL is always one. In a head without escapes so are a line feed,
	// and a colon in a name. Before 1.2 so is a carriage return at the end of a
	// value; in CONNECT, STOMP and CONNECTED, and before a version is agreed,
	// any carriage return.
	Unescapable
	// BodyNotAllowed: the command may not have a body (STOMP 1.2, "Body").
	BodyNotAllowed
	// NULInBody: the body has a NUL, and the frame has no content-length, or the
	// command is not SEND, MESSAGE or ERROR. Some brokers ignore the
	// content-length of other commands.
	NULInBody
	// WrongLength: a content-length among the headers is not the length of the
	// body.
	WrongLength
	// RepeatedLength: the headers have more than one content-length.
	RepeatedLength
	// TooLong: a write exceeds the length of a streamed body.
	TooLong
	// TooShort: a streamed frame was closed before its body was complete.
	TooShort
	// FrameOpen: a streamed frame is open. Call CloseFrame first.
	FrameOpen
	// NoFrame: no streamed frame is open, or the Builder was not made by Begin or
	// has already ended.
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
	BodyNotAllowed: {"body_not_allowed", "command must not have a body"},
	NULInBody:      {"nul_in_body", "NUL in a body without content-length, or of a command other than SEND, MESSAGE and ERROR"},
	WrongLength:    {"wrong_length", "content-length is not the length of the body"},
	RepeatedLength: {"repeated_length", "more than one content-length"},
	TooLong:        {"too_long", "write past the length of the body"},
	TooShort:       {"too_short", "body shorter than its length"},
	FrameOpen:      {"frame_open", "the frame before is not closed"},
	NoFrame:        {"no_frame", "no frame is open"},
}

// Error returns what is wrong in a few words.
func (k ErrorKind) Error() string {
	if 0 < k && k < endOfKinds {
		return "stomp: cannot send: " + kinds[k].text
	}
	return "stomp: encoder.ErrorKind(" + strconv.Itoa(int(k)) + ")"
}

// Token returns a stable name in snake case for metrics and programs, such as
// "nul_in_body".
func (k ErrorKind) Token() string {
	if 0 < k && k < endOfKinds {
		return kinds[k].token
	}
	return "error_kind_" + strconv.Itoa(int(k))
}

// An Error says that the program asked for a frame that cannot be sent. It never
// shows the value of a header. Its text is bounded printable ASCII.
type Error struct {
	Kind ErrorKind
	// Command is the command of the frame, or "" if that is not one of the
	// specifications.
	Command frame.Command
	// Header is the name of the header at fault, as headers.AppendName writes it.
	// It is "" if the header has no name, or the error is not in a header.
	Header string
	// Index is the position of that header in the frame, from 0, or -1 if the
	// error is not in a header.
	Index int
	// Detail says more, for people to read, or is "".
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
