package validate_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A broker feeds what it reads, and what it is about to write, to the session
// of the connection, answers violations of a MUST with ERROR, and sends the
// receipts that clients ask for.
func Example_broker() {
	session := validate.NewSession(validate.SessionLimits{Subscriptions: 100})
	write := func(f *frame.Frame) {
		if err := session.StepFrame(validate.Server, f); err != nil {
			fmt.Println("the broker is wrong:", err)
		}
		fmt.Println(f)
	}
	read := func(f *frame.Frame) (ok bool) {
		err := session.StepFrame(validate.Client, f)
		if err := validate.Enforce(err); err != nil {
			write(validate.ErrorFrame(err, f))
			return false // and close the connection
		}
		if f.Command == frame.CONNECT {
			version, _ := frame.Negotiate(f.AcceptVersions(), frame.AllVersions)
			write(&frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(
				headers.Version, version.String(), headers.HeartBeat, "0,10000")})
		}
		// Here the frame is processed.
		if receipt, asked := validate.Receipt(f); asked {
			write(receipt)
		}
		return true
	}
	for _, f := range []*frame.Frame{
		{Command: frame.CONNECT, Headers: headers.Pairs("accept-version", "1.1,1.2", "host", "example.org", "heart-beat", "5000,0")},
		{Command: frame.SUBSCRIBE, Headers: headers.Pairs("id", "0", "destination", "/queue/a", "receipt", "1")},
		{Command: frame.ACK, Headers: headers.Pairs("id", "7", "receipt", "2")},
	} {
		if !read(f) {
			break
		}
	}
	fmt.Println("the client sends something every", session.HeartBeat(validate.Client))
	// Output:
	// CONNECTED {version:"1.2" heart-beat:"0,10000"} 0 bytes
	// RECEIPT {receipt-id:"1"} 0 bytes
	// ERROR {receipt-id:"2" content-type:"text/plain" message:"ACK names no message that waits for acknowledgment; its id must "...} 169 bytes
	// the client sends something every 10s
}

// A client steps what it writes. To the session, a frame that was stepped was sent:
// so everything that can be refused before is checked first, and if Step still finds
// that a MUST is broken, the connection should end.
func Example_client() {
	session := validate.NewSession(validate.SessionLimits{})
	send := func(f *frame.Frame) error {
		version := session.Version()
		if err := validate.Enforce(validate.CheckFrame(f, version, validate.Client)); err != nil {
			return err // nothing has happened
		}
		wire, err := encoder.AppendFrame(nil, f, version, encoder.Options{})
		if err != nil {
			return err // nothing has happened
		}
		if err := validate.Enforce(session.StepFrame(validate.Client, f)); err != nil {
			return err
		}
		fmt.Printf("%q\n", wire) // to the connection
		return nil
	}
	err := send(&frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs("accept-version", "1.2", "host", "example.org")})
	fmt.Println(err, session.Phase(validate.Client))
	err = session.StepFrame(validate.Server, &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs("version", "1.2")})
	fmt.Println(err, session.Phase(validate.Client), session.Version())
	err = send(&frame.Frame{Command: frame.COMMIT, Headers: headers.Pairs("transaction", "t1")})
	fmt.Println(errors.Is(err, validate.CommitTransactionKnown))
	// Output:
	// "CONNECT\naccept-version:1.2\nhost:example.org\n\n\x00"
	// <nil> connecting
	// <nil> connected 1.2
	// true
}

// An observer sees both directions, and notes what is wrong with each frame.
func Example_observer() {
	session := validate.NewSession(validate.SessionLimits{})
	for _, seen := range []struct {
		from validate.Role
		*frame.Frame
	}{
		{validate.Client, &frame.Frame{Command: frame.STOMP, Headers: headers.Pairs("accept-version", "1.2", "host", "h", "passcode", "secret")}},
		{validate.Server, &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs("version", "1.2", "session", "ID:broker-1:30")}},
		{validate.Client, &frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs("id", "0", "destination", "/queue/a", "ack", "client")}},
		{validate.Server, &frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs("subscription", "0", "message-id", "m", "destination", "/queue/a")}},
		{validate.Server, &frame.Frame{Command: frame.ERROR, Headers: headers.Pairs("message", "gone")}},
		{validate.Server, &frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs("receipt-id", "9")}},
	} {
		var violations validate.Violations
		errors.As(session.StepFrame(seen.from, seen.Frame), &violations)
		for _, v := range violations {
			fmt.Println(seen.from, v.Command, v.Rule.Must(), v.Rule.ID())
		}
	}
	// Output:
	// client STOMP false connect-preferred
	// server MESSAGE true message-ack-required
	// server RECEIPT true frame-after-error
	// server RECEIPT true receipt-known
}

func ExampleCheckFrame() {
	f := &frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs("destination", "/queue/a", "ack", "sometimes")}
	err := validate.CheckFrame(f, frame.V12, validate.Client)
	for _, v := range err.(validate.Violations) {
		fmt.Println(v.Rule.ID(), v.Header, v.Rule.Must(), v.Rule.Section())
	}
	// Output:
	// subscribe-id-required id true STOMP 1.1 and 1.2, SUBSCRIBE id Header
	// subscribe-ack-mode ack true STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack Header
}

func ExampleCheckView() {
	send := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("destination", "/queue/a"), Body: []byte("hello")}
	fmt.Println(validate.CheckView(send.View(), frame.V10, validate.Client))
	// Output: stomp: SEND should have a content-length header, because it has a body (content-length-expected, header content-length; STOMP 1.0, SEND; STOMP 1.1 and 1.2, Header content-length)
}

// A server can refuse a frame by its head, before the body has come.
func ExampleCheckHead() {
	r := parser.NewReader(strings.NewReader("BEGIN\ntransaction:t\ncontent-length:1000000\n\n"), parser.Options{Version: frame.V12})
	head, err := r.Next()
	if err != nil {
		fmt.Println(err)
		return
	}
	err = validate.CheckHead(head, frame.V12, validate.Client)
	fmt.Println(errors.Is(err, validate.BodyNotAllowed))
	// Output: true
}

func ExampleCheckRaw() {
	err := validate.CheckRaw([]byte("SEND\ndestination:/queue/a\nreply-to:host:1\n\n"), frame.V12, validate.Client)
	fmt.Println(err)
	// Output: stomp: a colon in the header reply-to of SEND must be written as \c (header-value-colon, header reply-to; STOMP 1.1 and 1.2, Value Encoding)
}

func ExampleRules() {
	for r := range validate.Rules() {
		if r.Versions() == frame.VersionsOf(frame.V12) && r.Binds(validate.Server) {
			fmt.Println(r.ID(), r.Must())
		}
	}
	// Output:
	// frame-after-error true
	// content-type-syntax true
	// message-ack-required true
	// message-ack-unique true
}

func ExampleLookupRule() {
	r, ok := validate.LookupRule("subscribe-id-required")
	fmt.Println(ok, r.Must(), r.Versions(), r.Section())
	fmt.Println(r.Requirement())
	fmt.Println(r.Text())
	// Output:
	// true true 1.1,1.2 STOMP 1.1 and 1.2, SUBSCRIBE id Header
	// SUBSCRIBE has an id header
	// SUBSCRIBE must have an id header
}

// A blank that no eye sees is named.
func ExampleViolation_Text() {
	err := validate.CheckFrame(&frame.Frame{Command: frame.SEND, Headers: headers.Pairs("destination", "/queue/a", "content-type", " text/plain")}, frame.V12, validate.Client)
	fmt.Println(err.(validate.Violations)[0].Text())
	// Output: the content-type header of SEND must be a MIME type such as text/plain; the value begins with a blank, which STOMP does not strip
}

func ExampleEnforce() {
	err := validate.CheckFrame(&frame.Frame{Command: frame.STOMP, Headers: headers.Pairs("accept-version", "1.2")}, frame.Unnegotiated, validate.Client)
	fmt.Println(len(err.(validate.Violations)))
	err = validate.Enforce(err)
	fmt.Println(err)
	fmt.Println(validate.Enforce(err, validate.ConnectHostRequired))
	// Output:
	// 2
	// stomp: STOMP must have a host header (connect-host-required, header host; STOMP 1.1 and 1.2, CONNECT or STOMP Frame)
	// <nil>
}

func ExampleRefusal() {
	f := validate.ErrorFrame(&validate.Refusal{Message: "wrong login or passcode"}, frame.Head{})
	fmt.Println(f)
	// Output: ERROR {message:"wrong login or passcode"} 0 bytes
}

// A client answers a MESSAGE as the version asks.
func ExampleAck() {
	message := &frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs(
		headers.Subscription, "0", headers.MessageID, "m-7", headers.Ack, "a-7", headers.Destination, "/queue/a")}
	for _, v := range []frame.Version{frame.V10, frame.V11, frame.V12} {
		f, _ := validate.Ack(message, v)
		fmt.Println(v, f)
	}
	// Output:
	// 1.0 ACK {message-id:"m-7"} 0 bytes
	// 1.1 ACK {subscription:"0" message-id:"m-7"} 0 bytes
	// 1.2 ACK {id:"a-7"} 0 bytes
}

// A client that cannot process a MESSAGE gives it back, where the version has
// NACK.
func ExampleNack() {
	message := &frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs(headers.Subscription, "0", headers.MessageID, "m-7", headers.Ack, "a-7")}
	fmt.Println(validate.Nack(message, frame.V12))
	_, ok := validate.Nack(message, frame.V10)
	fmt.Println(ok)
	// Output:
	// NACK {id:"a-7"} 0 bytes true
	// false
}

func ExampleNegotiationError() {
	connect := &frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs("accept-version", "2.0", "host", "h")}
	mine := frame.VersionsOf(frame.V11, frame.V12)
	if _, ok := frame.Negotiate(connect.AcceptVersions(), mine); !ok {
		fmt.Println(validate.ErrorFrame(&validate.NegotiationError{Server: mine}, connect))
	}
	// Output: ERROR {version:"1.1,1.2" content-type:"text/plain" message:"no common protocol version"} 39 bytes
}

func ExampleLimitError() {
	session := validate.NewSession(validate.SessionLimits{Transactions: 1})
	session.StepFrame(validate.Client, &frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs("accept-version", "1.2", "host", "h")})
	session.StepFrame(validate.Server, &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs("version", "1.2")})
	fmt.Println(session.StepFrame(validate.Client, &frame.Frame{Command: frame.BEGIN, Headers: headers.Pairs("transaction", "a")}))
	fmt.Println(session.StepFrame(validate.Client, &frame.Frame{Command: frame.BEGIN, Headers: headers.Pairs("transaction", "b")}))
	// Output:
	// <nil>
	// stomp: BEGIN exceeds the limit of 1 open transactions (SessionLimits.Transactions)
}

// How many messages a client has not acknowledged yet.
func ExampleSession_Unacknowledged() {
	session := validate.NewSession(validate.SessionLimits{})
	session.StepFrame(validate.Client, &frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs("accept-version", "1.1", "host", "h")})
	session.StepFrame(validate.Server, &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs("version", "1.1")})
	session.StepFrame(validate.Client, &frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs("id", "0", "destination", "d", "ack", "client")})
	for _, id := range []string{"1", "2", "3"} {
		session.StepFrame(validate.Server, &frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs("subscription", "0", "destination", "d", "message-id", id)})
	}
	session.StepFrame(validate.Client, &frame.Frame{Command: frame.ACK, Headers: headers.Pairs("subscription", "0", "message-id", "2")}) // and all before
	fmt.Println(session.Unacknowledged())
	// Output: 1
}

// The answer to what a client should not have sent.
func ExampleErrorFrame() {
	send := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs("receipt", "r-1")}
	if err := validate.CheckFrame(send, frame.V12, validate.Client); err != nil {
		f := validate.ErrorFrame(err, send)
		fmt.Printf("%v\n%s", f.Headers, f.Body)
	}
	// Output:
	// {receipt-id:"r-1" content-type:"text/plain" message:"SEND must have a destination header"}
	// SEND must have a destination header (send-destination-required, header destination; STOMP 1.0, 1.1 and 1.2, SEND)
}

// A SEND goes to two subscriptions. What all get is encoded once.
func ExampleMessage() {
	send := &frame.Frame{
		Command: frame.SEND,
		Headers: headers.Pairs("destination", "/topic/a", "receipt", "r-1", "content-type", "text/plain"),
		Body:    []byte("hello"),
	}
	shared, err := encoder.Share(validate.Message(send), frame.V12, encoder.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, subscription := range []string{"0", "1"} {
		wire, err := shared.Append(nil, headers.Pairs(headers.Subscription, subscription, headers.MessageID, "7"))
		fmt.Printf("%q %v\n", wire, err)
	}
	// Output:
	// "MESSAGE\nsubscription:0\nmessage-id:7\ndestination:/topic/a\ncontent-type:text/plain\ncontent-length:5\n\nhello\x00" <nil>
	// "MESSAGE\nsubscription:1\nmessage-id:7\ndestination:/topic/a\ncontent-type:text/plain\ncontent-length:5\n\nhello\x00" <nil>
}

func ExampleReceipt() {
	if f, asked := validate.Receipt(&frame.Frame{Command: frame.SEND, Headers: headers.Pairs("destination", "/queue/a", "receipt", "r-1")}); asked {
		fmt.Println(f)
	}
	// Output: RECEIPT {receipt-id:"r-1"} 0 bytes
}

// How much memory a client can make its session hold.
func ExampleSessionLimits_WorstCase() {
	fmt.Println(validate.SessionLimits{}.WorstCase()>>10, "KiB")
	fmt.Println(validate.SessionLimits{Subscriptions: 10, Unacknowledged: 100, Transactions: 10, Receipts: 10}.WorstCase()>>10, "KiB")
	// Output:
	// 50066 KiB
	// 318 KiB
}
