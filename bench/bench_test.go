package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/workload"
	"github.com/stompwire/stomp/parser"
)

// short is a measurement that only shows that everything runs.
var short = settings{rounds: 1, time: time.Microsecond, stream: 128 << 10, most: 64 << 10, count: 10, body: 1 << 20, frame: 1 << 20}

// The README, docs/performance.md and the charts are what results.json says.
func TestRendered(t *testing.T) {
	r, err := load(resultsFile)
	if err != nil {
		t.Fatal(err)
	}
	documents, err := r.render("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range documents {
		text, err := os.ReadFile(filepath.Join("..", d.name))
		if err != nil {
			t.Error(err)
		} else if string(text) != d.text {
			t.Errorf("%s is not what %s says: go run . -render", d.name, resultsFile)
		}
	}
}

// Every section is measured, rendered and printed, and comes back from a file.
func TestAll(t *testing.T) {
	r := Results{
		Speed:    measureSpeed(short),
		Validate: &Speed{here(short), interleave(short, validations())},
		Chunks:   measureChunks(short),
		Parallel: measureParallel(short),
		Growth:   measureGrowth(short),
		Memory:   measureMemory(short),
	}
	for _, s := range []*Speed{r.Speed, r.Validate, r.Chunks} {
		for _, f := range s.Figures {
			if f.Ns <= 0 || f.MB <= 0 || f.Octets <= 0 || len(f.Rounds) != 1 {
				t.Errorf("%s, %s: %+v", f.Workload, f.Contender, f)
			}
		}
	}
	if n := len(r.Speed.Figures); n != 5*12 {
		t.Errorf("%d figures", n)
	}
	for _, s := range r.Growth.Series {
		if len(s.Points) < 2 || s.Exponent == 0 {
			t.Errorf("%s: %+v", s.Shape, s)
		}
	}
	if n := r.Memory.Large.Allocated; n > 256<<10 {
		t.Errorf("%d octets allocated for a body of 1 MiB through Read", n)
	}
	if n := r.Memory.After.Next; n > 64<<10 {
		t.Errorf("%d octets held after a large frame and the next call", n)
	}
	if n := r.Memory.After.Complete; n < 1<<20 {
		t.Errorf("%d octets held with a frame of 1 MiB", n)
	}

	name := filepath.Join(t.TempDir(), "results.json")
	if err := r.save(name); err != nil {
		t.Fatal(err)
	}
	again, err := load(name)
	if err != nil {
		t.Fatal(err)
	}
	if again.print() != r.print() {
		t.Error("results are not the same after they were saved")
	}
	for _, b := range again.blocks() {
		if b.text == notMeasured != (b.name == "bench:peers") {
			t.Errorf("%s: %s", b.name, b.text)
		}
	}
	if n := len(again.bar()); n != 15 {
		t.Errorf("the bar has %d lines", n)
	}
	for _, d := range charts(again.Speed, "x") {
		if strings.Contains(d.text, "NaN") || strings.Contains(d.text, "Inf") {
			t.Errorf("%s: %s", d.name, d.text)
		}
	}
	old := Results{Peers: &Peers{Absent: []string{"stompit"}}}
	old.add(again)
	if old.Peers == nil || old.Speed == nil || !strings.Contains(old.print(), "Not installed: stompit.") {
		t.Error("sections are lost when others are added")
	}
}

// What is compared does the same: go-stomp reads from each stream the frames
// that we read, and what each writer writes reads back as the frame.
func TestContendersAgree(t *testing.T) {
	for w := range workload.All() {
		stream, count := w.Stream(64 << 10)
		theirs := gostomp.NewReader(bytes.NewReader(stream))
		n := 0
		for ours, err := range parser.NewReader(bytes.NewReader(stream), v12).Frames() {
			if err != nil {
				t.Fatal(err)
			}
			var f *gostomp.Frame
			for f == nil { // a heart-beat
				if f, err = theirs.Read(); err != nil {
					t.Fatal(err)
				}
			}
			same := f.Command == string(ours.Command) && f.Header.Len() == len(ours.Headers) && bytes.Equal(f.Body, ours.Body)
			for i := range ours.Headers {
				name, value := f.Header.GetAt(i)
				same = same && name == ours.Headers[i].Name && value == ours.Headers[i].Value
			}
			if !same {
				t.Fatalf("%s, frame %d: go-stomp reads %v", w.Name, n, f)
			}
			n++
		}
		if n != count {
			t.Errorf("%s: %d frames, want %d", w.Name, n, count)
		}

		for _, f := range frames(w) {
			var out bytes.Buffer
			if err := gostomp.NewWriter(&out).Write(f.goStomp); err != nil {
				t.Fatal(err)
			}
			ours, err := encoder.AppendFrame(nil, f.owned, frame.V12, encoder.Options{})
			if err != nil {
				t.Fatal(err)
			}
			view, err := encoder.AppendView(nil, f.view, frame.V12, encoder.Options{})
			if err != nil || !bytes.Equal(view, ours) {
				t.Errorf("%s: AppendView writes %q, %v", w.Name, view, err)
			}
			// We add a content-length where there is none.
			if _, ok := f.owned.Headers.Get(headers.ContentLength); ok || len(f.owned.Body) == 0 {
				if !bytes.Equal(out.Bytes(), ours) {
					t.Errorf("%s: go-stomp writes %q, we write %q", w.Name, out.Bytes(), ours)
				}
			}
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		numbers []float64
		want    float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		before := slices.Clone(c.numbers)
		if got := median(c.numbers); got != c.want || !slices.Equal(before, c.numbers) {
			t.Errorf("median(%v) = %v, want %v", before, got, c.want)
		}
	}
	if r := ratio([]float64{2, 40, 9}, []float64{1, 10, 3}); r != 3 {
		t.Errorf("ratio %v", r)
	}
}

func TestExponent(t *testing.T) {
	for _, want := range []float64{0, 0.5, 1, 2} {
		var points []Point
		for n := int64(1); n <= 1<<20; n *= 4 {
			points = append(points, Point{N: n, Ns: 7 * math.Pow(float64(n), want)})
		}
		if got := exponent(points); math.Abs(got-want) > 1e-9 {
			t.Errorf("exponent %v, want %v", got, want)
		}
	}
	s := Series{Unit: "octets"}
	for i, ns := range []float64{1, 100, 440, 1760} {
		s.Points = append(s.Points, Point{N: 16 << (10 + 2*i), Ns: ns, Rounds: []float64{ns}})
	}
	if r := s.step(); math.Abs(r-1.1) > 1e-9 {
		t.Errorf("step %v", r)
	}
}

func TestNumbers(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 1.234: "1.23", 9.996: "10.0", 99.96: "100", 123.4: "123", 1234567: "1,234,567", -1234: "-1,234", -123: "-123"} {
		if got := number(f); got != want {
			t.Errorf("number(%v) = %q, want %q", f, got, want)
		}
	}
	for n, want := range map[int64]string{12: "12 octets", 1 << 10: "1 KiB", 3 << 19: "1.5 MiB", 1 << 30: "1 GiB"} {
		if got := octets(n); got != want {
			t.Errorf("octets(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestBlock(t *testing.T) {
	const text = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n"
	got, err := block{"x", "new\n"}.replaceIn(text)
	if want := strings.Replace(text, "old", "new", 1); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range []string{"", "<!-- x:begin -->\n", "<!-- x:end -->"} {
		if _, err := (block{"x", ""}).replaceIn(text); err == nil {
			t.Errorf("%q has markers", text)
		}
	}
}

// A peer that is not there is said to be absent.
func TestPeersAbsent(t *testing.T) {
	nowhere := where{python: "no-such-command-" + t.Name(), netty: filepath.Join(t.TempDir(), "*.jar")}
	for _, p := range nowhere.peers()[2:] { // node may be there
		if _, _, err := p.run("x", 1, time.Millisecond); err != errAbsent {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

func TestRun(t *testing.T) {
	for _, args := range [][]string{{"x"}, {"-rounds", "0"}, {"-time", "0s"}, {"-colour"}} {
		var stdout, stderr bytes.Buffer
		if err := run(args, &stdout, &stderr); err == nil || stdout.Len() > 0 {
			t.Errorf("%v: %v, %q", args, err, &stdout)
		}
	}
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	err := run([]string{"-rounds", "1", "-time", "1us", "-json", filepath.Join(dir, "r.json"), "-svg", filepath.Join(dir, "chart")}, &stdout, &stderr)
	if err != nil || !strings.Contains(stdout.String(), goStompReader) {
		t.Errorf("%v, %q", err, &stdout)
	}
	for _, name := range []string{"r.json", "chart-light.svg", "chart-dark.svg"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
