package conform

import (
	"bytes"
	"errors"
	"fmt"
	"net"
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

// A testDriver is a client that keeps every MUST unless a fault is switched on,
// and its driver.
type testDriver struct {
	fault string
	allow parser.Allow

	conn    net.Conn
	mu      sync.Mutex // of what follows
	version frame.Version
	failed  error
	inbox   chan *frame.Frame
	answers chan *frame.Frame // CONNECTED, RECEIPT, ERROR
	down    chan struct{}     // closed with the connection
	got     []*frame.Frame
	session *validate.Session
	heard   time.Time
	serial  int
}

func newTestDriver(f clientFault) *testDriver {
	return &testDriver{
		fault: f.word, allow: f.allow, inbox: make(chan *frame.Frame, 1000), answers: make(chan *frame.Frame, 1000),
		down: make(chan struct{}), session: validate.NewSession(validate.SessionLimits{}),
	}
}

func (d *testDriver) is(word string) bool { return d.fault == word }

func (d *testDriver) Greeting() Greeting {
	return Greeting{Peer: "test", Versions: []string{"1.0", "1.1", "1.2"}}
}

func (d *testDriver) Close() {
	if d.conn != nil {
		d.conn.Close()
	}
}

func (d *testDriver) Do(c Command) (a Answer, err error) {
	switch c.Op {
	case "connect":
		err = d.connect(c)
	case "send":
		f := &frame.Frame{Command: frame.SEND, Headers: headers.Pairs(headers.Destination, c.Destination), Body: c.Body}
		for name, value := range c.Headers {
			if d.is("trims what it sends") {
				value = strings.TrimSpace(value)
			}
			f.Headers.Add(name, value)
		}
		if c.Transaction != "" && !d.is("SEND without transaction") {
			f.Headers.Add(headers.Transaction, c.Transaction)
		}
		err = d.send(f, c.Receipt && !d.is("asks for no receipt"))
	case "subscribe":
		f := &frame.Frame{Command: frame.SUBSCRIBE, Headers: headers.Pairs(headers.ID, "s-"+c.ID, headers.Destination, c.Destination, headers.Ack, c.Ack)}
		if d.is("SUBSCRIBE without id") {
			f.Headers.Delete(headers.ID)
		}
		err = d.send(f, false)
	case "unsubscribe":
		id := "s-" + c.ID
		if d.is("UNSUBSCRIBE of another") {
			id = c.ID
		}
		err = d.send(&frame.Frame{Command: frame.UNSUBSCRIBE, Headers: headers.Pairs(headers.ID, id)}, false)
	case "receive":
		a.Message, err = d.receive(time.Duration(c.Timeout) * time.Millisecond)
	case "ack", "nack":
		err = d.settle(c)
	case "begin", "commit", "abort":
		name := c.Transaction
		if d.is("COMMIT of another") && c.Op == "commit" {
			name = "other"
		}
		err = d.send(&frame.Frame{Command: frame.Command(strings.ToUpper(c.Op)), Headers: headers.Pairs(headers.Transaction, name)}, false)
	case "idle":
		select {
		case <-time.After(time.Duration(c.Timeout) * time.Millisecond):
		case <-d.down:
		}
		err = d.err()
	case "disconnect":
		err = d.send(&frame.Frame{Command: frame.DISCONNECT}, !d.is("DISCONNECT without receipt"))
		if d.is("sends after DISCONNECT") {
			d.send(&frame.Frame{Command: frame.SEND, Headers: headers.Pairs(headers.Destination, "/queue/late")}, false)
		}
		d.conn.Close()
	}
	if err != nil {
		a.Error = err.Error()
	}
	return a, nil
}

func (d *testDriver) err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

func (d *testDriver) connect(c Command) (err error) {
	if d.conn, err = net.Dial("tcp", net.JoinHostPort(c.Host, fmt.Sprint(c.Port))); err != nil {
		return err
	}
	f := &frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs(headers.AcceptVersion, c.Version, headers.Host, "/", headers.Login, c.Login, headers.Passcode, c.Passcode)}
	beat := headers.HeartBeats{Send: time.Duration(c.Beat[0]) * time.Millisecond, Receive: time.Duration(c.Beat[1]) * time.Millisecond}
	f.Headers.Add(headers.HeartBeat, beat.String())
	switch {
	case d.is("CONNECT without host"):
		f.Headers.Delete(headers.Host)
	case d.is("CONNECT without accept-version"):
		f.Headers.Delete(headers.AcceptVersion)
	case d.is("CONNECT without passcode"):
		f.Headers.Delete(headers.Passcode)
	}
	d.session.StepFrame(validate.Client, f)
	wire, err := encoder.AppendFrame(nil, f, frame.Unnegotiated, encoder.Options{})
	if err != nil {
		return err
	}
	d.conn.Write(wire)
	go d.read()
	answer, err := d.answer()
	if err != nil {
		return err
	}
	if answer.Command == frame.ERROR && !d.is("takes ERROR for CONNECTED") {
		return errors.New("ERROR")
	}
	if v := d.session.Version(); v.String() != c.Version && answer.Command == frame.CONNECTED && !d.is("takes any version") {
		return fmt.Errorf("version %v", v)
	}
	theirs, _ := headers.ParseHeartBeats(answer.Headers.Value(headers.HeartBeat))
	send, receive := headers.NegotiateHeartBeats(beat, theirs)
	if d.is("wants heart-beats in any case") {
		receive = beat.Receive
	}
	d.beats(send, receive)
	return nil
}

func (d *testDriver) beats(send, receive time.Duration) {
	if d.is("sends no heart-beats") {
		send = 0
	}
	loop := func(interval time.Duration, do func()) {
		if interval == 0 {
			return
		}
		go func() {
			for {
				select {
				case <-d.down:
					return
				case <-time.After(interval):
					do()
				}
			}
		}()
	}
	loop(send*6/10, func() { d.conn.Write([]byte("\n")) })
	loop(receive, func() {
		d.mu.Lock()
		late := time.Since(d.heard) > 5*receive/2
		d.mu.Unlock()
		if late {
			d.fail(errors.New("no heart-beat"))
		}
	})
}

func (d *testDriver) fail(err error) {
	d.mu.Lock()
	if d.failed == nil {
		d.failed = err
	}
	d.mu.Unlock()
	d.conn.Close()
}

// read reads frames until the connection ends.
func (d *testDriver) read() {
	defer close(d.down)
	a := parser.NewAssembler(parser.Options{Allow: d.allow})
	buffer := make([]byte, 1<<17)
	for {
		n, err := d.conn.Read(buffer)
		chunk := buffer[:n]
		d.mu.Lock()
		if !(d.is("deaf to heart-beats") && len(bytes.Trim(chunk, "\r\n")) == 0) {
			d.heard = time.Now()
		}
		d.mu.Unlock()
		if d.is("chunks are frames") && n > 0 && n < 1000 && !bytes.HasSuffix(bytes.TrimRight(chunk, "\r\n"), []byte("\x00")) && len(bytes.Trim(chunk, "\r\n")) > 0 {
			d.fail(errors.New("half a frame"))
			return
		}
		if d.is("CR LF is not known") && bytes.Contains(chunk, []byte("\r\n\r\n")) {
			d.fail(errors.New("CR LF"))
			return
		}
		for len(chunk) > 0 {
			v, n, whole, bad := a.Next(chunk)
			if bad != nil {
				d.fail(bad)
				return
			}
			chunk = chunk[n:]
			if whole {
				d.take(v.Clone(), a)
			}
			if d.is("one frame a chunk") && whole && v.Command == frame.MESSAGE {
				break
			}
		}
		if err != nil {
			if d.is("does not say that the connection has ended") {
				return
			}
			d.fail(err)
			return
		}
	}
}

func (d *testDriver) take(f *frame.Frame, a *parser.Assembler) {
	d.mu.Lock()
	d.session.StepFrame(validate.Server, f)
	d.version = d.session.Version()
	d.mu.Unlock()
	a.SetVersion(d.version)
	switch f.Command {
	case frame.MESSAGE:
		for i := range f.Headers {
			h := &f.Headers[i]
			switch {
			case d.is("trims what it reads"):
				h.Value = strings.TrimSpace(h.Value)
			case d.is("unescapes twice"):
				h.Value = strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(h.Value)
			case d.is("unescapes no names"):
				h.Name = strings.ReplaceAll(h.Name, ":", `\c`)
			}
		}
		switch {
		case d.is("cuts bodies at NUL"):
			f.Body, _, _ = bytes.Cut(f.Body, []byte{0})
		case d.is("bodies are text"):
			f.Body = bytes.ToValidUTF8(f.Body, []byte("?"))
		}
		d.inbox <- f
	case frame.ERROR:
		d.answers <- f
		d.fail(errors.New("ERROR"))
	default:
		d.answers <- f
	}
}

func (d *testDriver) answer() (*frame.Frame, error) {
	select {
	case f := <-d.answers:
		return f, nil
	default:
	}
	select {
	case f := <-d.answers:
		return f, nil
	case <-d.down:
		return nil, errors.Join(d.err(), errors.New("closed"))
	case <-time.After(5 * time.Second):
		return nil, errors.New("no answer")
	}
}

// send sends a frame, and waits for its receipt when it asks for one.
func (d *testDriver) send(f *frame.Frame, receipt bool) error {
	if receipt {
		d.serial++
		f.Headers.Add(headers.Receipt, fmt.Sprint("r-", d.serial))
	}
	wire, err := encoder.AppendFrame(nil, f, d.version, encoder.Options{})
	if err != nil {
		return err
	}
	switch {
	case d.is("writes no escapes"):
		wire = []byte(strings.NewReplacer(`\c`, ":", `\\`, `\`, `\n`, " ", `\r`, " ").Replace(string(wire)))
	case d.is("no content-length"):
		head, rest, _ := bytes.Cut(wire, []byte("\ncontent-length:"))
		if _, after, more := bytes.Cut(rest, []byte("\n")); more {
			wire = append(append(bytes.Clone(head), '\n'), after...)
		}
	}
	if _, err := d.conn.Write(wire); err != nil {
		return err
	}
	if !receipt || d.is("does not wait for receipts") {
		return nil
	}
	answer, err := d.answer()
	if err == nil && answer.Command != frame.RECEIPT {
		err = errors.New("ERROR")
	}
	return err
}

func (d *testDriver) receive(timeout time.Duration) (*Message, error) {
	take := func(f *frame.Frame) *Message {
		d.got = append(d.got, f)
		m := &Message{Headers: map[string]string{}, Body: f.Body}
		for _, h := range f.Headers {
			if _, again := m.Headers[h.Name]; !again || d.is("the last of repeated headers counts") {
				m.Headers[h.Name] = h.Value
			}
		}
		return m
	}
	select {
	case f := <-d.inbox:
		return take(f), nil
	default:
	}
	select {
	case f := <-d.inbox:
		return take(f), nil
	case <-d.down:
		return nil, d.err()
	case <-time.After(timeout):
		return nil, nil
	}
}

func (d *testDriver) settle(c Command) error {
	ack := validate.Ack[*frame.Frame]
	if c.Op == "nack" {
		ack = validate.Nack[*frame.Frame]
	}
	m := d.got[c.N]
	if d.is("ACK by message-id in 1.2") && d.version == frame.V12 {
		return d.send(&frame.Frame{Command: frame.Command(strings.ToUpper(c.Op)), Headers: headers.Pairs(headers.MessageID, m.Headers.Value(headers.MessageID))}, false)
	}
	f, has := ack(m, d.version)
	if !has {
		return errors.New("it cannot be acknowledged")
	}
	if d.is("ACK without subscription") {
		f.Headers.Delete(headers.Subscription)
	}
	if c.Transaction != "" && !d.is("ACK without transaction") {
		f.Headers.Add(headers.Transaction, c.Transaction)
	}
	return d.send(f, false)
}

// A clientFault is one thing that a testDriver does wrong, and the cases that
// find it, all of them.
type clientFault struct {
	word  string
	allow parser.Allow
	found string
}

func runTestDriver(f clientFault) ([]*Result, error) {
	s := testSettings("")
	s.Patience = 2 * time.Second
	r := &ClientRun{Settings: s, Start: func() (Driver, error) { return newTestDriver(f), nil }}
	return r.Do()
}

func TestGoodClient(t *testing.T) {
	results, err := runTestDriver(clientFault{})
	if err != nil {
		t.Fatal(err)
	}
	if ids, text := failing(results); len(ids) > 0 {
		t.Errorf("a client without a fault fails%s", text)
	}
	for _, x := range results {
		if x.Kind == Skipped || x.Kind == Blocked {
			t.Errorf("%s: %v", x.ID, x.Outcome)
		}
	}
	if len(results) < 60 {
		t.Errorf("%d cases", len(results))
	}
}
