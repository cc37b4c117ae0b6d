package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stompwire/stomp/lab/interop/driver"
)

// A scenario is one column: what a peer does, and what has to come of it. It
// is written once; the drivers lend it their libraries.
type scenario struct {
	name  string
	since string // version of STOMP that has it first
	do    func(*cell)
}

var scenarios = []scenario{
	{"connect", "1.0", connect},
	{"login refused", "1.0", loginRefused},
	{"receipt", "1.0", receipt},
	{"text", "1.0", plainText},
	{"topic", "1.0", topic},
	{"UTF-8", "1.0", utf8Text},
	{"escapes", "1.1", escapes},
	{"escapes once", "1.1", escapesOnce},
	{"binary", "1.0", binary},
	{"1 MiB", "1.0", mebibyte},
	{"empty body", "1.0", emptyBody},
	{"ack auto", "1.0", ackAuto},
	{"ack client", "1.0", ackClient},
	{"ack client-individual", "1.1", ackIndividual},
	{"nack", "1.1", nack},
	{"redelivery", "1.0", redelivery},
	{"commit", "1.0", commit},
	{"abort", "1.0", abort},
	{"ack in transaction", "1.0", ackInTransaction},
	{"unsubscribe", "1.0", unsubscribe},
	{"heart-beats", "1.1", heartBeats},
}

// ofClient is for examples/client, which connects and subscribes again by itself.
var ofClient = append(append(slices.Clone(scenarios), scenario{"reconnect", "1.0", reconnect}), ownScenarios...)

// connect: the version that was offered is agreed, and the goodbye is orderly.
func connect(c *cell) {
	d := c.driver()
	a := d.must(d.login(passcode, [2]int{}))
	if a.Version != "" && a.Version != c.version {
		c.fatalf("version %q was agreed, %q offered", a.Version, c.version)
	}
	d.sync()
	d.must(driver.Command{Op: "disconnect"})
}

// loginRefused: a wrong passcode is an error at once, not a time-out, and the
// library says so.
func loginRefused(c *cell) {
	d := c.driver()
	a := d.ask(d.login("wrong", [2]int{}))
	if a.Error == "" || strings.Contains(a.Error, "in time") {
		c.fatalf("the library says %q", a.Error)
	}
}

func receipt(c *cell) {
	d := c.connect()
	for range 3 {
		d.sendReceipt(c.queue(), text("confirmed"))
	}
	d.subscribe(c.queue(), "auto")
	for range 3 {
		d.receive(c.queue(), text("confirmed"))
	}
}

// there sends a message through a queue and wants it back as it was.
func there(c *cell, m message) {
	d := c.connect()
	d.subscribe(c.queue(), "auto")
	d.send(c.queue(), m)
	d.receive(c.queue(), m)
	d.empty(c.queue())
}

func plainText(c *cell) {
	there(c, message{body: "hello, broker\nsecond line", headers: map[string]string{"content-type": "text/plain", "x-one": "1", "priority": "9"}})
}

// topic: all that have subscribed get each message, in order.
func topic(c *cell) {
	sender, other := c.connect(), c.connect()
	sender.subscribe(c.topic(), "auto")
	other.subscribe(c.topic(), "auto")
	for i := range 5 {
		sender.send(c.topic(), numbered(i))
	}
	for i := range 5 {
		sender.receive(c.topic(), numbered(i))
		other.receive(c.topic(), numbered(i))
	}
}

func utf8Text(c *cell) {
	there(c, message{body: "grüße, 日本 🚀", headers: map[string]string{"x-greeting": "grüße-日本-🚀"}})
}

func escapes(c *cell) {
	headers := map[string]string{"x-colon": "a:b:c", "x-feed": "line\nfeed", "x-slash": `back\slash`}
	if c.version == "1.2" {
		headers["x-return"] = "carriage\r\nreturn"
	}
	there(c, message{body: "escaped", headers: headers})
}

// escapesOnce: what is unescaped is not looked at again. A reader that replaces
// one escape after another makes a line feed of it.
func escapesOnce(c *cell) {
	there(c, message{body: "escaped", headers: map[string]string{"x-path": `C:\new\cat`}})
}

// binary: each byte there is, a NUL at the front and at the end.
func binary(c *cell) {
	octets := make([]byte, 0, 3*256+1)
	for i := range 3 * 256 {
		octets = append(octets, byte(i))
	}
	there(c, message{body: string(append(octets, 0)), binary: true, headers: map[string]string{"content-type": "application/octet-stream"}})
}

func mebibyte(c *cell) {
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "%d\x00\n:\xff", i)
	}
	there(c, message{body: b.String()[:1<<20], binary: true})
}

func emptyBody(c *cell) {
	there(c, message{headers: map[string]string{"x-empty": "yes"}})
}

// numbered returns the i-th of several messages.
func numbered(i int) message { return text("message " + strconv.Itoa(i)) }

// sendThree puts three messages into the cell's queue and receives them.
func sendThree(c *cell, ack string) (*connection, [3]int) {
	d := c.connect()
	d.subscribe(c.queue(), ack)
	var n [3]int
	for i := range n {
		d.send(c.queue(), numbered(i))
	}
	for i := range n {
		n[i] = d.receive(c.queue(), numbered(i))
	}
	return d, n
}

// left checks that after the connection is lost the queue has these of the
// three messages and no other.
func left(c *cell, d *connection, numbers ...int) {
	d.sync()
	d.kill()
	next := c.connect()
	next.subscribe(c.queue(), "auto")
	for _, i := range numbers {
		next.receive(c.queue(), numbered(i))
	}
	next.empty(c.queue())
}

// ackAuto: what was delivered counts as consumed.
func ackAuto(c *cell) {
	d, _ := sendThree(c, "auto")
	left(c, d)
}

// ackClient: an ACK is for the message and all before it. In 1.0, where the
// specification does not say so, it is for the message at least.
func ackClient(c *cell) {
	d, n := sendThree(c, "client")
	if c.version == "1.0" {
		d.ack(n[0])
	}
	d.ack(n[1])
	left(c, d, 2)
}

// ackIndividual: an ACK is for one message.
func ackIndividual(c *cell) {
	d, n := sendThree(c, "client-individual")
	d.ack(n[1])
	left(c, d, 0, 2)
}

// redelivery: what was not acknowledged is delivered again after the
// connection is lost.
func redelivery(c *cell) {
	d, _ := sendThree(c, "client")
	left(c, d, 0, 1, 2)
}

// nack: the message is delivered again, or goes where the broker puts what
// nobody wants.
func nack(c *cell) {
	m := message{body: "not wanted: " + c.unique, headers: map[string]string{"persistent": "true"}}
	d := c.connect()
	d.subscribe(c.queue(), "client-individual")
	d.send(c.queue(), m)
	n := d.receive(c.queue(), m)
	if c.target.deadLetters == "" {
		d.nack(n)
		d.ack(d.receive(c.queue(), m))
		left(c, d)
		return
	}
	d.nack(n)
	left(c, d)
	letters := c.connect()
	letters.subscribe(c.target.deadLetters, "client-individual")
	// Other cells put theirs there too, and do not acknowledge that of others.
	for {
		got := letters.must(driver.Command{Op: "receive", Timeout: int(patience / time.Millisecond / 2)}).Message
		if got == nil {
			c.fatalf("not among the dead letters")
		}
		if string(got.Body) == m.body {
			return
		}
	}
}

// commit: nothing is delivered before, all after, in order.
func commit(c *cell) {
	d := c.connect()
	d.subscribe(c.queue(), "auto")
	d.begin("tx-1")
	for i := range 3 {
		d.sendIn("tx-1", c.queue(), numbered(i))
	}
	d.empty(c.queue())
	d.commit("tx-1")
	for i := range 3 {
		d.receive(c.queue(), numbered(i))
	}
	d.empty(c.queue())
}

func abort(c *cell) {
	d := c.connect()
	d.subscribe(c.queue(), "auto")
	d.begin("tx-1")
	d.sendIn("tx-1", c.queue(), text("never"))
	d.abort("tx-1")
	d.sync()
	d.empty(c.queue())
}

// ackInTransaction: an ACK counts when its transaction is committed, and not
// when it is aborted.
func ackInTransaction(c *cell) {
	mode := "client-individual"
	if c.version == "1.0" {
		mode = "client"
	}
	d := c.connect()
	d.subscribe(c.queue(), mode)
	d.send(c.queue(), numbered(0))
	n := d.receive(c.queue(), numbered(0))
	d.begin("tx-1")
	d.ackIn("tx-1", n)
	d.abort("tx-1")
	d.sync()
	d.kill()

	d = c.connect()
	d.subscribe(c.queue(), mode)
	n = d.receive(c.queue(), numbered(0))
	d.begin("tx-2")
	d.ackIn("tx-2", n)
	d.commit("tx-2")
	left(c, d)
}

// unsubscribe: what is sent afterwards stays in the queue.
func unsubscribe(c *cell) {
	d := c.connect()
	d.subscribe(c.queue(), "auto")
	d.send(c.queue(), numbered(0))
	d.receive(c.queue(), numbered(0))
	d.must(driver.Command{Op: "unsubscribe", ID: "sub-1", Destination: c.queue()})
	d.sync()
	d.sendReceipt(c.queue(), numbered(1))
	next := c.connect()
	next.subscribe(c.queue(), "auto")
	next.receive(c.queue(), numbered(1))
	next.empty(c.queue())
}

// heartBeats: they flow both ways while nothing else does, and the connection
// is usable afterwards.
func heartBeats(c *cell) {
	p := c.through()
	d := c.driver()
	d.must(d.login(passcode, [2]int{2000, 2000}))
	d.subscribe(c.queue(), "auto")
	p.reset()
	d.must(driver.Command{Op: "idle", Timeout: 8000})
	up, down := p.flowed()
	if up.octets == 0 || down.octets == 0 {
		c.fatalf("in 8 s the peer sent %s, the broker %s", plural(up.octets, "byte"), plural(down.octets, "byte"))
	}
	// Over WebSocket each is a frame with a head, over TCP a line feed and no more.
	if !c.peer.ws && (up.octets != up.linefeeds || down.octets != down.linefeeds) {
		c.fatalf("more than line feeds came")
	}
	d.empty(c.queue())
}

// reconnect: when the network fails under it, the client comes back, subscribes
// as before, and gets again what it had not acknowledged.
func reconnect(c *cell) {
	p := c.through()
	d := c.driver()
	command := d.login(passcode, [2]int{})
	command.Reconnect = true
	d.must(command)
	d.subscribe(c.queue(), "client")
	d.send(c.queue(), numbered(0))
	d.receive(c.queue(), numbered(0))
	p.cut()
	d.ack(d.receive(c.queue(), numbered(0)))
	d.send(c.queue(), numbered(1))
	d.ack(d.receive(c.queue(), numbered(1)))
	left(c, d)
}
