package login

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// A Guard slows down guessing. After a failed login, its address must wait
// before the next attempt, even with the right passcode, and longer after each
// further failure. Attempts from one address are checked one at a time, so many
// connections guess no faster than one. The zero Guard is ready to use.
type Guard struct {
	mu       sync.Mutex
	failures map[netip.Prefix]failures
}

type failures struct {
	count int
	until time.Time // earliest time of the next attempt
}

const (
	firstWait = 250 * time.Millisecond
	longest   = time.Second // some clients, such as php-stomp, wait only 2 s for CONNECTED
	forget    = time.Minute // after the last wait
	addresses = 4096        // limit of the map
)

// Check calls right as soon as the peer's address may try, and returns its
// result. If done is closed first, Check returns false.
func (g *Guard) Check(peer string, done <-chan struct{}, right func() bool) bool {
	address := prefix(peer)
	for {
		ok, wait := g.try(address, time.Now(), right)
		if wait <= 0 {
			return ok
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-done:
			t.Stop()
			return false
		}
	}
}

// try calls right, or returns how long the address must wait.
func (g *Guard) try(address netip.Prefix, now time.Time, right func() bool) (ok bool, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.failures[address]
	if wait := f.until.Sub(now); wait > 0 {
		return false, wait
	}
	if right() {
		return true, 0
	}
	if now.Sub(f.until) > forget {
		f.count = 0
	}
	f.until = now.Add(min(firstWait<<min(f.count, 10), longest))
	f.count++
	g.keep(address, f, now)
	return false, 0
}

// keep records a failure. To make room it deletes up to two failures that have
// expired, or any if there are too many.
func (g *Guard) keep(address netip.Prefix, f failures, now time.Time) {
	if g.failures == nil {
		g.failures = map[netip.Prefix]failures{}
	}
	g.failures[address] = f
	looked := 0
	for other, f := range g.failures { // in random order
		if other != address && (now.Sub(f.until) > forget || len(g.failures) > addresses) {
			delete(g.failures, other)
		}
		if looked++; looked == 2 {
			return
		}
	}
}

// prefix returns the network that stands for a peer's address (host:port). For
// IPv6 this is the /64 network, since one host may use all of its addresses.
func prefix(peer string) netip.Prefix {
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		host = peer
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}
