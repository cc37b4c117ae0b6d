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

// forwardClient forwards what a client sends to a broker, byte for byte. It
// refuses the commands of servers: RabbitMQ and ActiveMQ do not count the
// bodies of all of them, and would read frames in a body that has a NUL.
func forwardClient(broker io.Writer, p *parser.Parser, chunk []byte) error {
	for len(chunk) > 0 {
		ev, n, err := p.Next(chunk)
		if err != nil {
			return err // close both connections
		}
		if ev.Kind == parser.Head {
			destination, _ := ev.Head.Headers.Text(headers.Destination)
			if ev.Head.Command.FromServer() || strings.HasPrefix(destination, "/queue/private.") {
				return fmt.Errorf("refused %s from a client", ev.Head.Command)
			}
		}
		if _, err := broker.Write(ev.Raw); err != nil {
			return err
		}
		chunk = chunk[n:]
	}
	return nil
}

// A proxy looks at heads and forwards the bytes as they are.
func Example_proxy() {
	chunks := []string{"SEND\ndestination:/que", "ue/a\n\nhel", "lo\x00\nSEND\ndestination:/queue/b\n\n\x00"}
	var broker bytes.Buffer
	p := parser.New(parser.Options{Version: frame.V12})
	for _, chunk := range chunks {
		if err := forwardClient(&broker, p, []byte(chunk)); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(broker.String() == strings.Join(chunks, ""))

	fmt.Println(forwardClient(&broker, p, []byte("MESSAGE\ncontent-length:9\n\n\x00SEND\n\nhi\x00")))
	// Output:
	// true
	// refused MESSAGE from a client
}
