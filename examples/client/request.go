package client

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// RabbitMQ, ActiveMQ and Artemis have the same names for these headers.
const (
	replyTo       = headers.RabbitMQReplyTo
	correlationID = headers.RabbitMQCorrelationID
)

// tempQueue begins the destinations of queues that a broker makes for one
// connection.
const tempQueue = "/temp-queue/"

// Request sends a message and returns the reply to it. The message has two more
// headers: reply-to, which names a queue of this connection, and correlation-id,
// which differs for each request. The receiver sends its reply to that queue and
// with that correlation-id, as [Client.Reply] does. Any number of requests may
// wait at once.
//
// The queue is a temporary one, which RabbitMQ and ActiveMQ make and delete;
// Options.ReplyTo names another one. Like a receipt, a reply waits behind messages
// for which the buffer of their subscription has no room.
//
// If the connection is lost while Request waits, the error is ErrConnectionLost:
// nobody knows whether the message was received, and its reply cannot come. If ctx
// ends first, a reply that comes later goes to Options.UnhandledMessage.
func (c *Client) Request(ctx context.Context, destination string, body []byte, more ...headers.Field) (*Message, error) {
	if err := checkOwn(frame.SEND, more, requestHeaders); err != nil {
		return nil, err
	}
	l, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.receiveReplies(ctx); err != nil {
		return nil, err
	}
	id, reply := c.expectReply()
	defer c.forgetReply(id)
	f := sendFrame(destination, body, headers.Pairs(replyTo, c.options.ReplyTo, correlationID, id))
	f.Headers = append(f.Headers, more...)
	if err = l.send(ctx, f); err == nil {
		select {
		case m := <-reply:
			return m, nil
		case <-ctx.Done():
			err = fmt.Errorf("stomp client: no reply has come: %w", context.Cause(ctx))
		case <-l.dead:
			err = lost(l.err)
		}
	}
	select {
	case m := <-reply: // it came at the same time
		return m, nil
	default:
		return nil, err
	}
}

// Reply sends a reply to a message that came from [Client.Request], or from another
// program that sets reply-to. Like Send it returns when the reply has been given to
// the network. Whoever sent the request has chosen the destination, so a program
// that may send where others may not should check the reply-to header first.
//
// The requester may be gone. RabbitMQ drops the reply then, and ActiveMQ answers
// with ERROR, which ends the connection.
func (c *Client) Reply(ctx context.Context, request *Message, body []byte, more ...headers.Field) error {
	if err := checkOwn(frame.SEND, more, replyHeaders); err != nil {
		return err
	}
	destination := request.Headers.Value(replyTo)
	if destination == "" {
		return errors.New("stomp client: the message wants no reply: it has no reply-to header")
	}
	if id, ok := request.Headers.Get(correlationID); ok {
		more = append(headers.Pairs(correlationID, id), more...)
	}
	return c.Send(ctx, destination, body, more...)
}

// receiveReplies subscribes to the queue for replies, once for a link. The id of
// the subscription is the name of the queue, as RabbitMQ has it, which makes its
// temporary queues without a SUBSCRIBE and refuses one.
func (l *link) receiveReplies(ctx context.Context) error {
	l.replies.once.Do(func() {
		queue := l.options.ReplyTo
		if l.isServer("RabbitMQ") && strings.HasPrefix(queue, tempQueue) {
			close(l.replies.ready)
			return
		}
		go func() {
			defer close(l.replies.ready)
			l.replies.err = l.send(context.Background(), &frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs(
				headers.ID, queue,
				headers.Destination, queue,
				headers.Ack, headers.AckAuto.String(),
			)})
		}()
	})
	select {
	case <-l.replies.ready:
		return l.replies.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// isServer reports whether CONNECTED names this server.
func (l *link) isServer(name string) bool {
	got, _, _ := strings.Cut(l.server, "/")
	return got == name
}

// expectReply makes a correlation-id, and a channel that gets the reply.
func (c *Client) expectReply() (string, <-chan *Message) {
	reply := make(chan *Message, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	id := fmt.Sprintf("%s-%d", c.name, c.number())
	c.requests[id] = reply
	return id, reply
}

func (c *Client) forgetReply(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.requests, id)
}

// handReply hands a message to the request that waits for it, and reports whether
// there is one.
func (c *Client) handReply(m *Message) bool {
	id := m.Headers.Value(correlationID)
	c.mu.Lock()
	defer c.mu.Unlock()
	reply, ok := c.requests[id]
	if ok {
		delete(c.requests, id)
		reply <- m
	}
	return ok
}
