package main

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// The relay has its own heart-beats on each leg.
func TestHeartbeats(t *testing.T) {
	served := make(chan struct{})
	broker := script.Listen(t, func(p *script.Peer) {
		f := p.Accept(frame.V12, headers.HeartBeat, "0,5")
		if got := f.Headers.Value(headers.HeartBeat); got != "10,10" {
			t.Errorf("the relay offers %s", got)
		}
		p.Expect(frame.SEND)
		if p.Heartbeats() == 0 {
			t.Error("the relay has sent no heart-beat to the broker")
		}
		p.Say(frame.RECEIPT, "", headers.ReceiptID, "1")
		<-served
	})
	g := start(t, func(c *Config) {
		c.HeartBeat = headers.HeartBeats{Send: 10 * time.Millisecond, Receive: 10 * time.Millisecond}
	}, broker)
	p := g.dialTCP()
	f := connect(p, headers.HeartBeat, "0,20")
	if got := f.Headers.Value(headers.HeartBeat); got != "10,10" {
		t.Errorf("the relay offers %s", got)
	}
	p.ExpectBytes("\n\n") // from the relay, which sends them to the broker too
	p.Say(frame.SEND, "", headers.Destination, "/a", headers.Receipt, "1")
	p.Expect(frame.RECEIPT)
	close(served)
	expectError(t, p, "the connection to the broker is lost")
}

// A peer that promised heart-beats and is silent counts as lost.
func TestSilence(t *testing.T) {
	broker := script.Listen(t,
		func(p *script.Peer) { p.Accept(frame.V12); p.ExpectEnd() },
		func(p *script.Peer) { p.Accept(frame.V12, headers.HeartBeat, "10,0"); p.ExpectEnd() })
	g := start(t, func(c *Config) { c.HeartBeat.Receive = 10 * time.Millisecond }, broker)
	p := g.dialTCP()
	connect(p, headers.HeartBeat, "10,0")
	expectError(t, p, errSilent.Error())
	p = g.dialTCP()
	connect(p)
	expectError(t, p, "the connection to the broker is lost")
	g.gone()
	if n := count(g.metrics.ended, "heart_beat"); n != 2 {
		t.Errorf("%v sessions ended by a silent peer", n)
	}
}

func TestConnectTimeout(t *testing.T) {
	g := start(t, func(c *Config) { c.ConnectTimeout = 20 * time.Millisecond }, script.ClosedPort(t))
	p := g.dialTCP()
	p.Write("CONNECT\naccept-ver")
	expectError(t, p, errLate.Error())
	g.dialWebSocket(false).ExpectEnd()
}

// A client that does not finish a frame, in the head or in the body, gets
// ERROR, however often it sends a byte. Time between frames does not count.
func TestFrameTimeout(t *testing.T) {
	for _, begun := range []string{"SEND\ndestination:/a\nx:", "SEND\ndestination:/a\ncontent-length:1000000\n\nx"} {
		broker := script.Listen(t, func(p *script.Peer) { p.Accept(frame.V12); p.Discard(1_000_000) })
		g := start(t, func(c *Config) { c.FrameTimeout = 50 * time.Millisecond }, broker)
		conn, err := net.Dial("tcp", g.tcp)
		must(t, err)
		p := script.OwnPeer(t, conn)
		connect(p)
		time.Sleep(60 * time.Millisecond)
		p.Write("SEND\ndestination:/a\n\n\x00" + begun)
		var wg sync.WaitGroup
		wg.Go(func() {
			for {
				if _, err := io.WriteString(conn, "x"); err != nil {
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
		if f := p.Expect(frame.ERROR); !strings.Contains(f.Headers.Value(headers.Message), "a frame has taken longer than 50ms (-frame-timeout)") {
			t.Errorf("got %v", f)
		}
		p.Close()
		wg.Wait()
		g.gone()
		if n := count(g.metrics.ended, "frame_timeout"); n != 1 {
			t.Errorf("%v sessions ended by a frame timeout", n)
		}
	}
}

// A client that does not read while data waits for it is disconnected.
func TestWriteTimeout(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Expect(frame.SUBSCRIBE)
		p.Flood(1000, script.Patience, func(int) *frame.Frame {
			return &frame.Frame{Command: frame.MESSAGE, Body: make([]byte, 1<<20), Headers: headers.Pairs(
				headers.Subscription, "0", headers.MessageID, "1", headers.Destination, "/a")}
		})
	})
	g := start(t, func(c *Config) { c.WriteTimeout = 50 * time.Millisecond }, broker)
	p := g.dialTCP()
	connect(p)
	p.Say(frame.SUBSCRIBE, "", headers.ID, "0", headers.Destination, "/a")
	g.gone()
	if n := count(g.metrics.ended, "write_timeout"); n != 1 {
		t.Errorf("%v sessions ended by a write timeout", n)
	}
}

// A slowConn takes a while to return a byte.
type slowConn struct {
	transport.Conn
	input string
}

func (c *slowConn) SetReadDeadline(time.Time) error { return nil }

func (c *slowConn) Read(b []byte) (int, error) {
	time.Sleep(5 * time.Millisecond)
	if c.input == "" {
		return 0, io.EOF
	}
	n := copy(b[:1], c.input)
	c.input = c.input[n:]
	return n, nil
}

// Only the time in which the relay waits for more of a frame counts, not the
// time in which the other side does not accept data.
func TestFrameTimeIsThatOfReading(t *testing.T) {
	s := &stream{leg: newLeg(&slowConn{input: "SEND\nSEND\n"}, false, 0), parser: parser.New(parser.Options{Version: frame.V12}), frameTimeout: time.Hour}
	var reading time.Duration
	for i := range len("SEND\n") {
		start := time.Now()
		if err := s.fill(); err != nil {
			t.Fatal(err)
		}
		if i > 0 { // inside the frame
			reading += time.Since(start)
		}
		if _, _, err := s.parser.Next(s.rest); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // the other side is slow
	}
	if taken := s.frameTimeout - s.left; taken > reading || taken < 4*5*time.Millisecond {
		t.Errorf("the frame has taken %v of its time, reading took %v", taken, reading)
	}
}
