package craft

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

// Large writes a capture of about size bytes: connections one after the other,
// in each of which 2,000 messages are sent, confirmed, delivered and acknowledged.
func Large(w io.Writer, size int64) {
	c := &counted{w: w}
	f := NewPCAP(c, binary.LittleEndian, false, Ethernet)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	body := strings.Repeat("x", 400)
	for i := 0; c.n < size && c.err == nil; i++ {
		k := NewTalk(f, at, fmt.Sprintf("10.0.%d.1:%d", i/60000, 1024+i%60000), "10.0.0.2:61613")
		k.Open()
		send := func(from int, format string, args ...any) { k.Send(from, fmt.Appendf(nil, format, args...), 1448) }
		send(0, "CONNECT\naccept-version:1.2\nhost:/\n\n\x00")
		send(1, "CONNECTED\nversion:1.2\n\n\x00\n")
		send(0, "SUBSCRIBE\nid:1\ndestination:/queue/a\nack:client\n\n\x00")
		for m := range 2000 {
			k.At = k.At.Add(time.Millisecond)
			send(0, "SEND\ndestination:/queue/a\ncontent-type:text/plain\ncontent-length:%d\nreceipt:r%d\n\n%s\x00", len(body), m, body)
			send(1, "RECEIPT\nreceipt-id:r%d\n\n\x00\nMESSAGE\nsubscription:1\nmessage-id:%d\nack:%d\ndestination:/queue/a\ncontent-type:text/plain\ncontent-length:%d\n\n%s\x00\n", m, m, m, len(body), body)
			send(0, "ACK\nid:%d\n\n\x00", m)
		}
		k.Close()
		at = k.At
	}
}

// counted counts what is written, and keeps an error.
type counted struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
