package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/encoder"
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
	BrokerHost     string // in place of the client's; "": the client's goes on
	Users          Users  // whom the relay lets in
	Path           string // of the WebSocket
	Origins        []string

	Limits         parser.Limits          // of what clients send after the login; before it is parser.LimitsBeforeLogin
	Allow          parser.Allow           // of what both sides send
	Session        validate.SessionLimits // of a client
	HeartBeat      headers.HeartBeats     // what the relay offers and wants, on each leg
	MaxConnections int64
	LoginTimeout   time.Duration // until CONNECT is there
	BrokerTimeout  time.Duration // for a broker to be reached, and for it to answer CONNECT
	WriteTimeout   time.Duration // how long a peer may read nothing
	Drain          time.Duration // how long clients may stay when the relay stops
}

// A Relay stands between clients and brokers. It has no state but that of its
// open connections.
type Relay struct {
	config  Config
	log     *slog.Logger
	metrics *metrics
	brokers *brokers
	open    atomic.Int64 // connections

	stop     context.CancelFunc // ends the sessions
	stopping context.Context
	sessions sync.WaitGroup
}

// NewRelay returns a relay, which does nothing before one of its methods is
// called.
func NewRelay(c Config, log *slog.Logger) *Relay {
	r := &Relay{config: c, log: log, metrics: newMetrics()}
	r.brokers = &brokers{addresses: c.Brokers, timeout: c.BrokerTimeout, failed: func(address string) {
		r.metrics.brokerDown.WithLabelValues(address).Inc()
	}}
	for _, address := range c.Brokers {
		r.metrics.brokerDown.WithLabelValues(address) // 0, so that it can be seen
	}
	r.stopping, r.stop = context.WithCancel(context.Background())
	return r
}

// enter counts a client in, if there is room.
func (r *Relay) enter(kind string) bool {
	if r.open.Add(1) > r.config.MaxConnections || r.stopping.Err() != nil {
		r.open.Add(-1)
		r.metrics.refused.WithLabelValues("max_connections").Inc()
		return false
	}
	r.sessions.Add(1)
	r.metrics.accepted.WithLabelValues(kind).Inc()
	r.metrics.connections.WithLabelValues(kind).Inc()
	return true
}

func (r *Relay) leave(kind string) {
	r.metrics.connections.WithLabelValues(kind).Dec()
	r.open.Add(-1)
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
		if !r.enter("tcp") {
			r.turnAway(c)
			continue
		}
		go func() {
			defer r.leave("tcp")
			r.serve(r.stopping, transport.FromNet(c), false, r.log.With("client", c.RemoteAddr().String()))
		}()
	}
}

// turnAway tells a client that there is no room. It must not wait for it.
func (r *Relay) turnAway(c net.Conn) {
	octets, err := encoder.AppendFrame(nil, refuse("too many connections").frame, frame.Unnegotiated, encoder.Options{})
	if err == nil {
		c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		c.Write(octets)
	}
	c.Close()
}

// ServeHTTP serves clients over WebSocket, as an HTTP handler.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path != r.config.Path {
		http.NotFound(w, req)
		return
	}
	if !r.enter("ws") {
		http.Error(w, "too many connections", http.StatusServiceUnavailable)
		return
	}
	defer r.leave("ws")
	c, err := websocket.Accept(w, req, &websocket.AcceptOptions{
		Subprotocols:   frame.AllVersions.Subprotocols(),
		OriginPatterns: r.config.Origins,
	})
	if err != nil {
		r.log.Info("no WebSocket", "client", req.RemoteAddr, "err", err)
		return
	}
	r.serve(r.stopping, transport.FromWebSocket(c, false), true, r.log.With("client", req.RemoteAddr))
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
	case <-time.After(r.config.Drain):
	}
	r.stop()
	<-gone
}
