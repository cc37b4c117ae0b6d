package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A session is one client and its connection to a broker.
type session struct {
	*Relay
	client, broker         *leg
	fromClient, fromBroker *stream
	over                   chan struct{} // closed when nothing more is forwarded
	address                string        // of the client
	log                    *slog.Logger
	secret                 string // the passcode sent to the broker

	mu           sync.Mutex
	conversation *validate.Session
	remembered   int    // bytes of the account used by conversation
	goodbye      string // the receipt requested by DISCONNECT
	asked, given bool   // the receipt was requested, and returned
}

var (
	errOver     = errors.New("the session is over")
	errGoodbye  = errors.New("the client has got the receipt of its DISCONNECT")
	errStopping = errors.New("the relay stops")
	errRefused  = errors.New("the broker refuses the client")
)

// A brokerError means that no broker is usable, or that the broker is lost.
type brokerError struct{ error }

func (e *brokerError) Error() string { return "broker: " + e.error.Error() }
func (e *brokerError) Unwrap() error { return e.error }

// A writeError means that data from one side could not be written to the other.
type writeError struct {
	error
	from validate.Role
}

func (e *writeError) Unwrap() error { return e.error }

// serve serves a client until the client, the broker or the relay ends the
// session, and closes the connection.
func (r *Relay) serve(ctx context.Context, c transport.Conn, messages bool, address string) {
	s := &session{Relay: r, over: make(chan struct{}), address: address, log: r.log.With("client", address),
		conversation: validate.NewSession(r.config.Session)}
	s.client = newLeg(c, messages, r.config.WriteTimeout)
	s.client.late = time.Now().Add(r.config.ConnectTimeout)
	s.fromClient = &stream{leg: s.client, from: validate.Client, frameTimeout: r.config.FrameTimeout,
		account: &r.account, headers: cmp.Or(r.config.Limits.Headers, parser.DefaultHeaders),
		parser: parser.New(parser.Options{Limits: parser.LimitsBeforeLogin(), Allow: r.config.Allow})}
	err := s.handshake(ctx)
	if err == nil {
		err = s.relay(ctx)
	}
	s.end(err)
	s.metrics.end(err)
	s.fromClient.release()
	s.fromBroker.release()
	r.account.Add(-s.remembered)
	s.log.Log(context.Background(), level(err), "client gone", "why", err)
}

// level returns the log level for the end of a session. Clients that leave
// normally are not important, even if they sent nothing, as health checks do.
func level(err error) slog.Level {
	var broker *brokerError
	var from *fromError
	switch {
	case errors.As(err, &broker):
		return slog.LevelWarn
	case errors.Is(err, errGoodbye) || errors.Is(err, errStopping) || errors.Is(err, errRefused):
		return slog.LevelDebug // an ERROR from the broker is already logged
	case errors.As(err, &from) && from.from == validate.Client && (from.error == io.EOF || from.silent):
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// handshake reads CONNECT, connects to a broker, and forwards its answer.
func (s *session) handshake(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { s.client.Abort() })
	connect, err := s.readConnect(ctx)
	if !stop() {
		return errStopping
	}
	if err != nil {
		var parse *parser.Error
		return &fromError{validate.Client, err, s.fromClient.parser.Offset() == 0 && !errors.As(err, &parse)}
	}
	for range s.config.Brokers {
		c, address, failed := s.brokers.dial(ctx)
		if failed != nil {
			err = &brokerError{failed}
			break
		}
		// A broker that goes down, or is not up yet, is lost before it answers.
		var broker *brokerError
		if err = s.tryBroker(ctx, connect, c, address); !errors.As(err, &broker) {
			return err
		}
	}
	s.metrics.refused.WithLabelValues("no_broker").Inc()
	return err
}

// tryBroker logs in to a broker. After a brokerError another one may be tried.
func (s *session) tryBroker(ctx context.Context, connect *frame.Frame, c net.Conn, address string) error {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	err := s.toBroker(connect, c)
	if !stop() {
		return errStopping
	}
	var broker *brokerError
	if errors.As(err, &broker) {
		s.brokers.failed(address)
		s.fromBroker.release()
		s.broker.Abort()
	}
	return err
}

// toBroker logs in to a broker.
func (s *session) toBroker(connect *frame.Frame, c net.Conn) error {
	s.broker = newLeg(transport.FromNet(c), false, s.config.WriteTimeout)
	s.broker.late = time.Now().Add(s.config.BrokerTimeout)
	s.fromBroker = &stream{leg: s.broker, from: validate.Server,
		account: &s.account, headers: s.config.BrokerLimits.Headers,
		parser: parser.New(parser.Options{Limits: parser.Limits{Body: 64 << 10}, Allow: s.config.Allow})}
	changed := s.config.forBroker(connect)
	s.secret = changed.Headers.Value(headers.Passcode)
	b, err := encoder.AppendFrame(nil, changed, frame.Unnegotiated, encoder.Options{})
	if err != nil {
		return &refusal{validate.ErrorFrame(err, frame.Head{}), err}
	}
	s.metrics.frame(validate.Client, connect.Command)
	s.metrics.bytes.WithLabelValues(direction(validate.Client)).Add(float64(len(b)))
	if _, err := s.broker.Write(b); err != nil {
		return &brokerError{err}
	}
	return s.accept(connect)
}

// A fromError is an error in the data from one side, or in reading it.
type fromError struct {
	from validate.Role
	error
	silent bool // that side has sent nothing
}

func (e *fromError) Unwrap() error { return e.error }
func (e *fromError) Error() string { return fmt.Sprintf("%s: %v", sender(e.from), e.error) }

// relay forwards frames, and sends heart-beats on each leg, until one side
// ends.
func (s *session) relay(ctx context.Context) error {
	ended := make(chan *fromError, 2)
	pump := func(from *stream, to *leg) {
		p := &pump{stream: from, session: s, to: to, bytes: s.metrics.bytes.WithLabelValues(direction(from.from))}
		ended <- &fromError{from.from, p.run(), false}
	}
	go pump(s.fromClient, s.broker)
	go pump(s.fromBroker, s.client)
	left, err := s.attend(ctx, ended)
	close(s.over)
	s.sayLast(err)
	s.close()
	for range left {
		<-ended
	}
	return err
}

// attend sends heart-beats until the session ends. It returns the number of
// pumps that are still running, and why the session ends.
func (s *session) attend(ctx context.Context, ended <-chan *fromError) (left int, err error) {
	const receiptTime = 5 * time.Second // the client may be gone
	clientTick, stop := s.client.ticker()
	defer stop()
	brokerTick, stop := s.broker.ticker()
	defer stop()
	var grace <-chan time.Time
	left = 2
	for {
		select {
		case e := <-ended:
			left--
			if left > 0 && e.from == validate.Client && e.error == io.EOF && s.phase(validate.Client) == validate.Closed {
				// The client has sent DISCONNECT and closed its half. The
				// receipt is still to come.
				grace = time.After(receiptTime)
				continue
			}
			return left, e
		case <-clientTick:
			err = s.client.tick()
		case <-brokerTick:
			if err = s.broker.tick(); err != nil {
				err = &writeError{err, validate.Client}
			}
		case <-grace:
			err = io.EOF
		case <-ctx.Done():
			err = errStopping
		}
		if err != nil {
			return left, err
		}
	}
}

// watchGoodbye detects that a client gets the receipt of its DISCONNECT, after
// which the session is complete.
func (s *session) watchGoodbye(h frame.Head) {
	switch h.Command {
	case frame.DISCONNECT:
		s.mu.Lock()
		s.goodbye, s.asked = h.Headers.Text(headers.Receipt)
		s.mu.Unlock()
	case frame.RECEIPT:
		id, _ := h.Headers.Get(headers.ReceiptID)
		s.mu.Lock()
		s.given = s.asked && s.goodbye == string(id)
		s.mu.Unlock()
	}
}

func (s *session) goodbyeSaid() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.given
}

func (s *session) phase(from validate.Role) validate.Phase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conversation.Phase(from)
}

// end ends a session that failed in handshake. Others have ended already.
func (s *session) end(err error) {
	select {
	case <-s.over:
		return
	default:
	}
	s.sayLast(err)
	s.close()
}

// close closes both legs.
func (s *session) close() {
	var both sync.WaitGroup
	both.Go(s.client.leave)
	if s.broker != nil {
		s.broker.leave()
	}
	both.Wait()
}

// sayLast tells the client why the session ends, unless the client ended it or
// already knows.
func (s *session) sayLast(err error) {
	var parse *parser.Error
	var from *fromError
	var write *writeError
	var refused *refusal
	var broker *brokerError
	errors.As(err, &from)
	if errors.As(err, &parse) {
		side := validate.Server // for the answer to CONNECT
		if from != nil {
			side = from.from
		}
		s.metrics.parseErrors.WithLabelValues(parse.Token(), sender(side)).Inc()
	}
	switch {
	case s.phase(validate.Server) == validate.Closed:
		return // the broker has sent ERROR
	case errors.As(err, &refused):
		s.client.last(refused.frame)
	case s.phase(validate.Client) == validate.Closed:
		return // the client has sent DISCONNECT
	case errors.Is(err, errUnreachable):
		s.client.last(refuseNow(errUnreachable.Error()).frame)
	case errors.As(err, &broker):
		s.client.last(refuseNow("the broker does not answer CONNECT as it should").frame)
	case errors.Is(err, errStopping):
		s.client.last(refuseNow("the relay is going down").frame)
	case errors.As(err, &write) && write.from == validate.Server:
		return // the client does not read
	case parse != nil && parse.IsLimit() && from != nil && from.from == validate.Server:
		s.say("a frame of the broker is larger than the relay passes on, " + parse.Token() + ", see -broker-max")
	case errors.As(err, &write) || from != nil && from.from == validate.Server:
		s.say("the connection to the broker is lost")
	case errors.Is(err, errLate):
		s.say(errLate.Error())
	case errors.Is(err, errSilent):
		s.say(errSilent.Error())
	case parse != nil:
		s.client.last(validate.ErrorFrame(parse, frame.Head{}))
	}
}

// say tells the client why the relay ends the session.
func (s *session) say(why string) { s.client.last(refuse(why, frame.Head{}).frame) }
