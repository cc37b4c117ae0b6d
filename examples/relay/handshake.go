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

// A stream parses what a leg receives.
type stream struct {
	leg    *leg
	from   validate.Role
	parser *parser.Parser
	buf    []byte // the read buffer
	rest   []byte // the unparsed part of buf
	small  int    // number of consecutive small reads

	// Time left for the frame that begins at offset begun. A frameTimeout of 0
	// means no limit.
	frameTimeout, left time.Duration
	begun              int64

	// For count: the account, the limit of headers in a frame, the bytes that
	// the parser holds of a frame, and the bytes counted last.
	account                *memory.Account
	headers, head, counted int
}

// Reads start small, since most connections of a relay are idle, and grow while
// they fill the buffer. After someReads small reads in a row, the connection
// counts as idle again.
const (
	smallRead = 2 << 10
	largeRead = 32 << 10
	someReads = 16
)

// fill reads once. At the end of the input it returns io.EOF, or an error if
// the input ends inside a frame.
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
			s.buf = make([]byte, 2*n) // rest still refers to the old one
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

// read reads once. An incomplete frame has a time limit. The time while the
// relay does not read, because the other side is slow, does not count.
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

// idle reports whether little data has arrived for some time.
func (s *stream) idle() bool { return s.small >= someReads }

// first reads the first frame and its bytes, and nothing more. The parser's
// limits keep it small.
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

// readConnect reads and checks the CONNECT of a client.
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

// judge passes an owned frame to the session. It returns the violations of a
// MUST, or nil.
func (s *session) judge(from validate.Role, f *frame.Frame) error {
	s.mu.Lock()
	err := s.conversation.StepFrame(from, f)
	full := s.remember()
	s.mu.Unlock()
	return cmp.Or(s.found(from, err), full)
}

// found counts the violations of a frame. It returns those that break a MUST
// and are not tolerated, or the session limit that the frame exceeded, or nil.
// A CONNECT without host is always tolerated, since stompjs sends none and
// brokers accept that.
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

// forBroker returns the CONNECT for the broker: the client's, with the broker's
// login and host and the relay's heart-beats. Of repeated headers that brokers
// might read in another order, only the first is kept.
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

// accept reads the broker's answer and forwards it. Any answer but CONNECTED
// ends the session.
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

// brokerSays counts and logs an ERROR from the broker.
func (s *session) brokerSays(stage, message string, body []byte) {
	s.metrics.brokerErrors.WithLabelValues(stage).Inc()
	s.log.Warn("the broker says ERROR", "stage", stage, "reason", said(message, body, s.secret))
}

// beats returns the heart-beat header, or zero if it is missing or wrong.
func beats(l headers.List) headers.HeartBeats {
	h, _ := headers.ParseHeartBeats(l.Value(headers.HeartBeat))
	return h
}
