package transport

import (
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/frame"
)

// Accept accepts a WebSocket handshake, and returns the STOMP versions that its
// sub-protocol allows. If it refuses the request, it answers with an HTTP
// error, logs the reason, and returns nil.
//
// origins are hosts or patterns such as *.example.org. Pages from these hosts
// and from the server's own host may connect. The server's own host must be an
// IP address, localhost or one of origins. Otherwise a page could point its own
// name at this server (DNS rebinding): its origin would match the host.
func Accept(w http.ResponseWriter, r *http.Request, origins []string, log *slog.Logger) (*WebSocket, frame.Versions) {
	var ws *websocket.Conn
	err := errHost
	if ownHost(r.Host, origins) {
		ws, err = websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: frame.AllVersions.Subprotocols(), OriginPatterns: origins})
	} else {
		http.Error(w, "unknown host", http.StatusForbidden)
	}
	if err != nil {
		level := slog.LevelInfo
		if r.Header.Get("Upgrade") == "" { // probably a health check
			level = slog.LevelDebug
		}
		log.Log(r.Context(), level, "WebSocket refused", "client", r.RemoteAddr, "error", err)
		return nil, 0
	}
	versions := frame.AllVersions
	if v, ok := frame.ParseSubprotocol(ws.Subprotocol()); ok {
		versions = frame.VersionsOf(v)
	}
	return FromWebSocket(ws, false), versions
}

var errHost = errors.New("the Host header is no address, not localhost, and not among the origins (-origin)")

// ownHost reports whether a Host header names this server.
func ownHost(hostPort string, origins []string) bool {
	host := hostPort
	if h, _, err := net.SplitHostPort(hostPort); err == nil {
		host = h
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || strings.EqualFold(host, "localhost") {
		return true
	}
	for _, pattern := range origins {
		for _, name := range []string{host, hostPort} {
			if ok, _ := path.Match(strings.ToLower(pattern), strings.ToLower(name)); ok {
				return true
			}
		}
	}
	return false
}

// maxWaiting limits the connections of a web server that have not opened a
// WebSocket. Further connections are closed at once.
const maxWaiting = 1024

// NewWebServer returns a web server for WebSockets and small pages. It limits
// the memory and lifetime of connections that have not opened a WebSocket.
func NewWebServer(h http.Handler, log *log.Logger) *http.Server {
	var waiting atomic.Int64
	return &http.Server{
		Handler: h, ErrorLog: log, MaxHeaderBytes: 16 << 10,
		ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		ConnState: func(c net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				if waiting.Add(1) > maxWaiting {
					c.Close()
				}
			case http.StateHijacked, http.StateClosed:
				waiting.Add(-1)
			}
		},
	}
}
