package server

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/frame"
)

// A transport carries octets. One goroutine may read while another writes, and
// any may close.
type transport interface {
	Read([]byte) (int, error)
	Write([]outgoing) error
	CloseWrite() error // nothing more will be written: tells the peer, who may still read
	Close() error      // at once
}

type tcp struct{ *net.TCPConn }

func (t tcp) Write(frames []outgoing) error {
	parts := make(net.Buffers, 0, 2*len(frames))
	for _, f := range frames {
		if parts = append(parts, f.own); len(f.shared) > 0 {
			parts = append(parts, f.shared)
		}
	}
	_, err := parts.WriteTo(t.TCPConn) // in one system call, if the peer is quick
	return err
}

// A webSocket sends each frame as a message, and reads frames however they are
// cut into messages.
type webSocket struct {
	conn    *websocket.Conn
	ctx     context.Context // of reading
	cancel  context.CancelFunc
	message io.Reader // the one that is being read
	buffer  []byte
}

// ServeHTTP is the end of a WebSocket.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.isOwnHost(r.Host) {
		http.Error(w, "unknown host", http.StatusForbidden)
		return
	}
	// Accept checks the Origin header, and answers by itself when it fails.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:   frame.AllVersions.Subprotocols(),
		OriginPatterns: s.config.Origins,
	})
	if err != nil {
		s.config.Log.Info("WebSocket refused", "peer", r.RemoteAddr, "error", err)
		return
	}
	conn.SetReadLimit(-1) // the parser has limits of its own
	versions := frame.AllVersions
	if v, ok := frame.ParseSubprotocol(conn.Subprotocol()); ok {
		versions = frame.VersionsOf(v)
	}
	t := &webSocket{conn: conn}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	s.start(t, r.RemoteAddr, versions)
}

// isOwnHost reports whether a Host header may name this server. A page of
// another site whose name has been made to lead to our address has the right
// origin, but not the right host.
func (s *Server) isOwnHost(hostPort string) bool {
	host := hostPort
	if h, _, err := net.SplitHostPort(hostPort); err == nil {
		host = h
	}
	if host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil {
		return true
	}
	for _, pattern := range s.config.Origins {
		if ok, _ := path.Match(strings.ToLower(pattern), strings.ToLower(hostPort)); ok {
			return true
		}
	}
	return false
}

func (t *webSocket) Read(b []byte) (n int, err error) {
	for {
		if t.message == nil {
			if _, t.message, err = t.conn.Reader(t.ctx); err != nil {
				return 0, err
			}
		}
		n, err = t.message.Read(b)
		if err == io.EOF {
			t.message, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (t *webSocket) Write(frames []outgoing) error {
	for _, f := range frames {
		octets := f.own
		if len(f.shared) > 0 {
			t.buffer = append(append(t.buffer[:0], f.own...), f.shared...)
			octets = t.buffer
		}
		if bytes.HasSuffix(octets, []byte("\x00\n")) {
			octets = octets[:len(octets)-1] // stompjs would take it for a heart-beat
		}
		kind := websocket.MessageText
		if !utf8.Valid(octets) {
			kind = websocket.MessageBinary // browsers hang up on text that is not UTF-8
		}
		if err := t.conn.Write(context.Background(), kind, octets); err != nil {
			return err
		}
	}
	t.buffer = nil
	return nil
}

func (t *webSocket) CloseWrite() error { return t.conn.Close(websocket.StatusNormalClosure, "") }

func (t *webSocket) Close() error {
	t.cancel() // ends a handshake of closing too
	return t.conn.CloseNow()
}
