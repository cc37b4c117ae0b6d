// Echo is the smallest broker: it gives each message back to the connection
// that sent it, if that has subscribed to the destination. It shows how little
// stands between the packages and a server; it has no time-outs and no login.
package main

import (
	"flag"
	"log"
	"net"
	"strconv"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

func main() {
	address := flag.String("listen", "127.0.0.1:61613", "address to listen on")
	flag.Parse()
	l, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("listening on ", l.Addr())
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			log.Print(c.RemoteAddr(), ": ", serve(c))
			c.Close()
		}()
	}
}

// serve reads frames until the peer leaves or breaks the protocol.
func serve(c net.Conn) error {
	r := parser.NewReader(c, parser.Options{Limits: parser.LimitsBeforeLogin()})
	w := encoder.NewWriter(c, frame.Unnegotiated, encoder.Options{})
	subscriptions := map[string]string{} // id of each destination
	messages := 0
	for f, err := range r.Frames() {
		if err != nil {
			w.WriteFrame(&frame.Frame{Command: frame.ERROR, Headers: headers.Pairs(headers.Message, err.Error())})
			return err
		}
		destination, _ := f.Headers.Get(headers.Destination)
		switch f.Command {
		case frame.CONNECT, frame.STOMP:
			v, ok := frame.Negotiate(f.AcceptVersions(), frame.AllVersions)
			if !ok {
				return w.WriteFrame(frame.RefuseVersion(frame.AllVersions))
			}
			err = w.WriteFrame(&frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(headers.Version, v.String())})
			r.SetVersion(v)
			r.SetLimits(parser.Limits{}) // the defaults
			w.SetVersion(v)
		case frame.SUBSCRIBE:
			subscriptions[destination], _ = f.Headers.Get(headers.ID)
		case frame.SEND:
			if id, ok := subscriptions[destination]; ok {
				messages++
				f.Command = frame.MESSAGE
				f.Headers.Set(headers.Subscription, id)
				f.Headers.Set(headers.MessageID, strconv.Itoa(messages))
				err = w.WriteFrame(f)
			}
		}
		if receipt, ok := f.Headers.Get(headers.Receipt); ok && err == nil {
			err = w.WriteFrame(&frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs(headers.ReceiptID, receipt)})
		}
		if err != nil || f.Command == frame.DISCONNECT {
			return err
		}
	}
	return nil
}
