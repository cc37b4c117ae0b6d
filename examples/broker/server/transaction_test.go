package server

import (
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestCommit(t *testing.T) {
	b := start(t, Config{})
	for _, v := range versions {
		c := b.connect(t, v, "")
		c.subscribe("1", q, "client")
		c.publish(q, "before")
		ack, _ := c.message("before")
		c.Say(frame.BEGIN, "", headers.Transaction, "t")
		c.publish(q, "first", headers.Transaction, "t", headers.Receipt, "in time")
		c.ack(frame.ACK, ack, headers.Transaction, "t")
		c.publish("/topic/nobody", "second", headers.Transaction, "t")
		c.publish(q, "third", headers.Transaction, "t")
		c.Expect(frame.RECEIPT)
		c.sync() // nothing has been delivered
		b.wantQueueSize(t, q, 1)
		c.Say(frame.COMMIT, "", headers.Transaction, "t")
		first, f := c.message("first")
		if f.Headers.Value(headers.Transaction) != "" || f.Headers.Value(headers.Receipt) != "" {
			t.Error(f)
		}
		third, _ := c.message("third")
		c.sync()
		b.wantQueueSize(t, q, 2)
		if v == frame.V10 {
			c.ack(frame.ACK, first)
		}
		c.ack(frame.ACK, third)
		c.sync()
		b.wantQueueSize(t, q, 0)
		c.leave(b)
	}
}

func TestAbort(t *testing.T) {
	b := start(t, Config{})
	c := b.connect(t, frame.V12, "")
	c.subscribe("1", q, "client-individual")
	c.publish(q, "before")
	ack, _ := c.message("before")
	c.Say(frame.BEGIN, "", headers.Transaction, "t")
	c.publish(q, "never", headers.Transaction, "t")
	c.ack(frame.NACK, ack, headers.Transaction, "t")
	c.Say(frame.ABORT, "", headers.Transaction, "t")
	c.sync()
	b.wantQueueSize(t, q, 1)
	c.ack(frame.NACK, ack) // the message is pending again
	c.message("before")
	// The same holds after a lost connection.
	c.Say(frame.BEGIN, "", headers.Transaction, "t")
	c.publish(q, "never", headers.Transaction, "t")
	c.sync()
	c.leave(b)
	drain(t, b, 1)
}

func TestTransactionsRefused(t *testing.T) {
	b := start(t, Config{QueueMessages: 2, Memory: 512 << 10})
	c := b.connect(t, frame.V12, "")
	c.publish(q, "x", headers.Transaction, "unknown")
	c.failed("transaction")

	c = b.connect(t, frame.V12, "")
	c.publish(q, "x")
	c.Say(frame.BEGIN, "", headers.Transaction, "t")
	c.publish(q, "x", headers.Transaction, "t")
	c.publish(q, "x", headers.Transaction, "t")
	c.sync()
	c.Say(frame.COMMIT, "", headers.Transaction, "t")
	c.failed("the queue is full")
	b.wantQueueSize(t, q, 1) // neither message was added

	c = b.connect(t, frame.V12, "")
	c.Say(frame.BEGIN, "", headers.Transaction, "t")
	for range 512 {
		c.publish("/topic/a", string(make([]byte, 1000)), headers.Transaction, "t")
	}
	c.failed("no memory left")
	drain(t, b, 1)
}
