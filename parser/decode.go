package parser

import "github.com/stompwire/stomp/frame"

// Decode reads src, which is one frame and nothing else but end of lines around
// it: the message of a WebSocket, say. If it has end of lines alone, a
// heart-beat, ok is false. Bytes after the frame are the error [TrailingData],
// and a frame that is not complete is [UnexpectedEOF]. For messages that may have
// parts of frames, or several, use an [Assembler].
//
// The view is borrowed: it is valid as long as the caller leaves src as it is.
// An error is an [*Error].
func Decode(src []byte, o Options) (v frame.View, ok bool, err error) {
	a := Assembler{p: Parser{set: o}}
	v, n, ok, err := a.Next(src)
	if err == nil && !ok {
		err = a.Finish()
	}
	if err != nil || !ok {
		return frame.View{}, false, err
	}
	for n < len(src) {
		kind, k := NeedMore, 0
		if src[n] <= '\r' {
			var e *Error
			if kind, k, e = a.p.scanGap(src[n:]); e != nil {
				return frame.View{}, false, e
			}
		}
		if kind != HeartBeatEvent {
			_, _, e := a.p.fail(&Error{Kind: TrailingData, Offset: int64(n)})
			return frame.View{}, false, e
		}
		n += k
	}
	return v, true, nil
}
