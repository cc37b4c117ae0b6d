package main

import (
	"fmt"
	"math"
	"strings"
)

// A claim is a line of "The bar": what was asked for, what was measured, and
// whether that is enough.
type claim struct {
	what, bar, measured string
	holds               bool
}

// A judge collects what several measurements say of one claim.
type judge struct {
	said  []string
	holds bool
}

func newJudge() *judge { return &judge{holds: true} }

func (j *judge) atMost(what string, value, most float64, format string) {
	j.say(what, format, value, value != 0 && value <= most || value == 0 && most == 0)
}

func (j *judge) atLeast(what string, value, least float64, format string) {
	j.say(what, format, value, value >= least)
}

func (j *judge) say(what, format string, value float64, holds bool) {
	text := strings.TrimSpace(what + " " + fmt.Sprintf(format, value))
	if !holds {
		text = "**" + text + "**"
		j.holds = false
	}
	j.said = append(j.said, text)
}

func (j *judge) claim(what, bar string) claim {
	if len(j.said) == 0 {
		return claim{what, bar, "not measured", false}
	}
	return claim{what, bar, strings.Join(j.said, ", "), j.holds}
}

// none rounds allocations a frame so that a buffer made once in a run is none.
func none(n float64) float64 {
	if n < 0.001 {
		return 0
	}
	return n
}

// bar returns all lines, of the sections that were measured.
func (r Results) bar() (claims []claim) {
	const factor = "%.2f ×"
	if s := r.Speed; s != nil {
		floor, allocs, read, readAllocs := newJudge(), newJudge(), newJudge(), newJudge()
		worst, worstOwned := 0.0, 0.0
		for _, w := range s.workloads() {
			floor.atMost(w, s.ratio(w, ourAssembler, scanFloor), 1.6, factor)
			read.atLeast(w, s.ratio(w, goStompReader, ourReadFrame), 5, "%.1f ×")
			a, _ := s.figure(w, ourAssembler)
			f, _ := s.figure(w, ourReadFrame)
			worst, worstOwned = max(worst, none(a.Allocs)), max(worstOwned, f.Allocs)
		}
		allocs.atMost("", worst, 0, "at most %.3g")
		readAllocs.atMost("", worstOwned, 4, "at most %.2f")
		rival := newJudge()
		for _, x := range []struct {
			workload string
			least    float64
		}{{"ack", 20}, {"telemetry", 20}, {"orders", 15}} {
			rival.atLeast(x.workload, s.ratio(x.workload, goStompReader, ourAssembler), x.least, "%.1f ×")
		}
		write, writeAllocs := newJudge(), newJudge()
		worst = 0
		for _, c := range []string{appendFrame, appendView} {
			write.atLeast("`"+c+"`", s.ratio("telemetry", goStompWriter, c), 6, "%.1f ×")
			for _, w := range s.workloads() {
				f, _ := s.figure(w, c)
				worst = max(worst, none(f.Allocs))
			}
		}
		writeAllocs.atMost("", worst, 0, "at most %.3g")
		claims = append(claims,
			floor.claim("`Assembler`, whole stream in one buffer, all checks and limits on", "at most 1.6 × the scan floor"),
			rival.claim("the same against go-stomp's Reader", "at least 20 × on `ack` and `telemetry`, 15 × on `orders`"),
			allocs.claim("allocations of `Assembler` a frame", "0"),
			read.claim("`Reader.ReadFrame`, owned frames, against go-stomp's Reader", "at least 5 ×"),
			readAllocs.claim("allocations of `ReadFrame` a frame", "at most 4"),
			write.claim("`AppendFrame` and `AppendView` against go-stomp's Writer, `telemetry`", "at least 6 ×"),
			writeAllocs.claim("allocations of both a frame", "0"))
	}
	if g := r.Growth; g != nil {
		linear := newJudge()
		for _, s := range g.Series {
			if step := s.step(); s.Stream && step != 0 && !strings.HasSuffix(s.Shape, "65536") {
				linear.say(strings.TrimPrefix(s.Shape, "a stream of telemetry, chunks of ")+":", "4 × %.2f", step, math.Abs(step-1) <= 0.2)
			}
		}
		claims = append(claims, linear.claim("four times the stream, in chunks of 1, 16 and 1,460 octets", "4 × the time, within 20 %"))
	}
	if s := r.Chunks; s != nil {
		for _, c := range []string{ourAssembler, ourParser} {
			chunked := newJudge()
			for _, w := range s.workloads() {
				chunked.atMost(w, s.ratio(w, inChunks(c, 1460), inChunks(c, 0)), 1.3, factor)
			}
			claims = append(claims, chunked.claim("`"+c+"`, chunks of 1,460 octets against the whole", "at most 1.3 ×"))
		}
	}
	if m := r.Memory; m != nil {
		idle, large := newJudge(), newJudge()
		idle.atMost("", m.Idle.Assembler, 300, "%.0f octets each")
		large.atMost("", float64(m.Large.Allocated)/1024, 256, "%.1f KiB allocated in all")
		claims = append(claims,
			idle.claim(fmt.Sprintf("a million idle `Assembler`s, of %s measured", whole(float64(m.Count))), "300 MB"),
			large.claim(octets(m.Large.Octets)+" through `Reader.Read`", "less than 256 KiB held"))
	}
	if s := r.Validate; s != nil {
		half, allocs := newJudge(), newJudge()
		worst := 0.0
		for _, w := range s.workloads() {
			for _, c := range []string{validHead, sessionStep} {
				half.atMost(w+" `"+c+"`", s.ratio(w, c, parsed), 0.5, factor)
				f, _ := s.figure(w, c)
				worst = max(worst, none(f.Allocs))
			}
		}
		allocs.atMost("", worst, 0, "at most %.3g")
		claims = append(claims,
			half.claim("`validate.Head` and `Session.Step` against parsing the frame", "at most 0.5 ×"),
			allocs.claim("allocations of both a frame", "0"))
	}
	if p := r.Parallel; p != nil {
		two := newJudge()
		for _, e := range p.Each {
			two.atLeast(e.Workload, e.Ratio, 1.8, factor)
		}
		claims = append(claims, two.claim("two parsers at once against one", "at least 1.8 ×"))
	}
	return claims
}

func barTable(claims []claim) *table {
	t := newTable(4, "what", "bar", "measured", "holds")
	for _, c := range claims {
		holds := "yes"
		if !c.holds {
			holds = "**no**"
		}
		t.add(c.what, c.bar, c.measured, holds)
	}
	return t
}
