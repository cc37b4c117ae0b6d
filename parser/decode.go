package parser

import "github.com/stompwire/stomp/frame"

// Decode reads src, which must be one frame with nothing around it but line
// endings, such as a WebSocket message. If src has only line endings, which are
// heart-beats, ok is false. Anything else after the frame is the error
// [TrailingData], and an incomplete frame is [UnexpectedEOF]. Use an [Assembler] for
// messages that may contain several frames, or parts of one.
//
// The view is borrowed: it is valid as long as the caller does not modify src. An
// error is an [*Error].
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
