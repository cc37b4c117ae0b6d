package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

const statsHelp = `
Counts what is in a stream or capture, in any form that "stomp decode" reads:
frames, bytes and sizes, by command and by destination. For a capture it also
measures times: rates; the longest silence of each side; the time from a frame
that asks for a receipt to its RECEIPT, from MESSAGE to ACK or NACK, and from
CONNECT to CONNECTED; and how many frames and messages still wait for a receipt
or an acknowledgment at the end.

The time of a frame is that of its last byte. The bytes of a frame are those from
its command to its NUL. Times are those of the machine that made the capture: if
that was near the client, the latencies include the way to the server and back.
The median, 90 % and 99 % are exact to 3 percent.

-command, -destination and similar flags choose the frames that are counted, as
in decode. Latencies need the frames of both sides.

-o text prints a table, -o json one object with the same figures.

stats holds in memory at most 10000 destinations, after which the others are
counted together, and for each open connection at most 16384 receipts and 16384
messages.
`

func statsCommand() *command {
	return &command{
		name:    "stats",
		args:    "[flags] [FILE]",
		summary: "count frames, bytes and times of a stream or capture",
		help:    statsHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			c := &counting{readFlags: declareReadFlags(fs), form: "text", top: 20}
			fs.Func("o", "output `format`: text or json; default text", c.setForm)
			fs.Func("top", "show `N` destinations in text, default 20", func(s string) (err error) {
				if c.top, err = strconv.Atoi(s); err != nil || c.top < 0 {
					return errors.New("want a number")
				}
				return nil
			})
			fs.BoolVar(&c.resync, "resync", false, "after an error or a gap, continue with what looks like the next frame")
			c.choice.declareFrames(fs)
			c.choice.declareConnections(fs)
			return c.run
		},
	}
}

// counting is a call of stats.
type counting struct {
	*readFlags
	form   string
	top    int
	resync bool
	choice choice
}

func (c *counting) setForm(s string) error {
	if s != "text" && s != "json" {
		return errors.New("want text or json")
	}
	c.form = s
	return nil
}

func (c *counting) run(e *env, args []string) error {
	in, err := e.openCapture(args)
	if err != nil {
		return err
	}
	defer in.close()
	stop := e.watch(in, c.quiet, true)
	defer stop()
	format, err := in.recognize()
	if err != nil {
		return err
	}
	if err := c.choice.want(format, c.allow); err != nil {
		return err
	}
	out := bufio.NewWriter(e.stdout)
	k := newCount(c, e)
	if format == capture.Raw {
		err = c.stream(e, in, k)
	} else {
		var summary *capture.Summary
		if summary, err = in.conversations(format, &c.choice, k, out); err == nil {
			e.others(summary, &c.choice, "stats", c.quiet)
		}
	}
	if c.form == "json" {
		k.json(out)
	} else {
		k.text(out, c.top)
	}
	if err == nil && k.bad {
		err = errBroken
	}
	return finish(out, err)
}

// stream counts the stream of one side.
func (c *counting) stream(e *env, in *input, k *count) error {
	side := &countedSide{count: k, talk: &countedTalk{count: k}}
	ses := newSession(c.version, func(frame.Version, string) {})
	s := newStream(c.options(), ses, c.choice.choose(side, nil, nil))
	if c.resync {
		s.resync = func(err error) { k.trouble(in.parseError(err).Error()) }
	}
	s.ahead = func() []byte { return in.ahead() }
	err := in.chunks(c.chunk, func(chunk []byte, _ bool) error {
		k.sides[0].bytes += int64(len(chunk))
		return in.parseError(s.write(chunk))
	})
	if err == nil {
		err = in.parseError(s.finish())
	}
	return err
}

// A count is what was counted.
type count struct {
	c             *counting
	e             *env
	timed         bool // there are times
	conversations int
	begun         time.Time // the first and the last time, where dates are known
	ended         time.Time
	seconds       time.Duration // of all conversations without dates
	sides         [2]sideCount  // by role; of one stream all is in the first
	commands      map[commandKey]*sizes
	destinations  map[string]*destination
	latencies     [3]histogram // by kind
	noReceipt     int64        // frames that wait for a receipt at the end
	noAck         int64        // messages that wait for an acknowledgment at the end
	forgotten     int64        // receipts and messages that were too many
	second        int64        // in progress, for the busiest one
	inSecond      int64
	busiest       int64
	bad           bool // something could not be read
}

// Kinds of latencies.
const (
	toConnected = iota
	toReceipt
	toAck
)

var latencyNames = [...]struct{ text, json string }{
	{"CONNECT to CONNECTED", "connect_to_connected"}, {"frame to RECEIPT", "frame_to_receipt"}, {"MESSAGE to ACK", "message_to_ack"},
}

type sideCount struct {
	frames, bytes, beats int64
	silence              time.Duration // the longest
	conn                 int           // where it was
	at                   time.Duration // since when
}

type commandKey struct {
	from    validate.Role
	command frame.Command
}

// sizes are those of frames.
type sizes struct{ frames, bytes, largest int64 }

func (s *sizes) add(n int64) {
	s.frames++
	s.bytes += n
	s.largest = max(s.largest, n)
}

type destination struct {
	sent, delivered sizes
	subscribed      int64
}

const (
	maxDestinations = 10000
	maxPending      = 16384
	otherNames      = "(others)"
)

func newCount(c *counting, e *env) *count {
	return &count{c: c, e: e, commands: map[commandKey]*sizes{}, destinations: map[string]*destination{}}
}

func (k *count) trouble(text string) {
	k.bad = true
	fmt.Fprintf(k.e.stderr, "stomp stats: %s\n", strings.TrimPrefix(text, "stomp: "))
}

// countedTalk is a conversation in progress.
type countedTalk struct {
	count      *count
	conn       *capture.Conn
	talk       *talk
	last       [2]time.Duration // that a side sent something
	connect    time.Duration    // when CONNECT came, if connecting
	connecting bool
	receipts   map[string]time.Duration // asked for
	modes      map[string]string        // of acknowledgment, by subscription
	messages   []pendingMessage         // that wait for acknowledgment, in order
}

type pendingMessage struct {
	id, subscription string
	at               time.Duration
}

func (k *count) Open(conn *capture.Conn) error {
	t := &countedTalk{count: k, conn: conn, receipts: map[string]time.Duration{}, modes: map[string]string{}}
	var sinks [2]sink
	for i := range sinks {
		from := validate.Role(i)
		sinks[i] = nothing{}
		if len(k.c.choice.sides) == 0 || slices.Contains(k.c.choice.sides, from) {
			side := &countedSide{count: k, talk: t, from: from}
			sinks[i] = k.c.choice.choose(side, conn, func() time.Duration { return t.talk.sides[from].at })
		}
	}
	t.talk = newTalk(conn, k.c.readFlags, k.c.resync, sinks, func(from validate.Role, err error) { k.told(conn, from, err) })
	conn.User = t
	k.timed = true
	k.conversations++
	if !conn.Began.IsZero() && (k.begun.IsZero() || conn.Began.Before(k.begun)) {
		k.begun = conn.Began
	}
	return nil
}

func (k *count) told(conn *capture.Conn, from validate.Role, err error) {
	k.trouble(located(conn, from, err))
}

func (k *count) Data(conn *capture.Conn, from validate.Role, at time.Time, b []byte) error {
	t := conn.User.(*countedTalk)
	t.silent(from, at.Sub(conn.Began))
	k.sides[from].bytes += int64(len(b))
	if err := t.talk.data(from, at, b); err != nil {
		k.told(conn, from, err)
	}
	return nil
}

// silent takes that a side sends something, or that the conversation ends.
func (t *countedTalk) silent(from validate.Role, at time.Duration) {
	if s := &t.count.sides[from]; at-t.last[from] > s.silence {
		s.silence, s.conn, s.at = at-t.last[from], t.conn.Number, t.last[from]
	}
	t.last[from] = at
}

func (k *count) Lost(conn *capture.Conn, from validate.Role, at time.Time, n int, why string) error {
	if err := conn.User.(*countedTalk).talk.lost(from, at, n, why); err != nil {
		k.told(conn, from, err)
	}
	return nil
}

func (k *count) Say(*capture.Conn, validate.Role, time.Time, string) error { return nil }

func (k *count) Closed(conn *capture.Conn, at time.Time) error {
	t := conn.User.(*countedTalk)
	conn.User = nil
	t.talk.finish(func(from validate.Role, err error) { k.told(conn, from, err) })
	since := at.Sub(conn.Began)
	for i := range t.last {
		t.silent(validate.Role(i), since)
	}
	if conn.Began.IsZero() {
		k.seconds += since
	} else if at.After(k.ended) {
		k.ended = at
	}
	k.noReceipt += int64(len(t.receipts))
	k.noAck += int64(len(t.messages))
	return nil
}

func (k *count) Note(note string) {
	if !k.c.quiet {
		fmt.Fprintf(k.e.stderr, "stomp stats: %s\n", note)
	}
}

// countedSide is the sink of one side.
type countedSide struct {
	count   *count
	talk    *countedTalk
	from    validate.Role
	offset  int64
	command frame.Command
	dest    *destination
	done    func(at time.Duration) // when the frame is complete
}

func (s *countedSide) eol(int64, []byte, parser.Allow)   {}
func (s *countedSide) gap(int64, []byte)                 {}
func (s *countedSide) gapEnd(g gap)                      { s.count.sides[s.from].beats += g.beats }
func (s *countedSide) body(int64, []byte)                {}
func (s *countedSide) skipped(int64, int64, int64)       {}
func (s *countedSide) fail(*parser.Error, int64, []byte) {}

func (s *countedSide) head(offset int64, v frame.Version, ev parser.Event) {
	h := ev.Head
	known, ok := frame.LookupCommand(h.Command)
	if !ok {
		known = other
	}
	s.offset, s.command, s.dest = offset, known, nil
	if d, ok := h.Headers.Get(headers.Destination); ok {
		s.dest = s.count.destination(string(d))
	}
	s.done = s.talk.learn(s.from, v, h)
}

func (s *countedSide) end(offset int64, _ parser.Allow) {
	k := s.count
	size := offset + 1 - s.offset
	k.sides[s.from].frames++
	key := commandKey{s.from, s.command}
	if k.commands[key] == nil {
		k.commands[key] = new(sizes)
	}
	k.commands[key].add(size)
	if s.dest != nil {
		switch s.command {
		case frame.SEND:
			s.dest.sent.add(size)
		case frame.MESSAGE:
			s.dest.delivered.add(size)
		case frame.SUBSCRIBE:
			s.dest.subscribed++
		}
	}
	if s.talk.conn == nil {
		return
	}
	at := s.talk.talk.sides[s.from].at
	if second := s.talk.conn.Began.Add(at).Unix(); second != k.second {
		k.second, k.inSecond = second, 0
	}
	k.inSecond++
	k.busiest = max(k.busiest, k.inSecond)
	if s.done != nil {
		s.done(at)
	}
}

// destination returns the count of a destination.
func (k *count) destination(name string) *destination {
	d := k.destinations[name]
	if d == nil {
		if len(k.destinations) >= maxDestinations {
			name = otherNames
			if d = k.destinations[name]; d != nil {
				return d
			}
		}
		d = new(destination)
		k.destinations[name] = d
	}
	return d
}

// learn returns what is to be done about a frame once it is complete, nil for
// nothing.
func (t *countedTalk) learn(from validate.Role, v frame.Version, h frame.Head) func(at time.Duration) {
	if t.conn == nil {
		return nil
	}
	get := func(name string) string {
		b, _ := h.Headers.Get(name)
		return string(b)
	}
	if from == validate.Server {
		switch h.Command {
		case frame.CONNECTED:
			return func(at time.Duration) {
				if t.connecting {
					t.connecting = false
					t.count.latencies[toConnected].add(at - t.connect)
				}
			}
		case frame.RECEIPT:
			id := get(headers.ReceiptID)
			return func(at time.Duration) {
				if asked, ok := t.receipts[id]; ok {
					delete(t.receipts, id)
					t.count.latencies[toReceipt].add(at - asked)
				}
			}
		case frame.MESSAGE:
			return t.message(v, get)
		}
		return nil
	}
	var more func(at time.Duration)
	switch h.Command {
	case frame.CONNECT, frame.STOMP:
		more = func(at time.Duration) { t.connecting, t.connect = true, at }
	case frame.SUBSCRIBE:
		if len(t.modes) < maxPending {
			t.modes[get(headers.ID)] = get(headers.Ack)
		}
	case frame.UNSUBSCRIBE:
		delete(t.modes, get(headers.ID))
	case frame.ACK, frame.NACK:
		id := get(headers.MessageID)
		if v == frame.V12 {
			id = get(headers.ID)
		}
		more = func(at time.Duration) { t.acknowledge(id, at) }
	}
	receipt := get(headers.Receipt)
	if receipt == "" || len(t.receipts) >= maxPending {
		if receipt != "" {
			t.count.forgotten++
		}
		return more
	}
	return func(at time.Duration) {
		t.receipts[receipt] = at
		if more != nil {
			more(at)
		}
	}
}

// message remembers a message that wants to be acknowledged.
func (t *countedTalk) message(v frame.Version, get func(string) string) func(at time.Duration) {
	m := pendingMessage{id: get(headers.MessageID), subscription: get(headers.Subscription)}
	if v == frame.V12 {
		m.id = get(headers.Ack)
	}
	mode, known := t.modes[m.subscription]
	switch {
	case m.id == "", known && (mode == "" || mode == "auto"), !known && v != frame.V12:
		return nil
	}
	return func(at time.Duration) {
		if len(t.messages) >= maxPending {
			t.messages = t.messages[1:]
			t.count.forgotten++
		}
		m.at = at
		t.messages = append(t.messages, m)
	}
}

// acknowledge takes what an acknowledgment says: about one message, or about all
// of a subscription up to it.
func (t *countedTalk) acknowledge(id string, at time.Duration) {
	i := slices.IndexFunc(t.messages, func(m pendingMessage) bool { return m.id == id })
	if i < 0 {
		return
	}
	m := t.messages[i]
	t.count.latencies[toAck].add(at - m.at)
	if t.modes[m.subscription] != "client" {
		t.messages = slices.Delete(t.messages, i, i+1)
		return
	}
	rest := slices.DeleteFunc(slices.Clone(t.messages[:i+1]), func(other pendingMessage) bool {
		if other.subscription == m.subscription && other.id != id {
			t.count.latencies[toAck].add(at - other.at)
		}
		return other.subscription == m.subscription
	})
	t.messages = append(rest, t.messages[i+1:]...)
}
