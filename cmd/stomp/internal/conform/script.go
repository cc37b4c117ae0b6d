package conform

import (
	"fmt"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A script is one run of a probe.
type script struct {
	*Run
	trace    *Trace
	margin   time.Duration
	patience time.Duration
	closing  time.Duration // for the end of a connection
	conns    []*conn
	names    map[string]string // of "$D" and its like
	try      int               // which one it is, from 1
	asked    string            // the command for which ask has wanted a receipt last
	judging  bool              // whether connections are judged as conversations

	// Of a case for clients.
	driver  Driver
	clients chan link // that have connected
	serveAt Command   // where
	serving frame.Version
}

// stop ends a script early. Run recovers it.
type stop struct{ Outcome }

// block ends a script whose first steps fail: it tells nothing about its question.
func (s *script) block(format string, args ...any) { panic(stop{outcome(Blocked, format, args...)}) }

// skip ends a script about something that the peer does not have.
func (s *script) skip(format string, args ...any) { panic(stop{outcome(Skipped, format, args...)}) }

// dial opens a connection without a word.
func (s *script) dial() *conn { return s.dialAs(subprotocols...) }

// dialFor is dial for a client that speaks versions, given as in accept-version.
func (s *script) dialFor(offered string) *conn {
	return s.dialAs(frame.ParseVersions(offered).Subprotocols()...)
}

// dialAs is dial with the sub-protocols that a WebSocket offers.
func (s *script) dialAs(offered ...string) *conn {
	l, err := s.address.dial(s.patience, offered)
	if err != nil {
		s.block("no connection: %v", err)
	}
	return s.take(l)
}

// take makes a connection of a link.
func (s *script) take(l link) *conn {
	c := &conn{s: s, n: len(s.conns) + 1, link: l, events: make(chan event, 1<<12), serves: s.serving}
	if s.judging {
		c.judge = newJudge()
	}
	s.conns = append(s.conns, c)
	s.trace.add(c.n, "opens", nil, "")
	go c.read()
	return c
}

// hangUp ends all connections of the script.
func (s *script) hangUp() {
	for _, c := range s.conns {
		c.close()
		go func() {
			for range c.events {
			}
		}()
	}
}

// connectFrame returns a CONNECT that offers versions, with more headers.
func (s *script) connectFrame(command, versions string, more ...string) string {
	b := command + "\n"
	if versions != "" {
		b += "accept-version:" + versions + "\n"
	}
	b += "host:" + s.Host + "\n"
	if s.Login != "" || s.Passcode != "" {
		b += "login:" + s.Login + "\npasscode:" + s.Passcode + "\n"
	}
	for _, m := range more {
		b += m + "\n"
	}
	return b + "\n\x00"
}

// handshake sends a CONNECT and returns the CONNECTED, or what else came.
func (c *conn) handshake(text string) (*frame.Frame, Outcome) {
	c.send(text)
	e, o := c.until(of(frame.CONNECTED))
	if o.Kind != OK {
		return nil, o
	}
	c.version, _ = e.frame.AgreedVersion()
	return e.frame, ok
}

// connect opens a session of one version. The probe is skipped when the peer does
// not have the version.
func (s *script) connect(v frame.Version, more ...string) *conn {
	c, _ := s.connectWith(v, more...)
	return c
}

func (s *script) connectWith(v frame.Version, more ...string) (*conn, *frame.Frame) {
	if !s.versions.Has(v) {
		s.skip("the server does not speak STOMP %v", v)
	}
	c := s.dialFor(v.String())
	f, o := c.handshake(s.connectFrame("CONNECT", v.String(), more...))
	if f == nil {
		s.block("CONNECT failed first, %v", o)
	}
	if c.version != v {
		s.block("CONNECT that offers %v gave a session of %v", v, c.version)
	}
	return c, f
}

// unique returns a name that no other script has.
func (s *script) unique(kind string) string {
	return fmt.Sprintf("%s-%d", kind, s.count.Add(1))
}

// queue returns the name of a new queue, which is emptied after the run.
func (s *script) queue() string {
	name := s.Queue + s.id + "-" + s.unique("q")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = append(s.used, name)
	return name
}

// topic returns the name of a new topic.
func (s *script) topic() string { return s.Topic + s.id + "-" + s.unique("t") }

// fill replaces "$D" by the lines of a destination that is the script's own, and
// "$N" by its name.
func (s *script) fill(text string) string {
	for _, key := range []string{"$D", "$N"} {
		if !strings.Contains(text, key) {
			continue
		}
		name := s.names["$N"]
		if name == "" {
			name = s.queue()
			s.names = map[string]string{"$N": name}
		}
		end := "\n"
		if strings.Contains(text, "\r\n") {
			end = "\r\n"
		}
		lines := strings.TrimSuffix(s.headerWith(name, frame.V12, end), end)
		text = strings.ReplaceAll(text, "$D", lines)
		text = strings.ReplaceAll(text, "$N", s.escape(name, frame.V12))
	}
	return text
}

// own returns the destination that "$D" names.
func (s *script) own() string {
	s.fill("$N")
	return s.names["$N"]
}

// header returns the destination header, with those that the peer wants with it,
// as whole lines.
func (s *script) header(destination string, v frame.Version) string {
	return s.headerWith(destination, v, "\n")
}

func (s *script) headerWith(destination string, v frame.Version, end string) string {
	b := "destination:" + s.escape(destination, v) + end
	if strings.HasPrefix(destination, s.Queue) {
		for _, h := range s.QueueHeaders {
			b += h + end
		}
	}
	return b
}

// escape returns a value as it is written in a version.
func (s *script) escape(value string, v frame.Version) string {
	b, err := headers.AppendEscaped(nil, v.Escaping(frame.SEND), value)
	if err != nil {
		s.block("a header of the peer cannot be sent back in STOMP %v: %v", v, err)
	}
	return string(b)
}

// echo subscribes to a queue of its own, sends frames there, and returns the first
// message that comes.
func (s *script) echo(v frame.Version, text string) (*conn, *frame.Frame, Outcome) {
	c := s.connect(v)
	s.needDelivery(v)
	c.subscribe("s", s.own(), "")
	c.sender().send(text)
	f, o := c.message()
	return c, f, o
}

// needDelivery blocks the probe when the peer delivers no messages at all.
func (s *script) needDelivery(v frame.Version) {
	if o, known := s.basics[v]; known && o.Kind != OK {
		s.block("a plain SEND does not reach its subscriber in STOMP %v, %v", v, o)
	}
}
