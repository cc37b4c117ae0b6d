package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/stompwire/stomp/lab/interop/driver"
)

// patience is how long a scenario waits for what has to come.
const patience = 20 * time.Second

// A connection is one driver: one connection of the peer's library.
type connection struct {
	cell     *cell
	cmd      *exec.Cmd
	in       io.WriteCloser
	answers  chan driver.Answer // closed when the driver has ended, or said what is no answer
	ended    error              // why
	greeting driver.Greeting
	log      string // path of what it printed on standard error
	received int
}

// driver starts the peer's driver and reads its greeting.
func (c *cell) driver() *connection {
	d, err := c.run.startDriver(c.peer.program)
	if err != nil {
		c.fatalf("%v", err)
	}
	d.cell = c
	c.opened = append(c.opened, d)
	return d
}

// startDriver starts a driver and reads its greeting. The error names its log.
func (r *run) startDriver(program []string) (*connection, error) {
	d := &connection{cmd: exec.Command(program[0], program[1:]...), answers: make(chan driver.Answer)}
	log, err := os.CreateTemp(filepath.Join(r.folder, "drivers"), driverName(program)+"-*.log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	d.log = log.Name()
	d.cmd.Stderr = log
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	lines := json.NewDecoder(out)
	late := d.killAfter(patience)
	err = lines.Decode(&d.greeting)
	if !late.Stop() {
		err = fmt.Errorf("no greeting within %v", patience)
	}
	if err != nil {
		close(d.answers)
		d.kill()
		return nil, fmt.Errorf("%s does not start: %w%s", driverName(program), err, d.complaints())
	}
	go func() {
		defer close(d.answers)
		for {
			var a driver.Answer
			if d.ended = lines.Decode(&a); d.ended != nil {
				return
			}
			d.answers <- a
		}
	}()
	return d, nil
}

// driverName returns what to call a driver: the name of its script, or of the
// program.
func driverName(program []string) string {
	for _, argument := range program[1:] {
		switch filepath.Ext(argument) {
		case ".mjs", ".php", ".pl", ".py", ".rb":
			return filepath.Base(argument)
		}
	}
	return filepath.Base(program[0])
}

// killAfter ends the driver unless the timer is stopped before: what waits for it
// then finds that it has ended.
func (d *connection) killAfter(patience time.Duration) *time.Timer {
	return time.AfterFunc(patience, func() { d.cmd.Process.Kill() })
}

// kill ends the driver at once, and with it the connection, without a goodbye.
func (d *connection) kill() {
	if d.cmd.ProcessState != nil {
		return
	}
	d.cmd.Process.Kill()
	d.in.Close()
	for range d.answers {
	}
	d.cmd.Wait()
}

// ask has a command carried out; what the library says is in the answer.
func (d *connection) ask(c driver.Command) driver.Answer {
	line, err := json.Marshal(c)
	if err != nil {
		d.cell.fatalf("%v", err)
	}
	limit := patience + time.Duration(c.Timeout)*time.Millisecond
	late := d.killAfter(limit)
	_, err = d.in.Write(append(line, '\n'))
	a, ok := <-d.answers
	switch {
	case ok:
		late.Stop()
		return a
	case !late.Stop():
		d.cell.fatalf("%s: no answer from the driver within %v%s", c.Op, limit, d.complaints())
	case err == nil:
		err = d.ended
	}
	d.cell.fatalf("%s: the driver has ended: %v%s", c.Op, err, d.complaints())
	panic("unreachable")
}

// complaints returns where what the driver printed on standard error is, and the
// end of it.
func (d *connection) complaints() string {
	text, _ := os.ReadFile(d.log)
	return fmt.Sprintf("; see %s: %s", d.log, bytes.TrimSpace(text[max(0, len(text)-1000):]))
}

// must has a command carried out that has to succeed.
func (d *connection) must(c driver.Command) driver.Answer {
	a := d.ask(c)
	if a.Error != "" {
		d.cell.fatalf("%s: %s", c.Op, a.Error)
	}
	return a
}

// connect returns a connection that has logged in.
func (c *cell) connect() *connection {
	d := c.driver()
	d.must(d.login(passcode, [2]int{}))
	return d
}

func (d *connection) login(passcode string, beat [2]int) driver.Command {
	host, port, url := d.cell.address()
	return driver.Command{Op: "connect", Host: host, Port: port, URL: url, Version: d.cell.version, Login: login, Passcode: passcode, Beat: beat}
}

// A message is what scenarios send, and expect to receive byte for byte.
type message struct {
	body    string
	headers map[string]string
	binary  bool // hand the body to the library as bytes, not as text
}

func text(body string) message { return message{body: body} }

func (d *connection) send(destination string, m message) {
	d.sendIn("", destination, m)
}

func (d *connection) sendIn(transaction, destination string, m message) {
	d.must(m.command(destination, driver.Command{Transaction: transaction}))
}

// sendReceipt sends and waits for the receipt. What the connection sent before
// is then done too, since a broker goes through the frames of one in order.
func (d *connection) sendReceipt(destination string, m message) {
	d.must(m.command(destination, driver.Command{Receipt: true}))
}

func (m message) command(destination string, c driver.Command) driver.Command {
	c.Op, c.Destination, c.Headers, c.Body, c.Binary = "send", destination, m.headers, []byte(m.body), m.binary
	if c.Headers == nil {
		c.Headers = map[string]string{}
	}
	return c
}

// sync returns when the broker has done all that the connection sent.
func (d *connection) sync() {
	d.sendReceipt("/topic/interop.sync", text("sync"))
}

func (d *connection) subscribe(destination, ack string) {
	d.must(driver.Command{Op: "subscribe", ID: "sub-1", Destination: destination, Ack: ack})
	d.sync()
}

// receive takes the next message, which has to be m, and returns its number
// for ack and nack.
func (d *connection) receive(destination string, m message) int {
	got := d.must(driver.Command{Op: "receive", Timeout: int(patience / time.Millisecond / 2)}).Message
	if got == nil {
		d.cell.fatalf("no message came; wanted %s", brief(m.body))
	}
	d.received++
	if !bytes.Equal(got.Body, []byte(m.body)) {
		d.cell.fatalf("body is %s, want %s", brief(string(got.Body)), brief(m.body))
	}
	for name, value := range m.headers {
		if got.Headers[name] != value {
			d.cell.fatalf("header %s is %q, want %q", name, got.Headers[name], value)
		}
	}
	if got.Headers["destination"] != destination {
		d.cell.fatalf("destination is %q, want %q", got.Headers["destination"], destination)
	}
	if got.Headers["message-id"] == "" {
		d.cell.fatalf("no message-id")
	}
	return d.received - 1
}

// empty checks that nothing is left: a message that is sent now is the next one.
func (d *connection) empty(destination string) {
	marker := text("nothing came before this")
	d.send(destination, marker)
	d.receive(destination, marker)
}

func (d *connection) ack(n int)  { d.must(driver.Command{Op: "ack", N: n}) }
func (d *connection) nack(n int) { d.must(driver.Command{Op: "nack", N: n}) }
func (d *connection) ackIn(transaction string, n int) {
	d.must(driver.Command{Op: "ack", N: n, Transaction: transaction})
}
func (d *connection) begin(name string) { d.must(driver.Command{Op: "begin", Transaction: name}) }
func (d *connection) commit(name string) {
	d.must(driver.Command{Op: "commit", Transaction: name})
}
func (d *connection) abort(name string) { d.must(driver.Command{Op: "abort", Transaction: name}) }

// brief shows a body in a message.
func brief(body string) string {
	if len(body) > 60 {
		return strings.TrimSuffix(quote(body[:60]), `"`) + `..." ` + "of " + plural(len(body), "byte")
	}
	return quote(body)
}
