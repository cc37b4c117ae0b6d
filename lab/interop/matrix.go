package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// A result is what came of one cell: a peer in a scenario.
type result struct {
	verdict verdict
	reason  string // why it failed or does not apply, or what was seen
	took    time.Duration
}

type verdict string

const (
	pass verdict = "pass"
	fail verdict = "FAIL"
	none verdict = "n.a." // the peer or the version of STOMP does not have it
)

// A matrix has the results of a run. It may be filled by many goroutines.
type matrix struct {
	mu       sync.Mutex
	sections []*section
}

// A section is one table: rows are peers, columns scenarios.
type section struct {
	title   string
	text    string // what stands below the title
	columns []string
	rows    []string
	cells   map[[2]string]result
}

// section adds a table. Its order is that of the calls.
func (m *matrix) section(title, text string, columns []string) *section {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &section{title: title, text: text, columns: columns, cells: map[[2]string]result{}}
	m.sections = append(m.sections, s)
	return s
}

// row adds a row, so that rows stand in the order of the calls and not in that
// in which cells end.
func (m *matrix) row(s *section, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.rows = append(s.rows, name)
}

func (m *matrix) set(s *section, row, column string, r result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.cells[[2]string{row, column}] = r
}

// count returns how many cells have each verdict.
func (m *matrix) count() map[verdict]int {
	n := map[verdict]int{}
	for _, s := range m.sections {
		for _, r := range s.cells {
			n[r.verdict]++
		}
	}
	return n
}

// write writes the matrix as Markdown, which reads well on a terminal too. A
// section of one row is written as a list of its columns, since it has nothing
// to compare.
func (m *matrix) write(w io.Writer) {
	for _, s := range m.sections {
		if len(s.rows) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n## %s\n\n", s.title)
		if s.text != "" {
			fmt.Fprintf(w, "%s\n\n", s.text)
		}
		var notes []string // reasons, without repeats
		var lines [][]string
		cell := func(row, column string) string {
			r, ran := s.cells[[2]string{row, column}]
			switch {
			case !ran:
				return ""
			case r.verdict == pass && r.reason == "":
				return string(pass)
			}
			i := slices.Index(notes, r.reason)
			if i < 0 {
				notes = append(notes, r.reason)
				i = len(notes) - 1
			}
			return fmt.Sprintf("%s %d", r.verdict, i+1)
		}
		if len(s.rows) == 1 {
			lines = append(lines, []string{s.rows[0], "result"})
			for _, column := range s.columns {
				if text := cell(s.rows[0], column); text != "" {
					lines = append(lines, []string{column, text})
				}
			}
		} else {
			lines = append(lines, append([]string{"peer"}, s.columns...))
			for _, row := range s.rows {
				line := []string{row}
				for _, column := range s.columns {
					line = append(line, cell(row, column))
				}
				lines = append(lines, line)
			}
		}
		writeTable(w, lines)
		for i, note := range notes {
			if i == 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintf(w, "%d. %s\n", i+1, oneLine(note))
		}
	}
}

// writeTable writes a table whose first line is its head, with columns aligned.
func writeTable(w io.Writer, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], len(text), 3)
		}
	}
	for i, line := range lines {
		for j, text := range line {
			fmt.Fprintf(w, "| %-*s ", widths[j], text)
		}
		fmt.Fprintln(w, "|")
		if i == 0 {
			for _, n := range widths {
				fmt.Fprintf(w, "| %s ", strings.Repeat("-", n))
			}
			fmt.Fprintln(w, "|")
		}
	}
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "|", `\|`)), " ")
}
