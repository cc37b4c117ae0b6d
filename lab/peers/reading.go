package peers

import (
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A Frame is one that somebody read.
type Frame struct {
	At      int64       `json:"at"` // how many octets it took until the frame was there
	Command []byte      `json:"command"`
	Headers [][2][]byte `json:"headers"`
	Body    []byte      `json:"body"`
}

func (f *Frame) frame() *frame.Frame {
	g := &frame.Frame{Command: frame.Command(f.Command)}
	for _, h := range f.Headers {
		g.Headers = append(g.Headers, headers.Field{Name: string(h[0]), Value: string(h[1])})
	}
	if len(f.Body) > 0 {
		g.Body = f.Body
	}
	return g
}

// A Reading is what this module made of a stream.
type Reading struct {
	Frames []Frame
	Error  string // "bad_escape at 17", or empty
	cut    bool   // the error is that the stream ends within a frame
}

// Read reads a stream.
func Read(input []byte, o parser.Options) (r Reading) {
	a := parser.NewAssembler(o)
	for rest := input; len(rest) > 0; {
		v, n, ok, err := a.Next(rest)
		if err != nil {
			r.fail(err)
			return r
		}
		rest = rest[n:]
		if ok {
			f := v.Clone()
			g := Frame{At: a.Offset(), Command: []byte(f.Command), Body: f.Body}
			for _, h := range f.Headers {
				g.Headers = append(g.Headers, [2][]byte{[]byte(h.Name), []byte(h.Value)})
			}
			r.Frames = append(r.Frames, g)
		}
	}
	if err := a.Finish(); err != nil {
		r.fail(err)
	}
	return r
}

func (r *Reading) fail(err error) {
	var e *parser.Error
	if !errors.As(err, &e) {
		panic(err)
	}
	r.Error = fmt.Sprintf("%s at %d", e.Kind.Token(), e.Offset)
	r.cut = e.Kind == parser.UnexpectedEOF
}

// String returns a reading in short, as the grids have it: the number of
// frames, a checksum of them, and the error.
func (r *Reading) String() string {
	sum := crc32.NewIEEE()
	for _, f := range r.Frames {
		fmt.Fprintf(sum, "%d %q %q %q\n", f.At, f.Command, f.Headers, f.Body)
	}
	s := fmt.Sprintf("%d frames", len(r.Frames))
	if len(r.Frames) == 1 {
		s = "1 frame"
	}
	if len(r.Frames) > 0 {
		s += fmt.Sprintf(" %08x", sum.Sum32())
	}
	if r.Error != "" {
		s += ", " + r.Error
	}
	return strings.TrimPrefix(s, "0 frames, ")
}
