package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/stompwire/stomp/parser"
)

const benchHelp = `
Measures how fast this machine reads the frames of a stream, with Assembler,
which returns borrowed frames, and with Reader.ReadFrame, which returns owned
ones. The stream is held in memory and read again and again. It must have no
errors, and must end between frames.

Each figure is the median of five rounds. Each round measures everything once, so
that a machine that is slow for a while is slow for all of it. Compare only
figures of one run.

The table by command has the frames of each command alone, read by Assembler,
without the bytes between frames. Share is the part of the time for all frames.

The version is found as "stomp decode" finds it. -o json prints one object.
`

func benchCommand() *command {
	return &command{
		name:    "bench",
		args:    "[flags] [FILE]",
		summary: "measure how fast a stream is read",
		help:    benchHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			b := &benching{readFlags: declareReadFlags(fs), form: "text", time: time.Second}
			fs.Lookup("chunk").Usage = "feed the parser `N` bytes at a time; the default is all at once"
			fs.Func("time", "how long to measure each of Assembler, ReadFrame and all commands, a `duration`, default 1s", b.setTime)
			fs.Func("o", "output `format`: text or json; default text", b.setForm)
			return b.run
		},
	}
}

// benching is a call of bench.
type benching struct {
	*readFlags
	form string
	time time.Duration
}

func (b *benching) setForm(s string) error {
	switch s {
	case "text", "json":
		b.form = s
		return nil
	}
	return errors.New("want text or json")
}

func (b *benching) setTime(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return errors.New("want a duration, such as 500ms")
	}
	b.time = d
	return nil
}

func (b *benching) run(e *env, args []string) error {
	in, err := e.open(args)
	if err != nil {
		return err
	}
	defer in.close()
	stop := e.watch(in, b.quiet, true)
	data, err := io.ReadAll(in)
	stop()
	if err != nil {
		return in.errorf("%w", err)
	}
	found := &reels{data: data, whole: reel{data: data}}
	s := newStream(b.options(), newSession(b.version, e.teller("bench: read", b.quiet)), found)
	err = s.write(data)
	if err == nil {
		err = s.finish()
	}
	if err != nil {
		return in.parseError(err)
	}
	if found.whole.frames() == 0 {
		return in.errorf("no frames")
	}
	r, err := b.measure(e, found)
	if err != nil {
		return in.parseError(err)
	}
	r.File = in.name
	if b.form == "json" {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		return e.print(string(line) + "\n")
	}
	return e.print(r.text())
}

// benchRounds is in how many rounds everything is measured.
const benchRounds = 5

// measure measures the reels in rounds.
func (b *benching) measure(e *env, found *reels) (*benchReport, error) {
	chunk := b.chunk
	if chunk == 0 {
		chunk = max(1, len(found.data))
	}
	whole := &found.whole
	type job struct {
		frames int
		time   time.Duration
		pass   func() error
		cost   benchCost // allocations are means of all rounds
		ns     []float64
	}
	assembling := func(r *reel, d time.Duration) *job {
		a := parser.NewAssembler(b.options())
		return &job{frames: r.frames(), time: d, pass: func() error { return r.assemble(a, chunk) }}
	}
	reader := parser.NewReader(&round{data: found.data, most: chunk}, b.options())
	jobs := []*job{
		assembling(whole, b.time/benchRounds),
		{frames: whole.frames(), time: b.time / benchRounds, pass: func() error { return whole.readFrames(reader) }},
	}
	for _, c := range found.commands {
		if c.frames() > 0 {
			jobs = append(jobs, assembling(&c.reel, b.time/benchRounds/time.Duration(len(found.commands))))
		}
	}
	for range benchRounds {
		for _, j := range jobs {
			cost, err := timed(e.now, j.pass, j.frames, j.time)
			if err != nil {
				return nil, err
			}
			j.ns = append(j.ns, cost.Ns)
			j.cost.Allocs += cost.Allocs / benchRounds
			j.cost.Allocated += cost.Allocated / benchRounds
		}
	}
	for _, j := range jobs {
		slices.Sort(j.ns)
		j.cost.Ns, j.cost.Fastest, j.cost.Slowest = j.ns[benchRounds/2], j.ns[0], j.ns[benchRounds-1]
		j.cost.Frames = 1e9 / j.cost.Ns
	}
	r := &benchReport{Bytes: len(found.data), FrameCount: whole.frames(), Heartbeats: found.beats, Assembler: jobs[0].cost, ReadFrame: jobs[1].cost}
	perFrame := float64(len(found.data)) / float64(whole.frames())
	for _, c := range []*benchCost{&r.Assembler, &r.ReadFrame} {
		c.MB = c.Frames * perFrame / 1e6
	}
	total := 0.0
	for i, c := range found.commands {
		cost := jobs[2+i].cost
		ns := cost.Ns
		total += ns * float64(c.frames())
		r.Commands = append(r.Commands, benchCommandCost{Command: string(c.command), Frames: c.frames(),
			Bytes: float64(len(c.data)) / float64(c.frames()), Ns: ns, Fastest: cost.Fastest, Slowest: cost.Slowest})
	}
	for i := range r.Commands {
		c := &r.Commands[i]
		c.Share = c.Ns * float64(c.Frames) / total
	}
	slices.SortStableFunc(r.Commands, func(x, y benchCommandCost) int { return cmp.Compare(y.Share, x.Share) })
	return r, nil
}

// timed repeats a pass over so many frames for about so long.
func timed(now func() time.Time, pass func() error, frames int, d time.Duration) (benchCost, error) {
	batch := func(n int) (time.Duration, error) {
		begun := now()
		for range n {
			if err := pass(); err != nil {
				return 0, err
			}
		}
		return now().Sub(begun), nil
	}
	// As many passes between two looks at the clock that the looks cost
	// nothing. This also warms up.
	n := 1
	for {
		spent, err := batch(n)
		if err != nil {
			return benchCost{}, err
		}
		if spent >= d/50 {
			break
		}
		n *= 2
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var spent time.Duration
	passes := 0
	for spent < d || spent == 0 {
		took, err := batch(n)
		if err != nil {
			return benchCost{}, err
		}
		spent += took
		passes += n
	}
	runtime.ReadMemStats(&after)
	all := float64(passes) * float64(frames)
	return benchCost{
		Ns:        float64(spent.Nanoseconds()) / all,
		Allocs:    float64(after.Mallocs-before.Mallocs) / all,
		Allocated: float64(after.TotalAlloc-before.TotalAlloc) / all,
	}, nil
}
