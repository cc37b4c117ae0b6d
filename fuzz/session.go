package fuzz

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// A Said is one frame of a conversation, and its sender.
type Said struct {
	From  validate.Role
	Frame *frame.Frame
}

// String returns the sender, and the frame as [frame.Frame] prints it, with secrets
// masked.
func (s Said) String() string { return s.From.String() + " " + s.Frame.String() }

// CheckSession returns an error if a [validate.Session] breaks one of its guarantees
// in a conversation:
//
//   - StepFrame, StepView and Step report, for each frame, the violations that
//     [validate.CheckFrame], [validate.CheckView] and [validate.CheckHead] report,
//     and those of the [SessionOracle], in the order of the rules; and a
//     [validate.LimitError] if and only if the oracle does;
//   - version, phases, heart-beats, and the numbers of pending messages and of
//     transactions are those of the oracle, and within the limits;
//   - a frame that its sender may not send now changes nothing: without it, the
//     other frames are judged the same;
//   - the session keeps nothing borrowed: each view is overwritten after its step;
//   - the frames are not changed.
func CheckSession(conversation []Said, l validate.SessionLimits) error {
	return checkSession(func() session { return validate.NewSession(l) }, conversation, l)
}

// A session is a [validate.Session], or something around one.
type session interface {
	Step(from validate.Role, h frame.Head) error
	StepView(from validate.Role, w frame.View) error
	StepFrame(from validate.Role, f *frame.Frame) error
	sessionState
}

// A sessionState is what a session and its oracle can be asked.
type sessionState interface {
	Version() frame.Version
	Phase(from validate.Role) validate.Phase
	HeartBeat(from validate.Role) time.Duration
	Unacknowledged() int
	Receipts() int
	Transactions() int
}

func checkSession(start func() session, conversation []Said, l validate.SessionLimits) error {
	o := NewSessionOracle(l)
	owned, borrowed, heads, without := start(), start(), start(), start()
	var buf []byte
	for i, said := range conversation {
		v := o.judgedBy(said.From, said.Frame.Command)
		given := said.Frame.Clone()
		conversed := o.Step(said.From, said.Frame)
		if o.Unsure() {
			return nil
		}
		fail := func(how string, err error) error {
			return fmt.Errorf("%s, frame %d, %s: %w", describe(conversation[:i+1]), i, how, err)
		}

		got := owned.StepFrame(said.From, said.Frame)
		if err := diffJudged(conversed, validate.CheckFrame(said.Frame, v, said.From), got); err != nil {
			return fail("StepFrame", err)
		}
		if err := DiffFrames(given, said.Frame); err != nil {
			return fail("StepFrame changed the frame", err)
		}
		if !refused(conversed, said) {
			if again := without.StepFrame(said.From, said.Frame); !sameJudgement(got, again) {
				return fail("the frames that are refused left out", fmt.Errorf("%v, with them %w", again, orNone(got)))
			}
		}

		var w frame.View
		w, buf = borrow(buf[:0], said.Frame)
		alone := validate.CheckView(w, v, said.From)
		got = borrowed.StepView(said.From, w)
		poison(buf)
		if err := diffJudged(conversed, alone, got); err != nil {
			return fail("StepView", err)
		}
		w, buf = borrow(buf[:0], said.Frame)
		alone = validate.CheckHead(w.Head, v, said.From)
		got = heads.Step(said.From, w.Head)
		poison(buf)
		if err := diffJudged(conversed, alone, got); err != nil {
			return fail("Step", err)
		}

		for _, s := range []struct {
			how   string
			state sessionState
		}{{"StepFrame", owned}, {"StepView", borrowed}, {"Step", heads}, {"the frames that are refused left out", without}} {
			if err := diffStates(o, s.state); err != nil {
				return fail(s.how, err)
			}
		}
		if n, most := owned.Unacknowledged(), o.limits.Unacknowledged; n > most {
			return fail("StepFrame", fmt.Errorf("%d messages pending, the limit is %d", n, most))
		}
		if n, most := owned.Transactions(), o.limits.Transactions; n > most {
			return fail("StepFrame", fmt.Errorf("%d transactions, the limit is %d", n, most))
		}
	}
	return nil
}

// refused reports whether the sender of a frame may not send it in its phase, or at
// all.
func refused(conversed error, said Said) bool {
	if said.Frame.Command.Known() && said.Frame.Command.FromServer() != (said.From == validate.Server) {
		return true
	}
	for _, r := range []validate.Rule{
		validate.ConnectFirst, validate.ConnectOnce, validate.DisconnectLast,
		validate.ConnectedFirst, validate.ConnectedUnasked, validate.ConnectedOnce,
	} {
		if errors.Is(conversed, r) {
			return true
		}
	}
	return false
}

// borrow writes a frame into buf and returns a view of it there.
func borrow(buf []byte, f *frame.Frame) (frame.View, []byte) {
	size := len(f.Body)
	for _, h := range f.Headers {
		size += len(h.Name) + len(h.Value)
	}
	buf = slices.Grow(buf, size)
	lend := func(s string) []byte {
		from := len(buf)
		buf = append(buf, s...)
		return buf[from:len(buf):len(buf)]
	}
	w := frame.View{Head: frame.Head{Command: f.Command}}
	for _, h := range f.Headers {
		w.Headers = append(w.Headers, headers.FieldView{Name: lend(h.Name), Value: lend(h.Value)})
	}
	w.Body = lend(string(f.Body))
	if length, ok := f.Headers.Get(headers.ContentLength); ok {
		if n, err := headers.ParseContentLength(length); err == nil {
			w.Length = frame.Counted(n)
		}
	}
	return w, buf
}

// diffJudged compares what a session reports with the violations of the frame alone
// and in the conversation.
func diffJudged(conversed, alone, got error) error {
	var want validate.Violations
	over, crossed := conversed.(*validate.LimitError)
	if crossed {
		want = append(want, over.Violations...)
	} else if v, ok := conversed.(validate.Violations); ok {
		want = append(want, v...)
	}
	if v, ok := alone.(validate.Violations); ok {
		for _, one := range v {
			// A frame alone breaks these rules if no version is agreed. The
			// session knows why none is.
			if one.Rule != validate.ConnectFirst && one.Rule != validate.ConnectedFirst {
				want = append(want, one)
			}
		}
	}
	slices.SortStableFunc(want, func(a, b validate.Violation) int { return int(a.Rule) - int(b.Rule) })

	var violations validate.Violations
	switch e := got.(type) {
	case nil:
	case validate.Violations:
		violations = e
		if len(e) == 0 {
			return errors.New("an error with no violations")
		}
	case *validate.LimitError:
		violations = e.Violations
		if !crossed || e.Limit != over.Limit || e.Max != over.Max || !sameCommand(e.Command, over.Command) {
			return fmt.Errorf("%w, the oracle says %w", e, orNone(conversed))
		}
	default:
		return fmt.Errorf("error is a %T: %w", got, got)
	}
	if _, ok := got.(*validate.LimitError); !ok && crossed {
		return fmt.Errorf("%w, the oracle says %w", orNone(got), over)
	}
	if !slices.EqualFunc(want, violations, sameViolation) {
		return fmt.Errorf("it breaks %s, the oracle and the frame alone say %s", listRules(violations), listRules(want))
	}
	return nil
}

func sameViolation(a, b validate.Violation) bool {
	return a.Rule == b.Rule && a.Header == b.Header && sameCommand(a.Command, b.Command)
}

// sameCommand compares commands. Those of extensions may be quoted.
func sameCommand(a, b frame.Command) bool { return a == b || !a.Known() && !b.Known() }

func sameJudgement(a, b error) bool {
	var overA, overB *validate.LimitError
	if errors.As(a, &overA) != errors.As(b, &overB) || overA != nil && overA.Error() != overB.Error() {
		return false
	}
	var inA, inB validate.Violations
	return errors.As(a, &inA) == errors.As(b, &inB) && slices.EqualFunc(inA, inB, sameViolation)
}

func diffStates(want, got sessionState) error {
	for _, d := range []struct {
		what      string
		want, got any
	}{
		{"version", want.Version(), got.Version()},
		{"phase of the client", want.Phase(validate.Client), got.Phase(validate.Client)},
		{"phase of the server", want.Phase(validate.Server), got.Phase(validate.Server)},
		{"heart-beat of the client", want.HeartBeat(validate.Client), got.HeartBeat(validate.Client)},
		{"heart-beat of the server", want.HeartBeat(validate.Server), got.HeartBeat(validate.Server)},
		{"number of messages not acknowledged", want.Unacknowledged(), got.Unacknowledged()},
		{"number of receipts", want.Receipts(), got.Receipts()},
		{"number of transactions", want.Transactions(), got.Transactions()},
	} {
		if d.want != d.got {
			return fmt.Errorf("%s is %v, the oracle says %v", d.what, d.got, d.want)
		}
	}
	return nil
}

func orNone(err error) error {
	if err == nil {
		return errors.New("nothing")
	}
	return err
}

func listRules(v validate.Violations) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, one := range v {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(one.Rule.ID())
		if one.Header != "" {
			b.WriteString("(" + one.Header + ")")
		}
	}
	b.WriteByte(']')
	return b.String()
}

// describe shows a conversation, a line for each frame.
func describe(conversation []Said) string {
	var b bytes.Buffer
	for _, said := range conversation {
		fmt.Fprintf(&b, "%v %s\n", said.From, showFrame(said.Frame))
	}
	return b.String()
}

// poison overwrites a chunk, as an owner that reuses it does.
func poison(b []byte) {
	for i := range b {
		b[i] = '\n' + 1 // no byte that ends anything
	}
}
