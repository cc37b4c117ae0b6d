package main

import (
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/validate"
)

const heartBeatSection = "STOMP 1.1 and 1.2, Heart-beating"

// A watch measures for how long each side sends nothing (STOMP 1.2,
// "Heart-beating"). It counts from CONNECTED to the first DISCONNECT or ERROR,
// or to the end of the recordings. Whatever is sent ends a silence, a part of a
// frame too.
//
// The reads of a recording are known a little before the conversation gets
// there, so a silence waits until it is certain that it ended in time.
type watch struct {
	tolerance int // in percent of the interval
	late      func(validate.Role, silence)

	agreed  bool          // CONNECTED has come, and said what each side is to do
	running bool          // it counts
	judged  bool          // it has counted: there are times
	now     time.Duration // of the last read of any side
	sides   [2]pulse
}

// A pulse is one side of a watch.
type pulse struct {
	every   time.Duration // agreed, 0 for none
	allowed time.Duration // every and the tolerance
	last    time.Duration // when it sent something
	offset  int64         // how much it has sent
	longest silence
	waiting []silence
	stopped bool // what it sends is not known any more
	deaf    bool // nor are its heart-beats: some of what it sent is not in the capture
}

// A silence is a time in which a side sent nothing.
type silence struct {
	begin, end time.Duration
	offset     int64 // of what ended it, or would have
}

func (s silence) length() time.Duration { return s.end - s.begin }

// maxWaiting bounds how many silences wait. When there are more, the first is
// taken for certain.
const maxWaiting = 4096

// read takes a read of a recording.
func (w *watch) read(from validate.Role, offset, size int64, at time.Duration) {
	p := &w.sides[from]
	w.now = max(w.now, at)
	if size == 0 {
		return // the end of the connection, say
	}
	if s := (silence{p.last, at, offset}); w.running && !p.deaf && p.every > 0 && s.length() > min(p.longest.length(), p.allowed) {
		if len(p.waiting) == maxWaiting {
			w.settle(from, p.waiting[0])
			p.waiting = p.waiting[1:]
		}
		p.waiting = append(p.waiting, s)
	}
	p.last, p.offset = max(p.last, at), offset+size
}

// start says that CONNECTED has come, and what was agreed. timed says that the
// times of all reads are known.
func (w *watch) start(at time.Duration, session *validate.Session, timed bool) {
	w.agreed, w.running, w.judged = true, timed, timed
	for from := range w.sides {
		p := &w.sides[from]
		p.every = session.HeartBeat(validate.Role(from))
		most := min(p.every, capture.MaxMilliseconds*time.Millisecond) // no silence is longer
		p.allowed = most + most/100*time.Duration(w.tolerance)
		p.last = max(p.last, at)
	}
}

// reached says that the conversation has come so far.
func (w *watch) reached(at time.Duration) { w.settleBefore(at - skew) }

func (w *watch) settleBefore(at time.Duration) {
	for from := range w.sides {
		p := &w.sides[from]
		for len(p.waiting) > 0 && p.waiting[0].end <= at {
			w.settle(validate.Role(from), p.waiting[0])
			p.waiting = p.waiting[1:]
		}
	}
}

// lose says that the rest of a side is not known.
func (w *watch) lose(from validate.Role) { w.sides[from].stopped = true }

// deafen says that some of what a side sent is not known, so that its silences are
// not either.
func (w *watch) deafen(from validate.Role) { w.sides[from].deaf = true }

// stop says that from now on nobody has to send anything.
func (w *watch) stop(at time.Duration) {
	if !w.running {
		return
	}
	w.running = false
	w.settleBefore(at)
	for from := range w.sides {
		p := &w.sides[from]
		if p.deaf {
			for _, s := range p.waiting {
				w.settle(validate.Role(from), s)
			}
			continue
		}
		rest := silence{p.last, at, p.offset}
		if len(p.waiting) > 0 {
			rest.begin, rest.offset = p.waiting[0].begin, p.waiting[0].offset
		} else if p.stopped {
			continue
		}
		w.settle(validate.Role(from), rest)
	}
}

// end says that both recordings have ended.
func (w *watch) end() { w.stop(w.now) }

// settle takes a silence for certain.
func (w *watch) settle(from validate.Role, s silence) {
	p := &w.sides[from]
	if p.every == 0 {
		return
	}
	if s.length() > p.longest.length() {
		p.longest = s
	}
	if s.length() > p.allowed+tie {
		w.late(from, s)
	}
}
