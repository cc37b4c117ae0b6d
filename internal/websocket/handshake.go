package websocket

import (
	"bytes"
	"net/textproto"
	"strings"
)

// A Head is the head of an HTTP request or response, as it comes.
type Head struct {
	buf  []byte
	from int // where to go on looking for its end
}

// maxHead bounds a head.
const maxHead = 64 << 10

// Write takes what comes next and returns what follows the head once it is
// complete. ok is false when it is too large.
func (h *Head) Write(b []byte) (rest []byte, done, ok bool) {
	h.buf = append(h.buf, b...)
	if i := bytes.Index(h.buf[max(0, h.from-3):], []byte("\r\n\r\n")); i >= 0 {
		end := max(0, h.from-3) + i + 4
		rest = h.buf[end:]
		h.buf = h.buf[:end:end]
		return rest, true, true
	}
	h.from = len(h.buf)
	return nil, false, len(h.buf) <= maxHead
}

// Held returns how many bytes are in memory.
func (h *Head) Held() int { return len(h.buf) }

// Line returns the first line.
func (h *Head) Line() string {
	line, _, _ := bytes.Cut(h.buf, []byte("\r\n"))
	return string(line)
}

// Get returns all values of a header, joined with commas.
func (h *Head) Get(name string) string {
	var values []string
	lines := strings.Split(string(h.buf), "\r\n")
	for _, line := range lines[1:] {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(textproto.TrimString(key), name) {
			values = append(values, textproto.TrimString(value))
		}
	}
	return strings.Join(values, ", ")
}

// Upgrades reports whether a request or response is about WebSocket.
func (h *Head) Upgrades() bool { return strings.EqualFold(h.Get("Upgrade"), "websocket") }

// Compression returns what the head of a response agrees on for both sides: nil
// for a side whose messages are not compressed. ok is false when it agrees on
// an extension that is not known.
func (h *Head) Compression() (client, server *Inflater, ok bool) {
	for extension := range strings.SplitSeq(h.Get("Sec-WebSocket-Extensions"), ",") {
		words := strings.Split(extension, ";")
		switch name := strings.TrimSpace(words[0]); {
		case name == "":
			continue
		case !strings.EqualFold(name, "permessage-deflate"):
			return nil, nil, false
		}
		client, server = &Inflater{Takeover: true}, &Inflater{Takeover: true}
		for _, word := range words[1:] {
			name, _, _ := strings.Cut(word, "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "client_no_context_takeover":
				client.Takeover = false
			case "server_no_context_takeover":
				server.Takeover = false
			}
		}
	}
	return client, server, true
}
