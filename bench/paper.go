package main

import (
	"fmt"
	"strings"
)

// What the measured figures come to for programs of a size that nobody has on
// the desk. All is arithmetic on results.json; what is assumed besides is named
// where it is used.

const (
	connections = 1_000_000
	perSecond   = 10_000_000
	// readerBuffer is what a Reader reads into, in octets.
	readerBuffer = 16 << 10
)

// cores says how many cores so many frames a second keep busy.
func cores(frames, ns float64) float64 { return frames * ns / 1e9 }

// twice returns what of a second core is gained, of 1; where that was not
// measured, all of it.
func (r Results) twice() float64 {
	if r.Parallel == nil {
		return 1
	}
	var ratios []float64
	for _, e := range r.Parallel.Each {
		ratios = append(ratios, e.Ratio/2)
	}
	return min(1, median(ratios))
}

// brokerTable is for a broker with a million connections.
func (r Results) brokerTable() *table {
	s, v, m := r.Speed, r.Validate, r.Memory
	t := newTable(2, "for a million connections", "computed from", "needs")
	gb := func(each float64) string { return number(each*connections/1e9) + " GB" }
	t.add("an `Assembler` each, not yet used", fmt.Sprintf("%s octets each", whole(m.Idle.Assembler)), gb(m.Idle.Assembler))
	t.add("the same, each idle after a frame in one chunk", fmt.Sprintf("%s octets each", whole(m.Idle.Whole)), gb(m.Idle.Whole))
	t.add("the same, after a frame in two chunks", fmt.Sprintf("%s octets each", whole(m.Idle.Cut)), gb(m.Idle.Cut))
	t.add("a `Reader` each, with the buffer that it reads into", fmt.Sprintf("%s and 16 KiB each", whole(m.Idle.Assembler)), gb(m.Idle.Assembler+readerBuffer))
	t.add("all of them attacked before login", octets(m.WorstBeforeLogin)+" each, `LimitsBeforeLogin`", gb(float64(m.WorstBeforeLogin)))
	t.add("one in a thousand attacked after login", octets(m.Worst)+" each, the default limits", gb(float64(m.Worst)/1000))
	read, _ := s.figure("telemetry", ourAssembler)
	write, _ := s.figure("telemetry", appendView)
	step, _ := v.figure("MESSAGE", sessionStep)
	core := func(what string, ns float64) {
		t.add(what, fmt.Sprintf("%s ns a frame", number(ns)), number(cores(connections, ns))+" cores")
	}
	core("a frame a second from each, `telemetry`: `Assembler`", read.Ns)
	core("the same: `Session.Step`", step.Ns)
	core("a frame a second to each: `AppendView`", write.Ns)
	return t
}

// gatewayTable is for a gateway at ten million frames a second.
func (r Results) gatewayTable() *table {
	s := r.Speed
	t := newTable(1, "ten million a second of", "Gbit/s each way", "cores to read", "to write again", "read and forward `Raw`", "both", "with go-stomp, both")
	yield := r.twice()
	need := func(ns float64) string { return number(cores(perSecond, ns) / yield) }
	for _, w := range s.workloads() {
		ns := func(c string) float64 {
			f, _ := s.figure(w, c)
			return f.Ns
		}
		f, _ := s.figure(w, ourAssembler)
		t.add("`"+w+"`", number(f.Octets*8*perSecond/1e9), need(ns(ourAssembler)), need(ns(appendView)), need(ns(ourParser)),
			need(ns(ourAssembler)+ns(appendView)), need(ns(goStompReader)+ns(goStompWriter)))
	}
	return t
}

// onPaper says what the tables take for granted.
func (r Results) onPaper() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Cores are those of the machine above. Two parsers at once did %.2f times the work of one, so a core is taken for %.0f %% of a core alone.\n",
		2*r.twice(), 100*r.twice())
	return b.String()
}
