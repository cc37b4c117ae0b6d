package server

import (
	"context"
	"io"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for an expected event on a busy machine.
const patience = 30 * time.Second

// A broker is a server under test on its own ports.
type broker struct {
	*Server
	tcp, ws string
}

// start starts a broker that stops with the test.
func start(t *testing.T, c Config) *broker {
	t.Helper()
	s := New(c)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.ServeTCP(l) }()
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // do not wait
		s.Shutdown(ctx)
		h.Close()
		if err := <-served; err != ErrStopped {
			t.Errorf("ServeTCP: %v", err)
		}
		kept, messages := 0, int64(0)
		for q := range s.queues.All() {
			kept += costDestination + len(q.name)
			for e := q.messages.Front(); e != nil; e = e.Next() {
				kept += e.Value.(*message).cost
			}
			messages += int64(q.size)
			if q.size != q.messages.Len() || q.size == 0 {
				t.Errorf("%s: size %d with %d messages", q.name, q.size, q.messages.Len())
			}
		}
		if used := s.account.Used(); len(s.connections)+s.topics.Len()+s.refused != 0 || used != int64(kept) {
			t.Errorf("left behind: %d connections, %d topics, %d bytes in use, %d in queues", len(s.connections), s.topics.Len(), used, kept)
		}
		s.wantStats(t, messages)
	})
	return &broker{s, l.Addr().String(), "ws" + strings.TrimPrefix(h.URL, "http")}
}

// A client is a peer of the broker.
type client struct {
	*script.Peer
	t        *testing.T
	conn     net.Conn
	version  frame.Version
	receipts int // requested by sync
}

func newClient(t *testing.T, conn net.Conn) *client {
	t.Cleanup(func() { conn.Close() })
	return &client{Peer: script.OwnPeer(t, conn), t: t, conn: conn}
}

func (b *broker) dial(t *testing.T) *client {
	t.Helper()
	conn, err := net.Dial("tcp", b.tcp)
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, conn)
}

func (b *broker) dialWebSocket(t *testing.T, protocols ...string) (*client, *websocket.Conn) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, b.ws, &websocket.DialOptions{Subprotocols: protocols})
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, websocket.NetConn(ctx, conn, websocket.MessageText)), conn
}

// connect opens a TCP connection and logs in with one version.
func (b *broker) connect(t *testing.T, v frame.Version, login string) *client {
	t.Helper()
	c := b.dial(t)
	c.login(v, login, "0,0")
	return c
}

func (c *client) login(v frame.Version, login, heartBeat string) *frame.Frame {
	c.t.Helper()
	c.Say(frame.CONNECT, "", headers.AcceptVersion, v.String(), headers.Host, "/", headers.HeartBeat, heartBeat, headers.Login, login)
	f := c.Expect(frame.CONNECTED)
	c.version, _ = f.AgreedVersion()
	c.SetVersion(c.version)
	return f
}

// message reads a MESSAGE with the given body, and returns the id for its ACK.
func (c *client) message(body string) (ack string, f *frame.Frame) {
	c.t.Helper()
	f = c.Expect(frame.MESSAGE)
	if string(f.Body) != body {
		c.t.Fatalf("%v %q in place of %q", f, f.Body, body)
	}
	if c.version == frame.V12 {
		return f.Headers.Value(headers.Ack), f
	}
	return f.Headers.Value(headers.MessageID), f
}

// sync waits until the broker has handled all earlier frames. No other frame
// may arrive before the receipt.
func (c *client) sync() {
	c.t.Helper()
	c.receipts++
	id := strconv.Itoa(c.receipts)
	c.Say(frame.SEND, "", headers.Destination, "/topic/nobody", headers.Receipt, id)
	if f := c.Expect(frame.RECEIPT); f.Headers.Value(headers.ReceiptID) != id {
		c.t.Fatalf("%v in place of the receipt %s", f, id)
	}
}

// failed reads an ERROR whose message contains words, and then the end of the
// connection.
func (c *client) failed(words string) *frame.Frame {
	c.t.Helper()
	f := c.Expect(frame.ERROR)
	if message := f.Headers.Value(headers.Message); !strings.Contains(message, words) {
		c.t.Fatalf("ERROR %q, want %q", message, words)
	}
	c.ended()
	return f
}

func (c *client) ended() {
	c.t.Helper()
	if f, err := c.Read(); err != io.EOF {
		c.t.Fatalf("%v, %v in place of the end", f, err)
	}
	c.conn.Close()
}

func (c *client) subscribe(id, destination, ack string) {
	c.t.Helper()
	c.Say(frame.SUBSCRIBE, "", headers.ID, id, headers.Destination, destination, headers.Ack, ack)
	c.sync()
}

func (c *client) publish(destination, body string, nameValue ...string) {
	c.t.Helper()
	c.Say(frame.SEND, body, append([]string{headers.Destination, destination}, nameValue...)...)
}

// ack sends ACK or NACK for a message of subscription "1".
func (c *client) ack(command frame.Command, id string, nameValue ...string) {
	c.t.Helper()
	if c.version == frame.V12 {
		nameValue = append(nameValue, headers.ID, id)
	} else {
		nameValue = append(nameValue, headers.MessageID, id, headers.Subscription, "1")
	}
	c.Say(command, "", nameValue...)
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("in vain: ", what)
		}
	}
}
