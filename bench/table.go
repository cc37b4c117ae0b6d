package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A table has a row of column names first. The first columns are text, the
// others are numbers, set to the right.
type table struct {
	rows [][]string
	text int // columns of text
}

func newTable(text int, columns ...string) *table { return &table{[][]string{columns}, text} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// String returns the table for a terminal.
func (t *table) String() string {
	width := make([]int, len(t.rows[0]))
	var rows [][]string
	for _, row := range t.rows {
		var plain []string
		for _, cell := range row {
			plain = append(plain, strings.NewReplacer("`", "", "**", "").Replace(cell))
		}
		rows = append(rows, plain)
		for i, cell := range plain {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			switch {
			case i < t.text:
				line.WriteString(cell + pad + "  ")
			default:
				line.WriteString(pad + cell + "  ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// markdown returns the table for a document.
func (t *table) markdown() string {
	var b strings.Builder
	for i, row := range t.rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			for k := range row {
				if k < t.text {
					b.WriteString("| --- ")
				} else {
					b.WriteString("| ---: ")
				}
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

// number returns a number for people: three digits that count, and commas.
func number(f float64) string {
	switch {
	case f == 0:
		return "0"
	case math.Abs(f) < 9.995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case math.Abs(f) < 99.95:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return commas(strconv.FormatFloat(f, 'f', 0, 64))
}

// whole returns a number without decimals.
func whole(f float64) string { return commas(strconv.FormatFloat(f, 'f', 0, 64)) }

func commas(s string) string {
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// times returns a ratio, "" for one that was not measured.
func times(r float64) string {
	if r == 0 {
		return "–"
	}
	return number(r) + " ×"
}

// perFrame returns a number of allocations, of which less than one in a
// thousand frames is none: a buffer that is made once in a run.
func perFrame(n float64) string {
	if n < 0.001 {
		return "0"
	}
	return number(n)
}

// octets returns a number of octets.
func octets(n int64) string {
	f, unit := float64(n), 0
	units := []string{"octets", "KiB", "MiB", "GiB", "TiB"}
	for f >= 1024 && unit < len(units)-1 {
		f /= 1024
		unit++
	}
	if f == math.Trunc(f) {
		return fmt.Sprintf("%.0f %s", f, units[unit])
	}
	return fmt.Sprintf("%.1f %s", f, units[unit])
}

// duration returns nanoseconds for people.
func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	case ns < 1e9:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	}
	return fmt.Sprintf("%.3g s", ns/1e9)
}
