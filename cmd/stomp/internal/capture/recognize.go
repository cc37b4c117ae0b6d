package capture

import (
	"bytes"
	"strings"

	"github.com/stompwire/stomp/cmd/stomp/internal/pcap"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/websocket"
)

// A Format is that of a file.
type Format int

// The formats.
const (
	Raw    Format = iota // what one side of a session sent, or nothing that is known
	Packet               // pcap or pcapng
	HAR
	Gzip      // of any of the others
	Recording // a directory of one, or of several
)

// Enough is how many bytes of a file are enough to recognize its format.
const Enough = 512

// Recognize returns the format of a file that begins with b.
func Recognize(b []byte) Format {
	switch {
	case pcap.IsCapture(b):
		return Packet
	case bytes.HasPrefix(b, []byte("\x1f\x8b")):
		return Gzip
	case isHAR(b):
		return HAR
	}
	return Raw
}

// isHAR reports whether b begins an HTTP archive: an object whose first key is
// log.
func isHAR(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	b, ok := bytes.CutPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte(`"log"`))
}

// A protocol is what a connection speaks.
type protocol struct {
	name   string // "" for what is not known
	client bool   // a client says this
	server bool   // a server says this
	advice string // what to do about it
}

var (
	protoSTOMP      = &protocol{name: "STOMP"}
	protoWebSocket  = &protocol{name: "WebSocket"}
	protoCompressed = &protocol{name: "compressed WebSocket", advice: "the capture does not have its beginning, without which messages cannot be inflated; begin to capture before the client connects"}
	protoHTTP       = &protocol{name: "HTTP", client: true, advice: "HTTP without WebSocket has no STOMP in it; SockJS over HTTP (xhr) is not read"}
	protoResponse   = &protocol{name: "HTTP", server: true, advice: protoHTTP.advice}
	protoTLS        = &protocol{name: "TLS", advice: "it is encrypted: capture where it is not, behind a TLS proxy or in the browser (save a HAR in its developer tools), or let Wireshark decrypt it and export the bytes with Follow TCP stream, raw"}
	protoMQTT       = &protocol{name: "MQTT", client: true, advice: "this tool reads STOMP alone; tshark -Y mqtt shows it"}
	protoAMQP       = &protocol{name: "AMQP", client: true, advice: "this tool reads STOMP alone; tshark -Y amqp shows it"}
	protoOpenWire   = &protocol{name: "OpenWire", advice: "this tool reads STOMP alone; tshark -Y openwire shows it"}
	protoPROXY      = &protocol{name: "the PROXY protocol", client: true, advice: "the STOMP stream begins after its header; capture behind the proxy, or cut the header off"}
	protoSockJS     = &protocol{name: "SockJS", advice: "its messages are JSON around STOMP; give a capture or a HAR file, in which they are read"}
	protoOther      = &protocol{}
)

const (
	eols           = "\r\n"
	longestCommand = len(frame.UNSUBSCRIBE)
)

// recognize returns what speaks as b begins, nil when that cannot be said yet.
func recognize(b []byte) *protocol {
	switch {
	case begins(b, proxySignature):
		return prefixed(b, proxySignature, protoPROXY)
	case len(b) > 0 && b[0] == 0x16 || len(b) > 1 && b[0] == 0x17 && b[1] == 3:
		if len(b) < 3 {
			return nil
		}
		if b[1] == 3 && b[2] <= 4 {
			return protoTLS
		}
		return protoOther
	case len(b) > 0 && b[0] == 0x10:
		return recognizeMQTT(b)
	case len(b) >= 13 && string(b[5:13]) == "ActiveMQ":
		return protoOpenWire
	}
	if payload, ok := websocket.Begins(b); ok {
		if p := recognize(payload); p == protoSTOMP || p == nil {
			return protoWebSocket
		}
	}
	if websocket.BeginsCompressed(b) {
		return protoCompressed
	}
	b = bytes.TrimLeft(b, eols)
	if len(b) == 0 {
		return nil
	}
	for _, c := range beginnings {
		if strings.HasPrefix(string(b[:min(len(b), len(c.begin))]), c.begin) {
			return c.is
		}
	}
	line, _, whole := bytes.Cut(b, []byte("\n"))
	upper := strings.ToUpper(string(bytes.TrimSpace(line[:min(len(line), longestCommand+2)])))
	switch {
	case whole && frame.Command(upper).Known():
		return protoSTOMP
	case !whole && maybe(upper):
		return nil
	}
	return protoOther
}

// beginnings are what other protocols begin with.
var beginnings = [...]struct {
	begin string
	is    *protocol
}{
	{"GET ", protoHTTP}, {"POST ", protoHTTP}, {"PUT ", protoHTTP}, {"HEAD ", protoHTTP}, {"OPTIONS ", protoHTTP},
	{"DELETE ", protoHTTP}, {"CONNECT ", protoHTTP}, {"PRI * HTTP/2", protoHTTP}, {"HTTP/1.", protoResponse},
	{"AMQP", protoAMQP}, {"PROXY TCP", protoPROXY}, {"PROXY UNKNOWN", protoPROXY},
}

// maybe reports whether more may make s something that is known.
func maybe(s string) bool {
	for c := range frame.Commands() {
		if strings.HasPrefix(string(c), s) {
			return true
		}
	}
	for _, c := range beginnings {
		if strings.HasPrefix(c.begin, s) {
			return true
		}
	}
	return false
}

// begins reports whether b begins as s does, as far as it goes and says
// anything.
func begins(b []byte, s string) bool {
	return len(b) > 4 && strings.HasPrefix(s, string(b[:min(len(b), len(s))]))
}

func prefixed(b []byte, s string, is *protocol) *protocol {
	if len(b) < len(s) {
		return nil
	}
	return is
}

// recognizeMQTT looks for the name of the protocol in a CONNECT packet.
func recognizeMQTT(b []byte) *protocol {
	for i := 1; i < min(len(b), 5); i++ {
		if b[i]&0x80 == 0 {
			rest := b[i+1:]
			if len(rest) < 6 {
				return nil
			}
			if string(rest[2:6]) == "MQTT" || string(rest[2:6]) == "MQIs" {
				return protoMQTT
			}
			return protoOther
		}
	}
	if len(b) < 5 {
		return nil
	}
	return protoOther
}

// Speaker says who sends what begins with b, as far as that shows.
func Speaker(b []byte) (client, server bool) {
	line, _, _ := bytes.Cut(bytes.TrimLeft(b, eols), []byte("\n"))
	c := frame.Command(strings.ToUpper(string(bytes.TrimSpace(line))))
	return c.Known() && c.FromClient(), c.Known() && c.FromServer()
}

// recognizeMessage returns what a message of WebSocket has, as it begins; nil
// for what does not show.
func recognizeMessage(b []byte) *protocol {
	switch {
	case len(bytes.TrimLeft(b, eols)) == 0:
		return nil
	case websocket.IsSockJS(b):
		return protoSockJS
	}
	if p := recognize(b); p == protoSTOMP || p == nil {
		return p
	}
	return protoOther
}

// Name returns what a raw stream that begins with b is when it is not STOMP, and
// what can be done about it; "" when there is nothing to say.
func Name(b []byte) (name, advice string) {
	p := recognize(b)
	switch {
	case p == nil || p == protoSTOMP || p == protoOther:
		if bytes.HasPrefix(b, []byte("o")) || websocket.IsSockJS(b) {
			return protoSockJS.name, protoSockJS.advice
		}
		return "", ""
	case p == protoWebSocket || p == protoCompressed:
		return p.name, "give the capture itself, or what the messages of one side contain"
	}
	return p.name, p.advice
}
