package server

import (
	"bytes"
	"strconv"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/memory"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// Roles for validate.Session.
const (
	fromClient = validate.Client
	fromServer = validate.Server
)

// must ignores violations that do not end a session: broken SHOULDs, and a
// CONNECT without host, since this broker is one host and stompjs sends none.
func must(err error) error {
	return validate.Enforce(err, validate.ConnectHostRequired)
}

// text returns a copy of a header's value, or "".
func text(v frame.View, name string) string {
	value, _ := v.Headers.Text(name)
	return value
}

// handle executes a frame. An error ends the connection.
func (s *Server) handle(c *connection, v frame.View) error {
	// Checking a login can take time, so it must not hold s.mu.
	known := !v.Command.Handshake() || c.version != frame.Unnegotiated || s.admit(c, v)
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.detached {
		return nil
	}
	s.stats.FramesIn[string(v.Command)]++
	if !known {
		return errLogin
	}
	pending := c.session.Unacknowledged()
	if err := must(c.session.StepView(fromClient, v)); err != nil {
		return err
	}
	receipt, asked := validate.Receipt(v.Head)
	if asked {
		if _, err := encoder.Size(receipt, c.version, encoder.Options{}); err != nil {
			return errEcho // before the frame takes effect
		}
	}
	var t *transaction
	if name, ok := v.Headers.Text(headers.Transaction); ok {
		t = c.transactions.Get(name)
	}
	var err error
	switch v.Command {
	case frame.CONNECT, frame.STOMP:
		err = s.connect(c, v)
	case frame.SEND:
		err = s.handleSend(c, t, v)
	case frame.SUBSCRIBE:
		err = s.handleSubscribe(c, v)
	case frame.UNSUBSCRIBE:
		s.handleUnsubscribe(c, subscriptionKey(v))
	case frame.BEGIN:
		c.begin(text(v, headers.Transaction))
	case frame.COMMIT, frame.ABORT:
		err = s.finish(c, v.Command, text(v, headers.Transaction))
	case frame.ACK, frame.NACK:
		id := text(v, headers.MessageID)
		if c.version == frame.V12 {
			id = text(v, headers.ID)
		}
		if t == nil {
			s.settle(c, v.Command, id)
			break
		}
		t.acked += pending - c.session.Unacknowledged()
		c.acked += pending - c.session.Unacknowledged()
		if h := c.handouts.Get(id); h != nil {
			c.put(t, step{command: v.Command, id: h.id})
		}
	}
	if c.full && c.session.Unacknowledged()+c.acked < s.config.Session.Unacknowledged {
		c.full = false
		s.wakeAll(c)
	}
	if err == nil && !c.count() {
		err = errNoMemory
	}
	if err != nil || c.detached {
		return err
	}
	if asked {
		c.reply(receipt)
	}
	if v.Command == frame.DISCONNECT {
		c.close(nil, nil)
		s.detach(c)
	}
	return nil
}

// admit checks the login of a CONNECT, unless there is no common version. After
// failures it waits.
func (s *Server) admit(c *connection, v frame.View) bool {
	users := login.Users(s.config.Logins)
	_, ok := frame.Negotiate(v.AcceptVersions(), c.versions)
	return len(users) == 0 || !ok || s.guard.Check(c.address, c.out.Written(), func() bool {
		return users.Allow(text(v, headers.Login), text(v, headers.Passcode))
	})
}

// connect handles CONNECT.
func (s *Server) connect(c *connection, v frame.View) error {
	version, ok := frame.Negotiate(v.AcceptVersions(), c.versions)
	if !ok {
		return &validate.NegotiationError{Server: c.versions}
	}
	s.stats.Sessions++
	s.stats.OpenSessions++
	f := &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(
		headers.Version, version.String(), headers.Session, strconv.FormatInt(s.stats.Sessions, 10), headers.Server, "stompwire-example")}
	if version != frame.V10 {
		f.Headers.Add(headers.HeartBeat, headers.HeartBeats{Send: s.config.HeartBeat, Receive: s.config.HeartBeat}.String())
	}
	c.login = text(v, headers.Login)
	c.reply(f)
	c.connected(version)
	s.config.Log.Debug("connected", "peer", c.address, "login", c.login, "version", version)
	return nil
}

func (s *Server) handleSend(c *connection, t *transaction, v frame.View) error {
	destination, err := c.resolve(text(v, headers.Destination), Send)
	if err != nil {
		return err
	}
	m, err := newMessage(v, destination, c.version, s.config.Session.ID)
	if err != nil {
		return err
	}
	if err := s.room(destination, 1); t == nil && err != nil {
		return err
	}
	kept := t != nil || isQueue(destination)
	if kept && !s.account.Store(m.cost) || !kept && m.cost > s.account.Share() {
		return errNoMemory
	}
	if kept {
		m.body = bytes.Clone(m.body)
	}
	if t == nil {
		s.publish(m)
	} else {
		c.put(t, step{message: m})
	}
	return nil
}

func (s *Server) handleSubscribe(c *connection, v frame.View) error {
	if _, ok := v.Headers.Get(headers.Selector); ok {
		return errSelector // ignoring it would deliver unwanted messages
	}
	address, err := c.resolve(text(v, headers.Destination), Subscribe)
	if err != nil {
		return err
	}
	sub := &subscription{connection: c, address: address, id: text(v, headers.ID)}
	if mode, ok := v.Headers.Get(headers.Ack); ok {
		sub.mode, _ = headers.ParseAckMode(mode) // the session has checked it
	}
	if _, err := encoder.Size(s.head(sub, "1", false), c.version, encoder.Options{}); err != nil {
		return errEcho
	}
	key := subscriptionKey(v)
	s.handleUnsubscribe(c, key) // 1.0 does not forbid a second subscription with the same key
	if c.detached {
		return nil
	}
	c.subscriptions.Set(key, sub)
	c.open += sub.cost()
	c.longest = max(c.longest, len(key))
	s.subscribe(sub)
	return nil
}

func (s *Server) handleUnsubscribe(c *connection, key string) {
	if sub := c.subscriptions.Get(key); sub != nil {
		c.subscriptions.Remove(key)
		c.open -= sub.cost()
		s.unsubscribe(sub, false)
	}
}

func (sub *subscription) cost() int { return costSubscription + 4*len(sub.id) + 4*len(sub.address) }

// subscriptionKey returns the key of a subscription in its connection: its id,
// or in 1.0, where the id is optional, its destination.
func subscriptionKey(v frame.View) string {
	if id, ok := v.Headers.Text(headers.ID); ok {
		return "id " + id
	}
	return "destination " + text(v, headers.Destination)
}

// detach removes all state of a connection: its messages return to their
// queues, and its transactions are aborted.
func (s *Server) detach(c *connection) {
	if c.detached {
		return
	}
	c.detached = true
	if c.version != frame.Unnegotiated {
		s.stats.OpenSessions--
	}
	failed := !s.stopping && c.session.Phase(fromClient) != validate.Closed
	for t := range c.transactions.All() {
		for _, next := range t.steps {
			s.forget(next.message)
			s.pause()
		}
	}
	for sub := range c.subscriptions.All() {
		s.unsubscribe(sub, failed)
		s.pause()
	}
	s.account.Add(-c.counted)
	c.subscriptions, c.transactions = memory.Table[*subscription]{}, memory.Table[*transaction]{}
}
