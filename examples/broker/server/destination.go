package server

import (
	"container/list"
	"fmt"
	"strings"
	"sync"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Kinds of destinations, by prefix.
const (
	topicPrefix = "/topic/" // to all subscribers
	queuePrefix = "/queue/" // to one subscriber, kept until acknowledged
	userPrefix  = "/user/"  // to all subscribed connections of one user
)

var (
	errDestination = refusal(byRequest, "destinations begin with /topic/, /queue/ or /user/, and a name follows")
	errNoUser      = refusal(byRequest, "user destinations are for clients with a login that has no slash")
)

// resolve returns the address of a destination, if the client has the right to
// send or subscribe to it.
func (c *connection) resolve(destination string, right Right) (address string, err error) {
	address, err = c.addressOf(destination, right == Subscribe)
	if err == nil && !c.server.config.Rights.allow(c.login, right, address) {
		err = refusal(byRights, "this login may not %v this destination (-rights)", right)
		err = fmt.Errorf("%w: login %.100q, destination %.200q", err, c.login, address) // for the log; the client sees only the first part
	}
	return address, err
}

// addressOf returns the address of a destination: the name under which the
// broker keeps it. Only user destinations have another address: anna's
// SUBSCRIBE to /user/queue/x and anyone's SEND to /user/anna/queue/x both mean
// /user/anna/queue/x. So a client cannot subscribe to another user's
// destinations.
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

// A subscription is the result of SUBSCRIBE.
type subscription struct {
	connection *connection
	id         string // "" in 1.0 if the destination identifies it
	mode       headers.AckMode
	address    string
	place      *list.Element // in its topic, or in the ready list of its queue; otherwise nil
	queue      *queue        // nil for topics and users
	unacked    []*handout    // messages of the queue, oldest first
}

// A topic has the subscriptions of a destination that is not a queue.
type topic struct {
	subscriptions list.List // of *subscription
	busy          bool      // a message is being delivered
	free          sync.Cond // signaled when busy becomes false
}

func (s *Server) subscribe(sub *subscription) {
	s.stats.OpenSubscriptions++
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

// unsubscribe ends a subscription. failed means that the client was lost.
func (s *Server) unsubscribe(sub *subscription, failed bool) {
	s.stats.OpenSubscriptions--
	if sub.queue != nil {
		s.leave(sub, failed)
		return
	}
	t := s.topics.Get(sub.address)
	t.subscriptions.Remove(sub.place)
	s.dropTopic(sub.address, t)
}

// dropTopic removes an unused topic.
func (s *Server) dropTopic(address string, t *topic) {
	if t.subscriptions.Len() == 0 && !t.busy {
		s.topics.Remove(address)
		s.account.Add(-costDestination - len(address))
	}
}

// publish delivers a message, or puts it in its queue. The caller has made sure
// that there is room, and that the message is kept if it is for a queue.
func (s *Server) publish(m *message) {
	s.stats.Sent++
	if isQueue(m.destination) {
		s.enqueue(m)
		return
	}
	t := s.topics.Get(m.destination)
	for t != nil && t.busy { // all subscribers must see one order
		before := t
		t.free.Wait()
		if t = s.topics.Get(m.destination); t != before {
			before.free.Signal() // others may wait for the removed topic
		}
	}
	if t == nil {
		return
	}
	t.busy = true
	here := t.subscriptions.PushFront(nil) // a cursor, since subscriptions may change meanwhile
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
