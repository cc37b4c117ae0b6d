package conform

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stompwire/stomp/frame"
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
	Login        string
	Passcode     string
	QueueHeaders []string
	About        string
}

// Presets are the known ones.
func Presets() []Preset {
	return []Preset{
		{
			Name: "rabbitmq", Server: "RabbitMQ", Host: "/", Login: "guest", Passcode: "guest",
			QueueHeaders: []string{"x-expires:60000"},
			About:        "login guest and host / unless given, queues that RabbitMQ deletes a minute after their last use",
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
		p := Presets()[i]
		if r.Login == "" && r.Passcode == "" {
			r.Login, r.Passcode = p.Login, p.Passcode
		}
		r.preset(p)
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
	var results, plain, slow, strange []*Result
	for _, p := range Probes() {
		if r.Select != nil && !r.Select(p) {
			continue
		}
		result := &Result{Probe: p}
		results = append(results, result)
		switch {
		case p.delays:
			slow = append(slow, result)
		case p.strange:
			strange = append(strange, result)
		default:
			plain = append(plain, result)
		}
	}
	for _, result := range plain {
		r.one(result)
		r.report(result)
	}
	r.beside(slow)
	// A peer that does not survive these has told everything else by now.
	for _, result := range strange {
		r.one(result)
		r.report(result)
	}
	return results, nil
}

// beside runs probes that mostly wait beside each other. They send nothing that
// could hurt a peer. When it goes all the same, it takes them one by one to see
// which of them it was.
func (r *Run) beside(slow []*Result) {
	var waiting sync.WaitGroup
	places := make(chan struct{}, atATime)
	for _, result := range slow {
		waiting.Add(1)
		places <- struct{}{}
		go func() {
			defer func() {
				<-places
				waiting.Done()
			}()
			if !r.gone(result) {
				r.repeat(result)
			}
		}()
	}
	waiting.Wait()
	served := len(slow) == 0 || r.others(true).Kind == OK
	for _, result := range slow {
		if !served && (!result.Pass() || result.Level == Choice || result.Kind == Closed) {
			r.one(result)
		}
		r.report(result)
	}
}

// atATime is how many probes that mostly wait run at a time.
const atATime = 8

func (r *Run) report(result *Result) {
	if r.Report != nil {
		r.Report(result)
	}
}

// tries is how often a probe may fail before it has failed.
const tries = 2

// one runs a probe, and looks afterwards whether the peer serves others as before.
func (r *Run) one(result *Result) {
	if r.gone(result) {
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

// gone reports whether the peer has gone for good, and says so in the result.
func (r *Run) gone(result *Result) bool {
	if r.lost {
		result.Trace = newTrace()
		if result.Outcome = r.applies(result.Probe); result.Kind == OK {
			result.Outcome = outcome(Blocked, "the server has gone and has not come back")
		}
	}
	return r.lost
}

// applies says whether the peer has what a probe is about.
func (r *Run) applies(p *Probe) Outcome {
	switch {
	case p.socket && !r.address.webSocket():
		return outcome(Skipped, "the URL is not that of a WebSocket")
	case p.version != frame.Unnegotiated && !r.versions.Has(p.version):
		return outcome(Skipped, "the server does not speak STOMP %v", p.version)
	case !p.saidIn(r.versions):
		return outcome(Skipped, "the server speaks no version that has it")
	}
	return ok
}

// repeat runs a probe, again with more patience when it fails.
func (r *Run) repeat(result *Result) {
	begun := time.Now()
	for result.Tries = 1; ; result.Tries++ {
		o, trace := r.try(result.Probe, result.Tries)
		if o.Kind == Blocked && result.Tries > 1 {
			break // what came first tells more
		}
		result.Outcome, result.Trace = o, trace
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
	if o = r.applies(p); o.Kind != OK {
		return o, nil // the deferred function sets the trace
	}
	o = p.run(s)
	if o.Kind == Ignored || o.Kind == Silent && r.deaf {
		command := s.receiptless()
		if command != "" && !p.accepts(o) && slices.Contains(p.Accept, Accepted) && p.Area() != "receipts" {
			o = outcome(Blocked, "the server gives no receipts for %s, so that nothing shows whether it has taken the frame", command)
		}
	}
	return o, nil
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
		margin = max(margin, 250*time.Millisecond) // nothing else tells that the peer has had its time
		patience = 2 * margin
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
