// Gostomp drives github.com/go-stomp/stomp. ../README.md has the protocol of
// drivers.
package main

import (
	"errors"
	"log"
	"net"
	"strconv"
	"time"

	gostomp "github.com/go-stomp/stomp/v3"
	"github.com/go-stomp/stomp/v3/frame"
	"github.com/stompwire/stomp/lab/interop/driver"
)

func main() {
	var p peer
	err := driver.Serve(driver.Greeting{
		Peer:     "go-stomp 3.1.5",
		Versions: []string{"1.0", "1.1", "1.2"},
		Lacks:    map[string]string{"nack 1.0": "1.0 has none", "heart-beats 1.0": "1.0 has none"},
	}, p.do)
	if err != nil {
		log.Fatal(err)
	}
}

type peer struct {
	conn          *gostomp.Conn
	messages      chan *gostomp.Message // of all subscriptions
	subscriptions map[string]*gostomp.Subscription
	ended         map[string]chan struct{} // of each subscription: closed when go-stomp has ended it
	transactions  map[string]*gostomp.Transaction
	received      []*gostomp.Message
}

func (p *peer) do(c driver.Command) (driver.Answer, error) {
	switch c.Op {
	case "connect":
		return p.connect(c)
	case "send":
		return driver.Answer{}, p.send(c)
	case "subscribe":
		return driver.Answer{}, p.subscribe(c)
	case "unsubscribe":
		return driver.Answer{}, p.unsubscribe(c.ID)
	case "receive":
		return p.receive(c)
	case "ack", "nack":
		return driver.Answer{}, p.acknowledge(c)
	case "begin":
		p.transactions[c.Transaction] = p.conn.Begin()
		return driver.Answer{}, nil
	case "commit":
		return driver.Answer{}, p.transactions[c.Transaction].Commit()
	case "abort":
		return driver.Answer{}, p.transactions[c.Transaction].Abort()
	case "idle":
		return driver.Answer{}, p.idle(c)
	case "disconnect":
		return driver.Answer{}, p.conn.Disconnect()
	}
	return driver.Answer{}, errors.New("unknown op " + c.Op)
}

func (p *peer) connect(c driver.Command) (driver.Answer, error) {
	p.messages = make(chan *gostomp.Message, 100)
	p.subscriptions = map[string]*gostomp.Subscription{}
	p.ended = map[string]chan struct{}{}
	p.transactions = map[string]*gostomp.Transaction{}
	var err error
	p.conn, err = gostomp.Dial("tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)),
		gostomp.ConnOpt.AcceptVersion(gostomp.Version(c.Version)),
		gostomp.ConnOpt.Login(c.Login, c.Passcode),
		gostomp.ConnOpt.Host("/"),
		gostomp.ConnOpt.UnsubscribeReceiptTimeout(5*time.Second),
		gostomp.ConnOpt.HeartBeat(milliseconds(c.Beat[0]), milliseconds(c.Beat[1])))
	if err != nil {
		return driver.Answer{}, err
	}
	return driver.Answer{Version: string(p.conn.Version())}, nil
}

func (p *peer) send(c driver.Command) error {
	var opts []func(*frame.Frame) error
	contentType := ""
	for name, value := range c.Headers {
		if name == "content-type" {
			contentType = value
			continue
		}
		opts = append(opts, gostomp.SendOpt.Header(name, value))
	}
	if c.Receipt {
		opts = append(opts, gostomp.SendOpt.Receipt)
	}
	if c.Transaction != "" {
		return p.transactions[c.Transaction].Send(c.Destination, contentType, c.Body, opts...)
	}
	return p.conn.Send(c.Destination, contentType, c.Body, opts...)
}

func (p *peer) subscribe(c driver.Command) error {
	mode := map[string]gostomp.AckMode{
		"auto": gostomp.AckAuto, "client": gostomp.AckClient, "client-individual": gostomp.AckClientIndividual,
	}[c.Ack]
	s, err := p.conn.Subscribe(c.Destination, mode, gostomp.SubscribeOpt.Id(c.ID))
	if err != nil {
		return err
	}
	p.subscriptions[c.ID] = s
	ended := make(chan struct{})
	p.ended[c.ID] = ended
	go func() {
		for m := range s.C {
			p.messages <- m
		}
		close(ended)
	}()
	return nil
}

// unsubscribe ends a subscription. Now and then go-stomp 3.1.5 does not notice
// that the RECEIPT has come: it wakes the waiting goroutine without holding the
// mutex that goes with the condition. Then the subscription has ended all the same.
func (p *peer) unsubscribe(id string) error {
	err := p.subscriptions[id].Unsubscribe()
	if errors.Is(err, &gostomp.ErrUnsubscribeReceiptTimeout) {
		select {
		case <-p.ended[id]:
			return nil
		default:
		}
	}
	return err
}

func (p *peer) receive(c driver.Command) (driver.Answer, error) {
	select {
	case m := <-p.messages:
		if m.Err != nil {
			return driver.Answer{}, m.Err
		}
		p.received = append(p.received, m)
		hs := map[string]string{}
		for i := m.Header.Len() - 1; i >= 0; i-- { // the first of repeated headers stays
			name, value := m.Header.GetAt(i)
			hs[name] = value
		}
		return driver.Answer{Message: &driver.Message{Headers: hs, Body: m.Body}}, nil
	case <-time.After(milliseconds(c.Timeout)):
		return driver.Answer{}, nil
	}
}

func (p *peer) acknowledge(c driver.Command) error {
	var to interface {
		Ack(*gostomp.Message) error
		Nack(*gostomp.Message) error
	} = p.conn
	if c.Transaction != "" {
		to = p.transactions[c.Transaction]
	}
	if c.Op == "nack" {
		return to.Nack(p.received[c.N])
	}
	return to.Ack(p.received[c.N])
}

// idle waits. A connection that broke meanwhile shows in the subscriptions, and
// in whatever is sent next.
func (p *peer) idle(c driver.Command) error {
	select {
	case m := <-p.messages:
		if m.Err != nil {
			return m.Err
		}
		return errors.New("unexpected message")
	case <-time.After(milliseconds(c.Timeout)):
		return nil
	}
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
