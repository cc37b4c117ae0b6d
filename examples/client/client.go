// Package client is a STOMP client over TCP, TLS or WebSocket.
//
// Dial connects. Send and SendReceipt publish, Subscribe makes a Subscription
// to take messages from, Request sends a message and waits for the reply to it,
// Begin makes a transaction. All methods may be called by any number of
// goroutines at once, and all that may wait take a context.
//
// # What a return means
//
// Send returns when the frame has been given to the network, SendReceipt when
// the broker has confirmed it. After an error that wraps ErrConnectionLost,
// nobody knows whether the broker has the message. The client never sends a
// message twice: that is for the caller to decide.
//
// If the broker answers with ERROR, errors.As finds a *ServerError, which says
// what the broker said: in the error of the call that the ERROR is about, in
// those of the calls that were interrupted, and in [Client.Err].
//
// # Back-pressure
//
// One goroutine reads the connection and puts messages into the buffer of their
// subscription, which holds SubscribeOptions.Buffer messages. While a buffer is
// full it reads no further. The broker sees a slow consumer, and memory stays
// bounded. The other subscriptions of the connection then wait too, and so do
// receipts, unless SubscribeOptions.WhenFull drops messages or ends the
// subscription. A goroutine that takes messages and in between waits for a receipt
// or a reply (in SendReceipt, Request, Commit, Abort, or another Subscribe) can
// thus wait for itself, unless the broker sends no more than fit into the buffer
// (prefetch-count of RabbitMQ, activemq.prefetchSize). Use another goroutine,
// another connection, or a context with a deadline. Ack, Nack and Send wait for no
// receipt, and Unsubscribe does not wait for room.
//
// Over a WebSocket, pings are answered while a buffer is full, as long as no more
// than Options.ReadAhead bytes came before them. A gateway that sends more than
// that to a client that stands still, and insists on its pings, hangs up.
//
// # Reconnecting
//
// With Options.Reconnect a client that loses its connection connects again, and
// subscribes again to what was subscribed, in the same order. Meanwhile new
// calls wait. What was in progress fails with ErrConnectionLost. Messages of
// subscriptions in mode auto that were in the buffer stay there. Those of the
// other modes are dropped, because the broker delivers them again to somebody,
// and a message taken before can no longer be acknowledged. Transactions end
// with the connection.
//
// If the broker refuses one of the subscriptions, that one ends with the
// broker's error and the others go on.
package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A Client is a session with a broker, over one connection at a time.
type Client struct {
	options Options
	targets []target
	turn    int             // index of the target to try next; belongs to Dial, then to supervise
	life    context.Context // ends with Close
	end     context.CancelFunc
	done    chan struct{} // closed when the client has ended

	mu      sync.Mutex
	link    *link           // nil while there is no connection
	up      chan struct{}   // closed when link is set, or the client has ended
	closing context.Context // of Close, nil before
	err     error           // why the client has ended
	numbers uint64
	subs    map[string]*Subscription // by id
	name    string                   // begins correlation-ids, as no other client's
	// requests get the replies, by correlation-id.
	requests map[string]chan<- *Message

	// About the current connection.
	asked   map[string]*Subscription // made again and not confirmed yet, by receipt
	refused bool                     // an ERROR has ended one of them
	gone    map[string]struct{}      // ids of subscriptions that have ended
}

// Dial connects to a broker: tcp://host:port, tls://host:port,
// ws://host:port/path or wss://host:port/path. The ports are 61613, 61614, 80
// and 443 by default; a URL without a scheme means tcp. Dial tries all
// Options.Alternatives, but tries again only if [Backoff].Dial is set. If the
// broker refuses, errors.As finds a *ServerError.
//
// ctx bounds only the connecting.
func Dial(ctx context.Context, url string, o Options) (*Client, error) {
	if err := checkOwn(frame.CONNECT, o.Headers, nil); err != nil {
		return nil, err
	}
	c := &Client{
		options: o.withDefaults(),
		done:    make(chan struct{}), up: make(chan struct{}),
		name: rand.Text(), requests: map[string]chan<- *Message{},
		subs: map[string]*Subscription{}, asked: map[string]*Subscription{}, gone: map[string]struct{}{},
	}
	var err error
	if c.targets, err = parseTargets(append([]string{url}, o.Alternatives...), &c.options); err != nil {
		return nil, err
	}
	l, err := c.connect(ctx)
	if r := (&recovery{Backoff: o.Reconnect, attempt: 1}); err != nil && o.Reconnect != nil && o.Reconnect.Dial && !r.hopeless(err) {
		l, err = c.connectAgain(ctx, r)
	}
	if err != nil {
		return nil, fmt.Errorf("stomp client: %w", err)
	}
	c.life, c.end = context.WithCancel(context.Background())
	l.start(c)
	c.establish(l)
	go c.supervise(l)
	return c, nil
}

// establish makes a link the current one.
func (c *Client) establish(l *link) {
	c.mu.Lock()
	closing := c.closing // then Close has seen no link
	if closing == nil {
		c.link = l
		close(c.up)
	}
	c.mu.Unlock()
	if closing != nil {
		c.disconnect(closing, l)
	}
}

// current returns the link, and waits for one while there is none, or only one
// that has ended.
func (c *Client) current(ctx context.Context) (*link, error) {
	for {
		c.mu.Lock()
		l, up, err := c.link, c.up, c.err
		if c.closing != nil && err == nil {
			err = ErrClosed
		}
		c.mu.Unlock()
		switch {
		case err != nil:
			return nil, err
		case l != nil && !l.ended():
			return l, nil
		case l != nil:
			up = l.removed
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

// Send sends a message. More headers may be given, such as content-type, but
// none that the client writes itself: that is a *HeaderError. What STOMP forbids
// is an error too, and nothing is sent. The body is not used after Send has
// returned.
func (c *Client) Send(ctx context.Context, destination string, body []byte, more ...headers.Field) error {
	return c.publish(ctx, (*link).send, destination, body, more)
}

// SendReceipt sends a message and waits until the broker has confirmed it.
func (c *Client) SendReceipt(ctx context.Context, destination string, body []byte, more ...headers.Field) error {
	return c.publish(ctx, (*link).confirm, destination, body, more)
}

func (c *Client) publish(ctx context.Context, send func(*link, context.Context, *frame.Frame) error, destination string, body []byte, more []headers.Field) error {
	if err := checkOwn(frame.SEND, more, nil); err != nil {
		return err
	}
	l, err := c.current(ctx)
	if err != nil {
		return err
	}
	return send(l, ctx, sendFrame(destination, body, more))
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
	first := c.closing == nil
	if first {
		c.closing = ctx
	}
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
	err := l.confirm(ctx, &frame.Frame{Command: frame.DISCONNECT})
	if errors.Is(err, ErrConnectionLost) && errors.Is(err, io.EOF) {
		err = nil // some brokers hang up instead of confirming
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
