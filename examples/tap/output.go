package main

import (
	"fmt"
	"io"
	"sync"
)

// An output prints blocks of text in order. Its callers never block: if nobody
// reads the output, blocks are skipped, and their number is printed later.
type output struct {
	w    io.Writer
	json bool
	done chan struct{}

	mu      sync.Mutex
	wake    sync.Cond
	waiting []byte
	missing int // number of blocks skipped since the last one printed
	closed  bool
}

// maxWaiting is how many bytes may wait to be printed.
const maxWaiting = 16 << 20

func newOutput(w io.Writer, json bool) *output {
	o := &output{w: w, json: json, done: make(chan struct{})}
	o.wake.L = &o.mu
	go o.run()
	return o
}

// print prints a block. The caller may reuse it afterwards.
func (o *output) print(block []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting)+len(block) > maxWaiting {
		o.missing++
		return
	}
	o.waiting = o.appendMissing(o.waiting)
	o.waiting = append(o.waiting, block...)
	o.wake.Signal()
}

// appendMissing appends the number of skipped blocks, if any.
func (o *output) appendMissing(b []byte) []byte {
	switch {
	case o.missing == 0:
		return b
	case o.json:
		b = fmt.Appendf(b, "{\"missing\":%d}\n", o.missing)
	default:
		b = fmt.Appendf(b, "... %d frames or messages of this tool were skipped, since nobody read the output\n\n", o.missing)
	}
	o.missing = 0
	return b
}

func (o *output) run() {
	defer close(o.done)
	var block []byte
	for {
		o.mu.Lock()
		for len(o.waiting) == 0 && !o.closed {
			o.wake.Wait()
		}
		block, o.waiting = o.waiting, block[:0]
		if len(block) == 0 {
			block = o.appendMissing(block)
		}
		last := len(block) == 0
		o.mu.Unlock()
		if last {
			return
		}
		o.w.Write(block) // an error does not stop the traffic
		if cap(block) > 1<<20 {
			block = nil
		}
	}
}

// close prints the waiting blocks and stops.
func (o *output) close() {
	o.mu.Lock()
	o.closed = true
	o.wake.Signal()
	o.mu.Unlock()
	<-o.done
}
