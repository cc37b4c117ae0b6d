package conform

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A testBroker keeps every MUST unless a fault is switched on. A fault is a word
// that the code below asks for, a rule that it does not enforce, or a leniency of
// its parser.
type testBroker struct {
	fault  string
	except []validate.Rule
	allow  parser.Allow

	mu       sync.Mutex
	down     time.Time // until when nobody is let in
	listener net.Listener
	clients  map[*testClient]bool
	queues   map[string]*testQueue
	shared   map[string]bool // names that are taken in all connections, for faults
	sessions int
	serial   int
}

type testQueue struct {
	waiting []*testMessage
	subs    []*testSub
}

type testMessage struct {
	frame       *frame.Frame
	destination string
	from        *testClient
}

type testSub struct {
	client   *testClient
	id       string
	known    bool // whether the client gave the id
	mode     headers.AckMode
	queue    string
	delivers []*testDelivery // that wait for an acknowledgment
}

type testDelivery struct {
	id  string
	sub *testSub
	msg *testMessage
}

type testClient struct {
	b         *testBroker
	conn      net.Conn
	assembler *parser.Assembler
	session   *validate.Session
	version   frame.Version
	subs      map[string]*testSub
	pending   map[string]*testDelivery
	tx        map[string][]func()
	ended     bool // ERROR or the answer of DISCONNECT is sent
	gone      bool
	heard     time.Time
	receive   time.Duration
	stopBeats chan struct{}
}

func startBroker(t *testing.T, f brokerFault) *testBroker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &testBroker{
		fault: f.word, except: append(f.except, validate.ConnectHostRequired), allow: f.allow, listener: l,
		clients: map[*testClient]bool{}, queues: map[string]*testQueue{}, shared: map[string]bool{},
	}
	var running sync.WaitGroup
	running.Add(1)
	go func() {
		defer running.Done()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Add(1)
			go func() {
				defer running.Done()
				b.serve(c)
			}()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		b.mu.Lock()
		for c := range b.clients {
			c.conn.Close()
		}
		b.mu.Unlock()
		running.Wait()
	})
	return b
}

func (b *testBroker) url() string { return "tcp://" + b.listener.Addr().String() }

// is reports whether a fault is switched on.
func (b *testBroker) is(word string) bool { return b.fault == word }

// crash ends all connections, and lets nobody in for a while.
func (b *testBroker) crash() {
	b.down = time.Now().Add(50 * time.Millisecond)
	for c := range b.clients {
		c.conn.Close()
	}
}

func (b *testBroker) serve(conn net.Conn) {
	defer conn.Close()
	c := &testClient{
		b: b, conn: conn, session: validate.NewSession(validate.SessionLimits{}),
		assembler: parser.NewAssembler(parser.Options{Allow: b.allow}),
		subs:      map[string]*testSub{}, pending: map[string]*testDelivery{}, tx: map[string][]func(){}, heard: time.Now(),
	}
	b.mu.Lock()
	down := time.Now().Before(b.down)
	b.clients[c] = true
	b.mu.Unlock()
	defer c.leave()
	if down {
		return
	}
	buffer := make([]byte, 1<<16)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		b.mu.Lock()
		closing := c.take(buffer[:n])
		b.mu.Unlock()
		if closing {
			// What the peer still sends is read, so that it can read what was
			// sent to it.
			if half, can := conn.(interface{ CloseWrite() error }); can {
				half.CloseWrite()
			}
			conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
			for err == nil {
				_, err = conn.Read(buffer)
			}
			return
		}
	}
}

// take takes what has been read, and reports whether the connection is to be
// closed.
func (c *testClient) take(chunk []byte) bool {
	b := c.b
	_, inside := c.assembler.FrameStart()
	beat := len(bytes.Trim(chunk, "\r\n")) == 0 && !inside
	if !(b.is("deaf to heart-beats") && beat || b.is("hears heart-beats only") && !beat) {
		c.heard = time.Now()
	}
	if b.is("takes a CR at the end of a chunk for a bare one") && bytes.HasSuffix(chunk, []byte("\r")) {
		return c.fail(fmt.Errorf("CR"), frame.Head{})
	}
	if b.is("refuses CR LF") && bytes.Contains(chunk, []byte("\r")) {
		return c.fail(fmt.Errorf("CR LF"), frame.Head{})
	}
	if b.is("crashes at TLS") && bytes.HasPrefix(chunk, []byte("\x16\x03")) {
		b.crash()
		return true
	}
	for len(chunk) > 0 {
		if c.ended && !b.is("goes on after ERROR") {
			return !b.is("stays open after ERROR")
		}
		v, n, whole, err := c.assembler.Next(chunk)
		if err != nil {
			return c.fail(err, v.Head)
		}
		chunk = chunk[n:]
		if !whole {
			if _, inside := c.assembler.FrameStart(); inside && c.assembler.Buffered() > 256<<10 && b.is("crashes at long lines") {
				b.crash()
				return true
			}
			break
		}
		if c.handle(v.Clone(), v) {
			return true
		}
	}
	return false
}

// fail sends ERROR, and reports that the connection is to be closed.
func (c *testClient) fail(err error, cause frame.Head) bool {
	f := validate.ErrorFrame(err, cause)
	switch {
	case c.b.is("closes without ERROR"):
		return true
	case c.b.is("ERROR without message"):
		f.Headers.Delete(headers.Message)
	case c.b.is("ERROR without receipt-id"):
		f.Headers.Delete(headers.ReceiptID)
	case c.b.is("ERROR without versions"):
		f.Headers.Delete(headers.Version)
	}
	c.send(f)
	c.ended = true
	return !c.b.is("stays open after ERROR") && !c.b.is("goes on after ERROR")
}

// send sends a frame.
func (c *testClient) send(f *frame.Frame) {
	if c.gone {
		return
	}
	o := encoder.Options{}
	if c.b.is("ERROR without content-length") && f.Command == frame.ERROR || c.b.is("MESSAGE without content-length") && f.Command == frame.MESSAGE {
		o.Length = encoder.LengthNever
	}
	wire, err := encoder.AppendFrame(nil, f, c.version, o)
	if err != nil {
		wire, err = encoder.AppendFrame(nil, f, c.version, encoder.Options{})
	}
	if err != nil {
		return
	}
	if f.Command != frame.CONNECTED && c.version > frame.V10 {
		head, rest, _ := bytes.Cut(wire, []byte("\n\n"))
		switch {
		case c.b.is("writes no escapes"):
			head = []byte(strings.NewReplacer(`\c`, ":", `\n`, "", `\r`, "", `\\`, `\`).Replace(string(head)))
		case c.b.is("writes colons as they are") && f.Command == frame.MESSAGE:
			head = bytes.ReplaceAll(head, []byte(`\c`), []byte(":"))
		case c.b.is("escapes twice"):
			head = bytes.ReplaceAll(head, []byte(`\`), []byte(`\\`))
		}
		wire = append(append(bytes.Clone(head), "\n\n"...), rest...)
	}
	if c.b.is("RECEIPT with a body") && f.Command == frame.RECEIPT {
		wire = append(wire[:len(wire)-1], "done\x00"...)
	}
	c.write(wire)
}

func (c *testClient) write(b []byte) {
	c.conn.SetWriteDeadline(time.Now().Add(2 * time.Second))
	if _, err := c.conn.Write(b); err != nil {
		c.gone = true
	}
}

// leave takes a client out of everything.
func (c *testClient) leave() {
	b := c.b
	b.mu.Lock()
	defer b.mu.Unlock()
	c.detach()
	delete(b.clients, c)
}

func (c *testClient) detach() {
	if c.stopBeats != nil {
		close(c.stopBeats)
		c.stopBeats = nil
	}
	c.gone = true
	if c.b.is("commits when a connection ends") {
		for _, steps := range c.tx {
			for _, do := range steps {
				do()
			}
		}
	}
	clear(c.tx)
	for _, s := range c.subs {
		c.unsubscribe(s)
	}
	clear(c.subs)
}

func (c *testClient) unsubscribe(s *testSub) {
	delete(c.b.shared, s.id)
	if q := c.b.queues[s.queue]; q != nil {
		q.subs = slices.DeleteFunc(q.subs, func(x *testSub) bool { return x == s })
		var again []*testMessage
		for _, d := range s.delivers {
			delete(c.pending, d.id)
			again = append(again, d.msg)
		}
		q.waiting = append(again, q.waiting...)
		s.delivers = nil
		c.b.flush(s.queue)
	}
}

// publish puts a message into a queue, or gives it to all subscribers of a topic.
func (b *testBroker) publish(m *testMessage) {
	q := b.queue(m.destination)
	if strings.HasPrefix(m.destination, "/topic/") {
		for _, s := range slices.Clone(q.subs) {
			s.deliver(m)
		}
		return
	}
	q.waiting = append(q.waiting, m)
	b.flush(m.destination)
}

func (b *testBroker) queue(name string) *testQueue {
	if b.queues[name] == nil {
		b.queues[name] = &testQueue{}
	}
	return b.queues[name]
}

func (b *testBroker) flush(name string) {
	q := b.queue(name)
	for len(q.waiting) > 0 && len(q.subs) > 0 {
		m := q.waiting[0]
		q.waiting = q.waiting[1:]
		s := q.subs[0]
		q.subs = append(q.subs[1:], s)
		s.deliver(m)
	}
}

// beats sends heart-beats, and ends a connection on which nothing is heard.
func (c *testClient) beats(send, receive time.Duration) {
	if c.b.is("sends no heart-beats") {
		send = 0
	}
	if c.b.is("sends heart-beats too late") {
		send *= 50
	}
	c.receive = receive
	stop := make(chan struct{})
	c.stopBeats = stop
	go func() {
		var beat, look <-chan time.Time
		if send > 0 {
			t := time.NewTicker(send * 7 / 10)
			defer t.Stop()
			beat = t.C
		}
		if receive > 0 {
			t := time.NewTicker(receive)
			defer t.Stop()
			look = t.C
		}
		for {
			select {
			case <-stop:
				return
			case <-beat:
				c.b.mu.Lock()
				c.write([]byte("\n"))
				c.b.mu.Unlock()
			case <-look:
				c.b.mu.Lock()
				late := time.Since(c.heard) > 3*receive
				c.b.mu.Unlock()
				if late {
					c.conn.Close()
				}
			}
		}
	}()
}
