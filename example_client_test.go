package stomp_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// connect sends CONNECT and reads the answer.
func connect(r *parser.Reader, w *encoder.Writer, host string) (frame.Version, error) {
	err := w.WriteFrame(&frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs(
		headers.AcceptVersion, frame.AllVersions.String(), headers.Host, host)})
	if err != nil {
		return frame.Unnegotiated, err
	}
	f, err := r.ReadFrame()
	if err != nil {
		return frame.Unnegotiated, err
	}
	version, ok := f.AgreedVersion()
	if !ok {
		return frame.Unnegotiated, fmt.Errorf("the server answered %s: %q", f.Command, f.Headers.Value(headers.Message))
	}
	r.SetVersion(version)
	w.SetVersion(version)
	return version, nil
}

// consume subscribes to a destination and acknowledges each message that handle
// accepts. It returns nil when the server closes the connection.
func consume(conn io.ReadWriter, destination string, handle func(*frame.Frame) error) error {
	r := parser.NewReader(conn, parser.Options{})
	w := encoder.NewWriter(conn, frame.Unnegotiated, encoder.Options{})
	version, err := connect(r, w, "/")
	if err != nil {
		return err
	}
	err = w.WriteFrame(&frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs(
		headers.ID, "0", headers.Destination, destination, headers.Ack, "client")})
	if err != nil {
		return err
	}
	for m, err := range r.Frames() {
		if err != nil {
			return err
		}
		if m.Command != frame.MESSAGE {
			return fmt.Errorf("the server sent %s: %q", m.Command, m.Headers.Value(headers.Message))
		}
		if err := handle(m); err != nil {
			return err
		}
		if ack, ok := validate.Ack(m, version); ok {
			if err := w.WriteFrame(ack); err != nil {
				return err
			}
		}
	}
	return nil
}

// A client that subscribes and acknowledges.
func Example_client() {
	conn := &conversation{Reader: strings.NewReader("CONNECTED\nversion:1.1\n\n\x00\n" +
		"MESSAGE\nsubscription:0\nmessage-id:m-1\ndestination:/queue/a\n\nhello\x00\n")}
	err := consume(conn, "/queue/a", func(m *frame.Frame) error {
		fmt.Printf("%s\n", m.Body)
		return nil
	})
	fmt.Println(err)
	fmt.Print(conn)

	conn = &conversation{Reader: strings.NewReader("ERROR\nmessage:wrong passcode\n\n\x00")}
	fmt.Println(consume(conn, "/queue/a", nil))
	// Output:
	// hello
	// <nil>
	// CONNECT {accept-version:"1.0,1.1,1.2" host:"/"} 0 bytes
	// SUBSCRIBE {id:"0" destination:"/queue/a" ack:"client"} 0 bytes
	// ACK {subscription:"0" message-id:"m-1"} 0 bytes
	// the server answered ERROR: "wrong passcode"
}

// A conversation takes the place of a connection: what the peer says is given,
// and what is said to it is kept.
type conversation struct {
	io.Reader
	strings.Builder
}

// String returns the frames that were written, a line for each.
func (c *conversation) String() string {
	var b strings.Builder
	for f := range parser.NewReader(strings.NewReader(c.Builder.String()), parser.Options{Version: frame.V12}).Frames() {
		fmt.Fprintln(&b, f)
	}
	return b.String()
}
