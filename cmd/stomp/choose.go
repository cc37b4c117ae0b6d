package main

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
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

// choice is which frames of which connections are shown or counted. What is given
// more than once of one kind is an or, different kinds are an and.
type choice struct {
	conns         capture.Options
	commands      []frame.Command
	destinations  []string // patterns
	subscriptions []string
	headers       []headerChoice
	sides         []validate.Role
	since, until  moment
	noBeats       bool
}

// A headerChoice chooses frames by a header.
type headerChoice struct {
	name    string
	value   string // a pattern
	present bool   // any value will do
}

// declareConnections declares the flags that choose connections of a capture.
func (c *choice) declareConnections(fs *flag.FlagSet) {
	fs.Func("connection", "only connection `N` of a capture, as numbered in the output, or several, separated by commas", c.addNumbers)
	fs.Func("port", "only connections of a capture with this TCP `port` at one end", c.addPort)
	fs.Func("host", "only connections of a capture with this IP `address`, or address:port, at one end", c.addHost)
}

// declareFrames declares the flags that choose frames.
func (c *choice) declareFrames(fs *flag.FlagSet) {
	fs.Func("command", "only frames with these `commands`, separated by commas", c.addCommands)
	fs.Func("destination", "only frames whose destination matches `pattern`, in which * stands for anything", func(s string) error {
		c.destinations = append(c.destinations, s)
		return nil
	})
	fs.Func("subscription", "only frames of the subscription with this `ID`", func(s string) error {
		c.subscriptions = append(c.subscriptions, s)
		return nil
	})
	fs.Func("header", "only frames with header `name`, or name=pattern", c.addHeader)
	fs.BoolVar(&c.noBeats, "no-heart-beats", false, "leave out heart-beats")
	fs.Func("from", "only what one `side` of a capture sent: client or server", c.addSide)
	fs.Func("since", "only from this `time` on: seconds since the connection began (90 or 1m30s), a time of day (15:04:05) or an RFC 3339 time", c.since.set)
	fs.Func("until", "only up to this `time`, in the same forms", c.until.set)
}

func (c *choice) addNumbers(s string) error {
	for word := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return errors.New("want a number from 1 on")
		}
		c.conns.Numbers = append(c.conns.Numbers, n)
	}
	return nil
}

func (c *choice) addPort(s string) error {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return errors.New("want a number from 1 to 65535")
	}
	c.conns.Ports = append(c.conns.Ports, uint16(n))
	return nil
}

func (c *choice) addHost(s string) error {
	if a, err := netip.ParseAddr(s); err == nil {
		c.conns.Hosts = append(c.conns.Hosts, a)
		return nil
	}
	e, err := netip.ParseAddrPort(s)
	if err != nil {
		return errors.New("want an IP address, or an IP address and a port")
	}
	c.conns.Ends = append(c.conns.Ends, e)
	return nil
}

func (c *choice) addCommands(s string) error {
	for word := range strings.SplitSeq(s, ",") {
		if word == "" {
			return errors.New("want commands")
		}
		c.commands = append(c.commands, frame.Command(strings.ToUpper(word)))
	}
	return nil
}

func (c *choice) addHeader(s string) error {
	name, value, given := strings.Cut(s, "=")
	if name == "" {
		return errors.New("want name, or name=pattern")
	}
	c.headers = append(c.headers, headerChoice{name, value, !given})
	return nil
}

func (c *choice) addSide(s string) error {
	side, err := parseSide(s)
	if err == nil {
		c.sides = append(c.sides, side)
	}
	return err
}

func parseSide(s string) (validate.Role, error) {
	switch s {
	case "client":
		return validate.Client, nil
	case "server":
		return validate.Server, nil
	}
	return 0, errors.New("want client or server")
}

// needsCapture returns the flag that was given and needs a capture, "" for none.
func (c *choice) needsCapture() string {
	switch {
	case len(c.conns.Numbers) > 0:
		return "-connection"
	case len(c.conns.Ports) > 0:
		return "-port"
	case len(c.conns.Hosts)+len(c.conns.Ends) > 0:
		return "-host"
	case len(c.sides) > 0:
		return "-from"
	case c.since.given():
		return "-since"
	case c.until.given():
		return "-until"
	}
	return ""
}

// byFrame reports whether frames are chosen by what is in them.
func (c *choice) byFrame() bool {
	return len(c.commands)+len(c.destinations)+len(c.subscriptions)+len(c.headers) > 0
}

// has reports whether a frame is chosen by what is in it.
func (c *choice) has(h frame.Head) bool {
	get := func(name string) (string, bool) {
		v, ok := h.Headers.Get(name)
		return string(v), ok
	}
	if len(c.commands) > 0 && !slices.Contains(c.commands, h.Command) {
		return false
	}
	if len(c.destinations) > 0 {
		d, ok := get(headers.Destination)
		if !ok || !slices.ContainsFunc(c.destinations, func(p string) bool { return matches(p, d) }) {
			return false
		}
	}
	if len(c.subscriptions) > 0 {
		name := headers.Subscription
		if h.Command == frame.SUBSCRIBE || h.Command == frame.UNSUBSCRIBE {
			name = headers.ID
		}
		if id, ok := get(name); !ok || !slices.Contains(c.subscriptions, id) {
			return false
		}
	}
	for _, want := range c.headers {
		if v, ok := get(want.name); !ok || !want.present && !matches(want.value, v) {
			return false
		}
	}
	return true
}

// matches reports whether s matches a pattern, in which * stands for anything.
func matches(pattern, s string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, first)
	if !ok {
		return false
	}
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, rest = s[i+len(part):], more
	}
}

// A moment is a time that the user gave: since a connection began, a time of day,
// or a time.
type moment struct {
	kind   int
	offset time.Duration
	at     time.Time
}

const (
	noMoment = iota
	sinceBegin
	timeOfDay
	absolute
)

func (m *moment) given() bool { return m.kind != noMoment }

// dated reports whether the moment is one of the calendar or the clock.
func (m *moment) dated() bool { return m.kind == timeOfDay || m.kind == absolute }

func (m *moment) set(s string) error {
	if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 0 && f < 1e9 {
		m.kind, m.offset = sinceBegin, time.Duration(f*float64(time.Second))
		return nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		m.kind, m.offset = sinceBegin, d
		return nil
	}
	for _, layout := range [...]string{"15:04:05.999999999", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			m.kind, m.at = timeOfDay, t
			return nil
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		m.kind, m.at = absolute, t
		return nil
	}
	return errors.New("want seconds, a duration like 1m30s, a time of day like 15:04:05, or a time like 2026-01-02T15:04:05Z")
}

// of returns the moment in a connection, since it began. A time of day is the
// first one from the beginning on, in local time.
func (m *moment) of(conn *capture.Conn) time.Duration {
	switch m.kind {
	case timeOfDay:
		b := conn.Began.Local()
		day := time.Date(b.Year(), b.Month(), b.Day(), m.at.Hour(), m.at.Minute(), m.at.Second(), m.at.Nanosecond(), b.Location())
		return day.Sub(conn.Began)
	case absolute:
		return m.at.Sub(conn.Began)
	}
	return m.offset
}

// chosen is a sink that passes on what is chosen.
type chosen struct {
	sink
	c     *choice
	now   func() time.Duration // nil where there are no times
	conn  *capture.Conn
	shown bool // the frame in progress, or the last one
}

// choose returns a sink that passes on what is chosen, of a side of a
// conversation, or of a stream where conn is nil.
func (c *choice) choose(to sink, conn *capture.Conn, now func() time.Duration) sink {
	if !c.byFrame() && !c.since.given() && !c.until.given() && !c.noBeats {
		return to
	}
	return &chosen{sink: to, c: c, conn: conn, now: now, shown: !c.byFrame()}
}

func (f *chosen) inTime() bool {
	if f.now == nil {
		return true
	}
	now := f.now()
	return (!f.c.since.given() || now >= f.c.since.of(f.conn)) && (!f.c.until.given() || now <= f.c.until.of(f.conn))
}

func (f *chosen) eol(offset int64, raw []byte, used parser.Allow) {
	if f.shown {
		f.sink.eol(offset, raw, used)
	}
}

func (f *chosen) gap(offset int64, raw []byte) {
	if !f.c.byFrame() && !f.c.noBeats && f.inTime() {
		f.sink.gap(offset, raw)
	}
}

func (f *chosen) gapEnd(g gap) {
	if !f.c.byFrame() && !f.c.noBeats && f.inTime() {
		f.sink.gapEnd(g)
	}
}

func (f *chosen) head(offset int64, v frame.Version, ev parser.Event) {
	if f.shown = f.c.has(ev.Head) && f.inTime(); f.shown {
		f.sink.head(offset, v, ev)
	}
}

func (f *chosen) body(offset int64, piece []byte) {
	if f.shown {
		f.sink.body(offset, piece)
	}
}

func (f *chosen) end(offset int64, used parser.Allow) {
	if f.shown {
		f.sink.end(offset, used)
	}
}

// want returns an error where what is to be chosen is not in inputs of a format,
// read with these leniencies.
func (c *choice) want(format capture.Format, allow allowFlag) error {
	for _, name := range c.commands {
		if !name.Known() && parser.Allow(allow)&parser.AllowUnknownCommand == 0 {
			return callError(fmt.Sprintf("-command: there is no command %q; with -allow unknown-command there may be", name))
		}
	}
	name := c.needsCapture()
	addressed := len(c.conns.Ports)+len(c.conns.Hosts)+len(c.conns.Ends) > 0
	switch {
	case name != "" && format == capture.Raw:
		return callError(fmt.Sprintf("%s is for captures with both sides of a conversation; the input is the stream of one", name))
	case addressed && format != capture.Raw && format != capture.Packet:
		return callError("-port and -host are for captures of packets; the input has no addresses")
	case format == capture.Recording && (c.since.dated() || c.until.dated()):
		return callError("the recording has no dates: -since and -until take seconds")
	}
	return nil
}
