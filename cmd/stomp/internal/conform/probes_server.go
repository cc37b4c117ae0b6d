package conform

import (
	"errors"
	"fmt"
	"sync"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A judge feeds a conversation to a validate.Session and keeps what the server
// breaks.
type judge struct {
	mu      sync.Mutex
	session *validate.Session
	own     *parser.Assembler
	broken  map[validate.Rule]string
}

func newJudge() *judge {
	return &judge{
		session: validate.NewSession(validate.SessionLimits{}),
		own:     parser.NewAssembler(parser.Options{Allow: parser.AllowAll}),
		broken:  map[validate.Rule]string{},
	}
}

// judged takes a frame of the server.
func (c *conn) judged(from validate.Role, f *frame.Frame) {
	j := c.judge
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.session.StepFrame(from, f)
	if f.Command == frame.CONNECTED {
		j.own.SetVersion(j.session.Version())
	}
	var all validate.Violations
	if from == validate.Server && errors.As(err, &all) {
		for _, v := range all {
			if _, known := j.broken[v.Rule]; !known {
				j.broken[v.Rule] = v.Error()
			}
		}
	}
}

// judgeOwn takes frames that the script sends.
func (c *conn) judgeOwn(text string) {
	for src := []byte(text); len(src) > 0; {
		c.judge.mu.Lock()
		v, n, whole, err := c.judge.own.Next(src)
		c.judge.mu.Unlock()
		if err != nil {
			return
		}
		src = src[n:]
		if whole {
			c.judged(validate.Client, v.Clone())
		}
	}
}

// A conversation is an ordinary session with a peer in each of its versions, and
// what was wrong with the peer's frames.
type conversation struct {
	try    int
	trace  *Trace
	broken map[validate.Rule]string
	strict error // what a strict parser says of the bytes
	failed Outcome
}

// talk has the conversation, unless it has been had.
func (s *script) talk() *conversation {
	if s.Run.talked != nil && s.Run.talked.try >= s.try {
		s.trace = s.Run.talked.trace
		return s.Run.talked
	}
	t := &conversation{try: s.try, trace: s.trace, broken: map[validate.Rule]string{}, failed: ok}
	s.Run.talked = t
	s.judging = true
	defer func() { s.judging = false }()
	for _, v := range versions {
		if !s.versions.Has(v) {
			continue
		}
		if o := s.talkIn(v); o.Kind != OK {
			t.failed = o
		}
	}
	for _, c := range s.conns {
		c.judge.mu.Lock()
		for r, text := range c.judge.broken {
			if _, known := t.broken[r]; !known {
				t.broken[r] = text
			}
		}
		c.judge.mu.Unlock()
		if err := strictly(c.all()); err != nil && t.strict == nil {
			t.strict = fmt.Errorf("connection %d: %w", c.n, err)
		}
	}
	return t
}

// talkIn has the conversation in one version.
func (s *script) talkIn(v frame.Version) (o Outcome) {
	defer func() {
		if early := recover(); early != nil {
			e, is := early.(stop)
			if !is {
				panic(early)
			}
			o = e.Outcome
		}
	}()
	c := s.connect(v, "heart-beat:10000,10000")
	for _, mode := range []string{"auto", "client", "client-individual"} {
		if v == frame.V10 && mode == "client-individual" {
			continue
		}
		q := s.queue()
		c.subscribe(mode, q, mode)
		for i := range 3 {
			c.send("SEND\n" + s.header(q, v) + fmt.Sprintf("x-own:%d\ncontent-type:text/plain\ncontent-length:5\n\nhello\x00", i))
		}
		var got []*frame.Frame
		for range 3 {
			f, o := c.message()
			if f == nil {
				return o
			}
			got = append(got, f)
		}
		if mode == "client" && v != frame.V10 {
			got = got[2:] // for all
		}
		for _, f := range got {
			if mode != "auto" {
				if o := c.ask(c.ack("ACK", f, "$R")); o.Kind == Errored || o.Kind == Closed {
					c = s.connect(v) // another probe is about that
					break
				}
			}
		}
		c.ask("UNSUBSCRIBE\nid:" + mode + "\n$R\n\n\x00")
	}
	c.ask("BEGIN\ntransaction:t\n$R\n\n\x00")
	c.ask("COMMIT\ntransaction:t\n$R\n\n\x00")
	c.leave()
	// An ERROR, too.
	c = s.connect(v)
	c.ask("SEND\n$R\n\nx\x00")
	return ok
}

// strictly reads what a server sent without any leniency.
func strictly(b []byte) error {
	a := parser.NewAssembler(parser.Options{})
	for len(b) > 0 {
		v, n, whole, err := a.Next(b)
		if err != nil {
			return err
		}
		b = b[n:]
		if whole && v.Command == frame.CONNECTED {
			version, _ := v.AgreedVersion()
			a.SetVersion(version)
		}
	}
	return nil
}

// serverRules are the rules about the frames of servers that an ordinary
// conversation can break.
var serverRules = []validate.Rule{
	validate.CommandDirection, validate.ConnectedFirst, validate.ConnectedOnce, validate.HeaderUTF8,
	validate.BodyNotAllowed, validate.HeartBeatSyntax, validate.ContentTypeSyntax,
	validate.ConnectedVersionRequired, validate.ConnectedVersionSyntax, validate.ConnectedVersionOffered, validate.ConnectedServerSyntax,
	validate.MessageDestinationRequired, validate.MessageMessageIDRequired, validate.MessageSubscriptionRequired,
	validate.MessageSubscriptionKnown, validate.MessageAckRequired, validate.MessageAckUnique, validate.MessageIDUnique,
	validate.ReceiptIDRequired, validate.ReceiptKnown,
	validate.MessageSubscriptionExpected, validate.MessageAfterUnsubscribe, validate.ErrorReceiptKnown,
}

// serverProbes have an ordinary conversation in each version and ask, rule by
// rule, whether the server's frames keep the rules of package validate.
func serverProbes() []*Probe {
	ps := []*Probe{ask(Must, "server/well-formed", passage{inGrammar, "What a server sends are frames, and end of lines between them"}, func(s *script) Outcome {
		if t := s.talk(); t.strict != nil {
			return wrong("%v", t.strict)
		}
		return ok
	})}
	for _, r := range serverRules {
		level := Should
		if r.Must() {
			level = Must
		}
		ps = append(ps, ask(level, "server/"+r.ID(), rule(r), func(s *script) Outcome {
			t := s.talk()
			if text, broken := t.broken[r]; broken {
				return wrong("%s", text)
			}
			if t.failed.Kind != OK {
				return outcome(Skipped, "the conversation broke off, %v", t.failed)
			}
			return ok
		}))
	}
	return ps
}
