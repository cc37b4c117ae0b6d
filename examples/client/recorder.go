package client

// A recorder keeps the beginning of the frame that is being read, to show the
// text of an ERROR that the parser refuses.
type recorder struct {
	head   span // the beginning of a frame that began before the last read
	latest span // what the last read brought
}

// A span is a copy of a part of a stream.
type span struct {
	at    int64 // offset of its first byte
	bytes []byte
}

func (s *span) end() int64 { return s.at + int64(len(s.bytes)) }

// Bounds of what is kept: enough to show what an ERROR says.
const (
	maxKeptHead = 4 << 10
	maxKeptRead = 64 << 10
)

// read records b. If inFrame is set, a frame was in progress before it, and frame
// is the offset of that frame.
func (r *recorder) read(b []byte, frame int64, inFrame bool) {
	switch {
	case !inFrame:
		r.head.bytes = r.head.bytes[:0]
	case frame >= r.latest.at:
		r.head = span{at: frame, bytes: append(r.head.bytes[:0], r.latest.bytes[frame-r.latest.at:]...)}
	case len(r.head.bytes) < maxKeptHead && r.head.end() == r.latest.at:
		r.head.bytes = append(r.head.bytes, r.latest.bytes...)
	}
	cut := max(0, len(b)-maxKeptRead)
	r.latest = span{at: r.latest.end() + int64(cut), bytes: append(r.latest.bytes[:0], b[cut:]...)}
}

// from returns what is kept of the frame that begins at an offset, nil if
// nothing is.
func (r *recorder) from(frame int64) []byte {
	switch {
	case r.latest.at <= frame && frame <= r.latest.end():
		return r.latest.bytes[frame-r.latest.at:]
	case r.head.at != frame:
		return nil
	case r.head.end() == r.latest.at:
		return append(r.head.bytes, r.latest.bytes...)
	}
	return r.head.bytes
}
