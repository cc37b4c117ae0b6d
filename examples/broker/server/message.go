package server

import (
	"errors"
	"slices"
	"strconv"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A message is the result of SEND. Server.mu guards it.
type message struct {
	destination string
	version     frame.Version // of the sender
	headers     headers.List
	body        []byte // borrowed from the sender's buffer, unless the message is kept
	cost        int    // if it is kept

	failures    int  // deliveries that ended with NACK or a lost connection
	redelivered bool // it has been delivered before
}

// perDelivery are headers of SEND that are not copied to MESSAGE: the broker
// sets its own, or they were meant for the broker.
var perDelivery = []string{
	headers.Destination, headers.Subscription, headers.MessageID, headers.Ack, headers.RabbitMQRedelivered,
	headers.Transaction, headers.Receipt, headers.ReceiptID, headers.ContentLength,
}

// originalDestination is a header of dead letters.
const originalDestination = "original-destination"

var errUnreadable = refusal(byLimit, "with the headers of the broker the MESSAGE would be too large for its readers (%d headers, %d bytes in a line, %d in the head)",
	parser.DefaultHeaders, parser.DefaultHeaderLine, parser.DefaultHead)

// newMessage makes a message from a SEND. It accepts only messages that can be
// delivered: the MESSAGE stays within the default limits of readers, even in
// 1.2, which escapes the most, with the longest subscription id, and as a dead
// letter.
func newMessage(v frame.View, destination string, version frame.Version, longestID int) (*message, error) {
	var room [32]headers.FieldView
	kept := headers.ListView(room[:0])
	m := &message{destination: destination, version: version, body: v.Body, cost: costMessage + len(destination) + len(v.Body)}
	escaped := func(s []byte) int {
		n, _ := headers.EscapedLen(headers.Escape12, s)
		return n
	}
	// Headers that the broker adds: subscription, message-id, destination, ack,
	// redelivered, content-length, original-destination.
	named := escaped([]byte(destination))
	count, line, head := 7, len(originalDestination)+1+named, 256+2*longestID+2*named
	for _, h := range v.Headers {
		if slices.Contains(perDelivery, string(h.Name)) {
			continue
		}
		kept = append(kept, h)
		n := escaped(h.Name) + 1 + escaped(h.Value)
		count, line, head = count+1, max(line, n), head+n+1
		m.cost += costHeader + len(h.Name) + len(h.Value)
	}
	if count > parser.DefaultHeaders || line > parser.DefaultHeaderLine || head > parser.DefaultHead {
		return nil, errUnreadable
	}
	m.cost += m.cost / 8     // for the rounding of allocations
	m.headers = kept.Clone() // copies only the text of these headers
	return m, nil
}

// A copies is a message encoded once for all receivers of one version.
type copies struct {
	frame *encoder.Shared
	rest  *transport.Shared // follows the headers of each delivery
}

// encode encodes a message. It omits headers that this version cannot carry,
// such as a line feed in 1.0, so that the rest can be delivered.
func (s *Server) encode(m *message, v frame.Version) *copies {
	f := frame.Frame{Command: frame.MESSAGE, Headers: m.headers, Body: m.body}
	shared, err := encoder.Share(&f, v, encoder.Options{})
	if err != nil || v != m.version && !carries(v, m.headers) {
		f.Headers = slices.DeleteFunc(slices.Clone(m.headers), func(h headers.Field) bool { return !carries(v, headers.List{h}) })
		if shared, err = encoder.Share(&f, v, encoder.Options{}); err != nil {
			panic(err) // the remaining headers are valid, and MESSAGE may have any body
		}
	}
	_, rest, _ := shared.Split(nil, nil)
	return &copies{shared, transport.Share(rest, &s.account)}
}

// carries reports whether a MESSAGE of a version can have these headers,
// according to the encoder and the rules.
func carries(v frame.Version, list headers.List) bool {
	f := frame.Frame{Command: frame.MESSAGE, Headers: list}
	_, err := encoder.Size(&f, v, encoder.Options{})
	var broken validate.Violations
	errors.As(validate.CheckFrame(&f, v, fromServer), &broken)
	return err == nil && !slices.ContainsFunc(broken, func(b validate.Violation) bool {
		return b.Rule.Must() && !slices.Contains(perDelivery, b.Header) // these are added later
	})
}

// head returns the part of a MESSAGE that belongs to one delivery. It is valid
// until the next call.
func (s *Server) head(sub *subscription, id string, redelivered bool) *frame.Frame {
	f := &s.delivery
	f.Command, f.Headers = frame.MESSAGE, f.Headers[:0]
	if sub.id != "" {
		f.Headers.Add(headers.Subscription, sub.id)
	}
	f.Headers.Add(headers.MessageID, id)
	f.Headers.Add(headers.Destination, sub.address)
	if sub.mode.Explicit() && sub.connection.version == frame.V12 {
		f.Headers.Add(headers.Ack, id)
	}
	if redelivered {
		f.Headers.Add(headers.RabbitMQRedelivered, "true")
	}
	return f
}

// deliver sends a message to a subscription and returns the delivery's number.
func (s *Server) deliver(sub *subscription, m *message, to *copies) (id string) {
	s.deliveries++
	id = strconv.FormatUint(s.deliveries, 10)
	c, f := sub.connection, s.head(sub, id, m.redelivered)
	err := must(c.session.StepFrame(fromServer, f))
	var own []byte
	if err == nil {
		own, _, err = to.frame.Split(nil, f.Headers)
	}
	if c.write(own, to.rest, err) {
		s.stats.Delivered++
	}
	return id
}
