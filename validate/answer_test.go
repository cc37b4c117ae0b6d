package validate_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A codecError looks like one of package parser.
type codecError struct{ token, text string }

func (e *codecError) Error() string { return e.text }
func (e *codecError) Token() string { return e.token }
func (e *codecError) IsLimit() bool { return false }

// An unsendable looks like an error of package encoder.
type unsendable struct{ error }

func (unsendable) Token() string { return "unescapable" }

func TestErrorFrame(t *testing.T) {
	send := head(frame.SEND, "receipt", "r:1", "passcode", "secret")
	violations := validate.Head(head(frame.SUBSCRIBE, "ack", "secret", "receipt", ""), frame.V12, validate.Client)
	many := slices.Repeat(validate.Violations{{Rule: validate.SubscribeIDRequired, Command: frame.SUBSCRIBE}}, 9)
	for _, c := range []struct {
		name    string
		err     error
		cause   frame.Head
		headers headers.List
		body    string
	}{
		{"violations", violations, send,
			headers.Pairs("receipt-id", "r:1", "content-type", "text/plain", "message", "SUBSCRIBE needs a destination header"),
			"SUBSCRIBE: SUBSCRIBE needs a destination header (subscribe-destination-required, header destination, STOMP 1.0, 1.1 and 1.2, SUBSCRIBE)\n" +
				"SUBSCRIBE: SUBSCRIBE needs an id header (subscribe-id-required, header id, STOMP 1.1 and 1.2, SUBSCRIBE id Header)\n" +
				"SUBSCRIBE: ack is one of the modes that the version has (subscribe-ack-mode, header ack, STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header)\n"},
		{"shoulds only", validate.Violations{{Rule: validate.DisconnectReceipt, Command: frame.DISCONNECT}}, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "a graceful DISCONNECT asks for a receipt"),
			"DISCONNECT: a graceful DISCONNECT asks for a receipt (disconnect-receipt, STOMP 1.1 and 1.2, DISCONNECT)\n"},
		{"musts of a mixture", validate.Violations{{Rule: validate.ConnectPreferred, Command: frame.STOMP}, {Rule: validate.ConnectHostRequired, Command: frame.STOMP}}, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "the frame needs a host header"),
			"STOMP: the frame needs a host header (connect-host-required, STOMP 1.1 and 1.2, CONNECT or STOMP Frame)\n"},
		{"wrapped violation", fmt.Errorf("secret: %w", validate.Violation{Rule: validate.AckKnown, Command: frame.ACK, Header: "id"}), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "ACK names a message that waits for acknowledgement"),
			"ACK: ACK names a message that waits for acknowledgement (ack-known, header id, STOMP 1.0, 1.1 and 1.2, ACK)\n"},
		{"rule", validate.ConnectFirst, frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "the first frame of a client is CONNECT or STOMP"),
			"stomp: the first frame of a client is CONNECT or STOMP (connect-first, STOMP 1.0, 1.1 and 1.2, Connecting)\n"},
		{"limit", &validate.LimitError{Limit: "Receipts", Max: 5, Command: frame.SEND}, send,
			headers.Pairs("receipt-id", "r:1", "content-type", "text/plain", "message", "session limit passed"),
			"stomp: SEND: session limit Receipts of 5 passed\n"},
		{"negotiation", &validate.NegotiationError{Server: frame.AllVersions}, frame.Head{},
			headers.Pairs("version", "1.0,1.1,1.2", "content-type", "text/plain", "message", "no common protocol version"),
			"Supported protocol versions are 1.0 1.1 1.2"},
		{"parser", fmt.Errorf("secret: %w", &codecError{"bad_escape", "stomp: undefined or truncated escape at offset 12"}), frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "malformed frame (bad_escape)"),
			"stomp: undefined or truncated escape at offset 12\n"},
		{"encoder", unsendable{errors.New("encoder: header x-internal cannot be escaped")}, frame.Head{},
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
			headers.Pairs("content-type", "text/plain", "message", "SUBSCRIBE needs an id header"),
			strings.Repeat("SUBSCRIBE: SUBSCRIBE needs an id header (subscribe-id-required, STOMP 1.1 and 1.2, SUBSCRIBE id Header)\n", 8)},
		{"eight", many[:8], frame.Head{},
			headers.Pairs("content-type", "text/plain", "message", "SUBSCRIBE needs an id header"),
			strings.Repeat("SUBSCRIBE: SUBSCRIBE needs an id header (subscribe-id-required, STOMP 1.1 and 1.2, SUBSCRIBE id Header)\n", 8)},
		{"unsendable receipt", errors.New("x"), head(frame.SEND, "receipt", "a\x00"),
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"receipt with carriage return", errors.New("x"), head(frame.SEND, "receipt", "77\r"),
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
		{"receipt with line feed", errors.New("x"), head(frame.SEND, "receipt", "7\n7"),
			headers.Pairs("content-type", "text/plain", "message", "frame not accepted"),
			"The server cannot process the frame.\n"},
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
				if err := validate.Frame(got, v, validate.Server); err != nil {
					t.Errorf("in %v: %v", v, err)
				}
			}
		})
	}
}

func TestNegotiationError(t *testing.T) {
	err := &validate.NegotiationError{Server: frame.VersionsOf(frame.V11, frame.V12)}
	if want := "stomp: no common protocol version, the server has 1.1,1.2"; err.Error() != want {
		t.Errorf("text is %q, want %q", err, want)
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
