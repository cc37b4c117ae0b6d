package fuzz

import (
	"slices"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
	"pgregory.net/rapid"
)

// Conversations generates conversations of up to about 40 frames of both
// directions, in which the server mostly agrees on version v. Some are legal. Others
// have a frame too early or too late, an unknown name, or a header that is missing,
// repeated or hostile. They use few names, so that frames refer to each other. They
// shrink towards the empty conversation.
func Conversations(v frame.Version) *rapid.Generator[[]Said] {
	return rapid.Custom(func(t *rapid.T) []Said {
		c := conversation{t: t, version: v}
		// How often something is wrong: never, seldom, often.
		c.wrong = []int{0, 40, 8}[c.below(3, "how much is wrong")]
		if c.odd("no handshake") {
			c.version = v
		} else {
			c.handshake()
		}
		for range c.below(41, "frames") {
			c.next()
		}
		return c.said
	})
}

// SessionLimits generates limits: the default, and small ones that short
// conversations exceed. They shrink towards the default.
func SessionLimits() *rapid.Generator[validate.SessionLimits] {
	return rapid.OneOf(rapid.Just(validate.SessionLimits{}), rapid.Custom(func(t *rapid.T) validate.SessionLimits {
		field := func(name string) int {
			if rapid.IntRange(0, 2).Draw(t, name+" is set") < 2 {
				return 0
			}
			return rapid.IntRange(-1, 3).Draw(t, name)
		}
		return validate.SessionLimits{
			Subscriptions:  field("subscriptions"),
			Unacknowledged: field("unacknowledged"),
			Transactions:   field("transactions"),
			Receipts:       field("receipts"),
			ID:             field("ID"),
		}
	}))
}

// A conversation is a conversation in the making, with what a party that follows the
// rules would know.
type conversation struct {
	t       *rapid.T
	version frame.Version
	wrong   int // one in that many things is wrong; 0 means none
	said    []Said

	subscriptions, transactions, receipts []string
	pending                               []delivery
	delivered                             int
	closing, failed                       bool
}

type delivery struct{ subscription, name string }

// odd reports whether the next thing is to be wrong.
func (c *conversation) odd(what string) bool {
	return c.wrong > 0 && c.below(c.wrong, what) == c.wrong-1
}

// below returns one of n numbers, up to about 100, all equally likely. Generators of
// package rapid prefer the first ones, which would make most conversations short and
// full of SENDs.
func (c *conversation) below(n int, what string) int {
	return rapid.Custom(func(t *rapid.T) (at int) {
		for i := range 8 {
			if rapid.Bool().Draw(t, "bit") {
				at |= 128 >> i
			}
		}
		return at * n / 256
	}).Draw(c.t, what)
}

func (c *conversation) pick(what string, from ...string) string {
	return from[c.below(len(from), what)]
}

func (c *conversation) bool(what string) bool { return rapid.Bool().Draw(c.t, what) }

// one picks one of the names. If there is none, or if something is to be wrong, it is
// one of a few other names, or a hostile one.
func (c *conversation) one(what string, of []string) string {
	if len(of) > 0 && !c.odd(what+" is wrong") {
		return c.pick(what, of...)
	}
	return c.fresh(what)
}

func (c *conversation) fresh(what string) string {
	if c.odd(what + " is hostile") {
		return HostileStrings().Draw(c.t, what)
	}
	return what[:1] + strconv.Itoa(c.below(4, what))
}

// add adds a frame, and makes something wrong with it if odd says so.
func (c *conversation) add(from validate.Role, command frame.Command, nameValue ...string) {
	f := &frame.Frame{Command: command, Headers: headers.Pairs(nameValue...)}
	if command == frame.SEND || command == frame.MESSAGE || command == frame.ERROR {
		f.Body = []byte(c.pick("body", "", "", "x", "a\x00b"))
	}
	if n := len(f.Headers); n > 0 && c.odd("header is wrong") {
		i := c.below(n, "header")
		switch c.below(5, "wrong header") {
		case 0, 1:
			f.Headers = slices.Delete(f.Headers, i, i+1)
		case 2:
			f.Headers = append(f.Headers, headers.Field{Name: f.Headers[i].Name, Value: "repeated"})
		case 3:
			f.Headers[i].Value = HostileStrings().Draw(c.t, "value")
		case 4:
			f.Headers = slices.Insert(f.Headers, i, headers.Field{Name: Names().Draw(c.t, "name"), Value: HostileStrings().Draw(c.t, "value")})
		}
	}
	if c.odd("content-length") {
		f.Headers.Add(headers.ContentLength, c.pick("content-length", "0", "1", strconv.Itoa(len(f.Body)), "x"))
	}
	if c.odd("the other role sends it") {
		from = 1 - from
	}
	c.said = append(c.said, Said{from, f})
}

// askable adds the receipt that a client's frame may ask for.
func (c *conversation) askable(command frame.Command, nameValue ...string) {
	if c.below(4, "receipt") == 3 {
		id := c.fresh("receipt")
		c.receipts = append(c.receipts, id)
		nameValue = append(nameValue, headers.Receipt, id)
	}
	c.add(validate.Client, command, nameValue...)
}

var offers = []string{"1.0,1.1,1.2", "1.0", "1.1", "1.2", "1.1,1.2", "1.0,2.1", "2.1", "1.2,1.1", "", "x"}

// handshake adds CONNECT and CONNECTED.
func (c *conversation) handshake() {
	offer, agreed, host := "1.0,1.1,1.2", c.version.String(), "h"
	if c.odd("offer") {
		offer = c.pick("offer", offers...)
	}
	if c.odd("agreed") {
		agreed = c.pick("agreed", "1.0", "1.1", "1.2", "2.1", "", "x")
	}
	beat := func(what string) string {
		return c.pick(what, "0,0", "0,0", "500,1000", "2000,0", "0,300", "1000,1000", "1", "9223372036855,1", "99999999999999999999,99999999999999999999")
	}
	if c.odd("CONNECTED first") {
		c.add(validate.Server, frame.CONNECTED, headers.Version, agreed)
	}
	command := frame.CONNECT
	if c.bool("STOMP") {
		command = frame.STOMP
	}
	c.add(validate.Client, command, headers.AcceptVersion, offer, headers.Host, host, headers.HeartBeat, beat("heart-beat of the client"))
	if c.below(4, "the client waits") == 3 {
		for range c.below(6, "frames before CONNECTED") {
			c.speak(frame.Command(c.pick("command before CONNECTED", fromClient...)))
		}
	}
	if c.odd("no answer") {
		return
	}
	if c.version == frame.V10 && c.bool("no version") {
		c.add(validate.Server, frame.CONNECTED)
		return
	}
	c.add(validate.Server, frame.CONNECTED, headers.Version, agreed, headers.HeartBeat, beat("heart-beat of the server"))
}

// fromClient has the commands of clients after CONNECT, the most frequent ones twice.
var fromClient = []string{"SEND", "SUBSCRIBE", "UNSUBSCRIBE", "BEGIN", "COMMIT", "ABORT", "ACK", "ACK", "NACK", "DISCONNECT"}

// next adds a frame that fits the conversation so far, or one that does not.
func (c *conversation) next() {
	if c.odd("the time is wrong") {
		c.any()
		return
	}
	toServer := fromClient
	toClient := []string{"MESSAGE", "MESSAGE", "MESSAGE", "RECEIPT", "ERROR"}
	switch {
	case c.failed:
		return
	case c.closing:
		toServer = nil
	}
	command := c.pick("command", slices.Concat(toServer, toClient)...)
	if (command == "DISCONNECT" || command == "ERROR") && len(c.said) < 20 && !c.odd("it ends soon") {
		return
	}
	c.speak(frame.Command(command))
}

// any adds a frame that need not fit the conversation.
func (c *conversation) any() {
	switch c.below(4, "odd frame") {
	case 0:
		c.handshake()
	case 1:
		c.add(validate.Role(c.below(2, "role")), "PING")
	case 2:
		c.said = append(c.said, Said{validate.Role(c.below(2, "role")), HostileFrames().Draw(c.t, "frame")})
	case 3:
		c.speak(commands(frame.V12).Draw(c.t, "command"))
	}
}

// speak adds a frame with the command.
func (c *conversation) speak(command frame.Command) {
	switch command {
	case frame.SEND:
		c.askable(frame.SEND, c.within(headers.Destination, "/queue/a", headers.ContentType, "text/plain")...)
	case frame.SUBSCRIBE:
		c.subscribe()
	case frame.UNSUBSCRIBE:
		if s := c.one("subscription", c.subscriptions); len(c.subscriptions) > 0 || c.odd("unknown") {
			c.askable(frame.UNSUBSCRIBE, c.subscriptionName(s)...)
			c.subscriptions = without(c.subscriptions, s)
		}
	case frame.BEGIN:
		name := c.fresh("transaction")
		if !slices.Contains(c.transactions, name) || c.odd("the same again") {
			c.transactions = append(c.transactions, name)
			c.askable(frame.BEGIN, headers.Transaction, name)
		}
	case frame.COMMIT, frame.ABORT:
		if name := c.one("transaction", c.transactions); len(c.transactions) > 0 || c.odd("unknown") {
			c.askable(command, headers.Transaction, name)
			c.transactions = without(c.transactions, name)
		}
	case frame.ACK, frame.NACK:
		if c.version == frame.V10 && command == frame.NACK && !c.odd("NACK of 1.0") {
			command = frame.ACK
		}
		c.acknowledge(command)
	case frame.DISCONNECT:
		c.receipts = append(c.receipts, "bye")
		c.add(validate.Client, frame.DISCONNECT, headers.Receipt, "bye")
		c.closing = true
	case frame.MESSAGE:
		c.deliver()
	case frame.RECEIPT:
		if id := c.one("receipt", c.receipts); len(c.receipts) > 0 || c.odd("unknown") {
			c.add(validate.Server, frame.RECEIPT, headers.ReceiptID, id)
			c.receipts = without(c.receipts, id)
		}
	case frame.ERROR:
		pairs := []string{headers.Message, "no"}
		if c.bool("receipt of an ERROR") && (len(c.receipts) > 0 || c.odd("unknown")) {
			pairs = append(pairs, headers.ReceiptID, c.one("receipt", c.receipts))
		}
		c.add(validate.Server, frame.ERROR, pairs...)
		c.failed = true
	default: // of the handshake
		c.handshake()
	}
}

// within may add the transaction that a frame belongs to.
func (c *conversation) within(nameValue ...string) []string {
	if c.bool("in a transaction") && (len(c.transactions) > 0 || c.odd("no transaction")) {
		return append(nameValue, headers.Transaction, c.one("transaction", c.transactions))
	}
	return nameValue
}

// subscriptionName returns the header with which SUBSCRIBE and UNSUBSCRIBE name a
// subscription. "/s1" has no id.
func (c *conversation) subscriptionName(s string) []string {
	if c.anonymous(s) {
		return []string{headers.Destination, s}
	}
	return []string{headers.ID, s}
}

func (c *conversation) anonymous(s string) bool {
	return c.version == frame.V10 && len(s) > 0 && s[0] == '/'
}

func (c *conversation) subscribe() {
	s := c.fresh("subscription")
	if c.version == frame.V10 && c.bool("without id") {
		s = "/" + s
	}
	if slices.Contains(c.subscriptions, s) && c.version != frame.V10 && !c.odd("the same again") {
		return
	}
	pairs := c.subscriptionName(s)
	if !c.anonymous(s) {
		pairs = append(pairs, headers.Destination, "/queue/a")
	}
	modes := []string{"client", "client-individual", "auto"}
	if c.version == frame.V10 {
		modes = []string{"client", "auto"}
	}
	if c.bool("has a mode") {
		pairs = append(pairs, headers.Ack, c.pick("mode", modes...))
	}
	c.askable(frame.SUBSCRIBE, pairs...)
	c.subscriptions = append(without(c.subscriptions, s), s)
}

func (c *conversation) deliver() {
	if len(c.subscriptions) == 0 && !c.odd("no subscription") {
		return
	}
	d := delivery{subscription: c.one("subscription", c.subscriptions)}
	// Names of different subscriptions differ, or an ACK of 1.0 could mean
	// messages of several.
	d.name = "m" + strconv.Itoa(c.delivered) + d.subscription
	if c.delivered++; len(c.pending) > 0 && c.odd("delivered again") {
		d = c.pending[c.below(len(c.pending), "again")]
	}
	c.pending = append(c.pending, d)
	pairs := []string{headers.MessageID, d.name}
	if c.anonymous(d.subscription) {
		pairs = append(pairs, headers.Destination, d.subscription)
	} else {
		pairs = append(pairs, headers.Destination, "/queue/a", headers.Subscription, d.subscription)
	}
	if c.version == frame.V12 && !c.odd("no ack header") {
		pairs = append(pairs, headers.Ack, d.name)
	}
	c.add(validate.Server, frame.MESSAGE, pairs...)
}

func (c *conversation) acknowledge(command frame.Command) {
	d := delivery{"s0", "m0"}
	switch {
	case len(c.pending) > 0 && !c.odd("never delivered"):
		d = c.pending[c.below(len(c.pending), "message")]
	case !c.odd("nothing to acknowledge"):
		return
	}
	var pairs []string
	switch c.version {
	case frame.V10:
		pairs = []string{headers.MessageID, d.name}
	case frame.V11:
		pairs = []string{headers.MessageID, d.name, headers.Subscription, d.subscription}
	default:
		pairs = []string{headers.ID, d.name}
	}
	if !c.odd("acknowledged again") {
		c.pending = slices.DeleteFunc(c.pending, func(other delivery) bool { return other == d })
	}
	c.askable(command, c.within(pairs...)...)
}

// without returns a list without one element.
func without(list []string, s string) []string {
	if i := slices.Index(list, s); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}
