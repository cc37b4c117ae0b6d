package main

import (
	"math"
	"runtime"
	"time"
)

// settings say how long to measure.
type settings struct {
	rounds int
	time   time.Duration // for each contender in each round
	stream int           // size of the stream of a workload, in octets
	most   int64         // the largest size whose growth is measured, in octets
	count  int           // assemblers held at once
	body   int64         // octets of the body to be streamed
	frame  int           // octets of the body of the large frame
}

// A job is what one contender does with one workload.
type job struct {
	workload, contender string
	octets, frames      int    // of a pass
	setup               func() // before each pass, not timed; nil for nothing
	pass                func() // goes over all the frames; panics when something is wrong
}

// interleave measures jobs round by round, each once in a round. All of one
// workload come one after the other, in an order that rotates from round to
// round, so that none is always first, and a machine that is slow for a while
// is slow for all of them.
func interleave(o settings, groups [][]job) []Figure {
	var figures []Figure
	for _, jobs := range groups {
		for _, j := range jobs {
			figures = append(figures, Figure{
				Workload:  j.workload,
				Contender: j.contender,
				Octets:    digits(float64(j.octets) / float64(j.frames)),
			})
		}
	}
	allocs := make([][]float64, len(figures))
	allocated := make([][]float64, len(figures))
	for round := range o.rounds {
		first := 0
		for _, jobs := range groups {
			for i := range jobs {
				k := (i + round) % len(jobs)
				s := timed(jobs[k], o.time)
				at := first + k
				figures[at].Rounds = append(figures[at].Rounds, s.ns)
				allocs[at] = append(allocs[at], s.allocs)
				allocated[at] = append(allocated[at], s.allocated)
			}
			first += len(jobs)
		}
	}
	for i := range figures {
		f := &figures[i]
		f.Ns = median(f.Rounds)
		f.MB = digits(f.Octets / f.Ns * 1e3)
		f.Allocs, f.Allocated = median(allocs[i]), median(allocated[i])
	}
	return figures
}

// A sample is what one frame cost in one round.
type sample struct{ ns, allocs, allocated float64 }

// timed repeats a job for about so long.
func timed(j job, d time.Duration) sample {
	batch := func(n int) (spent time.Duration) {
		if j.setup == nil {
			begun := time.Now()
			for range n {
				j.pass()
			}
			return time.Since(begun)
		}
		for range n {
			j.setup()
			begun := time.Now()
			j.pass()
			spent += time.Since(begun)
		}
		return spent
	}
	// As many passes between two looks at the clock that the looks cost
	// nothing. This also warms up.
	n := 1
	for batch(n) < d/50 {
		n *= 2
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var spent time.Duration
	passes := 0
	for spent < d {
		spent += batch(n)
		passes += n
	}
	runtime.ReadMemStats(&after)
	frames := float64(passes) * float64(j.frames)
	return sample{
		ns:        digits(float64(spent.Nanoseconds()) / frames),
		allocs:    digits(float64(after.Mallocs-before.Mallocs) / frames),
		allocated: digits(float64(after.TotalAlloc-before.TotalAlloc) / frames),
	}
}

// digits rounds to five digits that count: more of a measurement mean nothing.
func digits(f float64) float64 {
	if f == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(f)))-4)
	if unit >= 1 {
		return math.Round(f/unit) * unit
	}
	return math.Round(f*math.Round(1/unit)) / math.Round(1/unit)
}
