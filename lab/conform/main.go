// Conform runs "stomp conform" against brokers and clients of others and against
// the examples, and writes what differs into docs/conform.md.
//
//	sudo lab/conform/run      # installs the peers, runs them, writes the page
//
// Everything listens on loopback and ends with the run.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"syscall"
)

func main() {
	log.SetFlags(log.Ltime)
	r := &run{}
	flag.StringVar(&r.tools, "tools", "", "`folder` with node_modules (required)")
	flag.StringVar(&r.folder, "work", "", "`folder` for logs and data; otherwise one that is deleted")
	flag.IntVar(&r.times, "times", 1, "how often to run each peer; all runs have to give the same result")
	page := flag.String("page", "", "the `file` whose section of results to write")
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
	if *page != "" {
		if err := r.write(*page); err != nil {
			log.Fatal(err)
		}
	}
	if r.unstable.Load() {
		os.Exit(1)
	}
}

// A run is one pass over the peers.
type run struct {
	tools    string
	folder   string
	times    int
	only     *regexp.Regexp
	brokers  []*report
	clients  []*report
	unstable atomic.Bool
}

// A report is what "stomp conform -o json" prints.
type report struct {
	peer     string // what this program calls the peer
	longest  int64
	Name     string            `json:"name"`
	Versions string            `json:"versions"`
	Ms       int64             `json:"ms"`
	Levels   map[string]counts `json:"levels"`
	Results  []result          `json:"results"`
}

type counts struct {
	Pass    int `json:"pass"`
	Fail    int `json:"fail"`
	Skipped int `json:"skipped"`
}

type result struct {
	ID      string `json:"id"`
	Level   string `json:"level"`
	Verdict string `json:"verdict"`
	Outcome string `json:"outcome"`
	Detail  string `json:"detail"`
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
	// Brokers and clients have nothing to do with each other.
	failed := make(chan error, 2)
	for _, clients := range []bool{false, true} {
		go func() {
			failed <- func() error {
				for _, p := range r.peers() {
					if p.client != clients || !r.only.MatchString(p.name) {
						continue
					}
					if err := r.peer(ctx, p); err != nil {
						return fmt.Errorf("%s: %w", p.name, err)
					}
				}
				return nil
			}()
		}()
	}
	return errors.Join(<-failed, <-failed)
}

// peer runs a peer as often as was asked for.
func (r *run) peer(ctx context.Context, p peer) error {
	args, stop, err := p.start(r)
	if err != nil {
		return err
	}
	defer stop()
	var first *report
	for n := range r.times {
		next, err := r.conform(ctx, args)
		if err != nil {
			return err
		}
		next.peer = p.name
		log.Printf("%s: %d of %d MUST fail, %.1f s", p.name, next.Levels["MUST"].Fail, next.Levels["MUST"].Fail+next.Levels["MUST"].Pass, float64(next.Ms)/1000)
		if first == nil {
			first = next
		}
		first.longest = max(first.longest, next.Ms)
		for i, x := range next.Results {
			if want := first.Results[i]; x.ID == want.ID && x.Outcome != want.Outcome {
				log.Printf("%s: run %d: %s is %s (%s), was %s (%s)", p.name, n+1, x.ID, x.Outcome, x.Detail, want.Outcome, want.Detail)
				r.unstable.Store(true)
			}
		}
	}
	if p.client {
		r.clients = append(r.clients, first)
	} else {
		r.brokers = append(r.brokers, first)
	}
	return nil
}

// conform runs "stomp conform" once. That it finds something is no error here.
func (r *run) conform(ctx context.Context, args []string) (*report, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(r.folder, "stomp"), append([]string{"conform", "-o", "json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	rep := &report{}
	if bad := json.Unmarshal(out, rep); bad != nil {
		return nil, fmt.Errorf("stomp conform: %v, %w", err, bad)
	}
	return rep, nil
}
