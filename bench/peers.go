package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/internal/workload"
	"github.com/stompwire/stomp/parser"
)

// Peers has the figures of implementations in other languages, with ours and
// the floor from the same rounds.
type Peers struct {
	Speed
	Absent []string `json:"absent,omitempty"` // peers that are not installed
	Failed []string `json:"failed,omitempty"` // what went wrong, "peer, workload: why"
}

// where says where the peers are installed.
type where struct {
	python string // the command
	netty  string // the jars, a pattern
}

// A peer is a driver for another implementation.
type peer struct {
	name string
	call []string // the command, before the arguments
}

func (w where) peers() []peer {
	jars, _ := filepath.Glob(w.netty) // of a bad pattern there are none
	return []peer{
		{"stompjs", []string{"node", "peers/stompjs.mjs"}},
		{"stompit", []string{"node", "peers/stompit.mjs"}},
		{"Netty", []string{"java", "-cp", strings.Join(jars, string(os.PathListSeparator)), "peers/Netty.java"}},
		{"stomp.py", []string{w.python, "peers/stomppy.py"}},
	}
}

var errAbsent = errors.New("not installed")

// run runs the driver over a stream.
func (p peer) run(file string, frames int, d time.Duration) (name string, ns float64, err error) {
	if slices.Contains(p.call, "") {
		return "", 0, errAbsent // no jars
	}
	args := append(slices.Clone(p.call[1:]), file, fmt.Sprint(frames), fmt.Sprint(d.Seconds()))
	var stderr bytes.Buffer
	enough, cancel := context.WithTimeout(context.Background(), time.Minute+10*d)
	defer cancel()
	cmd := exec.CommandContext(enough, p.call[0], args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.As(err, &exit) && exit.ExitCode() == 3:
		return "", 0, errAbsent
	case err != nil:
		return "", 0, fmt.Errorf("%w: %s", err, reason(stderr.String()))
	}
	var result struct {
		Peer   string
		Frames float64
		Ns     float64
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return "", 0, err
	}
	return result.Peer, digits(result.Ns / result.Frames), nil
}

// reason returns the line of what a driver has said in which an error is named.
// Other lines have places in files.
func reason(s string) string {
	for line := range strings.Lines(s) {
		if i := strings.Index(line, "Error: "); i >= 0 {
			return strings.TrimSpace(line[i:])
		}
	}
	return "no reason given"
}

// measurePeers measures all peers that are installed, ours and the floor in
// between.
func measurePeers(o settings, at where) (*Peers, error) {
	dir, err := os.MkdirTemp("", "stomp-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	result := &Peers{Speed: Speed{Run: here(o)}}
	versions := make(map[string]string) // names with versions, of names
	for w := range workload.All() {
		stream, frames := w.Stream(o.stream)
		file := filepath.Join(dir, w.Name)
		if err := os.WriteFile(file, stream, 0o666); err != nil {
			return nil, err
		}
		a := parser.NewAssembler(v12)
		names := []string{scanFloor, ourAssembler}
		sample := map[string]func() (float64, error){
			scanFloor: func() (float64, error) {
				return timed(job{frames: frames, pass: func() { workload.ScanFloor(stream) }}, o.time).ns, nil
			},
			ourAssembler: func() (float64, error) {
				return timed(job{frames: frames, pass: func() { assembleChunks(a, stream, 65536) }}, o.time).ns, nil
			},
		}
		for _, p := range at.peers() {
			names = append(names, p.name)
			sample[p.name] = func() (float64, error) {
				name, ns, err := p.run(file, frames, o.time)
				if err == nil {
					versions[p.name] = name
				}
				return ns, err
			}
		}
		figures := make([]Figure, len(names))
		for round := range o.rounds {
			for i := range names {
				k := (i + round) % len(names)
				if slices.Contains(result.Absent, names[k]) {
					continue
				}
				ns, err := sample[names[k]]()
				why := fmt.Sprintf("%s, %s: %v", names[k], w.Name, err)
				switch {
				case err == errAbsent:
					result.Absent = append(result.Absent, names[k])
				case err != nil && !slices.Contains(result.Failed, why):
					result.Failed = append(result.Failed, why)
				case err == nil:
					figures[k].Rounds = append(figures[k].Rounds, ns)
				}
			}
		}
		for k, f := range figures {
			if len(f.Rounds) > 0 {
				f.Workload, f.Contender = w.Name, names[k]
				f.Octets, f.Ns = digits(float64(len(stream))/float64(frames)), median(f.Rounds)
				f.MB = digits(f.Octets / f.Ns * 1e3)
				result.Figures = append(result.Figures, f)
			}
		}
	}
	for i := range result.Figures {
		if name, ok := versions[result.Figures[i].Contender]; ok {
			result.Figures[i].Contender = name
		}
	}
	return result, nil
}
