package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

const checkHelp = `
Judges a recorded conversation: what the client sent, and what the server sent,
byte for byte. It reports which frames break which rules of the specification,
by themselves or after what came before. "stomp help rules" lists the rules,
"stomp help RULE-ID" explains one.

Besides the rules it reports:

  - a recording that breaks the grammar. It is read up to there; what is left of
    the other recording is judged as if it were alone
  - each leniency that -allow gave and that reading the recording took, as a
    MUST, since the specification does not allow what it admits
  - with indexes, a side that was silent for longer than was agreed

-client-index and -server-index give the times. An index has a line for each
read: its offset, its size and the milliseconds since the recording began; more
on the line is ignored. Frames are then taken in the order of time. A frame has
the time of its last byte. Where two frames are less than a millisecond apart,
and where an answer was recorded up to a second before what it answers, cause
and effect decide.

Without indexes the whole order is inferred from cause and effect. CONNECT goes
before CONNECTED, and that before all other frames of the client; a frame before
the RECEIPT or ERROR that names its receipt; SUBSCRIBE before the MESSAGE of the
subscription; MESSAGE before its ACK or NACK. Beyond that:

  - what answers a frame goes at once
  - frames of the client go before those of the server, so that SEND goes before
    its MESSAGE, but UNSUBSCRIBE and DISCONNECT go after what the server may
    have sent before it saw them
  - client and server take turns while frames wait for receipts and messages
    wait for ACK

Where both sides wait for what never comes, the client goes first. The order of
each side is always kept.

Heart-beats are judged with both indexes, from CONNECTED to the first DISCONNECT
or ERROR, or to the last read of either side. A side that agreed to send
something every 1000 ms may be silent for 2000 ms, which is how long receivers
commonly wait. -heart-beat-tolerance says how much longer than agreed is
tolerated, in percent: 0 judges to the letter. Differences of less than a
millisecond do not count. A part of a frame is something sent. The summary shows
the longest silence of each side, and the offset at which it was.

The end of line directly after a frame belongs to the frame, unless an index
puts it in a later read. All others count as heart-beats.

With -version auto CONNECTED says the version, for both recordings. If the
server sends none, the client's is read as the highest version that it offers.
If both begin in the middle of a session they are read as 1.2, and rules about
what may stand before are not applied. A client that did not offer the version
of CONNECTED is judged by the rules that all versions share, and so are both
sides of a session without a version; the summary says so.

With -from FILE is the recording of one side. It is judged alone: each frame,
and the order of frames as far as one side shows it, which is the handshake,
what comes after DISCONNECT or ERROR, and, of a client, its subscriptions and
transactions. What would need the other side is not applied: whether a message
was there to be acknowledged, a receipt asked for, a subscription open, or
whether heart-beats came in time. The version is found as "stomp decode" finds
it.

-o text prints what was found, with offsets, and at the end which frames there
were, the version, the heart-beats that were agreed, in milliseconds, how often
each rule was broken, and a verdict on each side.

-o json is one object a line, for each thing that was found:

  {"from":"client","offset":312,"command":"ACK","rule":"ack-id-required",
   "must":true,"section":"STOMP 1.2, ACK","header":"id","message":"..."}

header is there where the rule is about one. A leniency that was needed has its
name as rule, and "leniency":true. A silence that was too long has the rule
heart-beat-late. note has more about this one, where there is more. What is not
about a frame has no command. After the last line of a side whose recording
breaks the grammar stands the error as "stomp decode" prints it, with the side.
No form shows the value of a header.

However long the recordings, memory is needed for two heads of each, for the
silences since the last frame, at most 4096, and for the identifiers that are
open: at most 1024 subscriptions, 16384 messages, 256 transactions and 4096
receipts. When one of these is passed that is told on standard error, and names
of that kind are no longer called unknown.

The exit code is 1 when a MUST is broken, or a recording breaks the grammar or
cannot be read to its end, and 0 when nothing or no more than a SHOULD is
broken.
`

func checkCommand() *command {
	return &command{
		name:    "check",
		args:    "[flags] -client C2S -server S2C",
		more:    "stomp check [flags] -from client|server [FILE]",
		summary: "judge a recorded conversation",
		help:    checkHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			c := &checking{readFlags: declareReadFlags(fs), form: "text", tolerance: 100}
			fs.StringVar(&c.names[validate.Client], "client", "", "`C2S` is what the client sent")
			fs.StringVar(&c.names[validate.Server], "server", "", "`S2C` is what the server sent")
			fs.StringVar(&c.indexes[validate.Client], "client-index", "", "`IDX` says when the bytes of C2S came")
			fs.StringVar(&c.indexes[validate.Server], "server-index", "", "`IDX` says when the bytes of S2C came")
			fs.Func("from", "judge one `side`, client or server, alone", c.setFrom)
			fs.Func("heart-beat-tolerance", "how much longer than agreed a side may be silent, in `percent` of the interval, default 100", c.setTolerance)
			fs.Func("o", "print `form` text, the default, or json", c.setForm)
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
}

// errBroken says that a MUST is broken. It has been told.
var errBroken = errors.New("a MUST is broken")

func (c *checking) setFrom(s string) error {
	switch s {
	case "client":
		c.from = validate.Client
	case "server":
		c.from = validate.Server
	default:
		return errors.New("want client or server")
	}
	c.alone = true
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
	case "text", "json":
		c.form = s
		return nil
	}
	return errors.New("want text or json")
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
		return callError("-from is for one recording, without -client, -server and their indexes")
	case c.alone:
		return nil
	case recordings < 2:
		return callError("two recordings are needed, -client and -server, or -from for one")
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
	out := bufio.NewWriterSize(e.stdout, readSize)
	r := newReport(out, c.form == "json", c.tolerance, e)
	if r.version = frame.Version(c.version); r.version != frame.Unnegotiated {
		r.why = "as the call says"
	}
	both, closeAll, err := c.open(e, args, r, out)
	defer closeAll()
	if err != nil {
		return err
	}
	if err := c.mistaken(both); err != nil {
		return err
	}
	j := newJudge(both, c.version, r)
	for next := j.order.next(); next != nil; next = j.order.next() {
		j.judge(next)
	}
	r.watch.end()
	if c.form == "text" {
		r.summary(j)
	} else if !c.quiet {
		c.tell(e, j)
	}
	err = c.verdict(e, r, both)
	if werr := flush(out, true); werr != nil && (err == nil || err == errBroken) {
		return werr
	}
	return err
}

// open opens the recordings: one of them is nil when the other is judged
// alone. closeAll closes what has been opened.
func (c *checking) open(e *env, args []string, r *report, out *bufio.Writer) (both [2]*recording, closeAll func(), err error) {
	var opened []func() error
	closeAll = func() {
		for _, f := range opened {
			f()
		}
	}
	open := func(args ...string) *input {
		if err != nil {
			return nil
		}
		var in *input
		if in, err = e.open(args); err == nil {
			opened = append(opened, in.close)
		}
		return in
	}
	record := func(from validate.Role, in, times *input) {
		if err == nil {
			both[from] = newRecording(from, in, times, c.readFlags, r, out)
		}
	}
	if c.alone {
		in := open(args...)
		if err == nil {
			stop := e.watch(in, c.quiet)
			opened = append(opened, func() error { stop(); return nil })
		}
		record(c.from, in, nil)
		return both, closeAll, err
	}
	for _, from := range [...]validate.Role{validate.Client, validate.Server} {
		in := open(c.names[from])
		var times *input
		if c.indexes[from] != "" {
			times = open(c.indexes[from])
		}
		record(from, in, times)
	}
	return both, closeAll, err
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
