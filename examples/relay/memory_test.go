package main

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// plainBroker starts a broker that uses hardly any memory of the test itself.
// It answers CONNECT, sends a text, and confirms only the frame whose receipt
// is done.
func plainBroker(t *testing.T, says string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	serve := func(c net.Conn) {
		defer c.Close()
		connected, b, kept := false, make([]byte, 512), 0
		for {
			n, err := c.Read(b[kept:])
			if err != nil {
				return
			}
			seen := b[:kept+n]
			if !connected && bytes.HasSuffix(seen, []byte{0}) {
				connected = true
				io.WriteString(c, "CONNECTED\nversion:1.2\n\n\x00"+says)
			}
			if bytes.HasSuffix(seen, []byte("receipt:done\n\n\x00")) {
				io.WriteString(c, "RECEIPT\nreceipt-id:done\n\n\x00")
			}
			kept = copy(b, seen[max(0, len(seen)-20):])
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String()
}

// The account covers whatever clients make the relay hold. When they have left,
// the account is empty and the memory is free.
func TestAccountCoversMemory(t *testing.T) {
	const noise = 64 << 10
	const done = "SEND\ndestination:/a\nreceipt:done\n\n\x00"
	long := strings.Repeat("x", 200)
	many := script.Numbered
	tests := []struct {
		name    string
		clients int
		say     string // sent by each client; an incomplete frame is not confirmed
		says    string // sent by the broker to each client
		least   int64  // lower bound of what the account has for it
	}{
		{"idle", 100, done, "", 0},
		{"receipts", 10, many(1000, "SEND\ndestination:/a\nreceipt:%d"+long+"\n\n\x00") + done, "", 0},
		{"subscriptions", 10, many(250, "SUBSCRIBE\ndestination:/a\nid:%d"+long+"\n\n\x00") + done, "", 0},
		{"storms", 10, many(1000, "SUBSCRIBE\ndestination:/a\nid:%d"+long+"\n\n\x00UNSUBSCRIBE\nid:%[1]d"+long+"\n\n\x00") + done, "", 0},
		{"transactions", 10, many(60, "BEGIN\ntransaction:%d"+long+"\n\n\x00") + done, "", 0},
		{"heads in progress", 20, "SEND\n" + many(8, "%d:"+strings.Repeat("y", 7900)+"\n"), "", 20 * 4 * 60_000},
		{"heads of many headers in progress", 20, "SEND\n" + many(127, "%d:\n"), "", 0},
		{"heads with escapes in progress", 20, "SEND\n" + many(8, "%d:"+strings.Repeat("\\c", 3900)+"\n"), "", 20 * 4 * 60_000},
		{"bodies in progress", 20, "SEND\ndestination:/a\ncontent-length:1000000\n" + many(7, "%d:"+strings.Repeat("\\c", 3900)+"\n") + "\n" + strings.Repeat("z", 100_000), "", 20 * 4 * 54_000},
		{"messages", 10, "SUBSCRIBE\ndestination:/a\nid:1\nack:client\n\n\x00" + done,
			many(1000, "MESSAGE\ndestination:/a\nsubscription:1\nmessage-id:%d"+long+"\nack:%[1]d"+long+"\n\n\x00"), 0},
		{"heads of the broker in progress", 20, "", "MESSAGE\n" + many(200, "%d:"+long+long+long+long+long+"\n"), 20 * 4 * 200_000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := start(t, func(c *Config) {
				c.Session = validate.SessionLimits{Subscriptions: 256, Transactions: 64, Receipts: 1024, Unacknowledged: 1024, ID: 256}
			}, plainBroker(t, test.says))
			before := script.InUse()
			var all []net.Conn
			for range test.clients {
				c, err := net.Dial("tcp", g.tcp)
				must(t, err)
				defer c.Close()
				all = append(all, c)
				if _, err := io.WriteString(c, "CONNECT\naccept-version:1.2\nhost:h\n\n\x00"); err != nil {
					t.Fatal(err)
				}
				go io.WriteString(c, test.say)
				if strings.HasSuffix(test.say, done) {
					await(t, c, "receipt-id:done")
				} else {
					await(t, c, "CONNECTED")
				}
			}
			script.Wait(t, func() bool { return g.account.Used() >= int64(test.clients)*costSession+test.least })
			grown, counted := script.InUse()-before, g.account.Used()
			if grown > counted+noise {
				t.Errorf("the relay has %d bytes more, and counts %d", grown, counted)
			}
			t.Logf("the relay has %d bytes more, and counts %d, %d of them for what clients did", grown, counted, counted-int64(test.clients)*costSession)
			for _, c := range all {
				c.Close()
			}
			g.gone()
			script.Wait(t, func() bool { return g.account.Used() == 0 })
			if grown := script.InUse() - before; grown > 1<<20 {
				t.Errorf("%d bytes are left behind", grown)
			}
		})
	}
	runtime.KeepAlive(tests) // they are part of the first measurement
}

// await reads until a text has arrived.
func await(t *testing.T, c net.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(script.Patience))
	b, tail := make([]byte, 512), ""
	for !strings.Contains(tail, want) {
		n, err := c.Read(b)
		if err != nil {
			t.Fatalf("%v, after %q", err, tail)
		}
		tail = tail[max(0, len(tail)-len(want)):] + string(b[:n])
	}
}

// Clients, frames and session state are refused if there is no room.
func TestNoMemory(t *testing.T) {
	broker := plainBroker(t, "")
	g := start(t, func(c *Config) { c.Memory = 2 * costSession }, broker)
	p := g.dialTCP()
	connect(p)
	expectError(t, g.dialTCP(), memoryRefused)
	p.Close()
	g.gone()
	if used := g.account.Used(); used != 0 {
		t.Errorf("%d bytes in use", used)
	}

	// One session may take what is free, and then another may not.
	g = start(t, func(c *Config) { c.Memory = 4 * costSession }, broker)
	p, other := g.dialTCP(), g.dialTCP()
	connect(p)
	connect(other)
	p.Write(script.Numbered(1000, "SEND\ndestination:/a\nreceipt:%d"+strings.Repeat("x", 500)+"\n\n\x00"))
	expectError(t, p, memoryRefused)
	other.Say(frame.SEND, "", "destination", "/a", "receipt", "done")
	other.Expect(frame.RECEIPT)

	// A frame may use only a part of what is free.
	other.Write("SEND\na:" + strings.Repeat("x", 8000) + "\nb:" + strings.Repeat("x", 8000) + "\nc:" + strings.Repeat("x", 8000))
	expectError(t, other, memoryRefused)
	g.gone()
	if n := count(g.metrics.ended, "max_memory"); n != 2 {
		t.Errorf("%v sessions ended by lack of memory", n)
	}
	if used := g.account.Used(); used != 0 {
		t.Errorf("%d bytes in use", used)
	}
}
