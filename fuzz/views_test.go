package fuzz

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// checkViews returns an error when what a [parser.Parser] or a
// [parser.Assembler] lends is not as safe as promised:
//
//   - a chunk is written to;
//   - a chunk is looked at after the call, other than through what was lent:
//     chunks are overwritten as soon as that may be, and the readings must not
//     change;
//   - a head changes before the call after the End event of its frame, or a
//     view before the next call;
//   - appending to a borrowed slice reaches what stands behind it.
func checkViews(chunks [][]byte, o parser.Options) error {
	err := viewsOf(parser.New(o), parser.New(o), chunks, o)
	if err == nil {
		err = viewsOfAssembler(chunks, o)
	}
	if err == nil {
		err = poisonedAssembler(chunks, o)
	}
	if err != nil {
		return fmt.Errorf("%q: %w", joined(chunks), err)
	}
	return nil
}

func viewsOf(p, q machine, chunks [][]byte, o parser.Options) error {
	if err := viewsOfParser(p, chunks); err != nil {
		return err
	}
	return poisonedParser(q, chunks, o)
}

// viewsOfParser leaves the chunks as they are and looks at each head again
// until its frame has ended.
func viewsOfParser(p machine, chunks [][]byte) error {
	var head frame.Head
	var copied *frame.Frame
	var raw, copiedRaw []byte
	for _, chunk := range chunks {
		before := bytes.Clone(chunk)
		for src := chunk; len(src) > 0; {
			ev, n, err := p.Next(src)
			if !bytes.Equal(chunk, before) {
				return fmt.Errorf("chunk %q became %q", before, chunk)
			}
			if copied != nil {
				if err := DiffFrames(copied, head.Clone()); err != nil {
					return fmt.Errorf("a head changed before the end of its frame: %w", err)
				}
				if !bytes.Equal(raw, copiedRaw) {
					return fmt.Errorf("the Raw %q of a head became %q before the end of its frame", copiedRaw, raw)
				}
			}
			if err != nil {
				break
			}
			src = src[n:]
			if ev.Kind == parser.HeadEvent {
				head, copied = ev.Head, ev.Head.Clone()
				raw, copiedRaw = ev.Raw, bytes.Clone(ev.Raw)
			}
			if err := appendToAll(ev.Head, ev.Raw, chunk); err != nil {
				return fmt.Errorf("event %s: %w", ev.Kind, err)
			}
			if ev.Kind == parser.EndEvent {
				head, copied, raw, copiedRaw = frame.Head{}, nil, nil, nil
			}
		}
	}
	return nil
}

// appendToAll appends a byte to each of the slices lent, and looks whether
// this changed any of them, or the chunk.
func appendToAll(head frame.Head, last, chunk []byte) error {
	before, chunkBefore, lastBefore := head.Clone(), bytes.Clone(chunk), bytes.Clone(last)
	for _, h := range head.Headers {
		_ = append(h.Name, '!')
		_ = append(h.Value, '!')
	}
	_ = append(head.Headers, head.Headers...)
	_ = append(last, '!')
	if err := DiffFrames(before, head.Clone()); err != nil {
		return fmt.Errorf("appending to one slice changed another: %w", err)
	}
	if !bytes.Equal(chunk, chunkBefore) || !bytes.Equal(last, lastBefore) {
		return errors.New("appending to a slice changed the bytes behind it")
	}
	return nil
}

// poisonedParser has all chunks in one buffer, which is overwritten as soon as
// a chunk has been taken.
func poisonedParser(p machine, chunks [][]byte, o parser.Options) error {
	want, err := readParser(chunks, o)
	if err != nil {
		return err
	}
	rec := newRecorder(p)
	var buf []byte
	for _, chunk := range chunks {
		buf = append(buf[:0], chunk...)
		if err := rec.Feed(buf); err != nil {
			return fmt.Errorf("poisoned: %w", err)
		}
		poison(buf)
		if rec.r.Err != nil {
			break
		}
	}
	got, err := rec.Finish()
	if err != nil {
		return fmt.Errorf("poisoned: %w", err)
	}
	if err := want.diff(&got); err != nil {
		return fmt.Errorf("chunks left alone against chunks overwritten: %w", err)
	}
	return nil
}

// viewsOfAssembler leaves the chunks as they are and looks at each view until
// the next call.
func viewsOfAssembler(chunks [][]byte, o parser.Options) error {
	a := parser.NewAssembler(o)
	for _, chunk := range chunks {
		before := bytes.Clone(chunk)
		for src := chunk; len(src) > 0; {
			v, n, ok, err := a.Next(src)
			if !bytes.Equal(chunk, before) {
				return fmt.Errorf("assembler: chunk %q became %q", before, chunk)
			}
			if err != nil {
				return nil
			}
			src = src[n:]
			if !ok {
				continue
			}
			copied := v.Clone()
			if err := appendToAll(v.Head, v.Body, chunk); err != nil {
				return fmt.Errorf("assembler: %w", err)
			}
			if err := DiffFrames(copied, v.Clone()); err != nil {
				return fmt.Errorf("assembler: a view changed before the next call: %w", err)
			}
		}
	}
	return nil
}

// poisonedAssembler has all chunks in one buffer, which is overwritten as soon
// as a chunk has been taken.
func poisonedAssembler(chunks [][]byte, o parser.Options) error {
	want, wantErr := AssemblerDecoder(o)(chunks)
	a := parser.NewAssembler(o)
	var got []*frame.Frame
	var buf []byte
	var err error
	for _, chunk := range chunks {
		buf = append(buf[:0], chunk...)
		for src := buf; len(src) > 0 && err == nil; {
			var v frame.View
			var n int
			var ok bool
			v, n, ok, err = a.Next(src)
			if ok {
				got = append(got, v.Clone())
			}
			src = src[n:]
		}
		poison(buf)
	}
	if err == nil {
		err = a.Finish()
	}
	if err := diffDecoded(want, got, wantErr, err); err != nil {
		return fmt.Errorf("assembler: chunks left alone against chunks overwritten: %w", err)
	}
	return nil
}
