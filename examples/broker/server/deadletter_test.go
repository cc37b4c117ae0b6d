package server

import (
	"strconv"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// take subscribes to a queue and reads its first message.
func (b *broker) take(t *testing.T, queue, body string) (c *client, ack string, f *frame.Frame) {
	t.Helper()
	c = b.connect(t, frame.V12, "")
	c.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, queue, headers.Ack, "client-individual")
	ack, f = c.message(body)
	return c, ack, f
}

// A message that kills its consumers becomes a dead letter. The messages behind
// it are delivered and do not.
func TestPoison(t *testing.T) {
	b := start(t, Config{Deliveries: 3})
	sender := b.connect(t, frame.V12, "")
	sender.publish(q, "poison", "note", "keep me")
	for i := range 5 {
		sender.publish(q, strconv.Itoa(i))
	}
	sender.sync()
	for range 3 {
		c, _, _ := b.take(t, q, "poison")
		for i := range 5 {
			c.message(strconv.Itoa(i)) // delivered to the same client
		}
		c.conn.Close()
		eventually(t, "the messages are back", func() bool { return len(b.peers()) == 1 && b.waiting(q) >= 5 })
	}
	c, ack, f := b.take(t, q, "0")
	if f.Headers.Value(headers.RabbitMQRedelivered) != "true" {
		t.Error(f)
	}
	c.ack(frame.ACK, ack)
	for i := range 4 {
		ack, _ = c.message(strconv.Itoa(i + 1))
		c.ack(frame.ACK, ack)
	}
	c.sync()
	b.wantQueueSize(t, q, 0)
	b.wantQueueSize(t, deadLetters, 1)

	c, ack, f = b.take(t, deadLetters, "poison")
	for name, want := range map[string]string{
		headers.Destination: deadLetters, originalDestination: q, "note": "keep me", headers.RabbitMQRedelivered: "",
	} {
		if got := f.Headers.Value(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	c.ack(frame.ACK, ack)
	c.sync()
	b.wantQueueSize(t, deadLetters, 0)
}

// waiting returns the number of undelivered messages in a queue.
func (b *broker) waiting(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q := b.queues.Get(name); q != nil {
		return q.messages.Len()
	}
	return 0
}

// DISCONNECT, UNSUBSCRIBE and a stopping broker do not count as failures.
func TestLeavingIsNoFailure(t *testing.T) {
	b := start(t, Config{Deliveries: 1})
	b.connect(t, frame.V12, "").publish(q, "x")
	for _, command := range []frame.Command{frame.UNSUBSCRIBE, frame.DISCONNECT} {
		c, _, _ := b.take(t, q, "x")
		c.Say(command, "", headers.ID, "1", headers.Receipt, "r")
		c.Expect(frame.RECEIPT)
		c.conn.Close()
	}
	b.take(t, q, "x")
	b.wantQueueSize(t, deadLetters, 0)
}

// The dead-letter queue keeps the newest messages, up to the limit of a queue.
// A dead letter that fails again is dropped.
func TestDeadLettersAreBounded(t *testing.T) {
	b := start(t, Config{Deliveries: 1, QueueMessages: 3})
	for i := range 5 {
		b.connect(t, frame.V12, "").publish(q, strconv.Itoa(i))
		c, ack, _ := b.take(t, q, strconv.Itoa(i))
		c.ack(frame.NACK, ack)
		c.Say(frame.UNSUBSCRIBE, "", headers.ID, "1") // so that it does not get the next message
		c.sync()
		b.wantQueueSize(t, deadLetters, min(i+1, 3))
	}
	c, ack, _ := b.take(t, deadLetters, "2")
	for i := range 2 {
		c.message(strconv.Itoa(i + 3))
	}
	c.ack(frame.NACK, ack)
	c.sync()
	b.wantQueueSize(t, deadLetters, 2)
	// All dead letters are delivered and unacknowledged, so the next one is
	// dropped.
	c.publish(deadLetters, "y")
	c.message("y")
	c.publish(q, "z")
	other, ack, _ := b.take(t, q, "z")
	other.ack(frame.NACK, ack)
	other.sync()
	b.wantQueueSize(t, q, 0)
	b.wantQueueSize(t, deadLetters, 3)
}
