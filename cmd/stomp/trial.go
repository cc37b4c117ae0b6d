package main

import (
	"bufio"
	"fmt"
	"slices"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// trials judge the conversations of a capture, each as it comes.
type trials struct {
	c     *checking
	e     *env
	out   *bufio.Writer
	junit *junit // nil for another form

	tally
}

// A trial judges one conversation. Its frames are taken in the order in which
// they were captured.
type trial struct {
	conn   *capture.Conn
	both   [2]*recording
	judge  *judge
	report *report
	begun  bool
	// What the client sends between CONNECT and CONNECTED is held until it is
	// known which version it is in.
	held []heldBytes
	size int
}

type heldBytes struct {
	data []byte
	at   time.Duration
}

const maxHeldBytes = 1 << 20

func (t *trials) Open(conn *capture.Conn) error {
	r := t.c.newReport(t.e, t.out, nil)
	r.conn = conn
	if t.junit != nil {
		r.suite = t.junit.begin(conn.Number, conn.String())
	}
	tr := &trial{conn: conn, report: r}
	for i := range tr.both {
		tr.both[i] = newFedRecording(validate.Role(i), t.c.readFlags, r, t.out)
		if t.c.resync {
			tr.both[i].stream.resync = func(error) { tr.judge.lost = true }
		}
	}
	tr.judge = newBareJudge(tr.both, t.c.version, r)
	conn.User = tr
	return t.written()
}

func (t *trials) Data(conn *capture.Conn, from validate.Role, at time.Time, b []byte) error {
	tr := conn.User.(*trial)
	since := at.Sub(conn.Began)
	tr.report.watch.read(from, tr.both[from].sent, int64(len(b)), since)
	tr.both[from].sent += int64(len(b))
	tr.take(from, b, since)
	return t.written()
}

// take reads what a side has sent.
func (tr *trial) take(from validate.Role, b []byte, at time.Duration) {
	r := tr.both[from]
	if from == validate.Client && tr.waits() {
		tr.hold(b, at)
		return
	}
	rest := r.feed(b, at, func() bool {
		tr.frame(from)
		return from != validate.Client || !tr.waits()
	})
	if len(rest) > 0 {
		tr.hold(rest, at)
	}
	if from == validate.Server {
		tr.release(false)
	}
}

// waits reports whether the client's next frames have to wait for CONNECTED.
func (tr *trial) waits() bool {
	return !tr.judge.lost && tr.judge.session.Phase(validate.Client) == validate.Connecting && tr.size < maxHeldBytes && !tr.both[validate.Server].ended
}

func (tr *trial) hold(b []byte, at time.Duration) {
	tr.held = append(tr.held, heldBytes{slices.Clone(b), at})
	tr.size += len(b)
}

// release reads what was held, as far as nothing has to wait any longer, or at
// the end all of it.
func (tr *trial) release(all bool) {
	for len(tr.held) > 0 && (all || !tr.waits()) {
		h := tr.held[0]
		tr.held, tr.size = tr.held[1:], tr.size-len(h.data)
		tr.both[validate.Client].feed(h.data, h.at, func() bool { tr.frame(validate.Client); return true })
	}
}

// frame judges the frame that a side has completed.
func (tr *trial) frame(from validate.Role) {
	r := tr.both[from]
	if !tr.begun {
		tr.begun = true
		tr.begin(from, r.frame.command())
	}
	tr.report.at = r.frame.at
	tr.judge.judge(r)
	if from == validate.Server && r.frame.command() == frame.CONNECTED {
		tr.both[validate.Client].setVersion(r.stream.version)
	}
}

// begin makes up what comes before the first frame that is known, of a
// conversation whose beginning is not in the capture.
func (tr *trial) begin(from validate.Role, c frame.Command) {
	j := tr.judge
	switch {
	case tr.conn.Gap:
		j.lost = true
	case !tr.conn.Middle || c == frame.CONNECT || c == frame.STOMP:
	case c == frame.CONNECTED || c == frame.ERROR:
		j.middle = tr.conn.Alone
		j.connect()
	default:
		j.middle = true
		j.connect()
		j.accept()
	}
}

func (t *trials) Lost(conn *capture.Conn, from validate.Role, at time.Time, n int, why string) error {
	tr := conn.User.(*trial)
	r := tr.both[from]
	if r.ended {
		return nil
	}
	r.at = at.Sub(conn.Began)
	tr.report.at = r.at
	err := &lossError{offset: r.stream.offset, why: why, resync: n >= 0 && !t.c.resync}
	tr.report.lost(from, err)
	tr.judge.lost = true
	tr.release(true)
	tr.report.watch.deafen(from)
	r.sent += int64(max(n, 0))
	if n >= 0 && t.c.resync {
		if err := r.stream.lose(true, int64(n)); err == nil {
			return t.written()
		}
	}
	r.stop(err)
	return t.written()
}

func (t *trials) Say(*capture.Conn, validate.Role, time.Time, string) error { return nil }

func (t *trials) Closed(conn *capture.Conn, at time.Time) error {
	tr := conn.User.(*trial)
	conn.User = nil
	r := tr.report
	for _, rec := range tr.both {
		if conn.Alone && rec.sent == 0 {
			err := &lossError{why: "the capture has nothing from this side"}
			r.lost(rec.from, err)
			rec.stop(err)
		}
	}
	tr.release(true)
	for _, rec := range tr.both {
		if !rec.ended {
			rec.finishFed(conn.Ended, func() { tr.frame(rec.from) })
		}
	}
	r.watch.now = max(r.watch.now, at.Sub(conn.Began))
	r.watch.end()
	t.count(r, tr.both)
	switch t.c.form {
	case "text":
		fmt.Fprintf(t.out, "\n#%d %s\n", conn.Number, conn)
		r.printed = false
		r.summary(tr.judge)
		fmt.Fprintln(t.out)
	case "junit":
		r.suite.end(r, tr.both)
	}
	return t.written()
}

// A tally counts conversations by what came of them.
type tally struct {
	judged, broken, unread int
	should                 int // those that break a SHOULD and no MUST
}

// count counts a conversation that is over.
func (t *tally) count(r *report, both [2]*recording) {
	t.judged++
	switch {
	case r.broken():
		t.broken++
	case r.sides[0].should+r.sides[1].should > 0:
		t.should++
	}
	if both[0].err != nil && r.sides[0].fault == nil || both[1].err != nil && r.sides[1].fault == nil {
		t.unread++
	}
}

func (t *trials) Note(note string) {
	if !t.c.quiet {
		fmt.Fprintf(t.e.stderr, "stomp check: %s\n", note)
	}
}

func (t *trials) written() error { return flush(t.out, false) }

// total says what came of all conversations.
func (t *tally) total(out *bufio.Writer) {
	if t.judged < 2 {
		return
	}
	fmt.Fprintf(out, "%d conversations: %d break a MUST, %d only a SHOULD, %d keep every rule.\n", t.judged, t.broken, t.should, t.judged-t.broken-t.should)
	if t.unread > 0 {
		fmt.Fprintf(out, "%d of them could not be read to the end.\n", t.unread)
	}
}

// capture judges the conversations of a capture.
func (c *checking) capture(e *env, in *input, format capture.Format, out *bufio.Writer) error {
	t := &trials{c: c, e: e, out: out}
	if c.form == "junit" {
		t.junit = beginJUnit(out)
	}
	summary, err := in.conversations(format, &c.choice, t, out)
	if err != nil {
		return err
	}
	if t.junit != nil {
		t.junit.end()
	}
	if c.form == "text" {
		t.total(out)
	}
	e.others(summary, &c.choice, "check", c.quiet)
	if t.broken+t.unread > 0 {
		return errBroken
	}
	if summary.Conversations == 0 {
		return errBroken // there was nothing to judge, which has been told
	}
	return nil
}

// newFedRecording returns a recording that is given what comes.
func newFedRecording(from validate.Role, f *readFlags, r *report, out *bufio.Writer) *recording {
	rec := &recording{from: from, report: r, out: out, fed: true, middle: r.conn.Middle}
	ses := newSession(f.version, func(v frame.Version, why string) { r.readAs(from, v, why) })
	rec.stream = newStream(f.options(), ses, rec)
	return rec
}

// feed reads what came at a time. each is called with each frame, which it has
// to take; when it returns false the rest is given back.
func (r *recording) feed(b []byte, at time.Duration, each func() bool) (rest []byte) {
	r.at = at
	r.report.at = at
	r.stream.after = false // what came later does not belong to the frame
	for len(b) > 0 && !r.ended {
		n, err := r.stream.take(b)
		if err != nil {
			r.stop(err)
			return nil
		}
		b = b[n:]
		if r.ready && !each() {
			return b
		}
	}
	if !r.ended {
		r.stream.endGap()
	}
	return nil
}

// finishFed ends a recording that was given all. When the capture ended before
// the connection did, a frame that is not complete is nobody's fault.
func (r *recording) finishFed(closed bool, each func()) {
	if _, inside := r.stream.p.FrameStart(); inside && !closed && r.stream.lost == nil {
		err := &lossError{offset: r.stream.offset, why: "the capture ends inside a frame"}
		r.report.at = r.at
		r.report.lost(r.from, err)
		r.stop(err)
		return
	}
	err := r.stream.finish()
	if r.ready {
		each()
	}
	r.stop(err)
}

// lost tells that a part of what a side sent is not known.
func (r *report) lost(from validate.Role, err *lossError) {
	if r.json {
		fmt.Fprintf(r.w, "{%s\"from\":%q,\"offset\":%d,\"error\":\"lost\",\"message\":%q}\n", r.place(), from.String(), err.offset, err.Error())
		return
	}
	if r.suite == nil {
		r.printed = true
		fmt.Fprintf(r.w, "%s%s %8d  %s\n", r.mark(), from, err.offset, err.text())
	}
}

// place begins a line of JSON about a conversation of a capture, or one that tap
// recorded.
func (r *report) place() string {
	s := ""
	switch {
	case r.conn != nil:
		s = numbers(r.conn)
		if !r.conn.Began.IsZero() {
			s += fmt.Sprintf(`"time":%q,`, r.conn.Began.Add(r.at).UTC().Format(time.RFC3339Nano))
		}
	case r.number == 0:
		return ""
	default:
		s = fmt.Sprintf(`"connection":%d,`, r.number)
		if !r.timed {
			return s
		}
	}
	return s + fmt.Sprintf(`"ms":%.3f,`, milliseconds(r.at))
}

// mark begins a line of text about a conversation of a capture.
func (r *report) mark() string {
	if r.conn == nil {
		return ""
	}
	return fmt.Sprintf("#%d %.3f ", r.conn.Number, r.at.Seconds())
}
