package main

import (
	"errors"
	"slices"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A judge judges the frames of a conversation in their order, as far as what
// is known of it reaches.
type judge struct {
	both    [2]*recording // by role; nil for one that is not there
	forced  frame.Version // by -version
	middle  bool          // the conversation begins in the middle of a session
	assumed bool          // a frame of the handshake cannot be seen, and was made up
	lost    bool          // a part of the conversation is not known: frames are judged alone
	agreed  frame.Version // of a CONNECTED that was judged alone
	imposed bool          // the client did not offer the version of CONNECTED
	session *validate.Session
	order   *order
	report  *report
}

func newJudge(both [2]*recording, v versionFlag, r *report) *judge {
	j := newBareJudge(both, v, r)
	j.middle = joined(both[validate.Client], both[validate.Server])
	if j.middle {
		j.connect()
		j.accept()
	}
	return j
}

// newBareJudge returns a judge that has not looked at the recordings.
func newBareJudge(both [2]*recording, v versionFlag, r *report) *judge {
	session := validate.NewSession(validate.SessionLimits{})
	j := &judge{both: both, forced: frame.Version(v), session: session, report: r}
	j.order = &order{client: both[validate.Client], server: both[validate.Server], session: session}
	return j
}

// joined reports whether the recordings begin in the middle of a session:
// those that are there begin with no frame of a handshake, and it is more than
// a client that did not say CONNECT to a server that told it so.
func joined(client, server *recording) bool {
	if server == nil {
		c := client.peek()
		return c != nil && !c.connects()
	}
	s := server.peek()
	return s != nil && s.command() != frame.CONNECTED && s.command() != frame.ERROR && !client.peek().connects()
}

// supply makes up what a frame needs before it of the handshake, when that
// cannot be seen.
func (j *judge) supply(from validate.Role) {
	switch {
	case !j.both[1-from].broken():
	case from == validate.Server && j.session.Phase(validate.Server) == validate.Idle:
		j.connect()
	case from == validate.Client && j.session.Phase(validate.Client) == validate.Connecting:
		j.accept()
	}
}

// connect makes up the CONNECT of a client that takes any version.
func (j *judge) connect() {
	j.assume(validate.Client, frame.CONNECT, headers.AcceptVersion, "1.0,1.1,1.2", headers.Host, "unknown")
}

// accept makes up the CONNECTED of a server, in the version that the client is
// read as.
func (j *judge) accept() {
	v := frame.V12
	for _, r := range j.both {
		if r != nil && r.stream.version != frame.Unnegotiated {
			v = r.stream.version
			break
		}
	}
	j.assume(validate.Server, frame.CONNECTED, headers.Version, v.String())
}

// assume steps over a frame that is not there.
func (j *judge) assume(from validate.Role, c frame.Command, nameValue ...string) {
	j.assumed = true
	j.imposes(j.session.StepFrame(from, &frame.Frame{Command: c, Headers: headers.Pairs(nameValue...)}))
}

// imposes looks whether CONNECTED set a version that the client did not offer.
// The session then judges the client by the rules that all versions share.
func (j *judge) imposes(err error) {
	if errors.Is(err, validate.ConnectedVersionOffered) || errors.Is(err, validate.ConnectedVersionRequired) {
		j.imposed = true
	}
}

// judge judges the next frame of a recording, and takes it.
func (j *judge) judge(r *recording) {
	f := r.peek()
	if j.lost {
		j.alone(r.from, f)
		r.take()
		return
	}
	j.supply(r.from)
	connected := j.session.Phase(validate.Server) == validate.Connected
	if !f.command().Handshake() && f.command() != frame.ERROR {
		s := &j.report.sides[r.from]
		s.common = s.common || j.session.Version() == frame.Unnegotiated || j.imposed && r.from == validate.Client
	}
	var found validate.Violations
	if (f.connects() || f.command() == frame.CONNECTED) && j.forced != frame.Unnegotiated {
		found = j.force(r.from, f)
	} else {
		found = j.step(r.from, f)
	}
	var raw validate.Violations
	if errors.As(validate.CheckRaw(f.raw, f.version, r.from), &raw) {
		found = append(found, raw...)
	}
	found = slices.DeleteFunc(found, func(v validate.Violation) bool { return j.unknowable(r.from, v.Rule) })
	slices.SortStableFunc(found, func(a, b validate.Violation) int { return int(a.Rule) - int(b.Rule) })
	j.order.note(f)
	j.report.frame(r.from, f, found)
	j.watch(r.from, f, !connected && j.session.Phase(validate.Server) == validate.Connected)
	r.take()
}

// alone judges a frame by what it shows itself, in the version that is known.
func (j *judge) alone(from validate.Role, f *sent) {
	version := j.session.Version()
	if j.assumed {
		version = frame.Unnegotiated // it was only made up
	}
	if version == frame.Unnegotiated {
		version = j.agreed
	}
	if f.command() == frame.CONNECTED {
		j.agreed, _ = f.head.AgreedVersion()
	}
	if f.command().Handshake() {
		version = frame.Unnegotiated
	}
	var found, raw validate.Violations
	if _, counted := f.head.Length.Get(); counted {
		errors.As(validate.CheckHead(f.head, version, from), &found)
	} else {
		errors.As(validate.CheckView(f.scanned(), version, from), &found)
	}
	if version != frame.Unnegotiated {
		errors.As(validate.CheckRaw(f.raw, version, from), &raw)
	}
	s := &j.report.sides[from]
	s.common = s.common || version == frame.Unnegotiated
	found = slices.DeleteFunc(append(slices.Clone(found), raw...), func(v validate.Violation) bool {
		return v.Rule == validate.ConnectFirst || v.Rule == validate.ConnectedFirst // it may be lost
	})
	slices.SortStableFunc(found, func(a, b validate.Violation) int { return int(a.Rule) - int(b.Rule) })
	j.report.frame(from, f, found)
}

// watch judges heart-beats up to a frame that the session has seen, and that may
// have connected it.
func (j *judge) watch(from validate.Role, f *sent, connected bool) {
	w := &j.report.watch
	switch {
	case connected && !j.assumed:
		w.start(f.at, j.session, j.order.timed())
	case from == validate.Client && f.command() == frame.DISCONNECT, from == validate.Server && f.command() == frame.ERROR:
		w.stop(f.at)
	default:
		w.reached(f.at)
	}
}

// step gives a frame to the session.
func (j *judge) step(from validate.Role, f *sent) validate.Violations {
	var err error
	if _, counted := f.head.Length.Get(); counted {
		err = j.session.Step(from, f.head) // the body has that length, the parser says
	} else {
		err = j.session.StepView(from, f.scanned())
	}
	j.imposes(err)
	var limit *validate.LimitError
	if errors.As(err, &limit) {
		j.report.limit(limit)
	}
	var found validate.Violations
	errors.As(err, &found)
	return slices.Clone(found)
}

// force judges a frame of the handshake, and makes the session go on in the
// version of the flag, whatever the frame says of versions.
func (j *judge) force(from validate.Role, f *sent) validate.Violations {
	name := headers.AcceptVersion
	if f.command() == frame.CONNECTED {
		name = headers.Version
	}
	patched := *f
	patched.head.Headers = slices.DeleteFunc(slices.Clone(f.head.Headers), func(e headers.FieldView) bool { return string(e.Name) == name })
	patched.head.Headers = append(patched.head.Headers, headers.FieldView{Name: []byte(name), Value: []byte(j.forced.String())})
	found := slices.DeleteFunc(j.step(from, &patched), func(v validate.Violation) bool {
		switch v.Rule {
		case validate.ConnectOnce, validate.DisconnectLast, validate.ConnectedUnasked, validate.ConnectedOnce,
			validate.FrameAfterRefusal, validate.FrameAfterError:
			return false // what the frame alone does not show
		}
		return true
	})
	err := validate.CheckHead(f.head, frame.Unnegotiated, from)
	if _, counted := f.head.Length.Get(); !counted {
		err = validate.CheckView(f.scanned(), frame.Unnegotiated, from)
	}
	var own validate.Violations
	errors.As(err, &own)
	return append(found, own...)
}

// unknowable reports whether it cannot be said that a frame broke a rule,
// because other frames, which may be there, cannot be seen.
func (j *judge) unknowable(from validate.Role, r validate.Rule) bool {
	other := j.both[1-from]
	return other.broken() && needsOther(r) || j.middle && (needsOther(r) || needsBeginning(r))
}

// needsOther reports whether a rule needs the frames of both sides.
func needsOther(r validate.Rule) bool {
	switch r {
	case validate.FrameAfterRefusal, validate.AckKnown, validate.NackKnown, validate.AckAuto,
		validate.ConnectedUnasked, validate.ConnectedVersionRequired, validate.ConnectedVersionOffered,
		validate.MessageSubscriptionKnown, validate.MessageSubscriptionExpected, validate.MessageAfterUnsubscribe,
		validate.MessageAckRequired, validate.MessageAckUnique, validate.MessageIDUnique,
		validate.ReceiptKnown, validate.ErrorReceiptKnown:
		return true
	}
	return false
}

// needsBeginning reports whether a rule needs the frames of one side from the
// first.
func needsBeginning(r validate.Rule) bool {
	switch r {
	case validate.UnsubscribeKnown, validate.AckSubscriptionKnown, validate.NackSubscriptionKnown,
		validate.CommitTransactionKnown, validate.AbortTransactionKnown, validate.TransactionKnown:
		return true
	}
	return false
}
