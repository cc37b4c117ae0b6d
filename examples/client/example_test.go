package client_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// Subscribe, publish with a receipt, take the message and acknowledge it.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := client.Dial(ctx, "tcp://"+tinyBroker(), client.Options{
		Login: "joe", Passcode: "secret", Host: "/",
		Reconnect: &client.Backoff{},
	})
	if err != nil {
		log.Fatal(err)
	}
	sub, err := c.Subscribe(ctx, "/queue/orders", client.SubscribeOptions{Ack: headers.AckClientIndividual})
	if err != nil {
		log.Fatal(err)
	}
	err = c.SendReceipt(ctx, "/queue/orders", []byte("12 eggs"), headers.Field{Name: headers.ContentType, Value: "text/plain"})
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range sub.Messages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", m.Destination(), m.Body)
		if err := m.Ack(ctx); err != nil {
			log.Fatal(err)
		}
		break
	}
	fmt.Println("closed:", c.Close(ctx))
	// Output:
	// /queue/orders: 12 eggs
	// closed: <nil>
}

// tinyBroker starts something that gives each message back, for one client.
func tinyBroker() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		defer l.Close()
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r, w := parser.NewReader(conn, parser.Options{}), encoder.NewWriter(conn, frame.Unnegotiated, encoder.Options{})
		for f, err := range r.Frames() {
			if err != nil {
				return
			}
			switch f.Command {
			case frame.CONNECT:
				w.WriteFrame(&frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(headers.Version, "1.2")})
				r.SetVersion(frame.V12)
				w.SetVersion(frame.V12)
			case frame.SEND:
				receipt, _ := validate.Receipt(f)
				f.Command = frame.MESSAGE
				f.Headers.Delete(headers.Receipt)
				f.Headers = append(headers.Pairs(headers.Subscription, "sub-1", headers.MessageID, "1", headers.Ack, "1"), f.Headers...)
				w.WriteFrame(f)
				w.WriteFrame(receipt)
			case frame.SUBSCRIBE, frame.DISCONNECT:
				receipt, _ := validate.Receipt(f)
				w.WriteFrame(receipt)
			}
		}
	}()
	return l.Addr().String()
}
