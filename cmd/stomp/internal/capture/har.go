package capture

import (
	"cmp"
	"fmt"
	"io"

	"github.com/stompwire/stomp/cmd/stomp/internal/har"
	"github.com/stompwire/stomp/internal/websocket"
	"github.com/stompwire/stomp/validate"
)

// ReadHAR reads an HTTP archive: each WebSocket in it with STOMP is a
// conversation.
func ReadHAR(r io.Reader, o *Options, h Handler) (*Summary, error) {
	s := &Summary{Others: map[string]int{}}
	out := &output{h, o, s}
	sockets := 0
	all, err := har.Read(r, har.Limit{}, func(e har.Entry) error {
		sockets++
		return out.entry(&e)
	})
	if err == nil && sockets == 0 {
		err = fmt.Errorf("none of its %d requests is a WebSocket with messages: Chrome records those that are made while the developer tools are open", all)
	}
	return s, err
}

// entry passes on the messages of a WebSocket.
func (o *output) entry(e *har.Entry) error {
	conn := &Conn{Client: "browser", Server: cmp.Or(e.URL, "a server"), Over: "WebSocket", Began: e.Messages[0].Time}
	var wrapped *websocket.SockJS
	for _, m := range e.Messages {
		p := recognizeMessage(m.Data)
		if p == nil {
			continue
		}
		switch p {
		case protoSockJS:
			wrapped = new(websocket.SockJS)
			conn.Over = "SockJS"
		case protoSTOMP:
		default:
			o.summary.Others["WebSocket without STOMP"]++
			return nil
		}
		break
	}
	if err := o.open(conn); err != nil {
		return err
	}
	at := conn.Began
	var broken [2]bool // by role
	for _, m := range e.Messages {
		if m.Time.After(at) {
			at = m.Time
		}
		from := validate.Server
		if m.Sent {
			from = validate.Client
		}
		if broken[from] {
			continue
		}
		var failed error // of the handler
		give := func(b []byte) error { failed = o.data(conn, from, at, b); return failed }
		if wrapped == nil {
			give(m.Data)
		} else {
			err := wrapped.Take(from, m.Data)
			if err == nil {
				err = wrapped.End(from, give)
			}
			if err != nil && failed == nil {
				broken[from] = true
				failed = o.lost(conn, from, at, -1, err.Error())
			}
		}
		if failed != nil {
			return failed
		}
	}
	return o.closed(conn, at)
}
