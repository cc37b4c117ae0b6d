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

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what has to come, on a busy machine.
const patience = 30 * time.Second

// A broker is a server under test, on ports of its own.
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
		cancel() // no patience
		s.Shutdown(ctx)
		h.Close()
		if err := <-served; err != ErrStopped {
			t.Errorf("ServeTCP: %v", err)
		}
		kept := 0
		for q := range s.queues.All() {
			kept += costDestination + len(q.name)
			for e := q.messages.Front(); e != nil; e = e.Next() {
				kept += e.Value.(*message).cost
			}
			if q.size != q.messages.Len() || q.size == 0 {
				t.Errorf("%s: size %d with %d messages", q.name, q.size, q.messages.Len())
			}
		}
		if used := s.account.Used(); len(s.connections)+s.topics.Len()+s.refused != 0 || used != int64(kept) {
			t.Errorf("left behind: %d connections, %d topics, %d bytes in use, %d in queues", len(s.connections), s.topics.Len(), used, kept)
		}
	})
	return &broker{s, l.Addr().String(), "ws" + strings.TrimPrefix(h.URL, "http")}
}

// A client is a peer of the broker, made of the codec alone.
type client struct {
	t         *testing.T
	conn      net.Conn
	assembler parser.Assembler
	buffer    []byte
	chunk     []byte // read and not parsed
	version   frame.Version
	beats     int // chunks of one LF that came
	receipts  int // asked for by sync
}

func newClient(t *testing.T, conn net.Conn) *client {
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn, buffer: make([]byte, 64<<10)}
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

// connect opens a TCP connection and logs in as a user, in one version.
func (b *broker) connect(t *testing.T, v frame.Version, login string) *client {
	t.Helper()
	c := b.dial(t)
	c.login(v, login, "0,0")
	return c
}

func (c *client) login(v frame.Version, login, heartBeat string) *frame.Frame {
	c.t.Helper()
	c.send(frame.CONNECT, "", headers.AcceptVersion, v.String(), headers.Host, "/", headers.HeartBeat, heartBeat, headers.Login, login)
	f := c.expect(frame.CONNECTED)
	c.version, _ = f.AgreedVersion()
	c.assembler.SetVersion(c.version)
	return f
}

func (c *client) write(octets string) {
	c.t.Helper()
	c.conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := c.conn.Write([]byte(octets)); err != nil {
		c.t.Fatal(err)
	}
}

// send sends a frame with headers in turn names and values.
func (c *client) send(command frame.Command, body string, nameValue ...string) {
	c.t.Helper()
	f := &frame.Frame{Command: command, Headers: headers.Pairs(nameValue...), Body: []byte(body)}
	octets, err := encoder.AppendFrame(nil, f, c.version, encoder.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(string(octets))
}

// read returns the next frame.
func (c *client) read() (*frame.Frame, error) {
	for {
		for len(c.chunk) > 0 {
			if string(c.chunk) == "\n" {
				c.beats++
			}
			v, n, ok, err := c.assembler.Next(c.chunk)
			if err != nil {
				return nil, err
			}
			c.chunk = c.chunk[n:]
			if ok {
				return v.Clone(), nil
			}
		}
		c.conn.SetReadDeadline(time.Now().Add(patience))
		n, err := c.conn.Read(c.buffer)
		if n == 0 && err != nil {
			return nil, err
		}
		c.chunk = c.buffer[:n]
	}
}

// expect reads a frame, which has to be of a command.
func (c *client) expect(command frame.Command) *frame.Frame {
	c.t.Helper()
	f, err := c.read()
	if err != nil {
		c.t.Fatalf("%v in place of %s", err, command)
	}
	if f.Command != command {
		c.t.Fatalf("%v %q in place of %s", f, f.Body, command)
	}
	return f
}

// message reads a MESSAGE, which has to have a body, and returns what an ACK
// has to name in the version.
func (c *client) message(body string) (ack string, f *frame.Frame) {
	c.t.Helper()
	f = c.expect(frame.MESSAGE)
	if string(f.Body) != body {
		c.t.Fatalf("%v %q in place of %q", f, f.Body, body)
	}
	if c.version == frame.V12 {
		ack, _ = f.Headers.Get(headers.Ack)
	} else {
		ack, _ = f.Headers.Get(headers.MessageID)
	}
	return ack, f
}

// sync waits until the broker has done all that was asked for. Nothing else may
// come before that.
func (c *client) sync() {
	c.t.Helper()
	c.receipts++
	id := strconv.Itoa(c.receipts)
	c.send(frame.SEND, "", headers.Destination, "/topic/nobody", headers.Receipt, id)
	if f := c.expect(frame.RECEIPT); value(f, headers.ReceiptID) != id {
		c.t.Fatalf("%v in place of the receipt %s", f, id)
	}
}

// failed reads an ERROR, whose message has to have some words in it, and then
// the end.
func (c *client) failed(words string) *frame.Frame {
	c.t.Helper()
	f := c.expect(frame.ERROR)
	if message := value(f, headers.Message); !strings.Contains(message, words) {
		c.t.Fatalf("ERROR %q, want %q", message, words)
	}
	c.ended()
	return f
}

func (c *client) ended() {
	c.t.Helper()
	if f, err := c.read(); err != io.EOF {
		c.t.Fatalf("%v, %v in place of the end", f, err)
	}
	c.conn.Close()
}

func (c *client) subscribe(id, destination, ack string) {
	c.t.Helper()
	c.send(frame.SUBSCRIBE, "", headers.ID, id, headers.Destination, destination, headers.Ack, ack)
	c.sync()
}

func (c *client) publish(destination, body string, nameValue ...string) {
	c.t.Helper()
	c.send(frame.SEND, body, append([]string{headers.Destination, destination}, nameValue...)...)
}

// ack sends ACK or NACK for a message of subscription "1".
func (c *client) ack(command frame.Command, id string, nameValue ...string) {
	c.t.Helper()
	if c.version == frame.V12 {
		nameValue = append(nameValue, headers.ID, id)
	} else {
		nameValue = append(nameValue, headers.MessageID, id, headers.Subscription, "1")
	}
	c.send(command, "", nameValue...)
}

func value(f *frame.Frame, name string) string {
	v, _ := f.Headers.Get(name)
	return v
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
