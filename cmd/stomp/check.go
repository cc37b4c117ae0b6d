package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

const checkHelp = `
Judges recorded conversations: which frames break which rules of the
specification, by themselves or after the frames before them. "stomp help rules"
lists the rules, and "stomp help RULE-ID" explains one.

There are three ways to give the input:

  - FILE is a capture in any form that "stomp decode" reads. Each conversation in
    it is judged: frames in the order in which they were captured, heart-beats by
    the times of the packets
  - FILE is the stream of one side, which is judged alone. -from says which side,
    if the first frame does not show it
  - -client and -server name what each side sent, byte for byte

Examples:

  stomp check capture.pcap
  stomp check capture.pcap -connection 2 -must
  stomp check -o junit recordings/1 > stomp.xml

Besides broken rules it reports:

  - a stream that breaks the grammar. It is read up to that point; the rest of
    the other side is judged as if it were alone
  - what a capture has lost. What that side sent afterwards is not judged, unless
    -resync is given. From there on, each frame of both sides is judged by what
    it shows itself, and the silences of that side are not judged
  - each leniency of -allow that the stream needed. It counts as a broken MUST,
    because the specification does not allow it
  - a side that was silent for longer than agreed, if the times are known

-client-index and -server-index give the times. An index has a line for each
read: its offset, its size, and the milliseconds since the recording began; the
rest of the line is ignored. Frames are then judged in the order of their times.
The time of a frame is that of its last byte. Cause and effect decide if two
frames are less than a millisecond apart, or if an answer was recorded up to a
second before its cause.

Without indexes, the whole order is inferred from cause and effect. CONNECT comes
before CONNECTED, and CONNECTED before all other frames of the client; a frame
before the RECEIPT or ERROR that names its receipt; SUBSCRIBE before the MESSAGE
of the subscription; MESSAGE before its ACK or NACK. Beyond that:

  - an answer comes at once
  - frames of the client come before those of the server, so that SEND comes
    before its MESSAGE. But UNSUBSCRIBE and DISCONNECT come after what the server
    may have sent before it saw them
  - client and server take turns while frames wait for receipts and messages
    wait for ACK

If both sides wait for something that never comes, the client goes first. The
order of each side is always kept.

Heart-beats are judged in captures, and with both indexes, from CONNECTED to the
first DISCONNECT or ERROR, or to the end. A side that agreed to send something
every 1000 ms may be silent for 2000 ms, as most receivers tolerate.
-heart-beat-tolerance sets how much longer than agreed is tolerated, in percent
of the interval; 0 tolerates nothing. Differences of less than a millisecond do
not count. A part of a frame breaks a silence. The summary shows the longest
silence of each side, and its offset.

The line ending directly after a frame belongs to the frame, unless an index
shows that it came in a later read. All others count as heart-beats.

With -version auto, CONNECTED decides the version of both recordings. If there is
none, the recording of the client is read in the highest version that it offers.
If both recordings begin in the middle of a session, they are read as 1.2, and
rules about what must come before are not applied. If the client did not offer
the version of CONNECTED, the frames of the client are judged by the rules that
all versions share. So are both sides of a session without a version. The summary
says so.

The stream of one side is judged alone: each frame, and the order of frames as
far as one side shows it. That is the handshake, what comes after DISCONNECT or
ERROR, and for a client, its subscriptions and transactions. Rules that need the
other side are not applied: whether a message could be acknowledged, a receipt
was asked for, a subscription was open, or heart-beats came in time. The version
is found as "stomp decode" finds it.

-o text prints the findings with their offsets, and then a summary: the frames,
the version, the agreed heart-beats in milliseconds, how often each rule was
broken, and a verdict on each side. If there are several conversations, each
finding has the number of its connection, and the seconds since that began.

-o json prints one object a line for each finding:

  {"from":"client","offset":312,"command":"ACK","rule":"ack-id-required",
   "must":true,"section":"STOMP 1.2, ACK","header":"id","message":"..."}

"header" is there if the rule is about a header, "command" if the finding is
about a frame, and "note" if there is more to say. A leniency has its name as
"rule", and "leniency":true. A silence that is too long has the rule
heart-beat-late. If the recording of a side breaks the grammar, its last line is
the error as "stomp decode" prints it, with the side. In a capture, each
line has "connection", "packet", "time" and "ms" too, in a recording "connection"
and "ms". No form shows the value of a header.

-o junit prints XML for CI systems: a test suite for each conversation, with a
test for each rule and side. A broken MUST is a failed test, a broken SHOULD a
skipped one.

However long the recordings are, check holds in memory at most two heads of each,
4096 silences since the last frame, and the open identifiers: 1024 subscriptions,
16384 messages, 256 transactions and 4096 receipts. If one of these limits is
exceeded, that is reported on standard error, and names of that kind are no
longer reported as unknown.

The exit code is 1 if a MUST is broken, or if a recording breaks the grammar or
cannot be read to its end, and otherwise 0.
`

func checkCommand() *command {
	return &command{
		name:    "check",
		args:    "[flags] [FILE]",
		more:    "stomp check [flags] -client C2S -server S2C",
		summary: "judge recorded conversations",
		help:    checkHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			c := &checking{readFlags: declareReadFlags(fs), form: "text", tolerance: 100, ignored: map[string]bool{}}
			fs.StringVar(&c.names[validate.Client], "client", "", "the file `C2S` has what the client sent")
			fs.StringVar(&c.names[validate.Server], "server", "", "the file `S2C` has what the server sent")
			fs.StringVar(&c.indexes[validate.Client], "client-index", "", "the file `IDX` says when the bytes of C2S came")
			fs.StringVar(&c.indexes[validate.Server], "server-index", "", "the file `IDX` says when the bytes of S2C came")
			fs.Func("from", "FILE is what this `side` sent, client or server; it is judged alone", c.setFrom)
			fs.Func("heart-beat-tolerance", "how much longer than agreed a side may be silent, in `percent` of the interval, default 100", c.setTolerance)
			fs.Func("ignore", "leave out the rules or leniencies with these `IDs`, separated by commas", c.setIgnored)
			fs.BoolVar(&c.must, "must", false, "leave out broken SHOULDs")
			fs.BoolVar(&c.resync, "resync", false, "if a capture has a gap or begins inside a frame, continue with what looks like the next frame")
			fs.Func("o", "output `format`: text, json or junit; default text", c.setForm)
			c.choice.declareConnections(fs)
			declareColor(fs, &c.color)
			return c.run
		},
	}
}

// checking is a call of check.
type checking struct {
	*readFlags
	names   [2]string // by role
	indexes [2]string
	alone   bool
	from    validate.Role // when alone
	form    string
	// tolerance is how much longer than agreed a side may be silent, in percent.
	tolerance int
	ignored   map[string]bool
	must      bool
	resync    bool
	choice    choice
	color     colorFlag
}

// errBroken says that a MUST is broken. It has been told.
var errBroken = errors.New("a MUST is broken")

func (c *checking) setFrom(s string) (err error) {
	c.from, err = parseSide(s)
	c.alone = err == nil
	return err
}

func (c *checking) setIgnored(s string) error {
	for id := range strings.SplitSeq(s, ",") {
		known := false
		for name := range findable() {
			known = known || name == id
		}
		if !known {
			return fmt.Errorf("%q is no rule or leniency; \"stomp help rules\" lists the rules", id)
		}
		c.ignored[id] = true
	}
	return nil
}

// maxTolerance is the largest -heart-beat-tolerance.
const maxTolerance = 10000

func (c *checking) setTolerance(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxTolerance {
		return fmt.Errorf("want a number from 0 to %d", maxTolerance)
	}
	c.tolerance = n
	return nil
}

func (c *checking) setForm(s string) error {
	switch s {
	case "text", "json", "junit":
		c.form = s
		return nil
	}
	return errors.New("want text, json or junit")
}

// call says what is wrong with the call, if anything.
func (c *checking) call(args []string) error {
	given := func(names ...string) (n, stdin int) {
		for _, name := range names {
			if name != "" {
				n++
			}
			if name == "-" {
				stdin++
			}
		}
		return n, stdin
	}
	all, stdin := given(c.names[0], c.names[1], c.indexes[0], c.indexes[1])
	recordings, _ := given(c.names[:]...)
	indexes, _ := given(c.indexes[:]...)
	switch {
	case c.alone && all > 0:
		return callError("-from is for the stream of one side, without -client, -server and their indexes")
	case all == 0:
		return nil
	case recordings < 2:
		return callError("two recordings are needed, -client and -server, or one FILE: a capture, or with -from the stream of one side")
	case len(args) > 0:
		return callError("no FILE after -client and -server")
	case indexes == 1:
		return callError("both indexes are needed, or none")
	case stdin > 1:
		return callError("standard input can be read once")
	}
	return nil
}

func (c *checking) run(e *env, args []string) error {
	if err := c.call(args); err != nil {
		return err
	}
	e.color = c.color
	if c.names[0] != "" {
		out := bufio.NewWriterSize(e.stdout, readSize)
		return c.suite(e, out, "", func(s *suite) error { return c.pair(e, out, c.names, c.indexes, c.newReport(e, out, s), nil) })
	}
	in, err := e.openCapture(args)
	if err != nil {
		return err
	}
	defer in.close()
	stop := e.watch(in, c.quiet, true)
	defer stop()
	out := bufio.NewWriterSize(e.stdout, readSize)
	format, err := in.recognize()
	switch {
	case err != nil:
		return err
	case c.choice.want(format, c.allow) != nil:
		return c.choice.want(format, c.allow)
	case format == capture.Raw:
		return c.suite(e, out, in.name, func(s *suite) error { return c.one(e, in, out, s) })
	case c.alone:
		return callError("-from is for the stream of one side; FILE has both")
	case format == capture.Recording:
		return c.recordings(e, in.dirs, out)
	}
	return flushed(out, c.capture(e, in, format, out))
}

// suite runs a judgment of one conversation, in JUnit as the only suite.
func (c *checking) suite(e *env, out *bufio.Writer, name string, judge func(*suite) error) error {
	if c.form != "junit" {
		return judge(nil)
	}
	if name == "" {
		name = c.names[0] + " " + c.names[1]
	}
	j := beginJUnit(out)
	err := judge(j.begin(0, name))
	j.end()
	return flushed(out, err)
}

// flushed writes what is held. An error of writing goes before one that has been
// told.
func flushed(out *bufio.Writer, err error) error {
	if werr := flush(out, true); werr != nil && (err == nil || err == errBroken) {
		return werr
	}
	return err
}

// newReport returns a report as the flags say, for a suite of JUnit or nil.
func (c *checking) newReport(e *env, out *bufio.Writer, s *suite) *report {
	r := newReport(out, c.form == "json", c.tolerance, e)
	r.suite = s
	r.ignored, r.must = c.ignored, c.must
	if r.version = frame.Version(c.version); r.version != frame.Unnegotiated {
		r.why = "as the call says"
	}
	return r
}

// one judges the stream of one side.
func (c *checking) one(e *env, in *input, out *bufio.Writer, s *suite) error {
	from := c.from
	if !c.alone {
		client, server := in.speaker()
		switch {
		case client:
		case server:
			from = validate.Server
		default:
			begin := in.begin()
			if name, advice := capture.Name(begin); name != "" {
				return in.errorf("this is %s: %s", name, advice)
			}
			if len(begin) == 0 {
				return callError(in.name + " is empty")
			}
			return callError(in.name + " does not begin with a command, which would tell the side: say -from client or -from server")
		}
	}
	r := c.newReport(e, out, s)
	var both [2]*recording
	both[from] = newRecording(from, in, nil, c.readFlags, r, out)
	return c.judge(e, r, both, out)
}

// pair judges two recordings, and counts them if there is a tally. names are those
// of their files.
func (c *checking) pair(e *env, out *bufio.Writer, names, indexes [2]string, r *report, t *tally) error {
	var both [2]*recording
	r.timed = indexes[0] != "" && indexes[1] != ""
	for from := range both {
		in, err := e.open(names[from : from+1])
		if err != nil {
			return err
		}
		defer in.close()
		var times *input
		if indexes[from] != "" {
			if times, err = e.open(indexes[from : from+1]); err != nil {
				return err
			}
			defer times.close()
		}
		both[from] = newRecording(validate.Role(from), in, times, c.readFlags, r, out)
	}
	err := c.judge(e, r, both, out)
	if t != nil {
		t.count(r, both)
	}
	return err
}

// recordings judges recordings of the tap.
func (c *checking) recordings(e *env, dirs []string, out *bufio.Writer) error {
	var j *junit
	if c.form == "junit" {
		j = beginJUnit(out)
	}
	var bad error
	var t tally
	for i, dir := range dirs {
		if len(c.choice.conns.Numbers) > 0 && !slices.Contains(c.choice.conns.Numbers, i+1) {
			continue
		}
		if len(dirs) > 1 && c.form == "text" {
			if t.judged > 0 {
				out.WriteByte('\n')
			}
			fmt.Fprintf(out, "#%d %s\n", i+1, dir)
		}
		var s *suite
		if j != nil {
			s = j.begin(i+1, dir)
		}
		names, indexes := capture.RecordingFiles(dir)
		r := c.newReport(e, out, s)
		r.number = i + 1
		err := c.pair(e, out, names, indexes, r, &t)
		var call callError
		if w := (*writeError)(nil); errors.As(err, &w) || errors.As(err, &call) {
			return err
		}
		if err != nil && err != errBroken {
			fmt.Fprintf(e.stderr, "stomp check: %v\n", err)
			err = errBroken
		}
		if err != nil {
			bad = err
		}
	}
	if j != nil {
		j.end()
	}
	if c.form == "text" && t.judged > 1 {
		out.WriteByte('\n')
		t.total(out)
	}
	return flushed(out, bad)
}

// judge judges recordings, one of which may be missing.
func (c *checking) judge(e *env, r *report, both [2]*recording, out *bufio.Writer) error {
	if err := c.mistaken(both); err != nil {
		return err
	}
	j := newJudge(both, c.version, r)
	for next := j.order.next(); next != nil; next = j.order.next() {
		j.judge(next)
	}
	r.watch.end()
	switch {
	case c.form == "text":
		r.summary(j)
	case c.form == "junit":
		r.suite.end(r, both)
	case !c.quiet:
		c.tell(e, j)
	}
	return flushed(out, c.verdict(e, r, both))
}

// mistaken returns an error when recordings are those of the other side: the
// first frame of each is one that only the other side sends.
func (c *checking) mistaken(both [2]*recording) error {
	client, server := both[validate.Client].peek(), both[validate.Server].peek()
	switch {
	case c.alone && client.command().FromServer():
		return callError(fmt.Sprintf("%s from the client: is it -from server?", client.command()))
	case c.alone && server.command().FromClient():
		return callError(fmt.Sprintf("%s from the server: is it -from client?", server.command()))
	case client.command().FromServer() && server.command().FromClient():
		return callError(fmt.Sprintf("%s from the server, %s from the client: are -client and -server swapped?", server.command(), client.command()))
	}
	return nil
}

// tell says on standard error what the summary of the text says besides.
func (c *checking) tell(e *env, j *judge) {
	r := j.report
	if r.version != frame.Version(c.version) {
		e.teller("check: read", false)(r.version, r.why)
	}
	if note := r.common(j); note != "" {
		fmt.Fprintf(e.stderr, "stomp check: %s\n", note)
	}
	if r.unjudged() {
		fmt.Fprintln(e.stderr, "stomp check: heart-beats were agreed, and are not judged without -client-index and -server-index")
	}
}

// verdict returns the error of the call: of the last recording that cannot be
// read, after telling that of the other, or that something is wrong which has
// been told.
func (c *checking) verdict(e *env, r *report, both [2]*recording) error {
	var bad error
	for _, rec := range both {
		if rec == nil || rec.err == nil || r.sides[rec.from].fault != nil {
			continue
		}
		if w := (*writeError)(nil); errors.As(rec.err, &w) {
			return rec.err
		}
		if bad != nil {
			fmt.Fprintf(e.stderr, "stomp check: %v\n", bad)
		}
		bad = rec.err
	}
	if bad == nil && r.broken() {
		bad = errBroken
	}
	return bad
}
