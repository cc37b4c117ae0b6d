package client

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A ServerError is an ERROR frame. The server closes the connection after it.
type ServerError struct {
	// Message is the message header.
	Message string
	// Detail has the first lines of the body, at most three, without a stack
	// trace. RabbitMQ gives the reason there.
	Detail string
	// Connecting reports whether the frame answered CONNECT.
	Connecting bool
	// RetryAfter is the retry-after header, a number of seconds. Such an ERROR does
	// not mean that the client has done something wrong: examples/relay sends it
	// when it reaches no broker, for example. Without the header it is 0.
	RetryAfter time.Duration
	// Frame is the whole frame as it came, nil if it broke the grammar.
	Frame *frame.Frame
	// Err is the parser's error if the frame broke the grammar or a limit, else
	// nil. Message and Detail then have what could be read of the frame.
	Err error
}

// Bounds of what an error shows.
const (
	maxMessage     = 256 // bytes
	maxDetail      = 512 // bytes
	maxDetailLines = 3
)

// Error returns message and detail in one line of printable ASCII, cut where
// they are long. A passcode of the client's that the server repeats is masked
// there and in the fields.
func (e *ServerError) Error() string {
	var b strings.Builder
	b.WriteString("the server says ")
	b.WriteString(quoted(e.Message, maxMessage))
	if e.Detail != "" && e.Detail != e.Message {
		b.WriteString(": ")
		b.WriteString(quoted(e.Detail, maxDetail))
	}
	if e.Err != nil {
		b.WriteString(", in an ERROR frame that cannot be read whole: ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns Err.
func (e *ServerError) Unwrap() error { return e.Err }

// newServerError makes the error of an ERROR frame.
func newServerError(f *frame.Frame, passcode string) *ServerError {
	seconds, _ := strconv.ParseUint(f.Headers.Value(transport.RetryAfter), 10, 16)
	return &ServerError{
		RetryAfter: time.Duration(seconds) * time.Second,
		Message:    masked(f.Headers.Value(headers.Message), passcode),
		Detail:     firstLines(masked(string(f.Body), passcode)),
		Frame:      f,
	}
}

// brokenServerError makes the error of an ERROR frame that cannot be parsed, of
// which kept is the beginning. It leaves out headers that mean nothing to people.
func brokenServerError(kept []byte, broken error, v frame.Version, passcode string) *ServerError {
	e := &ServerError{Err: broken}
	text := strings.ReplaceAll(masked(string(kept), passcode), "\r\n", "\n")
	head, body, _ := strings.Cut(text, "\n\n")
	body, _, _ = strings.Cut(body, "\x00")
	var rest []string
	for _, line := range strings.Split(head, "\n")[1:] { // the first is ERROR
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case headers.ContentType, headers.ContentLength, headers.Version, headers.Server, headers.ReceiptID:
		case headers.Message:
			if plain, err := headers.AppendUnescaped(nil, v.Escaping(frame.ERROR), value); err == nil {
				value = string(plain)
			}
			e.Message = value
		default:
			rest = append(rest, line)
		}
	}
	e.Detail = firstLines(strings.Join(append(rest, body), "\n"))
	return e
}

// firstLines returns the first lines of a body that are not blank, without a
// stack trace.
func firstLines(body string) string {
	var lines []string
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "\tat ") || len(lines) == maxDetailLines {
			break
		}
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// masked hides the passcode in a text.
func masked(text, passcode string) string {
	if passcode == "" {
		return text
	}
	return strings.ReplaceAll(text, passcode, "***")
}

// quoted returns text as a Go string in printable ASCII, cut after most bytes.
func quoted(text string, most int) string {
	if len(text) <= most {
		return strconv.QuoteToASCII(text)
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strconv.QuoteToASCII(text[:most]) + "..."
}
