package client

import (
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// Options say how a client connects. The zero Options are right for a broker
// without login.
type Options struct {
	// Login and Passcode are sent in CONNECT. When both are empty, those in
	// the URL are taken.
	Login, Passcode string
	// Host is the virtual host. Default: the host name of the URL. RabbitMQ
	// wants "/".
	Host string
	// Headers are more headers of CONNECT, such as client-id.
	Headers headers.List
	// Versions that the client accepts. Default: all.
	Versions frame.Versions
	// HeartBeat is what the client offers to send and would like to receive.
	// Zero is the default of 10 seconds, a negative interval is none.
	HeartBeat headers.HeartBeats
	// TLS is for tls:// and wss://. Default: the roots of the system, and the
	// host name of the URL.
	TLS *tls.Config
	// HTTPHeader is sent with the handshake of a WebSocket.
	HTTPHeader http.Header
	// Binary sends all WebSocket messages as binary ones. By default what is
	// UTF-8 goes as text, since not all brokers read binary messages.
	Binary bool
	// Limits and Allow are for what the server sends. Default: the limits of
	// package parser, and no leniency.
	Limits parser.Limits
	Allow  parser.Allow
	// ConnectTimeout bounds each attempt to connect, from the dialling to
	// CONNECTED, and how long Close waits. Default: 10 seconds.
	ConnectTimeout time.Duration
	// WriteTimeout is how long the server may read nothing while there is
	// something to be written, until the connection counts as lost. Default: 1
	// minute.
	WriteTimeout time.Duration
	// Reconnect says how the client connects again when a connection is lost.
	// nil is not at all.
	Reconnect *Backoff
	// Logger is told of connections lost and made, and of rules that the server
	// breaks. Default: nobody is.
	Logger *slog.Logger
}

const (
	defaultHeartBeat      = 10 * time.Second
	defaultConnectTimeout = 10 * time.Second
	defaultWriteTimeout   = time.Minute
)

// withDefaults returns the options with the defaults filled in.
func (o Options) withDefaults() Options {
	if o.Versions == 0 {
		o.Versions = frame.AllVersions
	}
	for _, d := range []*time.Duration{&o.HeartBeat.Send, &o.HeartBeat.Receive} {
		switch {
		case *d == 0:
			*d = defaultHeartBeat
		case *d < 0:
			*d = 0
		}
	}
	if o.ConnectTimeout <= 0 {
		o.ConnectTimeout = defaultConnectTimeout
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = defaultWriteTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// A Backoff says how long to wait before each attempt to connect again: Min
// before the first, twice as long before each further one, Max at most. Of that
// a random part between half and all is waited, so that many clients that lost
// the same broker do not come back at once.
type Backoff struct {
	Min, Max time.Duration // defaults: 1 second, 30 seconds
	Attempts int           // in a row, until the client gives up; 0 is never
}

// wait returns how long to wait before an attempt, the first being 0.
func (b Backoff) wait(attempt int) time.Duration {
	lowest, highest := b.Min, b.Max
	if lowest <= 0 {
		lowest = time.Second
	}
	if highest <= 0 {
		highest = 30 * time.Second
	}
	d := lowest
	for i := 0; i < attempt && d < highest; i++ {
		d *= 2
	}
	d = max(min(d, highest), 2)
	return d/2 + rand.N(d/2)
}
