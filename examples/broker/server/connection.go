package server

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/memory"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A refused error has a text for the client and a reason for Stats.
type refused struct {
	validate.Refusal
	reason string
}

func (r *refused) Unwrap() error { return &r.Refusal }

func refusal(reason, format string, args ...any) error {
	return &refused{validate.Refusal{Message: fmt.Sprintf(format, args...)}, reason}
}

var (
	errTooMany  = refusal(byConnections, "too many connections (-max-connections)")
	errNoMemory = refusal(byMemory, "the broker has no memory left for this (-max-memory)")
	errStopping = refusal(byStop, "the broker is stopping")
	errLogin    = refusal(byLogin, "login or passcode is wrong")
	errSelector = refusal(byRequest, "selectors are not supported")
	errSlow     = refusal(byOutgoing, "slow consumer, messages are not read as fast as they come (-max-outgoing)")
	errEcho     = refusal(byRequest, "a header that the broker has to repeat cannot be sent back in this version")
	errStalled  = refusal(byWriteTimeout, "nothing is read")
)

// passing are errors that are about this moment, and not about the client.
var passing = []error{errTooMany, errNoMemory, errStopping}

// A connection is one client, before or after login. While idle it has one
// goroutine, which reads, and one timer. Another goroutine runs while there is
// something to write.
type connection struct {
	server    *Server
	peer      transport.Peer
	transport string         // tcp or ws
	address   string         // of the peer
	versions  frame.Versions // allowed by the transport
	out       *transport.Outbox
	heard     atomic.Int64 // time of the last read, in ns since 1970
	began     atomic.Int64 // start of the current frame, in ns since 1970; 0 between frames

	// Used only by the goroutine that reads.
	assembler parser.Assembler
	buffered  int // bytes counted for the assembler

	// Guarded by Server.mu.
	session       *validate.Session
	login         string
	subscriptions memory.Table[*subscription]
	handouts      memory.Table[*handout]
	transactions  memory.Table[*transaction]
	detached      bool
	refused       bool // accepted only to be sent an ERROR
	full          bool // queues wait, since too many messages are unacknowledged
	open          int  // cost of subscriptions and transactions
	longest       int  // length of the longest identifier
	acked         int  // messages acknowledged in open transactions
	counted       int  // bytes in the account, see count

	mu            sync.Mutex
	version       frame.Version // written while holding both locks
	timer         *time.Timer   // calls tick
	receive, send time.Duration // agreed heart-beats
}

func newConnection(s *Server, p transport.Peer, address string, versions frame.Versions) *connection {
	c := &connection{server: s, peer: meteredPeer{p, s}, transport: kind(p), address: address, versions: versions,
		session: validate.NewSession(s.config.Session)}
	c.out = transport.NewOutbox(c.peer, &s.account, s.config.Outgoing, &s.running, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wakeAll(c)
	})
	c.assembler.SetLimits(parser.LimitsBeforeLogin())
	c.mu.Lock() // tick may run before c.timer is set
	defer c.mu.Unlock()
	c.timer = time.AfterFunc(s.config.ConnectTimeout, c.tick)
	return c
}

// serve reads until the peer closes the connection.
func (c *connection) serve() {
	defer c.server.running.Done()
	chunks := transport.NewChunks(&c.server.account)
	defer chunks.Release()
	for {
		chunk, err := chunks.Read(c.peer)
		c.heard.Store(time.Now().UnixNano())
		c.take(chunk)
		if err != nil {
			c.end(err)
			return
		}
	}
}

// take handles data from the peer. After the client's last frame, or an error,
// it drops the data. Reading on until the peer closes keeps TCP from resetting
// the connection before the peer has read the last frame.
func (c *connection) take(chunk []byte) {
	beat := len(chunk) == 1 && chunk[0] == '\n' // an idle client sends only these
	for len(chunk) > 0 && !c.out.Closing() {
		v, n, ok, err := c.assembler.Next(chunk)
		if err == nil && ok {
			c.began.Store(0)
			err = c.server.handle(c, v)
		}
		if err != nil {
			c.fail(err, v.Head)
			return
		}
		chunk = chunk[n:]
	}
	// Account for the time and memory of an incomplete frame.
	if _, inside := c.assembler.FrameStart(); inside {
		c.began.CompareAndSwap(0, time.Now().UnixNano())
		size := max(c.buffered, 2*c.assembler.Buffered()) // buffers grow by doubling
		c.server.account.Add(size - c.buffered)
		if c.buffered = size; size > c.server.account.Share() {
			c.fail(errNoMemory, frame.Head{})
		}
	} else if beat || c.buffered > 0 {
		c.assembler.Release()
		c.server.account.Add(-c.buffered)
		c.buffered = 0
	}
}

// connected begins the session: from now on the agreed version and the
// configured limits apply. The caller holds Server.mu.
func (c *connection) connected(v frame.Version) {
	c.assembler.SetVersion(v)
	c.assembler.SetLimits(c.server.config.Limits)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version = v
	c.receive, c.send = c.session.HeartBeat(fromClient), c.session.HeartBeat(fromServer)
	if !c.out.Closing() {
		c.timer.Reset(c.period())
	}
}

// period returns the interval of tick: half of the shortest promised interval.
// A write in the last quarter of that interval counts as a heart-beat, so none
// is late.
func (c *connection) period() time.Duration {
	period := min(c.server.config.FrameTimeout, c.server.config.WriteTimeout) / 2
	if c.send > 0 {
		period = min(period, c.send/2)
	}
	if c.receive > 0 {
		period = min(period, c.receive)
	}
	return max(period, time.Millisecond)
}

// tick runs when the time for CONNECT is over, then once per period, and
// finally when the time to close is over.
func (c *connection) tick() {
	switch err := c.onTime(); err {
	case nil:
	case errStalled: // the peer would not read ERROR either
		c.server.config.Log.Info("disconnecting, since the client reads nothing", "peer", c.address, "time", c.server.config.WriteTimeout)
		c.close(nil, err)
		c.peer.Abort()
	default:
		c.fail(err, frame.Head{})
	}
}

func since(moment int64) time.Duration { return time.Since(time.Unix(0, moment)) }

func (c *connection) onTime() error {
	config := &c.server.config
	began := c.began.Load()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.out.Closing():
		go c.peer.Abort()
		return nil
	case c.version == frame.Unnegotiated:
		return refusal(byConnectTimeout, "no login within %v (-connect-timeout)", config.ConnectTimeout)
	case c.receive > 0 && since(c.heard.Load())/2 > c.receive:
		return refusal(byHeartBeat, "no heart-beat for more than twice the %v agreed", c.receive)
	case began > 0 && since(began) > config.FrameTimeout:
		return refusal(byFrameTimeout, "a frame has taken longer than %v (-frame-timeout)", config.FrameTimeout)
	case c.out.Stalled(config.WriteTimeout):
		return errStalled
	case c.send > 0:
		c.out.Beat(transport.Message{Own: []byte{'\n'}}, c.send/4)
	}
	c.timer.Reset(c.period())
	return nil
}

// reply sends a frame to this client only. The caller holds Server.mu.
func (c *connection) reply(f *frame.Frame) {
	err := must(c.session.StepFrame(fromServer, f))
	var b []byte
	if err == nil {
		b, err = encoder.AppendFrame(nil, f, c.session.Version(), encoder.Options{})
	}
	if c.write(b, nil, err) {
		c.server.stats.FramesOut[string(f.Command)]++
	}
}

// write sends a frame, unless err reports that the session or the encoder
// rejects it. It returns whether the frame is on its way. It never waits: if
// too much data is waiting, the client gets ERROR and is disconnected. The
// caller holds Server.mu.
func (c *connection) write(own []byte, rest *transport.Shared, err error) bool {
	if err == nil && !c.out.Send(transport.Message{Own: own, Shared: rest}) {
		err = errSlow
	}
	if err != nil {
		c.fail(err, frame.Head{})
	}
	return err == nil
}

// fail sends ERROR and disconnects. cause is the head of the offending frame,
// if any.
func (c *connection) fail(err error, cause frame.Head) {
	c.mu.Lock()
	version := c.version
	c.mu.Unlock()
	f := validate.ErrorFrame(err, cause)
	if slices.Contains(passing, err) {
		f.Headers.Add(transport.RetryAfter, "1")
	}
	last, _ := encoder.AppendFrame(nil, f, version, encoder.Options{}) // if this fails, the peer sees only the end
	if c.close(last, err) {
		c.server.config.Log.Info("disconnecting", "peer", c.address, "error", err)
	}
}

// close sends the waiting frames and last, which is an ERROR or empty, and
// gives the peer time to read them. why is nil if the client ends the session.
// close returns false if the connection is already closing.
func (c *connection) close(last []byte, why error) bool {
	// The reading goroutine is counted while the outbox is open, so Shutdown
	// still waits for this one.
	if !c.out.Close(last, func() { c.server.running.Add(1) }) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer.Reset(c.server.config.CloseTimeout)
	go func() { // a goroutine, since the caller may hold Server.mu
		s := c.server
		defer s.running.Done()
		s.leaving.Lock()
		defer s.leaving.Unlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case c.detached || why == nil:
		case c.version == frame.Unnegotiated:
			s.stats.Refused[reason(why)]++
		default:
			s.stats.Ended[reason(why)]++
		}
		if len(last) > 0 {
			s.stats.FramesOut[string(frame.ERROR)]++
		}
		s.detach(c)
	}()
	return true
}

// end runs when nothing more can be read. The peer may have closed only its
// sending half, and may still read.
func (c *connection) end(err error) {
	c.close(nil, nil)
	<-c.out.Written()
	c.timer.Stop()
	c.peer.Abort()
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.connections, c)
	s.account.Add(-costConnection - c.buffered)
	if c.refused {
		s.refused--
	} else {
		s.stats.OpenConnections[c.transport]--
	}
	s.config.Log.Debug("gone", "peer", c.address, "reason", err)
}
