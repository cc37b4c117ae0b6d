package server

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
)

// raw returns a client that uses hardly any memory of the test itself.
func (b *broker) raw(t *testing.T, version string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", b.tcp)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	say(t, conn, "CONNECT\naccept-version:"+version+"\nhost:/\n\n\x00")
	return conn
}

// say writes text and reads the answer, which ends in NUL and LF.
func say(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	for last := [2]byte{}; last != [2]byte{0, '\n'}; {
		last[0] = last[1]
		if _, err := conn.Read(last[1:]); err != nil {
			t.Fatal(err)
		}
	}
}

const round = "SEND\ndestination:/topic/nobody\nreceipt:r\n\n\x00"

// noise is how much memory the test itself may use.
const noise = 64 << 10

// The account covers whatever clients make the broker hold. When they have
// left, the account is empty and the memory is free.
func TestAccountCoversMemory(t *testing.T) {
	long := strings.Repeat("x", 1000)
	ids := func(format string, n int) string { return script.Numbered(n, format) }
	for _, test := range []struct {
		name, version string
		clients       int
		say           string // sent by each client
	}{
		{"connections", "1.2", 100, round},
		{"subscriptions", "1.2", 5, ids("SUBSCRIBE\nid:%d\ndestination:/topic/a\n\n\x00", 500)},
		{"subscriptions with long ids", "1.2", 5, ids("SUBSCRIBE\nid:%d"+long+"\ndestination:/topic/a\n\n\x00", 500)},
		{"topics", "1.2", 5, ids("SUBSCRIBE\nid:%d\ndestination:/topic/%[1]d"+long+"\n\n\x00", 500)},
		{"queues", "1.0", 5, ids("SUBSCRIBE\nid:%d\ndestination:/queue/%[1]d"+long+"\n\n\x00", 500)},
		{"removed subscriptions", "1.2", 20, ids("SUBSCRIBE\nid:%d"+long+"\ndestination:/topic/a\n\n\x00UNSUBSCRIBE\nid:%[1]d"+long+"\n\n\x00", 200)},
		{"pending messages of removed subscriptions", "1.2", 20, "SEND\ndestination:/queue/c\n\nx\x00" + ids("SUBSCRIBE\nid:%d"+long+"\ndestination:/queue/c\nack:client\n\n\x00UNSUBSCRIBE\nid:%[1]d"+long+"\n\n\x00", 500)},
		{"transactions", "1.2", 10, ids("BEGIN\ntransaction:%d"+long+"\n\n\x00", 250)},
		{"messages in a transaction", "1.2", 2, "BEGIN\ntransaction:t\n\n\x00" + strings.Repeat("SEND\ntransaction:t\ndestination:/topic/a\n\nx\x00", 2000)},
		{"small messages", "1.2", 2, strings.Repeat("SEND\ndestination:/queue/a\n\nx\x00", 2000)},
		{"medium messages", "1.2", 1, strings.Repeat("SEND\ndestination:/queue/a\n\n"+strings.Repeat(long, 18)+"\x00", 200)},
		{"many headers", "1.1", 1, strings.Repeat("SEND\ndestination:/queue/a\n"+ids("%d:\n", 100)+"\n\x00", 500)},
		{"headers for the broker", "1.2", 1, strings.Repeat("SEND\ndestination:/queue/a\na:b\n"+strings.Repeat("message-id:"+strings.Repeat("m", 8000)+"\n", 7)+"\n\x00", 500)},
		{"long destinations", "1.2", 1, ids("SEND\ndestination:/queue/%d"+strings.Repeat("d", 8000)+"\n\n\x00", 500)},
		{"pending messages", "1.2", 2, "SUBSCRIBE\nid:1\ndestination:/queue/b\nack:client\n\n\x00" + strings.Repeat("SEND\ndestination:/queue/b\n\nx\x00", 2000)},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := start(t, Config{Prefetch: 10_000})
			before := script.InUse()
			var all []net.Conn
			for range test.clients {
				conn := b.raw(t, test.version)
				all = append(all, conn)
				go func() { io.WriteString(conn, test.say+round) }()
				buffer := make([]byte, 4096)
				for tail := ""; !strings.Contains(tail, "RECEIPT"); {
					n, err := conn.Read(buffer)
					if err != nil || strings.Contains(tail, "ERROR") {
						t.Fatalf("%v %q", err, tail)
					}
					tail = tail[max(0, len(tail)-10):] + string(buffer[:n])
				}
			}
			if grown, counted := script.InUse()-before, b.account.Used(); grown > counted+noise {
				t.Errorf("the broker has %d bytes more, and counts %d", grown, counted)
			} else {
				t.Logf("the broker has %d bytes more, and counts %d", grown, counted)
			}
			for _, conn := range all {
				conn.Close()
			}
			b.drained(t)
			if grown := script.InUse() - before; grown > 1<<20 {
				t.Errorf("%d bytes are left behind", grown)
			}
		})
	}
}

// drained waits until all clients have left, and empties the queues.
func (b *broker) drained(t *testing.T) {
	t.Helper()
	eventually(t, "the account is empty", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for q := range b.queues.All() {
			for q.messages.Len() > 0 {
				b.consumed(q, q.messages.Remove(q.messages.Front()).(*message))
			}
			b.dispatch(q)
		}
		return len(b.connections) == 0 && b.account.Used() == 0
	})
}

// An incomplete frame is counted. If it would use too much of what is free, it
// is refused.
func TestFrameInProgress(t *testing.T) {
	b := start(t, Config{Memory: 16 << 20})
	conn := b.raw(t, "1.2")
	before := script.InUse()
	idle := b.account.Used()
	const size = 300_000
	if _, err := io.WriteString(conn, "SEND\ndestination:/queue/a\ncontent-length:1000000\n\n"+strings.Repeat("x", size)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the frame is counted", func() bool { return b.account.Used()-idle >= 2*size })
	if grown, counted := script.InUse()-before, b.account.Used()-idle; grown > counted+noise {
		t.Errorf("the broker has %d bytes more, and counts %d", grown, counted)
	}
	if _, err := io.WriteString(conn, strings.Repeat("x", 1000_000-size)+"\x00"); err != nil {
		t.Fatal(err)
	}
	say(t, conn, round)
	eventually(t, "only the message is counted", func() bool {
		return b.queueSize("/queue/a") == 1 && b.account.Used()-idle <= 1_200_000
	})
	// Twice its size is more than a quarter of what is free.
	c := b.connect(t, frame.V12, "")
	c.Write("SEND\ndestination:/queue/a\ncontent-length:3000000\n\n" + strings.Repeat("x", 2000_000))
	c.failed("no memory left")
}

// ACKs of unknown messages cost nothing.
func TestUnknownAcksInATransaction(t *testing.T) {
	b := start(t, Config{})
	for _, v := range []frame.Version{frame.V10, frame.V11} {
		c := b.connect(t, v, "")
		c.subscribe("1", "/topic/a", "auto")
		c.publish("/topic/a", "x")
		c.message("x")
		c.Say(frame.BEGIN, "", "transaction", "t")
		c.sync()
		idle := b.account.Used()
		c.Write(strings.Repeat("ACK\nsubscription:1\ntransaction:t\nmessage-id:"+strings.Repeat("x", 8000)+"\n\n\x00", 100))
		c.sync()
		eventually(t, "nothing is counted for them", func() bool { return b.account.Used() <= idle })
	}
}

// A connection for which there is no memory gets ERROR, and costs nothing
// afterwards.
func TestNoMemoryForConnections(t *testing.T) {
	b := start(t, Config{Memory: 3 * costConnection})
	first, second := b.connect(t, frame.V12, ""), b.connect(t, frame.V12, "")
	b.dial(t).failed("no memory left")
	second.conn.Close()
	eventually(t, "there is room again", func() bool { return b.account.Used() == costConnection })
	b.connect(t, frame.V12, "").sync()
	first.sync()
}

// Consumers can empty a full store.
func TestFullStoreCanBeEmptied(t *testing.T) {
	b := start(t, Config{Memory: 1 << 20})
	consumer := b.connect(t, frame.V12, "")
	publisher, sent := b.connect(t, frame.V12, ""), 0
	for full := false; !full; sent++ {
		publisher.publish(q, "x", "receipt", "r")
		f, err := publisher.Read()
		if err != nil {
			t.Fatal(err)
		}
		full = f.Command == frame.ERROR
	}
	sent--
	consumer.Say(frame.SUBSCRIBE, "", "id", "1", "destination", q, "ack", "client-individual")
	for range sent {
		ack, _ := consumer.message("x")
		consumer.ack(frame.ACK, ack)
	}
	consumer.sync()
	b.wantQueueSize(t, q, 0)
}
