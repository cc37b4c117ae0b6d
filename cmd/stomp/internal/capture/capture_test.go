package capture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/capture"
	"github.com/stompwire/stomp/cmd/stomp/internal/craft"
	"github.com/stompwire/stomp/internal/websocket"
	"github.com/stompwire/stomp/validate"
)

var begin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// log is a handler that writes down what it is told.
type log struct {
	strings.Builder
	sent  map[string]string // by connection and side
	fails error
}

func (l *log) Open(c *capture.Conn) error {
	middle := ""
	if c.Middle {
		middle = " middle"
	}
	fmt.Fprintf(l, "#%d %s%s\n", c.Number, c, middle)
	return l.fails
}

func (l *log) Data(c *capture.Conn, from validate.Role, _ time.Time, b []byte) error {
	if l.sent == nil {
		l.sent = map[string]string{}
	}
	l.sent[fmt.Sprint(c.Number, from)] += string(b)
	fmt.Fprintf(l, "#%d %s %.60q\n", c.Number, from, b)
	return nil
}

func (l *log) Lost(c *capture.Conn, from validate.Role, _ time.Time, n int, why string) error {
	fmt.Fprintf(l, "#%d %s lost %d: %s\n", c.Number, from, n, why)
	return nil
}

func (l *log) Say(c *capture.Conn, from validate.Role, _ time.Time, what string) error {
	fmt.Fprintf(l, "#%d %s %s\n", c.Number, from, what)
	return nil
}

func (l *log) Closed(c *capture.Conn, at time.Time) error {
	reset := ""
	if c.Reset != "" {
		reset = ", reset by the " + c.Reset
	}
	fmt.Fprintf(l, "#%d closed%s\n", c.Number, reset)
	return nil
}

func (l *log) Note(s string) { fmt.Fprintf(l, "note: %s\n", s) }

// read returns what is found in a capture that write makes.
func read(t *testing.T, o capture.Options, write func(f *craft.File)) (*log, *capture.Summary) {
	t.Helper()
	var b bytes.Buffer
	write(craft.NewPCAP(&b, binary.LittleEndian, false, craft.Ethernet))
	l := new(log)
	s, err := capture.ReadPackets(&b, &o, l)
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

const (
	connect   = "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
	connected = "CONNECTED\nversion:1.2\n\n\x00\n"
	send      = "SEND\ndestination:/queue/a\n\nhello\x00"
	request   = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: v12.stomp\r\n\r\n"
	response  = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
)

var mask = []byte{9, 8, 7, 6}

func text(s string) []byte   { return websocket.Frame(0x81, nil, []byte(s)) }
func masked(s string) []byte { return websocket.Frame(0x81, mask, []byte(s)) }

func talk(f *craft.File, client, server string) *craft.Talk {
	return craft.NewTalk(f, begin, client, server)
}

func TestPackets(t *testing.T) {
	const a, b = "10.0.0.1:5000", "10.0.0.2:61613"
	for _, tt := range []struct {
		name  string
		o     capture.Options
		write func(f *craft.File)
		want  string
	}{
		{"TCP", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, b)
			k.Open()
			k.Send(0, []byte(connect), 20)
			k.Send(1, []byte(connected), 1000)
			k.Close()
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:61613, TCP
#1 client "CONNECT\naccept-versi"
#1 client "on:1.2\nhost:/\n\n\x00"
#1 server "CONNECTED\nversion:1.2\n\n\x00\n"
#1 closed
`},
		{"the middle, the server first", capture.Options{}, func(f *craft.File) {
			k := talk(f, "10.0.0.9:5000", "10.0.0.2:9999")
			k.Send(1, []byte("\n"), 1000)
			k.Send(1, []byte("MESSAGE\nsubscription:1\n\n\x00"), 1000)
		}, `#1 10.0.0.9:5000 -> 10.0.0.2:9999, TCP middle
#1 server "\n"
#1 server "MESSAGE\nsubscription:1\n\n\x00"
#1 closed
`},
		{"the middle of a frame, by the port", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, b)
			k.Send(1, []byte("dy\x00"), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:61613, TCP middle
#1 server "dy\x00"
#1 closed
`},
		{"the middle, a keep-alive first", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, b)
			k.Send(0, []byte("\x00"), 1)
			k.Send(0, []byte(send), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:61613, TCP middle
#1 client "SEND\ndestination:/queue/a\n\nhello\x00"
#1 closed
`},
		{"heart-beats alone", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, b)
			k.Send(0, []byte("\n"), 1000)
			k.Send(1, []byte("\n"), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:61613, TCP middle
#1 client "\n"
#1 server "\n"
#1 closed
`},
		{"missing", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, b)
			k.Open()
			k.Send(0, []byte(connect), 1000)
			k.Skip(0, 500)
			k.Send(0, []byte(send), 1000)
			k.Close()
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:61613, TCP
#1 client "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
#1 client lost 500: 500 bytes are missing in the capture, noticed at packet 10
#1 client "SEND\ndestination:/queue/a\n\nhello\x00"
#1 closed
`},
		{"the same ends twice", capture.Options{}, func(f *craft.File) {
			for range 2 {
				k := talk(f, a, b)
				k.Open()
				k.Send(0, []byte(connect), 1000)
				k.Close()
			}
		}, strings.Repeat(`#1 10.0.0.1:5000 -> 10.0.0.2:61613, TCP
#1 client "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
#1 closed
`, 1) + `#2 10.0.0.1:5000 -> 10.0.0.2:61613, TCP
#2 client "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
#2 closed
`},
		{"chosen", capture.Options{Ports: []uint16{7}}, func(f *craft.File) {
			k := talk(f, a, b)
			k.Open()
			k.Send(0, []byte(connect), 1000)
			k = talk(f, a, "10.0.0.2:7")
			k.Open()
			k.Send(0, []byte("hello\n"), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:7, TCP
#1 client "hello\n"
#1 closed
`},
		{"WebSocket", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Open()
			k.Send(0, []byte("GET /info HTTP/1.1\r\n\r\n"), 1000)
			k.Send(1, []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), 1000)
			k.Send(0, []byte(request), 30)
			k.Send(1, append([]byte(response), text("\n")...), 1000)
			k.Send(0, masked(connect), 1000)
			k.Send(0, websocket.Frame(0x89, mask, []byte("ping")), 1000)
			k.Send(1, text(connected), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:80, WebSocket /ws
#1 server "\n"
#1 client "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
#1 server "CONNECTED\nversion:1.2\n\n\x00\n"
#1 closed
`},
		{"the middle of WebSocket", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Send(0, masked(send), 1000)
			k.Send(1, text("RECEIPT\nreceipt-id:1\n\n\x00"), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:80, WebSocket middle
#1 client "SEND\ndestination:/queue/a\n\nhello\x00"
#1 server "RECEIPT\nreceipt-id:1\n\n\x00"
#1 closed
`},
		{"SockJS", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Open()
			k.Send(0, []byte(request), 1000)
			k.Send(1, []byte(response), 1000)
			k.Send(1, text("o"), 1000)
			k.Send(0, masked(`["CONNECT\n\n\u0000"]`), 1000)
			k.Send(1, text(`a["CONNECTED\n\n\u0000","\n"]`), 1000)
			k.Send(1, text("h"), 1000)
			k.Send(1, text(`c[3000,"Go away!"]`), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:80, SockJS /ws
#1 client "CONNECT\n\n\x00"
#1 server "CONNECTED\n\n\x00"
#1 server "\n"
#1 closed
`},
		{"WebSocket with a piece missing", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Open()
			k.Send(0, []byte(request), 1000)
			k.Send(1, []byte(response), 1000)
			b := masked(send)
			k.Send(0, b[:20], 1000)
			k.Skip(0, 4)
			k.Send(0, b[24:], 1000)
			k.Skip(0, 100)
			k.Send(0, masked(send), 1000)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:80, WebSocket /ws
#1 client "SEND\ndestinati"
#1 client lost 4: 4 bytes are missing in the capture, noticed at packet 13
#1 client "queue/a\n\nhello\x00"
#1 client lost -1: 100 bytes are missing in the capture, noticed at packet 13, and with it where the next message of WebSocket begins
#1 closed
`},
		{"WebSocket with a piece missing before the answer", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Open()
			k.Send(0, []byte(request), 1000)
			k.Skip(0, 40)
			k.Send(1, []byte(response), 1000)
			k.Send(0, masked(connect), 1000)
		}, ""},
		{"WebSocket closed, then reset", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Open()
			k.Send(0, []byte(request), 1000)
			k.Send(1, []byte(response), 1000)
			k.Send(0, masked(connect), 1000)
			k.Send(1, websocket.Frame(0x88, nil, []byte("\x03\xea\x1bbad frame")), 1000)
			k.Segment(0, craft.RST, nil)
		}, `#1 10.0.0.1:5000 -> 10.0.0.2:80, WebSocket /ws
#1 client "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
#1 server closes the WebSocket: 1002 ?bad frame
#1 closed, reset by the client
`},
		{"PROXY protocol, version 1", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, b)
			k.Open()
			k.Send(0, []byte("PROXY TCP4 192.0.2.7 192.0.2.8 4000 61613\r\n"+connect), 50)
			k.Send(1, []byte(connected), 1000)
		}, `#1 192.0.2.7:4000 by 10.0.0.1:5000 -> 10.0.0.2:61613, TCP
#1 client "CONNECT"
#1 client "\naccept-version:1.2\nhost:/\n\n\x00"
#1 server "CONNECTED\nversion:1.2\n\n\x00\n"
#1 closed
`},
		{"PROXY protocol, version 2, before WebSocket", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Open()
			k.Send(0, []byte("\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\xc0\x00\x02\x08\x0f\xa0\xf0\xad"), 9)
			k.Send(0, []byte(request), 1000)
			k.Send(1, []byte(response), 1000)
			k.Send(0, masked(connect), 1000)
		}, `#1 192.0.2.7:4000 by 10.0.0.1:5000 -> 10.0.0.2:80, WebSocket /ws
#1 client "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
#1 closed
`},
		{"WebSocket refused", capture.Options{}, func(f *craft.File) {
			k := talk(f, a, "10.0.0.2:80")
			k.Open()
			k.Send(0, []byte(request), 1000)
			k.Send(1, []byte("HTTP/1.1 403 Forbidden\r\n\r\n"), 1000)
		}, "note: 10.0.0.1:5000 -> 10.0.0.2:80: the server refuses WebSocket: HTTP/1.1 403 Forbidden\n"},
		{"other packets", capture.Options{}, func(f *craft.File) {
			for _, kind := range []uint16{0x0806, 0x0806, 0x88cc, 1, 2, 0x1002, 0x1003, 0x1004, 0x1005, 0x1006, 0x1007, 0x1008} {
				f.Packet(begin, append(binary.BigEndian.AppendUint16(make([]byte, 12), kind), make([]byte, 46)...))
			}
		}, "note: 12 packets are not TCP, and not read: 2 ARP, 1 Ethernet type 0x1002, 1 Ethernet type 0x1003, 1 Ethernet type 0x1004, " +
			"1 Ethernet type 0x1005, 1 Ethernet type 0x1006, 1 Ethernet type 0x1007, 1 Ethernet type 0x1008, 3 others\n"},
	} {
		l, _ := read(t, tt.o, tt.write)
		if got := l.String(); got != tt.want {
			t.Errorf("%s: got\n%swant\n%s", tt.name, got, tt.want)
		}
	}
}

// What waits for the rest of a message is bounded for all connections together.
func TestPacketsWaiting(t *testing.T) {
	const agreed = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
	l, _ := read(t, capture.Options{Waiting: 10000}, func(f *craft.File) {
		message := websocket.Frame(0xc1, mask, bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, 800))
		for i := range 8 {
			k := talk(f, fmt.Sprintf("10.0.0.%d:5000", i+1), "10.0.1.1:80")
			k.Open()
			k.Send(0, []byte(request), 1000)
			k.Send(1, []byte(agreed), 1000)
			k.Send(0, masked(connect), 1000)
			if i < 5 {
				k.Send(0, message, 1000)
			} else {
				k.Send(0, message[:len(message)-1], 1000) // 12 KB in three connections
			}
		}
	})
	got := l.String()
	if !strings.Contains(got, ": more than 10000 bytes wait for the rest of a message; the connection that has been silent for longest is given up\n") ||
		!strings.Contains(got, "note: 5 more packets: more than 10000 bytes") || strings.Count(got, "closed") != 8 {
		t.Errorf("got\n%s", got)
	}
}

// Protocols that are not STOMP are named, with what to do.
func TestPacketsOthers(t *testing.T) {
	for want, said := range map[string]string{
		"TLS":                  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"MQTT":                 "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04abcd",
		"AMQP":                 "AMQP\x00\x00\x09\x01",
		"OpenWire":             "\x00\x00\x01\x4e\x01ActiveMQ\x00\x00\x00\x0c",
		"HTTP":                 "POST /x/xhr HTTP/1.1\r\n\r\n",
		"compressed WebSocket": "\xc1\x85\x01\x02\x03\x04hello",
	} {
		l, s := read(t, capture.Options{}, func(f *craft.File) {
			k := talk(f, "10.0.0.1:5000", "10.0.0.2:61613")
			k.Open()
			k.Send(0, []byte(said), 1000)
		})
		if s.Conversations != 0 || s.Others[want] != 1 || !strings.Contains(l.String(), "10.0.0.1:5000 -> 10.0.0.2:61613 speaks "+want+": ") {
			t.Errorf("%s: %v, %s", want, s.Others, l)
		}
	}
}

// Packets in any order, some twice, give what was sent; on every link.
func TestPacketsAnyLink(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	stream := [2]string{connect + strings.Repeat(send, 50), connected + strings.Repeat("RECEIPT\nreceipt-id:1\n\n\x00\n", 50)}
	for name, link := range craft.Links {
		for _, ends := range [][2]string{{"10.0.0.1:5", "10.0.0.2:61613"}, {"[fd00::1]:5", "[fd00::2]:61613"}} {
			for _, make := range []func(*bytes.Buffer) *craft.File{
				func(b *bytes.Buffer) *craft.File { return craft.NewPCAP(b, binary.BigEndian, true, link) },
				func(b *bytes.Buffer) *craft.File { return craft.NewPCAPNG(b, binary.LittleEndian, false, link) },
			} {
				var b bytes.Buffer
				f := make(&b)
				k := talk(f, ends[0], ends[1])
				k.Open()
				var held [][]byte
				k.Hold = func(_ time.Time, p []byte) {
					held = append(held, p)
					if rnd.IntN(5) == 0 {
						held = append(held, p)
					}
				}
				for from, s := range stream {
					k.Send(from, []byte(s), 1+rnd.IntN(300))
				}
				for i := 0; i+8 < len(held); i += 8 {
					w := held[i : i+8]
					rnd.Shuffle(8, func(i, j int) { w[i], w[j] = w[j], w[i] })
				}
				for _, p := range held {
					f.Packet(begin, p)
				}
				k.Hold = nil
				k.Close()
				l := new(log)
				if _, err := capture.ReadPackets(&b, &capture.Options{}, l); err != nil {
					t.Fatal(err)
				}
				if l.sent["1 client"] != stream[0] || l.sent["1 server"] != stream[1] || strings.Contains(l.String(), "note") {
					t.Errorf("%s, %s: got %d and %d bytes\n%.300s", name, ends[0], len(l.sent["1 client"]), len(l.sent["1 server"]), l)
				}
			}
		}
	}
}

func TestPacketsCut(t *testing.T) {
	l, _ := read(t, capture.Options{}, func(f *craft.File) {
		k := talk(f, "10.0.0.1:5000", "10.0.0.2:61613")
		k.Open()
		k.Hold = func(at time.Time, b []byte) { f.Cut(at, b, min(len(b), 80)) }
		k.Send(0, []byte(connect), 1000)
		k.Send(0, []byte(send), 1000)
	})
	want := `note: packet 4: it was cut when it was captured; tcpdump -s 0 captures packets as a whole
#1 10.0.0.1:5000 -> 10.0.0.2:61613, TCP
#1 client "CONNECT\naccept-version:1.2"
#1 client lost 10: 10 bytes are missing in the capture, noticed at packet 4
#1 client "SEND\ndestination:/queue/a\n"
#1 client lost 7: 7 bytes are missing in the capture, noticed at packet 6
note: 1 more packets: it was cut when it was captured; tcpdump -s 0 captures packets as a whole
#1 closed
`
	if l.String() != want {
		t.Errorf("got\n%s", l)
	}
}

// Connections that never end do not pile up.
func TestPacketsManyConnections(t *testing.T) {
	n := 0
	l, s := read(t, capture.Options{}, func(f *craft.File) {
		for i := range 70000 {
			k := talk(f, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 16), 1}), uint16(i)).String(), "10.0.0.2:61613")
			k.Segment(0, craft.SYN, nil)
			n++
		}
		k := talk(f, "10.0.0.1:5000", "10.0.0.2:61613")
		k.Open()
		k.Send(0, []byte(connect), 1000)
	})
	if s.Conversations != 1 || !strings.HasPrefix(l.String(), "#1 10.0.0.1:5000") {
		t.Errorf("%+v %.200s", s, l)
	}
}

func TestHandlerEnds(t *testing.T) {
	var b bytes.Buffer
	k := talk(craft.NewPCAP(&b, binary.LittleEndian, false, craft.Raw), "10.0.0.1:5000", "10.0.0.2:61613")
	k.Open()
	k.Send(0, []byte(connect), 1000)
	enough := errors.New("enough")
	if _, err := capture.ReadPackets(&b, &capture.Options{}, &log{fails: enough}); err != enough {
		t.Error(err)
	}
}

func TestRecognize(t *testing.T) {
	for in, want := range map[string]capture.Format{
		"":                          capture.Raw,
		"CONNECT\n":                 capture.Raw,
		"\n\nCONNECT\n":             capture.Raw,
		"\xd4\xc3\xb2\xa1":          capture.Packet,
		"\x0a\x0d\x0d\x0a":          capture.Packet,
		"\x1f\x8b\x08":              capture.Gzip,
		"{\n \"log\": {":            capture.HAR,
		"\xef\xbb\xbf{\"log\":{":    capture.HAR,
		"{\"command\":\"CONNECT\"}": capture.Raw,
	} {
		if got := capture.Recognize([]byte(in)); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"CONNECT\n\n\x00": "", "\n\nSEND\n": "", "connect\n": "", "garbage in, garbage out\n": "", "CONN": "",
		"GET / HTTP/1.1\r\n": "HTTP", "CONNECT x:443 HTTP/1.1\r\n": "HTTP", "\x16\x03\x01\x00\x05": "TLS", "AMQP\x00\x00\x09\x01": "AMQP",
		"\r\n\r\n\x00\r\nQUIT\n\x21\x11": "the PROXY protocol", `a["CONNECTED\n"]`: "SockJS", string(masked(connect)): "WebSocket",
	} {
		if got, _ := capture.Name([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestHAR(t *testing.T) {
	const entry = `{"_webSocketMessages":[%s],"request":{"url":"ws://x/ws"}}`
	file := func(messages string) string { return `{"log":{"entries":[` + fmt.Sprintf(entry, messages) + `]}}` }
	for name, tt := range map[string]struct{ in, want string }{
		"STOMP": {file(`{"type":"send","time":1,"opcode":1,"data":"CONNECT\n\n\u0000"},{"type":"receive","time":2,"opcode":1,"data":"CONNECTED\n\n\u0000"}`),
			"#1 browser -> ws://x/ws, WebSocket\n#1 client \"CONNECT\\n\\n\\x00\"\n#1 server \"CONNECTED\\n\\n\\x00\"\n#1 closed\n"},
		"SockJS": {file(`{"type":"receive","time":1,"opcode":1,"data":"o"},{"type":"send","time":2,"opcode":1,"data":"[\"CONNECT\\n\\n\\u0000\"]"}`),
			"#1 browser -> ws://x/ws, SockJS\n#1 client \"CONNECT\\n\\n\\x00\"\n#1 closed\n"},
		"broken SockJS, no URL": {`{"log":{"entries":[{"_webSocketMessages":[{"type":"receive","time":1,"opcode":1,"data":"o"},` +
			`{"type":"send","time":2,"opcode":1,"data":"{"},{"type":"send","time":2,"opcode":1,"data":"[\"A\"]"},{"type":"receive","time":2,"opcode":1,"data":"a[\"ERROR\\n\"]"}`,
			"#1 browser -> a server, SockJS\n#1 client lost -1: a message is not one of SockJS\n#1 server \"ERROR\\n\"\n#1 closed\nentry 1: it ends too early"},
		"another": {file(`{"type":"send","time":1,"opcode":1,"data":"{\"hello\":1}"}`), ""},
		"none":    {`{"log":{"entries":[{}]}}`, "none of its 1 requests is a WebSocket with messages: Chrome records those that are made while the developer tools are open"},
	} {
		l := new(log)
		if _, err := capture.ReadHAR(strings.NewReader(tt.in), &capture.Options{}, l); err != nil {
			l.WriteString(err.Error())
		}
		if l.String() != tt.want {
			t.Errorf("%s: got\n%s", name, l)
		}
	}
}

func FuzzPackets(f *testing.F) {
	for i := range 4 {
		var b bytes.Buffer
		c := craft.NewPCAP(&b, binary.LittleEndian, false, craft.Null)
		if i%2 == 1 {
			c = craft.NewPCAPNG(&b, binary.BigEndian, false, craft.Raw)
		}
		k := talk(c, "10.0.0.1:5000", "10.0.0.2:61613")
		k.Open()
		if i < 2 {
			k.Send(0, []byte("CONNECT\n\n\x00"), 1000)
			k.Send(1, []byte("CONNECTED\n\n\x00"), 5)
		} else {
			k.Send(0, []byte("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), 1000)
			k.Send(1, []byte(response), 1000)
			k.Send(0, masked("CONNECT\n\n\x00"), 1000)
		}
		k.Close()
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l := new(log)
		capture.ReadPackets(bytes.NewReader(b), &capture.Options{}, l)
		if strings.Count(l.String(), "#") > 0 && l.sent != nil {
			total := 0
			for _, s := range l.sent {
				total += len(s)
			}
			if total > 2000*len(b)+1<<20 {
				t.Fatalf("%d bytes of %d", total, len(b))
			}
		}
	})
}
