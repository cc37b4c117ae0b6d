package server

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A refusal is an error whose text is fit for the client's eyes.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	errTooMany  = refusal("too many connections")
	errStopping = refusal("the broker is stopping")
	errLogin    = refusal("login or passcode is wrong")
	errSelector = refusal("selectors are not supported")
	errSlow     = refusal("slow consumer, messages are not read as fast as they come")
)

// A connection is one client, logged in or not. While it is idle it has one
// goroutine, the one that reads, and one timer; another goroutine writes while
// there is something to write.
type connection struct {
	server    *Server
	transport transport
	peer      string         // its address
	versions  frame.Versions // that the transport has left to choose from
	assembler parser.Assembler
	heard     atomic.Int64 // when the peer was last heard, in ns since 1970

	// Guarded by Server.mu.
	session       *validate.Session
	login         string
	subscriptions map[string]*subscription
	handouts      map[string]*handout
	transactions  map[string]*transaction
	detached      bool

	mu       sync.Mutex
	version  frame.Version // written under both locks
	outgoing []outgoing    // what waits to be written
	waiting  int           // its octets, and those that are being written
	writing  bool          // there is a goroutine that writes
	held     bool          // a queue has held back messages since too much waits
	closing  bool          // what waits is written, then no more
	wrote    time.Time
	written  chan struct{} // closed when nothing will be written any more
	timer    *time.Timer   // of tick
	in, out  time.Duration // heart-beats agreed
}

// An outgoing is the octets of one frame in two parts, the second of which may
// be shared with other connections.
type outgoing struct{ own, shared []byte }

func newConnection(s *Server, t transport, peer string, versions frame.Versions) *connection {
	c := &connection{
		server: s, transport: t, peer: peer, versions: versions,
		session:       validate.NewSession(s.config.Session),
		subscriptions: map[string]*subscription{},
		handouts:      map[string]*handout{},
		transactions:  map[string]*transaction{},
		written:       make(chan struct{}),
	}
	c.assembler.SetLimits(parser.LimitsBeforeLogin())
	c.mu.Lock() // the timer may be quicker
	defer c.mu.Unlock()
	c.timer = time.AfterFunc(s.config.ConnectTimeout, c.tick)
	return c
}

// Buffers for reading: each connection has a small one, those with more to read
// at once borrow a large one.
const smallRead, largeRead = 512, 16 << 10

var largeBuffers = sync.Pool{New: func() any { return new([largeRead]byte) }}

// serve reads until the peer has left.
func (c *connection) serve() {
	defer c.server.running.Done()
	small := make([]byte, smallRead)
	var large *[largeRead]byte
	for {
		chunk := small
		if large != nil {
			chunk = large[:]
		}
		n, err := c.transport.Read(chunk)
		c.heard.Store(time.Now().UnixNano())
		c.receive(chunk[:n])
		if err != nil {
			c.end(err)
			return
		}
		if n == len(chunk) && large == nil {
			large = largeBuffers.Get().(*[largeRead]byte)
		} else if n < len(chunk) && large != nil {
			largeBuffers.Put(large)
			large = nil
		}
	}
}

// receive takes what has been read. After the last frame of a client, and after
// an error, it is thrown away: to go on reading until the peer has hung up keeps
// TCP from resetting the connection before the peer has read our last frame.
func (c *connection) receive(chunk []byte) {
	if len(chunk) == 1 && chunk[0] == '\n' {
		c.assembler.Release() // an idle connection should cost little
	}
	for len(chunk) > 0 && !c.isClosing() {
		v, n, ok, err := c.assembler.Next(chunk)
		if err == nil && ok {
			err = c.server.handle(c, v)
		}
		if err != nil {
			c.fail(err, v.Head)
			return
		}
		chunk = chunk[n:]
	}
}

// connected begins the session: what follows CONNECT is read in the version
// agreed, within the limits for those who are known. The caller holds Server.mu.
func (c *connection) connected(v frame.Version) {
	c.assembler.SetVersion(v)
	c.assembler.SetLimits(c.server.config.Limits)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version = v
	c.in, c.out = c.session.HeartBeat(fromClient), c.session.HeartBeat(fromServer)
	if c.closing {
		return
	}
	if c.timer.Stop(); c.period() > 0 {
		c.timer.Reset(c.period())
	}
}

// period is how often to look at heart-beats, 0 for never. That is twice in the
// time that was promised, and what has been sent in the last quarter of it will
// do, so that a beat is never late.
func (c *connection) period() time.Duration {
	period := c.out / 2
	if c.in > 0 && (c.in < period || period == 0) {
		period = c.in
	}
	return period
}

// tick is called when the time for CONNECT is over, then at each period, and in
// the end when the time to close is over.
func (c *connection) tick() {
	if err := c.onTime(); err != nil {
		c.fail(err, frame.Head{})
	}
}

func (c *connection) onTime() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closing:
		go c.transport.Close()
		return nil
	case c.version == frame.Unnegotiated:
		return refusal(fmt.Sprintf("no login within %v", c.server.config.ConnectTimeout))
	case c.in > 0 && time.Since(time.Unix(0, c.heard.Load()))/2 > c.in:
		return refusal(fmt.Sprintf("no heart-beat for more than twice the %v agreed", c.in))
	case c.out > 0 && !c.writing && time.Since(c.wrote) >= c.out/4:
		c.queue(encoder.AppendHeartbeat(nil), nil)
	}
	if period := c.period(); period > 0 {
		c.timer.Reset(period)
	}
	return nil
}

// reply sends a frame that is for this client alone. The caller holds Server.mu.
func (c *connection) reply(f *frame.Frame) {
	if octets := c.encode(f); octets != nil {
		c.send(octets, nil)
	}
}

// encode returns a frame for this client as it goes out, nil when the session or
// the encoder finds fault with it. The caller holds Server.mu.
func (c *connection) encode(f *frame.Frame) []byte {
	err := must(c.session.StepFrame(fromServer, f))
	var octets []byte
	if err == nil {
		octets, err = encode(f, c.session.Version())
	}
	if err != nil {
		c.fail(err, frame.Head{})
	}
	return octets
}

// send queues a frame. It never waits: a client that has too much waiting is
// told so, and disconnected.
func (c *connection) send(own, shared []byte) {
	c.mu.Lock()
	full := c.waiting > c.server.config.Outgoing
	if full {
		c.outgoing = nil
	} else {
		c.queue(own, shared)
	}
	c.mu.Unlock()
	if full {
		c.fail(errSlow, frame.Head{})
	}
}

// queue adds to what waits to be written. The caller holds c.mu.
func (c *connection) queue(own, shared []byte) {
	if c.closing {
		return
	}
	c.outgoing = append(c.outgoing, outgoing{own, shared})
	c.waiting += len(own) + len(shared)
	c.startWriting()
}

func (c *connection) startWriting() {
	if !c.writing {
		c.writing = true
		c.server.running.Add(1)
		go c.write()
	}
}

// ready reports whether a queue may give the connection a message: it can wait,
// unlike a topic.
func (c *connection) ready() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.held = c.waiting > c.server.config.Outgoing/2
	return !c.held
}

// write writes what waits, and closes when it has to.
func (c *connection) write() {
	defer c.server.running.Done()
	for {
		c.mu.Lock()
		frames, octets := c.outgoing, c.waiting
		c.outgoing = nil
		if len(frames) == 0 {
			c.writing = false
			closing := c.closing
			c.mu.Unlock()
			if closing {
				c.transport.CloseWrite()
				close(c.written)
			}
			return
		}
		c.wrote = time.Now()
		c.mu.Unlock()

		if err := c.transport.Write(frames); err != nil {
			c.transport.Close() // which ends serve; and writing stays true
			close(c.written)
			return
		}

		c.mu.Lock()
		c.waiting -= octets
		resume := c.held && c.waiting <= c.server.config.Outgoing/2
		c.mu.Unlock()
		if resume {
			c.server.resume(c)
		}
	}
}

// resume gives a connection what its queues have held back.
func (s *Server) resume(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range c.subscriptions {
		if sub.queue != nil {
			s.dispatch(sub.queue)
		}
	}
}

// fail sends ERROR and hangs up. cause is the head of the frame at fault, if it
// was one.
func (c *connection) fail(err error, cause frame.Head) {
	f := validate.ErrorFrame(err, cause)
	var r refusal
	if errors.As(err, &r) {
		f.Headers.Set(headers.Message, string(r))
		f.Body = nil
	}
	c.mu.Lock()
	version := c.version
	c.mu.Unlock()
	last, _ := encode(f, version) // or the end alone says it
	if c.close(last) {
		c.server.config.Log.Info("disconnecting", "peer", c.peer, "error", err)
	}
}

// close lets what waits be written, and a last frame if there is one, and the
// peer read it. It returns false when the connection is closing already.
func (c *connection) close(last []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	if len(last) > 0 {
		c.queue(last, nil)
	}
	c.closing = true
	c.startWriting()
	c.timer.Reset(c.server.config.CloseTimeout)
	c.server.running.Add(1)
	go func() { // the caller may hold Server.mu, or may not
		defer c.server.running.Done()
		c.server.mu.Lock()
		defer c.server.mu.Unlock()
		c.server.detach(c)
	}()
	return true
}

func (c *connection) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// end is called when nothing more can be read. The peer may have closed its
// direction only, and still read.
func (c *connection) end(err error) {
	c.close(nil)
	<-c.written
	c.timer.Stop()
	c.transport.Close()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	delete(c.server.connections, c)
	c.server.config.Log.Debug("gone", "peer", c.peer, "reason", err)
}
