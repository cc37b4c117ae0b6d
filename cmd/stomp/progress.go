package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// When progress is shown.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// progress counts the bytes of an input and shows how far it is, on standard
// error, when that is a terminal, nothing else is being printed there, and it
// takes long.
type progress struct {
	r     io.Reader
	w     io.Writer
	now   func() time.Time
	begun time.Time
	next  time.Time
	size  int64
	done  int64
	width int // of what is shown
}

// watch shows the progress of in until the returned function is called. Where
// both outputs are a terminal that would be in the way of what is printed,
// unless late says that this comes at the end, or seldom.
func (e *env) watch(in *input, quiet, late bool) (stop func()) {
	if quiet || !e.terminal(e.stderr) || e.terminal(e.stdout) && !late {
		return func() {}
	}
	now := e.now()
	p := &progress{r: in.Reader, w: e.stderr, now: e.now, begun: now, next: now.Add(progressAfter), size: in.size}
	in.Reader = p
	if e.terminal(e.stdout) {
		color := colorFlag("never")
		if e.colored() {
			color = "always"
		}
		e.stdout, e.color = clearing{p, e.stdout}, color
	}
	return p.clear
}

// clearing clears the progress before anything is printed in its place.
type clearing struct {
	p *progress
	w io.Writer
}

func (c clearing) Write(b []byte) (int, error) {
	c.p.clear()
	return c.w.Write(b)
}

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.done += int64(n)
	if now := p.now(); now.After(p.next) {
		p.next = now.Add(progressEvery)
		p.show(now)
	}
	return n, err
}

func (p *progress) show(now time.Time) {
	text := byteCount(p.done)
	if p.size > 0 {
		text += fmt.Sprintf(" of %s, %d %%", byteCount(p.size), int64(float64(p.done)/float64(p.size)*100))
	}
	if spent := now.Sub(p.begun).Seconds(); spent > 0 {
		text += fmt.Sprintf(", %s/s", byteCount(int64(float64(p.done)/spent)))
	}
	pad := max(0, p.width-len(text))
	p.width = len(text)
	fmt.Fprintf(p.w, "\r%s%s", text, strings.Repeat(" ", pad))
}

// clear takes away what is shown.
func (p *progress) clear() {
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width))
		p.width = 0
	}
}

// byteCount returns a number of bytes for people to read.
func byteCount(n int64) string {
	f, unit := float64(n), 0
	for f >= 1024 && unit < 4 {
		f /= 1024
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", f, [...]string{1: "KiB", "MiB", "GiB", "TiB"}[unit])
}
