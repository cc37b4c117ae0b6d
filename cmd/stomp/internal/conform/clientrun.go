package conform

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A ClientRun takes clients through the cases: it is the server that they
// connect to, and tells a driver what to do.
type ClientRun struct {
	Settings
	Listen    string // address; that of a free port when empty
	WebSocket bool
	Start     func() (Driver, error)
	Name      string // of the client library, once it is known
	versions  frame.Versions
	lacks     map[string]string
}

// Versions returns the versions that the client speaks.
func (r *ClientRun) Versions() frame.Versions { return r.versions }

// besides is how many cases run at a time: each has a driver of its own.
const besides = 4

// Do runs the cases.
func (r *ClientRun) Do() ([]*Result, error) {
	d, err := r.Start()
	if err != nil {
		return nil, err
	}
	g := d.Greeting()
	d.Close()
	r.Name, r.lacks = g.Peer, g.Lacks
	r.versions = frame.ParseVersions(strings.Join(g.Versions, ","))
	if r.versions == 0 {
		return nil, fmt.Errorf("the greeting of the driver names no version of STOMP")
	}
	server, err := NewRun(withURL(r.Settings))
	if err != nil {
		return nil, err
	}
	server.versions = r.versions
	var results []*Result
	places := make(chan struct{}, besides)
	if r.Listen != "" && !strings.HasSuffix(r.Listen, ":0") {
		places = make(chan struct{}, 1) // there is one port only
	}
	var running sync.WaitGroup
	for _, p := range Cases() {
		if r.Select != nil && !r.Select(p) {
			continue
		}
		result := &Result{Probe: p, Trace: newTrace()}
		results = append(results, result)
		running.Add(1)
		places <- struct{}{}
		go func() {
			defer running.Done()
			begun := time.Now()
			for result.Tries = 1; result.Tries <= tries; result.Tries++ {
				result.Outcome, result.Trace = r.try(server, p, result.Tries)
				if result.Pass() || result.Kind == Skipped {
					break
				}
			}
			result.Time = time.Since(begun)
			<-places
		}()
	}
	running.Wait()
	if r.Report != nil {
		for _, x := range results {
			r.Report(x)
		}
	}
	return results, nil
}

func withURL(s Settings) Settings {
	s.URL = "tcp://127.0.0.1"
	return s
}

// try runs a case once.
func (r *ClientRun) try(server *Run, p *Probe, n int) (o Outcome, trace *Trace) {
	if p.version != frame.Unnegotiated && !r.versions.Has(p.version) {
		return outcome(Skipped, "the client does not speak STOMP %v", p.version), newTrace()
	}
	for _, name := range []string{p.ID, strings.TrimSuffix(p.ID, "-"+p.version.String()), p.Area()} {
		if why, lacks := r.lacks[name]; lacks {
			return outcome(Skipped, "%s", why), newTrace()
		}
	}
	s := server.script(n)
	s.margin = max(s.margin, 300*time.Millisecond)
	s.clients = make(chan link, 8)
	defer func() {
		if v := recover(); v != nil {
			early, is := v.(stop)
			if !is {
				panic(v)
			}
			o = early.Outcome
		}
		if s.driver != nil {
			s.driver.Close()
		}
		s.hangUp()
		trace = s.trace
	}()
	l, err := net.Listen("tcp", firstOf(r.Listen, "127.0.0.1:0"))
	if err != nil {
		s.block("%v", err)
	}
	defer l.Close()
	s.serveAt = Command{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
	if r.WebSocket {
		s.serveAt = Command{URL: fmt.Sprintf("ws://%v/ws", l.Addr())}
		go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			ws, err := websocket.Accept(w, q, &websocket.AcceptOptions{Subprotocols: subprotocols, InsecureSkipVerify: true})
			if err == nil {
				s.clients <- newSocket(ws)
			}
		}))
	} else {
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				s.clients <- &stream{c}
			}
		}()
	}
	if s.driver, err = r.Start(); err != nil {
		s.block("the driver does not start: %v", err)
	}
	return p.run(s), nil // the deferred function sets the trace
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// tell has the driver do something, and returns where its answer comes.
func (s *script) tell(c Command) <-chan Answer {
	answers := make(chan Answer, 1)
	go func() {
		a, err := s.driver.Do(c)
		if err != nil {
			a.Error = "driver: " + err.Error()
		}
		s.trace.add(0, "the client did "+c.Op+":", nil, firstOf(a.Error, "done"))
		answers <- a
	}()
	return answers
}

// connecting has the driver connect, and returns its CONNECT.
func (s *script) connecting(v frame.Version, beat [2]int) (*conn, *frame.Frame, <-chan Answer) {
	c := s.serveAt
	c.Op, c.Version, c.Login, c.Passcode, c.Beat = "connect", v.String(), "guest", "guest", beat
	answer := s.tell(c)
	select {
	case l := <-s.clients:
		s.serving = v
		k := s.take(l)
		e, o := k.until(func(e event) bool {
			return e.frame != nil && (e.frame.Command == frame.CONNECT || e.frame.Command == frame.STOMP)
		})
		if o.Kind != OK {
			s.block("no CONNECT came, %v", o)
		}
		return k, e.frame, answer
	case a := <-answer:
		s.block("the client cannot connect: %s", a.Error)
	case <-time.After(s.patience + 5*time.Second):
		s.block("the client does not connect")
	}
	panic("unreachable")
}

// welcome answers CONNECT.
func (s *script) welcome(v frame.Version, more string) string {
	if v == frame.V10 {
		return "CONNECTED\nsession:1\n" + more + "\n\x00"
	}
	return "CONNECTED\nversion:" + v.String() + "\nsession:1\n" + more + "\n\x00"
}

// serve has the driver connect, and welcomes it.
func (s *script) serve(v frame.Version) *conn { return s.serveWith(v, [2]int{}, "") }

func (s *script) serveWith(v frame.Version, beat [2]int, more string) *conn {
	c, _, answer := s.connecting(v, beat)
	c.raw(s.welcome(v, more))
	s.connected(answer)
	return c
}

// connected waits for the client to say that it is connected.
func (s *script) connected(answer <-chan Answer) {
	select {
	case a := <-answer:
		if a.Error != "" {
			s.block("the client does not take CONNECTED: %s", a.Error)
		}
	case <-time.After(s.patience + 5*time.Second):
		s.block("the client does not take CONNECTED")
	}
}

// from waits for a frame of the client.
func (c *conn) from(command frame.Command) *frame.Frame {
	e, o := c.until(of(command))
	if o.Kind != OK {
		c.s.block("no %s came from the client, %v", command, o)
	}
	return e.frame
}

// following is from, and answers receipts of other frames that come before.
func (c *conn) following(command frame.Command) (*frame.Frame, Outcome) {
	deadline := time.Now().Add(c.s.patience)
	for {
		e, came := c.next(time.Until(deadline))
		switch {
		case !came:
			return nil, outcome(Silent, "no %s came from the client", command)
		case e.end != nil:
			return nil, outcome(Closed, "%s", ending(e.end))
		case e.bad != nil:
			return nil, outcome(Malformed, "%v", e.bad)
		case e.frame == nil:
			continue
		}
		c.confirm(e.frame)
		if e.frame.Command == command {
			return e.frame, ok
		}
	}
}

// confirm answers a frame that asks for a receipt.
func (c *conn) confirm(f *frame.Frame) {
	if id, asks := f.Headers.Get(headers.Receipt); asks && !f.Command.Handshake() {
		c.raw("RECEIPT\nreceipt-id:" + c.s.escape(id, c.serves) + "\n\n\x00")
	}
}

// subscribed has the driver subscribe, and returns the id.
func (s *script) subscribed(c *conn, ack string) string {
	answer := s.tell(Command{Op: "subscribe", ID: "sub", Destination: "/queue/conform", Ack: ack})
	f, o := c.following(frame.SUBSCRIBE)
	if f == nil {
		s.block("no SUBSCRIBE came, %v", o)
	}
	if a := <-answer; a.Error != "" {
		s.block("the client cannot subscribe: %s", a.Error)
	}
	return f.Headers.Value(headers.ID)
}

// delivery returns a MESSAGE, with lines of its own headers, as a text to send.
func (c *conn) delivery(subscription, id, lines, body string) string {
	b := "MESSAGE\ndestination:/queue/conform\nmessage-id:" + id + "\n"
	if subscription != "" {
		b += "subscription:" + c.s.escape(subscription, c.serves) + "\n"
	}
	if c.serves == frame.V12 {
		b += "ack:" + id + "\n"
	}
	return b + lines + "\n" + body + "\x00"
}

// received has the driver receive a message.
func (s *script) received() (*Message, Outcome) {
	timeout := max(time.Second, 3*s.margin)
	select {
	case a := <-s.tell(Command{Op: "receive", Timeout: int(timeout.Milliseconds())}):
		switch {
		case a.Error != "":
			return nil, outcome(Errored, "the client says: %s", a.Error)
		case a.Message == nil:
			return nil, outcome(Ignored, "the client got no message")
		}
		return a.Message, ok
	case <-time.After(timeout + s.patience):
		return nil, outcome(Silent, "the client does not answer")
	}
}
