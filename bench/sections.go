package main

import (
	"fmt"
	"strings"
)

// The tables of the sections, for the terminal and for the documents alike.

// readingTable has what reads: each contender against the floor and against
// go-stomp.
func (s *Speed) readingTable() *table {
	return s.against(scanFloor, goStompReader, scanFloor, ourParser, ourAssembler, ourReader, ourReadFrame, goStompReader)
}

// writingTable has what writes: each contender against the floor and against
// go-stomp.
func (s *Speed) writingTable() *table {
	return s.against(copyFloor, goStompWriter, copyFloor, appendFrame, appendView, ourBuilder, ourWriter, goStompWriter)
}

// against has a row for each workload and contender.
func (s *Speed) against(floor, rival string, contenders ...string) *table {
	t := newTable(3, "workload", "octets", "contender", "ns/frame", "MB/s", "allocs/frame", "× floor", "go-stomp takes")
	for _, w := range s.workloads() {
		name := w
		for _, c := range contenders {
			f, ok := s.figure(w, c)
			if !ok {
				continue
			}
			size := ""
			if name != "" {
				size = whole(f.Octets)
			}
			t.add(name, size, c, number(f.Ns), whole(f.MB), perFrame(f.Allocs), times(s.ratio(w, c, floor)), times(s.ratio(w, rival, c)))
			name = ""
		}
	}
	return t
}

// summaryTable is the short form for the README: ns a frame.
func (s *Speed) summaryTable() *table {
	t := newTable(1, "one frame of", "octets", "scan floor", "`Assembler`", "`ReadFrame`", "go-stomp reads", "which takes", "`AppendFrame`", "go-stomp writes", "which takes")
	for _, w := range s.workloads() {
		ns := func(contender string) string {
			f, _ := s.figure(w, contender)
			return number(f.Ns) + " ns"
		}
		f, _ := s.figure(w, scanFloor)
		t.add("`"+w+"`", whole(f.Octets), ns(scanFloor), ns(ourAssembler), ns(ourReadFrame), ns(goStompReader),
			times(s.ratio(w, goStompReader, ourAssembler))+" `Assembler`",
			ns(appendFrame), ns(goStompWriter), times(s.ratio(w, goStompWriter, appendFrame))+" `AppendFrame`")
	}
	return t
}

func (s *Speed) chunkTable() *table {
	columns := []string{"workload", "reader", "whole, ns/frame"}
	for _, size := range chunkSizes[1:] {
		columns = append(columns, "chunks of "+whole(float64(size)))
	}
	t := newTable(2, columns...)
	for _, c := range []string{ourAssembler, ourParser} {
		for _, w := range s.workloads() {
			f, _ := s.figure(w, inChunks(c, 0))
			row := []string{w, "`" + c + "`", number(f.Ns)}
			for _, size := range chunkSizes[1:] {
				f, _ := s.figure(w, inChunks(c, size))
				row = append(row, fmt.Sprintf("%s (%s)", number(f.Ns), times(s.ratio(w, inChunks(c, size), inChunks(c, 0)))))
			}
			t.add(row...)
		}
	}
	return t
}

func (s *Speed) validationTable() *table {
	t := newTable(1, "frame", "octets", "parse, ns", "validate.Head, ns", "of parsing", "Session.Step, ns", "of parsing", "allocs/frame")
	for _, w := range s.workloads() {
		p, _ := s.figure(w, parsed)
		h, _ := s.figure(w, validHead)
		st, _ := s.figure(w, sessionStep)
		t.add(w, whole(p.Octets), number(p.Ns), number(h.Ns), times(s.ratio(w, validHead, parsed)),
			number(st.Ns), times(s.ratio(w, sessionStep, parsed)), perFrame(max(h.Allocs, st.Allocs)))
	}
	return t
}

func (p *Parallel) table() *table {
	t := newTable(1, "workload", "one parser, frames/s", "two, frames/s", "two do")
	for _, e := range p.Each {
		t.add(e.Workload, whole(e.One), whole(e.Two), times(e.Ratio))
	}
	return t
}

func (g *Growth) table() *table {
	t := newTable(1, "shape", "from", "time", "to", "time", "exponent", "from 64 KiB on", "four times the input, at worst")
	size := func(s Series, n int64) string {
		if s.Unit == "octets" {
			return octets(n)
		}
		return fmt.Sprint(n)
	}
	for _, s := range g.Series {
		if len(s.Points) == 0 {
			continue
		}
		first, last := s.Points[0], s.Points[len(s.Points)-1]
		worst, steady := "–", "–"
		if r := s.step(); r != 0 {
			worst = fmt.Sprintf("4 × %.2f", r)
			steady = fmt.Sprintf("%.2f", s.Steady)
		}
		t.add(s.Shape, size(s, first.N), duration(first.Ns), size(s, last.N), duration(last.Ns), fmt.Sprintf("%.2f", s.Exponent), steady, worst)
	}
	return t
}

func (m *Memory) table() *table {
	t := newTable(1, "what is held", "octets")
	add := func(what string, n float64) { t.add(what, whole(n)) }
	in := fmt.Sprintf("one of %s idle ", whole(float64(m.Count)))
	add(in+"`Parser`s, the pointer to it counted", m.Idle.Parser)
	add(in+"`Assembler`s", m.Idle.Assembler)
	add("the same, after a frame that lay in one chunk", m.Idle.Whole)
	add("the same, after a frame that came in two", m.Idle.Cut)
	add("the same, after `Release`", m.Idle.Released)
	add("all that `Reader` allocated for a body of "+octets(m.Large.Octets)+" through `Read`", float64(m.Large.Allocated))
	add("`Assembler` with a frame of "+octets(int64(m.After.Octets))+" that came in chunks", float64(m.After.Complete))
	add("the same, after the next call", float64(m.After.Next))
	add("the same, after `Release`", float64(m.After.Released))
	add("the most that `LimitsBeforeLogin()` lets one connection make it hold", float64(m.WorstBeforeLogin))
	add("the most that the default limits do", float64(m.Worst))
	return t
}

func (p *Peers) table() *table {
	columns := []string{"workload"}
	for _, c := range p.contenders() {
		columns = append(columns, c+", ns")
	}
	t := newTable(1, columns...)
	for _, w := range p.workloads() {
		row := []string{w}
		for _, c := range p.contenders() {
			f, ok := p.figure(w, c)
			switch {
			case !ok:
				row = append(row, "–")
			case c == scanFloor || c == ourAssembler:
				row = append(row, number(f.Ns))
			default:
				row = append(row, fmt.Sprintf("%s (%s)", number(f.Ns), times(p.ratio(w, c, ourAssembler))))
			}
		}
		t.add(row...)
	}
	return t
}

// notes says which peers were not measured.
func (p *Peers) notes() string {
	var b strings.Builder
	if len(p.Absent) > 0 {
		fmt.Fprintf(&b, "Not installed: %s.\n", strings.Join(p.Absent, ", "))
	}
	for _, f := range p.Failed {
		fmt.Fprintf(&b, "Failed: %s.\n", f)
	}
	return b.String()
}

// print returns all sections for the terminal.
func (r Results) print() string {
	var b strings.Builder
	section := func(title string, run Run, tables ...*table) {
		fmt.Fprintf(&b, "%s\n%s\n\n", title, run)
		for _, t := range tables {
			fmt.Fprintln(&b, t)
		}
	}
	if s := r.Speed; s != nil {
		section("READ AND WRITE", s.Run, s.readingTable(), s.writingTable())
	}
	if s := r.Validate; s != nil {
		section("VALIDATE", s.Run, s.validationTable())
	}
	if s := r.Chunks; s != nil {
		section("CHUNKS: ns/frame", s.Run, s.chunkTable())
	}
	if p := r.Parallel; p != nil {
		section("TWO PARSERS AT ONCE", p.Run, p.table())
	}
	if g := r.Growth; g != nil {
		section("GROWTH", g.Run, g.table())
	}
	if m := r.Memory; m != nil {
		section("MEMORY", m.Run, m.table())
	}
	if p := r.Peers; p != nil {
		section("OTHER LANGUAGES", p.Run, p.table())
		fmt.Fprintln(&b, p.notes())
	}
	if claims := r.bar(); len(claims) > 0 {
		fmt.Fprintf(&b, "THE BAR\n\n%s", barTable(claims))
	}
	return b.String()
}
