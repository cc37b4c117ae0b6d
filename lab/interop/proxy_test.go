package main

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

func TestProxy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c)
		}
	}()
	p, err := newProxy(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	for range 2 { // after a cut, new connections are taken
		c, err := net.Dial("tcp", p.address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		p.reset()
		io.WriteString(c, "a\n\n")
		buf := make([]byte, 3)
		if _, err := io.ReadFull(c, buf); err != nil || string(buf) != "a\n\n" {
			t.Fatalf("%q, %v", buf, err)
		}
		if up, down := p.flowed(); up != (traffic{3, 2}) || down != up {
			t.Errorf("counted %v up, %v down", up, down)
		}
		p.cut()
		if _, err := c.Read(buf); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("after the cut: %v, want a reset", err)
		}
	}
}
