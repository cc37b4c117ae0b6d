package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/lab/interop/driver"
)

// A pageCommand is what drivers/page.mjs is asked to do.
type pageCommand struct {
	Op       string `json:"op"`
	Tab      string `json:"tab"`
	URL      string `json:"url,omitempty"`
	Element  string `json:"element,omitempty"` // CSS selector
	Text     string `json:"text,omitempty"`    // that the element has
	Value    string `json:"value"`
	Argument any    `json:"argument,omitempty"`
	Path     string `json:"path,omitempty"`
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	Dark     bool   `json:"dark,omitempty"`
	Timeout  int    `json:"timeout"` // milliseconds
}

type pageAnswer struct {
	Error string `json:"error"`
	Count int    `json:"count"`
	Text  string `json:"text"`
}

// A browser is Chromium under playwright-core. Its methods end the cell at the
// first thing that is wrong.
type browser struct {
	cell     *cell
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *json.Decoder
	greeting driver.Greeting
}

func (r *run) startBrowser() (*browser, error) {
	b := &browser{cmd: exec.Command("node", filepath.Join(r.source, "drivers", "page.mjs"), r.tools)}
	b.cmd.Env = append(os.Environ(), "HOME="+r.folder)
	log, err := os.Create(filepath.Join(r.folder, "browser.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	b.cmd.Stderr = log
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	b.out = json.NewDecoder(out)
	if err := b.out.Decode(&b.greeting); err != nil {
		b.stop()
		return nil, fmt.Errorf("the browser does not start: see %s", log.Name())
	}
	return b, nil
}

// stop closes the browser.
func (b *browser) stop() {
	b.in.Close()
	done := make(chan struct{})
	go func() {
		b.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		b.cmd.Process.Kill()
		<-done
	}
}

func (b *browser) must(c pageCommand) pageAnswer {
	if c.Timeout == 0 {
		c.Timeout = int(patience / time.Millisecond)
	}
	var a pageAnswer
	if err := json.NewEncoder(b.in).Encode(c); err != nil {
		b.cell.fatalf("%s: the browser has ended: %v; see browser.log", c.Op, err)
	}
	if err := b.out.Decode(&a); err != nil {
		b.cell.fatalf("%s: the browser has ended: %v; see browser.log", c.Op, err)
	}
	if a.Error != "" {
		b.cell.fatalf("%s %s %s: %s", c.Op, c.Element, c.Text, a.Error)
	}
	return a
}

func (b *browser) fill(tab, element, value string) {
	b.must(pageCommand{Op: "fill", Tab: tab, Element: element, Value: value})
}
func (b *browser) click(tab, element string) {
	b.must(pageCommand{Op: "click", Tab: tab, Element: element})
}

// see waits until an element with this text is visible.
func (b *browser) see(tab, element, text string) {
	b.must(pageCommand{Op: "wait", Tab: tab, Element: element, Text: text})
}

// state waits for a state of the page's client.
func (b *browser) state(tab, state string) { b.see(tab, "#state[data-state="+state+"]", "") }

func (b *browser) count(tab, element string) int {
	return b.must(pageCommand{Op: "count", Tab: tab, Element: element}).Count
}

// evaluate returns the value of an expression of the page.
func (b *browser) evaluate(tab, expression string) string {
	return b.must(pageCommand{Op: "evaluate", Tab: tab, Value: "() => String(" + expression + ")"}).Text
}

// accessible ends the cell if axe finds a violation.
func (b *browser) accessible(tab string) {
	if found := b.must(pageCommand{Op: "axe", Tab: tab}).Text; found != "" {
		b.cell.fatalf("axe: %s", found)
	}
}

// connect fills in the form and waits until the client is connected.
func (b *browser) connect(tab, passcode string) {
	b.fill(tab, "#login", login)
	b.fill(tab, "#passcode", passcode)
	b.click(tab, "#connect")
}

func (b *browser) publish(tab, destination, body string) {
	b.fill(tab, "#publish-destination", destination)
	b.fill(tab, "#publish-body", body)
	b.click(tab, "#publish")
}

// page runs the chat page in Chromium, and a client as the documentation of
// stompjs has it, there and on Node.
func (r *run) page(ctx context.Context) error {
	tcp, err := freePort()
	if err != nil {
		return err
	}
	web, err := freePort()
	if err != nil {
		return err
	}
	t, err := r.startBroker(loopback(tcp), loopback(web))
	if err != nil {
		return err
	}
	defer func() { t.process.stop() }()
	b, err := r.startBrowser()
	if err != nil {
		return err
	}
	defer b.stop()

	steps := []struct {
		name string
		do   func(*cell)
	}{
		{"connect", func(c *cell) {
			for _, tab := range []string{"ann", "bob"} {
				b.must(pageCommand{Op: "open", Tab: tab, URL: "http://" + loopback(web) + "/"})
				b.state(tab, "inactive")
				b.connect(tab, passcode)
				b.state(tab, "connected")
			}
		}},
		{"two tabs see each other", func(c *cell) {
			b.see("ann", "#subscriptions [data-destination='/topic/general'][data-open=true]", "")
			b.see("bob", "#subscriptions [data-destination='/topic/general'][data-open=true]", "")
			b.publish("ann", "/topic/general", "Grüße von Ann 🚀")
			b.publish("bob", "/topic/general", "<b>Bob</b> & co")
			for _, tab := range []string{"ann", "bob"} {
				b.see(tab, "#messages .body", "Grüße von Ann 🚀")
				b.see(tab, "#messages .body", "<b>Bob</b> & co")
			}
		}},
		{"headers and skipContentLengthHeader", func(c *cell) {
			b.click("ann", "#clear-frames")
			b.click("bob", "#clear-frames")
			b.click("ann", "#publish-options summary")
			b.fill("ann", "#publish-headers", "priority:9\nx-note:a:b")
			b.click("ann", "#skip-content-length")
			b.publish("ann", "/topic/general", "urgent")
			b.see("bob", "#frames [data-direction=in][data-command=MESSAGE]", "priority:9")
			b.see("bob", "#frames [data-direction=in][data-command=MESSAGE]", `x-note:a\cb`)
			sent := b.must(pageCommand{Op: "text", Tab: "ann", Element: "#frames [data-direction=out][data-command=SEND]"}).Text
			if strings.Contains(sent, "content-length") {
				c.fatalf("SEND has a content-length: %s", sent)
			}
			b.click("ann", "#skip-content-length")
			b.fill("ann", "#publish-headers", "")
		}},
		{"subscribe to a queue, NACK, ACK", func(c *cell) {
			b.fill("ann", "#subscribe-destination", "/queue/test")
			b.must(pageCommand{Op: "select", Tab: "ann", Element: "#subscribe-ack", Value: "client-individual"})
			b.click("ann", "#subscribe")
			b.see("ann", "#subscriptions [data-destination='/queue/test'][data-open=true]", "")
			b.publish("bob", "/queue/test", "a task")
			b.click("ann", "#messages [data-destination='/queue/test'] [data-action=nack]")
			b.click("ann", "#messages [data-destination='/queue/test'] [data-action=ack]") // of the second delivery
			if n := b.count("ann", "#messages [data-destination='/queue/test']"); n != 2 {
				c.fatalf("the task was delivered %d times, want 2", n)
			}
		}},
		{"heart-beats for 10 s", func(c *cell) {
			b.click("ann", "#clear-frames")
			time.Sleep(10 * time.Second)
			// All of them are one row.
			if n := b.count("ann", "#frames li"); n != 1 {
				c.fatalf("%d rows", n)
			}
			for _, direction := range []string{"in", "out"} {
				got := b.evaluate("ann", "document.querySelector('#frames [data-command=heart-beat]').dataset."+direction)
				if n, _ := strconv.Atoi(got); n < 2 {
					c.fatalf("%s %s heart-beats", got, direction)
				}
			}
			b.state("ann", "connected")
		}},
		{"broker killed and restarted", func(c *cell) {
			t.process.kill()
			b.state("ann", "reconnecting")
			b.state("bob", "reconnecting")
			again, err := r.startBroker(loopback(tcp), loopback(web))
			if err != nil {
				c.fatalf("%v", err)
			}
			t = again
			for _, tab := range []string{"ann", "bob"} {
				b.state(tab, "connected")
				b.see(tab, "#subscriptions [data-destination='/topic/general'][data-open=true]", "")
			}
			b.publish("ann", "/topic/general", "still there?")
			b.publish("bob", "/queue/test", "a task after the restart")
			b.see("bob", "#messages .body", "still there?")
			b.see("ann", "#messages [data-destination='/queue/test'] .body", "a task after the restart")
			b.click("ann", "#messages [data-destination='/queue/test'] [data-action=ack]")
		}},
		{"screenshots", func(c *cell) {
			if r.screenshots == "" {
				return
			}
			if err := os.MkdirAll(r.screenshots, 0o755); err != nil {
				c.fatalf("%v", err)
			}
			shot := func(tab, name string) {
				b.must(pageCommand{Op: "screenshot", Tab: tab, Path: filepath.Join(r.screenshots, name)})
			}
			shot("ann", "chat.png")
			b.must(pageCommand{Op: "open", Tab: "phone", URL: "http://" + loopback(web) + "/", Width: 390, Height: 844, Dark: true})
			b.connect("phone", passcode)
			b.state("phone", "connected")
			b.publish("ann", "/topic/general", "Hello, phone")
			b.see("phone", "#messages .body", "Hello, phone")
			shot("phone", "chat-phone-dark.png")
			b.must(pageCommand{Op: "close", Tab: "phone"})
		}},
		{"deactivate", func(c *cell) {
			b.click("bob", "#clear-frames")
			b.click("bob", "#deactivate")
			b.state("bob", "inactive")
			b.see("bob", "#frames [data-direction=out][data-command=DISCONNECT]", "")
			b.see("bob", "#frames [data-direction=in][data-command=RECEIPT]", "")
		}},
		{"wrong passcode", func(c *cell) {
			// It is not tried again, and another one can be typed at once.
			b.click("bob", "#clear-frames")
			b.connect("bob", "wrong")
			b.see("bob", "#alert", "The broker says:")
			b.see("bob", "#frames [data-direction=in][data-command=ERROR]", "")
			b.state("bob", "inactive")
			b.see("bob", "#passcode:focus:enabled", "")
			b.fill("bob", "#passcode", passcode)
			b.click("bob", "#connect")
			b.state("bob", "connected")
			b.see("bob", "#publish-body:focus", "")
			if n := b.count("bob", "#frames [data-command=ERROR]"); n != 1 {
				c.fatalf("%d ERROR frames", n)
			}
			b.click("bob", "#deactivate")
			b.state("bob", "inactive")
			b.see("bob", "#connect:focus", "")
		}},
		{"no broker, wrong URL", func(c *cell) {
			b.fill("bob", "#broker-url", "http://"+loopback(web)+"/ws")
			b.click("bob", "#connect")
			b.see("bob", "#alert", "begins with ws:// or wss://")
			b.see("bob", "#broker-url:focus:enabled", "")
			b.fill("bob", "#broker-url", "ws://"+loopback(web)+"/nothing")
			b.click("bob", "#connect")
			for _, seconds := range []string{"5", "4", "3"} {
				b.see("bob", "#alert", "Cannot reach ws://"+loopback(web)+"/nothing. Trying again in "+seconds+" s")
			}
			b.click("bob", "#deactivate")
			b.state("bob", "inactive")
		}},
		{"phone", func(c *cell) {
			const width, height = 390, 844
			b.must(pageCommand{Op: "open", Tab: "phone", URL: "http://" + loopback(web) + "/", Width: width, Height: height, Dark: true})
			b.connect("phone", passcode)
			b.state("phone", "connected")
			for i := range 4 {
				text := fmt.Sprint("from a phone ", i)
				b.fill("phone", "#publish-body", text)
				b.click("phone", "#publish")
				b.see("phone", "#messages .body", text)
			}
			// The newest message stands next to the box, and the button is in view.
			got := b.evaluate("phone", `[...document.querySelectorAll("#messages li:last-child, #publish-form, #publish")]
				.map((e) => e.getBoundingClientRect()).map((r) => Math.round(r.top) + " " + Math.round(r.bottom)).join(" ")
				+ " " + document.documentElement.scrollWidth`)
			var newest, form, button [2]int
			var wide int
			if _, err := fmt.Sscan(got, &newest[0], &newest[1], &form[0], &form[1], &button[0], &button[1], &wide); err != nil {
				c.fatalf("%s: %v", got, err)
			}
			if newest[0] < 0 || form[0]-newest[1] > 40 || button[1] > height || wide > width {
				c.fatalf("message %v, form %v, button %v, width %d", newest, form, button, wide)
			}
			b.accessible("phone")
			b.must(pageCommand{Op: "close", Tab: "phone"})
		}},
		{"axe", func(c *cell) { b.accessible("ann"); b.accessible("bob") }},
		{"stock client in Chromium", func(c *cell) {
			source, err := os.ReadFile(filepath.Join(r.source, "drivers", "stock.mjs"))
			if err != nil {
				c.fatalf("%v", err)
			}
			// The function alone: the rest of the file is for Node.
			_, function, _ := strings.Cut(string(source), "export ")
			function, _, _ = strings.Cut(function, "\n}\n")
			b.click("ann", "#subscriptions [data-destination='/queue/test'] button")
			b.must(pageCommand{Op: "wait", Tab: "ann", Element: "#subscriptions [data-destination='/queue/test']", Value: "detached"})
			got := b.must(pageCommand{Op: "evaluate", Tab: "bob", Value: function + "\n}",
				Argument: map[string]string{"brokerURL": t.ws, "login": login, "passcode": passcode}}).Text
			checkStock(c, got)
			b.see("ann", "#messages .body", "Hello, everybody")
		}},
		{"stock client on Node", func(c *cell) {
			before := b.count("ann", "#messages .body")
			ctx, cancel := context.WithTimeout(ctx, 2*patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, "node", filepath.Join(r.source, "drivers", "stock.mjs"), r.tools, t.ws, login, passcode)
			out, err := cmd.CombinedOutput()
			if err != nil {
				c.fatalf("%v: %s", err, out)
			}
			checkStock(c, strings.TrimSpace(string(out)))
			b.must(pageCommand{Op: "wait", Tab: "ann", Element: fmt.Sprintf("#messages li:nth-child(%d) .body", before+1), Text: "Hello, everybody"})
		}},
		{"20,000 messages", func(c *cell) {
			publisher, err := client.Dial(ctx, "tcp://"+loopback(tcp), client.Options{Login: login, Passcode: passcode})
			if err != nil {
				c.fatalf("%v", err)
			}
			defer publisher.Close(ctx)
			for i := range 20_001 {
				if err := publisher.Send(ctx, "/topic/general", fmt.Append(nil, "flood ", i)); err != nil {
					c.fatalf("%v", err)
				}
			}
			b.see("ann", "#messages .body", "flood 20000")
			b.state("ann", "connected")
			if n := b.count("ann", "#frames [data-command=onWebSocketClose]"); n != 0 {
				c.fatalf("the connection was lost")
			}
			if n := b.count("ann", "#messages li"); n != 500 {
				c.fatalf("%d messages are shown", n)
			}
		}},
		{"no exception in any page", func(c *cell) {
			if text := b.must(pageCommand{Op: "complaints"}).Text; text != "" {
				c.fatalf("%s", text)
			}
		}},
	}
	var names []string
	for _, step := range steps {
		names = append(names, step.name)
	}
	row := "chat page, " + b.greeting.Peer
	s := r.matrix.section("The page in a browser", "", names)
	r.matrix.row(s, row)
	// One after the other: each goes on where the one before has left the page.
	for _, step := range steps {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c := &cell{run: r, target: t}
		b.cell = c
		res := c.do(step.do)
		r.matrix.set(s, row, step.name, res)
		r.print(row, step.name, res)
	}
	return nil
}

// checkStock checks what stock.mjs has seen.
func checkStock(c *cell, got string) {
	if want := "connected 1.2; /queue/test 9 Grüße 🚀; deactivated"; got != want {
		c.fatalf("it saw %q, want %q", got, want)
	}
}

// print says what came of a cell.
func (r *run) print(row, column string, res result) {
	log.Printf("%-4s %s / %s (%v) %s", res.verdict, row, column, res.took.Round(time.Millisecond), oneLine(res.reason))
}
