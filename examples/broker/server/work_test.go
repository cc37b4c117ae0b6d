package server

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// pause releases the lock from time to time, or this test would never end.
func TestPause(t *testing.T) {
	s := New(Config{})
	s.mu.Lock()
	defer s.mu.Unlock()
	var had atomic.Bool
	go func() {
		s.mu.Lock()
		had.Store(true)
		s.mu.Unlock()
	}()
	for !had.Load() {
		s.pause()
	}
}

// crowd connects clients with many subscriptions each to one destination.
func (b *broker) crowd(t *testing.T, clients, subscriptions int, destination, ack string) (all []net.Conn) {
	t.Helper()
	var text strings.Builder
	for i := range subscriptions {
		fmt.Fprintf(&text, "SUBSCRIBE\nid:%d\ndestination:%s\nack:%s\n\n\x00", i, destination, ack)
	}
	for range clients {
		conn := b.raw(t, "1.2")
		go io.Copy(io.Discard, conn)
		if _, err := io.WriteString(conn, text.String()); err != nil {
			t.Fatal(err)
		}
		all = append(all, conn)
	}
	eventually(t, "all are subscribed", func() bool { return b.subscribed(destination) == clients*subscriptions })
	return all
}

func (b *broker) subscribed(destination string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q := b.queues.Get(destination); q != nil {
		return q.subscriptions
	}
	if topic := b.topics.Get(destination); topic != nil {
		return topic.subscriptions.Len()
	}
	return 0
}

func (b *broker) steps() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.work
}

// The cost of a client's arrival, UNSUBSCRIBE or departure does not depend on
// the number of others. The same holds for a stopping broker.
func TestWorkIsLinear(t *testing.T) {
	const clients, subscriptions = 20, 500
	for _, destination := range []string{"/topic/a", "/queue/a"} {
		for _, how := range []string{"hang up", "unsubscribe", "stop"} {
			t.Run(destination+" "+how, func(t *testing.T) {
				b := start(t, Config{Prefetch: 1, QueueMessages: 100_000})
				sender := b.connect(t, frame.V12, "")
				all := b.crowd(t, clients, subscriptions, destination, "client")
				// Messages that wait, since no client can accept more.
				const messages = clients*subscriptions + 1000
				for range messages {
					sender.publish("/queue/a", "x")
				}
				sender.sync()
				before := b.steps()
				switch how {
				case "hang up":
					for _, conn := range all {
						conn.Close()
					}
				case "unsubscribe":
					var text strings.Builder
					for i := range subscriptions {
						fmt.Fprintf(&text, "UNSUBSCRIBE\nid:%d\n\n\x00", i)
					}
					for _, conn := range all {
						io.WriteString(conn, text.String())
					}
				case "stop":
					go b.Shutdown(t.Context())
				}
				eventually(t, "all are gone", func() bool { return b.subscribed(destination) == 0 })
				if work := b.steps() - before; work > 5*clients*subscriptions {
					t.Errorf("%d steps for %d subscriptions", work, clients*subscriptions)
				}
			})
		}
	}
}

// The work of a large transaction alternates with other work, however it ends.
func TestTransactionsPause(t *testing.T) {
	const sends = 10 * turn
	for _, end := range []frame.Command{frame.COMMIT, frame.ABORT, "hang up"} {
		b := start(t, Config{})
		c := b.connect(t, frame.V12, "")
		c.Say(frame.BEGIN, "", headers.Transaction, "t")
		for i := range sends {
			c.publish("/topic/"+strconv.Itoa(i), "x", headers.Transaction, "t")
		}
		c.sync()
		before, least := b.steps(), sends
		if end == "hang up" {
			c.conn.Close()
			eventually(t, "it has gone", func() bool { return len(b.peers()) == 0 })
		} else {
			least = 2 * sends // checking for room, then the messages
			c.Say(end, "", headers.Transaction, "t")
			c.sync()
		}
		if work := b.steps() - before; work < least {
			t.Errorf("%s: others could come between %d steps, want %d", end, work, least)
		}
	}
}

// A queue does not check clients that cannot accept a message again and again.
func TestQueueForgetsWhoIsFull(t *testing.T) {
	const subscriptions, messages = 1000, 5000
	b := start(t, Config{Prefetch: 1})
	b.crowd(t, 1, subscriptions, q, "client-individual")
	sender := b.connect(t, frame.V12, "")
	before := b.steps()
	for range messages {
		sender.publish(q, "x")
	}
	sender.sync()
	if work := b.steps() - before; work > messages+3*subscriptions {
		t.Errorf("%d steps for %d messages that nobody takes", work, messages)
	}
}

// All subscribers of a topic see the same order, however many there are and
// whoever comes and goes.
func TestOneOrder(t *testing.T) {
	const senders, messages, subscriptions = 4, 20, 3 * turn
	b := start(t, Config{})
	readers := []*client{b.connect(t, frame.V12, ""), b.connect(t, frame.V11, "")}
	for _, c := range readers {
		for i := range subscriptions {
			c.Say(frame.SUBSCRIBE, "", headers.ID, strconv.Itoa(i), headers.Destination, "/topic/a")
		}
		c.sync()
	}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for i := range senders {
		c := b.connect(t, frame.V12, "")
		all.Go(func() {
			for n := range messages {
				c.publish("/topic/a", fmt.Sprintf("%d of %d", n, i))
			}
			c.sync()
		})
	}
	fickle := b.connect(t, frame.V12, "")
	all.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			fickle.Say(frame.SUBSCRIBE, "", headers.ID, strconv.Itoa(i), headers.Destination, "/topic/a")
			fickle.Say(frame.UNSUBSCRIBE, "", headers.ID, strconv.Itoa(i))
		}
	})
	defer all.Wait()
	defer close(stop)
	var order []string
	for _, c := range readers {
		seen := map[string][]string{}
		for range senders * messages * subscriptions {
			f := c.Expect(frame.MESSAGE)
			id := f.Headers.Value(headers.Subscription)
			seen[id] = append(seen[id], string(f.Body))
		}
		for id, bodies := range seen {
			if order == nil {
				order = bodies
			}
			if strings.Join(bodies, ", ") != strings.Join(order, ", ") {
				t.Fatalf("%v, subscription %s: got %v, want %v", c.version, id, bodies, order)
			}
		}
	}
}

// A queue delivers no more than the client's session can keep, and continues
// when there is room again.
func TestQueueKeepsSessionLimit(t *testing.T) {
	b := start(t, Config{Session: validate.SessionLimits{Unacknowledged: 2}})
	c := b.connect(t, frame.V12, "")
	c.subscribe("1", q, "client-individual")
	c.subscribe("2", "/queue/other", "client-individual")
	for i := range 5 {
		c.publish(q, strconv.Itoa(i))
		c.publish("/queue/other", strconv.Itoa(i))
	}
	taken := []*frame.Frame{c.Expect(frame.MESSAGE), c.Expect(frame.MESSAGE)}
	c.sync() // nothing else has arrived
	for i := range 10 {
		c.ack(frame.ACK, taken[i].Headers.Value(headers.Ack))
		if i < 8 {
			taken = append(taken, c.Expect(frame.MESSAGE))
		}
	}
	c.sync()
	b.wantQueueSize(t, q, 0)
	b.wantQueueSize(t, "/queue/other", 0)
}
