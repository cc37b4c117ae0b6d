package conform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A conn is a connection of a script. The goroutine that reads turns what comes
// into events; everything else is the script's.
type conn struct {
	s       *script
	n       int
	link    link
	events  chan event
	version frame.Version
	serves  frame.Version // to a client

	inbox []*frame.Frame // MESSAGE frames that came while the script waited for something else
	ended *event         // the end of the connection, once it has come
	last  *frame.Frame   // the last ERROR
	other *conn          // that sends in its place, see sender

	mu       sync.Mutex
	received []byte // everything
	judge    *judge // of the conversation, nil for none
}

// An event is something that came from the peer.
type event struct {
	frame *frame.Frame
	beat  bool  // end of lines, between frames
	end   error // the connection has ended
	bad   error // what came is no frame
	at    time.Time
}

// read makes events until the connection ends.
func (c *conn) read() {
	defer close(c.events)
	lenient := parser.Options{Allow: parser.AllowAll, Limits: parser.Limits{Body: 1 << 28, Head: 1 << 22, HeaderLine: 1 << 22, Headers: 1 << 16}}
	a := parser.NewAssembler(lenient)
	buffer := make([]byte, 1<<16)
	for {
		n, err := c.link.Read(buffer)
		at := time.Now()
		if n > 0 {
			chunk := buffer[:n]
			c.s.trace.add(c.n, "receives", chunk, "")
			c.mu.Lock()
			c.received = append(c.received, chunk...)
			c.mu.Unlock()
			if _, inside := a.FrameStart(); !inside && len(bytes.Trim(chunk, "\r\n")) == 0 {
				c.events <- event{beat: true, at: at}
			}
			for len(chunk) > 0 {
				v, n, whole, bad := a.Next(chunk)
				if bad != nil {
					c.events <- event{bad: bad, at: at}
					return
				}
				chunk = chunk[n:]
				if !whole {
					continue
				}
				f := v.Clone()
				switch f.Command {
				case frame.CONNECTED:
					version, _ := f.AgreedVersion()
					a.SetVersion(version)
				case frame.CONNECT, frame.STOMP:
					a.SetVersion(c.serves)
				}
				c.judged(validate.Server, f)
				c.events <- event{frame: f, at: at}
			}
		}
		if err != nil {
			c.s.trace.add(c.n, "ends:", nil, ending(err))
			c.events <- event{end: err, at: at}
			return
		}
	}
}

// ending says in a few words how a connection ended.
func ending(err error) string {
	var status websocket.CloseError
	switch {
	case errors.As(err, &status):
		return fmt.Sprintf("closed by the peer, status %d %s", int(status.Code), status.Reason)
	case errors.Is(err, io.EOF):
		return "closed by the peer"
	case strings.Contains(err.Error(), "reset"):
		return "reset by the peer"
	case strings.Contains(err.Error(), "use of closed"), strings.Contains(err.Error(), "canceled"):
		return "closed by the probe"
	}
	return err.Error()
}

// raw sends bytes as they are, in one write.
func (c *conn) raw(s string) {
	c.s.trace.add(c.n, "sends", []byte(s), "")
	if _, err := c.link.Write([]byte(s)); err != nil {
		c.s.trace.add(c.n, "cannot send:", nil, ending(err))
	}
}

// apart is the pause between writes that the peer is to read one by one.
const apart = 500 * time.Microsecond

// slices sends bytes in pieces, each in a write of its own.
func (c *conn) slices(pieces ...string) {
	for _, p := range pieces {
		c.raw(p)
		time.Sleep(apart)
	}
}

// bytewise sends each byte in a write of its own.
func (c *conn) bytewise(text string) {
	for i := range len(text) {
		c.slices(text[i : i+1])
	}
}

// send sends a frame, in which names are replaced as script.fill does.
func (c *conn) send(text string) {
	text = c.s.fill(text)
	if c.judge != nil {
		c.judgeOwn(text)
	}
	c.raw(text)
}

// close hangs up.
func (c *conn) close() { c.link.hangUp() }

// next returns the next event, or none when the time is over.
func (c *conn) next(t time.Duration) (event, bool) {
	if c.ended != nil {
		return *c.ended, true
	}
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case e, more := <-c.events:
		if !more { // after bad bytes
			e.end = io.EOF
		}
		if e.end != nil {
			c.ended = &e
		}
		return e, true
	case <-timer.C:
		return event{}, false
	}
}

// until waits for an event that the script wants. Anything else that comes is an
// outcome: ERROR, the end, bytes that are no frame. Messages are put into the
// inbox. When nothing comes, it asks for a receipt on the same connection: once
// the peer has answered that, and a margin has passed, it will not come any more.
func (c *conn) until(want func(event) bool) (event, Outcome) { return c.await(want, "") }

// await is until, with the receipt that has been asked for already, if any.
func (c *conn) await(want func(event) bool, ping string) (event, Outcome) {
	wait := c.s.margin
	if ping != "" {
		wait = c.s.patience
	}
	begun := time.Now() // of the wait, which heart-beats do not prolong
	for {
		e, came := c.next(time.Until(begun.Add(wait)))
		switch {
		case !came && c.s.deaf && c.version != frame.Unnegotiated:
			return e, outcome(Ignored, "nothing came within %v", wait.Round(time.Millisecond))
		case !came && ping == "" && c.version != frame.Unnegotiated:
			ping = c.ping()
			begun, wait = time.Now(), c.s.patience
			continue
		case !came && ping == "" && wait < c.s.patience:
			begun, wait = time.Now(), c.s.patience
			continue
		case !came && ping == "answered":
			return e, outcome(Ignored, "nothing came, while later frames were answered")
		case !came:
			return e, outcome(Silent, "nothing came within %v", (c.s.margin + c.s.patience).Round(time.Millisecond))
		case want(e):
			return e, ok
		case e.end != nil:
			return e, outcome(Closed, "%s", ending(e.end))
		case e.bad != nil:
			return e, outcome(Malformed, "%v", e.bad)
		case e.frame == nil: // a heart-beat
		case e.frame.Command == frame.ERROR:
			c.last = e.frame
			return e, outcome(Errored, "ERROR %q", e.frame.Headers.Value(headers.Message))
		case e.frame.Command == frame.MESSAGE:
			c.inbox = append(c.inbox, e.frame)
			begun = time.Now()
		case e.frame.Command == frame.RECEIPT && ping != "" && e.frame.Headers.Value(headers.ReceiptID) == ping:
			ping = "answered"
			begun, wait = time.Now(), c.s.margin
		}
	}
}

// ping sends a frame that every peer answers, and returns the receipt that it
// asks for.
func (c *conn) ping() string {
	id := c.s.unique("ping")
	c.send("SEND\ndestination:" + c.s.escape(c.s.Topic+c.s.Run.id+"-ping", c.version) + "\nreceipt:" + id + "\n\n\x00")
	return id
}

// of makes a condition of a command.
func of(command frame.Command) func(event) bool {
	return func(e event) bool { return e.frame != nil && e.frame.Command == command }
}

// receipt waits for a RECEIPT.
func (c *conn) receipt(id string) Outcome {
	_, o := c.until(func(e event) bool {
		return e.frame != nil && e.frame.Command == frame.RECEIPT && e.frame.Headers.Value(headers.ReceiptID) == id
	})
	if o.Kind == OK {
		return outcome(Accepted, "RECEIPT")
	}
	return o
}

// ask sends frames, of which one has "$R" for its receipt header, and returns what
// came of that.
func (c *conn) ask(text string) Outcome {
	id := c.s.unique("r")
	before, _, _ := strings.Cut(text, "$R")
	c.s.asked, _, _ = strings.Cut(before[strings.LastIndex(before, "\x00")+1:], "\n")
	c.send(strings.ReplaceAll(text, "$R", "receipt:"+id))
	return c.receipt(id)
}

// took reports whether an outcome of ask says that the peer has taken the frame, as
// far as that can be seen.
func (c *conn) took(o Outcome) bool {
	return o.Kind == Accepted || o.Kind == Ignored && c.s.receiptless() != ""
}

// receiptless says for what the peer gives no receipts, of what the script has
// asked for last; "" if it does.
func (s *script) receiptless() string {
	if s.deaf {
		return "SEND"
	}
	if _, mute := s.mute.Load(s.asked); mute {
		return s.asked
	}
	return ""
}

// must is ask for a step that a probe needs first. A peer that gives no receipt
// for the frame, but answers later ones, has taken it.
func (c *conn) must(text string) {
	command, _, _ := strings.Cut(text, "\n")
	if _, mute := c.s.mute.Load(command); mute {
		// It would be waited for in vain each time.
		c.send(strings.ReplaceAll(text, "$R", "receipt:"+c.s.unique("r")))
		if o := c.receipt(c.ping()); o.Kind != Accepted && o.Kind != Ignored {
			c.s.block("%s failed first, %v", command, o)
		}
		return
	}
	if o := c.ask(text); o.Kind != Accepted && o.Kind != Ignored {
		c.s.block("%s failed first, %v", command, o)
	} else if o.Kind == Ignored {
		c.s.mute.Store(command, true)
	}
}

// subscribe subscribes, and waits until the peer has done it.
func (c *conn) subscribe(id, destination, mode string) {
	more := ""
	if mode != "" {
		more = "ack:" + mode + "\n"
	}
	c.must("SUBSCRIBE\nid:" + id + "\n" + c.s.header(destination, c.version) + more + "$R\n\n\x00")
}

// publish sends a message with a body, without asking for a receipt.
func (c *conn) publish(destination, body string) {
	c.sender().send("SEND\n" + c.s.header(destination, c.version) + "\n" + body + "\x00")
}

// sender returns the connection that sends what this one is to get: itself,
// unless the peer delivers nothing to who has sent it.
func (c *conn) sender() *conn {
	if !c.s.apart {
		return c
	}
	if c.other == nil {
		c.other = c.s.connect(c.version)
	}
	return c.other
}

// message waits for the next MESSAGE.
func (c *conn) message() (*frame.Frame, Outcome) {
	if len(c.inbox) > 0 {
		f := c.inbox[0]
		c.inbox = c.inbox[1:]
		return f, ok
	}
	e, o := c.until(of(frame.MESSAGE))
	if o.Kind == OK {
		return e.frame, ok
	}
	// It may have come before the receipt that was waited for.
	if len(c.inbox) > 0 {
		return c.message()
	}
	return nil, o
}

// needMessage is message for a step that a probe needs first.
func (c *conn) needMessage() *frame.Frame {
	f, o := c.message()
	if f == nil {
		c.s.block("no MESSAGE came, %v", o)
	}
	return f
}

// quiet returns the bodies of all messages that come until nothing has come for
// a margin after a receipt.
func (c *conn) quiet() ([]*frame.Frame, Outcome) {
	_, o := c.await(func(event) bool { return false }, c.ping())
	got := c.inbox
	c.inbox = nil
	if o.Kind == Ignored {
		o = ok
	}
	return got, o
}

// end waits for the end of the connection, and reports whether it came. Frames
// that come before are returned.
func (c *conn) end() (came bool, frames []*frame.Frame) {
	deadline := time.Now().Add(max(2*c.s.margin, c.s.closing))
	for {
		e, some := c.next(time.Until(deadline))
		switch {
		case !some:
			return false, frames
		case e.end != nil:
			return true, frames
		case e.frame != nil:
			frames = append(frames, e.frame)
		}
	}
}

// ack returns the ACK or NACK of a message, with "$R" for a receipt.
func (c *conn) ack(command string, m *frame.Frame, more ...string) string {
	value := func(name string) string { return c.s.escape(m.Headers.Value(name), c.version) }
	b := command + "\n"
	switch c.version {
	case frame.V12:
		if _, has := m.Headers.Get(headers.Ack); !has {
			c.s.block("the MESSAGE has no ack header")
		}
		b += "id:" + value(headers.Ack) + "\n"
	case frame.V11:
		b += "subscription:" + value(headers.Subscription) + "\nmessage-id:" + value(headers.MessageID) + "\n"
	default:
		b += "message-id:" + value(headers.MessageID) + "\n"
	}
	return b + strings.Join(more, "\n") + "\n\n\x00"
}

// all returns everything that has come.
func (c *conn) all() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.received)
}

func bodies(frames []*frame.Frame) string {
	var all []string
	for _, f := range frames {
		all = append(all, string(f.Body))
	}
	return strings.Join(all, ",")
}

// leave says goodbye, waits for the answer and hangs up.
func (c *conn) leave() {
	c.ask("DISCONNECT\n$R\n\n\x00")
	c.close()
}

func printable(b []byte) string {
	if len(b) > 60 {
		return fmt.Sprintf("%+q... (%d bytes)", b[:60], len(b))
	}
	return fmt.Sprintf("%+q", b)
}
