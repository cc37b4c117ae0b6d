package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os/exec"
	"time"

	"github.com/stompwire/stomp/lab/peers"
)

const (
	patience = 5 * time.Second  // for an answer
	start    = 60 * time.Second // for a driver to begin
)

// A driver asks one peer.
type driver struct {
	name    string
	command []string
	log     io.Writer // what it says on stderr

	cmd     *exec.Cmd
	in      io.WriteCloser
	answers chan []byte // lines; closed when the process has ended
}

// ask has the peer read each stream, whole and octet by octet, and notes where
// it differs.
func (d *driver) ask(g *peers.Grid, streams []peers.Stream) error {
	defer d.stop()
	same := 0
	for i := range streams {
		s := &streams[i]
		whole, err := d.read(s, "0")
		if err != nil {
			return err
		}
		octets, err := d.read(s, "1")
		if err != nil {
			return err
		}
		says := peers.Compare(&s.Ours, whole)
		one := peers.Compare(&s.Ours, octets)
		if one == peers.Same && g.Grid == "encode" && peers.EndsElsewhere(&s.Ours, octets) {
			one = peers.OtherSplit
		}
		if one != says {
			says += "; octet by octet: " + one
		}
		if says == peers.Same {
			same++
			continue
		}
		if g.Rows[i].Differ == nil {
			g.Rows[i].Differ = make(map[string]string)
		}
		g.Rows[i].Differ[d.name] = says
	}
	log.Printf("%s: %s: %d streams, %d the same", g.Grid, d.name, len(streams), same)
	return nil
}

// read asks for one stream. A peer that gives no answer is asked once more, in
// a new process: the reason may lie in what came before.
func (d *driver) read(s *peers.Stream, cut string) (*peers.Answer, error) {
	a, err := d.try(s, cut)
	if err == nil && a.Failed != "" {
		a, err = d.try(s, cut)
	}
	return a, err
}

// try asks once. A process that gives no answer is ended.
func (d *driver) try(s *peers.Stream, cut string) (*peers.Answer, error) {
	if d.cmd == nil {
		if err := d.begin(); err != nil {
			return nil, err
		}
	}
	line := fmt.Sprintf("%s\t%s\t%s\t%s\n", s.ID, s.Version, cut, base64.StdEncoding.EncodeToString(s.Input))
	// A process that has ended is met when its answer is missing.
	_, _ = io.WriteString(d.in, line)
	select {
	case text, ok := <-d.answers:
		if !ok {
			d.stop()
			return &peers.Answer{Failed: peers.Fails}, nil
		}
		a := new(peers.Answer)
		if err := json.Unmarshal(text, a); err != nil {
			return nil, fmt.Errorf("%w in %.200q", err, text)
		}
		if a.ID != s.ID {
			return nil, fmt.Errorf("answers %q to %q", a.ID, s.ID)
		}
		return a, nil
	case <-time.After(patience):
		d.stop()
		return &peers.Answer{Failed: peers.Hangs}, nil
	}
}

func (d *driver) begin() (err error) {
	d.cmd = exec.Command(d.command[0], d.command[1:]...)
	d.cmd.Stderr = d.log
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := d.cmd.Start(); err != nil {
		return err
	}
	answers := make(chan []byte)
	d.answers = answers
	go func() {
		defer close(answers)
		r := bufio.NewReader(out)
		for {
			line, err := r.ReadBytes('\n')
			if err != nil {
				return
			}
			answers <- line
		}
	}()
	select {
	case line := <-d.answers:
		if string(line) == "ready\n" {
			return nil
		}
	case <-time.After(start):
	}
	d.stop()
	return errors.New("driver does not begin")
}

func (d *driver) stop() {
	if d.cmd == nil {
		return
	}
	_ = d.in.Close()
	_ = d.cmd.Process.Kill()
	for range d.answers {
	}
	_ = d.cmd.Wait()
	d.cmd = nil
}
