package conform

import (
	"math/rand/v2"
	"strings"

	"github.com/stompwire/stomp/frame"
)

// survived is the outcome of bytes that are no STOMP, or no good STOMP, whatever
// came of them: what counts is that the peer serves others afterwards, which Run
// looks at.
func survived(o Outcome) Outcome { return outcome(OK, "it survives (%v)", o) }

func hostileProbes() []*Probe {
	serves := passage{"implied by all versions", "Whatever one client sends, the server still serves others"}
	// first sends bytes before CONNECT, then after it.
	first := func(id, bytes string) *Probe {
		return ask(Must, "hostile/"+id, serves, func(s *script) Outcome {
			c := s.dial()
			c.raw(bytes)
			_, o := c.untilQuietly(of(frame.ERROR))
			return survived(o)
		}).hostile()
	}
	later := func(id, bytes string) *Probe {
		return ask(Must, "hostile/"+id, serves, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send(bytes)
			_, o := c.untilQuietly(of(frame.ERROR))
			return survived(o)
		}).hostile()
	}
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	ps := []*Probe{
		first("noise", string(noise)),
		first("tls-hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"+strings.Repeat("\x00", 512)),
		first("http-request", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		first("nuls", strings.Repeat("\x00", 4096)),
		first("line-feeds", strings.Repeat("\n", 64<<10)),
		first("byte-order-mark", "\ufeffCONNECT\naccept-version:1.2\nhost:/\n\n\x00"),
		first("command-without-end", strings.Repeat("A", 64<<10)),
		first("connect-without-end", "CONNECT\n"+strings.Repeat("x:y\n", 20000)),
		first("connect-with-body", "CONNECT\naccept-version:1.2\nhost:/\ncontent-length:4\n\na\x00b\x00\x00"),
		first("connect-empty", "CONNECT\n\n\x00"),
		first("empty-frame", "\n\n\x00\n\n\x00"),
		first("colons", strings.Repeat(":", 4096)+"\n\n\x00"),
		later("noise-later", string(noise)),
		later("nuls-later", strings.Repeat("\x00", 4096)),
		later("empty-frame-later", "\n\n\x00\n\n\x00"),
		later("header-without-end", "SEND\nx:"+strings.Repeat("y", 512<<10)),
		later("head-without-end", "SEND\n"+strings.Repeat("x:y\n", 50000)),
		later("length-of-400-digits", "SEND\n$D\ncontent-length:"+strings.Repeat("9", 400)+"\n\nx\x00"),
		later("length-of-max-int64", "SEND\n$D\ncontent-length:9223372036854775807\n\nx\x00"),
		later("length-wraps-32-bits", "SEND\n$D\ncontent-length:4294967297\n\nx\x00"),
		later("length-of-digits-of-others", "SEND\n$D\ncontent-length:\u0661\u0662\n\nx\x00"),
		later("send-bare", "SEND\n\n\x00"),
		later("subscribe-bare", "SUBSCRIBE\n\n\x00"),
		later("unsubscribe-bare", "UNSUBSCRIBE\n\n\x00"),
		later("ack-bare", "ACK\n\n\x00"),
		later("nack-bare", "NACK\n\n\x00"),
		later("begin-bare", "BEGIN\n\n\x00"),
		later("commit-bare", "COMMIT\n\n\x00"),
		later("abort-bare", "ABORT\n\n\x00"),
		later("connect-again-bare", "CONNECT\n\n\x00"),
		later("destination-empty", "SEND\ndestination:\n\nx\x00"),
		later("destination-of-slashes", "SUBSCRIBE\nid:1\ndestination:////\n\n\x00"),
		later("destination-with-nul-escape", "SEND\ndestination:"+`a\0b`+"\n\nx\x00"),
		later("destination-not-utf8", "SEND\ndestination:\xff\xfe\n\nx\x00"),
		later("id-empty", "SUBSCRIBE\nid:\n$D\n\n\x00"),
		later("transaction-empty", "BEGIN\ntransaction:\n\n\x00"),
		later("ack-of-many", strings.Repeat("ACK\nid:none\nmessage-id:none\nsubscription:none\n\n\x00", 500)),
		later("prototype-names", "SEND\n$D\n__proto__:x\nconstructor:y\ntoString:z\nhasOwnProperty:w\n\nx\x00"),
		later("disconnect-twice", "DISCONNECT\n\n\x00DISCONNECT\n\n\x00"),
	}
	return append(ps,
		ask(Must, "hostile/hang-up-in-frame", serves, func(s *script) Outcome {
			for range 5 {
				c := s.connect(s.versions.Highest())
				c.send("SEND\n$D\ncontent-length:1000\n\nonly a part")
				c.close()
			}
			return ok
		}).hostile(),
		ask(Must, "hostile/hang-up-with-subscription", serves, func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send("SUBSCRIBE\nid:1\n$D\nack:client\n\n\x00" + strings.Repeat("SEND\n$D\n\nx\x00", 20))
			c.close()
			return ok
		}).hostile(),
		ask(Must, "hostile/forty-idle", serves, func(s *script) Outcome {
			for range 40 {
				s.dial()
			}
			return ok
		}).hostile(),
		ask(Must, "hostile/slow-reader", serves, func(s *script) Outcome {
			v := s.versions.Highest()
			r, w := watched(s, v)
			r.close() // what is on its way to it goes nowhere
			w.send(strings.Repeat("SEND\n$D\n\n"+strings.Repeat("z", 4096)+"\x00", 20))
			return survived(w.ask("SEND\n$D\n$R\n\nx\x00"))
		}).hostile(),
		ask(Choice, "hostile/silent-newcomer", passage{"implied by all versions", "How long a server waits for CONNECT is its choice"}, func(s *script) Outcome {
			c := s.dial()
			if e, came := c.next(6 * s.Beat); came && e.end != nil {
				return outcome(Closed, "closed within %v", 6*s.Beat)
			}
			return outcome(Open, "open after %v", 6*s.Beat)
		}, Open, Closed).slow(),
	)
}
