package main

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A peer is a client library, by the program that drives it.
type peer struct {
	program []string
	ws      bool   // over WebSocket, otherwise TCP
	suffix  string // to its name in the matrix
}

// A cell is one scenario with one peer in one version against one target. Its
// methods end it at the first thing that is wrong, as those of testing.T do.
type cell struct {
	run     *run
	peer    peer
	version string
	target  *target
	proxy   *proxy // between the two, where the scenario asks for one
	unique  string // for names of destinations
	opened  []*connection
	mu      sync.Mutex
	ends    []func() // see atEnd
	notes   string
}

// What a cell that ends early panics with.
type (
	failed       struct{ reason string }
	inapplicable struct{ reason string }
)

// atEnd has a function called when the cell has ended.
func (c *cell) atEnd(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends = append(c.ends, f)
}

// note adds to the matrix what is worth knowing of a cell that passes.
func (c *cell) note(format string, args ...any) { c.notes = fmt.Sprintf(format, args...) }

func (c *cell) fatalf(format string, args ...any) {
	panic(failed{fmt.Sprintf(format, args...)})
}

// do runs a scenario and closes all that it opened.
func (c *cell) do(scenario func(*cell)) (r result) {
	start := time.Now()
	defer func() {
		r.took = time.Since(start)
		for _, d := range c.opened {
			d.kill()
		}
		for _, f := range slices.Backward(c.ends) {
			f()
		}
		if c.proxy != nil {
			c.proxy.close()
		}
		switch p := recover().(type) {
		case nil:
		case failed:
			r.verdict, r.reason = fail, p.reason
		case inapplicable:
			r.verdict, r.reason = none, p.reason
		default:
			panic(p)
		}
	}()
	scenario(c)
	return result{verdict: pass, reason: c.notes}
}

// queue and topic return destinations that no other cell uses.
func (c *cell) queue() string { return "/queue/interop." + c.unique }
func (c *cell) topic() string { return "/topic/interop." + c.unique }

// through puts a proxy in front of the target.
func (c *cell) through() *proxy {
	to := c.target.tcp
	if c.peer.ws {
		to = hostOf(c.target.ws)
	}
	var err error
	if c.proxy, err = newProxy(to); err != nil {
		c.fatalf("%v", err)
	}
	return c.proxy
}

// address returns where the peer connects to: host and port, or a URL.
func (c *cell) address() (host string, port int, url string) {
	if c.peer.ws {
		url = c.target.ws
		if c.proxy != nil {
			url = strings.Replace(url, hostOf(url), c.proxy.address(), 1)
		}
		return "", 0, url
	}
	address := c.target.tcp
	if c.proxy != nil {
		address = c.proxy.address()
	}
	host, digits, err := net.SplitHostPort(address)
	if err == nil {
		port, err = strconv.Atoi(digits)
	}
	if err != nil {
		c.fatalf("address %q: %v", address, err)
	}
	return host, port, ""
}

func hostOf(url string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "ws://"), "/")
	return host
}
