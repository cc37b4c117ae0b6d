package client

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A WhenFull says what happens to a message that comes while the buffer of its
// subscription is full.
type WhenFull uint8

const (
	// Wait reads no further until there is room. The broker sees a slow
	// consumer, and the other subscriptions of the connection wait too.
	Wait WhenFull = iota
	// Drop drops the message, and [Subscription.Dropped] counts it. In the modes
	// client and client-individual the broker waits for its acknowledgment.
	Drop
	// End ends the subscription with ErrFull. What is in the buffer can be taken,
	// and the broker keeps what is not acknowledged.
	End
)

// SubscribeOptions say how messages are delivered.
type SubscribeOptions struct {
	// ID is the id of the subscription. By default the client makes one.
	ID string
	// Durable makes a durable subscription of a topic, or resumes it if the broker
	// has it. ID is its name, by which the broker keeps its messages while nobody
	// is subscribed, until [Subscription.Delete]. ActiveMQ also wants a client-id
	// in Options.Headers.
	Durable bool
	// Ack is the mode. In mode auto, the default, a message counts as consumed
	// when the broker has sent it. In mode client Message.Ack is for the
	// message and all before it, in mode client-individual for that one.
	Ack headers.AckMode
	// Headers are additional headers of SUBSCRIBE, such as selector, or the
	// prefetch-count of RabbitMQ.
	Headers headers.List
	// Buffer is how many messages may wait to be taken. Default: 64. Each may
	// have a body up to Options.Limits.
	Buffer int
	// WhenFull is what happens while the buffer is full. Default: Wait.
	WhenFull WhenFull
	// NoReceipt asks for no receipts of SUBSCRIBE and UNSUBSCRIBE, for brokers
	// that send none, such as the simple broker of Spring. Subscribe and
	// Unsubscribe then return when the frame has been sent.
	NoReceipt bool
}

const defaultBuffer = 64

// A Subscription receives the messages of a destination.
type Subscription struct {
	client      *Client
	id          string
	number      uint64 // in the order of making
	destination string
	options     SubscribeOptions
	messages    chan *Message
	first       chan struct{} // closed when the first message has come
	once        sync.Once     // for first
	dropped     atomic.Int64  // messages
	over        chan struct{} // closed when the subscription has ended

	// Guarded by the client's lock.
	err       error         // why it has ended
	made      bool          // the broker has it, and is to have it after a reconnect
	link      *link         // over which it was made last, or a message has come
	up        bool          // the broker has confirmed it over that
	receipt   string        // by which it was made again
	restored  chan struct{} // closed when it has been confirmed, or has ended
	suspected bool          // may have been what an ERROR was about
}

// Subscribe subscribes to a destination, and returns when the broker has
// confirmed it. After a reconnect the client subscribes again by itself.
func (c *Client) Subscribe(ctx context.Context, destination string, o SubscribeOptions) (*Subscription, error) {
	if err := checkSubscribe(o); err != nil {
		return nil, err
	}
	l, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	o.Buffer = positive(o.Buffer, defaultBuffer)
	s := &Subscription{
		client: c, id: o.ID, destination: destination, options: o,
		messages: make(chan *Message, o.Buffer),
		first:    make(chan struct{}),
		over:     make(chan struct{}),
	}
	if err := c.register(s); err != nil {
		return nil, err
	}
	if o.NoReceipt {
		err = l.send(ctx, s.subscribeFrame())
	} else {
		err = l.confirmOr(ctx, s.subscribeFrame(), s.first, 0)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.link = l
	if err == nil && l.ended() {
		err = lost(l.err) // a reconnect that has begun does not know of it
	}
	if err != nil {
		c.drop(s, err)
		if ctx.Err() != nil && !l.ended() {
			// The broker may have it, and nobody takes its messages.
			go l.send(c.life, s.unsubscribeFrame(l))
		}
		return nil, err
	}
	if s.err == nil { // or its buffer has been full
		s.made, s.up = true, !o.NoReceipt
	}
	return s, nil
}

// register gives a subscription its number, and its id if it has none.
func (c *Client) register(s *Subscription) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.number = c.number()
	if s.id != "" && c.subs[s.id] != nil {
		return errors.New("stomp client: another subscription has the id of SubscribeOptions.ID")
	}
	if s.id == "" {
		n := s.number
		for c.subs[subscriptionID(n)] != nil { // an id of the caller's
			n = c.number()
		}
		s.id = subscriptionID(n)
	}
	c.subs[s.id] = s
	delete(c.gone, s.id)
	return nil
}

func subscriptionID(n uint64) string { return "sub-" + strconv.FormatUint(n, 10) }

// number returns the next number for a subscription or a transaction. c.mu is
// held.
func (c *Client) number() uint64 {
	c.numbers++
	return c.numbers
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
	if s.options.Durable {
		f.Headers = append(f.Headers, durableHeaders(s.id)...)
	}
	f.Headers = append(f.Headers, s.options.Headers...)
	return f
}

// deliver puts a message into the buffer of its subscription. If it waits for
// room, the reading of the connection waits too.
func (c *Client) deliver(l *link, f *frame.Frame) {
	s, crossed := c.lookup(l, f)
	m := &Message{Headers: f.Headers, Body: f.Body, subscription: s, link: l}
	if s == nil {
		if handle := c.options.UnhandledMessage; !c.handReply(m) && handle != nil && !crossed {
			handle(m)
		}
		return
	}
	s.once.Do(func() { close(s.first) })
	if s.options.WhenFull != Wait {
		select {
		case s.messages <- m:
		default:
			c.overflow(l, s)
		}
		return
	}
	select {
	case s.messages <- m:
	case <-s.over:
	case <-l.leaving:
	case <-l.dead:
	}
}

// overflow drops a message, or the subscription with it.
func (c *Client) overflow(l *link, s *Subscription) {
	if s.options.WhenFull == Drop {
		s.dropped.Add(1)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.err == nil {
		c.drop(s, ErrFull)
		go l.send(c.life, s.unsubscribeFrame(l))
	}
}

// lookup returns the subscription that a MESSAGE is for, nil if there is none:
// crossed says whether it has crossed an UNSUBSCRIBE. Servers of 1.0 may name no
// subscription; then the destination decides.
func (c *Client) lookup(l *link, f *frame.Frame) (s *Subscription, crossed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id, ok := f.Headers.Get(headers.Subscription); ok {
		s = c.subs[id]
		_, crossed = c.gone[id]
	} else {
		destination := f.Headers.Value(headers.Destination)
		for _, one := range c.subs {
			if one.destination == destination && (s == nil || one.number < s.number) {
				s = one
			}
		}
		crossed = len(c.gone) > 0
	}
	if s != nil {
		s.link = l // subscribeAgain may not have noted it yet
		if !s.up && s.made {
			c.stands(s)
		}
	}
	return s, crossed
}

// Dropped returns how many messages were dropped because the buffer was full.
func (s *Subscription) Dropped() int64 { return s.dropped.Load() }

// ID returns the id of the subscription.
func (s *Subscription) ID() string { return s.id }

// Destination returns what was subscribed to.
func (s *Subscription) Destination() string { return s.destination }

// Next returns the next message, and waits for it. The error is ErrUnsubscribed,
// ErrFull as SubscribeOptions.WhenFull says, a *ServerError if the broker has
// refused the subscription after a reconnect, that of [Client.Err] when the client
// has ended, or that of ctx. A reconnect is no error.
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
	case <-s.over:
		return s.rest(s.err)
	case <-s.client.done:
		return s.rest(s.client.Err())
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// rest returns a message that has come, or else err.
func (s *Subscription) rest(err error) (*Message, error) {
	select {
	case m := <-s.messages:
		return m, nil
	default:
		return nil, err
	}
}

// Messages yields messages as they come. It ends with Unsubscribe and Close, and
// after any other error, which it yields with a nil message.
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
// acknowledged; those that come later are dropped. A durable subscription stays
// with the broker.
//
// More headers may be given. If the connection is lost the subscription has ended
// with it, which is an error only if headers were given.
func (s *Subscription) Unsubscribe(ctx context.Context, more ...headers.Field) error {
	if err := checkOwn(frame.UNSUBSCRIBE, more, nil); err != nil {
		return err
	}
	_, err := s.unsubscribe(ctx, more)
	if len(more) == 0 && (errors.Is(err, ErrConnectionLost) || errors.Is(err, ErrClosed)) {
		return nil
	}
	return err
}

// unsubscribe is Unsubscribe for all headers. It returns the link over which it
// has ended the subscription.
func (s *Subscription) unsubscribe(ctx context.Context, more headers.List) (*link, error) {
	c := s.client
	c.mu.Lock()
	l, over := s.link, s.err
	c.drop(s, ErrUnsubscribed)
	c.mu.Unlock()
	if over != nil {
		return nil, over
	}
	f := s.unsubscribeFrame(l)
	f.Headers = append(f.Headers, more...)
	if s.options.NoReceipt {
		return l, l.send(ctx, f)
	}
	err := l.confirm(ctx, f)
	if err == nil {
		c.forgetGone(l, s.id)
	}
	return l, err
}

// forgetGone forgets that a subscription has ended, when its last message has
// come.
func (c *Client) forgetGone(l *link, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == l {
		delete(c.gone, id)
	}
}
