package fuzz

import (
	"strconv"
	"testing"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A brokenSession is one with a mistake.
type brokenSession struct {
	*validate.Session
	read  func(f *frame.Frame) *frame.Frame // what StepFrame takes for the frame; nil is no frame
	judge func(err error) error             // what StepFrame returns in place of an error
	wrong string                            // which method is wrong
}

func (b *brokenSession) StepFrame(from validate.Role, f *frame.Frame) error {
	if b.wrong == "StepFrame" {
		f.Headers.Add("changed", "")
	}
	if b.read != nil {
		if f = b.read(f.Clone()); f == nil {
			return nil
		}
	}
	err := b.Session.StepFrame(from, f)
	if b.judge != nil && err != nil {
		return b.judge(err)
	}
	return err
}

func (b *brokenSession) StepView(from validate.Role, w frame.View) error {
	if err := b.Session.StepView(from, w); b.wrong != "StepView" {
		return err
	}
	return nil
}

func (b *brokenSession) Step(from validate.Role, h frame.Head) error {
	if err := b.Session.Step(from, h); b.wrong != "Step" {
		return err
	}
	return nil
}

// off is 1 where a method is wrong.
func (b *brokenSession) off(method string) int {
	if b.wrong == method {
		return 1
	}
	return 0
}

func (b *brokenSession) Version() frame.Version {
	return b.Session.Version() + frame.Version(b.off("Version"))
}
func (b *brokenSession) Phase(r validate.Role) validate.Phase {
	return b.Session.Phase(r) + validate.Phase(b.off("Phase"))
}
func (b *brokenSession) HeartBeat(r validate.Role) time.Duration {
	return b.Session.HeartBeat(r) + time.Duration(b.off("HeartBeat"))
}
func (b *brokenSession) Unacknowledged() int {
	return b.Session.Unacknowledged() + b.off("Unacknowledged")
}
func (b *brokenSession) Receipts() int     { return b.Session.Receipts() + b.off("Receipts") }
func (b *brokenSession) Transactions() int { return b.Session.Transactions() + b.off("Transactions") }

// eventful is a conversation in which every kind of thing happens.
func eventful() (all []Said) {
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
	for i := range 4 {
		name := "m" + strconv.Itoa(i+1)
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
	client(frame.BEGIN, "transaction", "u")
	client(frame.BEGIN, "transaction", "v")                                      // over the limit
	client(frame.SEND, "destination", "/queue/a", "receipt", "r1", "id", "long") // extra header
	client(frame.DISCONNECT, "receipt", "bye")
	client(frame.SEND, "destination", "/queue/a") // too late
	server(frame.RECEIPT, "receipt-id", "bye")
	server(frame.ERROR, "message", "no", "receipt-id", "r1")
	server(frame.RECEIPT, "receipt-id", "r1") // after ERROR
	return all
}

// CheckSession finds each mistake of a session.
func TestSessionNotices(t *testing.T) {
	limits := validate.SessionLimits{Transactions: 1}
	mistakes := map[string]brokenSession{"an error of another type": {judge: func(error) error { return validate.AckKnown }}}
	for _, method := range []string{"StepFrame", "StepView", "Step", "Version", "Phase", "HeartBeat", "Unacknowledged", "Receipts", "Transactions"} {
		mistakes[method] = brokenSession{wrong: method}
	}
	for name, change := range map[string]func(v validate.Violations) error{
		"a rule lost":            func(v validate.Violations) error { return v[1:] },
		"a rule twice":           func(v validate.Violations) error { return append(v, v[0]) },
		"no violation":           func(validate.Violations) error { return validate.Violations{} },
		"no error":               func(validate.Violations) error { return nil },
		"another command":        func(v validate.Violations) error { v[0].Command = frame.ABORT; return v },
		"another header":         func(v validate.Violations) error { v[0].Header = "other"; return v },
		"a limit not crossed":    func(v validate.Violations) error { return &validate.LimitError{Violations: v} },
		"a limit in their place": func(validate.Violations) error { return &validate.LimitError{Limit: "ID"} },
	} {
		mistakes[name] = brokenSession{judge: func(err error) error {
			if v, ok := err.(validate.Violations); ok {
				return change(v)
			}
			return err
		}}
	}
	mistakes["another limit"] = brokenSession{judge: func(err error) error {
		if e, ok := err.(*validate.LimitError); ok {
			e.Max++
		}
		return err
	}}
	// Frames that are not read, or without a header, or with another one.
	for _, c := range []struct {
		command     frame.Command
		name, value string
	}{
		{command: frame.CONNECTED}, {command: frame.RECEIPT}, {command: frame.ABORT}, {command: frame.COMMIT}, {command: frame.NACK},
		{command: frame.UNSUBSCRIBE}, {command: frame.DISCONNECT}, {command: frame.ERROR}, {command: frame.MESSAGE}, {command: frame.BEGIN},
		{frame.CONNECT, "accept-version", "1.1"}, {frame.SUBSCRIBE, "ack", "client-individual"}, {frame.SUBSCRIBE, "ack", "auto"},
		{frame.SUBSCRIBE, "receipt", ""}, {frame.ACK, "transaction", ""},
	} {
		mistakes[string(c.command)+" misread "+c.name+c.value] = brokenSession{read: func(f *frame.Frame) *frame.Frame {
			switch {
			case f.Command != c.command:
			case c.name == "":
				return nil
			case c.value == "":
				f.Headers.Delete(c.name)
			default:
				f.Headers.Set(c.name, c.value)
			}
			return f
		}}
	}
	for a, b := range map[frame.Command]frame.Command{frame.ABORT: frame.COMMIT, frame.COMMIT: frame.ABORT, frame.SEND: "PING"} {
		mistakes[string(a+" taken for "+b)] = brokenSession{read: func(f *frame.Frame) *frame.Frame {
			if f.Command == a {
				f.Command = b
			}
			return f
		}}
	}
	for name, b := range mistakes {
		start := func() session {
			b := b
			b.Session = validate.NewSession(limits)
			return &b
		}
		if err := checkSession(start, eventful(), limits); err == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
	if err := CheckSession(eventful(), limits); err != nil {
		t.Errorf("intact: %v", err)
	}
}
