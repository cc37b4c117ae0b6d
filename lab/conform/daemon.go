package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// A daemon is a program that is started again when it ends, until it is stopped.
type daemon struct {
	mu      sync.Mutex
	current *exec.Cmd
	stopped bool
	done    chan struct{}
}

// daemon starts a program, and returns when the address is listened on.
func (r *run) daemon(name, address string, env []string, program string, args ...string) (*daemon, error) {
	log, err := os.OpenFile(filepath.Join(r.folder, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	d := &daemon{done: make(chan struct{})}
	go func() {
		defer close(d.done)
		defer log.Close()
		for {
			d.mu.Lock()
			if d.stopped {
				d.mu.Unlock()
				return
			}
			cmd := exec.Command(program, args...)
			cmd.Env = append(os.Environ(), env...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.Stdout, cmd.Stderr = log, log
			err := cmd.Start()
			d.current = cmd
			d.mu.Unlock()
			if err != nil {
				fmt.Fprintln(log, err)
				return
			}
			cmd.Wait()
			time.Sleep(50 * time.Millisecond)
		}
	}()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			c.Close()
			return d, nil
		}
		if time.Now().After(end) {
			d.stop()
			return nil, fmt.Errorf("%s does not listen on %s: see %s", name, address, log.Name())
		}
	}
}

// stop ends the program, by force when it does not end by itself.
func (d *daemon) stop() {
	d.mu.Lock()
	d.stopped = true
	cmd := d.current
	d.mu.Unlock()
	if cmd.Process == nil {
		return
	}
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.done:
	case <-time.After(time.Minute):
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-d.done
	}
}

// watch ends the program by force whenever a CONNECT over TCP gets no answer, so
// that one that hangs is started again.
func (d *daemon) watch(address string) {
	for {
		select {
		case <-d.done:
			return
		case <-time.After(2 * time.Second):
		}
		d.mu.Lock()
		cmd := d.current
		d.mu.Unlock()
		if answers(address) {
			continue
		}
		d.mu.Lock()
		if d.current == cmd {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
		d.mu.Unlock()
	}
}

// answers reports whether a CONNECT gets an answer in time.
func answers(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return true // it is not there, and about to be started
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(4 * time.Second))
	c.Write([]byte("CONNECT\n\n\x00"))
	answer := make([]byte, 9)
	n, _ := c.Read(answer)
	return bytes.HasPrefix(answer[:n], []byte("CONNECTED"))
}

// freeAddress returns an address on loopback that nobody listens on at this
// moment.
func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return l.Addr().String()
}
