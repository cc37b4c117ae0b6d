package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A leg is a port of a broker with a tap in front of it. The tap records what is
// captured.
type leg struct {
	name       string
	port       string // of the broker
	peers      []peer
	target     *target  // the tap
	capture    []string // what "stomp" is called with
	recordings string   // folder
}

var seeingColumns = []string{"decode", "check", "stats"}

// seeing captures with tcpdump what stompjs and examples/client say to brokers,
// while taps record it. What "stomp" says of the capture has to be what it says
// of the recordings.
func (r *run) seeing(ctx context.Context) error {
	ours, err := r.startBroker("127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ours.process.stop()
	rabbit, active, err := r.realBrokers()
	if err != nil {
		return err
	}
	legs := r.legs(ours, rabbit, active)
	file := filepath.Join(r.folder, "seeing.pcap")
	for _, l := range legs {
		l.capture = []string{file, "-port", l.port}
	}
	capture, err := r.startCapture(file, legs)
	if err != nil {
		return err
	}
	defer capture.kill()
	if err := r.talk(ctx, legs); err != nil {
		return err
	}
	time.Sleep(time.Second) // the kernel gives packets to tcpdump in blocks
	capture.stop()
	page, err := r.archive(ctx, ours)
	if err != nil {
		return err
	}
	legs = append(legs, page)

	s := r.matrix.section("What stomp makes of a capture",
		"By tcpdump or Chromium, beside recordings of the same conversations by examples/tap. All figures and findings are the same.", seeingColumns)
	for _, l := range legs {
		if _, err := os.Stat(l.recordings); err != nil {
			continue // nothing ran there, because of -only
		}
		r.matrix.row(s, l.name)
		for i, do := range []func(*cell, *leg){sameFrames, sameFindings, sameStats} {
			c := &cell{run: r}
			res := c.do(func(c *cell) { do(c, l) })
			r.matrix.set(s, l.name, seeingColumns[i], res)
			r.print(l.name, seeingColumns[i], res)
		}
	}
	return ctx.Err()
}

// legs are those of examples/client over TCP and of stompjs over WebSocket, or
// TCP where a broker has no WebSocket.
func (r *run) legs(brokers ...*target) []*leg {
	var legs []*leg
	add := func(broker *target, over, address string, peers ...peer) {
		_, port, _ := net.SplitHostPort(address)
		l := &leg{name: broker.name + ", " + over, port: port, peers: peers}
		l.target = &target{name: l.name, deadLetters: broker.deadLetters}
		l.recordings = filepath.Join(r.folder, fmt.Sprintf("recordings%d", len(legs)))
		legs = append(legs, l)
	}
	client, stompjs := peer{program: []string{filepath.Join(r.folder, "client")}}, r.libraries()[0]
	for _, b := range brokers {
		if b.ws != "" {
			add(b, "TCP", b.tcp, client)
			add(b, "WebSocket", hostOf(b.ws), stompjs)
		} else {
			add(b, "TCP", b.tcp, client, peer{program: stompjs.program})
		}
	}
	return legs
}

// startCapture starts tcpdump for the ports of brokers, and waits until it
// captures.
func (r *run) startCapture(file string, legs []*leg) (*process, error) {
	var ports []string
	for _, l := range legs {
		ports = append(ports, "tcp port "+l.port)
	}
	p, err := r.start("tcpdump", nil, "tcpdump", "-i", "lo", "-s", "0", "-B", "65536", "-U", "-Z", "root", "-w", file, strings.Join(ports, " or "))
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if info, err := os.Stat(file); err == nil && info.Size() > 0 {
			return p, nil
		}
		select {
		case <-p.done:
			return nil, fmt.Errorf("tcpdump has ended: see %s", p.log)
		default:
		}
		if time.Now().After(end) {
			p.kill()
			return nil, fmt.Errorf("tcpdump does not capture: see %s", p.log)
		}
	}
}

// talk has the scenarios done through taps.
func (r *run) talk(ctx context.Context, legs []*leg) error {
	for _, l := range legs {
		if err := r.startTap(l); err != nil {
			return err
		}
		defer l.target.process.stop()
	}
	s := r.matrix.section("Clients through examples/tap", "", columns(scenarios))
	for _, l := range legs {
		for _, p := range l.peers {
			p.suffix = " to " + l.name
			if err := r.rows(ctx, s, p, l.target, scenarios); err != nil {
				return err
			}
		}
	}
	r.waiting.Wait()
	return nil
}

// startTap starts the tap of a leg.
func (r *run) startTap(l *leg) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	address := loopback(port)
	p, err := r.start("tap"+l.port, nil, filepath.Join(r.folder, "tap"), "-tcp", address, "-broker", loopbackPort(l.port), "-record", l.recordings)
	if err != nil {
		return err
	}
	if err := p.listening(address, 10*time.Second); err != nil {
		p.kill()
		return err
	}
	l.target.process, l.target.tcp, l.target.ws = p, address, "ws://"+address+"/ws"
	return nil
}

// archive has a page in Chromium talk to examples/broker through a tap, and
// returns the leg with the HTTP archive of it.
func (r *run) archive(ctx context.Context, ours *target) (*leg, error) {
	_, port, _ := net.SplitHostPort(hostOf(ours.ws))
	file := filepath.Join(r.folder, "page.har")
	l := &leg{name: "examples/broker, HAR of a page", port: port, target: new(target), capture: []string{file}}
	l.recordings = filepath.Join(r.folder, "recordingsHAR")
	if err := r.startTap(l); err != nil {
		return nil, err
	}
	defer l.target.process.stop()
	return l, command(ctx, r.folder, "node", filepath.Join(r.source, "drivers", "har.mjs"), r.tools,
		"http://"+l.target.tcp+"/", l.target.ws, login, passcode, file)
}

func loopbackPort(port string) string { return net.JoinHostPort("127.0.0.1", port) }

// stomp runs the tool, and returns the JSON lines that it prints. That a rule is
// broken is no error.
func (c *cell) stomp(args ...string) []map[string]any {
	cmd := exec.Command(filepath.Join(c.run.folder, "stomp"), append(args, "-q")...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1 && args[0] == "check") || complaints.Len() > 0 {
		c.fatalf("stomp %s: %v %s", strings.Join(args, " "), err, &complaints)
	}
	var lines []map[string]any
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			c.fatalf("stomp %s: %v", strings.Join(args, " "), err)
		}
		lines = append(lines, line)
	}
	return lines
}

// conversations returns what was printed of each connection, without times and
// numbers, sorted: the connections of a capture and of recordings are not
// numbered alike.
func conversations(lines []map[string]any, key func(line map[string]any) string) []string {
	of := map[any]map[string][]string{} // by connection and key
	for _, line := range lines {
		connection := line["connection"]
		if of[connection] == nil {
			of[connection] = map[string][]string{}
		}
		for _, name := range []string{"connection", "packet", "time", "ms", "client", "server", "over"} {
			delete(line, name)
		}
		if len(line) == 0 || line["note"] != nil { // how a WebSocket ended is not recorded
			continue
		}
		text, _ := json.Marshal(line) // as it was read
		k := key(line)
		of[connection][k] = append(of[connection][k], string(text))
	}
	var list []string
	for _, parts := range of {
		var b strings.Builder
		for _, k := range slices.Sorted(maps.Keys(parts)) {
			fmt.Fprintf(&b, "%s\n%s\n", k, strings.Join(parts[k], "\n"))
		}
		list = append(list, b.String())
	}
	slices.Sort(list)
	return list
}

// same fails the cell where the two lists differ.
func (c *cell) same(captured, recorded []string) {
	if len(captured) != len(recorded) {
		c.fatalf("of %s captured, of %d recorded", plural(len(captured), "conversation"), len(recorded))
	}
	for i := range captured {
		if captured[i] == recorded[i] {
			continue
		}
		a, b := strings.Split(captured[i], "\n"), strings.Split(recorded[i], "\n")
		for j := range min(len(a), len(b)) {
			if a[j] != b[j] {
				c.fatalf("captured %.300s, recorded %.300s", a[j], b[j])
			}
		}
		c.fatalf("captured %s, recorded %s", plural(len(a), "line"), plural(len(b), "line"))
	}
}

func sameFrames(c *cell, l *leg) {
	from := func(line map[string]any) string { side, _ := line["from"].(string); return side }
	frames := 0
	read := func(args ...string) []string {
		lines := c.stomp(append([]string{"decode", "-o", "json"}, args...)...)
		frames = 0
		for _, line := range lines {
			if line["command"] != nil {
				frames++
			}
			// Whether a line ending came with the frame before it depends on
			// how the network and the tap cut the stream.
			if line["eol"] == true {
				delete(line, "eol")
				line["heartbeats"] = 1.0
			}
		}
		return conversations(joined(lines), from)
	}
	captured, recorded := read(l.capture...), read(l.recordings)
	c.same(captured, recorded)
	if len(captured) == 0 {
		c.fatalf("nothing was captured")
	}
	c.note("%s, %s", plural(len(captured), "conversation"), plural(frames, "frame"))
}

// joined returns the lines with line endings that follow each other counted at once.
func joined(lines []map[string]any) []map[string]any {
	var list []map[string]any
	last := map[string]map[string]any{} // by connection and side
	for _, line := range lines {
		side := fmt.Sprint(line["connection"], line["from"])
		before := last[side]
		if n, ok := line["heartbeats"].(float64); ok && before != nil && before["heartbeats"] != nil {
			before["heartbeats"] = before["heartbeats"].(float64) + n
			continue
		}
		last[side] = line
		list = append(list, line)
	}
	return list
}

func sameFindings(c *cell, l *leg) {
	all := func(map[string]any) string { return "" }
	read := func(args ...string) []string {
		list := conversations(c.stomp(append([]string{"check", "-o", "json"}, args...)...), all)
		for i, text := range list { // the sides may stand in another order
			lines := strings.Split(text, "\n")
			slices.Sort(lines)
			list[i] = strings.Join(lines, "\n")
		}
		slices.Sort(list)
		return list
	}
	captured := read(l.capture...)
	c.same(captured, read(l.recordings))
	c.note("%s with findings", plural(len(captured), "conversation"))
}

func sameStats(c *cell, l *leg) {
	read := func(args ...string) []string {
		s := c.stomp(append([]string{"stats", "-o", "json"}, args...)...)[0]
		for _, name := range []string{"begun", "seconds", "busiest_second_frames", "latencies"} { // the times
			delete(s, name)
		}
		for _, side := range s["sides"].(map[string]any) {
			for name := range side.(map[string]any) {
				if name != "frames" && name != "bytes" {
					delete(side.(map[string]any), name)
				}
			}
		}
		text, _ := json.MarshalIndent(s, "", " ") // as it was read
		return []string{string(text)}
	}
	c.same(read(l.capture...), read(l.recordings))
}
