package server

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

const q = "/queue/q"

func (b *broker) queueSize(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q := b.queues.Get(name); q != nil {
		return q.size
	}
	return 0
}

func (b *broker) wantQueueSize(t *testing.T, name string, want int) {
	t.Helper()
	if got := b.queueSize(name); got != want {
		t.Errorf("%s has %d messages, want %d", name, got, want)
	}
}

func TestQueueKeepsUntilThereIsSomebody(t *testing.T) {
	b := start(t, Config{})
	sender := b.connect(t, frame.V12, "")
	for i := range 5 {
		sender.publish(q, strconv.Itoa(i))
	}
	sender.sync()
	b.wantQueueSize(t, q, 5)
	c := b.connect(t, frame.V12, "")
	c.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, q) // ack mode auto
	for i := range 5 {
		if ack, f := c.message(strconv.Itoa(i)); ack != "" || f.Headers.Value(headers.RabbitMQRedelivered) != "" {
			t.Error(f)
		}
	}
	c.sync()
	b.wantQueueSize(t, q, 0)
}

func TestQueueInTurn(t *testing.T) {
	b := start(t, Config{})
	var clients []*client
	for range 3 {
		c := b.connect(t, frame.V12, "")
		c.subscribe("1", q, "auto")
		clients = append(clients, c)
	}
	for i := range 9 {
		clients[0].publish(q, strconv.Itoa(i))
	}
	seen := map[string]int{}
	for i, c := range clients {
		for range 3 {
			body := string(c.Expect(frame.MESSAGE).Body)
			seen[body]++
		}
		if i > 0 {
			c.sync()
		}
	}
	if len(seen) != 9 {
		t.Error(seen)
	}
}

func TestAckIndividual(t *testing.T) {
	b := start(t, Config{})
	for _, v := range []frame.Version{frame.V11, frame.V12} {
		c := b.connect(t, v, "")
		c.subscribe("1", q, "client-individual")
		var acks []string
		for i := range 3 {
			c.publish(q, strconv.Itoa(i))
			ack, _ := c.message(strconv.Itoa(i))
			acks = append(acks, ack)
		}
		c.ack(frame.ACK, acks[1])
		c.sync()
		b.wantQueueSize(t, q, 2)
		c.ack(frame.ACK, acks[0])
		c.ack(frame.ACK, acks[2])
		c.sync()
		b.wantQueueSize(t, q, 0)
		c.ack(frame.ACK, acks[2])
		c.failed("waits for acknowledgment")
	}
}

// In ack mode client, except in 1.0, ACK applies to all earlier messages too.
func TestAckCumulative(t *testing.T) {
	b := start(t, Config{})
	for _, v := range versions {
		c := b.connect(t, v, "")
		c.subscribe("1", q, "client")
		var acks []string
		for i := range 4 {
			c.publish(q, strconv.Itoa(i))
			ack, _ := c.message(strconv.Itoa(i))
			acks = append(acks, ack)
		}
		c.ack(frame.ACK, acks[2])
		c.sync()
		want := 1
		if v == frame.V10 {
			want = 3
		}
		b.wantQueueSize(t, q, want)
		if v == frame.V10 {
			c.ack(frame.ACK, acks[0])
			c.ack(frame.ACK, acks[1])
		}
		c.ack(frame.ACK, acks[3])
		c.sync()
		b.wantQueueSize(t, q, 0)
		c.leave(b)
	}
}

// In ack mode client NACK applies to all earlier messages too. They are
// delivered again in order.
func TestNack(t *testing.T) {
	b := start(t, Config{})
	for _, v := range []frame.Version{frame.V11, frame.V12} {
		for _, mode := range []string{"client", "client-individual"} {
			c := b.connect(t, v, "")
			c.subscribe("1", q, mode)
			var last string
			for i := range 3 {
				c.publish(q, strconv.Itoa(i))
				last, _ = c.message(strconv.Itoa(i))
			}
			c.ack(frame.NACK, last)
			again := []string{"0", "1", "2"}
			if mode == "client-individual" {
				again = again[2:]
			}
			for _, body := range again {
				ack, f := c.message(body)
				if f.Headers.Value(headers.RabbitMQRedelivered) != "true" {
					t.Error(f)
				}
				last = ack
			}
			c.ack(frame.ACK, last)
			c.sync()
			b.wantQueueSize(t, q, 3-len(again))
			c.leave(b)
			drain(t, b, 3-len(again))
		}
	}
}

// drain removes all messages from q.
func drain(t *testing.T, b *broker, n int) {
	t.Helper()
	c := b.connect(t, frame.V12, "")
	c.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, q)
	for range n {
		c.Expect(frame.MESSAGE)
	}
	c.sync()
	b.wantQueueSize(t, q, 0)
	c.leave(b)
}

// leave disconnects the last client.
func (c *client) leave(b *broker) {
	c.t.Helper()
	c.conn.Close()
	eventually(c.t, "the connection goes", func() bool { return len(b.peers()) == 0 })
}

func (b *broker) peers() (all []*connection) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.connections {
		all = append(all, c)
	}
	return all
}

// A message that every consumer rejects is out of the way after some
// deliveries.
func TestNackForEver(t *testing.T) {
	b := start(t, Config{Deliveries: 3})
	c := b.connect(t, frame.V12, "")
	c.subscribe("1", q, "client-individual")
	c.publish(q, "poison")
	for range 3 {
		ack, _ := c.message("poison")
		c.ack(frame.NACK, ack)
	}
	c.sync()
	b.wantQueueSize(t, q, 0)
	b.wantQueueSize(t, deadLetters, 1)
	c.publish(q, "good")
	c.message("good")
}

// After UNSUBSCRIBE, DISCONNECT, a lost connection or an error, other clients
// get the unacknowledged messages in order.
func TestRedelivery(t *testing.T) {
	ways := map[string]func(c *client){
		"unsubscribe": func(c *client) {
			c.Say(frame.UNSUBSCRIBE, "", headers.ID, "1")
			c.sync()
		},
		"disconnect": func(c *client) {
			c.Say(frame.DISCONNECT, "", headers.Receipt, "bye")
			if f := c.Expect(frame.RECEIPT); f.Headers.Value(headers.ReceiptID) != "bye" {
				t.Error(f)
			}
			c.ended()
		},
		"lost":  func(c *client) { c.conn.Close() },
		"error": func(c *client) { c.Say(frame.BEGIN, ""); c.failed("transaction") },
	}
	for name, leave := range ways {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{})
			first, second := b.connect(t, frame.V12, ""), b.connect(t, frame.V12, "")
			first.subscribe("1", q, "client")
			for i := range 4 {
				first.publish(q, strconv.Itoa(i))
			}
			ack, _ := first.message("0")
			for i := range 3 {
				first.message(strconv.Itoa(i + 1))
			}
			first.ack(frame.ACK, ack)
			first.sync()
			second.subscribe("1", q, "auto")
			leave(first)
			for i := range 3 {
				if _, f := second.message(strconv.Itoa(i + 1)); f.Headers.Value(headers.RabbitMQRedelivered) != "true" {
					t.Error(f)
				}
			}
			second.sync()
			b.wantQueueSize(t, q, 0)
			if name == "unsubscribe" { // too late, but not an error
				first.ack(frame.ACK, "4")
				first.sync()
			}
		})
	}
}

func TestPrefetch(t *testing.T) {
	b := start(t, Config{Prefetch: 2})
	c := b.connect(t, frame.V12, "")
	c.subscribe("1", q, "client-individual")
	for i := range 5 {
		c.publish(q, strconv.Itoa(i))
	}
	first, _ := c.message("0")
	c.message("1")
	c.sync() // no third message arrives before the receipt
	c.ack(frame.ACK, first)
	c.message("2")
	c.sync()
	b.wantQueueSize(t, q, 4)
}

// A queue waits for a slow consumer instead of disconnecting it.
func TestQueueHoldsBack(t *testing.T) {
	b := start(t, Config{Outgoing: 64 << 10, QueueMessages: 1000})
	sender, c := b.connect(t, frame.V12, ""), b.connect(t, frame.V12, "")
	c.subscribe("1", q, "auto")
	body := string(make([]byte, 100<<10))
	const n = 200 // far more than fits in the buffers of the operating system
	for i := range n {
		sender.publish(q, fmt.Sprint(i)+body)
	}
	sender.sync()
	if b.queueSize(q) == 0 {
		t.Error("nothing was held back")
	}
	for i := range n {
		c.message(fmt.Sprint(i) + body)
	}
	c.sync()
	b.wantQueueSize(t, q, 0)
}

func TestQueueIsBounded(t *testing.T) {
	b := start(t, Config{QueueMessages: 3})
	for i := range 4 {
		c := b.connect(t, frame.V12, "")
		c.publish(q, "x", headers.Receipt, "r")
		if i < 3 {
			c.Expect(frame.RECEIPT)
			continue
		}
		if f := c.failed("the queue is full"); f.Headers.Value(headers.ReceiptID) != "r" {
			t.Error(f)
		}
	}
	b.wantQueueSize(t, q, 3)
	// Messages that wait for an ACK in a transaction count too.
	holder := b.connect(t, frame.V12, "")
	holder.Say(frame.SUBSCRIBE, "", headers.ID, "1", headers.Destination, q, headers.Ack, "client")
	for range 3 {
		holder.message("x")
	}
	c := b.connect(t, frame.V12, "")
	c.publish(q, "x")
	c.failed("the queue is full")
}

func TestStoreIsBounded(t *testing.T) {
	const memory = 256 << 10 // seven eighths of it may be used
	b := start(t, Config{Memory: memory})
	c := b.connect(t, frame.V12, "")
	for i := range memory / 1000 {
		c.publish(q+strconv.Itoa(i), string(make([]byte, 1000)))
	}
	c.failed("no memory left")
	eventually(t, "the connection goes", func() bool { return len(b.peers()) == 0 })
	if n := b.queues.Len(); n < 10 || n > memory*7/8/1000 || b.account.Used() < int64(1000*n) {
		t.Errorf("%d messages are stored, %d bytes are in use", n, b.account.Used())
	}
}

// A topic keeps no messages, so ACK and NACK are accepted and do nothing.
func TestAckOfATopic(t *testing.T) {
	b := start(t, Config{})
	for _, v := range versions {
		c := b.connect(t, v, "")
		c.subscribe("1", "/topic/a", "client")
		c.publish("/topic/a", "x")
		ack, _ := c.message("x")
		c.ack(frame.ACK, ack)
		c.sync()
	}
	// The number of unacknowledged messages is limited, however.
	limited := start(t, Config{Session: sessionLimit(2)})
	c := limited.connect(t, frame.V12, "")
	c.subscribe("1", "/topic/a", "client")
	for range 3 {
		c.publish("/topic/a", "x")
	}
	c.message("x")
	c.message("x")
	c.failed("limit of 2 messages that wait for acknowledgment")
}
