package tcp

import "slices"

// A Half is what one side of a connection sends. It puts segments in order: what
// comes twice is taken once, what comes too early waits, and what never comes
// is told as missing.
//
// Of bytes that come more than once the first ones count, as long as they wait
// or have been passed on.
type Half struct {
	// Data takes bytes in their order, Missing how many of them do not come.
	Data    func(b []byte)
	Missing func(n int)
	// Budget, if not nil, is shared with other halves.
	Budget *Budget

	known   bool // next is
	first   uint32
	next    uint32
	waiting []piece // by sequence number
	size    int     // bytes that wait
	age     int     // segments since the peer acknowledged what is missing
	acked   uint32
	hasAck  bool
	end     uint32 // where FIN stands
	hasEnd  bool
}

// A Budget counts the bytes that wait in all halves together. When there are more
// than maxBudget, the half that is to keep more gives up what is missing.
type Budget struct{ used int }

const maxBudget = 64 << 20

type piece struct {
	seq     uint32
	data    []byte
	missing int
}

// end returns the sequence number behind a piece.
func (p piece) end() uint32 { return p.seq + uint32(len(p.data)+p.missing) }

const (
	maxWaiting = 4 << 20 // bytes of one half
	maxPieces  = 4096
	// patience is how many segments of a connection may still bring what the
	// peer has already acknowledged: captures of several queues are not quite in
	// order.
	patience = 16
	farthest = 1 << 30 // that a segment may be ahead: no window is larger
)

// before reports whether a stands before b, in numbers that wrap around.
func before(a, b uint32) bool { return int32(a-b) < 0 }

// Known reports whether the half has begun.
func (h *Half) Known() bool { return h.known }

// Start begins the half with the number of its SYN.
func (h *Half) Start(seq uint32) { h.known, h.first, h.next = true, seq+1, seq+1 }

// First returns the sequence number with which the half began.
func (h *Half) First() uint32 { return h.first }

// Take takes a segment of this side, without its SYN.
func (h *Half) Take(s Segment) {
	if !h.known {
		if len(s.Data) == 1 && s.Data[0] == 0 {
			return // a keep-alive, whose byte stands before what is new
		}
		h.known, h.first, h.next = true, s.Seq, s.Seq
	}
	p := piece{s.Seq, s.Data, s.Missing}
	if s.Flags&FIN != 0 && !h.hasEnd {
		h.hasEnd, h.end = true, p.end()
	}
	switch {
	case len(p.data)+p.missing == 0:
	case int32(p.seq-h.next) > farthest:
		h.Close()
		lost := int(p.seq - h.next)
		h.next = p.seq
		h.Missing(lost)
		h.give(p)
	case !before(h.next, p.seq):
		h.give(p)
		h.release()
	default:
		h.keep(p)
	}
	if h.size > maxWaiting || len(h.waiting) > maxPieces || h.Budget != nil && h.Budget.used > maxBudget {
		h.skip()
	}
	h.wait()
}

// Acked says that the other side has acknowledged all before a number.
func (h *Half) Acked(ack uint32) {
	if !h.known {
		return
	}
	if !h.hasAck || before(h.acked, ack) {
		h.acked, h.hasAck = ack, true
	}
	h.wait()
}

// Behind reports whether the peer has acknowledged what has not come. A FIN counts
// in acknowledgments, so that one more than has come means nothing.
func (h *Half) Behind() bool {
	return h.known && h.hasAck && before(h.next+1, h.acked)
}

// GiveUp goes on to what the peer has acknowledged: it passes on what waits before
// that, and tells the rest as missing. What waits behind it is for Release.
func (h *Half) GiveUp(ack uint32) {
	for h.known && before(h.next+1, ack) {
		if len(h.waiting) == 0 || !before(h.waiting[0].seq, ack) {
			lost := int(ack - h.next)
			h.next = ack
			h.Missing(lost)
			return
		}
		p := h.waiting[0]
		h.waiting = slices.Delete(h.waiting, 0, 1)
		h.hold(-len(p.data))
		if before(h.next, p.seq) {
			lost := int(p.seq - h.next)
			h.next = p.seq
			h.Missing(lost)
		}
		h.give(p)
	}
}

// Release passes on what waited and is next.
func (h *Half) Release() { h.release() }

// wait gives up on what is missing, when the peer has got it long ago.
func (h *Half) wait() {
	if len(h.waiting) == 0 || !h.hasAck || before(h.acked, h.waiting[0].seq) {
		h.age = 0
		return
	}
	if h.age++; h.age > patience {
		h.skip()
	}
}

// Close passes on what waits: nothing more comes.
func (h *Half) Close() {
	for len(h.waiting) > 0 {
		h.skip()
	}
	if h.known && h.hasEnd && before(h.next, h.end) {
		lost := int(h.end - h.next)
		h.next = h.end
		h.Missing(lost)
	}
	if h.hasAck {
		h.GiveUp(h.acked)
	}
}

// Finished reports whether FIN has come, though bytes before it may be missing.
func (h *Half) Finished() bool { return h.hasEnd }

// Ended reports whether all up to FIN has been passed on.
func (h *Half) Ended() bool { return h.hasEnd && !before(h.next, h.end) }

// give passes on what is new of a piece that does not come too early.
func (h *Half) give(p piece) {
	old := int(int32(h.next - p.seq))
	if old >= len(p.data)+p.missing {
		return
	}
	h.next = p.end()
	if old < len(p.data) {
		h.Data(p.data[old:])
		old = len(p.data)
	}
	if lost := len(p.data) + p.missing - old; lost > 0 {
		h.Missing(lost)
	}
}

// release passes on what waited and is next.
func (h *Half) release() {
	n := 0
	for n < len(h.waiting) && !before(h.next, h.waiting[n].seq) {
		h.hold(-len(h.waiting[n].data))
		h.give(h.waiting[n])
		n++
	}
	h.waiting = slices.Delete(h.waiting, 0, n)
	if len(h.waiting) == 0 && cap(h.waiting) > 64 {
		h.waiting = nil // there may be very many halves
	}
}

// hold counts bytes that wait.
func (h *Half) hold(n int) {
	h.size += n
	if h.Budget != nil {
		h.Budget.used += n
	}
}

// keep lets a piece wait. A piece in the capture as a whole is not kept again.
func (h *Half) keep(p piece) {
	i, same := slices.BinarySearchFunc(h.waiting, p, func(a, b piece) int { return int(int32(a.seq - b.seq)) })
	if same {
		if len(h.waiting[i].data) >= len(p.data) {
			return
		}
		h.hold(-len(h.waiting[i].data))
		h.waiting = slices.Delete(h.waiting, i, i+1)
	}
	p.data = slices.Clone(p.data)
	h.hold(len(p.data))
	h.waiting = slices.Insert(h.waiting, i, p)
}

// skip gives up on what is missing before the first piece that waits.
func (h *Half) skip() {
	if len(h.waiting) == 0 {
		return
	}
	h.age = 0
	lost := int(h.waiting[0].seq - h.next)
	h.next = h.waiting[0].seq
	h.Missing(lost)
	h.release()
}
