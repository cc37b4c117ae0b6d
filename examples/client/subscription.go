package client

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"sync"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// SubscribeOptions say how messages are delivered.
type SubscribeOptions struct {
	// Ack is the mode. In mode auto, the default, a message counts as consumed
	// when the broker has sent it. In mode client Message.Ack is for the
	// message and all before it, in mode client-individual for that one.
	Ack headers.AckMode
	// Headers are more headers of SUBSCRIBE, such as selector, or the
	// prefetch-count of RabbitMQ.
	Headers headers.List
	// Buffer is how many messages may wait to be taken. Default: 64. Each may
	// have a body up to Options.Limits.
	Buffer int
}

const defaultBuffer = 64

// A Subscription is where messages are taken from.
type Subscription struct {
	client      *Client
	id          string
	destination string
	options     SubscribeOptions
	messages    chan *Message
	first       chan struct{} // closed when the first message has come
	once        sync.Once     // for first
	left        chan struct{} // closed by Unsubscribe

	// Guarded by the client's lock.
	confirmed bool  // the broker has it, and is to have it after a reconnect
	leaving   bool  // Unsubscribe was called
	link      *link // over which it was subscribed last
}

// Subscribe subscribes to a destination, and returns when the broker has
// confirmed it. After a reconnect the client subscribes again by itself.
func (c *Client) Subscribe(ctx context.Context, destination string, o SubscribeOptions) (*Subscription, error) {
	l, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	if o.Buffer <= 0 {
		o.Buffer = defaultBuffer
	}
	s := &Subscription{
		client: c, destination: destination, options: o,
		messages: make(chan *Message, o.Buffer),
		first:    make(chan struct{}),
		left:     make(chan struct{}),
	}
	c.mu.Lock()
	c.ids++
	s.id = "sub-" + strconv.FormatUint(c.ids, 10)
	c.subs[s.id] = s
	c.mu.Unlock()
	err = l.confirm(ctx, s.subscribeFrame(), s.first)
	c.mu.Lock()
	s.link = l
	if err == nil && l.ended() {
		err = lost(l.err) // a reconnect that has begun does not know of it
	}
	if s.confirmed = err == nil; err != nil {
		delete(c.subs, s.id)
	}
	c.mu.Unlock()
	if err != nil {
		close(s.left)
		if ctx.Err() != nil && !l.ended() {
			// The broker may have it, and nobody takes its messages.
			go l.send(c.life, s.unsubscribeFrame(l))
		}
		return nil, err
	}
	return s, nil
}

func (s *Subscription) unsubscribeFrame(l *link) *frame.Frame {
	f := &frame.Frame{Command: frame.UNSUBSCRIBE, Headers: headers.Pairs(headers.ID, s.id)}
	if l.version == frame.V10 {
		f.Headers.Add(headers.Destination, s.destination) // some servers of 1.0 know nothing else
	}
	return f
}

func (s *Subscription) subscribeFrame() *frame.Frame {
	f := &frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs(
		headers.ID, s.id,
		headers.Destination, s.destination,
		headers.Ack, s.options.Ack.String(),
	)}
	f.Headers = append(f.Headers, s.options.Headers...)
	return f
}

// confirmed returns the subscriptions that the broker has confirmed.
func (c *Client) confirmed() []*Subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*Subscription
	for _, s := range c.subs {
		if s.confirmed {
			all = append(all, s)
		}
	}
	return all
}

// deliver puts a message into the buffer of its subscription. It waits for
// room, and the reading of the connection with it.
func (c *Client) deliver(l *link, f *frame.Frame) {
	s := c.lookup(f)
	if s == nil {
		return // it has crossed an UNSUBSCRIBE
	}
	s.once.Do(func() { close(s.first) })
	m := &Message{Headers: f.Headers, Body: f.Body, subscription: s, link: l}
	select {
	case s.messages <- m:
	case <-s.left:
	case <-l.leaving:
	case <-l.dead:
	}
}

// lookup returns the subscription that a MESSAGE is for. Servers of 1.0 may
// name none; then the destination has to do.
func (c *Client) lookup(f *frame.Frame) *Subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id, ok := f.Headers.Get(headers.Subscription); ok {
		return c.subs[id]
	}
	destination, _ := f.Headers.Get(headers.Destination)
	for _, s := range c.subs {
		if s.destination == destination {
			return s
		}
	}
	return nil
}

// Destination returns what was subscribed to.
func (s *Subscription) Destination() string { return s.destination }

// Next returns the next message, and waits for it. The error is
// ErrUnsubscribed, that of [Client.Err] when the client has ended, or that of
// ctx. A reconnect is no error.
func (s *Subscription) Next(ctx context.Context) (*Message, error) {
	for {
		m, err := s.next(ctx)
		if err == nil && s.options.Ack.Explicit() && m.link.ended() {
			continue // it is the broker's again
		}
		return m, err
	}
}

func (s *Subscription) next(ctx context.Context) (*Message, error) {
	select {
	case m := <-s.messages: // what has come goes before why no more comes
		return m, nil
	default:
	}
	select {
	case m := <-s.messages:
		return m, nil
	case <-s.left:
		return nil, ErrUnsubscribed
	case <-s.client.done:
		select {
		case m := <-s.messages:
			return m, nil
		default:
			return nil, s.client.Err()
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Messages goes through the messages as they come. It ends with Unsubscribe and
// Close, and after an error, which is the last thing it yields, with a nil
// message.
func (s *Subscription) Messages(ctx context.Context) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		for {
			m, err := s.Next(ctx)
			if errors.Is(err, ErrUnsubscribed) || errors.Is(err, ErrClosed) {
				return
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// Unsubscribe ends the subscription, and waits until the broker has confirmed
// it. Messages that have come before the call can still be taken and
// acknowledged; those that come later are dropped.
func (s *Subscription) Unsubscribe(ctx context.Context) error {
	c := s.client
	c.mu.Lock()
	leaving := s.leaving
	s.leaving, s.confirmed = true, false
	delete(c.subs, s.id)
	l := s.link
	c.mu.Unlock()
	if leaving {
		return ErrUnsubscribed
	}
	close(s.left)
	err := l.confirm(ctx, s.unsubscribeFrame(l), nil)
	if errors.Is(err, ErrConnectionLost) || errors.Is(err, ErrClosed) {
		return nil // with the connection ended the subscription
	}
	return err
}
