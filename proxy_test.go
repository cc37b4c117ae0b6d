package stomp_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// The proxy of the README lets no frame through that it has not seen: neither
// in a body that some broker does not count, nor in a frame of a server.
func TestProxyForwardsNoHiddenFrame(t *testing.T) {
	const hidden = "\x00SEND\ndestination:/queue/forbidden\n\nhidden"
	for v := frame.Unnegotiated; v <= frame.V12; v++ {
		for c := range frame.Commands() {
			if c == frame.SEND {
				continue // every broker counts its body
			}
			for _, head := range []string{"%s\ncontent-length:%d\n\n", "%s\r\ncontent-length:%d\r\n\r\n", "%s\ncontent-length:0%d\n\n"} {
				in := fmt.Appendf(nil, head+hidden+"\x00", c, len(hidden))
				for _, size := range []int{len(in), 1, 7} {
					var broker bytes.Buffer
					p := parser.New(parser.Options{Version: v})
					var err error
					for at := 0; at < len(in) && err == nil; at += size {
						err = forwardClient(&broker, p, in[at:min(at+size, len(in))])
					}
					if err == nil || bytes.IndexByte(broker.Bytes(), 0) >= 0 || c.FromServer() && broker.Len() > 0 {
						t.Errorf("%v, chunks of %d: %q is forwarded, error %v", v, size, broker.Bytes(), err)
					}
				}
			}
		}
	}
}
