package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// ownScenarios are for what only examples/client has. It runs in this process.
var ownScenarios = []scenario{
	{"request", "1.0", request},
	{"request lost", "1.0", requestLost},
	{"durable", "1.0", durable},
	{"durable, connection lost", "1.0", durableLost},
}

// client connects with examples/client, in the cell's version. name is for
// client-id, "" for none.
func (c *cell) client(name string) *client.Client {
	host, port, url := c.address()
	if url == "" {
		url = fmt.Sprintf("tcp://%s:%d", host, port)
	}
	version, _ := frame.ParseVersion(c.version)
	o := client.Options{
		Host: "/", Login: login, Passcode: passcode, Versions: frame.VersionsOf(version),
		Reconnect: &client.Backoff{Min: 100 * time.Millisecond},
		ReplyTo:   c.target.replyTo,
	}
	if o.ReplyTo != "" {
		o.ReplyTo += rand.Text()
	}
	if name != "" {
		o.Headers = headers.Pairs(headers.ActiveMQClientID, name)
	}
	cl, err := client.Dial(c.patient(), url, o)
	c.check(err)
	c.atEnd(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // without a goodbye
		cl.Close(ctx)
	})
	return cl
}

// patient returns a context for one step of a scenario.
func (c *cell) patient() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.atEnd(cancel)
	return ctx
}

func (c *cell) check(err error) {
	if err != nil {
		c.fatalf("%v", err)
	}
}

// expect takes the next message, which must have the body, and acknowledges it.
func (c *cell) expect(s *client.Subscription, body string) {
	m, err := s.Next(c.patient())
	c.check(err)
	if string(m.Body) != body {
		c.fatalf("got %s, want %s", brief(string(m.Body)), brief(body))
	}
	c.check(m.Ack(c.patient()))
}

// answering answers all requests of the cell's queue, in capital letters.
func (c *cell) answering() {
	cl := c.client("")
	s, err := cl.Subscribe(c.patient(), c.queue(), client.SubscribeOptions{})
	c.check(err)
	go func() {
		for m, err := range s.Messages(context.Background()) {
			if err != nil {
				return
			}
			cl.Reply(context.Background(), m, []byte(strings.ToUpper(string(m.Body))))
		}
	}()
}

// request: many at once, over two connections, and each gets its own reply.
func request(c *cell) {
	c.answering()
	asking := []*client.Client{c.client(""), c.client("")}
	const each = 50
	results := make(chan error, each*len(asking))
	for i, cl := range asking {
		for n := range each {
			go func() {
				body := fmt.Sprintf("request %d of client %d", n, i)
				m, err := cl.Request(c.patient(), c.queue(), []byte(body))
				if err == nil && string(m.Body) != strings.ToUpper(body) {
					err = fmt.Errorf("the reply to %q is %q", body, m.Body)
				}
				results <- err
			}()
		}
	}
	for range cap(results) {
		c.check(<-results)
	}
}

// requestLost: the loss of the connection ends a request that waits. A request
// after that gets its reply, and the reply to the first one harms nobody.
func requestLost(c *cell) {
	watcher := c.client("")
	s, err := watcher.Subscribe(c.patient(), c.queue(), client.SubscribeOptions{Ack: headers.AckClient})
	c.check(err)
	p := c.through()
	cl := c.client("")
	lost := make(chan error)
	go func() {
		_, err := cl.Request(c.patient(), c.queue(), []byte("the first"))
		lost <- err
	}()
	_, err = s.Next(c.patient())
	c.check(err)
	p.cut()
	if err := <-lost; !errors.Is(err, client.ErrConnectionLost) {
		c.fatalf("the first request ended with: %v", err)
	}
	c.check(watcher.Close(c.patient())) // the queue has the first request again
	c.answering()
	m, err := cl.Request(c.patient(), c.queue(), []byte("the second"))
	c.check(err)
	if string(m.Body) != "THE SECOND" {
		c.fatalf("the reply is %q", m.Body)
	}
}

// needDurable ends a cell whose target has no durable subscriptions.
func needDurable(c *cell) {
	if c.target.ephemeral {
		panic(inapplicable{c.target.name + " has no durable subscriptions"})
	}
}

// durable: what is sent while nobody is subscribed comes when the subscription is
// resumed, and not after it was deleted.
func durable(c *cell) {
	needDurable(c)
	name := "durable." + c.unique
	o := client.SubscribeOptions{ID: name, Durable: true, Ack: headers.AckClient}
	sender := c.client("")
	send := func(body string) {
		c.check(sender.SendReceipt(c.patient(), c.topic(), []byte(body), headers.Field{Name: headers.RabbitMQPersistent, Value: "true"}))
	}

	clientID := "client of " + name
	if c.version == "1.0" {
		clientID = name // see Subscription.Delete
	}
	cl := c.client(clientID)
	s, err := cl.Subscribe(c.patient(), c.topic(), o)
	c.check(err)
	send("made")
	c.expect(s, "made")
	c.check(cl.Close(c.patient()))

	send("after the goodbye")
	cl = c.client(clientID)
	s, err = cl.Subscribe(c.patient(), c.topic(), o)
	c.check(err)
	c.expect(s, "after the goodbye")
	c.check(s.Unsubscribe(c.patient()))
	send("after UNSUBSCRIBE")
	s, err = cl.Subscribe(c.patient(), c.topic(), o)
	c.check(err)
	c.expect(s, "after UNSUBSCRIBE")

	c.check(s.Delete(c.patient()))
	send("after it was deleted")
	s, err = cl.Subscribe(c.patient(), c.topic(), o)
	c.check(err)
	send("made again")
	c.expect(s, "made again")
	c.check(s.Delete(c.patient()))
	c.check(cl.Close(c.patient()))
}

// durableLost: a durable subscription outlives the connection, and the client
// resumes it.
func durableLost(c *cell) {
	needDurable(c)
	sender := c.client("")
	p := c.through()
	name := "durable." + c.unique
	cl := c.client(name)
	s, err := cl.Subscribe(c.patient(), c.topic(), client.SubscribeOptions{ID: name, Durable: true, Ack: headers.AckClient})
	c.check(err)
	for i := range 20 {
		cut := i%5 == 2
		if cut {
			p.cut()
		}
		body := fmt.Sprint("message ", i)
		c.check(sender.SendReceipt(c.patient(), c.topic(), []byte(body), headers.Field{Name: headers.RabbitMQPersistent, Value: "true"}))
		for {
			m, err := s.Next(c.patient())
			c.check(err)
			err = m.Ack(c.patient())
			if string(m.Body) == body && err == nil {
				break
			}
			// A lost acknowledgment brings a message again. ActiveMQ does not mark it.
			if err == nil && !(cut && string(m.Body) == fmt.Sprint("message ", i-1)) {
				c.fatalf("got %q, want %q", m.Body, body)
			}
		}
	}
	c.check(s.Delete(c.patient()))
}
