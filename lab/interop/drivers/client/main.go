// Client drives examples/client. ../README.md has the protocol of drivers.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/lab/interop/driver"
)

func main() {
	p := peer{
		subscriptions: map[string]*client.Subscription{},
		transactions:  map[string]*client.Transaction{},
		messages:      make(chan *client.Message, 100),
	}
	err := driver.Serve(driver.Greeting{
		Peer:     "examples/client",
		Versions: []string{"1.0", "1.1", "1.2"},
		Lacks:    map[string]string{"nack 1.0": "1.0 has none", "heart-beats 1.0": "1.0 has none"},
	}, p.do)
	if err != nil {
		log.Fatal(err)
	}
}

type peer struct {
	client        *client.Client
	subscriptions map[string]*client.Subscription
	transactions  map[string]*client.Transaction
	messages      chan *client.Message // of all subscriptions
	received      []*client.Message

	mu      sync.Mutex
	failure error // why a subscription ended
}

func (p *peer) do(c driver.Command) (a driver.Answer, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	switch c.Op {
	case "connect":
		return p.connect(ctx, c)
	case "send":
		return a, p.send(ctx, c)
	case "subscribe":
		return a, p.subscribe(ctx, c)
	case "unsubscribe":
		return a, p.subscriptions[c.ID].Unsubscribe(ctx)
	case "receive":
		return p.receive(c)
	case "ack", "nack":
		return a, p.acknowledge(ctx, c)
	case "begin":
		p.transactions[c.Transaction], err = p.client.Begin(ctx)
		return a, err
	case "commit":
		return a, p.transactions[c.Transaction].Commit(ctx)
	case "abort":
		return a, p.transactions[c.Transaction].Abort(ctx)
	case "idle":
		time.Sleep(milliseconds(c.Timeout))
		return a, p.client.Err()
	case "disconnect":
		return a, p.client.Close(ctx)
	}
	return a, errors.New("unknown op " + c.Op)
}

func (p *peer) connect(ctx context.Context, c driver.Command) (driver.Answer, error) {
	version, ok := frame.ParseVersion(c.Version)
	if !ok {
		return driver.Answer{}, fmt.Errorf("version %q", c.Version)
	}
	url := c.URL
	if url == "" {
		url = fmt.Sprintf("tcp://%s:%d", c.Host, c.Port)
	}
	beat := func(n int) time.Duration {
		if n == 0 {
			return -1 // none; zero is the default
		}
		return milliseconds(n)
	}
	var reconnect *client.Backoff
	if c.Reconnect {
		reconnect = &client.Backoff{Min: 100 * time.Millisecond}
	}
	var err error
	p.client, err = client.Dial(ctx, url, client.Options{
		Host:      "/",
		Login:     c.Login,
		Passcode:  c.Passcode,
		Versions:  frame.VersionsOf(version),
		HeartBeat: headers.HeartBeats{Send: beat(c.Beat[0]), Receive: beat(c.Beat[1])},
		Reconnect: reconnect,
	})
	if err != nil {
		return driver.Answer{}, err
	}
	return driver.Answer{Version: p.client.Version().String()}, nil
}

func (p *peer) send(ctx context.Context, c driver.Command) error {
	var more []headers.Field
	for name, value := range c.Headers {
		more = append(more, headers.Field{Name: name, Value: value})
	}
	switch {
	case c.Transaction != "":
		return p.transactions[c.Transaction].Send(ctx, c.Destination, c.Body, more...)
	case c.Receipt:
		return p.client.SendReceipt(ctx, c.Destination, c.Body, more...)
	default:
		return p.client.Send(ctx, c.Destination, c.Body, more...)
	}
}

func (p *peer) subscribe(ctx context.Context, c driver.Command) error {
	mode, err := headers.ParseAckMode(c.Ack)
	if err != nil {
		return err
	}
	s, err := p.client.Subscribe(ctx, c.Destination, client.SubscribeOptions{Ack: mode})
	if err != nil {
		return err
	}
	p.subscriptions[c.ID] = s
	go func() {
		for m, err := range s.Messages(context.Background()) {
			if err != nil {
				p.mu.Lock()
				p.failure = err
				p.mu.Unlock()
				return
			}
			p.messages <- m
		}
	}()
	return nil
}

func (p *peer) receive(c driver.Command) (driver.Answer, error) {
	select {
	case m := <-p.messages:
		p.received = append(p.received, m)
		hs := map[string]string{}
		for _, f := range m.Headers {
			if _, again := hs[f.Name]; !again {
				hs[f.Name] = f.Value
			}
		}
		return driver.Answer{Message: &driver.Message{Headers: hs, Body: m.Body}}, nil
	case <-time.After(milliseconds(c.Timeout)):
		p.mu.Lock()
		defer p.mu.Unlock()
		return driver.Answer{}, p.failure
	}
}

func (p *peer) acknowledge(ctx context.Context, c driver.Command) error {
	m := p.received[c.N]
	if c.Transaction != "" {
		if c.Op == "nack" {
			return p.transactions[c.Transaction].Nack(ctx, m)
		}
		return p.transactions[c.Transaction].Ack(ctx, m)
	}
	if c.Op == "nack" {
		return m.Nack(ctx)
	}
	return m.Ack(ctx)
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
