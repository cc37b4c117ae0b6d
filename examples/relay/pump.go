package main

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A pump forwards what one side sends, byte for byte, as it arrives. It holds a
// head until it is complete and checked, and does not hold bodies. It reads
// only after everything read earlier is written, so a slow reader on one side
// makes the sender on the other side wait.
type pump struct {
	*stream
	session *session
	to      *leg
	bytes   prometheus.Counter
	out     []byte // data to write
	command frame.Command
	begun   int    // offset in out of the current frame
	inside  bool   // inside a frame
	turn    bool   // this pump holds the turn to write
	message string // message of the broker's current ERROR; body has the first part of its body
	body    []byte
}

// maxOut is how many bytes are collected for one write. A head may be larger.
const maxOut = 32 << 10

// run forwards frames until one side ends or breaks a rule.
func (p *pump) run() error {
	for {
		for len(p.rest) > 0 {
			ev, n, err := p.parser.Next(p.rest)
			if err == nil {
				p.rest = p.rest[n:]
				err = p.take(ev)
			}
			if err != nil && p.from == validate.Client {
				p.out = p.out[:p.begun] // forward no more of the bad frame
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

// take handles an event.
func (p *pump) take(ev parser.Event) error {
	p.hold(ev)
	switch ev.Kind {
	case parser.NeedMore, parser.HeartBeatEvent: // each leg has its own heart-beats
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
	// Send each frame to a browser as one message if possible: not all clients
	// join fragments of frames.
	if len(p.out) >= maxOut || p.to.messages && ev.Kind == parser.EndEvent {
		return p.flush()
	}
	return nil
}

// judge checks a head before any of it is forwarded. Violations of the broker
// are counted and forwarded.
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

// flush writes the collected data. Between frames it releases the turn.
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
