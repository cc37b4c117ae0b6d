package fuzz

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/stompwire/stomp/parser"
)

// readParser reads chunks with a [parser.Parser] and then calls Finish, unless
// the chunks had an error. The second result is an error when the parser breaks
// a promise that no Reading can show: an event of an unknown kind or out of
// order, a count of bytes that does not fit the chunk, an error of another
// type, Raw that is not the input.
func readParser(chunks [][]byte, o parser.Options) (Reading, error) {
	return newRecorder(parser.New(o)).Read(chunks)
}

// A machine is what the properties of this module's parser look at: a
// [parser.Parser], or something around one.
type machine interface {
	Next(src []byte) (ev parser.Event, n int, err error)
	Finish() error
	Offset() int64
	Buffered() int
	Reset(o parser.Options)
}

// A recorder makes a [Reading] of the events of a [machine]. It looks at each
// call as a caller would who trusts nothing.
type recorder struct {
	// AfterFrame is called at the end of each frame, where a caller may call
	// SetVersion and SetLimits; frames counts them. It may be nil.
	AfterFrame func(frames int)

	p       machine
	r       Reading
	open    Located
	inFrame bool
	taken   int64 // bytes
	raw     int64 // bytes in Raw so far
	held    []byte
}

// newRecorder returns a recorder for a machine at the start of a stream.
func newRecorder(p machine) *recorder { return &recorder{p: p} }

// Reset makes the recorder ready for another stream: p as good as new, the
// Reading empty. Readings returned before are invalid.
func (rec *recorder) Reset(o parser.Options) {
	rec.p.Reset(o)
	frames, gaps := rec.r.Frames[:0], rec.r.Gaps[:0]
	rec.r = Reading{Frames: frames, Gaps: gaps}
	rec.inFrame, rec.taken, rec.raw, rec.held = false, 0, 0, rec.held[:0]
}

// Read feeds the chunks and calls Finish.
func (rec *recorder) Read(chunks [][]byte) (Reading, error) {
	for _, chunk := range chunks {
		if err := rec.Feed(chunk); err != nil {
			return rec.r, err
		}
		if rec.r.Err != nil {
			break
		}
	}
	return rec.Finish()
}

// Feed gives the parser one chunk, all of it unless there is an error in it.
func (rec *recorder) Feed(chunk []byte) error {
	inRun := false // the last event was a run of heart-beats in this chunk
	for {
		ev, n, err := rec.p.Next(chunk)
		if n < 0 || n > len(chunk) {
			return fmt.Errorf("parser.Next took %d of %d bytes", n, len(chunk))
		}
		if err != nil {
			if n != 0 {
				return fmt.Errorf("parser.Next took %d bytes together with error %w", n, err)
			}
			rec.r.Err, err = asError(err)
			return err
		}
		rec.taken += int64(n)
		if got := rec.p.Offset(); got != rec.taken {
			return fmt.Errorf("parser.Offset is %d after %d bytes", got, rec.taken)
		}
		taken := chunk[:n]
		chunk = chunk[n:]
		if inRun && ev.Kind == parser.HeartBeatEvent {
			return errors.New("a run of heart-beats in two events")
		}
		inRun = ev.Kind == parser.HeartBeatEvent && len(rec.held) == 0
		if err := rec.event(ev, taken); err != nil {
			return fmt.Errorf("event %s: %w", ev.Kind, err)
		}
		if ev.Kind == parser.NeedMore {
			if len(chunk) > 0 {
				return fmt.Errorf("NeedMore with %d bytes left", len(chunk))
			}
			return nil
		}
		if n == 0 {
			return fmt.Errorf("event %s took nothing", ev.Kind)
		}
		if len(chunk) == 0 {
			return nil
		}
	}
}

// Finish ends the stream, and returns the Reading, valid until Reset.
func (rec *recorder) Finish() (Reading, error) {
	err := rec.p.Finish()
	if rec.r.End = rec.r.Err; err != nil {
		if rec.r.End, err = asError(err); err != nil {
			return rec.r, err
		}
	}
	if rec.r.Err != nil {
		if err := diffErrors(rec.r.Err, rec.r.End); err != nil {
			return rec.r, fmt.Errorf("Finish after an error: %w", err)
		}
	}
	rec.r.Open = nil
	if rec.inFrame {
		rec.r.Open = &rec.open
	}
	return rec.r, nil
}

// asError checks that an error is one of the parser's.
func asError(err error) (*parser.Error, error) {
	e, ok := err.(*parser.Error)
	if !ok || e == nil {
		return nil, fmt.Errorf("not a *parser.Error: %w", err)
	}
	return e, nil
}

// event adds an event to the Reading. taken is what the call took.
func (rec *recorder) event(ev parser.Event, taken []byte) error {
	if ev.Kind == parser.NeedMore {
		if ev.Raw != nil || ev.Count != 0 || ev.Used != 0 || ev.Head.Command != "" || ev.Head.Headers != nil {
			return errors.New("carries something")
		}
		rec.held = append(rec.held, taken...)
		return nil
	}
	// What earlier calls took without an event, and what this one took, is
	// the bytes of the event.
	held := len(rec.held)
	if len(ev.Raw) != held+len(taken) || !bytes.Equal(ev.Raw[:held], rec.held) || !bytes.Equal(ev.Raw[held:], taken) {
		return fmt.Errorf("parser: Raw is %q, the bytes taken were %q and %q", ev.Raw, rec.held, taken)
	}
	rec.held = rec.held[:0]
	if cap(ev.Raw) != len(ev.Raw) {
		return errors.New("parser: Raw has spare capacity")
	}
	offset := rec.raw
	rec.raw += int64(len(ev.Raw))

	switch ev.Kind {
	case parser.HeartBeatEvent:
		return rec.heartbeat(ev, offset)
	case parser.HeadEvent:
		if rec.inFrame {
			return errors.New("inside a frame")
		}
		rec.inFrame = true
		rec.open = Located{Length: ev.Head.Length, Used: ev.Used, Offset: offset, Size: int64(len(ev.Raw))}
		rec.open.Frame.Command = ev.Head.Command
		rec.open.Frame.Headers = ev.Head.Headers.Clone()
		for i, h := range ev.Head.Headers {
			if cap(h.Name) != len(h.Name) || cap(h.Value) != len(h.Value) {
				return fmt.Errorf("header %d has spare capacity", i)
			}
		}
		return nil
	case parser.BodyEvent, parser.EndEvent:
		if !rec.inFrame {
			return errors.New("outside a frame")
		}
		if ev.Used != rec.usedByBody(ev) {
			return fmt.Errorf("used %q, want %q", ev.Used, rec.usedByBody(ev))
		}
		rec.open.Used |= ev.Used
		rec.open.Size += int64(len(ev.Raw))
		if ev.Kind == parser.BodyEvent {
			if len(ev.Raw) == 0 {
				return errors.New("empty")
			}
			rec.open.Frame.Body = append(rec.open.Frame.Body, ev.Raw...)
			return nil
		}
		if string(ev.Raw) != "\x00" {
			return fmt.Errorf("parser: Raw is %q", ev.Raw)
		}
		rec.inFrame = false
		rec.r.Frames = append(rec.r.Frames, rec.open)
		rec.open = Located{}
		if rec.AfterFrame != nil {
			rec.AfterFrame(len(rec.r.Frames))
		}
		return nil
	}
	return errors.New("unknown kind")
}

// usedByBody returns the leniencies that a Body or End event needs (D22).
func (rec *recorder) usedByBody(ev parser.Event) parser.Allow {
	if ev.Kind == parser.BodyEvent && bytes.IndexByte(ev.Raw, 0) >= 0 && !countedByAll(rec.open.Frame.Command) {
		return parser.AllowNULInBody
	}
	return 0
}

// heartbeat adds a run of bytes between frames, which may go on the one
// before.
func (rec *recorder) heartbeat(ev parser.Event, offset int64) error {
	if rec.inFrame {
		return errors.New("inside a frame")
	}
	if ev.Count < 0 || ev.Count == 0 && ev.Used == 0 || len(ev.Raw) == 0 {
		return fmt.Errorf("count %d in %d bytes", ev.Count, len(ev.Raw))
	}
	gap := Gap{Offset: offset, Size: int64(len(ev.Raw)), Count: int64(ev.Count), Used: ev.Used}
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
