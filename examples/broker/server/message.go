package server

import (
	"errors"
	"slices"
	"strconv"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A message is what a SEND has brought. Server.mu guards it.
type message struct {
	address string // where it goes; see resolve
	named   string // the destination header of the SEND
	headers headers.List
	body    []byte
	size    int // roughly what the message costs in memory, in octets

	nacks       int
	redelivered bool // it has been in somebody's hands

	// The part of a MESSAGE that is the same for all who get it, in each
	// version in which somebody does: headers, blank line, body, NUL.
	shared [frame.V12 + 1][]byte
}

// perDelivery are the headers that a MESSAGE has from the broker, and those of
// a SEND that are for the broker.
var perDelivery = []string{
	headers.Destination, headers.Subscription, headers.MessageID, headers.Ack, headers.RabbitMQRedelivered,
	headers.Transaction, headers.Receipt, headers.ReceiptID, headers.ContentLength,
}

func newMessage(v frame.View, named, address string) *message {
	f := v.Clone()
	user := slices.DeleteFunc(f.Headers, func(h headers.Field) bool { return slices.Contains(perDelivery, h.Name) })
	size := 512 + 2*len(f.Body) // once more encoded
	for _, h := range user {
		size += 32 + 2*(len(h.Name)+len(h.Value))
	}
	return &message{address: address, named: named, headers: user, body: f.Body, size: size}
}

// encode returns a frame as it goes out, with a line feed after its NUL. The
// specification leaves that free; php-stomp reads one octet after each NUL
// without looking at it, and loses the next frame where that is its first. Over
// WebSocket the line feed is left out again.
func encode(f *frame.Frame, v frame.Version) ([]byte, error) {
	octets, err := encoder.AppendFrame(nil, f, v, encoder.Options{})
	if err != nil {
		return nil, err
	}
	return append(octets, '\n'), nil
}

// encoded returns the shared part in a version. A frame is its command line,
// then header lines in any order: so "MESSAGE" and the headers of one delivery
// can be written in front of it.
func (m *message) encoded(v frame.Version) []byte {
	f := frame.Frame{Command: frame.MESSAGE, Headers: m.headers, Body: m.body}
	for m.shared[v] == nil {
		octets, err := encode(&f, v)
		var e *encoder.Error
		if err == nil {
			m.shared[v] = octets[len("MESSAGE\n"):]
		} else if errors.As(err, &e) && e.Index >= 0 {
			// A header that the sender's version can carry and this one cannot,
			// such as a line feed in 1.0. The rest is worth more than nothing.
			f.Headers = slices.Delete(slices.Clone(f.Headers), e.Index, e.Index+1)
		} else {
			m.shared[v] = []byte("\n\x00\n")
		}
	}
	return m.shared[v]
}

// deliver sends a message to a subscription, and returns the number of the
// delivery.
func (s *Server) deliver(sub *subscription, m *message) (id string) {
	s.deliveries++
	id = strconv.FormatUint(s.deliveries, 10)
	c := sub.connection
	f := &s.delivery
	f.Command, f.Headers = frame.MESSAGE, f.Headers[:0]
	if sub.id != "" {
		f.Headers.Add(headers.Subscription, sub.id)
	}
	f.Headers.Add(headers.MessageID, id)
	f.Headers.Add(headers.Destination, m.named)
	if sub.mode.Explicit() && c.version == frame.V12 {
		f.Headers.Add(headers.Ack, id)
	}
	if m.redelivered {
		f.Headers.Add(headers.RabbitMQRedelivered, "true")
	}
	if own := c.encode(f); own != nil {
		c.send(own[:len(own)-len("\n\x00\n")], m.encoded(c.version))
	}
	return id
}
