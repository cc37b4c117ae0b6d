package server

import (
	"slices"
	"strings"

	"github.com/stompwire/stomp/headers"
)

// Kinds of destinations, by what they begin with.
const (
	topicPrefix = "/topic/" // to all who are subscribed
	queuePrefix = "/queue/" // to one of them, kept until it is acknowledged
	userPrefix  = "/user/"  // to all connections of one user who are subscribed
)

const (
	errDestination = refusal("destinations begin with /topic/, /queue/ or /user/, and a name follows")
	errNoUser      = refusal("user destinations are for clients with a login that has no slash")
	errQueueFull   = refusal("the queue is full")
	errStoreFull   = refusal("the broker's queues are full")
)

// resolve returns the address of a destination: the name under which the broker
// keeps it. They differ for users alone: SUBSCRIBE to /user/queue/x by anna, and
// SEND to /user/anna/queue/x by anybody, are for the same address. So nobody can
// subscribe to what is for others.
func (c *connection) resolve(destination string, subscribe bool) (address string, err error) {
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
	queue      *queue     // nil for other destinations
	unacked    []*handout // of the queue, oldest first
}

func (s *Server) subscribe(sub *subscription) {
	if !isQueue(sub.address) {
		s.topics[sub.address] = append(s.topics[sub.address], sub)
		return
	}
	sub.queue = s.queueOf(sub.address)
	sub.queue.subscriptions = append(sub.queue.subscriptions, sub)
	s.dispatch(sub.queue)
}

func (s *Server) unsubscribe(sub *subscription) {
	without := func(list []*subscription) []*subscription {
		i := slices.Index(list, sub)
		return slices.Delete(list, i, i+1)
	}
	if q := sub.queue; q != nil {
		q.subscriptions = without(q.subscriptions)
		s.putBack(sub)
		s.dispatch(q)
		return
	}
	if left := without(s.topics[sub.address]); len(left) > 0 {
		s.topics[sub.address] = left
	} else {
		delete(s.topics, sub.address)
	}
}

// room returns an error when so many messages for an address, of so many octets
// together, cannot be kept.
func (s *Server) room(address string, messages, octets int) error {
	if !isQueue(address) {
		return nil
	}
	if q := s.queues[address]; q != nil {
		messages += q.size
	}
	if messages > s.config.QueueMessages {
		return errQueueFull
	}
	if s.stored+octets > s.config.QueueOctets {
		return errStoreFull
	}
	return nil
}

// publish hands a message on. There is room for it.
func (s *Server) publish(m *message) {
	if isQueue(m.address) {
		q := s.queueOf(m.address)
		q.messages.PushBack(m)
		q.size++
		s.stored += m.size
		s.dispatch(q)
		return
	}
	for _, sub := range s.topics[m.address] {
		s.deliver(sub, m)
	}
}
