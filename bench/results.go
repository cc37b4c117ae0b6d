package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sort"
)

// Results are the figures of all measurements, each nil until it was made. In
// results.json they are kept, and the documents are made from that.
type Results struct {
	Speed    *Speed    `json:"speed,omitempty"`
	Validate *Speed    `json:"validate,omitempty"`
	Chunks   *Speed    `json:"chunks,omitempty"`
	Parallel *Parallel `json:"parallel,omitempty"`
	Growth   *Growth   `json:"growth,omitempty"`
	Memory   *Memory   `json:"memory,omitempty"`
	Peers    *Peers    `json:"peers,omitempty"`
}

// Speed has the figures of one interleaved run.
type Speed struct {
	Run     Run      `json:"run"`
	Figures []Figure `json:"figures"`
}

// A Figure says what one contender needed for one workload. All but the times of
// the rounds are medians over them.
type Figure struct {
	Workload  string    `json:"workload"`
	Contender string    `json:"contender"`
	Octets    float64   `json:"octets_per_frame"`
	Ns        float64   `json:"ns_per_frame"`
	MB        float64   `json:"mb_per_second"`
	Allocs    float64   `json:"allocs_per_frame"`
	Allocated float64   `json:"octets_allocated_per_frame"`
	Rounds    []float64 `json:"rounds_ns_per_frame"`
}

// figure returns the figure of a contender.
func (s *Speed) figure(workload, contender string) (Figure, bool) {
	i := slices.IndexFunc(s.Figures, func(f Figure) bool { return f.Workload == workload && f.Contender == contender })
	if i < 0 {
		return Figure{}, false
	}
	return s.Figures[i], true
}

// ratio returns how many times as long a needs as b: the median over the rounds,
// of which each compares what was measured within a few seconds. It is 0 where
// one of them was not measured.
func (s *Speed) ratio(workload, a, b string) float64 {
	x, _ := s.figure(workload, a)
	y, _ := s.figure(workload, b)
	return ratio(x.Rounds, y.Rounds)
}

// ratio returns the median of a[i]/b[i], 0 of nothing.
func ratio(a, b []float64) float64 {
	var each []float64
	for i := range min(len(a), len(b)) {
		each = append(each, a[i]/b[i])
	}
	return median(each)
}

// workloads returns the names of the workloads in the order of the figures.
func (s *Speed) workloads() []string {
	return inOrder(s.Figures, func(f Figure) string { return f.Workload })
}

// contenders returns the names of the contenders in the order of the figures.
func (s *Speed) contenders() []string {
	return inOrder(s.Figures, func(f Figure) string { return f.Contender })
}

func inOrder(figures []Figure, name func(Figure) string) (names []string) {
	for _, f := range figures {
		if n := name(f); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// median returns the middle of some numbers, 0 of none.
func median(numbers []float64) float64 {
	n := len(numbers)
	if n == 0 {
		return 0
	}
	sorted := slices.Clone(numbers)
	sort.Float64s(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// load reads results. A file that is not there has none.
func load(name string) (Results, error) {
	var r Results
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(text, &r)
}

// save writes results.
func (r Results) save(name string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o666)
}

// add takes over the sections that another run has measured.
func (r *Results) add(n Results) {
	take(&r.Speed, n.Speed)
	take(&r.Validate, n.Validate)
	take(&r.Chunks, n.Chunks)
	take(&r.Parallel, n.Parallel)
	take(&r.Growth, n.Growth)
	take(&r.Memory, n.Memory)
	take(&r.Peers, n.Peers)
}

func take[T any](old **T, measured *T) {
	if measured != nil {
		*old = measured
	}
}
