package fuzz

import (
	"errors"
	"fmt"

	"github.com/stompwire/stomp/parser"
)

// checkSticky returns an error when a [parser.Parser] that has returned an
// error returns anything else when more chunks come, or from Finish.
func checkSticky(chunks, more [][]byte, o parser.Options) error {
	return stickyOf(parser.New(o), chunks, more)
}

func stickyOf(p machine, chunks, more [][]byte) error {
	var first error
	for i, src := range chunks {
		for len(src) > 0 && first == nil {
			_, n, err := p.Next(src)
			first = err
			src = src[n:]
		}
		if first != nil {
			more = append(append([][]byte{src}, chunks[i+1:]...), more...)
			break
		}
	}
	if first == nil {
		if first = p.Finish(); first == nil {
			return nil
		}
	}
	offset := p.Offset()
	for _, src := range append(more, nil) {
		ev, n, err := p.Next(src)
		if n != 0 || ev.Kind != parser.NeedMore || ev.Raw != nil {
			return fmt.Errorf("%q: after %w, event %s of %d bytes", joined(chunks), first, ev.Kind, n)
		}
		if err := sameError(first, err); err != nil {
			return fmt.Errorf("%q: Next: %w", joined(chunks), err)
		}
		if err := sameError(first, p.Finish()); err != nil {
			return fmt.Errorf("%q: Finish: %w", joined(chunks), err)
		}
		if p.Offset() != offset {
			return fmt.Errorf("%q: after %w, Offset went from %d to %d", joined(chunks), first, offset, p.Offset())
		}
	}
	return nil
}

func sameError(first, later error) error {
	var a, b *parser.Error
	if !errors.As(first, &a) || !errors.As(later, &b) || *a != *b {
		return fmt.Errorf("first error %v, later %v", first, later)
	}
	return nil
}

// checkReset returns an error when a [parser.Parser] that has read chunks by
// options before and is then Reset does not read others as a new one does.
func checkReset(before [][]byte, optionsBefore parser.Options, chunks [][]byte, o parser.Options) error {
	return resetOf(parser.New(optionsBefore), before, chunks, o)
}

func resetOf(p machine, before, chunks [][]byte, o parser.Options) error {
	want, err := readParser(chunks, o)
	if err != nil {
		return fmt.Errorf("%q: %w", joined(chunks), err)
	}
	rec := newRecorder(p)
	if _, err := rec.Read(before); err != nil {
		return fmt.Errorf("%q: %w", joined(before), err)
	}
	rec.Reset(o)
	got, err := rec.Read(chunks)
	if err != nil {
		return fmt.Errorf("%q, after %q and Reset: %w", joined(chunks), joined(before), err)
	}
	if err := want.diff(&got); err != nil {
		return fmt.Errorf("%q, new against Reset after %q: %w", joined(chunks), joined(before), err)
	}
	return nil
}
