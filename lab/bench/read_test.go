package bench

import (
	"io"
	"testing"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/fuzz/workload"
	"github.com/stompwire/stomp/parser"
)

// BenchmarkRead reads streams whole and in chunks. Parser, Assembler and the
// scan floor get the chunks, ReadFrame and go-stomp an io.Reader of them. What
// Parser and Assembler return is borrowed; frames of ReadFrame and go-stomp are
// the caller's.
func BenchmarkRead(b *testing.B) {
	for w := range workload.All() {
		stream, frames := w.Stream(streamSize)
		for _, size := range chunkSizes {
			impls := readers(chunks(stream, size))
			if size == 0 {
				impls = append(impls, impl{"scanfloor", func() (int, error) { return workload.ScanFloor(stream), nil }})
			}
			row(b, "workload="+w.Name+"/"+chunkName(size), len(stream), frames, impls)
		}
		if *others {
			readOthers(b, w.Name, stream, frames)
		}
	}
}

func readers(pieces [][]byte) []impl {
	p, a := parser.New(v12), parser.NewAssembler(v12)
	r := parser.NewReader(nil, v12)
	return []impl{
		{"go-stomp", func() (int, error) { return readGoStomp(gostomp.NewReader(&source{chunks: pieces})) }},
		{"Parser", func() (int, error) { return parse(p, pieces) }},
		{"Assembler", func() (int, error) { return assemble(a, pieces) }},
		{"ReadFrame", func() (int, error) {
			r.Reset(&source{chunks: pieces}, v12)
			return readFrames(r)
		}},
	}
}

func parse(p *parser.Parser, pieces [][]byte) (frames int, err error) {
	for _, chunk := range pieces {
		for len(chunk) > 0 {
			ev, n, err := p.Next(chunk)
			if err != nil {
				return frames, err
			}
			if ev.Kind == parser.EndEvent {
				frames++
			}
			chunk = chunk[n:]
		}
	}
	return frames, nil
}

func assemble(a *parser.Assembler, pieces [][]byte) (frames int, err error) {
	for _, chunk := range pieces {
		for len(chunk) > 0 {
			_, n, ok, err := a.Next(chunk)
			if err != nil {
				return frames, err
			}
			if ok {
				frames++
			}
			chunk = chunk[n:]
		}
	}
	return frames, nil
}

func readFrames(r *parser.Reader) (frames int, err error) {
	for {
		switch _, err := r.ReadFrame(); err {
		case nil:
			frames++
		case io.EOF:
			return frames, nil
		default:
			return frames, err
		}
	}
}

func readGoStomp(r *gostomp.Reader) (frames int, err error) {
	for {
		switch f, err := r.Read(); {
		case err == io.EOF:
			return frames, nil
		case err != nil:
			return frames, err
		case f != nil: // nil is a heart-beat
			frames++
		}
	}
}
