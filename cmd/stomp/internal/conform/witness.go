package conform

import (
	"time"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// watch opens the connection of the witness.
func (r *Run) watch() {
	r.watched = false
	o, s := r.guarded(func(s *script) Outcome {
		r.witness = s.connect(r.versions.Highest())
		return s.witnessed()
	})
	if r.watched = o.Kind == OK; !r.watched {
		s.hangUp()
		return
	}
	for range 4 {
		if s.witnessed().Kind != OK {
			return
		}
	}
}

// witnessPatience is how long the witness waits: what others suffer is a heavy
// charge, and no charge against a peer that is busy.
const witnessPatience = 10 * time.Second

// witnessed sends a frame from the witness and waits for its receipt. Of a peer
// that gives none, it sees that the connection is still there.
func (s *script) witnessed() Outcome {
	begun := time.Now()
	patience := witnessPatience
	id := ""
	switch {
	case s.deaf:
		patience = s.margin / 10
	case !s.watched:
		patience = 3 * s.Patience // it may be one that gives no receipts
		fallthrough
	default:
		id = s.witness.ping()
	}
	deadline := begun.Add(patience)
	for {
		e, came := s.witness.next(time.Until(deadline))
		switch {
		case !came && s.deaf:
			return ok
		case !came:
			return outcome(Dead, "another connection, which was there before, got no receipt within %v", patience)
		case e.end != nil:
			return outcome(Dead, "another connection, which was there before, was ended: %s", ending(e.end))
		case e.frame != nil && e.frame.Command == frame.ERROR:
			return outcome(Dead, "another connection, which was there before, got an ERROR")
		case e.frame != nil && e.frame.Headers.Value(headers.ReceiptID) == id:
			s.took(time.Since(begun))
			return ok
		}
	}
}

// others reports whether the peer still serves others: the witness, and with
// newcomer one that connects. When it does not, others waits for it to come back.
func (r *Run) others(newcomer bool) Outcome {
	o := ok
	if r.watched && !r.deaf {
		o, _ = r.guarded((*script).witnessed)
	}
	if o.Kind == OK && (newcomer || r.deaf) {
		o = r.newcomer()
	}
	if o.Kind == OK && r.watched && r.deaf {
		o, _ = r.guarded((*script).witnessed)
	}
	if o.Kind == OK {
		return ok
	}
	for end := time.Now().Add(r.Return); ; time.Sleep(100 * time.Millisecond) {
		if r.newcomer().Kind == OK {
			break
		}
		if time.Now().After(end) {
			r.lost = true
			return outcome(Dead, "%s; the server has not come back within %v", o.Detail, r.Return)
		}
	}
	if r.witness != nil {
		r.witness.close()
		r.watch()
	}
	return o
}

// newcomer connects.
func (r *Run) newcomer() Outcome {
	o, s := r.guarded(func(s *script) Outcome {
		begun := time.Now()
		f, o := s.dial().handshake(s.connectFrame("CONNECT", r.versions.Highest().String()))
		if f == nil {
			return outcome(Dead, "a new connection gets no CONNECTED: %v", o)
		}
		if r.deaf {
			r.took(time.Since(begun))
		}
		return ok
	})
	s.hangUp()
	if o.Kind == Blocked {
		return outcome(Dead, "%s", o.Detail)
	}
	return o
}
