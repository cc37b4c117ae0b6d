package parser_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A reader is a Parser, an Assembler or a Reader.
type reader interface {
	SetVersion(frame.Version)
	SetLimits(parser.Limits)
	FrameStart() (int64, bool)
	Offset() int64
}

// settings are how an input is read: by the options, and after the first frame
// by another version and other limits.
type settings struct {
	parser.Options
	then       frame.Version
	thenLimits parser.Limits
}

// unchanged are settings that the first frame does not change.
func unchanged(o parser.Options) settings { return settings{o, o.Version, o.Limits} }

func (s settings) afterFrame(n int, r reader) {
	if n == 1 {
		r.SetVersion(s.then)
		r.SetLimits(s.thenLimits)
	}
}

// oracle returns what the input is to be read as.
func (s settings) oracle(input []byte) *fuzz.Reading {
	r := fuzz.OracleThen(input, s.Options, s.then, s.thenLimits)
	return &r
}

// readAlike returns an error if any way of reading the chunks differs from want,
// in frames, offsets, leniencies used, what stands between frames, or the error.
func readAlike(chunks [][]byte, s settings, want *fuzz.Reading) error {
	for _, way := range []struct {
		name string
		read func([][]byte, settings, *fuzz.Reading) error
	}{
		{"Parser", byParser}, {"Assembler", byAssembler}, {"Reader.ReadFrame", byReader}, {"Reader.Next", byStream},
	} {
		if err := way.read(chunks, s, want); err != nil {
			return fmt.Errorf("%s: %w", way.name, err)
		}
	}
	return nil
}

func byParser(chunks [][]byte, s settings, want *fuzz.Reading) error {
	for _, overwrite := range []bool{true, false} {
		rec := &recorder{p: parser.New(s.Options), settings: s, overwrite: overwrite}
		if err := rec.readAs(chunks, want); err != nil {
			return err
		}
	}
	return nil
}

// byAssembler overwrites each chunk as soon as it has been taken.
func byAssembler(chunks [][]byte, s settings, want *fuzz.Reading) error {
	a := parser.NewAssembler(s.Options)
	var buf []byte
	n := 0
	for _, chunk := range chunks {
		buf = append(buf[:0], chunk...)
		for src := buf; len(src) > 0; {
			v, taken, ok, err := a.Next(src)
			if err != nil {
				return atEnd(err, n, want)
			}
			src = src[taken:]
			if !ok {
				continue
			}
			if err := errors.Join(clipped(v.Head, v.Body), frameAs(v.Clone(), a, a.Used(), n, want)); err != nil {
				return err
			}
			n++
			s.afterFrame(n, a)
		}
		spoil(buf)
	}
	// A frame that has begun and not ended is where Finish finds its error.
	begun := want.End != nil && want.End.Frame < want.End.Offset
	if start, ok := a.FrameStart(); want.End != nil && want.End.Kind == parser.UnexpectedEOF && (ok != begun || ok && start != want.End.Frame) {
		return fmt.Errorf("at the end FrameStart is %d, %t, want %t", start, ok, begun)
	}
	return atEnd(a.Finish(), n, want)
}

func byReader(chunks [][]byte, s settings, want *fuzz.Reading) error {
	r := parser.NewReader(fuzz.ChunkReader(chunks), s.Options)
	for n := 0; ; n++ {
		f, err := r.ReadFrame()
		if err != nil {
			return atEndOfReader(r, err, n, want)
		}
		if err := errors.Join(frameAs(f, r, r.Used(), n, want), beatsAs(r, r.Offset(), want)); err != nil {
			return err
		}
		s.afterFrame(n+1, r)
	}
}

func byStream(chunks [][]byte, s settings, want *fuzz.Reading) error {
	r := parser.NewReader(fuzz.ChunkReader(chunks), s.Options)
	for n := 0; ; n++ {
		head, err := r.Next()
		if err != nil {
			return atEndOfReader(r, err, n, want)
		}
		if err := clipped(head, nil); err != nil {
			return err
		}
		f := head.Clone()
		if start, inside := r.FrameStart(); n < len(want.Frames) && (!inside || start != want.Frames[n].Offset) {
			return fmt.Errorf("frame %d begins at %d, %t", n, start, inside)
		}
		if f.Body, err = io.ReadAll(r); err != nil {
			return atEndOfReader(r, err, n, want)
		}
		if err := frameAs(f, r, r.Used(), n, want); err != nil {
			return err
		}
		s.afterFrame(n+1, r)
	}
}

// frameAs compares a frame that r has just read.
func frameAs(f *frame.Frame, r reader, used parser.Allow, n int, want *fuzz.Reading) error {
	if n >= len(want.Frames) {
		return fmt.Errorf("more than %d frames", n)
	}
	w := &want.Frames[n]
	if err := fuzz.DiffFrames(&w.Frame, f); err != nil {
		return fmt.Errorf("frame %d, want against got: %w", n, err)
	}
	_, inside := r.FrameStart()
	if r.Offset() != w.Offset+w.Size || used != w.Used || inside {
		return fmt.Errorf("frame %d ends at %d, inside %t, used %q, want %d and %q", n, r.Offset(), inside, used, w.Offset+w.Size, w.Used)
	}
	return nil
}

// atEnd compares the error after n frames.
func atEnd(err error, n int, want *fuzz.Reading) error {
	e, ok := err.(*parser.Error)
	if err != nil && !ok || !sameError(e, want.End) || n != len(want.Frames) {
		return fmt.Errorf("%d frames, then %+v, want %d, then %+v", n, err, len(want.Frames), want.End)
	}
	return nil
}

func atEndOfReader(r *parser.Reader, err error, n int, want *fuzz.Reading) error {
	if err == io.EOF {
		err = nil
	}
	return errors.Join(beatsAs(r, math.MaxInt64, want), atEnd(err, n, want))
}

// beatsAs compares the number of heart-beats up to an offset.
func beatsAs(r *parser.Reader, offset int64, want *fuzz.Reading) error {
	beats := int64(0)
	for _, g := range want.Gaps {
		if g.Offset < offset {
			beats += g.Count
		}
	}
	if got := r.HeartBeats(); got != beats {
		return fmt.Errorf("%d heart-beats, want %d", got, beats)
	}
	return nil
}

// clipped returns an error if something that is lent has room behind it.
func clipped(h frame.Head, raw []byte) error {
	room := cap(h.Headers) - len(h.Headers) + cap(raw) - len(raw)
	for _, f := range h.Headers {
		room += cap(f.Name) - len(f.Name) + cap(f.Value) - len(f.Value)
	}
	if room > 0 {
		return errors.New("what is lent has spare capacity")
	}
	return nil
}

// spoil overwrites a chunk that its owner uses again.
func spoil(chunk []byte) {
	for i := range chunk {
		chunk[i] = 'P'
	}
}

// diffReadings returns nil if two readings are the same in everything but the
// Detail of errors.
func diffReadings(want, got *fuzz.Reading) error {
	if slices.EqualFunc(want.Frames, got.Frames, sameLocated) && slices.Equal(want.Gaps, got.Gaps) &&
		(want.Open == nil) == (got.Open == nil) && (want.Open == nil || sameLocated(*want.Open, *got.Open)) &&
		sameError(want.Err, got.Err) && sameError(want.End, got.End) {
		return nil
	}
	return fmt.Errorf("(-want +got):\n%s", cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(parser.Error{}, "Detail")))
}

func sameLocated(a, b fuzz.Located) bool {
	return a.Length == b.Length && a.Used == b.Used && a.Offset == b.Offset && a.Size == b.Size &&
		a.Frame.Command == b.Frame.Command && slices.Equal(a.Frame.Headers, b.Frame.Headers) && bytes.Equal(a.Frame.Body, b.Frame.Body)
}

func sameError(a, b *parser.Error) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.Detail, y.Detail = "", ""
	return x == y
}

// A recorder makes a Reading of the events of a Parser. It looks at each call
// as a caller would who trusts nothing.
type recorder struct {
	settings
	p *parser.Parser
	// The recorder overwrites each chunk as soon as the Parser has taken it.
	// Otherwise it checks that a head stays until its frame ends.
	overwrite bool

	r       fuzz.Reading
	open    fuzz.Located
	inFrame bool
	head    headers.ListView // lent
	taken   int64            // bytes
	raw     int64            // bytes in Raw so far
	held    []byte           // taken, and in no event yet
	buf     []byte
}

// reset makes the recorder, and its Parser, ready for another stream. The
// Reading of the one before is invalid.
func (rec *recorder) reset(s settings) {
	rec.p.Reset(s.Options)
	*rec = recorder{settings: s, p: rec.p, overwrite: rec.overwrite, held: rec.held[:0], buf: rec.buf[:0],
		r: fuzz.Reading{Frames: rec.r.Frames[:0], Gaps: rec.r.Gaps[:0]}}
}

// readAs reads the chunks, and returns an error if that is not what want says.
func (rec *recorder) readAs(chunks [][]byte, want *fuzz.Reading) error {
	for _, chunk := range chunks {
		if err := rec.feed(chunk); err != nil {
			return err
		}
		if rec.r.Err != nil {
			break
		}
	}
	return rec.finishAs(want)
}

// feed gives the Parser a chunk, all of it unless there is an error in it.
func (rec *recorder) feed(chunk []byte) error {
	src := chunk
	if rec.overwrite {
		rec.buf = append(rec.buf[:0], chunk...)
		src = rec.buf
		defer func() { spoil(rec.buf) }()
	}
	inRun := false // the last event was a run of heart-beats in this chunk
	for {
		ev, n, err := rec.p.Next(src)
		if err != nil {
			return rec.fail(err, n, ev)
		}
		rec.taken += int64(n)
		if got := rec.p.Offset(); n < 0 || got != rec.taken {
			return fmt.Errorf("Offset is %d after %d bytes", got, rec.taken)
		}
		taken := src[:n]
		src = src[n:]
		if inRun && ev.Kind == parser.HeartBeatEvent {
			return errors.New("a run of heart-beats in two events")
		}
		inRun = ev.Kind == parser.HeartBeatEvent && len(rec.held) == 0
		if err := rec.event(ev, taken); err != nil {
			return fmt.Errorf("event %s: %w", ev.Kind, err)
		}
		if ev.Kind == parser.NeedMore && len(src) > 0 || ev.Kind != parser.NeedMore && n == 0 {
			return fmt.Errorf("event %s took %d bytes and left %d", ev.Kind, n, len(src))
		}
		if len(src) == 0 {
			return nil
		}
	}
}

// fail takes an error, which must be final.
func (rec *recorder) fail(err error, n int, ev parser.Event) error {
	e, ok := err.(*parser.Error)
	if !ok || n != 0 || ev.Kind != parser.NeedMore {
		return fmt.Errorf("event %s, %d bytes taken, error %w", ev.Kind, n, err)
	}
	if e.Kind != parser.UnexpectedEOF && (rec.raw < e.Frame || rec.raw > e.Offset) {
		return fmt.Errorf("%d bytes in Raw before error %+v", rec.raw, e)
	}
	for _, more := range []string{"", "\n", "SEND\n\n\x00"} {
		if _, n, again := rec.p.Next([]byte(more)); again != err || n != 0 || rec.p.Finish() != err || rec.p.Offset() != rec.taken || rec.p.Buffered() != 0 {
			return fmt.Errorf("error %w is not final: %w, %d bytes taken, %d buffered", err, again, n, rec.p.Buffered())
		}
	}
	rec.r.Err, rec.r.End = e, e
	return nil
}

// finishAs ends the stream, and compares what was read.
func (rec *recorder) finishAs(want *fuzz.Reading) error {
	if rec.r.Err == nil {
		if err := rec.p.Finish(); err != nil {
			if err := rec.fail(err, 0, parser.Event{}); err != nil {
				return err
			}
			rec.r.Err = nil
		}
	}
	if rec.inFrame {
		rec.r.Open = &rec.open
	}
	return diffReadings(want, &rec.r)
}

// event adds an event to the Reading. taken is what the call took.
func (rec *recorder) event(ev parser.Event, taken []byte) error {
	if ev.Kind == parser.NeedMore {
		rec.held = append(rec.held, taken...)
		if ev.Raw != nil || ev.Count != 0 || ev.Used != 0 || ev.Head.Command != "" || ev.Head.Headers != nil || rec.p.Buffered() != len(rec.held) {
			return fmt.Errorf("carries something, or %d bytes are buffered", rec.p.Buffered())
		}
		return nil
	}
	// What earlier calls took without an event, and what this one took, are the
	// bytes of the event.
	held := len(rec.held)
	if len(ev.Raw) != held+len(taken) || !bytes.Equal(ev.Raw[:held], rec.held) || !bytes.Equal(ev.Raw[held:], taken) {
		return fmt.Errorf("Raw is %q, the bytes taken were %q and %q", ev.Raw, rec.held, taken)
	}
	rec.held = rec.held[:0]
	offset := rec.raw
	rec.raw += int64(len(ev.Raw))
	if (ev.Kind == parser.BodyEvent || ev.Kind == parser.EndEvent) != rec.inFrame {
		return fmt.Errorf("inside a frame: %t", rec.inFrame)
	}
	if err := clipped(ev.Head, ev.Raw); err != nil {
		return err
	}
	switch ev.Kind {
	case parser.HeartBeatEvent:
		return rec.heartbeat(ev, offset)
	case parser.HeadEvent:
		rec.inFrame, rec.head = true, ev.Head.Headers
		rec.open = fuzz.Located{Length: ev.Head.Length, Used: ev.Used, Offset: offset,
			Frame: frame.Frame{Command: ev.Head.Command, Headers: ev.Head.Headers.Clone()}}
	case parser.BodyEvent:
		if ev.Used != rec.usedByBody(ev) || len(ev.Raw) == 0 {
			return fmt.Errorf("used %q, want %q", ev.Used, rec.usedByBody(ev))
		}
		rec.open.Used |= ev.Used
		rec.open.Frame.Body = append(rec.open.Frame.Body, ev.Raw...)
	case parser.EndEvent:
		if string(ev.Raw) != "\x00" || ev.Used != 0 {
			return fmt.Errorf("Raw is %q, used %q", ev.Raw, ev.Used)
		}
		if !rec.overwrite && !slices.Equal(rec.head.Clone(), rec.open.Frame.Headers) {
			return fmt.Errorf("the headers %q have become %q before the end of the frame", rec.open.Frame.Headers, rec.head)
		}
	default:
		return errors.New("unknown kind")
	}
	rec.open.Size += int64(len(ev.Raw))
	if ev.Kind == parser.EndEvent {
		rec.r.Frames = append(rec.r.Frames, rec.open)
		rec.inFrame, rec.open = false, fuzz.Located{}
		rec.afterFrame(len(rec.r.Frames), rec.p)
	}
	return nil
}

// usedByBody returns the leniencies that a Body event needs (D22).
func (rec *recorder) usedByBody(ev parser.Event) parser.Allow {
	switch rec.open.Frame.Command {
	case frame.SEND, frame.MESSAGE, frame.ERROR:
		return 0
	}
	if bytes.IndexByte(ev.Raw, 0) < 0 {
		return 0
	}
	return parser.AllowNULInBody
}

// heartbeat adds a run of bytes between frames, which may go on the one before.
func (rec *recorder) heartbeat(ev parser.Event, offset int64) error {
	if ev.Count < 0 || ev.Count == 0 && ev.Used == 0 || len(ev.Raw) == 0 {
		return fmt.Errorf("count %d in %d bytes", ev.Count, len(ev.Raw))
	}
	gap := fuzz.Gap{Offset: offset, Size: int64(len(ev.Raw)), Count: int64(ev.Count), Used: ev.Used}
	if n := len(rec.r.Gaps); n > 0 {
		if last := &rec.r.Gaps[n-1]; last.Offset+last.Size == offset {
			last.Size += gap.Size
			last.Count += gap.Count
			last.Used |= gap.Used
			return nil
		}
	}
	rec.r.Gaps = append(rec.r.Gaps, gap)
	return nil
}

// feed gives a Parser all of a chunk, and returns the last event.
func feed(t testing.TB, p *parser.Parser, chunk []byte) (ev parser.Event) {
	t.Helper()
	for len(chunk) > 0 {
		var n int
		var err error
		if ev, n, err = p.Next(chunk); err != nil {
			t.Fatal(err)
		}
		chunk = chunk[n:]
	}
	return ev
}

// assemble gives an Assembler all of a chunk, and calls each, if not nil, with
// each frame.
func assemble(t testing.TB, a *parser.Assembler, chunk []byte, each func(frame.View)) {
	t.Helper()
	for len(chunk) > 0 {
		v, n, ok, err := a.Next(chunk)
		if err != nil {
			t.Fatal(err)
		}
		if ok && each != nil {
			each(v)
		}
		chunk = chunk[n:]
	}
}
