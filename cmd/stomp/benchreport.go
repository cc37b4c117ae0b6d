package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
)

// A benchReport is what is printed.
type benchReport struct {
	File       string             `json:"file"`
	Bytes      int                `json:"bytes"`
	FrameCount int                `json:"frames"`
	Heartbeats int64              `json:"heartbeats"`
	Assembler  benchCost          `json:"assembler"`
	ReadFrame  benchCost          `json:"read_frame"`
	Commands   []benchCommandCost `json:"commands"`
}

// benchCost is what a frame costs on average.
type benchCost struct {
	Frames    float64 `json:"frames_per_second"`
	MB        float64 `json:"mb_per_second"`
	Ns        float64 `json:"ns_per_frame"` // the median of all rounds
	Fastest   float64 `json:"fastest_ns_per_frame"`
	Slowest   float64 `json:"slowest_ns_per_frame"`
	Allocs    float64 `json:"allocs_per_frame"`
	Allocated float64 `json:"bytes_allocated_per_frame"`
}

// benchCommandCost is what the frames of one command cost.
type benchCommandCost struct {
	Command string  `json:"command"`
	Frames  int     `json:"frames"`
	Bytes   float64 `json:"bytes_per_frame"`
	Ns      float64 `json:"ns_per_frame"`
	Fastest float64 `json:"fastest_ns_per_frame"`
	Slowest float64 `json:"slowest_ns_per_frame"`
	Share   float64 `json:"share"`
}

// text is the report for people.
func (r *benchReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s; %s, %s/%s, %s\n\n",
		plural(int64(r.FrameCount), "frame"), plural(r.Heartbeats, "heart-beat"), byteCount(int64(r.Bytes)), runtime.Version(), runtime.GOOS, runtime.GOARCH, plural(int64(runtime.GOMAXPROCS(0)), "core"))
	number := func(f float64, decimals int) string { return strconv.FormatFloat(f, 'f', decimals, 64) }
	rows := [][]string{{"", "frames/s", "MB/s", "ns/frame", "spread", "allocations/frame", "bytes allocated/frame"}}
	for _, c := range []struct {
		name string
		benchCost
	}{{"Assembler", r.Assembler}, {"ReadFrame", r.ReadFrame}} {
		rows = append(rows, []string{c.name, number(c.Frames, 0), number(c.MB, 1), number(c.Ns, 1), spread(c.Ns, c.Fastest, c.Slowest), number(c.Allocs, 2), number(c.Allocated, 0)})
	}
	writeTable(&b, rows)
	b.WriteByte('\n')
	rows = [][]string{{"by command", "frames", "bytes/frame", "ns/frame", "spread", "share"}}
	for _, c := range r.Commands {
		name := c.Command
		if !frame.Command(name).Known() {
			name = strconv.QuoteToASCII(name)
		}
		rows = append(rows, []string{name, strconv.Itoa(c.Frames), number(c.Bytes, 1), number(c.Ns, 1), spread(c.Ns, c.Fastest, c.Slowest), number(100*c.Share, 1) + " %"})
	}
	writeTable(&b, rows)
	return b.String()
}

// spread says how far the rounds were from their median.
func spread(median, fastest, slowest float64) string {
	return fmt.Sprintf("-%.0f/+%.0f %%", 100*(median-fastest)/median, 100*(slowest-median)/median)
}

// writeTable writes rows of cells in columns: the first is text, the others are
// numbers.
func writeTable(b *strings.Builder, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len(cell))
		}
	}
	for _, row := range rows {
		fmt.Fprintf(b, "%-*s", width[0], row[0])
		for i, cell := range row[1:] {
			fmt.Fprintf(b, "  %*s", width[i+1], cell)
		}
		b.WriteByte('\n')
	}
}

// plural returns a number of things.
func plural(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
