package validate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A marked error says itself what a peer may be told.
type marked struct {
	error
	text string
}

func (e marked) STOMPPeerText() string { return e.text }

func TestErrorFrame(t *testing.T) {
	send := head(frame.SEND, "receipt", "r:1", "passcode", "secret")
	violations := validate.CheckHead(head(frame.SUBSCRIBE, "ack", "secret", "receipt", ""), frame.V12, validate.Client)
	many := slices.Repeat(validate.Violations{{Rule: validate.SubscribeIDRequired, Command: frame.SUBSCRIBE}}, 9)
	for _, c := range []struct {
		name    string
		err     error
		cause   frame.Head
		headers headers.List
		body    string
	}{
		{"violations", violations, send,
			headers.Pairs("receipt-id", "r:1", "content-type", "text/plain", "message", "SUBSCRIBE must have a destination header"),
			"SUBSCRIBE must have a destination header (subscribe-destination-required, header destination; STOMP 1.0, 1.1 and 1.2, SUBSCRIBE)\n" +
				"SUBSCRIBE must have an id header (subscribe-id-required, header id; STOMP 1.1 and 1.2, SUBSCRIBE id Header)\n" +
				"the ack header of SUBSCRIBE must be auto, client or, since STOMP 1.1, client-individual (subscribe-ack-mode, header ack; STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header)\n"},
		{"shoulds only", validate.Violations{{Rule: validate.DisconnectReceipt, Command: frame.DISCONNECT}}, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "DISCONNECT should have a receipt header, so that the client can wait for the RECEIPT"),
			"DISCONNECT should have a receipt header, so that the client can wait for the RECEIPT (disconnect-receipt; STOMP 1.1 and 1.2, DISCONNECT)\n"},
		{"musts of a mixture", validate.Violations{{Rule: validate.ConnectPreferred, Command: frame.STOMP}, {Rule: validate.ConnectHostRequired, Command: frame.STOMP}}, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "STOMP must have a host header"),
			"STOMP must have a host header (connect-host-required; STOMP 1.1 and 1.2, CONNECT or STOMP Frame)\n"},
		{"wrapped violation", fmt.Errorf("secret: %w", validate.Violation{Rule: validate.AckKnown, Command: frame.ACK, Header: "id"}), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "ACK names no message that waits for acknowledgment"),
			"ACK names no message that waits for acknowledgment (ack-known, header id; STOMP 1.0, 1.1 and 1.2, ACK)\n"},
		{"rule", validate.ConnectFirst, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "the frame must not be sent before CONNECT"),
			"the frame must not be sent before CONNECT (connect-first; STOMP 1.0, Introduction; STOMP 1.1 and 1.2, Connecting)\n"},
		{"limit", &validate.LimitError{Limit: "Receipts", Max: 5, Command: frame.SEND}, send,
			headers.Pairs("receipt-id", "r:1", "content-type", "text/plain", "message", "SEND exceeds the limit of 5 receipts that are asked for and not given"),
			"SEND exceeds the limit of 5 receipts that are asked for and not given\n"},
		{"negotiation", &validate.NegotiationError{Server: frame.AllVersions}, frame.Head{},
			headers.Pairs("version", "1.0,1.1,1.2", "content-type", "text/plain", "message", "no common protocol version"),
			"Supported protocol versions are 1.0 1.1 1.2"},
		{"marked", fmt.Errorf("secret: %w", marked{errors.New("secret"), "line too long, limit 10"}), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "line too long, limit 10"),
			"line too long, limit 10\n"},
		{"marked, with what does not fit a header", marked{errors.New("secret"), "a:b\n\x00\xff"}, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", `"a\cb\n\x00\xff"`),
			`"a:b\n\x00\xff"` + "\n"},
		{"HTTP", parseError("GET / HTTP/1.1\r\n"), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "unknown command at offset 0, an HTTP request, GET"),
			"unknown command at offset 0: an HTTP request: GET\n"},
		{"parser", fmt.Errorf("secret: %w", parseError("CONNECT\na:1\nb\n\n")), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "header line without colon at offset 13, command CONNECT, frame at 0"),
			"header line without colon at offset 13, command CONNECT, frame at 0\n"},
		{"encoder", encodeError(&frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs("x-internal", "\x00")}), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"other", errors.New("login failed for secret"), send,
			headers.Pairs("receipt-id", "r:1", "content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"nil", nil, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"no violation", validate.Violations{}, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"first eight of nine", many, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "SUBSCRIBE must have an id header"),
			strings.Repeat("SUBSCRIBE must have an id header (subscribe-id-required; STOMP 1.1 and 1.2, SUBSCRIBE id Header)\n", 8)},
		{"eight", many[:8], frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "SUBSCRIBE must have an id header"),
			strings.Repeat("SUBSCRIBE must have an id header (subscribe-id-required; STOMP 1.1 and 1.2, SUBSCRIBE id Header)\n", 8)},
		{"unsendable receipt", errors.New("x"), head(frame.SEND, "receipt", "a\x00"),
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"receipt with carriage return", errors.New("x"), head(frame.SEND, "receipt", "77\r"),
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"receipt with line feed", errors.New("x"), head(frame.SEND, "receipt", "77\n"),
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"a name with a colon", validate.CheckRaw([]byte("SEND\na\"b:c:d\n\n"), frame.V12, validate.Client), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", `a colon in the header "a\"b" of SEND must be written as \c`),
			`a colon in the header "a\"b" of SEND must be written as \c (header-value-colon, header "a\"b"; STOMP 1.1 and 1.2, Value Encoding)` + "\n"},
		{"a violation made by somebody else", validate.Violation{Rule: validate.ConnectFirst, Command: "a:b\n\x1b"}, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", `"a\cb\n\x1b" must not be sent before CONNECT`),
			`"a\cb\n\x1b" must not be sent before CONNECT (connect-first; STOMP 1.0, Introduction; STOMP 1.1 and 1.2, Connecting)` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := validate.ErrorFrame(c.err, c.cause)
			if got.Command != frame.ERROR {
				t.Errorf("command is %s", got.Command)
			}
			if diff := cmp.Diff(c.headers, got.Headers); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.body, string(got.Body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			// What tells others of their errors has none.
			for _, v := range []frame.Version{frame.Unnegotiated, frame.V10, frame.V11, frame.V12} {
				if err := validate.CheckFrame(got, v, validate.Server); err != nil {
					t.Errorf("in %v: %v", v, err)
				}
			}
		})
	}
}

// Each limit says what there was too much of, to the programmer and, without
// the name of the field, to the peer.
func TestLimitErrorText(t *testing.T) {
	for limit, want := range map[string]string{
		"Subscriptions":  "SUBSCRIBE exceeds the limit of 5 open subscriptions",
		"Unacknowledged": "SUBSCRIBE exceeds the limit of 5 messages that wait for acknowledgment",
		"Transactions":   "SUBSCRIBE exceeds the limit of 5 open transactions",
		"Receipts":       "SUBSCRIBE exceeds the limit of 5 receipts that are asked for and not given",
		"ID":             "SUBSCRIBE exceeds the limit of 5 bytes for an identifier",
		"Other":          "SUBSCRIBE exceeds the limit of 5",
	} {
		err := &validate.LimitError{Limit: limit, Max: 5, Command: frame.SUBSCRIBE}
		if got := "stomp: " + want + " (SessionLimits." + limit + ")"; err.Error() != got {
			t.Errorf("text is %q, want %q", err, got)
		}
		f := validate.ErrorFrame(err, frame.Head{})
		if message, _ := f.Headers.Get("message"); message != want || string(f.Body) != want+"\n" {
			t.Errorf("ERROR says %q, %q, want %q", message, f.Body, want)
		}
	}
}

// parseError returns why the parser refuses input.
func parseError(input string) error {
	_, _, err := parser.New(parser.Options{}).Next([]byte(input))
	return err
}

// encodeError returns why the encoder refuses a frame.
func encodeError(f *frame.Frame) error {
	_, err := encoder.AppendFrame(nil, f, frame.V12, encoder.Options{})
	return err
}

// Each error of the parser is one for the peer, without what is advice to a
// programmer, and has no colon in the header.
func TestErrorFrameShowsParserErrors(t *testing.T) {
	for _, err := range []error{
		&parser.Error{Kind: parser.BadEscape, Offset: 17, Header: `"a:b"`, Command: frame.SEND},
		parseError("SEND\n"), parseError("GET / HTTP/1.1\r\n"), parseError("CONNECT\n:\n"), parseError("CONNECT\ncontent-length:x\n"),
	} {
		want := err.(*parser.Error).STOMPPeerText()
		f := validate.ErrorFrame(errors.Join(errors.New("secret"), err), frame.Head{})
		message, _ := f.Headers.Get("message")
		if string(f.Body) != want+"\n" || strings.ContainsAny(message, ":") || message[:10] != want[:10] || strings.Contains(want, "SetVersion") {
			t.Errorf("%v: message %q, body %q", err, message, f.Body)
		}
	}
}

// A foreign error has methods that errors of the standard library and of package
// parser have, but not the one that marks a text for the peer.
type foreign struct{}

func (foreign) Error() string                { return "secret" }
func (foreign) Is(error) bool                { return true }
func (foreign) As(any) bool                  { return false }
func (foreign) Unwrap() error                { return errors.New("secret") }
func (foreign) Timeout() bool                { return true }
func (foreign) Temporary() bool              { return true }
func (foreign) String() string               { return "secret" }
func (foreign) GoString() string             { return "secret" }
func (foreign) Format(s fmt.State, _ rune)   { fmt.Fprint(s, "secret") }
func (foreign) MarshalText() ([]byte, error) { return []byte("secret"), nil }
func (foreign) MarshalJSON() ([]byte, error) { return []byte(`"secret"`), nil }
func (foreign) Token() string                { return "secret" }
func (foreign) IsLimit() bool                { return true }
func (foreign) Message() string              { return "secret" }
func (foreign) Text() string                 { return "secret" }
func (foreign) PeerText() string             { return "secret" }
func (foreign) StompPeerText() string        { return "secret" }
func (foreign) ID() string                   { return "secret" }

// foreignList differs in what it wraps.
type foreignList struct{ foreign }

func (foreignList) Unwrap() []error { return []error{foreign{}, errors.New("secret")} }

// Of an error that is not marked nothing is shown, whatever methods it has and
// however it is wrapped.
func TestErrorFrameHidesForeignErrors(t *testing.T) {
	want := validate.ErrorFrame(nil, frame.Head{})
	hidden := []error{
		foreign{}, &foreign{}, foreignList{}, errors.New("secret"), context.DeadlineExceeded,
		encodeError(&frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs("secret", "\x00")}),
		encodeError(&frame.Frame{Command: "secret"}), encodeError(&frame.Frame{Command: frame.RECEIPT, Body: []byte("secret")}),
		&fs.PathError{Op: "open", Path: "secret", Err: fs.ErrPermission},
		&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "secret", Name: "secret"}},
		&url.Error{Op: "Get", URL: "secret", Err: io.EOF},
		&json.SyntaxError{Offset: 1}, &json.UnmarshalTypeError{Value: "secret", Field: "secret"},
		&strconv.NumError{Func: "secret", Num: "secret", Err: strconv.ErrSyntax},
		&headers.ValueError{Header: "secret", Err: headers.ErrSyntax},
	}
	for _, err := range hidden {
		for _, err := range []error{err, fmt.Errorf("secret: %w", err), errors.Join(io.EOF, err)} {
			if got := validate.ErrorFrame(err, frame.Head{}); !reflect.DeepEqual(got, want) {
				t.Errorf("%T: %v %q", err, got, got.Body)
			}
		}
	}
}

func TestNegotiationError(t *testing.T) {
	err := &validate.NegotiationError{Server: frame.VersionsOf(frame.V11, frame.V12)}
	if want := "stomp: no common protocol version, the server has 1.1,1.2"; err.Error() != want {
		t.Errorf("text is %q, want %q", err, want)
	}
}

// An ERROR can be read with the default limits, whatever the receipt or the
// refusal that goes into it.
func TestErrorFrameIsReadable(t *testing.T) {
	line := parser.DefaultHeaderLine
	for _, c := range []struct {
		name      string
		unit      string
		fits      int // the most units of which an ERROR repeats a receipt
		mostShown int // and a refusal as it is
	}{
		{"plain", "x", line - len("receipt-id:"), line - len("message:")},
		{"colons", ":", (line - len("receipt-id:")) / 2, (line - len("message:")) / 2},
		{"backslashes", `\`, (line - len("receipt-id:")) / 2, (line - len("message:")) / 2},
		{"UTF-8", "é", (line - len("receipt-id:")) / 2, (line - len("message:")) / 2},
	} {
		read := func(err error, receipt string, v frame.Version) headers.ListView {
			f := validate.ErrorFrame(err, head(frame.SEND, "receipt", receipt))
			wire, encodeErr := encoder.AppendFrame(nil, f, v, encoder.Options{})
			if encodeErr != nil {
				t.Fatalf("%s in %v: %v", c.name, v, encodeErr)
			}
			got, ok, err := parser.Decode(wire, parser.Options{Version: v})
			if err != nil || !ok {
				t.Fatalf("%s, %d bytes of receipt, in %v: %v", c.name, len(receipt), v, err)
			}
			return got.Headers
		}
		for _, v := range []frame.Version{frame.Unnegotiated, frame.V10, frame.V11, frame.V12} {
			for n, repeated := range map[int]bool{c.fits: true, c.fits + 1: false, line: false} {
				receipt := strings.Repeat(c.unit, n)
				if got, ok := read(errors.New("x"), receipt, v).Text("receipt-id"); ok != repeated || ok && got != receipt {
					t.Errorf("%s in %v: %d units: repeated %v, want %v", c.name, v, n, ok, repeated)
				}
			}
			for n, whole := range map[int]bool{c.mostShown: true, c.mostShown + 1: false, 8 * line: false} {
				refusal := &validate.Refusal{Message: strings.Repeat(c.unit, n)}
				if got, _ := read(refusal, "1", v).Text("message"); got == "" || (got == refusal.Message) != whole {
					t.Errorf("%s in %v: a refusal of %d units became one of %d bytes, whole: want %v", c.name, v, n, len(got), whole)
				}
			}
		}
	}
}

// The answers own their memory.
func TestAnswersOwnMemory(t *testing.T) {
	cause := head(frame.SEND, "receipt", "abc")
	failed := validate.ErrorFrame(errors.New("x"), cause)
	receipt, _ := validate.Receipt(cause)
	copy(cause.Headers[0].Value, "xyz")
	if got, _ := failed.Headers.Get("receipt-id"); got != "abc" {
		t.Errorf("ERROR has receipt-id %q after the cause changed", got)
	}
	if got, _ := receipt.Headers.Get("receipt-id"); got != "abc" {
		t.Errorf("RECEIPT has receipt-id %q after the cause changed", got)
	}
}

func TestReceipt(t *testing.T) {
	for _, c := range []struct {
		cause frame.Head
		want  *frame.Frame
	}{
		{head(frame.SEND, "receipt", "m:\n1", "receipt", "2"), &frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs("receipt-id", "m:\n1")}},
		{head(frame.DISCONNECT, "receipt", ""), &frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs("receipt-id", "")}},
		{head("EXTENSION", "receipt", "1"), &frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs("receipt-id", "1")}},
		{head(frame.SEND, "Receipt", "1"), nil},
		{head(frame.CONNECT, "receipt", "1"), nil},
		{head(frame.STOMP, "receipt", "1"), nil},
		{head(frame.MESSAGE, "receipt", "1"), nil},
		{frame.Head{}, nil},
	} {
		got, ok := validate.Receipt(c.cause)
		if ok != (c.want != nil) {
			t.Errorf("%v: asked %v", c.cause, ok)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.cause, diff)
		}
	}
}

// What a SEND has for the server, or claims to have from it, does not reach receivers.
func TestMessage(t *testing.T) {
	send := &frame.Frame{
		Command: frame.SEND,
		Headers: headers.Pairs("receipt", "r", "a", "1", "transaction", "t", "destination", "/queue/a", "ack", "forged",
			"subscription", "forged", "message-id", "forged", "redelivered", "true", "a", "2", "receipt-id", "x", "content-length", "5"),
		Body: []byte("hello"),
	}
	before := send.Clone()
	m := validate.Message(send)
	want := &frame.Frame{
		Command: frame.MESSAGE,
		Headers: headers.Pairs("a", "1", "destination", "/queue/a", "a", "2", "content-length", "5"),
		Body:    []byte("hello"),
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, send); diff != "" {
		t.Error("the SEND has changed", diff)
	}
	m.Headers.Add("subscription", "0")
	m.Headers.Add("message-id", "1")
	if err := validate.CheckFrame(m, frame.V12, validate.Server); validate.Enforce(err) != nil {
		t.Error(err)
	}
}
