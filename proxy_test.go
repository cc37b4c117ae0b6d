package stomp_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
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
					s := newSide(&broker, refuse(nil), func() frame.Version { return v })
					s.p.SetVersion(v)
					var err error
					for at := 0; at < len(in) && err == nil; at += size {
						err = s.forward(in[at:min(at+size, len(in))])
					}
					if err == nil || bytes.IndexByte(broker.Bytes(), 0) >= 0 || c.FromServer() && broker.Len() > 0 {
						t.Errorf("%v, chunks of %d: %q is forwarded, error %v", v, size, broker.Bytes(), err)
					}
				}
			}
		}
	}
}

// What the proxy forwards has no CR LF that ActiveMQ's connector stomp+nio
// misreads: it would look for the end of the head in the body, and find the
// frame in the body of the second SEND.
func TestProxyForwardsBlankLinesAsLF(t *testing.T) {
	const hidden = "SEND\ndestination:/queue/forbidden\n\nhidden\x00"
	second := fmt.Sprintf("SEND\ndestination:/a\ncontent-length:%d\n\n%s\x00", len(hidden), hidden)
	n := strings.Index(second, "\n\n")
	for _, gap := range []string{"", "\n", "\r\n", "\r\n\r\n", "\r\n\n"} {
		for _, eol := range []string{"\n", "\r\n"} {
			lines := fmt.Sprintf("SEND%sdestination:/a%[1]scontent-length:%d%[1]s", eol, n+2)
			body := strings.Repeat("x", n) + "\n\n\x00"
			in := gap + lines + "\r\n" + body + second + gap
			want := withoutHeartBeats(strings.ReplaceAll(gap, "\r", "") + lines + "\n" + body + second)
			for size := 1; size <= len(in); size++ {
				var broker bytes.Buffer
				s := newSide(&broker, refuse(map[string]bool{"/a": true}), func() frame.Version { return frame.V12 })
				s.p.SetVersion(frame.V12)
				for at := 0; at < len(in); at += size {
					if err := s.forward([]byte(in[at:min(at+size, len(in))])); err != nil {
						t.Fatal(err)
					}
				}
				if withoutHeartBeats(broker.String()) != want {
					t.Fatalf("chunks of %d: of %q %q is forwarded", size, in, broker.String())
				}
			}
		}
	}
}

// The proxy forwards no frame that has a second meaning for some broker.
func TestProxyRefuses(t *testing.T) {
	for _, tt := range []struct{ in, forwarded string }{
		{"SEND\ndestination:/a\ndestination:/b\n\n\x00", ""},
		{"SEND\ndestination:/a\n\n\x00CONNECT\nlogin:admin\n\n\x00", "SEND\ndestination:/a\n\n\x00"},
		{"SEND\ndestination:/a\n\n\x00STOMP\nlogin:admin\n\n\x00", "SEND\ndestination:/a\n\n\x00"},
	} {
		var broker bytes.Buffer
		s := newSide(&broker, refuse(map[string]bool{"/a": true}), func() frame.Version { return frame.V12 })
		s.p.SetVersion(frame.V12)
		if err := s.forward([]byte(tt.in)); err == nil || broker.String() != tt.forwarded {
			t.Errorf("of %q %q is forwarded, error %v", tt.in, broker.String(), err)
		}
	}
}

// withoutHeartBeats returns a stream of SENDs without the LFs between them.
func withoutHeartBeats(stream string) string {
	return strings.TrimLeft(regexp.MustCompile(`\x00\n+(SEND|$)`).ReplaceAllString(stream, "\x00$1"), "\n")
}
