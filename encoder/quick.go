package encoder

import (
	"bytes"
	"strconv"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Most frames need no escape anywhere. A quick writes a frame as if that were
// so, and looks once, at the end, whether it was: then the head has as many
// colons and line feeds as it has headers, and no byte that would need an
// escape. It knows no errors: where it cannot go on it gives up, and a Builder
// judges the frame from its beginning.
type quick struct {
	dst    []byte
	names  int // index in dst of the first byte after the command line
	count  int // headers so far
	length int64
	failed bool
}

// beginQuick begins a frame at the end of dst, unless it is one for a Builder.
func beginQuick(dst []byte, c frame.Command, v frame.Version, o Options) (q quick, ok bool) {
	if v != frame.V11 && v != frame.V12 || !o.isZero() || !c.Known() {
		return q, false
	}
	q.length = -1
	q.dst = append(append(dst, c...), '\n')
	q.names = len(q.dst)
	return q, true
}

func quickHeader[T ~string | ~[]byte](q *quick, name, value T) {
	if len(name) == 0 {
		q.failed = true
		return
	}
	if len(name) == len(headers.ContentLength) && string(name) == headers.ContentLength {
		length, err := headers.ParseContentLength(value)
		if err != nil || q.length >= 0 {
			q.failed = true
			return
		}
		q.length = length
	}
	dst := append(q.dst, name...)
	dst = append(dst, ':')
	dst = append(dst, value...)
	q.dst = append(dst, '\n')
	q.count++
}

// end ends the frame. It reports false, and q.dst is to be used no more, when a
// Builder has to judge it.
func (q *quick) end(c frame.Command, v frame.Version, body []byte) (dst []byte, ok bool) {
	if q.failed || !q.plain() {
		return nil, false
	}
	length := int64(len(body))
	if length > 0 && !c.MayHaveBody(v) || q.length >= 0 && q.length != length {
		return nil, false
	}
	if length > 0 && q.length < 0 {
		q.dst = append(q.dst, headers.ContentLength+":"...)
		q.dst = append(strconv.AppendInt(q.dst, length, 10), '\n')
	}
	dst = append(q.dst, '\n')
	dst = append(dst, body...)
	return append(dst, 0), true
}

// plain reports whether nothing in the headers needs an escape.
func (q *quick) plain() bool {
	head := q.dst[q.names:]
	return bytes.Count(head, []byte{'\n'}) == q.count &&
		bytes.Count(head, []byte{':'}) == q.count &&
		bytes.IndexByte(head, '\\') < 0 &&
		bytes.IndexByte(head, '\r') < 0 &&
		bytes.IndexByte(head, 0) < 0
}
