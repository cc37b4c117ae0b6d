// Interop runs the examples with real peers: seven client libraries, RabbitMQ,
// ActiveMQ and a browser. It prints a matrix of what works
// and fails when a cell does. README.md says how to run it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	r := run{id: strconv.FormatInt(time.Now().Unix(), 36), cells: make(chan struct{}, 2*runtime.NumCPU())}
	flag.StringVar(&r.tools, "tools", "", "`folder` that recipes/install has filled; cluster, client, faults and load need none")
	flag.StringVar(&r.folder, "work", "", "`folder` for logs and data; otherwise one that is deleted when all pass")
	flag.StringVar(&r.screenshots, "screenshots", "", "`folder` for pictures of the chat page")
	parts := flag.String("parts", ordinary(), "what to run, a `list` with commas")
	only := flag.String("only", "", "run only cells whose \"peer/scenario\" matches this `pattern`")
	flag.Parse()
	names := strings.Split(*parts, ",")
	if flag.NArg() > 0 || r.tools == "" && needTools(names) {
		flag.Usage()
		os.Exit(2)
	}
	var err error
	if r.only, err = regexp.Compile(*only); err != nil {
		log.Fatal("-only: ", err)
	}

	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := r.all(ctx, names); err != nil {
		log.Fatal(err)
	}
}

// A run is one pass over the matrix.
type run struct {
	source      string // of this package
	tools       string
	folder      string
	screenshots string
	only        *regexp.Regexp
	matrix      matrix
	cells       chan struct{} // one for each that runs
	id          string        // for names that no earlier run has used
	unique      int
	waiting     sync.WaitGroup
	rabbit      *target // once they are started
	active      *target
}

// A part is a group of sections that can be run alone.
type part struct {
	name     string
	ordinary bool
	tools    bool // it needs what recipes/install has installed into a folder
	do       func(*run, context.Context) error
}

var parts = []part{
	{"peers", true, true, (*run).peers},
	{"client", true, false, (*run).client},
	{"relay", true, true, (*run).relay},
	{"seeing", true, true, (*run).seeing},
	{"page", true, true, (*run).page},
	{"faults", true, false, (*run).faults},
	{"cluster", false, false, (*run).cluster},
	{"load", false, false, (*run).load},
	{"control", false, true, (*run).control},
}

// ordinary returns the names of the parts that an ordinary run has.
func ordinary() string {
	var names []string
	for _, p := range parts {
		if p.ordinary {
			names = append(names, p.name)
		}
	}
	return strings.Join(names, ",")
}

func needTools(names []string) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.tools && slices.Contains(names, p.name) })
}

func (r *run) all(ctx context.Context, names []string) (err error) {
	for _, name := range names {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == name }) {
			return fmt.Errorf("there is no part %q", name)
		}
	}
	if r.source, err = filepath.Abs("interop"); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(r.source, "recipes")); err != nil {
		return errors.New("run it from the folder lab: go run ./interop")
	}
	if r.tools, err = filepath.Abs(r.tools); err != nil { // nothing reads that of ""
		return err
	}
	if r.folder == "" {
		if r.folder, err = os.MkdirTemp("", "interop-"); err != nil {
			return err
		}
		defer func() {
			if err == nil {
				os.RemoveAll(r.folder)
			}
		}()
	}
	if err := os.MkdirAll(filepath.Join(r.folder, "drivers"), 0o755); err != nil {
		return err
	}
	log.Print("logs are in ", r.folder)
	lab := filepath.Dir(r.source)
	for _, program := range []string{"../examples/broker", "../examples/relay", "../examples/tap", "../cmd/stomp", "interop/host", "interop/drivers/client", "interop/drivers/gostomp"} {
		log.Print("build ", program)
		// Each in its own module, and with its versions of what it requires.
		source, binary := filepath.Join(lab, program), filepath.Join(r.folder, filepath.Base(program))
		if err := command(ctx, source, "env", "GOWORK=off", "go", "build", "-o", binary, "."); err != nil {
			return err
		}
	}
	defer r.stopBrokers()
	start := time.Now()
	for _, p := range parts {
		if !slices.Contains(names, p.name) {
			continue
		}
		log.Print("part ", p.name)
		if err := p.do(r, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return r.report(time.Since(start))
}

// report prints the matrix, and returns an error when a cell has failed.
func (r *run) report(took time.Duration) error {
	if len(r.matrix.sections) == 0 {
		return nil // the part load, which prints tables of its own
	}
	n := r.matrix.count()
	r.matrix.write(os.Stdout)
	fmt.Printf("\n%s, in %v: %d cells pass, %d fail, %d are n.a.\n",
		time.Now().UTC().Format(time.DateOnly), took.Round(time.Second), n[pass], n[fail], n[none])
	if n[fail] > 0 {
		cells := "cells"
		if n[fail] == 1 {
			cells = "cell"
		}
		return fmt.Errorf("%d %s failed; logs are in %s", n[fail], cells, r.folder)
	}
	if n[pass] == 0 {
		return errors.New("nothing was run")
	}
	return nil
}

// cell runs one cell, at the same time as others.
func (r *run) cell(ctx context.Context, s *section, row, column string, do func() result) {
	if !r.only.MatchString(row + "/" + column) {
		return
	}
	r.waiting.Add(1)
	r.cells <- struct{}{}
	go func() {
		defer r.waiting.Done()
		defer func() { <-r.cells }()
		if ctx.Err() != nil {
			return
		}
		res := do()
		r.matrix.set(s, row, column, res)
		r.print(row, column, res)
	}()
}

// rows runs a peer through scenarios in each version it speaks, one row a version.
func (r *run) rows(ctx context.Context, s *section, p peer, t *target, scenarios []scenario) error {
	d, err := r.startDriver(p.program)
	if err != nil {
		return err
	}
	d.kill()
	for _, version := range d.greeting.Versions {
		row := d.greeting.Peer + p.suffix + ", " + version
		r.matrix.row(s, row)
		for _, sc := range scenarios {
			r.unique++
			c := &cell{run: r, peer: p, version: version, target: t, unique: fmt.Sprintf("%s.%d", r.id, r.unique)}
			r.cell(ctx, s, row, sc.name, func() result {
				if version < sc.since {
					return result{verdict: none, reason: "STOMP " + version + " has none"}
				}
				for _, lacked := range []string{sc.name, sc.name + " " + version} {
					if why, ok := d.greeting.Lacks[lacked]; ok {
						return result{verdict: none, reason: d.greeting.Peer + ": " + why}
					}
				}
				return c.do(sc.do)
			})
		}
	}
	return ctx.Err()
}

func quote(s string) string { return strconv.Quote(s) }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
