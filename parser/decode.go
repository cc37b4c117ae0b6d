package parser

import "github.com/stompwire/stomp/frame"

// Decode reads src, which is one frame and nothing else but end of lines around
// it: the message of a WebSocket, say. If it has end of lines alone, a
// heart-beat, ok is false. Anything else after the frame is the error [TrailingData],
// and a frame that is not complete is [UnexpectedEOF]. For messages that may have
// parts of frames, or several, use an [Assembler].
//
// The view is borrowed: it is valid as long as the caller leaves src as it is.
// An error is an [*Error].
func Decode(src []byte, o Options) (v frame.View, ok bool, err error) {
	a := Assembler{p: Parser{opts: o}}
	v, n, ok, err := a.Next(src)
	if err == nil && !ok {
		err = a.Finish()
	}
	if err != nil || !ok {
		return frame.View{}, false, err
	}
	for n < len(src) {
		switch c := src[n]; {
		case c == '\n', c == 0 && o.Allow&AllowNULPadding != 0:
			n++
		case c == '\r' && a.p.crlf && n+1 < len(src) && src[n+1] == '\n':
			n += 2
		default:
			_, _, e := a.p.fail(&Error{Kind: TrailingData, Offset: int64(n)})
			return frame.View{}, false, e
		}
	}
	return v, true, nil
}
