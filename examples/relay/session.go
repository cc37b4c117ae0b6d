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

// A session is one client, and its connection to a broker.
type session struct {
	*Relay
	client, broker         *leg
	fromClient, fromBroker *stream
	over                   chan struct{} // closed when nothing more is to be passed on
	address                string        // of the client
	log                    *slog.Logger
	secret                 string // the passcode that the broker was given

	mu           sync.Mutex
	conversation *validate.Session
	remembered   int    // bytes of the account that it has
	goodbye      string // the receipt that DISCONNECT has asked for
	asked, given bool   // it was
}

var (
	errOver     = errors.New("the session is over")
	errGoodbye  = errors.New("the client has got the receipt of its DISCONNECT")
	errStopping = errors.New("the relay stops")
	errRefused  = errors.New("the broker refuses the client")
)

// A brokerError says that the broker cannot be used, or is lost.
type brokerError struct{ error }

func (e *brokerError) Error() string { return "broker: " + e.error.Error() }
func (e *brokerError) Unwrap() error { return e.error }

// A writeError says that what one side sent could not be written to the other.
type writeError struct {
	error
	from validate.Role
}

func (e *writeError) Unwrap() error { return e.error }

// serve serves a client until it, the broker or the relay leaves, and closes
// its connection.
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

// level returns how much the end of a session matters: that clients come and go
// does not, not even if they say nothing, as health checks do.
func level(err error) slog.Level {
	var broker *brokerError
	var from *fromError
	switch {
	case errors.As(err, &broker):
		return slog.LevelWarn
	case errors.Is(err, errGoodbye) || errors.Is(err, errStopping) || errors.Is(err, errRefused):
		return slog.LevelDebug // and what the broker says has been logged
	case errors.As(err, &from) && from.from == validate.Client && (from.error == io.EOF || from.silent):
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// handshake reads CONNECT, connects to a broker, and passes on its answer.
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
	c, err := s.brokers.dial(ctx)
	if err != nil {
		s.metrics.refused.WithLabelValues("no_broker").Inc()
		return &brokerError{err}
	}
	stop = context.AfterFunc(ctx, func() { c.Close() })
	err = s.toBroker(connect, c)
	if !stop() {
		return errStopping
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

// A fromError is an error of what one side has sent, or of reading it.
type fromError struct {
	from validate.Role
	error
	silent bool // the side has sent nothing at all
}

func (e *fromError) Unwrap() error { return e.error }
func (e *fromError) Error() string { return fmt.Sprintf("%s: %v", sender(e.from), e.error) }

// relay passes frames on, and heart-beats on each leg, until one side ends.
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

// attend sends heart-beats until the session has to end. It returns how many
// pumps have not ended yet, and why it ends.
func (s *session) attend(ctx context.Context, ended <-chan *fromError) (left int, err error) {
	const receiptTime = 5 * time.Second // for a client that may be gone
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
				// The client has sent DISCONNECT and closed its half: the
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

// watchGoodbye notes when a client that has sent DISCONNECT gets the receipt:
// then all is said.
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

// end ends a session that has come no further than the handshake, or all the
// same one that has.
func (s *session) end(err error) {
	select {
	case <-s.over:
		return
	default:
	}
	s.sayLast(err)
	s.close()
}

// close closes both sides.
func (s *session) close() {
	var both sync.WaitGroup
	both.Go(s.client.leave)
	if s.broker != nil {
		s.broker.leave()
	}
	both.Wait()
}

// sayLast tells the client why the session ends, unless the client has ended it,
// or knows.
func (s *session) sayLast(err error) {
	var parse *parser.Error
	var from *fromError
	var write *writeError
	var refused *refusal
	var broker *brokerError
	errors.As(err, &from)
	if errors.As(err, &parse) {
		side := validate.Server // if it was the answer to CONNECT
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
	case errors.As(err, &broker):
		s.say("no broker can be reached")
	case errors.Is(err, errStopping):
		s.say("the relay is going down")
	case errors.As(err, &write) && write.from == validate.Server:
		return // the client does not take what it gets
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
