package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/headers"
)

// Bounds that the broker has to keep under each fault.
const (
	peakOctets = 256 << 20 // resident, at any moment
	keptOctets = 16 << 20  // of heap, more than before, once a fault is over
	idlePeers  = 10_000
)

// A fault is something that peers do to a broker. It returns what is worth
// knowing, and ends the cell when the broker does not do as it should.
type fault struct {
	name string
	do   func(*cell, *host) string
}

var faultList = []fault{
	{"half-open, before the login", halfOpenBefore},
	{"half-open, heart-beats agreed", halfOpenAfter},
	{"one byte a second", oneOctetASecond},
	{"reset in the middle of a frame", resets},
	{"flood of bad frames", badFrames},
	{"a subscriber that reads nothing", slowReader},
	{strconv.Itoa(idlePeers) + " connections that only heart-beat", heartBeating},
}

// faults has peers misbehave, while a witness goes on using the broker as
// ordinary clients do. After each fault the broker has to be as it was.
func (r *run) faults(ctx context.Context) error {
	h, err := r.startHost()
	if err != nil {
		return err
	}
	defer h.stop()
	var names []string
	for _, f := range faultList {
		names = append(names, f.name)
	}
	s := r.matrix.section("Faults against examples/broker",
		"Each while a witness sends and receives all the time. Afterwards all goroutines have to be gone, and the memory given back.", names)
	r.matrix.row(s, "examples/broker")
	for _, f := range faultList {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c := &cell{run: r, target: h.target}
		res := c.do(func(c *cell) {
			h.under(c, f)
		})
		r.matrix.set(s, "examples/broker", f.name, res)
		r.print("examples/broker", f.name, res)
	}
	return nil
}

// A host is the broker under examination, in a process of its own.
type host struct {
	target  *target
	in      io.WriteCloser
	asked   int
	idle    cost // of a broker that does nothing
	witness int  // goroutines that the witness takes
}

type cost struct {
	Goroutines int   `json:"goroutines"`
	Heap       int64 `json:"heap"`
	Stacks     int64 `json:"stacks"`
}

func (r *run) startHost() (*host, error) {
	in, feed, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	p, err := r.startWith("host", in, nil, filepath.Join(r.folder, "host"))
	if err != nil {
		return nil, err
	}
	h := &host{in: feed, target: &target{name: "examples/broker", process: p}}
	if h.target.tcp, err = p.line("listening tcp ", patience); err == nil {
		if h.target.ws, err = p.line("listening ws ", patience); err == nil {
			h.idle, err = h.cost()
		}
	}
	if err != nil {
		h.stop()
		return nil, err
	}
	return h, nil
}

func (h *host) stop() {
	h.in.Close()
	h.target.process.stop()
}

// cost asks the broker.
func (h *host) cost() (c cost, err error) {
	if _, err := fmt.Fprintln(h.in); err != nil {
		return c, err
	}
	line, err := h.target.process.nth("{", h.asked, patience)
	if err != nil {
		return c, err
	}
	h.asked++
	return c, json.Unmarshal([]byte("{"+line), &c)
}

// settled waits until the broker has no more than its idle goroutines and
// these.
func (h *host) settled(c *cell, more int) cost {
	var last cost
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var err error
		if last, err = h.cost(); err != nil {
			c.fatalf("%v", err)
		}
		if last.Goroutines <= h.idle.Goroutines+more {
			return last
		}
	}
	c.fatalf("%d goroutines are left of the fault", last.Goroutines-h.idle.Goroutines-more)
	panic("unreachable")
}

// under runs a fault.
func (h *host) under(c *cell, f fault) {
	before := h.settled(c, 0)
	w := newWitness(c, h.target.tcp)
	with, err := h.cost()
	if err != nil {
		c.fatalf("%v", err)
	}
	h.witness = with.Goroutines - h.idle.Goroutines
	m := h.watchMemory()
	note := f.do(c, h)
	slowest, rounds := w.stop(c)
	peak := m.stop()
	if peak > peakOctets {
		c.fatalf("%d MiB resident, want %d at most", peak>>20, peakOctets>>20)
	}
	after := h.settled(c, 0)
	if after.Heap > before.Heap+keptOctets {
		c.fatalf("%d KiB of heap are kept", (after.Heap-before.Heap)>>10)
	}
	c.note("%s; the witness had %s, the slowest took %v; %d MiB resident at most, %d KiB of heap kept",
		note, plural(rounds, "answer"), slowest.Round(time.Millisecond), peak>>20, max(0, after.Heap-before.Heap)>>10)
}

// resident returns the bytes of memory that a process has at this moment.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseInt(fields[0], 10, 64)
	return kib << 10
}

// A memoryWatch remembers how large a process was at most.
type memoryWatch struct {
	end  chan struct{}
	done sync.WaitGroup
	peak int64
}

func (h *host) watchMemory() *memoryWatch {
	m := &memoryWatch{end: make(chan struct{})}
	m.done.Go(func() {
		for {
			m.peak = max(m.peak, resident(h.target.process.cmd.Process.Pid))
			select {
			case <-m.end:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	return m
}

func (m *memoryWatch) stop() int64 {
	close(m.end)
	m.done.Wait()
	return m.peak
}

// A witness sends a message and waits until it is back, again and again.
type witness struct {
	client  *client.Client
	end     context.CancelFunc
	done    chan struct{}
	slowest time.Duration
	rounds  int
	err     error
}

func newWitness(c *cell, address string) *witness {
	w := &witness{done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	w.end = cancel
	var err error
	if w.client, err = dialClient(ctx, address); err != nil {
		c.fatalf("witness: %v", err)
	}
	s, err := w.client.Subscribe(ctx, "/topic/witness", client.SubscribeOptions{})
	if err != nil {
		c.fatalf("witness: %v", err)
	}
	go func() {
		defer close(w.done)
		for ; ctx.Err() == nil; w.rounds++ {
			if w.err = w.round(s); w.err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return w
}

func (w *witness) round(s *client.Subscription) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	start := time.Now()
	body := strconv.Itoa(w.rounds)
	if err := w.client.Send(ctx, "/topic/witness", []byte(body)); err != nil {
		return err
	}
	m, err := s.Next(ctx)
	if err != nil {
		return err
	}
	if string(m.Body) != body {
		return fmt.Errorf("got %q, want %q", m.Body, body)
	}
	w.slowest = max(w.slowest, time.Since(start))
	return nil
}

// stop ends the witness, which must have been served all the time.
func (w *witness) stop(c *cell) (slowest time.Duration, rounds int) {
	w.end()
	<-w.done
	if w.err != nil {
		c.fatalf("the witness was not served: %v", w.err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.client.Close(ctx); err != nil {
		c.fatalf("the witness: %v", err)
	}
	return w.slowest, w.rounds
}

func dialClient(ctx context.Context, address string) (*client.Client, error) {
	return client.Dial(ctx, "tcp://"+address, client.Options{Login: login, Passcode: passcode, HeartBeat: headers.HeartBeats{Send: -1, Receive: -1}})
}

// dial opens a connection as nobody's library would.
func (h *host) dial(c *cell, send string) net.Conn {
	conn, err := net.Dial("tcp", h.target.tcp)
	if err != nil {
		c.fatalf("%v", err)
	}
	if _, err := io.WriteString(conn, send); err != nil {
		c.fatalf("%v", err)
	}
	return conn
}

func connectFrame(beat string) string {
	return "CONNECT\naccept-version:1.2\nhost:/\nlogin:" + login + "\npasscode:" + passcode + "\nheart-beat:" + beat + "\n\n\x00"
}

// halfOpenBefore: peers whose machines vanish before they have logged in. All
// that the broker sees is that nothing comes any more.
func halfOpenBefore(c *cell, h *host) string {
	const n = 300
	for i := range n {
		defer h.dial(c, connectFrame("0,0")[:i%40]).Close()
	}
	h.settled(c, h.witness)
	return plural(n, "connection") + " given up while they stayed open at this end"
}

// halfOpenAfter: the same after the login.
func halfOpenAfter(c *cell, h *host) string {
	const n = 300
	for range n {
		defer h.dial(c, connectFrame("1000,1000")+"SUBSCRIBE\nid:1\ndestination:/topic/half\n\n\x00SEND\ndesti").Close()
	}
	h.settled(c, h.witness)
	return plural(n, "connection") + " given up while they stayed open at this end"
}

// oneOctetASecond: before the login a peer has no time for that; afterwards it
// may be as slow as it likes, and its message arrives.
func oneOctetASecond(c *cell, h *host) string {
	const n = 100
	slow := make([]net.Conn, n)
	for i := range slow {
		slow[i] = h.dial(c, "C")
		defer slow[i].Close()
	}
	patient := h.dial(c, connectFrame("0,0"))
	defer patient.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	reader, err := dialClient(ctx, h.target.tcp)
	if err != nil {
		c.fatalf("%v", err)
	}
	defer reader.Close(ctx)
	s, err := reader.Subscribe(ctx, "/topic/t", client.SubscribeOptions{})
	if err != nil {
		c.fatalf("%v", err)
	}
	connect := connectFrame("0,0")
	const send = "SEND\ndestination:/topic/t\n\nx\x00"
	gone := 0
	for i := range len(send) {
		for j, conn := range slow {
			if conn == nil {
				continue
			}
			if _, err := io.WriteString(conn, connect[i+1:i+2]); err != nil {
				gone++
				slow[j] = nil
			}
		}
		if _, err := io.WriteString(patient, send[i:i+1]); err != nil {
			c.fatalf("after %d bytes: %v", i, err)
		}
		time.Sleep(time.Second)
	}
	if gone != n {
		c.fatalf("%d of %d are still being read after %d s without a login", n-gone, n, len(send))
	}
	m, err := s.Next(ctx)
	if err != nil || string(m.Body) != "x" {
		c.fatalf("%v, %v", m, err)
	}
	return fmt.Sprintf("%d that had not logged in were disconnected; a message of %d bytes that took %d s arrived", n, len(send), len(send))
}

// resets: connections that break inside a frame, without a goodbye.
func resets(c *cell, h *host) string {
	const n = 1000
	half := connectFrame("0,0") + "SEND\ndestination:/queue/reset\ncontent-length:1048576\n\n" + strings.Repeat("x", 64<<10)
	for range n {
		conn := h.dial(c, half)
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
	return plural(n, "reset")
}

// What badFrames sends after the login, and before it where it has a CONNECT.
var bad = []string{
	"\x00\x00\x00\x00",
	"BOGUS\n\n\x00",
	"GET / HTTP/1.1\r\nHost: broker\r\n\r\n",
	"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	"CONNECT\naccept-version:9.9\n\n\x00",
	"CONNECT\n" + strings.Repeat("a:b\n", 1000),
	strings.Repeat("\xff", 10_000),
	connectFrame("0,0") + "SEND\n\nno destination\x00",
	connectFrame("0,0") + "SEND\ndestination:/topic/a\ncontent-length:99999999999999999999\n\n",
	connectFrame("0,0") + "SEND\ndestination:/topic/a\nbad escape:\\t\n\n\x00",
	connectFrame("0,0") + "SEND\ndestination\n\n\x00",
	connectFrame("0,0") + "ACK\nid:nothing\n\n\x00COMMIT\ntransaction:none\n\n\x00",
	connectFrame("0,0") + "SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\x00SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\x00",
	connectFrame("0,0") + strings.Repeat("BEGIN\ntransaction:t\n\n\x00", 2),
	connectFrame("0,0") + "SEND\n" + strings.Repeat("x", 100_000),
}

// badFrames: each connection sends something bad and wants an ERROR for it, as
// many as a few seconds hold.
func badFrames(c *cell, h *host) string {
	var sent, told atomic.Int64
	var failure atomic.Value
	var workers sync.WaitGroup
	end := time.Now().Add(8 * time.Second)
	for w := range 8 {
		workers.Go(func() {
			for i := w; time.Now().Before(end) && sent.Load() < 20_000; i++ {
				octets := bad[i%len(bad)]
				conn, err := net.Dial("tcp", h.target.tcp)
				if err != nil {
					failure.Store(err)
					return
				}
				sent.Add(1)
				conn.SetDeadline(time.Now().Add(patience))
				io.WriteString(conn, octets) // the broker may hang up in the middle
				answer, err := io.ReadAll(conn)
				conn.Close()
				if strings.Contains(string(answer), "ERROR\n") {
					told.Add(1)
				} else if errors.Is(err, os.ErrDeadlineExceeded) {
					failure.Store(fmt.Errorf("%q is neither answered nor hung up on", brief(octets)))
				}
			}
		})
	}
	workers.Wait()
	if err, ok := failure.Load().(error); ok {
		c.fatalf("%v", err)
	}
	if told.Load() < sent.Load()/2 {
		c.fatalf("%d of %d got an ERROR", told.Load(), sent.Load())
	}
	return fmt.Sprintf("%d connections sent something bad, %d read an ERROR", sent.Load(), told.Load())
}

// slowReader: a subscriber that does not read is not waited for, and what it
// has not read does not pile up without end.
func slowReader(c *cell, h *host) string {
	stuck := h.dial(c, connectFrame("0,0")+"SUBSCRIBE\nid:1\ndestination:/topic/flood\n\n\x00")
	defer stuck.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	publisher, err := dialClient(ctx, h.target.tcp)
	if err != nil {
		c.fatalf("%v", err)
	}
	defer publisher.Close(ctx)
	body := make([]byte, 64<<10)
	const n = 2048
	for range n {
		if err := publisher.SendReceipt(ctx, "/topic/flood", body); err != nil {
			c.fatalf("the publisher: %v", err)
		}
	}
	stuck.SetReadDeadline(time.Now().Add(patience))
	octets, err := io.ReadAll(stuck)
	if err != nil && !strings.Contains(err.Error(), "reset") {
		c.fatalf("the subscriber is not disconnected: %v", err)
	}
	return fmt.Sprintf("%d MiB published, the subscriber was disconnected with %d MiB to read", n*len(body)>>20, len(octets)>>20)
}

// heartBeating: very many connections that do nothing but heart-beat, each way.
func heartBeating(c *cell, h *host) string {
	const interval = 10 * time.Second
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur < idlePeers+1000 {
		c.fatalf("a process may have %d files open, which is too few for %d connections: ulimit -n %d", files.Cur, idlePeers, idlePeers+1000)
	}
	var conns []net.Conn
	defer func() {
		for _, conn := range conns {
			conn.Close()
		}
	}()
	var beats, lost atomic.Int64
	beaten := time.Now()
	beat := func() {
		if time.Since(beaten) < interval/3 {
			return
		}
		beaten = time.Now()
		for _, conn := range conns {
			if _, err := io.WriteString(conn, "\n"); err != nil {
				c.fatalf("heart-beat: %v, after %d connections were lost", err, lost.Load())
			}
		}
	}
	before, err := h.cost()
	if err != nil {
		c.fatalf("%v", err)
	}
	for i := range idlePeers {
		conn := h.dial(c, connectFrame("10000,10000"))
		conns = append(conns, conn)
		go func() {
			buf := make([]byte, 512)
			heard := false
			for {
				n, err := conn.Read(buf)
				if err != nil {
					if !errors.Is(err, net.ErrClosed) {
						lost.Add(1)
					}
					return
				}
				// Everything after CONNECTED is heart-beats.
				if heard && strings.Trim(string(buf[:n]), "\n") == "" {
					beats.Add(int64(n))
				}
				heard = true
			}
		}()
		if i%500 == 499 {
			time.Sleep(50 * time.Millisecond) // room in the queue of connections not yet accepted
		}
		beat()
	}
	for end := time.Now().Add(3 * interval); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		beat()
	}
	during, err := h.cost()
	if err != nil {
		c.fatalf("%v", err)
	}
	rss := resident(h.target.process.cmd.Process.Pid)
	if lost.Load() > 0 {
		c.fatalf("%d connections were lost", lost.Load())
	}
	if beats.Load() < 2*idlePeers {
		c.fatalf("%d heart-beats came in %v, want 2 for each connection at least", beats.Load(), 3*interval)
	}
	return fmt.Sprintf("none lost in %v, %d heart-beats came; each takes %d bytes of heap, %d of stack, %d resident",
		3*interval, beats.Load(), (during.Heap-before.Heap)/idlePeers, (during.Stacks-before.Stacks)/idlePeers, rss/idlePeers)
}
