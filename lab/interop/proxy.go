package main

import (
	"bytes"
	"net"
	"sync"
)

// A proxy passes TCP connections on, counts what flows, and can cut it.
type proxy struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	open  map[net.Conn]bool
	up    traffic // from clients
	down  traffic // to clients
	ended bool
}

// traffic is what has flowed in one direction since the last reset.
type traffic struct {
	octets    int
	linefeeds int
}

func newProxy(to string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: l, to: to, open: map[net.Conn]bool{}}
	go p.serve()
	return p, nil
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		broker, err := net.Dial("tcp", p.to)
		if err != nil || !p.add(client, broker) {
			client.Close()
			if broker != nil {
				broker.Close()
			}
			continue
		}
		go p.pass(broker, client, &p.up)
		go p.pass(client, broker, &p.down)
	}
}

func (p *proxy) add(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	for _, c := range conns {
		p.open[c] = true
	}
	return true
}

func (p *proxy) pass(to, from net.Conn, t *traffic) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		t.octets += n
		t.linefeeds += bytes.Count(buf[:n], []byte("\n"))
		p.mu.Unlock()
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	to.Close()
	from.Close()
	p.mu.Lock()
	delete(p.open, from)
	delete(p.open, to)
	p.mu.Unlock()
}

// reset forgets what has flowed.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up, p.down = traffic{}, traffic{}
}

// flowed returns what has flowed since reset.
func (p *proxy) flowed() (up, down traffic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.up, p.down
}

// cut breaks all connections with a reset, as a network does that fails. New
// ones are taken.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

func (p *proxy) close() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.listener.Close()
	p.cut()
}
