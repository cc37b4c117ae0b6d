// Package conform is the conformance test behind "stomp conform".
//
// A [Probe] is one question to a peer: it has a stable ID, the sentence of the
// specification that it tests, and the set of outcomes that it accepts. What a
// probe does is a short script over connections of its own (script.go, conn.go).
// A [Run] asks the probes one after another and watches, from a connection of its
// own, that the peer still serves others (run.go). The questions are in the
// files that begin with probes.
//
// Nothing is judged by a fixed time. A script that waits in vain first sends a
// frame that asks for a receipt: when that is answered, the peer has seen what
// came before. How long it waits for stragglers follows from the latency that was
// measured, and a probe that fails is repeated with more patience.
package conform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// A Level says how binding the sentence behind a probe is.
type Level uint8

const (
	Must   Level = iota // MUST, MUST NOT, REQUIRED, and plain statements about what a server does
	Should              // SHOULD, SHOULD NOT, RECOMMENDED
	Choice              // the specification leaves it open: what the peer does is shown, and passes
)

// String returns MUST, SHOULD or choice.
func (l Level) String() string { return [...]string{"MUST", "SHOULD", "choice"}[l] }

// A Kind is what came of a probe, as one stable word.
type Kind string

// The kinds that many probes share. Probes of a choice have words of their own.
const (
	OK        Kind = "ok"        // what the probe asks for
	Accepted  Kind = "accepted"  // the frame was answered with its RECEIPT
	Errored   Kind = "error"     // an ERROR came
	Closed    Kind = "closed"    // the connection was closed, without ERROR
	Ignored   Kind = "ignored"   // no answer, but later frames are answered
	Silent    Kind = "silent"    // no answer, to later frames neither
	Open      Kind = "open"      // the connection was not closed
	Wrong     Kind = "wrong"     // something else came
	Malformed Kind = "malformed" // what came is no STOMP frame
	Dead      Kind = "dead"      // the peer does not serve others any more
	Blocked   Kind = "blocked"   // what the probe needs first did not work
	Skipped   Kind = "skipped"   // the peer does not have what the probe is about
)

// An Outcome is what came of a probe, with a few words for people.
type Outcome struct {
	Kind   Kind
	Detail string
}

func (o Outcome) String() string {
	if o.Detail == "" {
		return string(o.Kind)
	}
	return string(o.Kind) + ": " + o.Detail
}

func outcome(k Kind, format string, args ...any) Outcome {
	return Outcome{k, fmt.Sprintf(format, args...)}
}

var ok = Outcome{Kind: OK}

// wrong is an outcome that no probe accepts.
func wrong(format string, args ...any) Outcome { return outcome(Wrong, format, args...) }

// A Probe is one question to a peer.
type Probe struct {
	ID       string // AREA/NAME, stable
	Level    Level
	Section  string // versions and titles, such as "STOMP 1.2, ERROR"
	Sentence string // what the section asks for
	Accept   []Kind // outcomes that pass; of a Choice, those that are known

	version frame.Version // that the session needs, 0 for any
	delays  bool          // mostly waits: such probes run beside each other
	socket  bool          // needs a WebSocket
	strange bool          // sends what could hurt the peer: afterwards a new connection is tried too
	run     func(*script) Outcome
}

// Area returns the part of the ID in front of the slash.
func (p *Probe) Area() string {
	for i, c := range p.ID {
		if c == '/' {
			return p.ID[:i]
		}
	}
	return p.ID
}

// saidIn reports whether one of these versions has the passage of the probe.
func (p *Probe) saidIn(spoken frame.Versions) bool {
	said := false
	for _, v := range versions {
		if strings.Contains(p.Section, v.String()) {
			if said = true; spoken.Has(v) {
				return true
			}
		}
	}
	return !said // then all have it
}

// accepts reports whether an outcome passes.
func (p *Probe) accepts(o Outcome) bool {
	switch o.Kind {
	case Wrong, Malformed, Dead, Blocked:
		return false
	}
	return p.Level == Choice || slices.Contains(p.Accept, o.Kind)
}

// A passage is a place in a specification.
type passage struct{ section, sentence string }

// rule returns the passage of a rule of package validate.
func rule(r validate.Rule) passage { return passage{r.Section(), r.Requirement()} }

// ask makes a probe. Without kinds it accepts OK.
func ask(l Level, id string, p passage, run func(*script) Outcome, accept ...Kind) *Probe {
	if accept == nil {
		accept = []Kind{OK}
	}
	return &Probe{ID: id, Level: l, Section: p.section, Sentence: p.sentence, Accept: accept, run: run}
}

// in sets the version that the probe needs.
func (p *Probe) in(v frame.Version) *Probe { p.version = v; return p }

// slow marks a probe that mostly waits.
func (p *Probe) slow() *Probe { p.delays = true; return p }

// hostile marks a probe that sends what could hurt the peer.
func (p *Probe) hostile() *Probe { p.strange = true; return p }

// overWebSocket marks a probe that needs a WebSocket.
func (p *Probe) overWebSocket() *Probe { p.socket = true; return p }

// refusal are the outcomes of a frame that must be refused. Whether the
// connection is closed after ERROR is a question of its own (errors/closes).
var refusal = []Kind{Errored, Closed}

// unprocessed are the outcomes of a frame that cannot have been processed, where
// the specification does not say that it has to be answered with ERROR.
var unprocessed = []Kind{Errored, Closed, Ignored}

// Probes returns all probes of brokers, in their order.
func Probes() []*Probe {
	return slices.Concat(
		handshakeProbes(),
		receiptProbes(),
		messageProbes(),
		headerProbes(),
		escapeProbes(),
		framingProbes(),
		waiting(subscriptionProbes()),
		waiting(ackProbes()),
		waiting(transactionProbes()),
		heartBeatProbes(),
		errorProbes(),
		serverProbes(),
		limitProbes(),
		hostileProbes(),
		webSocketProbes(),
	)
}

// waiting marks probes that mostly wait.
func waiting(ps []*Probe) []*Probe {
	for _, p := range ps {
		p.delays = true
	}
	return ps
}
