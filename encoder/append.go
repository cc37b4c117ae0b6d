package encoder

import "github.com/stompwire/stomp/frame"

// AppendFrame appends the wire form of f in version v to dst and returns the
// longer slice: the command, the headers in their order, content-length where
// o.Length says so, the body, and the NUL. Escaping follows version and command
// (STOMP 1.2, "Value Encoding"). Before a version is agreed v is
// frame.Unnegotiated.
//
// On error dst comes back with the length and the bytes it had, and the error
// is an [*Error]; its spare capacity may have been written to. What f has must
// not lie in that.
func AppendFrame(dst []byte, f *frame.Frame, v frame.Version, o Options) ([]byte, error) {
	if q, ok := beginQuick(dst, f.Command, v, o); ok {
		for i := range f.Headers {
			quickHeader(&q, f.Headers[i].Name, f.Headers[i].Value)
		}
		if out, ok := q.end(f.Command, v, f.Body); ok {
			return out, nil
		}
	}
	b := Begin(dst, f.Command, v, o)
	for i := range f.Headers {
		header(&b, f.Headers[i].Name, f.Headers[i].Value)
	}
	return b.End(f.Body)
}

// AppendView is [AppendFrame] for a borrowed frame: dst must not be memory that
// the view borrows. It looks at the headers of the view, not at its Length. A
// proxy that changes nothing uses parser.Event.AppendForward instead.
func AppendView(dst []byte, w frame.View, v frame.Version, o Options) ([]byte, error) {
	if q, ok := beginQuick(dst, w.Command, v, o); ok {
		for i := range w.Headers {
			quickHeader(&q, w.Headers[i].Name, w.Headers[i].Value)
		}
		if out, ok := q.end(w.Command, v, w.Body); ok {
			return out, nil
		}
	}
	b := Begin(dst, w.Command, v, o)
	for i := range w.Headers {
		header(&b, w.Headers[i].Name, w.Headers[i].Value)
	}
	return b.End(w.Body)
}

// Size returns the length in bytes of what AppendFrame would append, or its
// error. It writes nothing.
func Size(f *frame.Frame, v frame.Version, o Options) (int, error) {
	b := measure(f.Command, v, o)
	for i := range f.Headers {
		header(&b, f.Headers[i].Name, f.Headers[i].Value)
	}
	return b.end(f.Body)
}

// SizeView returns the length in bytes of what AppendView would append, or
// its error. It writes nothing.
func SizeView(w frame.View, v frame.Version, o Options) (int, error) {
	b := measure(w.Command, v, o)
	for i := range w.Headers {
		header(&b, w.Headers[i].Name, w.Headers[i].Value)
	}
	return b.end(w.Body)
}

// AppendHeartBeat appends a heart-beat: one LF, the end of line that every
// version reads (STOMP 1.2, "Heart-beating"). It may stand between frames
// only.
func AppendHeartBeat(dst []byte) []byte { return append(dst, '\n') }
