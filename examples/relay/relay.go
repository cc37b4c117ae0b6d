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

// Config is what a relay needs to know. All fields of numbers and times are to
// be set; main's flags have defaults for them.
type Config struct {
	Brokers        []string // host:port, as good as each other
	BrokerLogin    string   // with BrokerPasscode, in place of the client's; both "": the client's goes on
	BrokerPasscode string
	BrokerHost     string      // in place of the client's; "": the client's goes on
	Users          login.Users // whom the relay lets in
	Path           string      // of the WebSocket
	Origins        []string    // hosts of pages that may use it, see transport.Accept

	Limits         parser.Limits          // of what clients send after the login; before it is parser.LimitsBeforeLogin
	BrokerLimits   parser.Limits          // of what the broker sends after CONNECTED; 0: see withRoom
	Allow          parser.Allow           // of what both sides send
	Tolerate       []validate.Rule        // that clients may break
	Session        validate.SessionLimits // of a client
	HeartBeat      headers.HeartBeats     // what the relay offers and wants, on each leg
	MaxConnections int64
	Memory         int64         // bytes of all that clients make the relay hold
	FrameTimeout   time.Duration // for a client to send one frame
	ConnectTimeout time.Duration // until CONNECT is there
	BrokerTimeout  time.Duration // for a broker to be reached, and for it to answer CONNECT
	WriteTimeout   time.Duration // how long a peer may read nothing
	StopTimeout    time.Duration // how long clients may stay when the relay stops
}

// Limits of what brokers send, which they may set higher than clients do.
const (
	brokerHeaderLine = 64 << 10
	brokerHeaders    = 1024
	brokerHead       = 256 << 10
)

// withRoom returns limits of what the broker sends where they are zero: such that
// all comes back that clients may send, with the headers that brokers add, and
// escaped. Bodies are passed on as they come, so their size costs nothing.
func withRoom(broker, client parser.Limits) parser.Limits {
	grown := func(client, least int) int { return max(2*client+1024, least) }
	broker.HeaderLine = cmp.Or(broker.HeaderLine, grown(client.HeaderLine, brokerHeaderLine))
	broker.Headers = cmp.Or(broker.Headers, grown(client.Headers, brokerHeaders))
	broker.Head = cmp.Or(broker.Head, grown(client.Head, brokerHead))
	broker.Body = cmp.Or(broker.Body, parser.Unlimited)
	return broker
}

// A Relay stands between clients and brokers. It has no state but that of its
// open connections.
type Relay struct {
	config  Config
	log     *slog.Logger
	metrics *metrics
	brokers *brokers
	guard   login.Guard
	account memory.Account
	open    atomic.Int64 // connections

	stop     context.CancelFunc // ends the sessions
	stopping context.Context
	sessions sync.WaitGroup
}

// NewRelay returns a relay, which does nothing before one of its methods is
// called.
func NewRelay(c Config, log *slog.Logger) *Relay {
	c.BrokerLimits = withRoom(c.BrokerLimits, c.Limits)
	c.Session.HashSeed = rand.Uint64() // so that nobody can choose identifiers that collide
	r := &Relay{config: c, log: log, metrics: newMetrics()}
	r.account.SetMax(c.Memory)
	r.brokers = &brokers{addresses: c.Brokers, timeout: c.BrokerTimeout, failed: func(address string) {
		r.metrics.brokerDown.WithLabelValues(address).Inc()
	}}
	for _, address := range c.Brokers {
		r.metrics.brokerDown.WithLabelValues(address) // 0, so that it can be seen
	}
	r.stopping, r.stop = context.WithCancel(context.Background())
	return r
}

// enter counts a client in, or returns why there is no room.
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
		if err != nil { // such as too many open files: clients may leave
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

// turnAway tells a client that there is no room. It must not wait for it.
func (r *Relay) turnAway(c net.Conn, why string) {
	b, err := encoder.AppendFrame(nil, refuse(why, frame.Head{}).frame, frame.Unnegotiated, encoder.Options{})
	if err == nil {
		c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		c.Write(b)
	}
	c.Close()
}

// ServeHTTP serves clients over WebSocket, as an HTTP handler.
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

// Shutdown lets clients leave for a while, and then ends their sessions. The
// listeners are to be closed before.
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
