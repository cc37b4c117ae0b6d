package conform

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Settings say what a peer needs from outside. A zero field means the default.
type Settings struct {
	URL          string // tcp, tls, ws or wss
	TLS          *tls.Config
	Preset       string // of Presets; "" for the one that fits the peer's name
	Login        string
	Passcode     string
	Host         string   // default that of the URL, and / when the peer refuses that
	Queue        string   // prefix of the destinations of queues, default /queue/
	Topic        string   // prefix of the destinations of topics, default /topic/
	QueueHeaders []string // lines that go with each destination of a queue

	Beat     time.Duration // heart-beats that are asked for; default 500 ms
	Margin   time.Duration // least time that a straggler is waited for; default 250 ms
	Patience time.Duration // most time that an answer is waited for; default 3 s
	Closing  time.Duration // time that the peer may take to close a connection; default 1 s
	Return   time.Duration // time that a peer that has gone may take to come back; default 10 s

	// Select says which probes to run; nil for all.
	Select func(*Probe) bool
	// Report is called with each result, in the order of Probes.
	Report func(*Result)
}

// A Preset is what a known broker needs.
type Preset struct {
	Name         string
	Server       string // how the server header of CONNECTED begins
	Host         string
	QueueHeaders []string
	About        string
}

// Presets are the known ones.
func Presets() []Preset {
	return []Preset{
		{
			Name: "rabbitmq", Server: "RabbitMQ", Host: "/",
			QueueHeaders: []string{"x-expires:60000"},
			About:        "host /, queues that RabbitMQ deletes a minute after their last use",
		},
		{
			Name: "activemq", Server: "ActiveMQ",
			About: "the defaults",
		},
	}
}

// A Result is what came of a probe.
type Result struct {
	*Probe
	Outcome
	Time  time.Duration
	Trace *Trace
	Tries int
}

// Pass reports whether the outcome is one that the probe accepts.
func (r *Result) Pass() bool { return r.accepts(r.Outcome) }

// A Run is one run of the probes against one peer.
type Run struct {
	Settings
	address  *address
	id       string         // in all names of the run
	Server   string         // the server header of CONNECTED
	Notes    []string       // what was found out about the peer beforehand
	versions frame.Versions // that the peer speaks
	basics   map[frame.Version]Outcome
	count    atomic.Int64
	mute     sync.Map // commands that get no RECEIPT

	witness *conn // a connection that is not the probes'
	watched bool  // whether it answers
	lost    bool  // the peer has gone and does not come back
	deaf    bool  // the peer answers no receipts, so that silence is judged by time alone
	apart   bool  // the peer delivers nothing to the connection that has sent it
	talked  *conversation

	mu      sync.Mutex
	used    []string // queues
	latency []time.Duration
}

// NewRun checks the settings.
func NewRun(s Settings) (*Run, error) {
	a, err := parseAddress(s.URL)
	if err != nil {
		return nil, err
	}
	a.tls = s.TLS
	if u := a.url.User; u != nil && s.Login == "" {
		s.Login = u.Username()
		s.Passcode, _ = u.Password()
	}
	a.url.User = nil
	s.Queue = cmp.Or(s.Queue, "/queue/")
	s.Topic = cmp.Or(s.Topic, "/topic/")
	s.Beat = cmp.Or(s.Beat, 500*time.Millisecond)
	s.Margin = cmp.Or(s.Margin, 250*time.Millisecond)
	s.Patience = cmp.Or(s.Patience, 3*time.Second)
	s.Closing = cmp.Or(s.Closing, time.Second)
	s.Return = cmp.Or(s.Return, 10*time.Second)
	r := &Run{Settings: s, address: a, id: fmt.Sprintf("conform-%x", time.Now().UnixNano()), basics: map[frame.Version]Outcome{}}
	if s.Preset != "" {
		i := slices.IndexFunc(Presets(), func(p Preset) bool { return p.Name == s.Preset })
		if i < 0 {
			return nil, fmt.Errorf("no preset %q", s.Preset)
		}
		r.preset(Presets()[i])
	}
	return r, nil
}

func (r *Run) preset(p Preset) {
	r.Host = cmp.Or(r.Host, p.Host)
	if r.QueueHeaders == nil {
		r.QueueHeaders = p.QueueHeaders
	}
}

// URL returns the address, without what is secret.
func (r *Run) URL() string { return r.address.url.String() }

// Versions returns the versions that the peer speaks.
func (r *Run) Versions() frame.Versions { return r.versions }

// Do runs the probes. The error says why the peer could not be tested at all.
func (r *Run) Do() ([]*Result, error) {
	if err := r.survey(); err != nil {
		return nil, err
	}
	defer r.clean()
	var results []*Result
	var slow []*Result
	var waiting sync.WaitGroup
	for _, p := range Probes() {
		if r.Select != nil && !r.Select(p) {
			continue
		}
		result := &Result{Probe: p}
		results = append(results, result)
		if p.delays {
			slow = append(slow, result)
		}
	}
	for _, result := range results {
		if !result.delays {
			r.one(result)
			r.report(result)
		}
	}
	// Those that mostly wait run beside each other, after the others: they send
	// nothing that could hurt a peer. When it goes all the same, it takes them one
	// by one to see which of them it was.
	places := make(chan struct{}, beside)
	for _, result := range slow {
		waiting.Add(1)
		places <- struct{}{}
		go func() {
			defer func() {
				<-places
				waiting.Done()
			}()
			if !r.lost {
				r.repeat(result)
			}
		}()
	}
	waiting.Wait()
	served := len(slow) == 0 || r.others(true).Kind == OK
	for _, result := range slow {
		if !served && (!result.Pass() || result.Kind == Closed) {
			r.one(result)
		}
		r.report(result)
	}
	return results, nil
}

// beside is how many probes that mostly wait run at a time.
const beside = 8

func (r *Run) report(result *Result) {
	if r.Report != nil {
		r.Report(result)
	}
}

// tries is how often a probe may fail before it has failed.
const tries = 2

// one runs a probe, and looks afterwards whether the peer serves others as before.
func (r *Run) one(result *Result) {
	if r.lost {
		result.Outcome, result.Trace = outcome(Blocked, "the server has gone and has not come back"), newTrace()
		return
	}
	var first *Trace
	for range tries {
		r.repeat(result)
		o := r.others(result.strange || !result.Pass())
		if o.Kind == OK {
			return
		}
		result.Outcome = o
		if first == nil {
			first = result.Trace
		}
		if r.lost {
			break
		}
	}
	result.Trace = first // which shows best what made it go
}

// repeat runs a probe, again with more patience when it fails.
func (r *Run) repeat(result *Result) {
	begun := time.Now()
	for result.Tries = 1; ; result.Tries++ {
		result.Outcome, result.Trace = r.try(result.Probe, result.Tries)
		if result.Pass() || result.Kind == Skipped || result.Kind == Malformed || result.Tries == tries || r.deaf {
			break
		}
		if probe := r.reachable(); probe != nil {
			break // to repeat it would only fail again
		}
	}
	result.Time = time.Since(begun)
}

// reachable dials the peer.
func (r *Run) reachable() error {
	l, err := r.address.dial(r.Patience, subprotocols)
	if err == nil {
		l.hangUp()
	}
	return err
}

// try runs a probe once.
func (r *Run) try(p *Probe, n int) (o Outcome, trace *Trace) {
	s := r.script(n)
	defer func() {
		if v := recover(); v != nil {
			early, ok := v.(stop)
			if !ok {
				panic(v)
			}
			o = early.Outcome
		}
		trace = s.trace
		s.hangUp()
	}()
	if p.socket && !r.address.webSocket() {
		s.skip("the URL is not that of a WebSocket")
	}
	if p.version != frame.Unnegotiated && !r.versions.Has(p.version) {
		s.skip("the server does not speak STOMP %v", p.version)
	}
	return p.run(s), nil // the deferred function sets the trace
}

// script returns a script for the n-th try of a probe.
func (r *Run) script(n int) *script {
	r.mu.Lock()
	defer r.mu.Unlock()
	margin := r.Margin
	if n := len(r.latency); n > 0 {
		sorted := slices.Sorted(slices.Values(r.latency))
		margin = max(margin, 10*sorted[n/2], 2*sorted[n-1])
	}
	patience := max(r.Patience, 10*margin)
	if r.deaf {
		patience = margin
	}
	factor := time.Duration(2*n - 1)
	return &script{Run: r, try: n, trace: newTrace(), margin: factor * margin, patience: patience, closing: factor * max(r.Closing, 4*margin)}
}

// latencies is how many measurements of latency count.
const latencies = 20

func (r *Run) took(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.latency = append(r.latency, d)
	r.latency = r.latency[max(0, len(r.latency)-latencies):]
}

// guarded runs part of a script outside of a probe.
func (r *Run) guarded(do func(s *script) Outcome) (o Outcome, s *script) {
	s = r.script(1)
	defer func() {
		if v := recover(); v != nil {
			early, ok := v.(stop)
			if !ok {
				panic(v)
			}
			o = early.Outcome
		}
	}()
	return do(s), s
}

// survey finds out which versions the peer speaks, and what else a run has to
// know about it.
func (r *Run) survey() error {
	defaultHost := r.Host == ""
	if defaultHost {
		r.Host = r.address.url.Hostname()
	}
	var refusals []string
	for attempt := 0; r.versions == 0 && attempt < 2; attempt++ {
		if attempt == 1 {
			if !defaultHost || len(refusals) == 0 {
				break
			}
			r.Host = "/"
		}
		for _, v := range []frame.Version{frame.V12, frame.V11, frame.V10} {
			o, s := r.guarded(func(s *script) Outcome {
				c := s.dialFor(v.String())
				f, o := c.handshake(s.connectFrame("CONNECT", v.String()))
				if f == nil {
					if c.last != nil {
						o.Detail += " " + printable(c.last.Body)
					}
					return o
				}
				if c.version == v {
					r.versions |= frame.VersionsOf(v)
					r.Server = cmp.Or(r.Server, f.Headers.Value(headers.Server))
				}
				return ok
			})
			s.hangUp()
			if o.Kind == Blocked {
				return fmt.Errorf("%s", o.Detail)
			}
			if o.Kind != OK {
				refusals = append(refusals, fmt.Sprintf("CONNECT with accept-version:%v and host:%s: %v", v, r.Host, o))
			}
		}
	}
	if r.versions == 0 {
		return fmt.Errorf("the server accepts no session; if it needs them, give -login, -passcode and -host\n  %s", strings.Join(refusals, "\n  "))
	}
	if r.Preset == "" {
		for _, p := range Presets() {
			if strings.HasPrefix(r.Server, p.Server) {
				r.preset(p)
				r.Notes = append(r.Notes, fmt.Sprintf("preset %s is used (%s)", p.Name, p.About))
			}
		}
	}
	if defaultHost && r.Host == "/" {
		r.Notes = append(r.Notes, fmt.Sprintf("host / is used, since %s was refused", r.address.url.Hostname()))
	}
	if r.watch(); !r.watched {
		r.deaf = true
		r.Notes = append(r.Notes, "a SEND with a receipt header gets no RECEIPT, so silence is judged by time alone, and nothing is repeated")
		r.watch()
	}
	if r.basics = r.delivery(); !anyOK(r.basics) {
		r.apart = true
		if basics := r.delivery(); anyOK(basics) {
			r.basics = basics
			r.Notes = append(r.Notes, "a connection gets no message that it has sent itself, so other connections send what it is to get")
		} else {
			r.apart = false
		}
	}
	return nil
}

// delivery sends a message in each version and reports what came of it.
func (r *Run) delivery() map[frame.Version]Outcome {
	basics := map[frame.Version]Outcome{}
	for _, v := range versions {
		if !r.versions.Has(v) {
			continue
		}
		o, s := r.guarded(func(s *script) Outcome {
			c := s.connect(v)
			c.subscribe("s", s.own(), "")
			c.publish(s.own(), "hello")
			_, o := c.message()
			return o
		})
		s.hangUp()
		basics[v] = o
	}
	return basics
}

func anyOK(basics map[frame.Version]Outcome) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(basics)), func(o Outcome) bool { return o.Kind == OK })
}

// watch opens the connection of the witness.
func (r *Run) watch() {
	r.watched = false
	o, s := r.guarded(func(s *script) Outcome {
		r.witness = s.connect(r.versions.Highest())
		return s.witnessed()
	})
	if r.watched = o.Kind == OK; !r.watched {
		s.hangUp()
		return
	}
	for range 4 {
		if s.witnessed().Kind != OK {
			return
		}
	}
}

// witnessPatience is how long the witness waits: what others suffer is a heavy
// charge, and no charge against a peer that is busy.
const witnessPatience = 10 * time.Second

// witnessed sends a frame from the witness and waits for its receipt. Of a peer
// that gives none, it sees that the connection is still there.
func (s *script) witnessed() Outcome {
	begun := time.Now()
	deadline := begun.Add(witnessPatience)
	var id string
	if s.deaf {
		deadline = begun.Add(s.margin / 10)
	} else {
		id = s.witness.ping()
	}
	for {
		e, came := s.witness.next(time.Until(deadline))
		switch {
		case !came && s.deaf:
			return ok
		case !came:
			return outcome(Dead, "another connection, which was there before, got no receipt within %v", witnessPatience)
		case e.end != nil:
			return outcome(Dead, "another connection, which was there before, was ended: %s", ending(e.end))
		case e.frame != nil && e.frame.Command == frame.ERROR:
			return outcome(Dead, "another connection, which was there before, got an ERROR")
		case e.frame != nil && e.frame.Headers.Value(headers.ReceiptID) == id:
			s.took(time.Since(begun))
			return ok
		}
	}
}

// others reports whether the peer still serves others: the witness, and with
// newcomer one that connects. When it does not, others waits for it to come back.
func (r *Run) others(newcomer bool) Outcome {
	o := ok
	if r.watched && !r.deaf {
		o, _ = r.guarded((*script).witnessed)
	}
	if o.Kind == OK && (newcomer || r.deaf) {
		o = r.newcomer()
	}
	if o.Kind == OK && r.watched && r.deaf {
		o, _ = r.guarded((*script).witnessed)
	}
	if o.Kind == OK {
		return ok
	}
	for end := time.Now().Add(r.Return); ; time.Sleep(100 * time.Millisecond) {
		if r.newcomer().Kind == OK {
			break
		}
		if time.Now().After(end) {
			r.lost = true
			return outcome(Dead, "%s; the server has not come back within %v", o.Detail, r.Return)
		}
	}
	if r.witness != nil {
		r.witness.close()
		r.watch()
	}
	return o
}

// newcomer connects.
func (r *Run) newcomer() Outcome {
	o, s := r.guarded(func(s *script) Outcome {
		begun := time.Now()
		f, o := s.dial().handshake(s.connectFrame("CONNECT", r.versions.Highest().String()))
		if f == nil {
			return outcome(Dead, "a new connection gets no CONNECTED: %v", o)
		}
		if r.deaf {
			r.took(time.Since(begun))
		}
		return ok
	})
	s.hangUp()
	if o.Kind == Blocked {
		return outcome(Dead, "%s", o.Detail)
	}
	return o
}

// clean takes what is left out of the queues that the run has used.
func (r *Run) clean() {
	if r.witness != nil {
		r.witness.close()
	}
	if r.lost {
		return
	}
	_, s := r.guarded(func(s *script) Outcome {
		c := s.connect(r.versions.Highest())
		for i, name := range r.used {
			c.send(fmt.Sprintf("SUBSCRIBE\nid:%d\n%sack:auto\n\n\x00", i, s.header(name, c.version)))
		}
		_, o := c.quiet()
		c.leave()
		return o
	})
	s.hangUp()
}
