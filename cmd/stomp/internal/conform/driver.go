package conform

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// A Greeting is the first line of a driver.
type Greeting struct {
	Peer     string            `json:"peer"`     // name and version of the library
	Versions []string          `json:"versions"` // of STOMP, that it speaks
	Lacks    map[string]string `json:"lacks"`    // cases, or areas, that it cannot carry out: why
}

// A Command is what a driver is asked to do.
type Command struct {
	Op          string            `json:"op"`
	Host        string            `json:"host,omitempty"`
	Port        int               `json:"port,omitempty"`
	URL         string            `json:"url,omitempty"` // over WebSocket, in place of host and port
	Version     string            `json:"version,omitempty"`
	Login       string            `json:"login,omitempty"`
	Passcode    string            `json:"passcode,omitempty"`
	Beat        [2]int            `json:"beat"` // milliseconds: to send, to receive
	Reconnect   bool              `json:"reconnect,omitempty"`
	ID          string            `json:"id,omitempty"`
	Destination string            `json:"destination,omitempty"`
	Ack         string            `json:"ack,omitempty"`
	Headers     map[string]string `json:"headers"`
	Body        []byte            `json:"body"`
	Binary      bool              `json:"binary,omitempty"`
	Transaction string            `json:"transaction,omitempty"`
	Receipt     bool              `json:"receipt,omitempty"`
	N           int               `json:"n"`       // which of the received messages
	Timeout     int               `json:"timeout"` // milliseconds
}

// An Answer is what came of a command.
type Answer struct {
	Error   string   `json:"error,omitempty"`
	Version string   `json:"version,omitempty"`
	Message *Message `json:"message,omitempty"`
}

// A Message is a message as the library gave it to the driver.
type Message struct {
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body"`
}

// A Driver lends a client library to the cases: one connection of it.
type Driver interface {
	Greeting() Greeting
	// Do carries a command out.
	Do(Command) (Answer, error)
	// Close ends the driver, and with it the connection.
	Close()
}

// StartDriver returns what starts a program as a driver. docs/conform.md has the
// protocol: JSON lines on standard input and output.
func StartDriver(program []string, log io.Writer) func() (Driver, error) {
	return func() (Driver, error) {
		p := &processDriver{cmd: exec.Command(program[0], program[1:]...)}
		p.cmd.Stderr = log
		p.cmd.WaitDelay = time.Second
		in, err := p.cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		out, err := p.cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		if err := p.cmd.Start(); err != nil {
			return nil, err
		}
		p.in, p.out = in, json.NewDecoder(bufio.NewReader(out))
		if err := p.within(20*time.Second, func() error { return p.out.Decode(&p.greeting) }); err != nil {
			p.Close()
			return nil, fmt.Errorf("%s: no greeting: %w", program[0], err)
		}
		return p, nil
	}
}

type processDriver struct {
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *json.Decoder
	greeting Greeting
}

// within ends the driver when something takes too long.
func (p *processDriver) within(d time.Duration, do func() error) error {
	late := time.AfterFunc(d, func() { p.cmd.Process.Kill() })
	err := do()
	if !late.Stop() {
		return errors.New("the driver does not answer")
	}
	return err
}

func (p *processDriver) Greeting() Greeting { return p.greeting }

func (p *processDriver) Do(c Command) (a Answer, err error) {
	if c.Headers == nil {
		c.Headers = map[string]string{} // null is no object to most languages
	}
	if c.Body == nil {
		c.Body = []byte{}
	}
	line, err := json.Marshal(c)
	if err != nil {
		return a, err
	}
	return a, p.within(30*time.Second+time.Duration(c.Timeout)*time.Millisecond, func() error {
		if _, err := p.in.Write(append(line, '\n')); err != nil {
			return err
		}
		return p.out.Decode(&a)
	})
}

func (p *processDriver) Close() {
	p.in.Close()
	p.cmd.Process.Kill()
	p.cmd.Wait()
}
