package main

import (
	"fmt"
	"math"
	"strings"
)

// A theme has the colours of a chart.
type theme struct {
	name                    string
	ground, text, dim, line string
	bars                    [4]string
}

var themes = []theme{
	{"light", "#ffffff", "#1f2328", "#59636e", "#d1d9e0", [4]string{"#afb8c1", "#0969da", "#54aeff", "#d4772c"}},
	{"dark", "#0d1117", "#f0f6fc", "#9198a1", "#30363d", [4]string{"#656c76", "#4493f8", "#1f5faf", "#db8b45"}},
}

// charted are the contenders of the chart and what its legend calls them.
var charted = []struct{ contender, label string }{
	{scanFloor, "scan floor: finds line ends, checks nothing"},
	{ourAssembler, "Assembler: checked, borrowed"},
	{ourReadFrame, "ReadFrame: checked, owned"},
	{goStompReader, "go-stomp v3.1.5 Reader"},
}

// Sizes in the chart.
const (
	chartWidth = 860
	plotLeft   = 130
	plotRight  = 730
	plotTop    = 104
	barHeight  = 15
	barStep    = 17
	groupStep  = 4*barStep + 18
)

// chart draws ns a frame by workload, on a log scale, as SVG.
func (s *Speed) chart(c theme) string {
	low, high := math.Inf(1), 0.0
	for _, w := range s.workloads() {
		for _, x := range charted {
			if f, ok := s.figure(w, x.contender); ok {
				low, high = min(low, f.Ns), max(high, f.Ns)
			}
		}
	}
	first, last := math.Floor(math.Log10(low*0.8)), math.Ceil(math.Log10(high))
	x := func(ns float64) float64 {
		return plotLeft + (math.Log10(ns)-first)/(last-first)*(plotRight-plotLeft)
	}
	bottom := plotTop + groupStep*len(s.workloads()) - 8
	height := bottom + 58

	var b strings.Builder
	text := func(at, y float64, size int, fill, more, words string) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" font-size="%d" fill="%s"%s>%s</text>`+"\n", at, y, size, fill, more, words)
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="Nanoseconds to read one frame" font-family="-apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', Helvetica, Arial, sans-serif">`+"\n",
		chartWidth, height, chartWidth, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="6" fill="%s"/>`+"\n", chartWidth, height, c.ground)
	text(24, 34, 18, c.text, ` font-weight="600"`, "Time to read one frame")
	text(chartWidth-24, 34, 13, c.dim, ` text-anchor="end"`, "log scale, shorter is faster")
	for i, l := range charted {
		at := 24 + float64(i%2)*380
		y := 50 + float64(i/2)*21
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="12" height="12" rx="2" fill="%s"/>`+"\n", at, y, c.bars[i])
		text(at+19, y+10.5, 13, c.text, "", l.label)
	}
	for d := first; d <= last; d++ {
		at := x(math.Pow(10, d))
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s"/>`+"\n", at, plotTop-4, at, bottom, c.line)
		text(at, float64(bottom)+18, 12, c.dim, ` text-anchor="middle"`, duration(math.Pow(10, d)))
	}
	for i, w := range s.workloads() {
		top := float64(plotTop + i*groupStep)
		middle := top + 2*barStep
		text(plotLeft-14, middle-2, 14, c.text, ` font-weight="600" text-anchor="end"`, w)
		f, _ := s.figure(w, scanFloor)
		text(plotLeft-14, middle+15, 12, c.dim, ` text-anchor="end"`, octets(int64(math.Round(f.Octets))))
		for k, l := range charted {
			f, ok := s.figure(w, l.contender)
			if !ok {
				continue
			}
			y := top + float64(k)*barStep
			end := x(f.Ns)
			fmt.Fprintf(&b, `<rect x="%d" y="%.1f" width="%.1f" height="%d" rx="2" fill="%s"/>`+"\n", plotLeft, y, end-plotLeft, barHeight, c.bars[k])
			words := number(f.Ns) + " ns"
			if l.contender == goStompReader {
				words += fmt.Sprintf(` <tspan fill="%s">%s Assembler</tspan>`, c.dim, times(s.ratio(w, goStompReader, ourAssembler)))
			}
			text(end+6, y+11.5, 12, c.text, fmt.Sprintf(` stroke="%s" stroke-width="4" paint-order="stroke"`, c.ground), words)
		}
	}
	text(24, float64(height)-14, 12, c.dim, "", fmt.Sprintf("%s, %s, %s, %s", escapeXML(s.Run.CPU), s.Run.Platform, s.Run.Go, s.Run.Date))
	b.WriteString("</svg>\n")
	return b.String()
}

func escapeXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
