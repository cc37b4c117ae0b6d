package conform

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// A link carries bytes to a peer. A write on a WebSocket is one message.
type link interface {
	io.ReadWriter
	// hangUp ends the link at once.
	hangUp()
}

// An address is where a peer listens.
type address struct {
	url    *url.URL
	dialer net.Dialer
	tls    *tls.Config
}

// parseAddress takes the URL of a peer. Without a scheme it is TCP.
func parseAddress(raw string) (*address, error) {
	if !strings.Contains(raw, "://") {
		raw = "tcp://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		// The error of url.Parse repeats the URL, and the passcode that it may have.
		return nil, fmt.Errorf("cannot parse the URL; want tcp://host:port, tls://host:port, ws://host:port/path or wss://host:port/path")
	}
	ports := map[string]string{"tcp": "61613", "tls": "61614", "ws": "80", "wss": "443"}
	port, known := ports[u.Scheme]
	switch {
	case !known:
		return nil, fmt.Errorf("the URL begins with %q; want tcp://, tls://, ws:// or wss://", u.Scheme+"://")
	case u.Hostname() == "":
		return nil, fmt.Errorf("the URL has no host")
	case u.Port() == "":
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	return &address{url: u}, nil
}

func (a *address) webSocket() bool { return strings.HasPrefix(a.url.Scheme, "ws") }

// subprotocols are those that a WebSocket client offers.
var subprotocols = []string{"v12.stomp", "v11.stomp", "v10.stomp"}

// dial opens a link. The sub-protocols are for a WebSocket.
func (a *address) dial(patience time.Duration, offered []string) (link, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if a.webSocket() {
		return a.dialWebSocket(ctx, offered)
	}
	c, err := a.dialer.DialContext(ctx, "tcp", a.url.Host)
	if err != nil {
		return nil, err
	}
	if a.url.Scheme == "tls" {
		config := &tls.Config{}
		if a.tls != nil {
			config = a.tls.Clone()
		}
		if config.ServerName == "" {
			config.ServerName = a.url.Hostname()
		}
		secure := tls.Client(c, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
		c = secure
	}
	return &stream{c}, nil
}

// A stream is a TCP or TLS connection.
type stream struct{ net.Conn }

const writePatience = 10 * time.Second

func (s *stream) Write(b []byte) (int, error) {
	s.SetWriteDeadline(time.Now().Add(writePatience))
	return s.Conn.Write(b)
}

func (s *stream) hangUp() { s.Close() }

func (a *address) dialWebSocket(ctx context.Context, offered []string) (link, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: a.tls, DisableKeepAlives: true}
	u := *a.url
	u.User = nil
	ws, _, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: transport},
		Subprotocols: offered,
	})
	if err != nil {
		return nil, err
	}
	return newSocket(ws), nil
}

// A socket is a WebSocket as a stream of bytes.
type socket struct {
	ws      *websocket.Conn
	message io.Reader // in progress
	ctx     context.Context
	cancel  context.CancelFunc
}

func newSocket(ws *websocket.Conn) *socket {
	ws.SetReadLimit(-1)
	s := &socket{ws: ws}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

func (s *socket) Read(b []byte) (int, error) {
	for {
		if s.message == nil {
			_, r, err := s.ws.Reader(s.ctx)
			if err != nil {
				return 0, err
			}
			s.message = r
		}
		n, err := s.message.Read(b)
		if err == io.EOF {
			s.message, err = nil, nil
			if n == 0 {
				continue
			}
		}
		return n, err
	}
}

// Write writes one message: text where it is UTF-8, as browsers send it.
func (s *socket) Write(b []byte) (int, error) {
	kind := websocket.MessageText
	if !utf8.Valid(b) {
		kind = websocket.MessageBinary
	}
	return len(b), s.writeAs(kind, b)
}

// writeAs writes one message, in as many fragments as there are pieces.
func (s *socket) writeAs(kind websocket.MessageType, pieces ...[]byte) error {
	ctx, cancel := context.WithTimeout(s.ctx, writePatience)
	defer cancel()
	if len(pieces) == 1 {
		return s.ws.Write(ctx, kind, pieces[0])
	}
	w, err := s.ws.Writer(ctx, kind)
	if err != nil {
		return err
	}
	for _, p := range pieces {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return w.Close()
}

func (s *socket) hangUp() {
	s.cancel()
	s.ws.CloseNow()
}
