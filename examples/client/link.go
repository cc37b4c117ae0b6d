package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
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
	options   *Options
	messages  bool // each write is a message of a WebSocket
	version   frame.Version
	beat      time.Duration // the client has to send something that often; 0: it has not
	silence   time.Duration // after which the server counts as gone; 0: never
	queue     chan *outgoing
	leaving   chan struct{} // closed when messages are no longer wanted

	once sync.Once
	dead chan struct{} // closed when the link has ended
	err  error         // why; to be read when dead is closed
	both sync.WaitGroup

	mu       sync.Mutex // for what follows
	session  *validate.Session
	receipts map[string]chan error
	asked    uint64 // how many receipts were asked for
}

// queueSize is how many frames may wait for the writer. More senders wait in
// front of the queue, so that it is no place where frames pile up.
const queueSize = 16

// outgoing is a frame on its way to the writer.
type outgoing struct {
	frame  *frame.Frame // without its body
	octets []byte       // all of it as it goes out
	state  atomic.Int32
	done   chan error // gets one value when the frame has been written, or refused
}

// States of an outgoing frame: it is either taken by the writer or abandoned by
// the sender.
const (
	waiting = iota
	taken
	abandoned
)

// connect opens a connection and agrees on a version. ctx and the time-out of
// the options bound all of it.
func connect(ctx context.Context, t target, o *Options) (*link, *parser.Reader, error) {
	ctx, cancel := context.WithTimeout(ctx, o.ConnectTimeout)
	defer cancel()
	tr, err := t.open(ctx, o)
	if err != nil {
		return nil, nil, fmt.Errorf("stomp client: connect: %w", err)
	}
	l := &link{
		transport: tr,
		options:   o,
		messages:  t.messages,
		queue:     make(chan *outgoing, queueSize),
		leaving:   make(chan struct{}),
		dead:      make(chan struct{}),
		session:   validate.NewSession(validate.SessionLimits{}),
		receipts:  map[string]chan error{},
	}
	stop := context.AfterFunc(ctx, func() { tr.Abort() })
	r := parser.NewReader(l, parser.Options{Limits: o.Limits, Allow: o.Allow})
	err = l.handshake(r)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		tr.Abort()
		if ctx.Err() != nil {
			err = context.Cause(ctx) // it says more than that the connection was closed
		}
		return nil, nil, fmt.Errorf("stomp client: connect: %w", err)
	}
	r.SetVersion(l.version)
	return l, r, nil
}

// handshake sends CONNECT and reads CONNECTED.
func (l *link) handshake(r *parser.Reader) error {
	o := l.options
	f := &frame.Frame{Command: frame.CONNECT, Headers: headers.Pairs(
		headers.AcceptVersion, o.Versions.String(),
		headers.Host, o.Host,
		headers.HeartBeat, o.HeartBeat.String(),
	)}
	if o.Login != "" || o.Passcode != "" {
		f.Headers.Add(headers.Login, o.Login)
		f.Headers.Add(headers.Passcode, o.Passcode)
	}
	f.Headers = append(f.Headers, o.Headers...)
	if must := l.step(validate.Client, f); must != nil {
		return must
	}
	octets, err := encoder.AppendFrame(nil, f, frame.Unnegotiated, encoder.Options{})
	if err != nil {
		return err
	}
	if _, err := l.transport.Write(octets); err != nil {
		return err
	}
	if f, err = r.ReadFrame(); err == io.EOF {
		return errors.New("the server closed the connection in place of an answer")
	} else if err != nil {
		return err
	}
	if f.Command == frame.ERROR {
		return newServerError(f, o.Passcode)
	}
	if must := l.step(validate.Server, f); must != nil {
		return must
	}
	version, ok := f.AgreedVersion()
	if !ok {
		return errors.New("CONNECTED has a version that is not known")
	}
	l.version = version
	l.beat = l.session.HeartBeat(validate.Client)
	if d := l.session.HeartBeat(validate.Server); d > 0 {
		l.silence = transport.Silence(d)
	}
	return nil
}

// start starts the goroutines. deliver takes each MESSAGE.
func (l *link) start(r *parser.Reader, deliver func(*link, *frame.Frame)) {
	l.both.Add(2)
	go func() {
		defer l.both.Done()
		l.fail(l.read(r, deliver))
	}()
	go func() {
		defer l.both.Done()
		l.fail(l.write())
	}()
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

// Read reads from the transport for the parser. Any octet is a sign of life
// (STOMP 1.2, "Heart-beating"); the time between reads, when messages are not
// taken, does not count.
func (l *link) Read(b []byte) (int, error) {
	if l.silence > 0 {
		l.transport.SetReadDeadline(time.Now().Add(l.silence))
	}
	n, err := l.transport.Read(b)
	if l.silence > 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		err = &SilentError{After: l.silence}
	}
	return n, err
}

// read reads frames until the connection ends.
func (l *link) read(r *parser.Reader, deliver func(*link, *frame.Frame)) error {
	for f, err := range r.Frames() {
		if err != nil {
			return err
		}
		if must := l.step(validate.Server, f); must != nil {
			l.options.Logger.Warn("the server breaks a rule", "err", must)
		}
		switch f.Command {
		case frame.MESSAGE:
			deliver(l, f)
		case frame.RECEIPT:
			id, _ := f.Headers.Get(headers.ReceiptID)
			l.settle(id, nil)
		case frame.ERROR:
			e := newServerError(f, l.options.Passcode)
			if id, ok := f.Headers.Get(headers.ReceiptID); ok {
				l.settle(id, e)
			}
			return e
		}
	}
	return io.EOF
}

// step judges a frame, and returns which rules that are a MUST it breaks, nil
// for none. A limit of the session is no reason to refuse a frame.
func (l *link) step(from validate.Role, f *frame.Frame) error {
	l.mu.Lock()
	err := l.session.StepFrame(from, f)
	l.mu.Unlock()
	var v validate.Violations
	if errors.As(err, &v) {
		if must := v.Must(); must != nil {
			return must
		}
	}
	return nil
}

// maxBatch is how many octets are gathered for one write.
const maxBatch = 64 << 10

// write writes what is queued, and heart-beats when there is nothing.
func (l *link) write() error {
	var beat <-chan time.Time
	if l.beat > 0 {
		// With a third, two ticks may pass after the last write, and there is
		// still room for a late timer and a slow network.
		t := time.NewTicker(max(l.beat/3, 1))
		defer t.Stop()
		beat = t.C
	}
	var octets []byte
	var batch []*outgoing
	wrote := false // since the last tick
	for {
		octets, batch = octets[:0], batch[:0]
		select {
		case <-l.dead:
			return nil
		case <-beat:
			if wrote {
				wrote = false
				continue
			}
			octets = encoder.AppendHeartbeat(octets)
		case out := <-l.queue:
			octets, batch = l.gather(octets, batch, out)
			wrote = true
		}
		err := l.flush(octets)
		for _, out := range batch {
			if err != nil {
				out.done <- lost(err)
			} else {
				out.done <- nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// gather appends a frame and those that wait behind it. Over a WebSocket it is
// one frame: not all servers read several in one message.
func (l *link) gather(octets []byte, batch []*outgoing, out *outgoing) ([]byte, []*outgoing) {
	for {
		if out.state.CompareAndSwap(waiting, taken) {
			if must := l.step(validate.Client, out.frame); must != nil {
				out.done <- must
			} else {
				octets = append(octets, out.octets...)
				batch = append(batch, out)
			}
		}
		if len(octets) >= maxBatch || l.messages && len(octets) > 0 {
			return octets, batch
		}
		select {
		case out = <-l.queue:
		default:
			return octets, batch
		}
	}
}

func (l *link) flush(octets []byte) error {
	if len(octets) == 0 {
		return nil
	}
	l.transport.SetWriteDeadline(time.Now().Add(l.options.WriteTimeout))
	_, err := l.transport.Write(octets)
	return err
}

// send sends a frame, and returns when it has been given to the network. When
// ctx ends sooner, the frame is not sent, if it was still waiting, or may or may
// not be.
func (l *link) send(ctx context.Context, f *frame.Frame) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	octets, err := encoder.AppendFrame(nil, f, l.version, encoder.Options{})
	if err != nil {
		return err
	}
	head := &frame.Frame{Command: f.Command, Headers: f.Headers}
	out := &outgoing{frame: head, octets: octets, done: make(chan error, 1)}
	select {
	case l.queue <- out:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.dead:
		return lost(l.err)
	}
	select {
	case err := <-out.done:
		return err
	case <-ctx.Done():
		out.state.CompareAndSwap(waiting, abandoned)
		return context.Cause(ctx)
	case <-l.dead:
		return latest(out.done, lost(l.err))
	}
}

// latest returns what a channel holds, or else err.
func latest(c <-chan error, err error) error {
	select {
	case err := <-c:
		return err
	default:
		return err
	}
}

// confirm sends a frame with a receipt header and waits for the receipt. seen,
// which may be nil, is as good as a receipt.
func (l *link) confirm(ctx context.Context, f *frame.Frame, seen <-chan struct{}) error {
	id, receipt := l.expect()
	defer l.forget(id)
	f.Headers.Add(headers.Receipt, id)
	if err := l.send(ctx, f); err != nil {
		return latest(receipt, err) // the receipt may be here though the writer has not reported
	}
	select {
	case err := <-receipt:
		return err
	case <-seen:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stomp client: the receipt of %s has not come: %w", f.Command, context.Cause(ctx))
	case <-l.dead:
		return latest(receipt, lost(l.err))
	}
}

// expect makes a receipt id, and a channel that gets its outcome.
func (l *link) expect() (string, <-chan error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	id := "r-" + strconv.FormatUint(l.asked, 10)
	c := make(chan error, 1)
	l.receipts[id] = c
	return id, c
}

func (l *link) forget(id string) {
	l.mu.Lock()
	delete(l.receipts, id)
	l.mu.Unlock()
}

// settle gives the outcome to whoever waits for a receipt.
func (l *link) settle(id string, err error) {
	l.mu.Lock()
	c := l.receipts[id]
	delete(l.receipts, id)
	l.mu.Unlock()
	if c != nil {
		c <- err
	}
}
