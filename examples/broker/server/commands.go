package server

import (
	"crypto/subtle"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// Who sends a frame, as the session wants to know.
const (
	fromClient = validate.Client
	fromServer = validate.Server
)

// must drops what is no reason to hang up: a SHOULD that was not followed, and
// a CONNECT without host, since this broker is one host only, and the stock
// stompjs sends none.
func must(err error) error {
	return validate.Enforce(err, validate.ConnectHostRequired)
}

// text returns a copy of the value of a header, "" where there is none.
func text(v frame.View, name string) string {
	value, _ := v.Headers.Text(name)
	return value
}

// handle does what a frame asks for. An error ends the connection.
func (s *Server) handle(c *connection, v frame.View) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.detached {
		return nil
	}
	if err := must(c.session.StepView(fromClient, v)); err != nil {
		return err
	}
	var err error
	switch v.Command {
	case frame.CONNECT, frame.STOMP:
		err = s.connect(c, v)
	case frame.SEND:
		err = s.handleSend(c, v)
	case frame.SUBSCRIBE:
		err = s.handleSubscribe(c, v)
	case frame.UNSUBSCRIBE:
		key := subscriptionKey(v)
		if sub := c.subscriptions[key]; sub != nil {
			delete(c.subscriptions, key)
			s.unsubscribe(sub)
		}
	case frame.BEGIN:
		c.transactions[text(v, headers.Transaction)] = &transaction{messages: map[string]int{}}
	case frame.COMMIT, frame.ABORT:
		err = s.end(c, v.Command, text(v, headers.Transaction))
	case frame.ACK, frame.NACK:
		id, command := text(v, headers.MessageID), v.Command
		if c.version == frame.V12 {
			id = text(v, headers.ID)
		}
		if t := c.transactions[text(v, headers.Transaction)]; t != nil {
			t.steps = append(t.steps, func() { s.settle(c, command, id) })
		} else {
			s.settle(c, command, id)
		}
	}
	if err != nil {
		return err
	}
	if receipt, asked := validate.Receipt(v.Head); asked {
		c.reply(receipt)
	}
	if v.Command == frame.DISCONNECT {
		c.close(nil)
		s.detach(c)
	}
	return nil
}

// connect answers CONNECT.
func (s *Server) connect(c *connection, v frame.View) error {
	version, ok := frame.Negotiate(v.AcceptVersions(), c.versions)
	if !ok {
		return &validate.NegotiationError{Server: c.versions}
	}
	login := text(v, headers.Login)
	passcode, _ := v.Headers.Get(headers.Passcode)
	if len(s.config.Logins) > 0 {
		want, known := s.config.Logins[login]
		if same := subtle.ConstantTimeCompare(passcode, []byte(want)) == 1; !known || !same {
			return errLogin
		}
	}
	s.sessions++
	f := &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(
		headers.Version, version.String(), headers.Session, strconv.FormatUint(s.sessions, 10), headers.Server, "stompwire-example")}
	if version != frame.V10 {
		f.Headers.Add(headers.HeartBeat, headers.HeartBeats{Send: s.config.HeartBeat, Receive: s.config.HeartBeat}.String())
	}
	c.login = login
	c.reply(f)
	c.connected(version)
	s.config.Log.Debug("connected", "peer", c.peer, "login", login, "version", version)
	return nil
}

func (s *Server) handleSend(c *connection, v frame.View) error {
	destination := text(v, headers.Destination)
	address, err := c.resolve(destination, false)
	if err != nil {
		return err
	}
	m := newMessage(v, destination, address)
	if t := c.transactions[text(v, headers.Transaction)]; t != nil {
		return s.sendIn(t, m)
	}
	if err := s.room(address, 1, m.size); err != nil {
		return err
	}
	s.publish(m)
	return nil
}

func (s *Server) handleSubscribe(c *connection, v frame.View) error {
	if _, ok := v.Headers.Get(headers.Selector); ok {
		return errSelector // to ignore it would be to send what is not wanted
	}
	address, err := c.resolve(text(v, headers.Destination), true)
	if err != nil {
		return err
	}
	sub := &subscription{connection: c, address: address, id: text(v, headers.ID)}
	if mode, ok := v.Headers.Get(headers.Ack); ok {
		sub.mode, _ = headers.ParseAckMode(mode) // the session has judged it
	}
	key := subscriptionKey(v)
	if old := c.subscriptions[key]; old != nil {
		s.unsubscribe(old) // 1.0 does not forbid it
	}
	c.subscriptions[key] = sub
	s.subscribe(sub)
	return nil
}

// subscriptionKey returns the name of a subscription in its connection: its id,
// or in 1.0, where that may be missing, its destination.
func subscriptionKey(v frame.View) string {
	if id, ok := v.Headers.Text(headers.ID); ok {
		return "id " + id
	}
	return "destination " + text(v, headers.Destination)
}

// detach takes a connection out of everything: its messages go back to their
// queues, its transactions are aborted.
func (s *Server) detach(c *connection) {
	if c.detached {
		return
	}
	c.detached = true
	for _, t := range c.transactions {
		s.stored -= t.octets
	}
	for _, sub := range c.subscriptions {
		s.unsubscribe(sub)
	}
	c.subscriptions, c.transactions = nil, nil
}
