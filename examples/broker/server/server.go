// Package server is a STOMP broker that keeps everything in memory. It shows
// how a broker is built on packages parser, encoder and validate: they know the
// protocol, this package knows connections and destinations.
//
//   - connection.go: reading, writing, time
//   - commands.go: what each frame of a client does
//   - destination.go: topics and user destinations
//   - rights.go: who may use which destination
//   - queue.go: queues, acknowledgement, redelivery, dead letters
//   - transaction.go: BEGIN, COMMIT, ABORT
//   - message.go: a message, encoded once for all who get it
//   - cost.go: the account of what clients make the broker hold
//   - stats.go: what the broker counts
//
// # Locks
//
// Server.mu guards everything that frames change: destinations, sessions,
// subscriptions. A frame is handled under it. Work on many subscriptions pauses
// every so often (see pause), so nobody waits for long; all subscribers of a
// destination see one order all the same. No one waits for a peer while holding
// it: what is to be sent goes into the outbox of the connection. The locks of a
// connection and its outbox are taken after Server.mu where both are needed.
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

// A Config says how a Server behaves. A zero field means the default.
type Config struct {
	Logins  map[string]string      // passcodes by login; without, anybody may log in
	Rights  *Rights                // of logins to destinations; without, everybody may use all of them
	Origins []string               // hosts of pages that may use the WebSocket, see transport.Accept
	Limits  parser.Limits          // of frames after the login; before it parser.LimitsBeforeLogin
	Session validate.SessionLimits // what one client may have open

	Memory        int64 // bytes of all that clients make the broker hold; default 1 GiB
	Connections   int   // at a time; default 16384
	Outgoing      int   // bytes that wait for one connection, and one frame more; default 16 MiB
	Prefetch      int   // messages of a queue that one subscription may leave unacknowledged; default 100
	QueueMessages int   // messages in one queue, the unacknowledged ones counted; default 10000
	Deliveries    int   // of one message that may fail before it is a dead letter; default 5

	HeartBeat      time.Duration // shortest interval that the server offers and asks for; default 1 s, none when negative
	ConnectTimeout time.Duration // for a client to connect and log in; default 10 s
	FrameTimeout   time.Duration // for a client to send one frame; default 1 min
	WriteTimeout   time.Duration // how long a client may read nothing while something waits for it; default 30 s
	CloseTimeout   time.Duration // for a client to read what was sent before the connection is closed; default 5 s

	Log *slog.Logger // of connections that come and go at level Debug, those that end in ERROR at Info; default none
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
	// These are needed as numbers here.
	c.Session.ID = cmp.Or(c.Session.ID, validate.DefaultID)
	c.Session.Unacknowledged = cmp.Or(c.Session.Unacknowledged, validate.DefaultUnacknowledged)
	c.Session.HashSeed = cmp.Or(c.Session.HashSeed, rand.Uint64()) // so that nobody can choose identifiers that collide
	return c
}

// A Server is a broker. It is an http.Handler too: the end of a WebSocket.
type Server struct {
	config  Config
	guard   login.Guard
	account memory.Account

	leaving sync.Mutex // one at a time, so that those who stay find the processors free; taken before mu

	mu          sync.Mutex
	work        int // steps so far, see pause
	stopping    bool
	listeners   []net.Listener
	connections map[*connection]bool
	refused     int                  // of the connections: those beyond a limit, which are told so
	topics      memory.Table[*topic] // and user destinations
	queues      memory.Table[*queue]
	deliveries  uint64      // so far; each has a number, its message-id
	delivery    frame.Frame // the head of a MESSAGE, used again and again
	stats       Stats

	bytesIn, bytesOut atomic.Int64

	running sync.WaitGroup // a count for each goroutine that a connection has
}

// New returns a server that listens nowhere yet.
func New(c Config) *Server {
	s := &Server{config: c.withDefaults(), connections: map[*connection]bool{}, stats: newStats()}
	s.account.SetMax(s.config.Memory)
	return s
}

// turn is how many steps of work are done before others get their turn.
const turn = 64

// pause counts a step of work that may be one of many, and lets others have
// Server.mu every so often. All that it guards may have changed then. The caller
// has nothing half done.
func (s *Server) pause() {
	if s.work++; s.work%turn == 0 {
		s.mu.Unlock()
		s.mu.Lock()
	}
}

// ErrStopped is the error of ServeTCP when its listener is closed.
var ErrStopped = errors.New("the broker has stopped")

// ServeTCP accepts connections from a listener until that is closed, by
// Shutdown or by somebody else.
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
		default: // too many open files, or a peer that has left already
			s.config.Log.Warn("cannot accept a connection", "error", err)
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// ServeHTTP is the end of a WebSocket.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if ws, versions := transport.Accept(w, r, s.config.Origins, s.config.Log); ws != nil {
		s.start(ws, r.RemoteAddr, versions)
	}
}

// maxRefused is how many connections beyond a limit may be told that they are,
// at a time. Others are closed at once.
const maxRefused = 64

// start begins to serve a connection, in a goroutine of its own.
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

// Shutdown stops listening, says ERROR to all clients, and waits until they
// have left. When the context ends before that, it hangs up on them and returns
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
