package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/memory"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A stream is what a leg sends, parsed.
type stream struct {
	leg    *leg
	from   validate.Role
	parser *parser.Parser
	buf    []byte // what is read into
	rest   []byte // what of buf has not been parsed
	small  int    // how many reads in a row have been small

	// The time that is left for the frame that begins at an offset; 0: any.
	frameTimeout, left time.Duration
	begun              int64

	// See count: the account, the most headers of a frame, what the parser holds of
	// one, and the bytes of all at the last count.
	account                *memory.Account
	headers, head, counted int
}

// Reads begin small, since most connections of a relay are idle, and grow as
// long as they are filled. After some small ones the connection counts as idle
// again.
const (
	smallRead = 2 << 10
	largeRead = 32 << 10
	someReads = 16
)

// fill reads once. At the end of the input it returns io.EOF, or why that is
// too soon.
func (s *stream) fill() error {
	if s.buf == nil || s.idle() && len(s.buf) > smallRead {
		s.buf = make([]byte, smallRead)
		s.parser.Release()
	}
	n, err := s.read()
	s.rest = s.buf[:n]
	if s.small++; n > smallRead/2 {
		s.small = 0
	}
	if n > 0 {
		if n == len(s.buf) && n < largeRead {
			s.buf = make([]byte, 2*n) // rest keeps the old one
		}
		return nil
	}
	if err == io.EOF {
		if e := s.parser.Finish(); e != nil {
			return e
		}
	}
	return err
}

// read is one Read. A frame in progress has a time limit. Time in which the relay
// does not read, because the other side is slow, does not count.
func (s *stream) read() (int, error) {
	offset, inside := s.parser.FrameStart()
	if !inside || s.frameTimeout == 0 {
		s.left = 0
		return s.leg.Read(s.buf, 0)
	}
	if s.left == 0 || offset != s.begun {
		s.begun, s.left = offset, s.frameTimeout
	}
	start := time.Now()
	n, err := s.leg.Read(s.buf, s.left)
	if s.left -= time.Since(start); n == 0 && s.left <= 0 && (err == errSilent || err == errLate) {
		err = &shortage{refuse(fmt.Sprintf("a frame has taken longer than %v (-frame-timeout)", s.frameTimeout), frame.Head{}), "frame_timeout"}
	}
	s.left = max(s.left, 1)
	return n, err
}

// idle reports whether little has come for some time.
func (s *stream) idle() bool { return s.small >= someReads }

// first reads the first frame, and its bytes, which are few by the limits that
// the parser then has. It reads no further.
func (s *stream) first() (f *frame.Frame, raw []byte, err error) {
	for {
		for len(s.rest) > 0 {
			ev, n, err := s.parser.Next(s.rest)
			if err != nil {
				return nil, nil, err
			}
			s.rest = s.rest[n:]
			if ev.Kind == parser.HeartBeatEvent {
				continue
			}
			raw = append(raw, ev.Raw...)
			switch ev.Kind {
			case parser.HeadEvent:
				f = ev.Head.Clone()
			case parser.BodyEvent:
				f.Body = append(f.Body, ev.Raw...)
			case parser.EndEvent:
				return f, raw, nil
			}
		}
		if err := s.fill(); err != nil {
			return nil, nil, err
		}
	}
}

// readConnect reads the CONNECT of a client and checks it.
func (s *session) readConnect(ctx context.Context) (*frame.Frame, error) {
	f, _, err := s.fromClient.first()
	if err != nil {
		return nil, err
	}
	if err := s.judge(validate.Client, f); err != nil {
		return nil, &refusal{validate.ErrorFrame(err, frame.Head{}), err}
	}
	for _, h := range f.Headers {
		if name := lookalike(f.Command, []byte(h.Name)); name != "" {
			return nil, refuse(nameRefused+name, frame.Head{})
		}
	}
	user, passcode := f.Headers.Value(headers.Login), f.Headers.Value(headers.Passcode)
	ctx, cancel := context.WithTimeout(ctx, s.config.ConnectTimeout)
	defer cancel()
	if len(s.config.Users) > 0 && !s.guard.Check(s.address, ctx.Done(), func() bool { return s.config.Users.Allow(user, passcode) }) {
		s.metrics.refused.WithLabelValues("login").Inc()
		return nil, refuse("login refused", frame.Head{})
	}
	return f, nil
}

// judge gives an owned frame to the session, and returns its violations of a
// MUST, or nil.
func (s *session) judge(from validate.Role, f *frame.Frame) error {
	s.mu.Lock()
	err := s.conversation.StepFrame(from, f)
	full := s.remember()
	s.mu.Unlock()
	return cmp.Or(s.found(from, err), full)
}

// found counts what a frame has broken, and returns what is a MUST and not
// tolerated, or the limit of the session that it crossed, or nil. That a CONNECT
// has no host is always tolerated: the stock stompjs client sends none, and
// brokers do not mind.
func (s *session) found(from validate.Role, err error) error {
	if err == nil {
		return nil
	}
	var v validate.Violations
	errors.As(err, &v)
	s.metrics.broken(from, v)
	var limit *validate.LimitError
	if errors.As(err, &limit) {
		return limit
	}
	return validate.Enforce(err, append(slices.Clip(s.config.Tolerate), validate.ConnectHostRequired)...)
}

// forBroker makes the CONNECT for the broker of that of the client: with the
// broker's login and host, and the relay's heart-beats. What the client sent
// beyond that goes on as it is, but for repeated headers that brokers might read
// in another order.
func (c *Config) forBroker(f *frame.Frame) *frame.Frame {
	f = f.Clone()
	for _, name := range exactInConnect {
		if first, ok := f.Headers.Get(name); ok {
			f.Headers.Set(name, first)
		}
	}
	if c.BrokerLogin != "" || c.BrokerPasscode != "" {
		f.Headers.Set(headers.Login, c.BrokerLogin)
		f.Headers.Set(headers.Passcode, c.BrokerPasscode)
	}
	if c.BrokerHost != "" {
		f.Headers.Set(headers.Host, c.BrokerHost)
	}
	f.Headers.Set(headers.HeartBeat, c.HeartBeat.String())
	return f
}

// accept reads the answer of the broker and passes it on. An answer other than
// CONNECTED ends the session.
func (s *session) accept(connect *frame.Frame) error {
	f, raw, err := s.fromBroker.first()
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return &brokerError{err}
	}
	if f.Command != frame.CONNECTED {
		s.judge(validate.Server, f)
		s.metrics.frame(validate.Server, f.Command)
		s.brokerSays("connect", f.Headers.Value(headers.Message), f.Body)
		if _, err := s.client.Write(raw); err != nil {
			return err
		}
		return errRefused
	}
	version, ok := f.AgreedVersion()
	if !ok {
		return &brokerError{errors.New("CONNECTED has a version that is not known")}
	}
	brokers := beats(f.Headers)
	s.broker.agree(headers.NegotiateHeartBeats(s.config.HeartBeat, brokers))
	own := s.config.HeartBeat
	if version == frame.V10 {
		own = headers.HeartBeats{}
		f.Headers.Delete(headers.HeartBeat)
	} else {
		f.Headers.Set(headers.HeartBeat, own.String())
	}
	receive, send := headers.NegotiateHeartBeats(beats(connect.Headers), own)
	s.client.agree(send, receive)
	s.judge(validate.Server, f)
	raw, err = encoder.AppendFrame(nil, f, frame.Unnegotiated, encoder.Options{})
	if err != nil {
		return &brokerError{err}
	}
	s.metrics.frame(validate.Server, f.Command)
	s.metrics.bytes.WithLabelValues(direction(validate.Server)).Add(float64(len(raw)))
	if _, err := s.client.Write(raw); err != nil {
		return err
	}
	s.client.version, s.broker.version = version, version
	for _, from := range []*stream{s.fromClient, s.fromBroker} {
		from.parser.SetVersion(version)
	}
	s.fromClient.parser.SetLimits(s.config.Limits)
	s.fromBroker.parser.SetLimits(s.config.BrokerLimits)
	return nil
}

// brokerSays notes the ERROR of a broker.
func (s *session) brokerSays(stage, message string, body []byte) {
	s.metrics.brokerErrors.WithLabelValues(stage).Inc()
	s.log.Warn("the broker says ERROR", "stage", stage, "reason", said(message, body, s.secret))
}

// beats returns the heart-beat header, none when it cannot be read.
func beats(l headers.List) headers.HeartBeats {
	h, _ := headers.ParseHeartBeats(l.Value(headers.HeartBeat))
	return h
}
