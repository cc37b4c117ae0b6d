package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/examples/internal/transport"
)

// A target is a parsed URL. The url has no passcode.
type target struct {
	url       *url.URL
	address   string // with a port
	tls       bool
	webSocket bool

	host, login, passcode string // for CONNECT
}

// parseTargets takes URLs apart.
func parseTargets(urls []string, o *Options) ([]target, error) {
	var all []target
	for _, u := range urls {
		t, err := parseTarget(u, o)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// parseTarget takes a URL apart. Login and passcode of the URL count if the
// options have none.
func parseTarget(raw string, o *Options) (target, error) {
	if !strings.Contains(raw, "://") {
		raw = "tcp://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		// The error of url.Parse repeats the URL, passcode and all.
		return target{}, errors.New("stomp client: cannot parse the URL; want tcp://host:port, tls://host:port, ws://host:port/path or wss://host:port/path")
	}
	t := target{url: u}
	port := ""
	switch u.Scheme {
	case "tcp":
		port = "61613"
	case "tls":
		port, t.tls = "61614", true
	case "ws":
		port, t.webSocket = "80", true
	case "wss":
		port, t.webSocket = "443", true
	default:
		return target{}, fmt.Errorf("stomp client: the URL begins with none of tcp://, tls://, ws://, wss://, but with %q", u.Scheme)
	}
	if u.Hostname() == "" {
		return target{}, errors.New("stomp client: the URL has no host")
	}
	t.address = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	t.host, t.login, t.passcode = cmp.Or(o.Host, u.Hostname()), o.Login, o.Passcode
	if u.User != nil && o.Login == "" && o.Passcode == "" {
		t.login = u.User.Username()
		t.passcode, _ = u.User.Password()
	}
	u.User = nil
	return t, nil
}

// open opens a connection, up to where STOMP begins.
func (t target) open(ctx context.Context, o *Options) (transport.Conn, error) {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &steadyConn{Conn: c, patience: o.WriteTimeout}, nil
	}
	if t.webSocket {
		// The transport adds TLS for wss://.
		h := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dial, TLSClientConfig: o.TLS, DisableKeepAlives: true}
		c, _, err := websocket.Dial(ctx, t.url.String(), &websocket.DialOptions{
			HTTPClient:   &http.Client{Transport: h},
			HTTPHeader:   o.HTTPHeader,
			Subprotocols: o.Versions.Subprotocols(),
		})
		if err != nil {
			return nil, err
		}
		return transport.FromWebSocket(c, o.Binary), nil
	}
	c, err := dial(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	if t.tls {
		if c, err = handshakeTLS(ctx, c, t.url.Hostname(), o.TLS); err != nil {
			return nil, err
		}
	}
	return transport.FromNet(c), nil
}

// handshakeTLS makes a TLS connection of c, as tls.Dialer does.
func handshakeTLS(ctx context.Context, c net.Conn, host string, config *tls.Config) (net.Conn, error) {
	config = cmp.Or(config.Clone(), new(tls.Config))
	config.ServerName = cmp.Or(config.ServerName, host)
	secure := tls.Client(c, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return secure, nil
}
