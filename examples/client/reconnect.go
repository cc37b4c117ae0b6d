package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/stompwire/stomp/headers"
)

// A Backoff says how long to wait before each attempt to connect again: Min before
// the first, then twice as long each time, up to Max. The client waits a random
// part of that, at least half, so that many clients do not come back at once.
//
// An attempt has succeeded when the broker has confirmed all subscriptions and
// the connection has lasted a second, and as long as the pause before it.
type Backoff struct {
	Min, Max time.Duration // defaults: 1 second, 30 seconds
	Attempts int           // without success, until the client gives up; 0: no bound
	Dial     bool          // Dial too tries again, until its context ends
	// Retry, if not nil, reports whether to try again after err, which ended the
	// connection or an attempt to connect. By default the client gives up only if
	// the broker answers CONNECT three times in a row with an ERROR that has no
	// retry-after header.
	Retry func(err error) bool
}

func (b *Backoff) min() time.Duration { return positive(b.Min, time.Second) }
func (b *Backoff) max() time.Duration { return positive(b.Max, 30*time.Second) }

// pause returns how long to wait before an attempt, the first being 0.
func (b *Backoff) pause(attempt int) time.Duration {
	d := b.min()
	for i := 0; i < attempt && d < b.max(); i++ {
		d *= 2
	}
	d = max(min(d, b.max()), 2)
	return d/2 + rand.N(d/2)
}

// maxRefusals is how many times in a row the broker may refuse CONNECT.
const maxRefusals = 3

// A recovery counts attempts to have a connection again, with its
// subscriptions.
type recovery struct {
	*Backoff
	attempt  int
	refusals int  // of CONNECT, in a row
	inTurn   bool // subscribe again one after the other
	pause    time.Duration
	err      error // of the last attempt
}

// hopeless reports whether no further attempt makes sense after err.
func (r *recovery) hopeless(err error) bool {
	r.err = err
	var e *ServerError
	if errors.As(err, &e) && e.Connecting && e.RetryAfter == 0 {
		r.refusals++
	} else {
		r.refusals = 0
	}
	if r.Retry != nil {
		return !r.Retry(err)
	}
	return r.refusals >= maxRefusals
}

// supervise replaces links that end, until the client ends.
func (c *Client) supervise(l *link) {
	defer close(c.done)
	defer c.end()
	r := &recovery{Backoff: c.options.Reconnect}
	for {
		began := time.Now()
		if r.inTurn {
			c.restoreInTurn(l)
		}
		<-l.dead
		l.wait()
		c.mu.Lock()
		if c.link != nil {
			c.link, c.up = nil, make(chan struct{})
		}
		closing := c.closing != nil
		c.mu.Unlock()
		close(l.removed)
		if closing || r.Backoff == nil || r.hopeless(l.err) {
			c.finish(l.err)
			return
		}
		c.options.Logger.Warn("connection lost", "err", l.err)
		c.assess(r, l, time.Since(began))
		var err error
		if l, err = c.reconnect(r); err != nil {
			c.finish(err)
			return
		}
	}
}

// finish ends the client. Whoever waits for a connection is told.
func (c *Client) finish(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing != nil {
		err = ErrClosed
	} else {
		err = lost(err)
	}
	c.err = err
	close(c.up)
}

// minLasting is how long a connection must last to count as a success.
const minLasting = time.Second

// assess decides what the end of a link means for the attempts to come.
func (c *Client) assess(r *recovery, l *link, lasted time.Duration) {
	var e *ServerError
	refused := errors.As(l.err, &e)
	c.mu.Lock()
	defer c.mu.Unlock()
	standing := true
	for _, s := range c.subs {
		standing = standing && (s.up || !s.made || s.options.NoReceipt && !refused)
	}
	// A subscription may never be confirmed: some brokers send no receipts, and a
	// receipt may wait behind messages that nobody takes.
	if standing && lasted > max(r.pause, minLasting) || lasted > max(r.max(), minLasting) {
		r.attempt, r.inTurn = 0, false
	}
	// A refused subscription brings success closer, so the attempts that it has cost
	// do not count.
	switch {
	case !refused:
	case c.refused:
		r.attempt = max(r.attempt-1, 0)
	case !r.inTurn:
		// RabbitMQ's ERROR does not name the frame. If subscriptions are made one
		// after the other, it can mean only one.
		r.inTurn = len(c.asked) > 0
	default:
		for _, s := range c.asked { // one at most
			if s.suspected {
				c.drop(s, e)
				r.attempt = max(r.attempt-2, 0)
			}
			s.suspected = true // the ERROR may have had another reason
		}
	}
}

// connect tries the URLs in turn, each of them once.
func (c *Client) connect(ctx context.Context) (*link, error) {
	var failed error
	for range c.targets {
		t := c.targets[c.turn%len(c.targets)]
		c.turn++
		l, err := connect(ctx, t, &c.options)
		switch {
		case err == nil:
			return l, nil
		case failed != nil:
			failed = fmt.Errorf("%w; %w", failed, err)
		default:
			failed = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, failed
}

// reconnect replaces a link that has ended. The new one may have ended already.
func (c *Client) reconnect(r *recovery) (*link, error) {
	l, err := c.connectAgain(c.life, r)
	if err != nil {
		return nil, err
	}
	c.newLink()
	l.start(c)
	if !r.inTurn {
		c.restore(l)
	}
	c.establish(l)
	c.options.Logger.Info("connected again", "subscriptions", len(c.standing()))
	return l, nil
}

// connectAgain connects, with a pause before each attempt, until one succeeds or
// no other makes sense.
func (c *Client) connectAgain(ctx context.Context, r *recovery) (*link, error) {
	for {
		if r.Attempts > 0 && r.attempt >= r.Attempts {
			return nil, r.gaveUp()
		}
		r.pause = r.Backoff.pause(r.attempt)
		var e *ServerError
		if errors.As(r.err, &e) && e.Connecting {
			r.pause = max(r.pause, min(e.RetryAfter, r.max()))
		}
		select {
		case <-time.After(r.pause):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", context.Cause(ctx), r.gaveUp())
		}
		r.attempt++
		l, err := c.connect(ctx)
		if err == nil {
			return l, nil
		}
		c.options.Logger.Warn("cannot connect", "attempt", r.attempt, "err", err)
		if r.hopeless(err) {
			return nil, r.gaveUp()
		}
	}
}

// gaveUp returns the error of a client that has given up.
func (r *recovery) gaveUp() error {
	attempts := "attempts"
	if r.attempt == 1 {
		attempts = "attempt"
	}
	return fmt.Errorf("gave up after %d %s to connect: %w", r.attempt, attempts, r.err)
}

// newLink forgets what was about the last link.
func (c *Client) newLink() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = false
	clear(c.asked)
	clear(c.gone)
	for _, s := range c.subs {
		s.up = false
	}
}

// standing returns the subscriptions to make again, in the order in which they
// were made.
func (c *Client) standing() []*Subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*Subscription
	for _, s := range c.subs {
		if s.made {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *Subscription) int { return cmp.Compare(a.number, b.number) })
	return all
}

// restore makes all subscriptions again. It does not wait for receipts, which may
// come behind more messages than the buffers hold.
func (c *Client) restore(l *link) {
	for _, s := range c.standing() {
		if l.ended() {
			return
		}
		c.subscribeAgain(l, s)
	}
}

// restoreInTurn makes each subscription when the one before it is confirmed.
func (c *Client) restoreInTurn(l *link) {
	for _, s := range c.standing() {
		select {
		case <-c.subscribeAgain(l, s):
		case <-l.dead:
			return
		}
	}
}

// subscribeAgain sends SUBSCRIBE for a subscription. The channel is closed when
// the broker has confirmed it, or it has ended.
func (c *Client) subscribeAgain(l *link, s *Subscription) <-chan struct{} {
	f := s.subscribeFrame()
	restored := make(chan struct{})
	c.mu.Lock()
	over := s.err != nil
	if s.restored = restored; over || s.options.NoReceipt {
		close(restored)
	} else {
		s.receipt = l.receiptID()
		c.asked[s.receipt] = s
		f.Headers.Add(headers.Receipt, s.receipt)
	}
	c.mu.Unlock()
	if over {
		return restored
	}
	err := l.send(c.life, f)
	c.mu.Lock()
	defer c.mu.Unlock()
	late := s.err != nil && s.link != l // Unsubscribe has seen the old link
	s.link = l
	switch {
	case err == nil && late:
		go l.send(c.life, s.unsubscribeFrame(l))
	case err != nil && !l.ended() && c.life.Err() == nil:
		c.drop(s, err) // this version of STOMP has no such SUBSCRIBE
	}
	return restored
}

// settle takes a RECEIPT or an ERROR for a subscription that was made again.
func (c *Client) settle(receipt string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.asked[receipt]
	switch {
	case s == nil:
	case err == nil:
		c.stands(s)
	default:
		c.drop(s, err)
		c.refused = true
	}
}

// stands notes that the broker has confirmed a subscription. c.mu is held.
func (c *Client) stands(s *Subscription) {
	s.up, s.suspected = true, false
	if c.asked[s.receipt] == s {
		delete(c.asked, s.receipt)
		close(s.restored)
	}
}

// drop ends a subscription. c.mu is held.
func (c *Client) drop(s *Subscription, err error) {
	if s.err != nil {
		return
	}
	s.err, s.made = err, false
	close(s.over)
	c.gone[s.id] = struct{}{}
	if c.subs[s.id] == s {
		delete(c.subs, s.id)
	}
	if c.asked[s.receipt] == s {
		delete(c.asked, s.receipt)
		close(s.restored)
	}
}
