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
	ends    [2]*net.TCPConn // by role
	began   time.Time
	unwrap  *unwrapper
	talk    *conversation
	printer printer

	mu        sync.Mutex // guards what follows
	dir       string     // for the recording, "" if not recording
	recording *recording // nil until it begins
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
	conn := &connection{
		ends: [2]*net.TCPConn{validate.Client: client, validate.Server: server}, began: time.Now(),
		unwrap: newUnwrapper(), talk: newConversation(p, t.allow), printer: p, dir: t.record,
	}
	conn.unwrap.give, conn.unwrap.say, conn.unwrap.lose = conn.take, p.say, conn.talk.lose
	defer conn.endRecording()
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
			c.unwrap.write(from, buf[:n], at)
			if _, err := dst.Write(buf[:n]); err != nil {
				reset(src)
				return
			}
		}
		if err == nil {
			continue
		}
		c.unwrap.end(from, at)
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

// take takes STOMP that a side has sent.
func (c *connection) take(from validate.Role, stomp []byte, at time.Duration) {
	c.record(from, stomp, at)
	c.talk.take(from, stomp, at)
}

// record records what was read. The first call begins the recording. An error,
// such as a full disk, is reported once, and ends it.
func (c *connection) record(from validate.Role, b []byte, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" {
		return
	}
	if c.recording == nil {
		r, name, err := newRecording(c.dir)
		if err != nil {
			c.dir = ""
			c.printer.say("no recording: " + err.Error())
			return
		}
		c.recording = r
		c.printer.say("recorded in " + name)
	}
	if err := c.recording.write(from, b, at); err != nil {
		c.dir = ""
		c.printer.say("the recording ends: " + err.Error())
	}
}

func (c *connection) endRecording() {
	if c.recording != nil {
		c.recording.close()
	}
}
