// Echo is the smallest broker. It sends each message back to the connection
// that sent it, if that connection has subscribed to the destination. It shows
// how little code a server needs besides the packages.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"strconv"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

const about = "Echo is the smallest broker: it gives each message back to its sender."

func main() {
	fs := flag.NewFlagSet("echo", flag.ContinueOnError)
	tcp := fs.String("tcp", "127.0.0.1:61613", "`address` to listen on for TCP clients, host:port")
	if code, done := command.Parse(fs, os.Args[1:], os.Stdout, os.Stderr, about); done {
		os.Exit(code)
	}
	l, err := net.Listen("tcp", *tcp)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("listening tcp ", l.Addr())
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go handle(c)
	}
}

// handle serves a connection and logs how it ended.
func handle(c net.Conn) {
	defer c.Close()
	if err := serve(c); err != nil {
		log.Print(c.RemoteAddr(), ": ", err)
	} else {
		log.Print(c.RemoteAddr(), ": done")
	}
}

// serve reads frames until the peer leaves or breaks the protocol.
func serve(c net.Conn) error {
	r := parser.NewReader(c, parser.Options{Limits: parser.LimitsBeforeLogin()})
	w := encoder.NewWriter(c, frame.Unnegotiated, encoder.Options{})
	subscriptions := map[string]string{} // id by destination
	messages := 0
	for f, err := range r.Frames() {
		if err != nil {
			w.WriteFrame(validate.ErrorFrame(err, frame.Head{}))
			return err
		}
		destination := f.Headers.Value(headers.Destination)
		receipt, asked := validate.Receipt(f)
		switch f.Command {
		case frame.CONNECT, frame.STOMP:
			v, ok := frame.Negotiate(f.AcceptVersions(), frame.AllVersions)
			if !ok {
				return w.WriteFrame(validate.ErrorFrame(&validate.NegotiationError{Server: frame.AllVersions}, f))
			}
			err = w.WriteFrame(&frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(headers.Version, v.String())})
			r.SetVersion(v)
			r.SetLimits(parser.Limits{}) // the defaults
			w.SetVersion(v)
		case frame.SUBSCRIBE:
			subscriptions[destination] = f.Headers.Value(headers.ID)
		case frame.SEND:
			if id, ok := subscriptions[destination]; ok {
				messages++
				f.Command = frame.MESSAGE
				f.Headers.Set(headers.Subscription, id)
				f.Headers.Set(headers.MessageID, strconv.Itoa(messages))
				err = w.WriteFrame(f)
			}
		}
		if asked && err == nil {
			err = w.WriteFrame(receipt)
		}
		if err != nil || f.Command == frame.DISCONNECT {
			return err
		}
	}
	return nil
}
