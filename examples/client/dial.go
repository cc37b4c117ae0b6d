package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/examples/internal/transport"
)

// A target is a parsed URL, without what is secret.
type target struct {
	url      *url.URL
	address  string // with a port
	tls      bool
	messages bool // it is a WebSocket
}

// parseTarget takes a URL apart. It moves login and passcode to the options if
// those have none.
func parseTarget(raw string, o *Options) (target, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// The error of url.Parse repeats the URL, passcode and all.
		return target{}, errors.New("stomp client: the URL cannot be read")
	}
	t := target{url: u}
	port := ""
	switch u.Scheme {
	case "tcp":
		port = "61613"
	case "tls":
		port, t.tls = "61614", true
	case "ws":
		port, t.messages = "80", true
	case "wss":
		port, t.messages, t.tls = "443", true, true
	default:
		return target{}, fmt.Errorf("stomp client: the URL begins with none of tcp://, tls://, ws://, wss://, but with %q", u.Scheme)
	}
	if u.Hostname() == "" {
		return target{}, errors.New("stomp client: the URL names no host")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	t.address = net.JoinHostPort(u.Hostname(), port)
	if u.User != nil && o.Login == "" && o.Passcode == "" {
		o.Login = u.User.Username()
		o.Passcode, _ = u.User.Password()
	}
	u.User = nil
	if o.Host == "" {
		o.Host = u.Hostname()
	}
	return t, nil
}

// open opens a connection, up to where STOMP begins.
func (t target) open(ctx context.Context, o *Options) (transport.Conn, error) {
	switch {
	case t.messages:
		return t.openWebSocket(ctx, o)
	case t.tls:
		d := tls.Dialer{Config: o.TLS}
		c, err := d.DialContext(ctx, "tcp", t.address)
		if err != nil {
			return nil, err
		}
		return transport.FromNet(c), nil
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	return transport.FromNet(c), nil
}

func (t target) openWebSocket(ctx context.Context, o *Options) (transport.Conn, error) {
	h := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: o.TLS, DisableKeepAlives: true}
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
