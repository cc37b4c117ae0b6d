package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/memory"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// Config configures a relay. All numbers and times must be set; the flags in
// main.go have defaults.
type Config struct {
	Brokers        []string // host:port of equivalent brokers
	BrokerLogin    string   // with BrokerPasscode, replaces the client's login; if both are "", the client's is forwarded
	BrokerPasscode string
	BrokerHost     string      // replaces the client's host, unless ""
	Users          login.Users // that may log in to the relay
	Path           string      // of the WebSocket
	Origins        []string    // hosts of web pages that may use the WebSocket, see transport.Accept

	Limits         parser.Limits          // for clients after the login; before it, parser.LimitsBeforeLogin applies
	BrokerLimits   parser.Limits          // for brokers after CONNECTED; for 0 see withRoom
	Allow          parser.Allow           // for both sides
	Tolerate       []validate.Rule        // that clients may break
	Session        validate.SessionLimits // of a client
	HeartBeat      headers.HeartBeats     // what the relay offers and asks for, on each leg
	MaxConnections int64
	Memory         int64         // bytes for everything that clients make the relay hold
	FrameTimeout   time.Duration // for a client to send one frame
	ConnectTimeout time.Duration // until CONNECT has arrived
	BrokerTimeout  time.Duration // to connect to a broker, and for its answer to CONNECT
	WriteTimeout   time.Duration // for a peer to read nothing while data waits for it
	StopTimeout    time.Duration // for clients to leave when the relay stops
}

// Least limits for brokers, which may be higher than those for clients.
const (
	brokerHeaderLine = 64 << 10
	brokerHeaders    = 1024
	brokerHead       = 256 << 10
)

// withRoom returns the limits for a broker, with defaults for zero fields. They
// are high enough for whatever clients may send, with added headers and
// escapes. Bodies have no limit, since the relay does not hold them.
func withRoom(broker, client parser.Limits) parser.Limits {
	grown := func(client, least int) int { return max(2*client+1024, least) }
	broker.HeaderLine = cmp.Or(broker.HeaderLine, grown(client.HeaderLine, brokerHeaderLine))
	broker.Headers = cmp.Or(broker.Headers, grown(client.Headers, brokerHeaders))
	broker.Head = cmp.Or(broker.Head, grown(client.Head, brokerHead))
	broker.Body = cmp.Or(broker.Body, parser.Unlimited)
	return broker
}

// A Relay connects clients to brokers. Its only state is that of its open
// connections.
type Relay struct {
	config  Config
	log     *slog.Logger
	metrics *metrics
	brokers *brokers
	guard   login.Guard
	account memory.Account
	open    atomic.Int64 // connections

	stop     context.CancelFunc // ends all sessions
	stopping context.Context
	sessions sync.WaitGroup
}

// NewRelay returns a relay that is not serving yet.
func NewRelay(c Config, log *slog.Logger) *Relay {
	c.BrokerLimits = withRoom(c.BrokerLimits, c.Limits)
	c.Session.HashSeed = rand.Uint64() // so that clients cannot choose identifiers that collide
	r := &Relay{config: c, log: log, metrics: newMetrics()}
	r.account.SetMax(c.Memory)
	r.brokers = &brokers{addresses: c.Brokers, timeout: c.BrokerTimeout, failed: func(address string) {
		r.metrics.brokerDown.WithLabelValues(address).Inc()
	}}
	for _, address := range c.Brokers {
		r.metrics.brokerDown.WithLabelValues(address) // shows a count of 0
	}
	for _, reason := range []string{"max_connections", "max_memory", "login", "no_broker"} {
		r.metrics.refused.WithLabelValues(reason)
	}
	for _, reason := range []string{"max_memory", "frame_timeout", "write_timeout", "heart_beat"} {
		r.metrics.ended.WithLabelValues(reason)
	}
	r.stopping, r.stop = context.WithCancel(context.Background())
	return r
}

// enter counts a new client, or returns why there is no room.
func (r *Relay) enter(kind string) (refused string) {
	reason := ""
	if r.open.Add(1) > r.config.MaxConnections || r.stopping.Err() != nil {
		reason, refused = "max_connections", "too many connections (-max-connections)"
	} else if !r.account.Open(costSession) {
		reason, refused = "max_memory", memoryRefused
	}
	if refused != "" {
		r.open.Add(-1)
		r.metrics.refused.WithLabelValues(reason).Inc()
		return refused
	}
	r.sessions.Add(1)
	r.metrics.accepted.WithLabelValues(kind).Inc()
	r.metrics.connections.WithLabelValues(kind).Inc()
	return ""
}

func (r *Relay) leave(kind string) {
	r.metrics.connections.WithLabelValues(kind).Dec()
	r.open.Add(-1)
	r.account.Add(-costSession)
	r.sessions.Done()
}

// ServeTCP serves clients over TCP until the listener is closed.
func (r *Relay) ServeTCP(l net.Listener) {
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // such as too many open files, which may pass
			r.log.Warn("accept", "err", err)
			select {
			case <-time.After(100 * time.Millisecond):
				continue
			case <-r.stopping.Done():
				return
			}
		}
		if refused := r.enter("tcp"); refused != "" {
			r.turnAway(c, refused)
			continue
		}
		go func() {
			defer r.leave("tcp")
			r.serve(r.stopping, transport.FromNet(c), false, c.RemoteAddr().String())
		}()
	}
}

// turnAway sends ERROR to a client for which there is no room. It does not wait
// for the client.
func (r *Relay) turnAway(c net.Conn, why string) {
	b, err := encoder.AppendFrame(nil, refuseNow(why).frame, frame.Unnegotiated, encoder.Options{})
	if err == nil {
		c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		c.Write(b)
	}
	c.Close()
}

// ServeHTTP serves WebSocket clients.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path != r.config.Path {
		http.NotFound(w, req)
		return
	}
	if refused := r.enter("ws"); refused != "" {
		http.Error(w, refused, http.StatusServiceUnavailable)
		return
	}
	defer r.leave("ws")
	if ws, _ := transport.Accept(w, req, r.config.Origins, r.log); ws != nil {
		r.serve(r.stopping, ws, true, req.RemoteAddr)
	}
}

// Shutdown gives clients time to leave, then ends their sessions. Close the
// listeners first.
func (r *Relay) Shutdown() {
	gone := make(chan struct{})
	go func() {
		r.sessions.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-time.After(r.config.StopTimeout):
	}
	r.stop()
	<-gone
}
