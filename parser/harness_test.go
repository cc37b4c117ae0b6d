package parser_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A reading is what an input was read as, in a form that does not depend on how
// it was cut, for people to compare:
//
//	beats 2@0; SEND@2+10 [a=b] body "x"; bad_escape@17 frame 12 SEND a
type reading struct {
	strings.Builder
	beats     int
	beatsAt   int64
	beatsUsed parser.Allow
	head      frame.Head
	headText  string
	body      []byte
	start     int64
	used      parser.Allow
}

func (r *reading) part(format string, args ...any) {
	if r.Len() > 0 {
		r.WriteString("; ")
	}
	fmt.Fprintf(r, format, args...)
}

func (r *reading) endBeats() {
	if r.beats > 0 || r.beatsUsed != 0 {
		r.part("beats %d@%d%s", r.beats, r.beatsAt, usedText(r.beatsUsed))
	}
	r.beats, r.beatsUsed = 0, 0
}

func usedText(a parser.Allow) string {
	if a == 0 {
		return ""
	}
	return " used " + a.String()
}

func headText(h frame.Head) string {
	var b strings.Builder
	for i, e := range h.Headers {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s=%s", e.Name, e.Value)
	}
	return fmt.Sprintf("%s [%s]", h.Command, b.String())
}

// event takes an event that begins at offset at.
func (r *reading) event(ev parser.Event, at int64) {
	if ev.Kind == parser.HeartBeatEvent {
		if r.beats == 0 && r.beatsUsed == 0 {
			r.beatsAt = at
		}
		r.beats += ev.Count
		r.beatsUsed |= ev.Used
		return
	}
	if ev.Kind != parser.NeedMore {
		r.endBeats()
	}
	switch ev.Kind {
	case parser.HeadEvent:
		r.start, r.body, r.head, r.used = at, nil, ev.Head, ev.Used
		r.headText = headText(ev.Head)
	case parser.BodyEvent:
		r.body = append(r.body, ev.Raw...)
		r.used |= ev.Used
	case parser.EndEvent:
		r.frame(at + 1)
	}
}

func (r *reading) frame(end int64) {
	command, list, _ := strings.Cut(r.headText, " ")
	r.part("%s@%d+%d %s", command, r.start, end-r.start, list)
	if len(r.body) > 0 {
		fmt.Fprintf(r, " body %q", r.body)
	}
	r.WriteString(usedText(r.used))
}

func (r *reading) fail(err error) {
	r.endBeats()
	var e *parser.Error
	if !errors.As(err, &e) {
		r.part("error %v", err)
		return
	}
	r.part("%s@%d", e.Token(), e.Offset)
	if e.Frame != e.Offset {
		fmt.Fprintf(r, " frame %d", e.Frame)
	}
	if e.Limit != 0 || e.Kind.IsLimit() {
		fmt.Fprintf(r, " limit %d", e.Limit)
	}
	if e.Command != "" {
		fmt.Fprintf(r, " %s", e.Command)
	}
	if e.Header != "" {
		fmt.Fprintf(r, " %s", e.Header)
	}
	if e.Detail != "" && e.Kind == parser.UnknownCommand {
		fmt.Fprintf(r, " (%s)", e.Detail)
	}
}

// readByParser reads chunks with a Parser. It fails the test when the Raw of
// the events are not the input.
func readByParser(t *testing.T, o parser.Options, chunks ...[]byte) string {
	t.Helper()
	var r reading
	var raw []byte
	p := parser.New(o)
	var failure error
feed:
	for _, chunk := range chunks {
		for len(chunk) > 0 {
			at := p.Offset()
			ev, n, err := p.Next(chunk)
			if err != nil {
				failure = err
				break feed
			}
			if ev.Kind == parser.HeartBeatEvent || ev.Kind == parser.HeadEvent {
				// Part of it may have come with earlier chunks.
				at += int64(n - len(ev.Raw))
			}
			r.event(ev, at)
			raw = append(raw, ev.Raw...)
			if ev.Kind == parser.NeedMore && n != len(chunk) {
				t.Fatalf("NeedMore took %d of %d bytes", n, len(chunk))
			}
			if len(ev.Raw) == 0 && ev.Kind != parser.NeedMore {
				t.Fatalf("%v without a byte", ev.Kind)
			}
			if cap(ev.Raw) != len(ev.Raw) {
				t.Fatalf("%v: Raw has spare capacity", ev.Kind)
			}
			chunk = chunk[n:]
		}
	}
	if failure == nil {
		failure = p.Finish()
	}
	if failure != nil {
		if again := p.Finish(); again != failure {
			t.Errorf("error is not final: %v, then Finish says %v", failure, again)
		}
		if _, n, again := p.Next([]byte("SEND\n\n\x00")); again != failure || n != 0 {
			t.Errorf("error is not final: %v, then %v, %d bytes taken", failure, again, n)
		}
		if _, n, again := p.Next(nil); again != failure || n != 0 {
			t.Errorf("error is not final: %v, then %v for no bytes", failure, again)
		}
		r.fail(failure)
	} else {
		r.endBeats()
	}
	if all := bytes.Join(chunks, nil); !bytes.HasPrefix(all, raw) || failure == nil && len(raw) != len(all) {
		t.Errorf("joined Raw is %q, input %q", raw, all)
	}
	return r.String()
}

// framesOf reduces a reading to its frames and error.
func framesOf(reading string) string {
	var parts []string
	for _, part := range strings.Split(reading, "; ") {
		if part != "" && !strings.HasPrefix(part, "beats ") {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

func readByAssembler(o parser.Options, chunks ...[]byte) string {
	var r reading
	a := parser.NewAssembler(o)
	var start int64
	for _, chunk := range chunks {
		for len(chunk) > 0 {
			v, n, ok, err := a.Next(chunk)
			if err != nil {
				r.fail(err)
				return r.String()
			}
			chunk = chunk[n:]
			if ok {
				r.headText, r.body, r.used = headText(v.Head), v.Body, a.Used()
				r.start = start
				r.frame(a.Offset())
				start = 0
			}
		}
	}
	if err := a.Finish(); err != nil {
		r.fail(err)
	}
	return r.String()
}

func readByReader(o parser.Options, src io.Reader) string {
	var r reading
	rd := parser.NewReader(src, o)
	for {
		f, err := rd.ReadFrame()
		if err == io.EOF {
			return r.String()
		}
		if err != nil {
			r.fail(err)
			return r.String()
		}
		view := make(headers.ListView, len(f.Headers))
		for i, h := range f.Headers {
			view[i] = headers.FieldView{Name: []byte(h.Name), Value: []byte(h.Value)}
		}
		r.headText, r.body, r.used = headText(frame.Head{Command: f.Command, Headers: view}), f.Body, rd.Used()
		r.frame(rd.Offset())
	}
}

// withoutStarts drops the start and size of frames, which only the Parser and
// FrameStart know.
func withoutStarts(reading string) string {
	parts := strings.Split(reading, "; ")
	for i, part := range parts {
		word, rest, _ := strings.Cut(part, " ")
		if command, at, ok := strings.Cut(word, "@"); ok && strings.Contains(at, "+") {
			parts[i] = command + " " + rest
		}
	}
	return strings.Join(parts, "; ")
}

// checkReading reads in through everything, cut in every way that is cheap,
// and compares with want.
func checkReading(t *testing.T, o parser.Options, in, want string) {
	t.Helper()
	src := []byte(in)
	if got := readByParser(t, o, src); got != want {
		t.Fatalf("whole:\n got %s\nwant %s", got, want)
	}
	octets := make([][]byte, len(src))
	for i := range src {
		octets[i] = src[i : i+1 : i+1]
	}
	if got := readByParser(t, o, octets...); got != want {
		t.Fatalf("byte by byte:\n got %s\nwant %s", got, want)
	}
	step := 1 + len(src)/300
	for i := 1; i < len(src); i += step {
		if got := readByParser(t, o, src[:i:i], src[i:]); got != want {
			t.Fatalf("cut at %d:\n got %s\nwant %s", i, got, want)
		}
	}
	if len(src) <= 40 {
		for i := 1; i < len(src); i++ {
			for j := i + 1; j < len(src); j++ {
				if got := readByParser(t, o, src[:i:i], src[i:j:j], src[j:]); got != want {
					t.Fatalf("cut at %d and %d:\n got %s\nwant %s", i, j, got, want)
				}
			}
		}
	}
	want = withoutStarts(framesOf(want))
	if got := withoutStarts(readByAssembler(o, src)); got != want {
		t.Fatalf("assembler, whole:\n got %s\nwant %s", got, want)
	}
	if got := withoutStarts(readByAssembler(o, octets...)); got != want {
		t.Fatalf("assembler, byte by byte:\n got %s\nwant %s", got, want)
	}
	for i := 1; i < len(src); i += step {
		if got := withoutStarts(readByAssembler(o, src[:i:i], src[i:])); got != want {
			t.Fatalf("assembler, cut at %d:\n got %s\nwant %s", i, got, want)
		}
	}
	if got := withoutStarts(readByReader(o, bytes.NewReader(src))); got != want {
		t.Fatalf("reader:\n got %s\nwant %s", got, want)
	}
	if got := withoutStarts(readByReader(o, iotestOneByte{bytes.NewReader(src)})); got != want {
		t.Fatalf("reader, byte by byte:\n got %s\nwant %s", got, want)
	}
}

// iotestOneByte reads one byte at a time, the last with io.EOF.
type iotestOneByte struct{ r *bytes.Reader }

func (o iotestOneByte) Read(p []byte) (int, error) {
	n, err := o.r.Read(p[:min(1, len(p))])
	if err == nil && o.r.Len() == 0 {
		err = io.EOF
	}
	return n, err
}
