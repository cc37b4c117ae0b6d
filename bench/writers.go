package main

import (
	"io"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/workload"
	"github.com/stompwire/stomp/parser"
)

// ring is how many different frames of a workload are written in turn: so many
// that none is known by heart, so few that they stay in the cache.
const ring = 64

// A written frame, in the forms that writers take.
type written struct {
	owned   *frame.Frame
	view    frame.View
	goStomp *gostomp.Frame
}

func frames(w workload.Workload) []written {
	all := make([]written, ring)
	for i := range all {
		// An assembler for each, since its view is borrowed until the next
		// call.
		v, _, ok, err := parser.NewAssembler(v12).Next(w.Frame(i))
		must(err)
		if !ok {
			panic("no frame")
		}
		f := v.Clone()
		g := &gostomp.Frame{Command: string(f.Command), Header: gostomp.NewHeader(), Body: f.Body}
		for _, h := range f.Headers {
			g.Header.Add(h.Name, h.Value)
		}
		all[i] = written{f, v, g}
	}
	return all
}

// writers returns the jobs that write the frames of a workload, those of
// package encoder with its default options. What they
// write to has room, or is io.Discard.
func writers(w workload.Workload, size int) []job {
	all := frames(w)
	stream, count := w.Stream(size)
	buf, floor := make([]byte, 0, 128<<10), make([]byte, 0, 128<<10)
	each := func(contender string, write func(f *written) error) job {
		return job{workload: w.Name, contender: contender, octets: len(stream), frames: count, pass: func() {
			for i := range count {
				if err := write(&all[i%ring]); err != nil {
					panic(err)
				}
			}
		}}
	}
	ours := encoder.NewWriter(io.Discard, frame.V12, encoder.Options{})
	theirs := gostomp.NewWriter(io.Discard)
	return []job{
		each(copyFloor, func(f *written) error {
			floor = appendUnchecked(floor[:0], f.owned)
			return nil
		}),
		each(appendFrame, func(f *written) error {
			_, err := encoder.AppendFrame(buf, f.owned, frame.V12, encoder.Options{})
			return err
		}),
		each(appendView, func(f *written) error {
			_, err := encoder.AppendView(buf, f.view, frame.V12, encoder.Options{})
			return err
		}),
		each(ourBuilder, func(f *written) error {
			b := encoder.Begin(buf, f.owned.Command, frame.V12, encoder.Options{})
			for i := range f.owned.Headers {
				b.Header(f.owned.Headers[i].Name, f.owned.Headers[i].Value)
			}
			_, err := b.End(f.owned.Body)
			return err
		}),
		each(ourWriter, func(f *written) error { return ours.WriteFrame(f.owned) }),
		each(goStompWriter, func(f *written) error { return theirs.Write(f.goStomp) }),
	}
}

// appendUnchecked is the least that any writer has to do: it copies what a frame
// has, and looks at none of it.
func appendUnchecked(dst []byte, f *frame.Frame) []byte {
	dst = append(append(dst, f.Command...), '\n')
	for i := range f.Headers {
		dst = append(append(dst, f.Headers[i].Name...), ':')
		dst = append(append(dst, f.Headers[i].Value...), '\n')
	}
	dst = append(append(dst, '\n'), f.Body...)
	return append(dst, 0)
}
