package server

import (
	"container/list"
	"fmt"
	"strings"
	"sync"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Kinds of destinations, by what they begin with.
const (
	topicPrefix = "/topic/" // to all who are subscribed
	queuePrefix = "/queue/" // to one of them, kept until it is acknowledged
	userPrefix  = "/user/"  // to all connections of one user who are subscribed
)

var (
	errDestination = refusal(byRequest, "destinations begin with /topic/, /queue/ or /user/, and a name follows")
	errNoUser      = refusal(byRequest, "user destinations are for clients with a login that has no slash")
)

// resolve returns the address of a destination that the client has the right to
// send or subscribe to.
func (c *connection) resolve(destination string, right Right) (address string, err error) {
	address, err = c.addressOf(destination, right == Subscribe)
	if err == nil && !c.server.config.Rights.allow(c.login, right, address) {
		err = refusal(byRights, "this login may not %v this destination (-rights)", right)
		err = fmt.Errorf("%w: login %.100q, destination %.200q", err, c.login, address) // for the log, the client gets the first part
	}
	return address, err
}

// addressOf returns the address of a destination: the name under which the broker
// keeps it. They differ for users alone: SUBSCRIBE to /user/queue/x by anna, and
// SEND to /user/anna/queue/x by anybody, are for the same address. So nobody can
// subscribe to what is for others.
func (c *connection) addressOf(destination string, subscribe bool) (address string, err error) {
	for _, prefix := range []string{topicPrefix, queuePrefix, userPrefix} {
		name, ok := strings.CutPrefix(destination, prefix)
		switch {
		case !ok || name == "":
		case prefix != userPrefix:
			return destination, nil
		case subscribe && (c.login == "" || strings.Contains(c.login, "/")):
			return "", errNoUser
		case subscribe:
			return userPrefix + c.login + "/" + name, nil
		case strings.Contains(name, "/"):
			return destination, nil
		}
	}
	return "", errDestination
}

func isQueue(address string) bool { return strings.HasPrefix(address, queuePrefix) }

// A subscription is what a SUBSCRIBE has opened.
type subscription struct {
	connection *connection
	id         string // "" in 1.0, where a destination can stand for it
	mode       headers.AckMode
	address    string
	place      *list.Element // in its topic, or among those of its queue that are ready; else nil
	queue      *queue        // nil for other destinations
	unacked    []*handout    // of the queue, oldest first
}

// A topic has the subscriptions of a destination that is no queue.
type topic struct {
	subscriptions list.List // of *subscription
	busy          bool      // a message is being handed out
	free          sync.Cond // it no longer is
}

func (s *Server) subscribe(sub *subscription) {
	s.stats.OpenSubs++
	if isQueue(sub.address) {
		sub.queue = s.queueOf(sub.address)
		sub.queue.subscriptions++
		s.wake(sub)
		s.dispatch(sub.queue)
		return
	}
	t := s.topics.Get(sub.address)
	if t == nil {
		t = &topic{free: sync.Cond{L: &s.mu}}
		s.topics.Set(sub.address, t)
		s.account.Add(costDestination + len(sub.address))
	}
	sub.place = t.subscriptions.PushBack(sub)
}

// unsubscribe ends a subscription. failed says that its client is lost.
func (s *Server) unsubscribe(sub *subscription, failed bool) {
	s.stats.OpenSubs--
	if sub.queue != nil {
		s.leave(sub, failed)
		return
	}
	t := s.topics.Get(sub.address)
	t.subscriptions.Remove(sub.place)
	s.dropTopic(sub.address, t)
}

// dropTopic forgets a topic that nobody needs.
func (s *Server) dropTopic(address string, t *topic) {
	if t.subscriptions.Len() == 0 && !t.busy {
		s.topics.Remove(address)
		s.account.Add(-costDestination - len(address))
	}
}

// publish hands a message on. There is room for it, and it is kept if it is for
// a queue.
func (s *Server) publish(m *message) {
	s.stats.Sent++
	if isQueue(m.destination) {
		s.enqueue(m)
		return
	}
	t := s.topics.Get(m.destination)
	for t != nil && t.busy { // all who are subscribed see one order
		before := t
		t.free.Wait()
		if t = s.topics.Get(m.destination); t != before {
			before.free.Signal() // others wait for it too
		}
	}
	if t == nil {
		return
	}
	t.busy = true
	here := t.subscriptions.PushFront(nil) // goes along, since subscriptions may come and go meanwhile
	var to [frame.V12 + 1]*copies
	for e := here.Next(); e != nil; e = here.Next() {
		t.subscriptions.MoveAfter(here, e)
		sub := e.Value.(*subscription)
		c := sub.connection
		if to[c.version] == nil {
			to[c.version] = s.encode(m, c.version)
		}
		s.deliver(sub, m, to[c.version])
		if sub.mode.Explicit() && !c.count() {
			c.fail(errNoMemory, frame.Head{})
		}
		s.pause()
	}
	t.subscriptions.Remove(here)
	for _, all := range to {
		if all != nil {
			all.rest.Done()
		}
	}
	t.busy = false
	t.free.Signal()
	s.dropTopic(m.destination, t)
}
