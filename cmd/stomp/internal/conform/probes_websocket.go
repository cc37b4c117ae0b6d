package conform

import (
	"context"
	"errors"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/frame"
)

// webSocketProbes are about STOMP in WebSocket messages. The specifications of
// STOMP do not have it: peers treat the messages as a stream, whose sub-protocols
// are v10.stomp, v11.stomp and v12.stomp.
func webSocketProbes() []*Probe {
	stream := passage{"STOMP 1.1 and 1.2, STOMP Frames; RFC 6455, section 5.4", "Frames are sent over a stream; what one WebSocket message or fragment has means nothing"}
	chosen := passage{"RFC 6455, section 4.2.2", "The sub-protocol is one that the client offers, or none"}
	of := func(s *script) (*conn, *socket) {
		c := s.connect(s.versions.Highest())
		return c, c.link.(*socket)
	}
	send := "SEND\n$D\nreceipt:w\n\nbody\x00"
	return []*Probe{
		ask(Must, "websocket/subprotocol-offered", chosen, func(s *script) Outcome {
			c := s.dial()
			switch p := c.link.(*socket).ws.Subprotocol(); p {
			case "", "v10.stomp", "v11.stomp", "v12.stomp":
				return outcome(OK, "%q", p)
			default:
				return wrong("the sub-protocol %q was not offered", p)
			}
		}).overWebSocket(),
		ask(Should, "websocket/subprotocol-chosen", chosen, func(s *script) Outcome {
			if p := s.dial().link.(*socket).ws.Subprotocol(); p == "" {
				return wrong("no sub-protocol was chosen of three that were offered")
			}
			return ok
		}).overWebSocket(),
		ask(Should, "websocket/subprotocol-one-version", chosen, func(s *script) Outcome {
			c := s.dialAs("v11.stomp")
			if p := c.link.(*socket).ws.Subprotocol(); p != "v11.stomp" {
				return wrong("the sub-protocol is %q, offered was v11.stomp", p)
			}
			_, o := c.handshake(s.connectFrame("CONNECT", "1.1"))
			return o
		}).in(frame.V11).overWebSocket(),
		ask(Choice, "websocket/subprotocol-none", chosen, func(s *script) Outcome {
			l, err := s.address.dial(s.patience, nil)
			if err != nil {
				return outcome(Closed, "a client that offers no sub-protocol is refused")
			}
			_, o := s.take(l).handshake(s.connectFrame("CONNECT", s.versions.Highest().String()))
			return o
		}, OK, Closed, Errored).overWebSocket(),
		ask(Must, "websocket/text", stream, func(s *script) Outcome {
			c, ws := of(s)
			s.writes(c, ws, websocket.MessageText, send)
			return c.receipt("w")
		}, Accepted).overWebSocket(),
		ask(Must, "websocket/binary", stream, func(s *script) Outcome {
			c, ws := of(s)
			s.writes(c, ws, websocket.MessageBinary, send)
			return c.receipt("w")
		}, Accepted).overWebSocket(),
		ask(Must, "websocket/fragments", stream, func(s *script) Outcome {
			c, ws := of(s)
			text := s.fill(send)
			s.writes(c, ws, websocket.MessageText, text[:3], text[3:20], text[20:])
			return c.receipt("w")
		}, Accepted).overWebSocket(),
		ask(Must, "websocket/frame-in-two-messages", stream, func(s *script) Outcome {
			c, _ := of(s)
			text := s.fill(send)
			c.slices(text[:10], text[10:])
			return c.receipt("w")
		}, Accepted).overWebSocket(),
		ask(Must, "websocket/two-frames-in-a-message", stream, func(s *script) Outcome {
			c, _ := of(s)
			c.send("SEND\n$D\nreceipt:1\n\nx\x00SEND\n$D\nreceipt:2\n\nx\x00")
			if o := c.receipt("1"); o.Kind != Accepted {
				return o
			}
			return c.receipt("2")
		}, Accepted).overWebSocket(),
		ask(Must, "websocket/heart-beat-message", stream, func(s *script) Outcome {
			c, _ := of(s)
			c.slices("\n", "\n", s.fill(send), "\n")
			return c.receipt("w")
		}, Accepted).overWebSocket(),
		ask(Must, "websocket/character-cut", stream, func(s *script) Outcome {
			c, ws := of(s)
			text := s.fill("SEND\n$D\nreceipt:w\nx:\u65e5\n\nbody\x00")
			cut := len(text) - 9
			s.writes(c, ws, websocket.MessageBinary, text[:cut])
			s.writes(c, ws, websocket.MessageBinary, text[cut:])
			return c.receipt("w")
		}, Accepted).overWebSocket(),
		ask(Must, "websocket/ping", passage{"RFC 6455, section 5.5.2", "A ping is answered with a pong"}, func(s *script) Outcome {
			c, ws := of(s)
			ctx, cancel := context.WithTimeout(context.Background(), s.patience)
			defer cancel()
			if err := ws.ws.Ping(ctx); err != nil {
				if errors.Is(err, context.DeadlineExceeded) {
					return outcome(Silent, "no pong")
				}
				return outcome(Closed, "%v", err)
			}
			c.s.trace.add(c.n, "gets a pong", nil, "")
			return ok
		}).overWebSocket(),
		ask(Must, "websocket/closing-handshake", passage{"RFC 6455, section 5.5.1", "A close is answered with a close"}, func(s *script) Outcome {
			_, ws := of(s)
			done := make(chan error, 1)
			go func() { done <- ws.ws.Close(websocket.StatusNormalClosure, "") }()
			select {
			case err := <-done:
				if err != nil {
					return outcome(Closed, "%v", err)
				}
				return ok
			case <-time.After(s.patience):
				return outcome(Silent, "no close frame")
			}
		}, OK, Closed).overWebSocket(),
		ask(Choice, "websocket/messages-are", passage{"implied by all versions", "Whether frames are sent in text or binary messages is the server's choice"}, func(s *script) Outcome {
			l, err := s.address.dial(s.patience, subprotocols)
			if err != nil {
				return outcome(Closed, "%v", err)
			}
			defer l.hangUp()
			ws := l.(*socket)
			if _, err := ws.Write([]byte(s.connectFrame("CONNECT", s.versions.Highest().String()))); err != nil {
				return outcome(Closed, "%v", err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), s.patience)
			defer cancel()
			kind, _, err := ws.ws.Reader(ctx)
			if err != nil {
				return outcome(Closed, "%v", err)
			}
			return outcome(Kind(map[websocket.MessageType]string{websocket.MessageText: "text", websocket.MessageBinary: "binary"}[kind]), "")
		}, "text", "binary").overWebSocket(),
	}
}

// writes writes one message of a kind, in fragments.
func (s *script) writes(c *conn, ws *socket, kind websocket.MessageType, pieces ...string) {
	var all [][]byte
	for _, p := range pieces {
		p = s.fill(p)
		s.trace.add(c.n, "sends", []byte(p), "")
		all = append(all, []byte(p))
	}
	if err := ws.writeAs(kind, all...); err != nil {
		s.trace.add(c.n, "cannot send:", nil, ending(err))
	}
}
