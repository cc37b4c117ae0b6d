package main

import (
	"runtime"
	"sync"
	"time"

	"github.com/stompwire/stomp/internal/workload"
	"github.com/stompwire/stomp/parser"
)

// Parallel has what two parsers at once do, against one.
type Parallel struct {
	Run  Run            `json:"run"`
	Each []ParallelPair `json:"each"`
}

// A ParallelPair has the frames per second of one workload.
type ParallelPair struct {
	Workload string  `json:"workload"`
	One      float64 `json:"one_frames_per_second"`
	Two      float64 `json:"two_frames_per_second"`
	Ratio    float64 `json:"ratio"` // median of the rounds
}

func measureParallel(o settings) *Parallel {
	p := &Parallel{Run: here(o)}
	// Two threads, whatever else the machine has.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	for w := range workload.All() {
		stream, frames := w.Stream(o.stream)
		var one, two []float64
		for round := range o.rounds {
			// The other way round every second time.
			if round%2 == 0 {
				one = append(one, atOnce(1, stream, frames, o.time))
			}
			two = append(two, atOnce(2, stream, frames, o.time))
			if round%2 == 1 {
				one = append(one, atOnce(1, stream, frames, o.time))
			}
		}
		p.Each = append(p.Each, ParallelPair{w.Name, digits(median(one)), digits(median(two)), digits(ratio(two, one))})
	}
	return p
}

// atOnce returns how many frames a second n assemblers read together, each a
// copy of the stream of its own.
func atOnce(n int, stream []byte, frames int, d time.Duration) float64 {
	var all sync.WaitGroup
	perSecond := make([]float64, n)
	begin := make(chan struct{})
	for i := range n {
		own := append([]byte(nil), stream...)
		all.Go(func() {
			a := parser.NewAssembler(v12)
			// As many passes between two looks at the clock as take a while.
			batch := 1
			for repeatedly := repeated(func() { assemble(a, own) }, 0); float64(batch)*repeatedly < float64(d/50); {
				batch *= 2
			}
			<-begin
			passes, begun := 0, time.Now()
			spent := time.Duration(0)
			for spent < d {
				for range batch {
					wantFrames(assemble(a, own), frames)
				}
				passes += batch
				spent = time.Since(begun)
			}
			perSecond[i] = float64(passes*frames) / spent.Seconds()
		})
	}
	close(begin)
	all.Wait()
	sum := 0.0
	for _, f := range perSecond {
		sum += f
	}
	return sum
}
