package main

import (
	"errors"
	"io"
	"testing"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestBrokerDown(t *testing.T) {
	down := script.ClosedPort(t)
	g := start(t, nil, down)
	for _, p := range []*script.Peer{g.dialTCP(), g.dialWebSocket(false)} {
		ask(p)
		f := p.Expect(frame.ERROR)
		if f.Headers.Value(headers.Message) != "no broker can be reached" || f.Headers.Value("retry-after") != "1" {
			t.Errorf("got %v", f)
		}
		p.ExpectEnd()
	}
	if n := count(g.metrics.brokerDown, down); n != 2 {
		t.Errorf("%v failures", n)
	}
}

// A broker that takes the connection and answers nothing is skipped too.
func TestBrokerHalfDown(t *testing.T) {
	half := script.Listen(t, func(p *script.Peer) { p.Expect(frame.CONNECT) })
	whole := script.Listen(t, func(p *script.Peer) {
		if f := p.Accept(frame.V12); f.Headers.Value(headers.Login) != "joe" {
			t.Errorf("got %v", f)
		}
		p.ExpectEnd()
	})
	g := start(t, nil, half, whole)
	p := g.dialTCP()
	connect(p, headers.Login, "joe")
	p.Close()
	g.gone()
	if n := count(g.metrics.brokerDown, half); n != 1 {
		t.Errorf("%v failures", n)
	}
}

// Clients are spread over the brokers. A broker that is down is skipped.
func TestRoundRobin(t *testing.T) {
	order := make(chan string, 5)
	part := func(name string) func(*script.Peer) {
		return func(p *script.Peer) {
			p.Accept(frame.V12)
			order <- name
			p.ExpectEnd()
		}
	}
	down := script.ClosedPort(t)
	a, b := script.Listen(t, part("a"), part("a")), script.Listen(t, part("b"), part("b"), part("b"))
	g := start(t, nil, a, down, b)
	got := ""
	for range 5 { // a, down and b, b, a, down and b
		p := g.dialTCP()
		connect(p)
		got += <-order
		p.Close()
		g.gone()
	}
	if got != "abbab" {
		t.Error(got)
	}
	if n := count(g.metrics.brokerDown, down); n != 2 {
		t.Errorf("%v failures", n)
	}
}

// ERROR from the broker is forwarded, then both sides are closed.
func TestBrokerSaysError(t *testing.T) {
	broker := script.Listen(t,
		func(p *script.Peer) {
			p.Expect(frame.CONNECT)
			p.Say(frame.ERROR, "bad login", headers.Message, "access refused")
		},
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Expect(frame.SEND)
			p.Say(frame.ERROR, "no", headers.Message, "no such queue", headers.ReceiptID, "5")
		})
	g := start(t, nil, broker)
	p := g.dialTCP()
	ask(p)
	if f := p.Expect(frame.ERROR); f.Headers.Value(headers.Message) != "access refused" || string(f.Body) != "bad login" {
		t.Error(f)
	}
	p.ExpectEnd()
	p = g.dialWebSocket(false)
	connect(p)
	p.Say(frame.SEND, "", headers.Destination, "/a", headers.Receipt, "5")
	if f := p.Expect(frame.ERROR); f.Headers.Value(headers.Message) != "no such queue" || f.Headers.Value(headers.ReceiptID) != "5" {
		t.Error(f)
	}
	p.ExpectEnd()
}

// A lost broker is reported to the client, unless a frame is incomplete.
func TestBrokerLost(t *testing.T) {
	broker := script.Listen(t,
		func(p *script.Peer) { p.Accept(frame.V12); p.Expect(frame.SEND) },
		func(p *script.Peer) { p.Accept(frame.V12); p.Expect(frame.SEND); p.Write("NONSENSE\n\n\x00") },
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Expect(frame.SEND)
			p.Write("MESSAGE\nsubscription:0\nmessage-id:1\ndestination:/a\n\nhalf a b")
		},
		func(p *script.Peer) { p.Expect(frame.CONNECT); p.Write("CONNECTED\nversion:3.0\n\n\x00") },
		func(p *script.Peer) { p.Expect(frame.CONNECT) })
	g := start(t, nil, broker)
	say := func() *script.Peer {
		p := g.dialTCP()
		connect(p)
		p.Say(frame.SEND, "", headers.Destination, "/a")
		return p
	}
	for range 2 {
		expectError(t, say(), "the connection to the broker is lost")
	}
	if _, err := say().Read(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	for range 2 {
		p := g.dialTCP()
		ask(p)
		expectError(t, p, "the broker does not answer CONNECT as it should")
	}
	g.gone()
	if n := count(g.metrics.parseErrors, "unknown_command", "broker"); n != 1 {
		t.Errorf("%v errors of the broker", n)
	}
}
