package main

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A pump passes on what one side sends, byte for byte, as it comes. It holds a
// head until it is complete and judged, and nothing of a body. It reads only
// when all it has read before was written: a slow reader on one side makes the
// sender on the other side wait.
type pump struct {
	*stream
	session *session
	to      *leg
	bytes   prometheus.Counter
	out     []byte // what is to be written, from a byte of a frame on
	command frame.Command
	begun   int    // where in out the frame in progress begins
	inside  bool   // a frame has begun and not ended
	turn    bool   // it is this pump's turn to write
	message string // of the broker's ERROR in progress, and the first part of its body
	body    []byte
}

// maxOut is how many bytes are gathered for one write. A head may be larger.
const maxOut = 32 << 10

// run passes frames on until one of the sides ends, or breaks a rule.
func (p *pump) run() error {
	for {
		for len(p.rest) > 0 {
			ev, n, err := p.parser.Next(p.rest)
			if err == nil {
				p.rest = p.rest[n:]
				err = p.take(ev)
			}
			if err != nil && p.from == validate.Client {
				p.out = p.out[:p.begun] // none of a bad frame goes on, unless some has
			}
			if err != nil {
				return errors.Join(p.flush(), err)
			}
		}
		if err := p.flush(); err != nil {
			return err
		}
		if err := p.count(p.out); err != nil {
			return err
		}
		if err := p.fill(); err != nil {
			return err
		}
	}
}

// take takes an event.
func (p *pump) take(ev parser.Event) error {
	p.hold(ev)
	switch ev.Kind {
	case parser.NeedMore, parser.HeartBeatEvent: // each leg has its own
		return nil
	case parser.HeadEvent:
		if err := p.judge(ev); err != nil {
			return err
		}
		p.command, p.inside, p.begun = ev.Head.Command, true, len(p.out)
		p.session.metrics.frame(p.from, p.command)
		if p.command == frame.ERROR {
			p.message, _ = ev.Head.Headers.Text(headers.Message)
		}
	case parser.BodyEvent:
		if p.from == validate.Client && p.command != frame.SEND {
			return refuse(bodyRefused, frame.Head{})
		}
		if p.command == frame.ERROR && len(p.body) < maxSaid {
			p.body = append(p.body, ev.Raw[:min(len(ev.Raw), maxSaid)]...)
		}
	case parser.EndEvent:
		p.inside = false
		if p.command == frame.ERROR {
			p.session.brokerSays("session", p.message, p.body)
		}
	}
	p.out = ev.AppendForward(p.out)
	if ev.Kind == parser.EndEvent {
		p.begun = len(p.out)
	}
	if ev.Kind == parser.EndEvent && p.from == validate.Server && p.session.goodbyeSaid() {
		return errGoodbye
	}
	// To a browser a frame is a message, as far as that is possible: not all
	// clients put frames together again.
	if len(p.out) >= maxOut || p.to.messages && ev.Kind == parser.EndEvent {
		return p.flush()
	}
	return nil
}

// judge judges a frame by its head, before anything of it is passed on. What the
// broker does wrong is counted, and for the client to judge.
func (p *pump) judge(ev parser.Event) error {
	s := p.session
	s.mu.Lock()
	err := s.conversation.Step(p.from, ev.Head)
	full := s.remember()
	s.mu.Unlock()
	var raw validate.Violations
	if errors.As(validate.CheckRaw(ev.Raw, p.to.version, p.from), &raw) {
		s.metrics.broken(p.from, raw)
	}
	if err = s.found(p.from, err); err != nil && p.from == validate.Client {
		return &refusal{validate.ErrorFrame(err, ev.Head), err}
	}
	if full != nil {
		return full
	}
	if p.from == validate.Client {
		if n, _ := ev.Head.Length.Get(); n > 0 && ev.Head.Command != frame.SEND {
			return refuse(bodyRefused, ev.Head)
		}
		for i := range ev.Head.Headers {
			if name := lookalike(ev.Head.Command, ev.Head.Headers[i].Name); name != "" {
				return refuse(nameRefused+name, ev.Head)
			}
		}
	}
	s.watchGoodbye(ev.Head)
	return nil
}

// flush writes what was gathered. Between frames it gives up the turn.
func (p *pump) flush() error {
	if len(p.out) == 0 {
		return nil
	}
	if err := p.count(p.out); err != nil {
		return err
	}
	if !p.turn {
		select {
		case p.to.turn <- struct{}{}:
			p.turn = true
		case <-p.session.over:
			return errOver
		}
	}
	_, err := p.to.Write(p.out)
	p.bytes.Add(float64(len(p.out)))
	if p.out, p.begun = p.out[:0], 0; cap(p.out) > 2*maxOut || p.idle() {
		p.out = nil
	}
	if err != nil {
		return &writeError{err, p.from}
	}
	if !p.inside {
		p.turn = false
		<-p.to.turn
	}
	return nil
}
