package capture

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/tcp"
	"github.com/stompwire/stomp/validate"
)

// A connection is a TCP connection. It finds out what is spoken in it, and then
// passes on what the two sides send.
type connection struct {
	p         *packets
	ends      pair
	half      [2]tcp.Half
	began     time.Time
	opened    bool // SYN was seen
	client    int  // which end it is, -1 when that is not known
	closed    bool
	ended     bool  // by its peers, not only in the capture
	over      bool  // the handler has been told
	err       error // of the handler
	state     func(from int, b []byte) error
	lost      func(from int, n int, why string) error
	late      []lateSegment // of one side, which answer what has not come
	lateSize  int
	counted   usage // by packets
	lateFrom  int
	lateSince time.Time
	held      []held // until it is known what is spoken
	size      int    // of what is held
	conn      *Conn
	socket    *socket
	proxied   bool   // a header of the PROXY protocol has been read
	source    string // of the client, as that says
	gap       bool   // something is missing before it was known what is spoken
	reset     int    // which end did that, -1 for none
}

// held is what an end has sent.
type held struct {
	from int
	at   time.Time
	data []byte
}

const (
	maxHeld      = 8 << 10 // bytes that are held
	maxHeldCount = 256
)

func newConnection(p *packets, ends pair) *connection {
	c := &connection{p: p, ends: ends, began: p.at, client: -1, reset: -1}
	c.state, c.lost = c.undecided, c.lostUndecided
	for from := range c.half {
		c.half[from].Budget = &p.budget
		c.half[from].Data = func(b []byte) {
			if c.err == nil && c.state != nil {
				c.err = c.state(from, b)
			}
		}
		c.half[from].Missing = func(n int) {
			if c.err == nil && c.lost != nil {
				c.err = c.lost(from, n, fmt.Sprintf("%s missing in the capture, noticed at packet %d", bytesAre(n), c.p.summary.Packets))
			}
		}
	}
	return c
}

func bytesAre(n int) string {
	if n == 1 {
		return "1 byte is"
	}
	return fmt.Sprintf("%d bytes are", n)
}

// replaced reports whether SYN of an end begins another connection.
func (c *connection) replaced(from int, s tcp.Segment) bool {
	return c.closed || c.half[from].Known() && c.half[from].First() != s.Seq+1
}

func (c *connection) segment(from int, s tcp.Segment) error {
	if c.closed {
		return nil
	}
	if s.Flags&tcp.SYN != 0 {
		if !c.half[from].Known() {
			c.half[from].Start(s.Seq)
		}
		if !c.opened {
			c.opened, c.client = true, from
			if s.Flags&tcp.ACK != 0 {
				c.client = 1 - from
			}
		}
		s.Seq++ // of data that comes with it
	}
	if s.Flags&tcp.ACK != 0 {
		c.half[1-from].Acked(s.Ack)
	}
	if len(c.late) > 0 && c.lateFrom == from || len(c.late) == 0 && len(s.Data) > 0 && c.half[1-from].Behind() {
		c.delay(from, s)
	} else {
		c.half[from].Take(s)
	}
	c.catchUp(false)
	if c.err == nil && (s.Flags&tcp.RST != 0 || c.half[0].Ended() && c.half[1].Ended()) {
		c.ended = true
		if s.Flags&tcp.RST != 0 {
			c.reset = from
		}
		return c.close()
	}
	return c.err
}

// maxLate and maxLateTime say how long what a side says waits for what it has
// already acknowledged: a capture may have these two in the wrong order, but not by much.
const (
	maxLate     = 32
	maxLateTime = 50 * time.Millisecond
)

// delay lets a segment wait: it may answer what has not come yet.
func (c *connection) delay(from int, s tcp.Segment) {
	if len(c.late) == 0 {
		c.lateFrom, c.lateSince = from, c.p.at
	}
	s.Data = slices.Clone(s.Data)
	c.late = append(c.late, lateSegment{s, c.p.at})
	c.lateSize += len(s.Data)
}

// catchUp takes the segments that waited, once what they acknowledge has come,
// or certainly will not.
func (c *connection) catchUp(now bool) {
	if len(c.late) == 0 {
		return
	}
	other := &c.half[1-c.lateFrom]
	if other.Behind() && !now && len(c.late) <= maxLate && c.p.at.Sub(c.lateSince) <= maxLateTime {
		return
	}
	late, at := c.late, c.p.at
	c.late, c.lateSize = nil, 0
	for _, l := range late {
		c.p.at = l.at
		if l.Flags&tcp.ACK != 0 {
			other.GiveUp(l.Ack)
		}
		c.half[c.lateFrom].Take(l.Segment)
	}
	other.Release()
	c.p.at = at
}

// count tells how many bytes wait in the connection, until it is known what they
// are or until a message is complete, and how many inflating messages takes.
func (c *connection) count() {
	now := usage{waiting: c.size + c.lateSize}
	if c.socket != nil {
		waiting, windows := c.socket.holds()
		now.waiting, now.windows = now.waiting+waiting, windows
	}
	c.p.usage.waiting += now.waiting - c.counted.waiting
	c.p.usage.windows += now.windows - c.counted.windows
	c.counted = now
}

// usage is what connections hold in memory, in bytes.
type usage struct{ waiting, windows int }

type lateSegment struct {
	tcp.Segment
	at time.Time
}

// close ends the connection.
func (c *connection) close() error {
	if c.closed {
		return nil
	}
	c.catchUp(true)
	for from := range c.half {
		c.half[from].Close()
	}
	if c.err != nil {
		return c.err
	}
	if err := c.settle(); err != nil {
		return err
	}
	c.closed, c.state, c.lost, c.held, c.socket, c.size = true, nil, nil, nil, nil, 0
	c.count()
	if c.conn == nil || c.over {
		return nil
	}
	c.over, c.conn.Ended = true, c.ended || c.half[0].Finished() && c.half[1].Finished()
	if c.reset >= 0 {
		c.conn.Reset = c.role(c.reset).String()
	}
	return c.p.out.closed(c.conn, c.p.at)
}

// settle decides what a connection was that ends before that showed.
func (c *connection) settle() error {
	switch {
	case c.state == nil || c.conn != nil:
	case c.socket != nil:
		c.other(c.socket.name())
	case len(c.held) == 0:
	case c.portSpeaksSTOMP():
		return c.decide(protoSTOMP, 0, nil)
	default:
		c.other("")
	}
	return nil
}

// portSpeaksSTOMP reports whether STOMP can be expected whatever it looks like.
func (c *connection) portSpeaksSTOMP() bool {
	for _, e := range c.ends {
		if slices.Contains(stompPorts, e.Port()) || slices.Contains(c.p.o.Ports, e.Port()) || slices.Contains(c.p.o.Ends, e) {
			return true
		}
	}
	return false
}

// undecided takes data while it is not known what is spoken.
func (c *connection) undecided(from int, b []byte) error {
	c.held = append(c.held, held{from, c.p.at, slices.Clone(b)})
	c.size += len(b)
	begin := c.begin(from)
	is := recognize(begin)
	switch {
	case is == nil && c.size < maxHeld && len(c.held) < maxHeldCount:
		return nil
	case is == protoPROXY && !c.proxied:
		return c.unproxy(from, begin)
	case is == nil || is == protoOther:
		is = protoOther
		if c.portSpeaksSTOMP() {
			is = protoSTOMP
		}
	}
	return c.decide(is, from, begin)
}

// unproxy goes on behind the header of the PROXY protocol, which a proxy sends
// before what its client does.
func (c *connection) unproxy(from int, begin []byte) error {
	size, source := proxyHeader(begin)
	if size < 0 {
		return c.decide(protoOther, from, nil)
	}
	if size == 0 || size > len(begin) {
		return nil // more has to come
	}
	c.proxied, c.source = true, source
	sent := c.held
	c.held, c.size = nil, 0
	for _, h := range sent {
		if h.from == from {
			n := min(size, len(h.data))
			h.data, size = h.data[n:], size-n
		}
		if len(h.data) == 0 || c.state == nil {
			continue
		}
		if err := c.state(h.from, h.data); err != nil {
			return err
		}
	}
	return nil
}

// begin returns what an end has sent so far, as far as it is held.
func (c *connection) begin(from int) []byte {
	var b []byte
	for _, h := range c.held {
		if h.from == from && len(b) < Enough {
			b = append(b, h.data...)
		}
	}
	return b
}

// decide goes on as what an end has sent shows.
func (c *connection) decide(is *protocol, from int, begin []byte) error {
	sent := c.held
	c.held, c.size = nil, 0
	c.guessClient(is, from, begin)
	switch is {
	case protoSTOMP:
		if err := c.open("TCP"); err != nil {
			return err
		}
		c.state, c.lost = c.stomp, c.lostSTOMP
	case protoHTTP, protoResponse:
		c.socket = newSocket(c)
		c.state, c.lost = c.socket.http, c.socket.lostHTTP
	case protoWebSocket:
		c.socket = newSocket(c)
		c.socket.begin()
	default:
		c.other(is.name)
		if is.advice != "" {
			c.p.noteConn(c, is)
		}
		return nil
	}
	now := c.p.at
	defer func() { c.p.at = now }()
	for _, h := range sent {
		if c.state == nil {
			break
		}
		c.p.at = h.at
		if err := c.state(h.from, h.data); err != nil {
			return err
		}
	}
	return nil
}

// guessClient says which end is the client, when SYN does not.
func (c *connection) guessClient(is *protocol, from int, begin []byte) {
	if c.opened {
		return
	}
	client, server := Speaker(begin)
	if is == protoWebSocket {
		client = len(begin) > 1 && begin[1]&0x80 != 0 // it masks what it sends
		server = !client
	}
	switch {
	case is.client || client:
		c.client = from
	case is.server || server:
		c.client = 1 - from
	default:
		c.client = 0
		if c.serves(c.ends[0]) > c.serves(c.ends[1]) {
			c.client = 1
		}
	}
}

// serves says how likely it is that an end is a server.
func (c *connection) serves(e netip.AddrPort) int {
	score := -int(e.Port())
	if slices.Contains(stompPorts, e.Port()) {
		score += 1 << 18
	}
	if slices.Contains(c.p.o.Ports, e.Port()) {
		score += 1 << 17
	}
	return score
}

func (c *connection) role(from int) validate.Role {
	if from == c.client {
		return validate.Client
	}
	return validate.Server
}

// other gives up on the connection: there is no STOMP in it.
func (c *connection) other(name string) {
	c.p.summary.Others[name]++
	c.state, c.lost, c.held, c.socket, c.size = nil, nil, nil, nil, 0
}

// open begins a conversation.
func (c *connection) open(over string) error {
	client := c.ends[c.client].String()
	if c.source != "" {
		client = c.source + " by " + client
	}
	c.conn = &Conn{
		Client: client, Server: c.ends[1-c.client].String(),
		Over: over, Began: c.began, Middle: !c.opened || c.gap || !c.half[c.client].Known(),
		Gap: c.gap, Alone: !c.half[0].Known() || !c.half[1].Known(),
	}
	return c.p.out.open(c.conn)
}

// stomp takes data of STOMP.
func (c *connection) stomp(from int, b []byte) error {
	return c.p.out.data(c.conn, c.role(from), c.p.at, b)
}

func (c *connection) lostSTOMP(from int, n int, why string) error {
	return c.p.out.lost(c.conn, c.role(from), c.p.at, n, why)
}

// lostUndecided goes on behind what is missing.
func (c *connection) lostUndecided(int, int, string) error {
	c.gap = true
	c.held, c.size = nil, 0
	return nil
}

// noteConn tells once for each protocol what is spoken in a connection.
func (p *packets) noteConn(c *connection, is *protocol) {
	if p.spoken[is.name] {
		return
	}
	p.spoken[is.name] = true
	client, server := c.ends[0], c.ends[1]
	if c.client == 1 {
		client, server = server, client
	}
	p.h.Note(fmt.Sprintf("%s -> %s speaks %s: %s", client, server, is.name, is.advice))
}
