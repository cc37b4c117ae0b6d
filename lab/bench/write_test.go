package bench

import (
	"io"
	"testing"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/parser"
)

// BenchmarkWrite writes frames one by one, to a buffer with room for them or to
// io.Discard.
func BenchmarkWrite(b *testing.B) {
	for w := range workload.All() {
		all, size, err := frames(w)
		if err != nil {
			b.Fatal(err)
		}
		row(b, "workload="+w.Name, size, len(all), writers(all))
	}
}

// ring is how many different frames of a workload are written in turn: so many
// that no branch predictor knows them by heart, so few that they stay in the
// cache.
const ring = 64

// A written frame, in the forms that writers take.
type written struct {
	owned   *frame.Frame
	view    frame.View
	goStomp *gostomp.Frame
}

// frames returns frames of a workload, and the size that all have on the wire.
func frames(w workload.Workload) (all []written, size int, err error) {
	for i := range ring {
		wire := w.Frame(i)
		// An assembler for each, since its view is borrowed until the next call.
		v, _, _, err := parser.NewAssembler(v12).Next(wire)
		if err != nil {
			return nil, 0, err
		}
		f := v.Clone()
		g := &gostomp.Frame{Command: string(f.Command), Header: gostomp.NewHeader(), Body: f.Body}
		for _, h := range f.Headers {
			g.Header.Add(h.Name, h.Value)
		}
		all, size = append(all, written{f, v, g}), size+len(wire)
	}
	return all, size, nil
}

func writers(all []written) []impl {
	buf := make([]byte, 0, 128<<10)
	ours, theirs := encoder.NewWriter(io.Discard, frame.V12, encoder.Options{}), gostomp.NewWriter(io.Discard)
	each := func(name string, write func(f *written) error) impl {
		return impl{name, func() (int, error) {
			for i := range all {
				if err := write(&all[i]); err != nil {
					return i, err
				}
			}
			return len(all), nil
		}}
	}
	return []impl{
		each("go-stomp", func(f *written) error { return theirs.Write(f.goStomp) }),
		each("copyfloor", func(f *written) error {
			appendUnchecked(buf, f.owned)
			return nil
		}),
		each("AppendFrame", func(f *written) error {
			_, err := encoder.AppendFrame(buf, f.owned, frame.V12, encoder.Options{})
			return err
		}),
		each("AppendView", func(f *written) error {
			_, err := encoder.AppendView(buf, f.view, frame.V12, encoder.Options{})
			return err
		}),
		each("Writer", func(f *written) error { return ours.WriteFrame(f.owned) }),
	}
}

// appendUnchecked is the least that any writer has to do: it copies what a
// frame has, and looks at none of it.
func appendUnchecked(dst []byte, f *frame.Frame) []byte {
	dst = append(append(dst, f.Command...), '\n')
	for i := range f.Headers {
		dst = append(append(dst, f.Headers[i].Name...), ':')
		dst = append(append(dst, f.Headers[i].Value...), '\n')
	}
	dst = append(append(dst, '\n'), f.Body...)
	return append(dst, 0)
}
