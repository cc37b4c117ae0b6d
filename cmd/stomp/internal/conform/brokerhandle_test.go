package conform

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// handle does what a frame asks for, and reports whether the connection is to be
// closed.
func (c *testClient) handle(f *frame.Frame, v frame.View) bool {
	b := c.b
	if b.is("crashes at an ACK without headers") && f.Command == frame.ACK && f.Headers.Value(headers.ID)+f.Headers.Value(headers.MessageID) == "" {
		b.crash()
		return true
	}
	if b.is("takes what begins like SEND for SEND") && strings.HasPrefix(strings.TrimSpace(strings.ToUpper(string(f.Command))), "SEN") {
		f.Command = frame.SEND
	}
	if b.is("STOMP is unknown") && f.Command == frame.STOMP {
		return c.fail(fmt.Errorf("unknown"), v.Head)
	}
	if b.is("unescapes CONNECT") && f.Command == frame.CONNECT && strings.Contains(fmt.Sprint(f.Headers), `\`) {
		return c.fail(fmt.Errorf("undefined escape"), v.Head)
	}
	if _, has := f.Headers.Get(headers.ContentLength); has && b.is("refuses content-length without a body") && f.Command != frame.SEND {
		return c.fail(fmt.Errorf("content-length"), v.Head)
	}
	if err := validate.Enforce(c.session.StepFrame(validate.Client, f), b.except...); err != nil && !c.ended {
		return c.fail(err, v.Head)
	}
	c.change(f)
	if c.version == frame.Unnegotiated && !f.Command.Handshake() && !slices.Contains(b.except, validate.ConnectFirst) {
		return true
	}
	if tx, has := f.Headers.Get(headers.Transaction); has && (f.Command == frame.SEND || f.Command == frame.ACK || f.Command == frame.NACK) && !b.is("ignores transactions") {
		f := f.Clone()
		if b.is("drops what is in a transaction") {
			f = &frame.Frame{Command: frame.BEGIN}
		}
		name := c.transaction(tx)
		if b.is("one transaction too few") && len(c.tx[name]) == 1 {
			f = &frame.Frame{Command: frame.BEGIN}
		}
		c.tx[name] = append(c.tx[name], func() { c.do(f) })
		if b.is("acknowledges in a transaction at once") && f.Command == frame.ACK {
			c.do(f)
		}
	} else if c.do(f) {
		return true
	}
	return c.answer(f)
}

// change spoils headers and body as a fault says.
func (c *testClient) change(f *frame.Frame) {
	b := c.b
	if f.Command == frame.SEND {
		switch {
		case b.is("cuts bodies at NUL"):
			f.Body, _, _ = bytes.Cut(f.Body, []byte{0})
		case b.is("trims bodies"):
			f.Body = bytes.TrimRight(f.Body, "\r\n")
		case b.is("bodies as UTF-8"):
			f.Body = bytes.ToValidUTF8(f.Body, []byte("?"))
		case b.is("unescapes bodies"):
			f.Body = bytes.ReplaceAll(f.Body, []byte(`\\`), []byte(`\`))
		case b.is("cuts bodies at 32 KiB"):
			f.Body = f.Body[:min(len(f.Body), 32<<10)]
		}
	}
	for i := range f.Headers {
		h := &f.Headers[i]
		switch {
		case b.is("trims values"):
			h.Value = strings.TrimSpace(h.Value)
		case b.is("trims names"):
			h.Name = strings.TrimSpace(h.Name)
		case b.is("names in lower case"):
			h.Name = strings.ToLower(h.Name)
		case b.is("unescapes twice") && c.version > frame.V10:
			h.Value = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\c`, ":").Replace(h.Value)
		case b.is("unescapes in 1.0") && c.version == frame.V10:
			h.Value = strings.ReplaceAll(h.Value, `\n`, " ")
		case b.is("unescapes no names") && c.version > frame.V10:
			h.Name = strings.ReplaceAll(h.Name, ":", `\c`)
		case b.is("cuts characters of four bytes"):
			h.Value = strings.ReplaceAll(h.Value, "\U0001f600", "?")
		case b.is("numbers are numbers") && h.Value == "007":
			h.Value = "7"
		case b.is("cuts values"):
			h.Value = h.Value[:min(len(h.Value), 300)]
		}
	}
}

// transaction returns under which name steps are kept.
func (c *testClient) transaction(name string) string {
	if c.b.is("mixes transactions") {
		return "all"
	}
	return name
}

// do does what a frame asks for, in its transaction when that is committed.
func (c *testClient) do(f *frame.Frame) bool {
	b := c.b
	switch f.Command {
	case frame.CONNECT, frame.STOMP:
		return c.connect(f)
	case frame.SEND:
		m := &frame.Frame{Command: frame.MESSAGE, Body: f.Body}
		for _, h := range f.Headers {
			switch h.Name {
			case headers.Destination, headers.Receipt, headers.Transaction, headers.ContentLength:
				continue
			}
			if b.is("drops headers of users") && strings.HasPrefix(h.Name, "x") ||
				b.is("drops empty values") && h.Value == "" ||
				b.is("thirty headers") && len(m.Headers) > 30 ||
				b.is("drops names with underscores") && strings.HasPrefix(h.Name, "_") {
				continue
			}
			if b.is("the last of repeated headers counts") {
				m.Headers.Set(h.Name, h.Value)
				continue
			}
			m.Headers.Add(h.Name, h.Value)
		}
		b.publish(&testMessage{m, f.Headers.Value(headers.Destination), c})
	case frame.SUBSCRIBE:
		return c.subscribe(f)
	case frame.UNSUBSCRIBE:
		key := key(f)
		if s := c.subs[key]; s != nil && !b.is("goes on after UNSUBSCRIBE") {
			delete(c.subs, key)
			c.unsubscribe(s)
		}
		if b.is("UNSUBSCRIBE removes all") {
			for _, s := range c.subs {
				c.unsubscribe(s)
			}
		}
	case frame.ACK, frame.NACK:
		c.settle(f)
	case frame.COMMIT, frame.ABORT:
		name := c.transaction(f.Headers.Value(headers.Transaction))
		steps := c.tx[name]
		delete(c.tx, name)
		if f.Command == frame.COMMIT && !b.is("COMMIT drops") || f.Command == frame.ABORT && b.is("ABORT commits") {
			for _, do := range steps {
				do()
			}
		}
	}
	return false
}

func (c *testClient) connect(f *frame.Frame) bool {
	b := c.b
	offered := f.AcceptVersions()
	v, common := frame.Negotiate(offered, frame.AllVersions)
	switch {
	case b.is("knows guest only") && f.Headers.Value(headers.Login)+f.Headers.Value(headers.Passcode) != "guestguest":
		return c.fail(fmt.Errorf("login refused"), frame.Head{Command: f.Command})
	case !common && b.is("accepts any version"):
		v = frame.V12
	case !common:
		return c.fail(&validate.NegotiationError{Server: frame.AllVersions}, frame.Head{Command: f.Command})
	case b.is("takes the lowest version"):
		for low := frame.V12; low >= frame.V10; low-- {
			if offered.Has(low) {
				v = low
			}
		}
	case b.is("knows no versions of the future") && strings.Contains(f.Headers.Value(headers.AcceptVersion), "9"):
		return c.fail(fmt.Errorf("version"), frame.Head{Command: f.Command})
	}
	b.sessions++
	if b.is("same session") {
		b.sessions = 1
	}
	answer := &frame.Frame{Command: frame.CONNECTED, Headers: headers.Pairs(headers.Version, v.String(), headers.Session, fmt.Sprint(b.sessions), headers.Server, "broken/1.0")}
	want, _ := headers.ParseHeartBeats(f.Headers.Value(headers.HeartBeat))
	ours := headers.HeartBeats{Send: 20 * time.Millisecond, Receive: 20 * time.Millisecond}
	if v > frame.V10 {
		answer.Headers.Add(headers.HeartBeat, ours.String())
	}
	switch {
	case b.is("heart-beat of words"):
		answer.Headers.Set(headers.HeartBeat, "yes,no")
	case b.is("server without a name"):
		answer.Headers.Set(headers.Server, "/1.0")
	case b.is("CONNECTED twice"):
		c.send(answer)
	}
	c.send(answer)
	c.session.StepFrame(validate.Server, answer)
	c.version = v
	c.assembler.SetVersion(v)
	receive, send := headers.NegotiateHeartBeats(want, ours)
	if _, has := f.Headers.Get(headers.HeartBeat); has && receive == 0 && b.is("takes 0 for a promise") {
		receive = 50 * time.Millisecond
	}
	if v > frame.V10 {
		c.beats(send, receive)
	}
	return false
}

func key(f *frame.Frame) string {
	if id, has := f.Headers.Get(headers.ID); has {
		return "id " + id
	}
	return "destination " + f.Headers.Value(headers.Destination)
}

func (c *testClient) subscribe(f *frame.Frame) bool {
	b := c.b
	id, known := f.Headers.Get(headers.ID)
	mode, _ := headers.ParseAckMode(f.Headers.Value(headers.Ack))
	if b.is("client-individual is client") && mode == headers.AckClientIndividual {
		mode = headers.AckClient
	}
	if b.is("client is client-individual") && mode == headers.AckClient {
		mode = headers.AckClientIndividual
	}
	if b.is("the default is client") && f.Headers.Value(headers.Ack) == "" {
		mode = headers.AckClient
	}
	if b.is("at most ten subscriptions") && len(c.subs) >= 10 || b.is("ids of all connections") && b.shared[id] && id != "s" {
		return c.fail(fmt.Errorf("no"), frame.Head{Command: f.Command})
	}
	b.shared[id] = true
	s := &testSub{client: c, id: id, known: known, mode: mode, queue: f.Headers.Value(headers.Destination)}
	c.subs[key(f)] = s
	q := b.queue(s.queue)
	q.subs = append(q.subs, s)
	if !strings.HasPrefix(s.queue, "/topic/") {
		b.flush(s.queue)
	}
	return false
}

// deliver sends a message to a subscription.
func (s *testSub) deliver(m *testMessage) {
	c, b := s.client, s.client.b
	b.serial++
	id := fmt.Sprint(b.serial)
	f := m.frame.Clone()
	if b.is("message-ids that repeat") {
		id = fmt.Sprint(b.serial % 2)
	}
	f.Headers = append(headers.Pairs(headers.Destination, m.destination, headers.MessageID, id), f.Headers...)
	subscription := s.id
	if b.is("subscription of another") {
		for _, other := range c.subs {
			if other.id < subscription {
				subscription = other.id
			}
		}
	}
	if s.known {
		f.Headers.Prepend(headers.Subscription, subscription)
	}
	if c.version == frame.V12 && s.mode.Explicit() {
		f.Headers.Prepend(headers.Ack, id)
	}
	switch {
	case b.is("MESSAGE without destination"):
		f.Headers.Delete(headers.Destination)
	case b.is("MESSAGE without message-id"):
		f.Headers.Delete(headers.MessageID)
	case b.is("MESSAGE without subscription"):
		f.Headers.Delete(headers.Subscription)
	case b.is("MESSAGE without ack"):
		f.Headers.Delete(headers.Ack)
	case b.is("ack headers that repeat") && s.mode.Explicit():
		f.Headers.Set(headers.Ack, s.id)
	case b.is("destination in capitals"):
		f.Headers.Set(headers.Destination, strings.ToUpper(m.destination))
	case b.is("content-type is lost"):
		f.Headers.Delete(headers.ContentType)
	}
	if b.is("loses a message of twenty") && string(f.Body) == "09" || b.is("delivers nothing to who has sent it") && m.from == c {
		return
	}
	if s.mode.Explicit() || b.is("auto waits for ACK") {
		d := &testDelivery{id, s, m}
		s.delivers = append(s.delivers, d)
		c.pending[id] = d
	}
	c.session.StepFrame(validate.Server, f)
	c.send(f)
}

func (c *testClient) settle(f *frame.Frame) {
	b := c.b
	id := f.Headers.Value(headers.MessageID)
	if c.version == frame.V12 {
		id = f.Headers.Value(headers.ID)
	}
	d := c.pending[id]
	if d == nil || b.is("ACK does nothing") {
		return
	}
	s := d.sub
	i := slices.Index(s.delivers, d)
	settled := []*testDelivery{d}
	rest := slices.Delete(slices.Clone(s.delivers), i, i+1)
	if s.mode == headers.AckClient && c.version > frame.V10 {
		settled, rest = slices.Clone(s.delivers[:i+1]), slices.Clone(s.delivers[i+1:])
	}
	if b.is("ACK is for all") {
		settled, rest = slices.Clone(s.delivers), nil
	}
	if b.is("ACK is for one too few") && len(settled) > 1 {
		rest = append([]*testDelivery{settled[0]}, rest...)
		settled = settled[1:]
	}
	s.delivers = rest
	if b.is("ACK is for all subscriptions") {
		for _, other := range c.subs {
			if other != s {
				settled = append(settled, other.delivers...)
				other.delivers = nil
			}
		}
	}
	for _, d := range settled {
		delete(c.pending, d.id)
	}
	// A message that is refused is discarded, unless it is for this fault to be
	// seen: then it is nobody's.
	if f.Command == frame.NACK && b.is("NACK ends the connection") {
		c.conn.Close()
	}
}

// answer sends a receipt, and ends the session after DISCONNECT.
func (c *testClient) answer(f *frame.Frame) bool {
	b := c.b
	if r, asked := validate.Receipt(f); asked && !b.is("no RECEIPT for "+string(f.Command)) {
		id := r.Headers.Value(headers.ReceiptID)
		switch {
		case b.is("receipt-id without blanks"):
			r.Headers.Set(headers.ReceiptID, strings.TrimSpace(id))
		case b.is("receipt-id cut"):
			r.Headers.Set(headers.ReceiptID, id[:min(len(id), 100)])
		case b.is("receipt-id as a number"):
			r.Headers.Set(headers.ReceiptID, strings.TrimPrefix(id, "00"))
		case b.is("one RECEIPT for an id") && b.shared[fmt.Sprintf("%p %s", c, id)]:
			r = nil
		}
		b.shared[fmt.Sprintf("%p %s", c, id)] = true
		if r != nil {
			c.session.StepFrame(validate.Server, r)
			c.send(r)
			if b.is("RECEIPT twice") {
				c.send(r)
			}
		}
	} else if b.is("RECEIPT for all") && f.Command == frame.SEND {
		c.send(&frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs(headers.ReceiptID, "none")})
	}
	if f.Command == frame.DISCONNECT {
		c.detach()
		return true
	}
	return false
}
