package stomp_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// serve answers one client until it leaves or breaks the protocol.
func serve(conn io.ReadWriter, deliver func(*frame.Frame) error) error {
	r := parser.NewReader(conn, parser.Options{Limits: parser.LimitsBeforeLogin()})
	w := encoder.NewWriter(conn, frame.Unnegotiated, encoder.Options{})
	session := validate.NewSession(validate.SessionLimits{})
	send := func(f *frame.Frame) error {
		if err := validate.Enforce(session.StepFrame(validate.Server, f)); err != nil {
			return err
		}
		return w.WriteFrame(f)
	}
	handle := func(f *frame.Frame) error {
		switch f.Command {
		case frame.CONNECT, frame.STOMP:
			v, ok := frame.Negotiate(f.AcceptVersions(), frame.AllVersions)
			if !ok {
				return &validate.NegotiationError{Server: frame.AllVersions}
			}
			r.SetVersion(v)
			r.SetLimits(parser.Limits{}) // the defaults
			err := send(&frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(headers.Version, v.String())})
			w.SetVersion(v)
			return err
		case frame.SEND:
			return deliver(f)
		}
		return nil
	}
	for f, err := range r.Frames() {
		if err == nil {
			err = validate.Enforce(session.StepFrame(validate.Client, f), validate.ConnectHostRequired)
		}
		if err == nil {
			err = handle(f)
		}
		if err != nil {
			return errors.Join(err, send(validate.ErrorFrame(err, f)))
		}
		if receipt, ok := validate.Receipt(f); ok {
			err = send(receipt)
		}
		if err != nil || f.Command == frame.DISCONNECT {
			return err
		}
	}
	return nil
}

// A server that accepts messages.
func Example_server() {
	deliver := func(m *frame.Frame) error {
		if destination := m.Headers.Value(headers.Destination); destination != "/queue/a" {
			return &validate.Refusal{Message: "there is no " + destination}
		}
		fmt.Printf("%s\n", m.Body)
		return nil
	}
	conn := &conversation{Reader: strings.NewReader("CONNECT\naccept-version:1.1,1.2\n\n\x00\n" +
		"SEND\ndestination:/queue/a\nreceipt:r\\c1\n\nhello\x00" +
		"SEND\ndestination:/queue/b\n\nhello\x00")}
	fmt.Println(serve(conn, deliver))
	fmt.Print(conn)

	conn = &conversation{Reader: strings.NewReader("CONNECT\naccept-version:1.2\n\n\x00SEND\n\nhello\x00")}
	fmt.Println(serve(conn, deliver))
	// Output:
	// hello
	// stomp: refused: there is no /queue/b
	// CONNECTED {version:"1.2"} 0 bytes
	// RECEIPT {receipt-id:"r:1"} 0 bytes
	// ERROR {message:"there is no /queue/b"} 0 bytes
	// stomp: SEND must have a destination header (send-destination-required, header destination; STOMP 1.0, 1.1 and 1.2, SEND)
}
