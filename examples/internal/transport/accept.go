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

// Accept opens the WebSocket that a request asks for, and returns the versions of
// STOMP that its sub-protocol leaves to choose from. When it refuses the request
// it answers that, logs why, and returns nil.
//
// origins are hosts, or patterns of them such as *.example.org. Pages of those
// hosts and of the server's own may connect. The server's own host has to be an
// address, localhost or one of origins: a page of another site whose name has
// been made to lead here (DNS rebinding) has the right origin, but not the right
// host.
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
		if r.Header.Get("Upgrade") == "" { // a health check
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

// ownHost reports whether a Host header may name this server.
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

// maxWaiting is how many connections a web server keeps that have not opened a
// WebSocket. Others are closed at once.
const maxWaiting = 1024

// NewWebServer returns a web server for WebSockets and small pages. It bounds
// what connections that have not opened a WebSocket can hold, and for how long.
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
