package capture

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stompwire/stomp/internal/websocket"
)

// A socket takes STOMP out of a connection that begins as HTTP, or is in the
// middle of WebSocket.
type socket struct {
	c        *connection
	heads    [2]*websocket.Head
	done     [2]bool
	decoders [2]*websocket.Decoder
	broken   [2]bool
	wrapped  *websocket.SockJS
	held     []held // messages, until it is known what is in them
	size     int
	url      string
	// subprotocol says that the one which was agreed is one of STOMP.
	subprotocol bool
}

// name says what the connection is, when no STOMP has been found in it.
func (s *socket) name() string {
	if s.decoders[0] != nil {
		return "WebSocket without STOMP"
	}
	return "HTTP"
}

// holds returns how many bytes wait in memory, and how many are kept there to
// inflate messages.
func (s *socket) holds() (n, windows int) {
	n = s.size
	for i := range s.heads {
		if s.heads[i] != nil {
			n += s.heads[i].Held()
		}
		if s.decoders[i] != nil {
			message, window := s.decoders[i].Held()
			n, windows = n+message, windows+window
		}
	}
	if s.wrapped != nil {
		n += s.wrapped.Held()
	}
	return n, windows
}

func newSocket(c *connection) *socket { return &socket{c: c} }

// http takes the data of HTTP, until both sides have agreed on WebSocket.
func (s *socket) http(from int, b []byte) error {
	if s.done[from] { // a side that is ahead of the other
		return s.early(from, b)
	}
	request := from == s.c.client
	if s.heads[from] == nil {
		if request && !isRequest(b) || !request && !strings.HasPrefix("HTTP/1.1 ", string(b[:min(len(b), 9)])) {
			return nil // a body, or another method
		}
		s.heads[from] = new(websocket.Head)
	}
	rest, done, ok := s.heads[from].Write(b)
	switch {
	case !ok:
		s.c.p.noteConn(s.c, protoHTTP)
		s.c.other("HTTP")
		return nil
	case !done:
		return nil
	case request && !s.heads[from].Upgrades():
		if strings.Contains(s.heads[from].Line(), "/xhr") {
			s.c.p.noteConn(s.c, protoHTTP)
		}
		s.heads[from] = nil // there may be another request
		return nil
	case !request && !strings.HasPrefix(s.heads[from].Line(), "HTTP/1.1 101"):
		line := s.heads[from].Line()
		s.heads[from] = nil
		if s.done[1-from] {
			s.c.p.h.Note(fmt.Sprintf("%s -> %s: the server refuses WebSocket: %s", s.c.ends[s.c.client], s.c.ends[1-s.c.client], printable(line)))
			s.done[1-from], s.heads[1-from] = false, nil
			s.held, s.size = nil, 0
		}
		return nil
	}
	s.done[from] = true
	if len(rest) > 0 {
		if err := s.early(from, rest); err != nil {
			return err
		}
	}
	if s.done[s.c.client] && s.done[1-s.c.client] {
		return s.agreed()
	}
	return nil
}

// isRequest reports whether b may begin a request.
func isRequest(b []byte) bool {
	return strings.HasPrefix("GET ", string(b[:min(len(b), 4)])) || strings.HasPrefix("POST ", string(b[:min(len(b), 5)]))
}

func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, line[:min(len(line), 100)])
}

// early holds what a side sends before the other has agreed.
func (s *socket) early(from int, b []byte) error {
	if s.size += len(b); s.size > maxHeld {
		s.c.other("HTTP")
		return nil
	}
	s.held = append(s.held, held{from, s.c.p.at, slices.Clone(b)})
	return nil
}

// lostHTTP gives up the head in progress. Behind one that is complete what follows
// would have no beginning.
func (s *socket) lostHTTP(from int, _ int, _ string) error {
	if s.done[from] {
		s.c.other("WebSocket")
		return nil
	}
	s.heads[from], s.c.gap = nil, true
	return nil
}

// agreed goes on as WebSocket.
func (s *socket) agreed() error {
	response := s.heads[1-s.c.client]
	client, server, ok := response.Compression()
	if !ok {
		s.c.p.h.Note(fmt.Sprintf("%s -> %s: WebSocket with an extension that is not known: %s", s.c.ends[s.c.client], s.c.ends[1-s.c.client], printable(response.Get("Sec-WebSocket-Extensions"))))
		s.c.other("WebSocket")
		return nil
	}
	if fields := strings.Fields(s.heads[s.c.client].Line()); len(fields) > 1 {
		s.url = printable(fields[1])
	}
	s.subprotocol = strings.Contains(response.Get("Sec-WebSocket-Protocol"), "stomp")
	s.heads = [2]*websocket.Head{}
	early := s.held
	s.held, s.size = nil, 0
	s.begin()
	s.decoders[s.c.client].Inflate, s.decoders[1-s.c.client].Inflate = client, server
	for _, h := range early {
		if s.c.state == nil {
			break
		}
		if err := s.c.state(h.from, h.data); err != nil {
			return err
		}
	}
	return nil
}

// begin begins WebSocket.
func (s *socket) begin() {
	s.c.state, s.c.lost = s.frames, s.lostFrames
	for from := range s.decoders {
		s.decoders[from] = &websocket.Decoder{
			Data:    func(b []byte) error { return s.message(from, b) },
			Control: func(opcode byte, payload []byte) error { return s.control(from, opcode, payload) },
		}
	}
}

// handlerError marks an error as one of the handler.
type handlerError struct{ error }

func handled(err error) error {
	if err == nil {
		return nil
	}
	return handlerError{err}
}

// frames takes frames of WebSocket.
func (s *socket) frames(from int, b []byte) error {
	if s.broken[from] {
		return nil
	}
	err := s.decoders[from].Write(b)
	var h handlerError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &h):
		return h.error
	}
	return s.fail(from, fmt.Sprintf("WebSocket, at packet %d: %v", s.c.p.summary.Packets, err))
}

// fail ends the reading of a side.
func (s *socket) fail(from int, why string) error {
	s.broken[from] = true
	if s.c.conn == nil {
		if err := s.open(); err != nil {
			return err
		}
	}
	return s.c.p.out.lost(s.c.conn, s.c.role(from), s.c.p.at, -1, why)
}

func (s *socket) lostFrames(from int, n int, why string) error {
	if s.broken[from] {
		return nil
	}
	if s.c.conn != nil && s.decoders[from].Skip(n) {
		return s.c.p.out.lost(s.c.conn, s.c.role(from), s.c.p.at, n, why)
	}
	return s.fail(from, why+", and with it where the next message of WebSocket begins")
}

// message takes a piece of a message.
func (s *socket) message(from int, b []byte) error {
	switch {
	case s.c.conn == nil:
		return s.undecided(from, b)
	case s.wrapped != nil:
		return s.wrapped.Take(s.c.role(from), b)
	}
	return handled(s.c.p.out.data(s.c.conn, s.c.role(from), s.c.p.at, b))
}

// undecided holds messages until it shows what is in them.
func (s *socket) undecided(from int, b []byte) error {
	s.held = append(s.held, held{from, s.c.p.at, slices.Clone(b)})
	s.size += len(b)
	var begin []byte
	for _, h := range s.held {
		if h.from == from {
			begin = append(begin, h.data...)
		}
	}
	p := recognizeMessage(begin)
	switch {
	case p == nil && s.size < maxHeld && len(s.held) < maxHeldCount:
		return nil
	case p == protoSTOMP, p == protoSockJS, s.subprotocol:
	default:
		s.c.other("WebSocket without STOMP")
		return nil
	}
	if p == protoSockJS {
		s.wrap()
	}
	if err := s.open(); err != nil {
		return handled(err)
	}
	sent, now := s.held, s.c.p.at
	s.held, s.size = nil, 0
	defer func() { s.c.p.at = now }()
	for i, h := range sent {
		s.c.p.at = h.at
		if err := s.message(h.from, h.data); err != nil {
			return err
		}
		if s.wrapped != nil && i < len(sent)-1 { // the last one's end is to come
			if err := s.decoders[h.from].End(); err != nil {
				return err
			}
		}
	}
	return nil
}

// control takes a control frame.
func (s *socket) control(from int, opcode byte, payload []byte) error {
	if opcode != websocket.Close || s.c.conn == nil {
		return nil
	}
	what := "closes the WebSocket"
	if len(payload) >= 2 {
		what += fmt.Sprintf(": %d %s", int(payload[0])<<8|int(payload[1]), printable(string(payload[2:])))
	}
	return handled(s.c.p.out.say(s.c.conn, s.c.role(from), s.c.p.at, strings.TrimSpace(what)))
}

// wrap reads messages as those of SockJS.
func (s *socket) wrap() {
	s.wrapped = new(websocket.SockJS)
	for from, d := range s.decoders {
		role := s.c.role(from)
		d.End = func() error {
			return s.wrapped.End(role, func(b []byte) error {
				return handled(s.c.p.out.data(s.c.conn, role, s.c.p.at, b))
			})
		}
	}
}

// open begins a conversation.
func (s *socket) open() error {
	over := "WebSocket"
	if s.wrapped != nil {
		over = "SockJS"
	}
	if s.url != "" {
		over += " " + s.url
	}
	for _, d := range s.decoders {
		if d.Inflate != nil {
			over += ", compressed"
			break
		}
	}
	return s.c.open(over)
}
