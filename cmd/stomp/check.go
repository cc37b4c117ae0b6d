package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

const checkHelp = `
Judges a recorded conversation: what the client sent, and what the server sent,
octet for octet. Says which frames break which rules of the specification, alone
or after what came before. docs/conformance.md lists the rules.

With -client-index and -server-index the frames are taken in the order of time.
An index has a line for each read: its offset, its size and the milliseconds
since the recording began; more on the line is not looked at. A frame has the
time of its last octet. Where two frames are less than a millisecond apart, and
where an answer was recorded up to a second before what it answers, the order is
that of cause and effect.

Without them all of it is, as far as frames tell. CONNECT goes before CONNECTED,
and that before all other frames of the client; a frame before the RECEIPT or
ERROR that names its receipt; SUBSCRIBE before the MESSAGE of the subscription;
MESSAGE before its ACK or NACK. What that leaves open:

  - what answers a frame goes at once;
  - frames of the client go before those of the server, so that SEND goes before
    its MESSAGE, but UNSUBSCRIBE and DISCONNECT go after what the server may have
    sent before it saw them;
  - client and server take turns while frames wait for receipts and messages
    wait for ACK.

Where both sides wait for what never comes, the client goes first. The order of
each side is always kept.

With -version auto CONNECTED says the version, for both recordings. If the server
sends none, the client's is read as the highest version that it offers. If both
begin in the middle of a session they are read as 1.2, and rules about what may
stand before are not applied.

With -from FILE is the recording of one side. It is judged alone: each frame, and
the order of frames as far as one side shows it, which is the handshake, what
comes after DISCONNECT or ERROR, and, of a client, its subscriptions and
transactions. What would need the other side is not applied: whether a message
was there to be acknowledged, a receipt asked for, a subscription open. The
version is found as "stomp decode" finds it.

When a recording is bad, or cannot be read to its end, that is told on standard
error. What is left of the other one is judged as if it were alone.

-o text prints the frames that break rules, with their offsets, and at the end
which frames there were, the version, the heart-beats that were agreed, in
milliseconds, and the rules broken.

-o json is one object a line, for each rule that a frame breaks:

  {"from":"client","offset":312,"command":"ACK","rule":"ack-id-required",
   "must":true,"section":"STOMP 1.2, ACK","header":"id","message":"..."}

header is there where the rule is about one. After the last line of a side with
a bad recording stands the error as "stomp decode" prints it, with the side. No
form shows the value of a header.

However long the recordings, memory is needed for one head of each, and for the
identifiers that are open: at most 1024 subscriptions, 16384 messages, 256
transactions and 4096 receipts. When one of these is passed that is told, and
names of that kind are no longer called unknown.

The exit code is 1 when a MUST is broken or a recording is bad, 0 when nothing or
no more than a SHOULD is broken.
`

func checkCommand() *command {
	return &command{
		name:    "check",
		args:    "[flags] -client C2S -server S2C",
		more:    "stomp check [flags] -from client|server [FILE]",
		summary: "judge a recorded conversation",
		help:    checkHelp,
		flags: func(fs *flag.FlagSet) func(*env, []string) error {
			c := &checking{readFlags: declareReadFlags(fs), form: "text"}
			fs.StringVar(&c.names[validate.Client], "client", "", "`C2S` is what the client sent")
			fs.StringVar(&c.names[validate.Server], "server", "", "`S2C` is what the server sent")
			fs.StringVar(&c.indexes[validate.Client], "client-index", "", "`IDX` says when the octets of C2S came")
			fs.StringVar(&c.indexes[validate.Server], "server-index", "", "`IDX` says when the octets of S2C came")
			fs.Func("from", "judge one `side`, client or server, alone", c.setFrom)
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
	r := newReport(out, c.form == "json", e)
	if r.version = frame.Version(c.version); r.version != frame.Unnegotiated {
		r.why = "as the call says"
	}
	both, closeAll, err := c.open(e, args, r, out)
	defer closeAll()
	if err != nil {
		return err
	}
	j := newJudge(both, c.version, r)
	for next := j.order.next(); next != nil; next = j.order.next() {
		j.judge(next)
	}
	if c.form == "text" {
		r.summary(both, j.session)
	} else if r.version != frame.Version(c.version) {
		e.teller("check: read", c.quiet)(r.version, r.why)
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

// verdict returns the error of the call: of the last recording that is bad,
// after telling that of the other, or that a MUST is broken.
func (c *checking) verdict(e *env, r *report, both [2]*recording) error {
	var bad error
	for _, rec := range both {
		if rec == nil || rec.err == nil {
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
	if bad == nil && r.must() > 0 {
		bad = errBroken
	}
	return bad
}
