// Bench measures the packages of github.com/stompwire/stomp beside go-stomp
// v3.1.5 and beside the least that any reader has to do, and draws what it
// found.
//
//	go run .                              read and write, as a table
//	go run . -all -json results.json      all there is, into the results
//	go run . -render                      make the documents from the results
//
// What is compared runs interleaved, in rounds, since machines are not equally
// fast from one minute to the next: look at ratios.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/stompwire/stomp/internal/workload"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is the program, in the directory of this module.
func run(args []string, stdout, stderr io.Writer) error {
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(stderr)
	o := settings{stream: 1 << 20, count: 1_000_000, body: 1 << 30, frame: 16 << 20}
	fs.IntVar(&o.rounds, "rounds", 5, "how many `rounds`, in each of which each contender runs once")
	fs.DurationVar(&o.time, "time", 200*time.Millisecond, "how long each contender runs in a round")
	fs.Int64Var(&o.most, "largest", 256<<20, "the largest size for -growth, in `octets`")
	speed := fs.Bool("speed", false, "read and write, beside go-stomp; what is measured when nothing else is asked for")
	validate := fs.Bool("validate", false, "judge frames, beside reading them")
	chunked := fs.Bool("chunks", false, "read in chunks of 1 to 65536 octets, beside the whole")
	parallel := fs.Bool("parallel", false, "two parsers at once, against one")
	growth := fs.Bool("growth", false, "how the time grows with the input")
	memory := fs.Bool("memory", false, "what is held: idle, for a large body, after a large frame")
	peers := fs.Bool("peers", false, "stompjs, stompit, Netty and stomp.py, where they are installed: see peers/README.md")
	all := fs.Bool("all", false, "all of the above")
	var at where
	fs.StringVar(&at.python, "python", "/usr/bin/python3", "the Python that has stomp.py")
	fs.StringVar(&at.netty, "netty", "/usr/share/java/netty-*.jar", "the jars of Netty, a `pattern`")
	into := fs.String("json", "", "put the figures into `file`, in which sections that are not measured now stay as they are")
	svg := fs.String("svg", "", "draw read times as `prefix`-light.svg and prefix-dark.svg")
	renderAll := fs.Bool("render", false, "measure nothing; make README.md, docs/performance.md and the charts from "+resultsFile)
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 || o.rounds < 1 || o.time <= 0 {
		return errors.New("bad call; -h explains it")
	}
	if *renderAll {
		return renderFrom(resultsFile, "..")
	}
	if !(*validate || *chunked || *parallel || *growth || *memory || *peers) {
		*speed = true
	}

	var r Results
	step := func(asked bool, what string, measure func()) {
		if asked || *all {
			fmt.Fprintf(stderr, "%s ...\n", what)
			measure()
		}
	}
	var err error
	step(*speed, "read and write", func() { r.Speed = measureSpeed(o) })
	step(*validate, "validate", func() { r.Validate = &Speed{here(o), interleave(o, validations())} })
	step(*chunked, "chunks", func() { r.Chunks = measureChunks(o) })
	step(*parallel, "two at once", func() { r.Parallel = measureParallel(o) })
	step(*growth, "growth", func() { r.Growth = measureGrowth(o) })
	step(*memory, "memory", func() { r.Memory = measureMemory(o) })
	step(*peers, "other languages", func() { r.Peers, err = measurePeers(o, at) })
	if err != nil {
		return err
	}
	if _, err := io.WriteString(stdout, r.print()); err != nil {
		return err
	}
	if *svg != "" && r.Speed != nil {
		if err := write("", charts(r.Speed, *svg)); err != nil {
			return err
		}
	}
	if *into == "" {
		return nil
	}
	kept, err := load(*into)
	if err != nil {
		return err
	}
	kept.add(r)
	return kept.save(*into)
}

func measureSpeed(o settings) *Speed {
	var groups [][]job
	for w := range workload.All() {
		groups = append(groups, readers(w, o.stream), writers(w, o.stream))
	}
	return &Speed{here(o), interleave(o, groups)}
}

func measureChunks(o settings) *Speed {
	var groups [][]job
	for w := range workload.All() {
		groups = append(groups, chunks(w, o.stream))
	}
	return &Speed{here(o), interleave(o, groups)}
}

func renderFrom(results, root string) error {
	r, err := load(results)
	if err != nil {
		return err
	}
	documents, err := r.render(root)
	if err != nil {
		return err
	}
	return write(root, documents)
}
