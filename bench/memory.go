package main

import (
	"io"
	"runtime"

	"github.com/stompwire/stomp/internal/workload"
	"github.com/stompwire/stomp/parser"
)

// Memory has what is held, in octets.
type Memory struct {
	Run   Run   `json:"run"`
	Count int   `json:"assemblers"`
	Idle  Idle  `json:"octets_each"`
	Large Large `json:"large_body"`
	After After `json:"after_large_frame"`
	// The most that limits let one connection hold.
	WorstBeforeLogin int64 `json:"worst_case_before_login"`
	Worst            int64 `json:"worst_case"`
}

// Idle is what one of many machines between frames costs, with the pointer to
// it.
type Idle struct {
	Parser    float64 `json:"parser"`
	Assembler float64 `json:"assembler"`
	Whole     float64 `json:"assembler_after_whole_frame"`       // that lay in one chunk
	Cut       float64 `json:"assembler_after_cut_frame"`         // that came in two chunks
	Released  float64 `json:"assembler_after_cut_frame_release"` // the same, after Release
}

// Large is a body read as a stream.
type Large struct {
	Octets    int64  `json:"octets"`
	Allocated uint64 `json:"allocated_in_all"` // so no more was ever held
}

// After is what an Assembler keeps of a large frame.
type After struct {
	Octets   int    `json:"octets"`
	Complete uint64 `json:"when_complete"`
	Next     uint64 `json:"after_next_call"`
	Released uint64 `json:"after_release"`
}

func measureMemory(o settings) *Memory {
	w, _ := workload.Named("telemetry")
	one := w.Frame(1)
	feed := func(chunks ...[]byte) func(a *parser.Assembler) {
		return func(a *parser.Assembler) {
			a.Reset(v12)
			frames := 0
			for _, c := range chunks {
				frames += assemble(a, c)
			}
			wantFrames(frames, 1)
		}
	}
	cut := feed(one[:40], one[40:])
	m := &Memory{
		Run:   here(o),
		Count: o.count,
		Idle: Idle{
			Parser:    each[parser.Parser](o.count, func(*parser.Parser) {}),
			Assembler: each(o.count, func(*parser.Assembler) {}),
			Whole:     each(o.count, feed(one)),
			Cut:       each(o.count, cut),
			Released:  each(o.count, func(a *parser.Assembler) { cut(a); a.Release() }),
		},
		Large:            streamLarge(o.body),
		After:            keepLarge(o.frame),
		WorstBeforeLogin: parser.LimitsBeforeLogin().WorstCase(),
		Worst:            parser.Limits{}.WorstCase(),
	}
	return m
}

// held returns how many octets of heap are in use.
func held() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers or pools let go in the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// more returns by how much b is more than a.
func more(a, b uint64) uint64 { return max(a, b) - a }

// each returns what one of count objects costs after use.
func each[T any](count int, use func(*T)) float64 {
	before := held()
	all := make([]*T, count)
	for i := range all {
		all[i] = new(T)
		use(all[i])
	}
	n := more(before, held())
	runtime.KeepAlive(all)
	return digits(float64(n) / float64(count))
}

// streamLarge reads a body with Reader.Read, into a buffer of 32 KiB that is
// not counted.
func streamLarge(n int64) Large {
	buf := make([]byte, 32<<10)
	src := newBodySource(n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := parser.NewReader(src, unlimited)
	_, err := r.Next()
	must(err)
	got := int64(0)
	for {
		k, err := r.Read(buf)
		got += int64(k)
		if err == io.EOF {
			break
		}
		must(err)
	}
	runtime.ReadMemStats(&after)
	if got != n {
		panic("a body is not complete")
	}
	return Large{Octets: n, Allocated: more(before.TotalAlloc, after.TotalAlloc)}
}

// keepLarge assembles frames with a body of n octets, in chunks of 4 KiB, and
// looks what is held after each.
func keepLarge(n int) After {
	chunk := make([]byte, 4<<10)
	after := func(then func(*parser.Assembler)) uint64 {
		before := held()
		a := parser.NewAssembler(v12)
		src, frames := newBodySource(int64(n)), 0
		for {
			k, err := src.Read(chunk)
			if err == io.EOF {
				break
			}
			frames += assemble(a, chunk[:k])
		}
		wantFrames(frames, 1)
		then(a)
		kept := more(before, held())
		runtime.KeepAlive(a)
		return kept
	}
	return After{
		Octets:   n,
		Complete: after(func(*parser.Assembler) {}),
		Next:     after(func(a *parser.Assembler) { assemble(a, []byte("\n")) }), // a heart-beat
		Released: after((*parser.Assembler).Release),
	}
}
