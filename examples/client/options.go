package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// Options configure a client. The zero Options suit a broker without login.
type Options struct {
	// Login and Passcode are sent in CONNECT. If both are empty, those of the
	// URL are used.
	Login, Passcode string
	// Credentials, if not nil, is called before each attempt to connect and takes
	// the place of Login and Passcode, for tokens that expire. If it returns an
	// error the attempt has failed.
	Credentials func(context.Context) (login, passcode string, err error)
	// Alternatives are more URLs of the same broker. An attempt to connect tries
	// all URLs in turn, and begins with the one after that of the last connection.
	Alternatives []string
	// Host is the virtual host. Default: the host name of the URL. RabbitMQ
	// wants "/".
	Host string
	// Headers are additional headers of CONNECT, such as client-id.
	Headers headers.List
	// Versions that the client accepts. Default: all.
	Versions frame.Versions
	// HeartBeat is what the client offers to send and would like to receive.
	// A zero interval means 10 seconds, a negative one none.
	HeartBeat headers.HeartBeats
	// TLS is for tls:// and wss://. Default: the roots of the system, and the
	// host name of the URL.
	TLS *tls.Config
	// HTTPHeader is sent with the handshake of a WebSocket.
	HTTPHeader http.Header
	// Binary sends every WebSocket message as a binary message. By default
	// UTF-8 is sent as text, because some brokers do not read binary messages.
	Binary bool
	// ContentLength says whether a SEND with a body has a content-length.
	// Default: it does. ActiveMQ makes text messages of bodies without one;
	// such bodies must not contain NUL.
	ContentLength encoder.Length
	// Limits and Allow apply to what the server sends. Default: the limits of
	// package parser, and no leniency.
	Limits parser.Limits
	Allow  parser.Allow
	// ReadAhead is how many bytes the client reads from a WebSocket while the
	// buffer of a subscription is full, to find and answer pings behind them.
	// Default: 1 MiB.
	ReadAhead int
	// ConnectTimeout bounds each attempt to connect to a URL, up to CONNECTED,
	// and the time that Close waits. Default: 10 seconds.
	ConnectTimeout time.Duration
	// WriteTimeout is how long a write may make no progress at all before the
	// connection counts as lost. A peer that reads slowly but steadily never
	// exceeds it. Default: 1 minute.
	WriteTimeout time.Duration
	// Reconnect says how the client connects again after losing its connection.
	// If nil, it does not.
	Reconnect *Backoff
	// ReplyTo is where Request has replies sent. Default: /temp-queue/replies, a
	// temporary queue of RabbitMQ and ActiveMQ. For other brokers name a queue that
	// nobody else subscribes to; the client subscribes to it before the first request.
	ReplyTo string
	// UnhandledMessage, if not nil, is called with each MESSAGE that belongs to
	// no subscription and no request, such as a reply that comes too late. Such a
	// message cannot be acknowledged. The function is called by the goroutine
	// that reads the connection, and must not wait for the client.
	// Default: such messages are dropped.
	UnhandledMessage func(*Message)
	// Logger receives connections lost and made, and rules that the server
	// breaks. Default: nothing is logged.
	Logger *slog.Logger
}

const (
	defaultHeartBeat      = 10 * time.Second
	defaultConnectTimeout = 10 * time.Second
	defaultWriteTimeout   = time.Minute
	defaultReadAhead      = 1 << 20
	defaultReplyTo        = tempQueue + "replies"
)

// positive returns n, or the default if n is not positive.
func positive[T int | time.Duration](n, byDefault T) T {
	return cmp.Or(max(n, 0), byDefault)
}

// withDefaults returns the options with the defaults filled in.
func (o Options) withDefaults() Options {
	o.Versions = cmp.Or(o.Versions, frame.AllVersions)
	for _, d := range []*time.Duration{&o.HeartBeat.Send, &o.HeartBeat.Receive} {
		switch {
		case *d == 0:
			*d = defaultHeartBeat
		case *d < 0:
			*d = 0
		}
	}
	o.ReplyTo = cmp.Or(o.ReplyTo, defaultReplyTo)
	o.ReadAhead = positive(o.ReadAhead, defaultReadAhead)
	o.ConnectTimeout = positive(o.ConnectTimeout, defaultConnectTimeout)
	o.WriteTimeout = positive(o.WriteTimeout, defaultWriteTimeout)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
