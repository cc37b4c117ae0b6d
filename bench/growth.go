package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/workload"
	"github.com/stompwire/stomp/parser"
)

// Growth has how the time grows with the input.
type Growth struct {
	Run    Run      `json:"run"`
	Series []Series `json:"series"`
}

// A Series is one shape of input in several sizes.
type Series struct {
	Shape string `json:"shape"`
	Unit  string `json:"unit"` // of N: octets or headers
	// Stream says that the series is a plain stream of frames.
	Stream bool    `json:"stream,omitempty"`
	Points []Point `json:"points"`
	// Exponent is that of the power law that fits the points best: 1 is
	// linear, 2 is quadratic.
	Exponent float64 `json:"exponent"`
	// Steady is that of the sizes at which a fixed part of the cost no longer
	// shows, 0 where there are less than two.
	Steady float64 `json:"exponent_from_64_kib"`
}

// A Point is one size.
type Point struct {
	N      int64     `json:"n"`
	Ns     float64   `json:"ns"` // median of the rounds
	Rounds []float64 `json:"rounds_ns"`
}

// shape is a series to be measured. read makes what reads an input of size n.
type shape struct {
	name, unit string
	stream     bool
	least      int64
	most       int64
	times      int64 // from one size to the next
	read       func(n int64) func()
}

func shapes(most int64) []shape {
	const octets, headers = "octets", "headers"
	size := func(name string, most int64, read func(n int64) func()) shape {
		return shape{name: name, unit: octets, least: 1 << 10, most: most, times: 4, read: read}
	}
	stream := func(chunk int, most int64) shape {
		s := size(fmt.Sprintf("a stream of telemetry, chunks of %d", chunk), most, func(n int64) func() { return readStream(n, chunk) })
		s.stream = true
		return s
	}
	heads := func(name string, chunk int) shape {
		return shape{name: name, unit: headers, least: 1, most: 128, times: 2, read: func(n int64) func() { return readHeads(int(n), chunk) }}
	}
	return []shape{
		stream(1, most/16),
		stream(16, most/4),
		stream(1460, most),
		stream(65536, most),
		heads("1 to 128 headers, whole", 0),
		heads("1 to 128 headers, chunks of 1", 1),
		heads("1 to 128 headers, chunks of 16", 16),
		size("a body that NUL ends, chunks of 16", most/4, func(n int64) func() { return readBody(n, 16, false) }),
		size("a counted body, chunks of 4096", most, func(n int64) func() { return readBody(n, 4096, true) }),
		size("a counted body through Reader.Read", most, streamBody),
	}
}

// measureGrowth measures all sizes of all shapes round by round.
func measureGrowth(o settings) *Growth {
	g := &Growth{Run: here(o)}
	all := shapes(o.most)
	for _, s := range all {
		series := Series{Shape: s.name, Unit: s.unit, Stream: s.stream}
		for n := s.least; n <= s.most; n *= s.times {
			series.Points = append(series.Points, Point{N: n})
		}
		g.Series = append(g.Series, series)
	}
	for range o.rounds {
		for i, s := range all {
			for k := range g.Series[i].Points {
				p := &g.Series[i].Points[k]
				p.Rounds = append(p.Rounds, repeated(s.read(p.N), o.time/10))
			}
		}
	}
	for i := range g.Series {
		s := &g.Series[i]
		for k := range s.Points {
			s.Points[k].Ns = median(s.Points[k].Rounds)
		}
		s.Exponent = exponent(s.Points)
		s.Steady = exponent(s.Points[s.steady():])
	}
	return g
}

// repeated returns how long a call takes in nanoseconds: the mean of as many as
// take about so long, at least one.
func repeated(call func(), d time.Duration) float64 {
	call()
	for n := 1; ; n *= 2 {
		begun := time.Now()
		for range n {
			call()
		}
		if spent := time.Since(begun); spent >= d {
			return digits(float64(spent.Nanoseconds()) / float64(n))
		}
	}
}

// exponent fits ns = c * n^e to the points, by least squares on the logarithms,
// and returns e. It is 0 of less than two points.
func exponent(points []Point) float64 {
	if len(points) < 2 {
		return 0
	}
	var n, x, y, xx, xy float64
	for _, p := range points {
		a, b := math.Log(float64(p.N)), math.Log(p.Ns)
		n, x, y, xx, xy = n+1, x+a, y+b, xx+a*a, xy+a*b
	}
	return digits((n*xy - x*y) / (n*xx - x*x))
}

// steady returns the index of the first point of 64 KiB or more.
func (s *Series) steady() int {
	if i := slices.IndexFunc(s.Points, func(p Point) bool { return p.N >= 64<<10 }); i >= 0 && s.Unit == "octets" {
		return i
	}
	return len(s.Points)
}

// step returns the time for four times the input as a multiple of four times
// the time, where it is furthest from 1, of sizes from 64 KiB on. It is 0 where
// there are less than two.
func (s *Series) step() (worst float64) {
	for k := s.steady() + 1; k < len(s.Points); k++ {
		p, q := s.Points[k-1], s.Points[k]
		r := ratio(q.Rounds, p.Rounds) * float64(p.N) / float64(q.N)
		if worst == 0 || math.Abs(math.Log(r)) > math.Abs(math.Log(worst)) {
			worst = r
		}
	}
	return worst
}

// readStream reads n octets of a stream in chunks, again and again the same
// 1 MiB.
func readStream(n int64, chunk int) func() {
	w, _ := workload.Named("telemetry")
	stream, _ := w.Stream(int(min(n, 1<<20)))
	a := parser.NewAssembler(v12)
	return func() {
		for left := n; left > 0; left -= int64(len(stream)) {
			assembleChunks(a, stream, chunk)
		}
	}
}

// readHeads reads a frame with n headers of 32 octets.
func readHeads(n, chunk int) func() {
	b := encoder.Begin(nil, frame.SEND, frame.V12, encoder.Options{})
	for i := range n {
		b.Header(fmt.Sprintf("x-header-%03d", i), "0123456789012345678")
	}
	octets, err := b.End(nil)
	must(err)
	a := parser.NewAssembler(v12)
	return func() { wantFrames(assembleChunks(a, octets, chunk), 1) }
}

var unlimited = parser.Options{Version: frame.V12, Limits: parser.Limits{Body: parser.Unlimited}}

// readBody assembles a frame with a body of n octets.
func readBody(n int64, chunk int, counted bool) func() {
	head := "SEND\n\n"
	if counted {
		head = fmt.Sprintf("SEND\ncontent-length:%d\n\n", n)
	}
	piece := bytes.Repeat([]byte{'x'}, chunk)
	return func() {
		a := parser.NewAssembler(unlimited)
		assemble(a, []byte(head))
		for left := n; left > 0; left -= int64(chunk) {
			assemble(a, piece[:min(left, int64(chunk))])
		}
		wantFrames(assemble(a, []byte{0}), 1)
	}
}

// bodySource is an io.Reader of a frame with a counted body, which it makes as
// it goes, at most 4 KiB at a time.
type bodySource struct {
	head []byte
	left int64 // octets of the body
	end  []byte
}

func newBodySource(n int64) *bodySource {
	return &bodySource{head: fmt.Appendf(nil, "SEND\ncontent-length:%d\n\n", n), left: n, end: []byte{0}}
}

func (s *bodySource) Read(b []byte) (int, error) {
	switch {
	case len(s.head) > 0:
		n := copy(b, s.head)
		s.head = s.head[n:]
		return n, nil
	case s.left > 0:
		n := int(min(int64(len(b)), s.left, 4096))
		clear(b[:n])
		s.left -= int64(n)
		return n, nil
	case len(s.end) > 0:
		n := copy(b, s.end)
		s.end = s.end[n:]
		return n, nil
	}
	return 0, io.EOF
}

// streamBody reads a body of n octets as a stream.
func streamBody(n int64) func() {
	buf := make([]byte, 32<<10)
	r := parser.NewReader(nil, unlimited)
	return func() {
		r.Reset(newBodySource(n), unlimited)
		wantFrames(readBodies(r, buf), 1)
	}
}
