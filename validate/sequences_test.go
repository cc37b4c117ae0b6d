package validate_test

import (
	"slices"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/fuzz"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/validate"
)

// alphabet has each command from each role, with identifiers that meet.
func alphabet(version string) (all []fuzz.Said) {
	for c := range frame.Commands() {
		f := &frame.Frame{Command: c}
		switch c {
		case frame.CONNECT, frame.STOMP:
			f.Headers = headers.Pairs("accept-version", "1.0,1.1,1.2", "host", "h", "heart-beat", "0,0")
		case frame.CONNECTED:
			f.Headers = headers.Pairs("version", version)
		case frame.SEND:
			f.Headers = headers.Pairs("destination", "d", "transaction", "t", "receipt", "r")
		case frame.SUBSCRIBE:
			f.Headers = headers.Pairs("destination", "d", "id", "s", "ack", "client")
		case frame.UNSUBSCRIBE:
			f.Headers = headers.Pairs("id", "s")
		case frame.BEGIN, frame.COMMIT, frame.ABORT:
			f.Headers = headers.Pairs("transaction", "t")
		case frame.ACK:
			f.Headers = headers.Pairs("id", "m", "subscription", "s", "message-id", "m")
		case frame.NACK:
			f.Headers = headers.Pairs("id", "m", "subscription", "s", "message-id", "m", "transaction", "t")
		case frame.DISCONNECT:
			f.Headers = headers.Pairs("receipt", "r")
		case frame.MESSAGE:
			f.Headers = headers.Pairs("destination", "d", "subscription", "s", "message-id", "m", "ack", "m")
		case frame.RECEIPT:
			f.Headers = headers.Pairs("receipt-id", "r")
		case frame.ERROR:
			f.Headers = headers.Pairs("message", "x", "receipt-id", "r")
		}
		all = append(all, fuzz.Said{From: validate.Client, Frame: f}, fuzz.Said{From: validate.Server, Frame: f})
	}
	return all
}

// All sequences of up to three or four commands by either role, from the
// beginning and after a handshake in each version, are judged as the oracle
// judges them.
func TestSequences(t *testing.T) {
	length := 4
	if testing.Short() {
		length = 3
	}
	for _, c := range []struct {
		version   string
		handshake bool
		length    int
	}{
		{"1.2", false, 3},
		{"1.2", true, length},
		{"1.1", true, 3},
		{"1.0", true, 3},
	} {
		name := c.version + "/start"
		if c.handshake {
			name = c.version + "/connected"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := alphabet(c.version)
			var prefix []fuzz.Said
			if c.handshake {
				for _, f := range all {
					if f.Frame.Command == frame.CONNECT && f.From == validate.Client || f.Frame.Command == frame.CONNECTED && f.From == validate.Server {
						prefix = append(prefix, f)
					}
				}
			}
			failures := 0
			var extend func(frames []fuzz.Said)
			extend = func(frames []fuzz.Said) {
				for _, last := range all {
					whole := append(frames, last)
					if failures > 10 {
						return
					}
					if len(whole) < len(prefix)+c.length {
						extend(whole) // judges the shorter ones on its way
						continue
					}
					if err := fuzz.CheckSession(whole, validate.SessionLimits{}); err != nil {
						failures++
						t.Error(err)
					}
				}
			}
			extend(slices.Grow(prefix, c.length))
		})
	}
}
