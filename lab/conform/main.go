// Conform runs "stomp conform" against brokers and clients of others and against
// the examples. It writes what they pass and fail into docs/conform.md, and each
// difference into docs/conform-results.md.
//
//	sudo lab/conform/run      # installs the peers, runs them, writes the page
//
// Everything listens on loopback and ends with the run.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	r := &run{}
	flag.StringVar(&r.tools, "tools", "", "`folder` with node_modules (required)")
	flag.StringVar(&r.folder, "work", "", "`folder` for logs and data; otherwise one that is deleted")
	flag.IntVar(&r.times, "times", 1, "how often to run each peer; all runs have to give the same result")
	page := flag.String("page", "", "the `file` whose section of results gets what peers pass and fail")
	more := flag.String("details", "", "the `file` whose section of results gets each difference")
	only := flag.String("only", "", "run only peers whose name matches this `pattern`")
	flag.Parse()
	if r.tools == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	var err error
	if r.only, err = regexp.Compile(*only); err != nil {
		log.Fatal("-only: ", err)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := r.all(ctx); err != nil {
		log.Fatal(err)
	}
	for _, out := range []struct{ name, results string }{
		{*page, sums("broker", r.brokers) + sums("client", r.clients)},
		{*more, details("Brokers", r.brokers) + details("Clients", r.clients)},
	} {
		if out.name == "" {
			continue
		}
		if err := write(out.name, out.results); err != nil {
			log.Fatal(err)
		}
	}
	if r.bad {
		os.Exit(1)
	}
}

// A run is one pass over the peers.
type run struct {
	tools   string
	folder  string
	times   int
	only    *regexp.Regexp
	brokers []*report
	clients []*report
	bad     bool // something did not work, or two runs differ
}

// A report is what "stomp conform -o json" prints.
type report struct {
	peer     string // what this program calls the peer
	client   bool
	failure  string // why there is no result
	longest  int64
	Name     string            `json:"name"`
	Versions string            `json:"versions"`
	OK       bool              `json:"ok"`
	Ms       int64             `json:"ms"`
	Levels   map[string]counts `json:"levels"`
	Results  []result          `json:"results"`
}

type counts struct {
	Pass    int `json:"pass"`
	Fail    int `json:"fail"`
	Known   int `json:"known"`
	Fixed   int `json:"fixed"`
	Skipped int `json:"skipped"`
	Blocked int `json:"blocked"`
}

type result struct {
	ID      string `json:"id"`
	Level   string `json:"level"`
	Verdict string `json:"verdict"`
	Outcome string `json:"outcome"`
	Detail  string `json:"detail"`
	Reason  string `json:"reason"`
	Steps   []step `json:"steps"`
}

type step struct {
	What  string `json:"what"`
	Bytes string `json:"bytes"`
}

func (r *run) all(ctx context.Context) (err error) {
	if _, err := os.Stat("conform/gostompserver"); err != nil {
		return fmt.Errorf("run it from the folder lab: go run ./conform")
	}
	if r.tools, err = filepath.Abs(r.tools); err != nil {
		return err
	}
	if r.folder == "" {
		if r.folder, err = os.MkdirTemp("", "conform-"); err != nil {
			return err
		}
		defer os.RemoveAll(r.folder)
	}
	if r.folder, err = filepath.Abs(r.folder); err != nil {
		return err
	}
	for _, source := range []string{"../cmd/stomp", "../examples/broker", "../examples/relay", "conform/gostompserver", "interop/drivers/client", "interop/drivers/gostomp"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(r.folder, filepath.Base(source)), ".")
		build.Dir, build.Env = source, append(os.Environ(), "GOWORK=off")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", source, err, out)
		}
	}
	for _, p := range r.peers() {
		if !r.only.MatchString(p.name) || ctx.Err() != nil {
			continue
		}
		rep, err := r.peer(ctx, p)
		if err != nil {
			log.Printf("%s: no result: %v", p.name, err)
			r.bad = true
			rep = &report{peer: p.name, failure: strings.ReplaceAll(err.Error(), r.folder+"/", "")}
		}
		if p.client {
			r.clients = append(r.clients, rep)
		} else {
			r.brokers = append(r.brokers, rep)
		}
	}
	return ctx.Err()
}

// peer runs a peer as often as was asked for, and returns the first result.
func (r *run) peer(ctx context.Context, p peer) (*report, error) {
	args, stop, err := p.start(r)
	if err != nil {
		return nil, err
	}
	defer stop()
	var first *report
	for n := range r.times {
		next, err := r.conform(ctx, args)
		if err != nil {
			return nil, err
		}
		next.peer, next.client = p.name, p.client
		must := next.Levels["MUST"]
		log.Printf("%s: %d of %d MUST fail, %.1f s", p.name, must.Fail, must.Fail+must.Known+must.Fixed+must.Pass, float64(next.Ms)/1000)
		if p.ours && !next.OK {
			log.Printf("%s does not keep every MUST", p.name)
			r.bad = true
		}
		if first == nil {
			first = next
		}
		first.longest = max(first.longest, next.Ms)
		for i, x := range next.Results {
			if want := first.Results[i]; x.ID == want.ID && x.Outcome != want.Outcome {
				log.Printf("%s: run %d: %s is %s (%s), was %s (%s)", p.name, n+1, x.ID, x.Outcome, x.Detail, want.Outcome, want.Detail)
				r.bad = true
			}
		}
	}
	return first, nil
}

// longestRun is the time after which a run is given up.
const longestRun = 10 * time.Minute

// conform runs "stomp conform" once. That it finds something is no error here.
func (r *run) conform(ctx context.Context, args []string) (*report, error) {
	ctx, cancel := context.WithTimeout(ctx, longestRun)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(r.folder, "stomp"), append([]string{"conform", "-o", "json"}, args...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	rep := &report{}
	if json.Unmarshal(out, rep) == nil {
		return rep, nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return nil, fmt.Errorf("%w %s", err, strings.TrimSpace(complaint.String()))
}
