package client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
)

// A slowConn reads steadily, but no faster than 64 KiB in 16 ms.
type slowConn struct {
	transport.Conn
	read atomic.Int64
}

func (c *slowConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b[:min(len(b), 64<<10)])
	if before := c.read.Load(); (before+int64(n))>>16 != before>>16 {
		time.Sleep(16 * time.Millisecond)
	}
	c.read.Add(int64(n))
	return n, err
}

// A thinListener accepts connections that hold little of what is not read.
type thinListener struct{ net.Listener }

func (l thinListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		c.(*net.TCPConn).SetReadBuffer(256 << 10)
	}
	return c, err
}

// listenSlow serves one connection with a part, over each transport.
func listenSlow(t *testing.T, network string, part func(*slowConn, *websocket.Conn)) (url string, roots *x509.CertPool) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	l = thinListener{l}
	certificate, roots := script.Certificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	done := make(chan struct{})
	if network == "tcp" || network == "tls" {
		go func() {
			defer close(done)
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			if network == "tls" {
				c = tls.Server(c, config)
			}
			part(&slowConn{Conn: transport.FromNet(c)}, nil)
		}()
		t.Cleanup(func() { l.Close(); <-done })
		return network + "://" + l.Addr().String(), roots
	}
	s := &httptest.Server{Listener: l, TLS: config, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: frame.AllVersions.Subprotocols()})
		if err != nil {
			t.Error(err)
			return
		}
		part(&slowConn{Conn: transport.FromWebSocket(ws, false)}, ws)
		ws.CloseNow()
	})}}
	if network == "wss" {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(func() { <-done; s.Close() })
	return network + "://" + l.Addr().String(), roots
}

// A peer that reads slowly but steadily gets a message that takes far longer
// than WriteTimeout, and pings in between are answered.
func TestSlowPeer(t *testing.T) {
	const size = 16 << 20
	for _, network := range []string{"tcp", "tls", "ws", "wss"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			url, roots := listenSlow(t, network, func(c *slowConn, ws *websocket.Conn) {
				p := script.NewPeer(t, c)
				p.Accept(frame.V12)
				ponged := make(chan struct{})
				go func() {
					defer close(ponged)
					if ws == nil {
						return
					}
					for c.read.Load() < 1<<20 {
						time.Sleep(time.Millisecond)
					}
					ctx, cancel := context.WithTimeout(context.Background(), script.Patience)
					defer cancel()
					if err := ws.Ping(ctx); err != nil || c.read.Load() >= size {
						t.Errorf("ping: %v, after %d bytes", err, c.read.Load())
					}
				}()
				f := p.Expect(frame.SEND)
				if len(f.Body) != size {
					t.Errorf("%d bytes came", len(f.Body))
				}
				<-ponged
				p.Confirm(f)
				p.Leave()
			})
			c := dial(t, url, client.Options{WriteTimeout: time.Second, TLS: &tls.Config{RootCAs: roots}})
			must(t, c.SendReceipt(patient(t), "/a", make([]byte, size)))
		})
	}
}

// A peer that stands still does not hold a writer for ever.
func TestStandstill(t *testing.T) {
	for _, network := range []string{"tcp", "tls", "ws", "wss"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			stop := make(chan struct{})
			url, roots := listenSlow(t, network, func(c *slowConn, _ *websocket.Conn) {
				p := script.NewPeer(t, c)
				p.Accept(frame.V12)
				io.CopyN(io.Discard, c, 1<<20)
				<-stop
			})
			c := dial(t, url, client.Options{WriteTimeout: 50 * time.Millisecond, TLS: &tls.Config{RootCAs: roots}})
			err := c.Send(patient(t), "/a", make([]byte, 16<<20))
			if !errors.Is(err, client.ErrConnectionLost) || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
			close(stop)
			<-c.Done()
		})
	}
}
