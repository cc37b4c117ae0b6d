package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A link is one connection, from CONNECTED to its end. Two goroutines serve it:
// one reads, one writes.
type link struct {
	transport transport.Conn
	target    target
	options   *Options
	ahead     *readAhead // reads the transport if that is a WebSocket, else nil
	version   frame.Version
	server    string        // header of CONNECTED
	beat      time.Duration // longest time between writes; 0 for no bound
	silence   time.Duration // longest time between reads; 0 for no bound
	queue     chan *outgoing
	leaving   chan struct{} // closed when messages are no longer wanted

	reader   *parser.Reader // of the link's own Read
	recorder recorder

	once    sync.Once
	dead    chan struct{} // closed when the link has ended
	err     error         // the reason; valid when dead is closed
	removed chan struct{} // closed when the client no longer has the link
	both    sync.WaitGroup

	mu       sync.Mutex // guards the next two fields
	session  *validate.Session
	receipts map[string]chan error

	asked atomic.Uint64 // how many receipts were asked for

	// The subscription to Options.ReplyTo.
	replies struct {
		once  sync.Once
		ready chan struct{} // closed when it has been sent, or need not be
		err   error         // why it could not be sent; valid when ready is closed
	}
}

// connect opens a connection and agrees on a version. Both ctx and
// Options.ConnectTimeout bound it.
func connect(ctx context.Context, t target, o *Options) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, o.ConnectTimeout)
	defer cancel()
	if o.Credentials != nil {
		var err error
		if t.login, t.passcode, err = o.Credentials(ctx); err != nil {
			return nil, fmt.Errorf("credentials: %w", err)
		}
	}
	tr, err := t.open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	l := &link{
		transport: tr,
		target:    t,
		options:   o,
		queue:     make(chan *outgoing, queueSize),
		leaving:   make(chan struct{}),
		dead:      make(chan struct{}),
		removed:   make(chan struct{}),
		session:   validate.NewSession(validate.SessionLimits{}),
		receipts:  map[string]chan error{},
	}
	l.replies.ready = make(chan struct{})
	if t.webSocket {
		l.ahead = newReadAhead(tr, o.ReadAhead)
	}
	stop := context.AfterFunc(ctx, func() { tr.Abort() })
	l.reader = parser.NewReader(l, parser.Options{Limits: o.Limits, Allow: o.Allow})
	err = l.handshake()
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		l.fail(err)
		l.wait()
		var e *ServerError
		if ctx.Err() != nil && !errors.As(err, &e) {
			err = context.Cause(ctx) // it says more than that the connection was closed
		}
		return nil, fmt.Errorf("connect: %w", err)
	}
	l.reader.SetVersion(l.version)
	return l, nil
}

// handshake sends CONNECT and reads CONNECTED.
func (l *link) handshake() error {
	o, t := l.options, l.target
	f := &frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs(
		headers.AcceptVersion, o.Versions.String(),
		headers.Host, t.host,
		headers.HeartBeat, o.HeartBeat.String(),
	)}
	if t.login != "" || t.passcode != "" {
		f.Headers.Add(headers.Login, t.login)
		f.Headers.Add(headers.Passcode, t.passcode)
	}
	f.Headers = append(f.Headers, o.Headers...)
	if must := l.step(validate.Client, f, 0); must != nil {
		return must
	}
	connect, err := encoder.AppendFrame(nil, f, frame.Unnegotiated, encoder.Options{})
	if err != nil {
		return err
	}
	_, unsent := l.transport.Write(connect) // a server that hangs up may have said why
	if f, err = l.reader.ReadFrame(); err != nil {
		err = l.explain(err)
		var e *ServerError
		switch {
		case errors.As(err, &e):
			e.Connecting = true
		case unsent != nil:
			err = unsent
		case err == io.EOF:
			err = errors.New("the server closed the connection instead of answering")
		}
		return err
	}
	if f.Command == frame.ERROR {
		e := newServerError(f, t.passcode)
		e.Connecting = true
		return e
	}
	if must := l.step(validate.Server, f, 0); must != nil {
		return must
	}
	version, ok := f.AgreedVersion()
	if !ok {
		return errors.New("CONNECTED has an unknown version")
	}
	l.version, l.server = version, f.Headers.Value(headers.Server)
	l.beat = l.session.HeartBeat(validate.Client)
	if d := l.session.HeartBeat(validate.Server); d > 0 {
		l.silence = transport.Silence(d)
	}
	return nil
}

// A receiver gets what the server sends.
type receiver interface {
	deliver(l *link, message *frame.Frame)
	// settle takes the outcome of a frame whose receipt no call waits for.
	settle(receipt string, err error)
}

// start starts the goroutines.
func (l *link) start(r receiver) {
	l.both.Add(2)
	go func() {
		defer l.both.Done()
		l.fail(l.read(r))
	}()
	go func() {
		defer l.both.Done()
		l.write()
	}()
}

// wait waits until the goroutines of a link that has ended have ended.
func (l *link) wait() {
	l.both.Wait()
	if l.ahead != nil {
		l.ahead.end()
	}
}

// fail ends the link, the first time it is called.
func (l *link) fail(err error) {
	l.once.Do(func() {
		l.err = err
		close(l.dead)
		if errors.Is(err, ErrClosed) {
			l.transport.Close()
		} else {
			l.transport.Abort()
		}
	})
}

// ended reports whether the link has ended.
func (l *link) ended() bool {
	select {
	case <-l.dead:
		return true
	default:
		return false
	}
}

// Read reads from the transport for the parser. Any byte is a sign of life
// (STOMP 1.2, "Heart-beating"). The server is not silent while the client itself
// does not read, because a buffer is full.
func (l *link) Read(b []byte) (n int, err error) {
	switch {
	case l.ended():
		return 0, net.ErrClosed
	case l.ahead != nil:
		n, err = l.ahead.read(b, l.silence)
	default:
		if l.silence > 0 {
			l.transport.SetReadDeadline(time.Now().Add(l.silence))
		}
		n, err = l.transport.Read(b)
	}
	if l.silence > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		err = &SilentError{After: l.silence}
	}
	start, inFrame := l.reader.FrameStart()
	l.recorder.read(b[:n], start, inFrame)
	return n, err
}

// explain returns a *ServerError if err says that an ERROR could not be parsed.
// Otherwise it returns err, with the option to raise if it is about a limit.
func (l *link) explain(err error) error {
	var broken *parser.Error
	if !errors.As(err, &broken) {
		return err
	}
	kept := l.recorder.from(broken.Frame)
	if broken.Command != frame.ERROR || kept == nil {
		return named(err)
	}
	return brokenServerError(kept, named(err), l.version, l.target.passcode)
}

// read reads frames until the connection ends.
func (l *link) read(r receiver) error {
	for f, err := range l.reader.Frames() {
		if err != nil {
			return l.explain(err)
		}
		overlook := validate.Rule(0)
		if l.options.UnhandledMessage != nil || f.Headers.Value(headers.Subscription) == l.options.ReplyTo {
			overlook = validate.MessageSubscriptionKnown
		}
		if must := l.step(validate.Server, f, overlook); must != nil {
			l.options.Logger.Warn("the server breaks a rule", "err", must)
		}
		switch f.Command {
		case frame.MESSAGE:
			r.deliver(l, f)
		case frame.RECEIPT:
			l.settle(r, f.Headers.Value(headers.ReceiptID), nil)
		case frame.ERROR:
			e := newServerError(f, l.target.passcode)
			if id, ok := f.Headers.Get(headers.ReceiptID); ok {
				l.settle(r, id, e)
			}
			return e
		}
	}
	return io.EOF
}

// step validates a frame and returns the MUST rules that it breaks, other than
// overlook. Frames beyond the limits of the session are not refused.
func (l *link) step(from validate.Role, f *frame.Frame, overlook validate.Rule) error {
	l.mu.Lock()
	err := l.session.StepFrame(from, f)
	l.mu.Unlock()
	var limit *validate.LimitError
	if errors.As(err, &limit) {
		err = limit.Violations
	}
	return validate.Enforce(err, overlook)
}
