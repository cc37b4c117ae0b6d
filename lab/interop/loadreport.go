package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

type loadKey struct {
	target      string
	subscribers int
}

// A loadReport has what a run of load has measured. The first target is ours,
// and is compared with the second.
type loadReport struct {
	names   []string
	servers []string // what they call themselves
	rates   map[loadKey][]float64
	idle    []idleCost
}

// write prints what was measured, as two tables. docs/interop.md says what they
// mean.
func (r *loadReport) write(w io.Writer) {
	fmt.Fprintf(w, "\n%s, %d cores, %s/%s, %s, %s; %s\n", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
		runtime.Version(), r.servers[1], time.Now().UTC().Format(time.DateOnly))
	fmt.Fprintf(w, "\n%d bytes of body, at most %s messages ahead; medians of %d rounds of %v, lowest and highest\n\n",
		loadBody, thousands(loadWindow), loadRounds, loadTime)
	lines := [][]string{{"subscribers", r.names[0], r.names[1], "ratio"}}
	for _, n := range loadSubscribers {
		ours, theirs := r.rates[loadKey{r.names[0], n}], r.rates[loadKey{r.names[1], n}]
		lines = append(lines, []string{fmt.Sprint(n), rates(ours), rates(theirs), fmt.Sprintf("%.1f", median(ours)/median(theirs))})
	}
	writeTable(w, lines)

	fmt.Fprintf(w, "\n%s idle WebSockets\n\n", thousands(idlePeers))
	lines = [][]string{{"", "before", "during", "each", "opened in", "one message to all"}}
	for i, cost := range r.idle {
		lines = append(lines, []string{r.names[i], mebibytes(cost.before), mebibytes(cost.during),
			fmt.Sprintf("%.1f KiB", float64(cost.each)/1024), fmt.Sprintf("%.1f s", cost.opened.Seconds()), fmt.Sprintf("%d ms", cost.fanOut.Milliseconds())})
	}
	writeTable(w, lines)
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

func rates(list []float64) string {
	return fmt.Sprintf("%s (%s to %s)", thousands(int64(median(list))), thousands(int64(slices.Min(list))), thousands(int64(slices.Max(list))))
}

// thousands writes a number that is not negative with commas.
func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func mebibytes(octets int64) string { return fmt.Sprintf("%d MiB", octets>>20) }

// processor returns the name of the machine's processor.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
