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
// error, when that is a terminal, standard output is none, and it takes long.
type progress struct {
	r     io.Reader
	w     io.Writer
	now   func() time.Time
	next  time.Time
	size  int64
	done  int64
	width int // of what is shown
}

// watch shows the progress of in until the returned function is called.
func (e *env) watch(in *input, quiet bool) (stop func()) {
	if quiet || !e.terminal(e.stderr) || e.terminal(e.stdout) {
		return func() {}
	}
	p := &progress{r: in.Reader, w: e.stderr, now: e.now, next: e.now().Add(progressAfter), size: in.size}
	in.Reader = p
	return p.clear
}

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.done += int64(n)
	if now := p.now(); now.After(p.next) {
		p.next = now.Add(progressEvery)
		p.show()
	}
	return n, err
}

func (p *progress) show() {
	text := byteCount(p.done)
	if p.size > 0 {
		text += fmt.Sprintf(" of %s, %d %%", byteCount(p.size), int64(float64(p.done)/float64(p.size)*100))
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
