package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// A Run says where, when and how figures were measured.
type Run struct {
	CPU      string  `json:"cpu"`
	Cores    int     `json:"cores"`
	Platform string  `json:"platform"`
	Go       string  `json:"go"`
	Date     string  `json:"date"`
	Rounds   int     `json:"rounds"`
	Seconds  float64 `json:"seconds_each"`
}

// here describes a run on this machine, now.
func here(o settings) Run {
	return Run{
		CPU:      cpu(),
		Cores:    runtime.GOMAXPROCS(0),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Go:       runtime.Version(),
		Date:     time.Now().UTC().Format("2006-01-02"),
		Rounds:   o.rounds,
		Seconds:  o.time.Seconds(),
	}
}

// cpu returns the model of the processor, where the system says it.
func cpu() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "processor not known"
	}
	for line := range strings.Lines(string(text)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return "processor not known"
}

func (r Run) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s, %s; medians of %d interleaved rounds of %.3g s",
		r.CPU, r.Cores, r.Platform, r.Go, r.Date, r.Rounds, r.Seconds)
}
