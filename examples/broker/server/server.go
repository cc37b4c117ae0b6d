// Package server is a STOMP broker that keeps everything in memory. It shows
// how a broker is built on packages parser, encoder and validate: they know the
// protocol, this package knows connections and destinations.
//
//   - destination.go: what destinations there are, publish and subscribe
//   - queue.go: queues, acknowledgement, redelivery
//   - transaction.go: BEGIN, COMMIT, ABORT
//   - message.go: a message, encoded once for all who get it
//   - commands.go: what each frame of a client does
//   - connection.go: reading, the bounded queue of what is to be written, time
//   - transport.go: TCP and WebSocket
//
// # Locks
//
// Server.mu guards everything that frames change: destinations, sessions,
// subscriptions. A frame is handled from beginning to end under it, so that
// all clients see one order. No one waits for a peer while holding it: what is
// to be sent goes into the queue of the connection, which has a lock of its
// own, taken after Server.mu where both are needed.
package server

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A Config says how a Server behaves. A zero field means the default.
type Config struct {
	// Logins are passcodes by login; when there are none, any login is
	// accepted, and so is a client without one.
	Logins map[string]string
	// Origins are hosts, or patterns of them such as *.example.org, from whose
	// pages browsers may open a WebSocket. The host that serves the WebSocket
	// is always among them, where it is an address, localhost, or in the list.
	Origins []string
	// Limits of frames once a client is logged in; until then they are
	// parser.LimitsBeforeLogin.
	Limits parser.Limits
	// Session limits what one client may have open.
	Session validate.SessionLimits

	Connections   int // at a time; default 16384
	Outgoing      int // octets that wait for one connection, and one frame more; default 16 MiB
	Prefetch      int // messages of a queue that one subscription may leave unacknowledged; default 100
	QueueMessages int // messages in one queue, the unacknowledged ones counted; default 10000
	QueueOctets   int // octets of all messages in all queues and open transactions; default 256 MiB
	Deliveries    int // deliveries of one message that end in NACK; default 5

	// HeartBeat is the shortest interval that the server offers, and asks
	// for; default 1 s, none when negative.
	HeartBeat time.Duration
	// ConnectTimeout is how long a client may take to connect and log in;
	// default 10 s.
	ConnectTimeout time.Duration
	// CloseTimeout is how long a client may take to read what was sent before
	// the connection is closed; default 5 s.
	CloseTimeout time.Duration

	// Log gets connections that come and go at level Debug, those that end in
	// ERROR at level Info. Default: nothing is logged.
	Log *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Connections = cmp.Or(c.Connections, 16384)
	c.Outgoing = cmp.Or(c.Outgoing, 16<<20)
	c.Prefetch = cmp.Or(c.Prefetch, 100)
	c.QueueMessages = cmp.Or(c.QueueMessages, 10_000)
	c.QueueOctets = cmp.Or(c.QueueOctets, 256<<20)
	c.Deliveries = cmp.Or(c.Deliveries, 5)
	c.HeartBeat = max(cmp.Or(c.HeartBeat, time.Second), 0)
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, 10*time.Second)
	c.CloseTimeout = cmp.Or(c.CloseTimeout, 5*time.Second)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	return c
}

// A Server is a broker. It is an http.Handler too: the end of a WebSocket.
type Server struct {
	config Config

	mu          sync.Mutex
	stopping    bool
	listeners   []net.Listener
	connections map[*connection]bool
	topics      map[string][]*subscription // and user destinations
	queues      map[string]*queue
	stored      int         // octets of messages in queues and transactions
	deliveries  uint64      // so far; each has a number, its message-id
	sessions    uint64      // so far; each has a number, too
	delivery    frame.Frame // the head of a MESSAGE, used again and again

	running sync.WaitGroup // a count for each goroutine that a connection has
}

// New returns a server that listens nowhere yet.
func New(c Config) *Server {
	return &Server{
		config:      c.withDefaults(),
		connections: map[*connection]bool{},
		topics:      map[string][]*subscription{},
		queues:      map[string]*queue{},
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
			s.start(tcp{c.(*net.TCPConn)}, c.RemoteAddr().String(), frame.AllVersions)
		case errors.Is(err, net.ErrClosed):
			return ErrStopped
		default: // too many open files, or a peer that has left already
			s.config.Log.Warn("cannot accept a connection", "error", err)
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// maxRefused is how many connections beyond the limit may be told that they are,
// at a time. Others are closed at once.
const maxRefused = 64

// start begins to serve a connection, in a goroutine of its own.
func (s *Server) start(t transport, peer string, versions frame.Versions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	excess := len(s.connections) - s.config.Connections
	if s.stopping || excess >= maxRefused {
		t.Close()
		return
	}
	c := newConnection(s, t, peer, versions)
	s.connections[c] = true
	s.running.Add(1)
	go c.serve()
	if excess >= 0 {
		c.fail(errTooMany, frame.Head{})
	}
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
		go c.transport.Close()
	}
	s.mu.Unlock()
	<-gone
	return ctx.Err()
}
