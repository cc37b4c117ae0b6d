package stomp_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// forwardClient forwards what a client sends to a broker. It refuses the
// commands of servers: RabbitMQ and ActiveMQ do not count the bodies of all of
// them, and would read frames in a body that has a NUL. It passes destinations
// that it knows, because brokers have several names for one queue.
func forwardClient(broker io.Writer, p *parser.Parser, public map[string]bool, chunk []byte) error {
	var out []byte
	for len(chunk) > 0 {
		ev, n, err := p.Next(chunk)
		if err != nil {
			return err // close both connections
		}
		if ev.Kind == parser.HeadEvent {
			destination, ok := ev.Head.Headers.Text(headers.Destination)
			if ev.Head.Command.FromServer() || ok && !public[destination] {
				return fmt.Errorf("refused %s from a client", ev.Head.Command)
			}
		}
		out = ev.AppendForward(out[:0])
		if _, err := broker.Write(out); err != nil {
			return err
		}
		chunk = chunk[n:]
	}
	return nil
}

// A proxy looks at heads and forwards frames as they are.
func Example_proxy() {
	chunks := []string{"SEND\ndestination:/que", "ue/a\n\nhel", "lo\x00\nSEND\ndestination:/queue/b\n\n\x00"}
	public := map[string]bool{"/queue/a": true, "/queue/b": true}
	var broker bytes.Buffer
	p := parser.New(parser.Options{Version: frame.V12})
	for _, chunk := range chunks {
		if err := forwardClient(&broker, p, public, []byte(chunk)); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(broker.String() == strings.Join(chunks, ""))

	fmt.Println(forwardClient(&broker, p, public, []byte("MESSAGE\ncontent-length:9\n\n\x00SEND\n\nhi\x00")))
	// Output:
	// true
	// refused MESSAGE from a client
}
