package vectors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// The cost of cutting: inputs of up to so many bytes are cut in three
// everywhere, in two everywhere, and byte by byte.
const (
	threeCuts = 60
	twoCuts   = 2 << 10
	octets    = 128 << 10
)

// A reading is what a vector says that its input is read as, in the types of
// this module.
type reading struct {
	opt     parser.Options
	src     []byte
	frames  []expected
	beats   []int // one more than frames
	gapUsed parser.Allow
	err     *parser.Error // nil, or without Detail
	changes []change
}

type expected struct {
	*frame.Frame
	start, end int64
	used       parser.Allow
	length     frame.ContentLength
}

// A change of version or limits after so many frames.
type change struct {
	frames    int
	version   frame.Version
	versioned bool
	limits    *parser.Limits
}

func newReading(t *testing.T, v *Decode) *reading {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	r := &reading{src: []byte(*v.Input), beats: v.HeartBeats}
	r.opt = v.Options()
	r.gapUsed, err = parseAllow(v.HeartBeatsUsed)
	must(err)
	if r.beats == nil {
		r.beats = make([]int, len(v.Frames)+1)
	}
	for i := range v.Frames {
		f := &v.Frames[i]
		e := expected{Frame: f.NewFrame(), start: f.Offset, end: f.Offset + f.Size}
		e.used, err = parseAllow(f.Used)
		must(err)
		if _, ok := e.Headers.Get(headers.ContentLength); ok {
			e.length = frame.Counted(int64(len(e.Body)))
		}
		r.frames = append(r.frames, e)
	}
	for i := range v.After {
		a := &v.After[i]
		c := change{frames: a.Frames}
		c.version, c.versioned = a.NewVersion()
		if a.Limits != nil {
			limits := a.Limits.Options()
			c.limits = &limits
		}
		r.changes = append(r.changes, c)
	}
	if e := v.Error; e != nil {
		kind, _ := errorKind(e.Kind)
		r.err = &parser.Error{Kind: kind, Offset: e.Offset, Frame: e.Frame, Command: frame.Command(e.Command)}
		if e.Limit != nil {
			r.err.Limit = int64(*e.Limit)
			if *e.Limit < 0 {
				r.err.Limit = math.MaxInt64
			}
		}
		if e.Header != "" {
			r.err.Header = string(headers.AppendName(nil, e.Header))
		}
	}
	return r
}

// A settable is a Parser, an Assembler or a Reader.
type settable interface {
	SetVersion(frame.Version)
	SetLimits(parser.Limits)
}

// completed makes the change that is due after n frames.
func (r *reading) completed(n int, s settable) {
	for _, c := range r.changes {
		if c.frames == n {
			if c.versioned {
				s.SetVersion(c.version)
			}
			if c.limits != nil {
				s.SetLimits(*c.limits)
			}
		}
	}
}

// ended compares the error at the end of the input.
func (r *reading) ended(frames int, err error) error {
	if frames != len(r.frames) {
		return fmt.Errorf("%d frames, then %v, want %d frames", frames, err, len(r.frames))
	}
	if r.err == nil || err == nil {
		if err != nil || r.err != nil {
			return fmt.Errorf("error is %v, want %v", err, r.err)
		}
		return nil
	}
	var e *parser.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("error is a %T: %v", err, err)
	}
	got := *e
	got.Detail = ""
	if got != *r.err {
		return fmt.Errorf("error is\n%+v, want\n%+v", got, *r.err)
	}
	return nil
}

// head compares frame i but for its body.
func (r *reading) head(i int, h frame.Head) error {
	if i >= len(r.frames) {
		return fmt.Errorf("frame %d: %s, want none", i, h.Command)
	}
	w := &r.frames[i]
	same := h.Command == w.Command && h.Length == w.length && len(h.Headers) == len(w.Headers)
	for k := 0; same && k < len(w.Headers); k++ {
		same = string(h.Headers[k].Name) == w.Headers[k].Name && string(h.Headers[k].Value) == w.Headers[k].Value
	}
	if !same {
		return fmt.Errorf("frame %d is %s %q, length %s, want %s %q, length %s", i, h.Command, h.Headers, h.Length, w.Command, w.Headers, w.length)
	}
	return nil
}

// used compares the leniencies that frame i needed.
func (r *reading) used(i int, used parser.Allow) error {
	if i < len(r.frames) && used != r.frames[i].used {
		return fmt.Errorf("frame %d: leniencies %q, want %q", i, used, r.frames[i].used)
	}
	return nil
}

// whole compares frame i, which ends at offset end.
func (r *reading) whole(i int, f *frame.Frame, used parser.Allow, end int64) error {
	view := make(headers.ListView, len(f.Headers))
	for k, h := range f.Headers {
		view[k] = headers.FieldView{Name: []byte(h.Name), Value: []byte(h.Value)}
	}
	h := frame.Head{Command: f.Command, Headers: view}
	if i < len(r.frames) {
		h.Length = r.frames[i].length
	}
	return errors.Join(r.head(i, h), r.body(i, f.Body, end), r.used(i, used))
}

// body compares the body and the end of frame i.
func (r *reading) body(i int, body []byte, end int64) error {
	if i >= len(r.frames) {
		return nil
	}
	if w := &r.frames[i]; !bytes.Equal(body, w.Body) || end != w.end {
		return fmt.Errorf("frame %d has the body %.100q and ends at %d, want %.100q and %d", i, body, end, w.Body, w.end)
	}
	return nil
}

// byParser reads chunks, whose joined bytes are the input, event by event.
func (r *reading) byParser(p *parser.Parser, chunks ...[]byte) error {
	p.Reset(r.opt)
	var (
		n, beats, body int
		next           int64 // offset where the next event begins
		begun          bool
		used, gapUsed  parser.Allow
		failure        error
	)
feed:
	for _, chunk := range chunks {
		for len(chunk) > 0 {
			ev, k, err := p.Next(chunk)
			if err != nil {
				failure = err
				break feed
			}
			chunk = chunk[k:]
			start := p.Offset() - int64(len(ev.Raw))
			if ev.Kind == parser.NeedMore {
				if len(chunk) > 0 {
					return fmt.Errorf("NeedMore leaves %d bytes", len(chunk))
				}
				continue
			}
			if start != next || string(ev.Raw) != string(r.src[start:p.Offset()]) || cap(ev.Raw) != len(ev.Raw) {
				return fmt.Errorf("%v at %d has Raw %.100q, want the bytes from %d", ev.Kind, start, ev.Raw, next)
			}
			next = p.Offset()
			switch ev.Kind {
			case parser.HeartBeatEvent:
				beats += ev.Count
				gapUsed |= ev.Used
			case parser.HeadEvent:
				if err := r.head(n, ev.Head); err != nil && (n < len(r.frames) || r.err == nil) {
					return err
				}
				if n < len(r.frames) && (start != r.frames[n].start || beats != r.beats[n]) {
					return fmt.Errorf("frame %d begins at %d after %d heart-beats, want %d and %d", n, start, beats, r.frames[n].start, r.beats[n])
				}
				if n == len(r.frames) && (r.err == nil || start != r.err.Frame) {
					return fmt.Errorf("a head at %d, want none", start)
				}
				body, begun, used = 0, true, ev.Used
			case parser.BodyEvent:
				if len(ev.Raw) == 0 {
					return errors.New("an empty Body event")
				}
				if n < len(r.frames) {
					w := r.frames[n].Body
					if body+len(ev.Raw) > len(w) || string(ev.Raw) != string(w[body:body+len(ev.Raw)]) {
						return fmt.Errorf("frame %d has %.100q in its body at %d", n, ev.Raw, body)
					}
				}
				body += len(ev.Raw)
				used |= ev.Used
			case parser.EndEvent:
				if err := r.used(n, used); err != nil {
					return err
				}
				if n >= len(r.frames) || body != len(r.frames[n].Body) || p.Offset() != r.frames[n].end {
					return fmt.Errorf("frame %d ends at %d with a body of %d bytes", n, p.Offset(), body)
				}
				n++
				beats, begun = 0, false
				r.completed(n, p)
			}
		}
	}
	if failure == nil {
		failure = p.Finish()
	}
	if !begun && n == len(r.frames) && beats != r.beats[n] {
		return fmt.Errorf("%d heart-beats after frame %d, want %d", beats, n, r.beats[n])
	}
	if gapUsed != r.gapUsed {
		return fmt.Errorf("leniencies between frames %q, want %q", gapUsed, r.gapUsed)
	}
	if err := r.ended(n, failure); err != nil {
		return err
	}
	if failure != nil {
		if _, k, again := p.Next([]byte("SEND\n\n\x00")); again != failure || k != 0 || p.Finish() != failure {
			return fmt.Errorf("error is not final: %v, then %v and %d bytes taken", failure, again, k)
		}
	}
	return nil
}

// byAssembler reads chunks frame by frame.
func (r *reading) byAssembler(a *parser.Assembler, chunks ...[]byte) error {
	a.Reset(r.opt)
	n := 0
	for _, chunk := range chunks {
		for len(chunk) > 0 {
			v, k, ok, err := a.Next(chunk)
			if err != nil {
				return r.ended(n, err)
			}
			chunk = chunk[k:]
			if !ok {
				// Between frames a CR may be held back.
				if start, inside := a.FrameStart(); inside && (n < len(r.frames) && start != r.frames[n].start || n == len(r.frames) && (r.err == nil || start != r.err.Frame)) {
					return fmt.Errorf("frame %d has begun at %d", n, start)
				}
				continue
			}
			if err := errors.Join(r.head(n, v.Head), r.body(n, v.Body, a.Offset()), r.used(n, a.Used())); err != nil {
				return err
			}
			n++
			r.completed(n, a)
		}
	}
	return r.ended(n, a.Finish())
}

// pieces is an io.Reader that gives one chunk at a time, the last with io.EOF
// where that is said.
type pieces struct {
	chunks  [][]byte
	withEOF bool
}

func (p *pieces) Read(b []byte) (int, error) {
	for len(p.chunks) > 0 && len(p.chunks[0]) == 0 {
		p.chunks = p.chunks[1:]
	}
	if len(p.chunks) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.chunks[0])
	p.chunks[0] = p.chunks[0][n:]
	if p.withEOF && len(p.chunks) == 1 && len(p.chunks[0]) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// byReader reads chunks with a Reader, owned frames.
func (r *reading) byReader(rd *parser.Reader, chunks ...[]byte) error {
	rd.Reset(&pieces{slices.Clone(chunks), len(chunks)%2 == 0}, r.opt)
	for n := 0; ; n++ {
		f, err := rd.ReadFrame()
		if err != nil {
			return r.endReader(rd, n, err)
		}
		if err := r.whole(n, f, rd.Used(), rd.Offset()); err != nil {
			return err
		}
		r.completed(n+1, rd)
	}
}

// byStream reads chunks with a Reader, heads and streamed bodies.
func (r *reading) byStream(rd *parser.Reader, chunks ...[]byte) error {
	rd.Reset(&pieces{slices.Clone(chunks), len(chunks)%2 == 1}, r.opt)
	var buf [512]byte
	var body []byte
	for n := 0; ; n++ {
		h, err := rd.Next()
		if err != nil {
			return r.endReader(rd, n, err)
		}
		start, inside := rd.FrameStart()
		if n == len(r.frames) && r.err != nil && start == r.err.Frame {
			// Its body has the error.
			_, err := io.Copy(io.Discard, rd)
			return r.endReader(rd, n, err)
		}
		if err := r.head(n, h); err != nil {
			return err
		}
		if !inside || start != r.frames[n].start {
			return fmt.Errorf("frame %d begins at %d, want %d", n, start, r.frames[n].start)
		}
		body = body[:0]
		for {
			k, err := rd.Read(buf[:])
			body = append(body, buf[:k]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				return fmt.Errorf("frame %d: %w", n, err)
			}
		}
		if err := errors.Join(r.body(n, body, rd.Offset()), r.used(n, rd.Used())); err != nil {
			return err
		}
		r.completed(n+1, rd)
	}
}

func (r *reading) endReader(rd *parser.Reader, n int, err error) error {
	if err == io.EOF {
		err = nil
	}
	total := int64(0)
	for _, b := range r.beats {
		total += int64(b)
	}
	if rd.HeartBeats() != total {
		return fmt.Errorf("%d heart-beats in all, want %d", rd.HeartBeats(), total)
	}
	return r.ended(n, err)
}

// A chopper has what reads inputs, so that the many readings of a vector share
// their buffers.
type chopper struct {
	parser    parser.Parser
	assembler parser.Assembler
	reader    *parser.Reader
	stream    *parser.Reader
}

// all reads chunks in every way.
func (c *chopper) all(r *reading, chunks ...[]byte) error {
	for _, way := range []struct {
		name string
		err  error
	}{
		{"Parser", r.byParser(&c.parser, chunks...)},
		{"Assembler", r.byAssembler(&c.assembler, chunks...)},
		{"Reader.ReadFrame", r.byReader(c.reader, chunks...)},
		{"Reader.Next", r.byStream(c.stream, chunks...)},
	} {
		if way.err != nil {
			return fmt.Errorf("%s: %w", way.name, way.err)
		}
	}
	return nil
}

// cut cuts bytes into chunks of the sizes, the last of which is used again
// until nothing is left. Chunks have no spare capacity.
func cut(src []byte, sizes ...int) (chunks [][]byte) {
	for i := 0; len(src) > 0; i++ {
		n := min(sizes[min(i, len(sizes)-1)], len(src))
		chunks = append(chunks, src[:n:n])
		src = src[n:]
	}
	return chunks
}

// positions are those at which an input of size bytes is cut in two: all of
// them in a short one.
func positions(size, every int) (at []int) {
	if size <= every {
		for i := 1; i < size; i++ {
			at = append(at, i)
		}
		return at
	}
	for i := 1; i < every/8; i++ {
		at = append(at, i, size-i)
	}
	for i := 1; i < 8; i++ {
		at = append(at, i*size/8)
	}
	return at
}

func TestDecode(t *testing.T) {
	c := &chopper{reader: parser.NewReader(nil, parser.Options{}), stream: parser.NewReader(nil, parser.Options{})}
	three, two := threeCuts, twoCuts
	if testing.Short() {
		three, two = threeCuts/4, twoCuts/8
	}
	for v := range All[Decode]() {
		t.Run(v.ID, func(t *testing.T) {
			r := newReading(t, v)
			read := func(how string, chunks ...[]byte) {
				t.Helper()
				if err := c.all(r, chunks...); err != nil {
					t.Fatalf("%s, %s: %v", v.Title, how, err)
				}
			}
			size := len(r.src)
			read("whole", cut(r.src, max(size, 1))...)
			if v.Chunks != nil {
				read("in its chunks", v.Pieces()...)
			}
			if size <= octets {
				read("byte by byte", cut(r.src, 1)...)
				read("in pairs", cut(r.src, 2)...)
			}
			read("in chunks of 4097", cut(r.src, 4097)...)
			if size > 1<<20 {
				// Where it matters in a long one: at both ends.
				for _, i := range []int{6, 7, 40, size / 2, size - 2, size - 1} {
					read(fmt.Sprintf("cut at %d", i), cut(r.src, i, size)...)
				}
				return
			}
			for _, i := range positions(size, two) {
				read(fmt.Sprintf("cut at %d", i), r.src[:i:i], r.src[i:])
			}
			if size > three {
				return
			}
			for i := 1; i < size; i++ {
				for j := i + 1; j < size; j++ {
					chunks := [][]byte{r.src[:i:i], r.src[i:j:j], r.src[j:]}
					if err := r.byParser(&c.parser, chunks...); err != nil {
						t.Fatalf("%s, cut at %d and %d: Parser: %v", v.Title, i, j, err)
					}
					if err := r.byAssembler(&c.assembler, chunks...); err != nil {
						t.Fatalf("%s, cut at %d and %d: Assembler: %v", v.Title, i, j, err)
					}
				}
			}
		})
	}
}
