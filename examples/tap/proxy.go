package main

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/stompwire/stomp/validate"
)

// A connection is a client's connection and the matching one to the server.
type connection struct {
	ends      [2]*net.TCPConn // by role
	began     time.Time
	talk      *conversation
	printer   printer
	recording *recording // nil if not recording
	mu        sync.Mutex // guards broken
	broken    bool       // writing the recording has failed
}

// serve forwards bytes between a client and the server until both sides are
// closed, or ctx ends.
func (t *tap) serve(ctx context.Context, client *net.TCPConn, number int) {
	defer client.Close()
	p := t.printer(number)
	p.say("client " + client.RemoteAddr().String())
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", t.broker)
	if err != nil {
		p.say("the broker cannot be reached: " + err.Error())
		return
	}
	server := c.(*net.TCPConn)
	defer server.Close()
	conn := &connection{ends: [2]*net.TCPConn{validate.Client: client, validate.Server: server}, began: time.Now(), printer: p, talk: newConversation(p, t.allow)}
	if t.record != "" {
		r, name, err := newRecording(t.record)
		if err != nil {
			p.say("no recording: " + err.Error())
		} else {
			p.say("recorded in " + name)
			conn.recording = r
			defer r.close()
		}
	}
	stop := context.AfterFunc(ctx, func() { client.Close(); server.Close() })
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { conn.pass(validate.Client) })
	both.Go(func() { conn.pass(validate.Server) })
	both.Wait()
	p.close(conn.talk, time.Since(conn.began))
}

// pass forwards what one side sends. It records and checks the bytes first, so
// that no answer is checked before its question. Checking never blocks.
func (c *connection) pass(from validate.Role) {
	src, dst := c.ends[from], c.ends[1-from]
	buf := make([]byte, 64<<10)
	for {
		n, err := src.Read(buf)
		at := time.Since(c.began)
		if n > 0 {
			c.record(from, buf[:n], at)
			c.talk.take(from, buf[:n], at)
			if _, err := dst.Write(buf[:n]); err != nil {
				reset(src)
				return
			}
		}
		if err == nil {
			continue
		}
		c.talk.end(from, at)
		if err == io.EOF {
			dst.CloseWrite()
		} else {
			reset(dst) // as the other side did
		}
		return
	}
}

// reset closes a connection with a TCP reset.
func reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}

// record records what was read. It reports an error, such as a full disk, once.
func (c *connection) record(from validate.Role, b []byte, at time.Duration) {
	if c.recording == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		return
	}
	if err := c.recording.write(from, b, at); err != nil {
		c.broken = true
		c.printer.say("the recording ends: " + err.Error())
	}
}
