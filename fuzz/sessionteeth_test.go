package fuzz

import (
	"slices"
	"testing"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A broken session is one whose calls are tampered with.
type brokenSession struct {
	*validate.Session
	stepFrame func(s *validate.Session, from validate.Role, f *frame.Frame) error
	stepView  func(s *validate.Session, from validate.Role, w frame.View) error
	step      func(s *validate.Session, from validate.Role, h frame.Head) error

	version              frame.Version // to add
	client, server       validate.Phase
	pending, transaction int
	beat                 time.Duration
}

func (b *brokenSession) StepFrame(from validate.Role, f *frame.Frame) error {
	if b.stepFrame == nil {
		return b.Session.StepFrame(from, f)
	}
	return b.stepFrame(b.Session, from, f)
}

func (b *brokenSession) StepView(from validate.Role, w frame.View) error {
	if b.stepView == nil {
		return b.Session.StepView(from, w)
	}
	return b.stepView(b.Session, from, w)
}

func (b *brokenSession) Step(from validate.Role, h frame.Head) error {
	if b.step == nil {
		return b.Session.Step(from, h)
	}
	return b.step(b.Session, from, h)
}

func (b *brokenSession) Version() frame.Version { return b.Session.Version() + b.version }

func (b *brokenSession) Phase(from validate.Role) validate.Phase {
	return b.Session.Phase(from) + []validate.Phase{b.client, b.server}[from]
}

func (b *brokenSession) HeartBeat(from validate.Role) time.Duration {
	return b.Session.HeartBeat(from) + b.beat
}

func (b *brokenSession) Pending() int      { return b.Session.Pending() + b.pending }
func (b *brokenSession) Transactions() int { return b.Session.Transactions() + b.transaction }

// judging changes what StepFrame says.
func judging(change func(v validate.Violations) error) brokenSession {
	return brokenSession{stepFrame: func(s *validate.Session, from validate.Role, f *frame.Frame) error {
		err := s.StepFrame(from, f)
		if v, ok := err.(validate.Violations); ok {
			return change(v)
		}
		return err
	}}
}

// misreading has StepFrame read another frame than the one that was sent, as a
// session would that does not know a rule; nil is no frame.
func misreading(command frame.Command, change func(f *frame.Frame) *frame.Frame) brokenSession {
	return brokenSession{stepFrame: func(s *validate.Session, from validate.Role, f *frame.Frame) error {
		if f.Command == command {
			if f = change(f.Clone()); f == nil {
				return nil
			}
		}
		return s.StepFrame(from, f)
	}}
}

func drop(name string) func(f *frame.Frame) *frame.Frame {
	return func(f *frame.Frame) *frame.Frame {
		f.Headers.Delete(name)
		return f
	}
}

func with(name, value string) func(f *frame.Frame) *frame.Frame {
	return func(f *frame.Frame) *frame.Frame {
		f.Headers.Set(name, value)
		return f
	}
}

func nothing(*frame.Frame) *frame.Frame { return nil }

// eventful is a conversation in which every kind of thing happens.
var eventful = func() (all []Said) {
	client := func(c frame.Command, nameValue ...string) {
		all = append(all, Said{validate.Client, &frame.Frame{Command: c, Headers: headers.Pairs(nameValue...)}})
	}
	server := func(c frame.Command, nameValue ...string) {
		all = append(all, Said{validate.Server, &frame.Frame{Command: c, Headers: headers.Pairs(nameValue...)}})
	}
	client(frame.SEND, "destination", "/queue/a", "receipt", "0") // too early
	client(frame.CONNECT, "accept-version", "1.1,1.2", "host", "h", "heart-beat", "100,200")
	server(frame.CONNECTED, "version", "1.2", "heart-beat", "300,400")
	client(frame.CONNECT, "accept-version", "1.0", "host", "h") // again
	client(frame.SUBSCRIBE, "id", "s", "destination", "/queue/a", "ack", "client", "receipt", "r")
	server(frame.RECEIPT, "receipt-id", "r")
	server(frame.RECEIPT, "receipt-id", "r") // again
	for _, name := range []string{"m1", "m2", "m3", "m4"} {
		server(frame.MESSAGE, "subscription", "s", "destination", "/queue/a", "message-id", name, "ack", name)
	}
	client(frame.BEGIN, "transaction", "t")
	client(frame.ACK, "id", "m2", "transaction", "t")
	client(frame.ABORT, "transaction", "t")
	client(frame.BEGIN, "transaction", "t")
	client(frame.ACK, "id", "m3", "transaction", "t")
	client(frame.COMMIT, "transaction", "t")
	client(frame.NACK, "id", "m3") // settled
	client(frame.NACK, "id", "m4")
	client(frame.UNSUBSCRIBE, "id", "s")
	server(frame.MESSAGE, "subscription", "s", "destination", "/queue/a", "message-id", "m5", "ack", "m5") // crosses
	client("PING", "destination", "/queue/a")
	client(frame.BEGIN, "transaction", "u")
	client(frame.BEGIN, "transaction", "v")                                      // over the limit
	client(frame.SEND, "destination", "/queue/a", "receipt", "r1", "id", "long") // extra header
	client(frame.DISCONNECT, "receipt", "bye")
	client(frame.SEND, "destination", "/queue/a") // too late
	server(frame.RECEIPT, "receipt-id", "bye")
	server(frame.ERROR, "message", "no", "receipt-id", "r1")
	server(frame.RECEIPT, "receipt-id", "r1") // after ERROR
	return all
}()

func TestSessionNotices(t *testing.T) {
	limits := validate.SessionLimits{Transactions: 1}
	silent := func() brokenSession {
		return brokenSession{stepView: func(s *validate.Session, from validate.Role, w frame.View) error {
			_ = s.StepView(from, w)
			return nil
		}}
	}
	// late takes each view when the next one comes, and by then it is gone.
	late := func() brokenSession {
		var held []frame.View
		return brokenSession{stepView: func(s *validate.Session, from validate.Role, w frame.View) error {
			if len(held) > 0 {
				_ = s.StepView(validate.Client, held[0])
				held = nil
			}
			if w.Command != frame.SUBSCRIBE {
				return s.StepView(from, w)
			}
			held = append(held, w)
			return nil
		}}
	}
	for _, row := range []struct {
		name  string
		start func() brokenSession
	}{
		{"a rule lost", func() brokenSession { return judging(func(v validate.Violations) error { return v[1:] }) }},
		{"a rule twice", func() brokenSession { return judging(func(v validate.Violations) error { return append(v, v[0]) }) }},
		{"an error with no violation", func() brokenSession { return judging(func(validate.Violations) error { return validate.Violations{} }) }},
		{"no error", func() brokenSession { return judging(func(validate.Violations) error { return nil }) }},
		{"an error of another type", func() brokenSession { return judging(func(v validate.Violations) error { return v[0] }) }},
		{"another command", func() brokenSession {
			return judging(func(v validate.Violations) error { v[0].Command = frame.ABORT; return v })
		}},
		{"another header", func() brokenSession {
			return judging(func(v validate.Violations) error { v[len(v)-1].Header = "other"; return v })
		}},
		{"a limit for nothing", func() brokenSession {
			return judging(func(v validate.Violations) error { return &validate.LimitError{Violations: v} })
		}},
		{"a limit lost", func() brokenSession {
			return misreading(frame.BEGIN, func(f *frame.Frame) *frame.Frame {
				if name, _ := f.Headers.Get("transaction"); name == "v" {
					return nil
				}
				return f
			})
		}},
		{"another limit", func() brokenSession {
			return brokenSession{stepFrame: func(s *validate.Session, from validate.Role, f *frame.Frame) error {
				err := s.StepFrame(from, f)
				if e, ok := err.(*validate.LimitError); ok {
					e.Max++
				}
				return err
			}}
		}},
		{"a frame changed", func() brokenSession {
			return brokenSession{stepFrame: func(s *validate.Session, from validate.Role, f *frame.Frame) error {
				err := s.StepFrame(from, f)
				f.Headers.Add("seen", "yes")
				return err
			}}
		}},
		{"silent for views", silent},
		{"silent for heads", func() brokenSession {
			return brokenSession{step: func(s *validate.Session, from validate.Role, h frame.Head) error {
				_ = s.Step(from, h)
				return nil
			}}
		}},
		{"views kept", late},
		{"another version", func() brokenSession { return brokenSession{version: 1} }},
		{"another phase of the client", func() brokenSession { return brokenSession{client: 1} }},
		{"another phase of the server", func() brokenSession { return brokenSession{server: 1} }},
		{"another heart-beat", func() brokenSession { return brokenSession{beat: 1} }},
		{"a message too many", func() brokenSession { return brokenSession{pending: 1} }},
		{"a transaction too many", func() brokenSession { return brokenSession{transaction: 1} }},

		{"refused frames take effect", func() brokenSession {
			// What comes too early is taken for a CONNECT, behind the back of
			// whoever asks for phase and version.
			return brokenSession{stepFrame: func(s *validate.Session, from validate.Role, f *frame.Frame) error {
				err := s.StepFrame(from, f)
				if f.Command == frame.SEND && s.Phase(validate.Server) == validate.Idle {
					_ = s.StepFrame(validate.Client, eventful[1].Frame)
				}
				return err
			}}
		}},
		{"CONNECTED not read", func() brokenSession { return misreading(frame.CONNECTED, nothing) }},
		{"accept-version not read", func() brokenSession { return misreading(frame.CONNECT, with("accept-version", "1.1")) }},
		{"acknowledges one by one", func() brokenSession { return misreading(frame.SUBSCRIBE, with("ack", "client-individual")) }},
		{"mode auto", func() brokenSession { return misreading(frame.SUBSCRIBE, with("ack", "auto")) }},
		{"forgets receipts", func() brokenSession { return misreading(frame.SUBSCRIBE, drop("receipt")) }},
		{"keeps receipts", func() brokenSession { return misreading(frame.RECEIPT, nothing) }},
		{"acknowledges outside the transaction", func() brokenSession { return misreading(frame.ACK, drop("transaction")) }},
		{"ABORT not read", func() brokenSession { return misreading(frame.ABORT, nothing) }},
		{"COMMIT not read", func() brokenSession { return misreading(frame.COMMIT, nothing) }},
		{"ABORT commits", func() brokenSession {
			return misreading(frame.ABORT, func(f *frame.Frame) *frame.Frame { f.Command = frame.COMMIT; return f })
		}},
		{"COMMIT aborts", func() brokenSession {
			return misreading(frame.COMMIT, func(f *frame.Frame) *frame.Frame { f.Command = frame.ABORT; return f })
		}},
		{"NACK not read", func() brokenSession { return misreading(frame.NACK, nothing) }},
		{"UNSUBSCRIBE not read", func() brokenSession { return misreading(frame.UNSUBSCRIBE, nothing) }},
		{"DISCONNECT not read", func() brokenSession { return misreading(frame.DISCONNECT, nothing) }},
		{"ERROR not read", func() brokenSession { return misreading(frame.ERROR, nothing) }},
		{"MESSAGE not read", func() brokenSession { return misreading(frame.MESSAGE, nothing) }},
		{"no phase for extensions", func() brokenSession {
			return misreading(frame.SEND, func(f *frame.Frame) *frame.Frame { f.Command = "PING"; return f })
		}},
	} {
		start := func() session {
			b := row.start()
			b.Session = validate.NewSession(limits)
			return &b
		}
		if err := checkSession(start, eventful, limits); err == nil {
			t.Errorf("%s: not noticed", row.name)
		}
	}
	if err := CheckSession(eventful, limits); err != nil {
		t.Errorf("intact: %v", err)
	}
}

// A session that is right only because a refused frame changed something is
// found by the one that never sees such frames.
func TestSessionNoticesLateEffects(t *testing.T) {
	start := func() session {
		changed := false
		return &brokenSession{Session: validate.NewSession(validate.SessionLimits{}), stepFrame: func(s *validate.Session, from validate.Role, f *frame.Frame) error {
			if f.Command == "PING" && !changed {
				return validate.Violations{{Rule: validate.AckKnown, Command: f.Command}}
			}
			err := s.StepFrame(from, f)
			changed = changed || err != nil
			return err
		}}
	}
	conversation := slices.Concat(eventful[:3], []Said{{validate.Client, &frame.Frame{Command: "PING"}}})
	if err := checkSession(start, conversation, validate.SessionLimits{}); err == nil {
		t.Error("not noticed")
	}
}
