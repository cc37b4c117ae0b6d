package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A process is a program that runs beside the tests: a broker, a relay, a page
// driver. What it prints is in a file of the run's folder.
type process struct {
	name string
	cmd  *exec.Cmd
	log  string        // path
	done chan struct{} // closed when it has ended

	mu       sync.Mutex
	standard []string // lines of standard output so far
	more     chan struct{}
}

// start starts a program in a process of its own. It ends by stop or kill.
func (r *run) start(name string, env []string, program string, args ...string) (*process, error) {
	return r.startWith(name, nil, env, program, args...)
}

// startWith is start with a standard input.
func (r *run) startWith(name string, in *os.File, env []string, program string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(r.folder, name+".log"), done: make(chan struct{}), more: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	p.cmd = exec.Command(program, args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that kill reaches what it starts in turn
	if in != nil {
		p.cmd.Stdin = in
	}
	p.cmd.Stderr = log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		defer log.Close()
		lines := bufio.NewScanner(io.TeeReader(out, log))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.mu.Lock()
			p.standard = append(p.standard, lines.Text())
			close(p.more)
			p.more = make(chan struct{})
			p.mu.Unlock()
		}
		p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// line waits for the first line of standard output that begins so, and returns
// the rest of it.
func (p *process) line(prefix string, patience time.Duration) (string, error) {
	return p.nth(prefix, 0, patience)
}

// nth is line for the n-th such line, from 0.
func (p *process) nth(prefix string, n int, patience time.Duration) (string, error) {
	late := time.After(patience)
	for {
		p.mu.Lock()
		seen := 0
		for _, line := range p.standard {
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				if seen == n {
					p.mu.Unlock()
					return rest, nil
				}
				seen++
			}
		}
		more := p.more
		p.mu.Unlock()
		select {
		case <-more:
		case <-p.done:
			return "", fmt.Errorf("%s ended without the line %q: see %s", p.name, prefix, p.log)
		case <-late:
			return "", fmt.Errorf("%s did not print %q within %v: see %s", p.name, prefix, patience, p.log)
		}
	}
}

// listening waits until the program accepts connections.
func (p *process) listening(address string, patience time.Duration) error {
	for end := time.Now().Add(patience); ; {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s has ended: see %s", p.name, p.log)
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s does not listen on %s after %v: see %s", p.name, address, patience, p.log)
		}
	}
}

// stop asks the program to end, and ends it when it takes longer than a minute.
// RabbitMQ takes a while after it has lost very many connections.
func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.kill()
	}
}

// kill ends the program, and all that it has started, at once.
func (p *process) kill() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// freePort returns a port on loopback that nobody listens on at this moment.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// command runs a program to its end, with what it prints on ours.
func command(ctx context.Context, folder, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(append([]string{program}, args...), " "), err)
	}
	return nil
}
