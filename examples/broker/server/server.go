// Package server is an in-memory STOMP broker. It shows how to build a broker
// on packages parser, encoder and validate: they handle the protocol, and this
// package handles connections and destinations.
//
//   - connection.go: reading, writing, timeouts
//   - commands.go: the effect of each client frame
//   - destination.go: topics and user destinations
//   - rights.go: who may use which destination
//   - queue.go: queues, acknowledgment, redelivery, dead letters
//   - transaction.go: BEGIN, COMMIT, ABORT
//   - message.go: a message, encoded once for all receivers
//   - cost.go: the account of what clients make the broker hold
//   - stats.go: metrics
//
// # Locks
//
// Server.mu guards everything that frames change: destinations, sessions,
// subscriptions. Frames are handled while holding it. Work on many
// subscriptions gives it up from time to time (see pause), so that nobody waits
// for long. Still, all subscribers of a destination see the same order. Nobody
// waits for a peer while holding Server.mu: outgoing frames go into the
// connection's outbox. A goroutine that needs several locks takes Server.mu
// before those of a connection and its outbox.
package server

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

	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/memory"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A Config configures a Server. Zero fields have defaults.
type Config struct {
	Logins  map[string]string      // passcodes by login; if empty, anybody may log in
	Rights  *Rights                // if nil, every client may use every destination
	Origins []string               // hosts of web pages that may use the WebSocket, see transport.Accept
	Limits  parser.Limits          // after the login; before it, parser.LimitsBeforeLogin applies
	Session validate.SessionLimits // for each client

	Memory        int64 // bytes for everything that clients make the broker hold; default 1 GiB
	Connections   int   // limit at a time; default 16384
	Outgoing      int   // bytes that may wait for one connection, exceeded by at most one frame; default 16 MiB
	Prefetch      int   // unacknowledged messages of one subscription to a queue; default 100
	QueueMessages int   // messages in one queue, including unacknowledged ones; default 10000
	Deliveries    int   // failed deliveries after which a message becomes a dead letter; default 5

	HeartBeat      time.Duration // shortest interval to offer and to ask for; default 1 s; negative: none
	ConnectTimeout time.Duration // for a client to connect and log in; default 10 s
	FrameTimeout   time.Duration // for a client to send one frame; default 1 min
	WriteTimeout   time.Duration // for a client to read nothing while data waits for it; default 30 s
	CloseTimeout   time.Duration // for a client to read the last frames before the connection is closed; default 5 s

	Log *slog.Logger // logs connections at level Debug, and those that end in ERROR at Info; default none
}

func (c Config) withDefaults() Config {
	c.Memory = cmp.Or(c.Memory, 1<<30)
	c.Connections = cmp.Or(c.Connections, 16384)
	c.Outgoing = cmp.Or(c.Outgoing, 16<<20)
	c.Prefetch = cmp.Or(c.Prefetch, 100)
	c.QueueMessages = cmp.Or(c.QueueMessages, 10_000)
	c.Deliveries = cmp.Or(c.Deliveries, 5)
	c.HeartBeat = max(cmp.Or(c.HeartBeat, time.Second), 0)
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, 10*time.Second)
	c.FrameTimeout = cmp.Or(c.FrameTimeout, time.Minute)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 30*time.Second)
	c.CloseTimeout = cmp.Or(c.CloseTimeout, 5*time.Second)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	// This package needs the values of these defaults.
	c.Session.ID = cmp.Or(c.Session.ID, validate.DefaultID)
	c.Session.Unacknowledged = cmp.Or(c.Session.Unacknowledged, validate.DefaultUnacknowledged)
	c.Session.HashSeed = cmp.Or(c.Session.HashSeed, rand.Uint64()) // so that clients cannot choose identifiers that collide
	return c
}

// A Server is a broker. As an http.Handler, it serves WebSockets.
type Server struct {
	config  Config
	guard   login.Guard
	account memory.Account

	leaving sync.Mutex // connections leave one at a time, so that others get processor time; taken before mu

	mu          sync.Mutex
	work        int // number of steps, see pause
	stopping    bool
	listeners   []net.Listener
	connections map[*connection]bool
	refused     int                  // connections beyond a limit, which only get ERROR
	topics      memory.Table[*topic] // including user destinations
	queues      memory.Table[*queue]
	deliveries  uint64      // number of deliveries; the latest is the last message-id
	delivery    frame.Frame // the head of a MESSAGE, reused
	stats       Stats

	bytesIn, bytesOut atomic.Int64

	running sync.WaitGroup // counts the goroutines of connections
}

// New returns a server that is not listening yet.
func New(c Config) *Server {
	s := &Server{config: c.withDefaults(), connections: map[*connection]bool{}, stats: newStats()}
	s.account.SetMax(s.config.Memory)
	return s
}

// turn is the number of steps between two pauses.
const turn = 64

// pause counts a step of longer work, and releases Server.mu from time to time.
// Everything that it guards may have changed afterwards, so the state must be
// consistent when pause is called.
func (s *Server) pause() {
	if s.work++; s.work%turn == 0 {
		s.mu.Unlock()
		s.mu.Lock()
	}
}

// ErrStopped is the error of ServeTCP after its listener is closed.
var ErrStopped = errors.New("the broker has stopped")

// ServeTCP accepts connections until the listener is closed, by Shutdown or by
// somebody else.
func (s *Server) ServeTCP(l net.Listener) error {
	s.mu.Lock()
	s.listeners = append(s.listeners, l)
	if s.stopping {
		l.Close()
	}
	s.mu.Unlock()
	for {
		c, err := l.Accept()
		switch {
		case err == nil:
			s.start(transport.NewPeer(c), c.RemoteAddr().String(), frame.AllVersions)
		case errors.Is(err, net.ErrClosed):
			return ErrStopped
		default: // too many open files, or the peer has already left
			s.config.Log.Warn("cannot accept a connection", "error", err)
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// ServeHTTP accepts a WebSocket and serves it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if ws, versions := transport.Accept(w, r, s.config.Origins, s.config.Log); ws != nil {
		s.start(ws, r.RemoteAddr, versions)
	}
}

// maxRefused limits the connections that are only told that there are too many.
// Further connections are closed at once.
const maxRefused = 64

// start serves a connection in a new goroutine.
func (s *Server) start(p transport.Peer, address string, versions frame.Versions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	switch {
	case s.stopping:
		err = errStopping
	case len(s.connections)-s.refused >= s.config.Connections:
		err = errTooMany
	case !s.account.Open(costConnection):
		err = errNoMemory
	}
	if err != nil && (s.stopping || s.refused == maxRefused) {
		s.stats.Refused[reason(err)]++
		p.Abort()
		return
	}
	c := newConnection(s, p, address, versions)
	s.connections[c] = true
	s.running.Add(1)
	go c.serve()
	if err != nil {
		c.refused = true
		s.refused++
		s.account.Add(costConnection)
		c.fail(err, frame.Head{})
		return
	}
	s.stats.Connections[c.transport]++
	s.stats.OpenConnections[c.transport]++
}

// Shutdown stops listening, sends ERROR to all clients, and waits until they
// have left. If the context ends first, it closes their connections and returns
// the context's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	for _, l := range s.listeners {
		l.Close()
	}
	for c := range s.connections {
		c.fail(errStopping, frame.Head{})
		s.pause()
	}
	s.mu.Unlock()

	gone := make(chan struct{})
	go func() {
		s.running.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	for c := range s.connections {
		go c.peer.Abort()
	}
	s.mu.Unlock()
	<-gone
	return ctx.Err()
}
