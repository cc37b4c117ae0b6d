// Package client is a STOMP client over TCP, TLS or WebSocket.
//
// Dial connects. Send and SendReceipt publish, Subscribe gives a Subscription
// to take messages from, Begin a transaction. All methods may be called by any
// number of goroutines at once, and all that may wait take a context.
//
// # What a return means
//
// Send returns when the frame has been given to the network, SendReceipt when
// the broker has confirmed it. An error for which errors.Is finds
// ErrConnectionLost means that nobody knows whether the broker has the message.
// The client never sends a message twice: that is for the caller to decide.
//
// # Back-pressure
//
// One goroutine reads the connection and puts messages into the buffer of their
// subscription, of SubscribeOptions.Buffer messages. While a buffer is full it
// reads no further, the broker sees a slow consumer, and memory stays bounded.
// The other subscriptions of the connection then wait too, and so do receipts:
// a goroutine that takes messages and in between waits for a receipt (by
// SendReceipt, Commit, Abort, or another Subscribe) can wait for itself, unless
// the broker sends no more than fit into the buffer (prefetch-count of
// RabbitMQ, activemq.prefetchSize). Use another goroutine, another connection,
// or a context with a deadline. Ack, Nack and Send wait for no receipt, nor
// does Unsubscribe wait for room.
//
// # Reconnecting
//
// With Options.Reconnect a client that loses its connection connects again, and
// subscribes again to what was subscribed. Meanwhile new calls wait. What was
// in flight fails with ErrConnectionLost. Messages of subscriptions in mode auto
// that were in the buffer stay there; those of the other modes are dropped,
// since the broker delivers them once more to somebody, and a message taken
// before cannot be acknowledged any more. Transactions end with the connection.
package client

import (
	"context"
	"errors"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Client is a session with a broker, over one connection at a time.
type Client struct {
	options Options
	target  target
	life    context.Context // ends with Close
	end     context.CancelFunc
	done    chan struct{} // closed when the client has ended

	mu      sync.Mutex
	link    *link         // nil while there is no connection
	up      chan struct{} // closed when link is set, or the client has ended
	closing bool
	err     error // why the client has ended
	subs    map[string]*Subscription
	ids     uint64
}

// Dial connects to a broker: tcp://host:port, tls://host:port,
// ws://host:port/path or wss://host:port/path. The ports are 61613, 61614, 80
// and 443 when there are none. It does not try twice, whatever
// Options.Reconnect says. If the broker refuses, the error is a *ServerError.
//
// ctx bounds the connecting alone.
func Dial(ctx context.Context, url string, o Options) (*Client, error) {
	c := &Client{options: o.withDefaults(), done: make(chan struct{}), up: make(chan struct{}), subs: map[string]*Subscription{}}
	var err error
	if c.target, err = parseTarget(url, &c.options); err != nil {
		return nil, err
	}
	l, r, err := connect(ctx, c.target, &c.options)
	if err != nil {
		return nil, err
	}
	c.life, c.end = context.WithCancel(context.Background())
	l.start(r, c.deliver)
	c.establish(l)
	go c.supervise(l)
	return c, nil
}

// establish makes a link the current one.
func (c *Client) establish(l *link) {
	c.mu.Lock()
	closing := c.closing // then Close has seen no link
	if !closing {
		c.link = l
		close(c.up)
	}
	c.mu.Unlock()
	if closing {
		l.fail(ErrClosed)
	}
}

// supervise replaces links that end, until the client ends.
func (c *Client) supervise(l *link) {
	defer close(c.done)
	defer c.end()
	attempt := 0
	for {
		began := time.Now()
		<-l.dead
		l.both.Wait()
		c.mu.Lock()
		if c.link != nil {
			c.link, c.up = nil, make(chan struct{})
		}
		closing := c.closing
		c.mu.Unlock()
		if closing || c.options.Reconnect == nil {
			c.finish(l.err)
			return
		}
		c.options.Logger.Warn("connection lost", "err", l.err)
		if time.Since(began) > c.options.Reconnect.wait(attempt) {
			attempt = 0 // a link that breaks at once is no success
		}
		var err error
		if l, err = c.reconnect(&attempt); err != nil {
			c.finish(err)
			return
		}
		c.options.Logger.Info("connected again", "subscriptions", len(c.confirmed()))
	}
}

// finish ends the client. Who waits for a connection is told.
func (c *Client) finish(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		err = ErrClosed
	} else {
		err = lost(err)
	}
	c.err = err
	close(c.up)
}

// reconnect connects and subscribes again, as often as it takes.
func (c *Client) reconnect(attempt *int) (*link, error) {
	for {
		if most := c.options.Reconnect.Attempts; most > 0 && *attempt >= most {
			return nil, errors.New("stomp client: gave up after " + strconv.Itoa(*attempt) + " attempts to connect")
		}
		select {
		case <-time.After(c.options.Reconnect.wait(*attempt)):
		case <-c.life.Done():
			return nil, ErrClosed
		}
		*attempt++
		l, r, err := connect(c.life, c.target, &c.options)
		if err == nil {
			l.start(r, c.deliver)
			if err = c.resubscribe(l); err == nil {
				c.establish(l)
				return l, nil
			}
			l.fail(err)
			l.both.Wait()
		}
		c.options.Logger.Warn("cannot connect", "attempt", *attempt, "err", err)
	}
}

// resubscribe subscribes to all that was subscribed. It waits for no receipts,
// which may stand behind more messages than there is room for.
func (c *Client) resubscribe(l *link) error {
	for _, s := range c.confirmed() {
		if err := l.send(c.life, s.subscribeFrame()); err != nil {
			return err
		}
		c.mu.Lock()
		leaving := s.leaving // Unsubscribe has seen the old link
		s.link = l
		c.mu.Unlock()
		if leaving {
			if err := l.send(c.life, s.unsubscribeFrame(l)); err != nil {
				return err
			}
		}
	}
	return nil
}

// current returns the link, and waits for one while there is none.
func (c *Client) current(ctx context.Context) (*link, error) {
	for {
		c.mu.Lock()
		l, up, err := c.link, c.up, c.err
		if c.closing && err == nil {
			err = ErrClosed
		}
		c.mu.Unlock()
		switch {
		case err != nil:
			return nil, err
		case l != nil:
			return l, nil
		}
		select {
		case <-up:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Version returns the version of the current connection, or while there is
// none, Unnegotiated.
func (c *Client) Version() frame.Version {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == nil {
		return frame.Unnegotiated
	}
	return c.link.version
}

// Send sends a message. More headers may be given, such as content-type;
// content-length is added by itself. What no frame may have is an error, and
// nothing is sent. The body is not used after Send has returned.
func (c *Client) Send(ctx context.Context, destination string, body []byte, more ...headers.Field) error {
	l, err := c.current(ctx)
	if err != nil {
		return err
	}
	return l.send(ctx, sendFrame(destination, body, more))
}

// SendReceipt sends a message and waits until the broker has confirmed it.
func (c *Client) SendReceipt(ctx context.Context, destination string, body []byte, more ...headers.Field) error {
	l, err := c.current(ctx)
	if err != nil {
		return err
	}
	return l.confirm(ctx, sendFrame(destination, body, more), nil)
}

func sendFrame(destination string, body []byte, more []headers.Field) *frame.Frame {
	f := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs(headers.Destination, destination), Body: body}
	f.Headers = append(f.Headers, more...)
	return f
}

// Close tells the broker that the client leaves, waits until it has confirmed
// that all frames before have come, and closes the connection. If ctx ends
// sooner, or Options.ConnectTimeout has passed, the connection is closed all
// the same and the error says so. A second Close waits for the first one and
// returns nil.
//
// A message that has not been taken from a Subscription stays there in mode
// auto, and is the broker's in the other modes.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	first := !c.closing
	c.closing = true
	l := c.link
	c.mu.Unlock()
	var err error
	if first {
		c.end()
		if l != nil {
			err = c.disconnect(ctx, l)
		}
	}
	<-c.done
	return err
}

// disconnect ends a link in an orderly way.
func (c *Client) disconnect(ctx context.Context, l *link) error {
	close(l.leaving)
	ctx, cancel := context.WithTimeout(ctx, c.options.ConnectTimeout)
	defer cancel()
	err := l.confirm(ctx, &frame.Frame{Command: frame.DISCONNECT}, nil)
	if errors.Is(err, ErrConnectionLost) && errors.Is(err, io.EOF) {
		err = nil // some brokers hang up in place of the receipt
	}
	l.fail(ErrClosed)
	return err
}

// Done returns a channel that is closed when the client has ended: after Close,
// or when the connection is lost and not made again.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns why the client has ended: ErrClosed, or an error of which
// errors.Is finds ErrConnectionLost; nil before.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
