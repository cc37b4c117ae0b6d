package encoder

import "github.com/stompwire/stomp/frame"

// AppendFrame appends the wire form of f in version v to dst and returns the
// extended slice: the command, the headers in order, a content-length if o.Length
// adds one, the body, and the NUL. Names and values are escaped as the version and
// the command require (STOMP 1.2, "Value Encoding"). Before a version is agreed,
// v is frame.Unnegotiated.
//
// An error is an [*Error]. AppendFrame then returns dst with its old length and
// contents; its spare capacity may have been overwritten. The headers and body of f
// must not be in that spare capacity.
func AppendFrame(dst []byte, f *frame.Frame, v frame.Version, o Options) ([]byte, error) {
	head, err := appendHead(dst, f, v, o)
	if err != nil {
		return head, err
	}
	return append(append(head, f.Body...), 0), nil
}

// AppendView is [AppendFrame] for a borrowed frame. dst must not be memory that the
// view borrows. AppendView ignores the Length of the view. A proxy that changes
// nothing should use parser.Event.AppendForward instead.
func AppendView(dst []byte, w frame.View, v frame.Version, o Options) ([]byte, error) {
	head, err := appendHeadView(dst, &w, v, o)
	if err != nil {
		return head, err
	}
	return append(append(head, w.Body...), 0), nil
}

// AppendHead appends a head, up to and including the blank line, and returns the
// extended slice. It is for proxies that change heads and forward the body, and the NUL
// after it, as they were read. dst must not be memory that the head borrows.
//
// AppendHead writes a content-length only if it is among the headers. o.Length must not
// be LengthNever if the body may have a NUL. An error is an [*Error].
func AppendHead(dst []byte, h frame.Head, v frame.Version, o Options) ([]byte, error) {
	b := Begin(dst, h.Command, v, o)
	for i := range h.Headers {
		header(&b, h.Headers[i].Name, h.Headers[i].Value)
	}
	length := b.length
	if length < 0 && !h.Command.MayHaveBody(v) {
		length = 0
	}
	if !b.endHead(length, false) {
		return b.dst[:b.start], b.err
	}
	return b.dst, nil
}

// appendHead appends the head of a frame, and checks the body.
func appendHead(dst []byte, f *frame.Frame, v frame.Version, o Options) ([]byte, error) {
	var q quick
	if out, ok := q.begin(dst, f.Command, v, o); ok {
		if head, ok := q.end(q.list(out, f.Headers), len(f.Body)); ok {
			return head, nil
		}
	}
	return judgeHead(dst, f, v, o)
}

// judgeHead is appendHead for frames that a quick cannot write. It is a separate
// function, so that appendHead has no Builder on its stack.
func judgeHead(dst []byte, f *frame.Frame, v frame.Version, o Options) ([]byte, error) {
	b := Begin(dst, f.Command, v, o)
	for i := range f.Headers {
		header(&b, f.Headers[i].Name, f.Headers[i].Value)
	}
	return b.end(f.Body)
}

// appendHeadView is appendHead for a borrowed frame.
func appendHeadView(dst []byte, w *frame.View, v frame.Version, o Options) ([]byte, error) {
	var q quick
	if out, ok := q.begin(dst, w.Command, v, o); ok {
		if head, ok := q.end(q.listView(out, w.Headers), len(w.Body)); ok {
			return head, nil
		}
	}
	return judgeHeadView(dst, w, v, o)
}

func judgeHeadView(dst []byte, w *frame.View, v frame.Version, o Options) ([]byte, error) {
	b := Begin(dst, w.Command, v, o)
	for i := range w.Headers {
		header(&b, w.Headers[i].Name, w.Headers[i].Value)
	}
	return b.end(w.Body)
}

// Size returns how many bytes [AppendFrame] would append, or its error.
func Size(f *frame.Frame, v frame.Version, o Options) (int, error) {
	b := measure(f.Command, v, o)
	for i := range f.Headers {
		header(&b, f.Headers[i].Name, f.Headers[i].Value)
	}
	return b.measured(f.Body)
}

// measured is End for a frame that is only measured: it returns its size.
func (b *Builder) measured(body []byte) (int, error) {
	if _, err := b.end(body); err != nil {
		return 0, err
	}
	return b.size + len(body) + 1, nil
}

// AppendHeartBeat appends a heart-beat, one LF, to dst and returns the extended
// slice (STOMP 1.2, "Heart-beating"). Heart-beats are only allowed between frames.
func AppendHeartBeat(dst []byte) []byte { return append(dst, '\n') }
