package transport

import (
	"context"
	"errors"
	"sync"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// fragment is the frame size of a large message. The answer to a ping waits for
// at most one frame.
const fragment = 16 << 10

var buffers = sync.Pool{New: func() any { return new([fragment]byte) }}

// WriteParts writes one message in parts. If the message is UTF-8, each part
// must be UTF-8 too. Small messages are joined, large ones are written in
// fragments. WriteParts calls progress after each write.
func (c *WebSocket) WriteParts(progress func(), parts ...[]byte) error {
	kind, size := websocket.MessageText, 0
	for _, p := range parts {
		size += len(p)
		if c.binary || !utf8.Valid(p) { // browsers close the connection on invalid text
			kind = websocket.MessageBinary
		}
	}
	c.write.arm()
	defer c.write.disarm()
	ctx := context.Background()
	if size <= fragment {
		message := parts[0]
		if len(message) < size {
			buffer := buffers.Get().(*[fragment]byte)
			defer buffers.Put(buffer)
			message = buffer[:0]
			for _, p := range parts {
				message = append(message, p...)
			}
		}
		err := c.ws.Write(ctx, kind, message)
		progress()
		return c.cause(err)
	}
	w, err := c.ws.Writer(ctx, kind)
	if err != nil {
		return c.cause(err)
	}
	for _, p := range parts {
		for len(p) > 0 && err == nil {
			n := cut(p)
			_, err = w.Write(p[:n])
			p = p[n:]
			progress()
		}
	}
	return c.cause(errors.Join(err, w.Close()))
}

// cut returns the length of the first fragment of b. It does not split a
// character, since some readers check each fragment.
func cut(b []byte) int {
	if len(b) <= fragment {
		return len(b)
	}
	n := fragment
	for n > fragment-utf8.UTFMax && !utf8.RuneStart(b[n]) {
		n--
	}
	return n
}
