// Package script provides scripted servers and peers for tests.
package script

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// Patience is how long a test waits for an expected event.
const Patience = 30 * time.Second

// Wait waits until done returns true.
func Wait(t testing.TB, done func() bool) {
	t.Helper()
	for late := time.Now().Add(Patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("it does not come")
		}
	}
}

// A Buffer is a bytes.Buffer for concurrent use.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// InUse returns the bytes of heap and stacks in use after garbage collection.
func InUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// Numbered formats the numbers from 0 to n-1 and returns the concatenation.
func Numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// ClosedPort returns a loopback address on which nothing listens.
func ClosedPort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A Peer is the other end of a connection.
type Peer struct {
	t   testing.TB
	c   conn
	own bool // only the test's own goroutine uses it
	r   *parser.Reader
	w   *encoder.Writer
}

type conn interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
}

// OwnPeer returns a Peer on a connection, for use by the test's own goroutine.
func OwnPeer(t testing.TB, c conn) *Peer {
	p := NewPeer(t, c)
	p.own = true
	return p
}

// NewPeer returns a Peer on a connection, for use by any other goroutine.
func NewPeer(t testing.TB, c conn) *Peer {
	return &Peer{t: t, c: c, r: parser.NewReader(c, parser.Options{}), w: encoder.NewWriter(c, frame.Unnegotiated, encoder.Options{})}
}

// Dial connects to a server over TCP, for use by the test's own goroutine. The
// connection is closed at the end of the test.
func Dial(t testing.TB, address string) *Peer {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return OwnPeer(t, c)
}

// Listen starts a server on loopback and returns its address. Each connection
// gets the next part of the play; further connections are closed at once. A
// connection is closed when its part returns. The test waits until all parts
// have returned.
func Listen(t testing.TB, play ...func(*Peer)) string {
	return listen(t, func(c net.Conn) conn { return c }, play)
}

// ListenTLS is Listen over TLS. It also returns the roots that verify the
// server's certificate.
func ListenTLS(t testing.TB, play ...func(*Peer)) (string, *x509.CertPool) {
	certificate, roots := Certificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	return listen(t, func(c net.Conn) conn { return tls.Server(c, config) }, play), roots
}

func listen(t testing.TB, wrap func(net.Conn) conn, play []func(*Peer)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var parts sync.WaitGroup
	parts.Go(func() {
		for i := 0; ; i++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if i >= len(play) {
				c.Close()
				continue
			}
			parts.Go(func() {
				defer c.Close()
				w := wrap(c)
				defer w.Close()
				play[i](NewPeer(t, w))
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		parts.Wait()
	})
	return l.Addr().String()
}

// ListenWebSocket is Listen over WebSocket. It accepts the sub-protocol that
// the client prefers. If binary is set, it sends only binary messages.
func ListenWebSocket(t testing.TB, binary bool, play ...func(*Peer)) string {
	var parts sync.WaitGroup
	var next atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: frame.AllVersions.Subprotocols()})
		if err != nil {
			t.Error(err)
			return
		}
		parts.Add(1)
		defer parts.Done()
		c := transport.FromWebSocket(ws, binary)
		defer c.Close()
		if i := int(next.Add(1)) - 1; i < len(play) {
			if ws.Subprotocol() != frame.V12.Subprotocol() {
				t.Errorf("the sub-protocol is %q", ws.Subprotocol())
			}
			play[i](NewPeer(t, c))
		}
	}))
	t.Cleanup(func() {
		parts.Wait()
		s.Close()
	})
	return s.Listener.Addr().String()
}

// Certificate returns a certificate for 127.0.0.1 and the roots that verify it.
func Certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// fail fails the test and ends the goroutine. Only the test's own goroutine may
// call FailNow.
func (p *Peer) fail(format string, args ...any) {
	p.t.Helper()
	p.t.Errorf(format, args...)
	if p.own {
		p.t.FailNow()
	}
	runtime.Goexit()
}

// Read reads the next frame. The error is that of the parser or connection.
func (p *Peer) Read() (*frame.Frame, error) {
	p.c.SetReadDeadline(time.Now().Add(Patience))
	return p.r.ReadFrame()
}

// Expect reads a frame with the given command and returns it.
func (p *Peer) Expect(c frame.Command) *frame.Frame {
	p.t.Helper()
	f, err := p.Read()
	if err != nil {
		p.fail("waiting for %s: %v", c, err)
	}
	if f.Command != c {
		p.fail("got %v, want %s", f, c)
	}
	return f
}

// ExpectEnd waits until the other side has closed or reset the connection.
func (p *Peer) ExpectEnd() {
	p.t.Helper()
	f, err := p.Read()
	if err == nil {
		p.fail("got %v, want the end", f)
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		p.fail("the connection is still open")
	}
}

// Accept reads CONNECT, answers with CONNECTED in the given version with extra
// headers, and returns the CONNECT.
func (p *Peer) Accept(v frame.Version, nameValue ...string) *frame.Frame {
	p.t.Helper()
	f := p.Expect(frame.CONNECT)
	list := headers.Pairs(headers.Version, v.String())
	p.Send(&frame.Frame{Command: frame.CONNECTED, Headers: append(list, headers.Pairs(nameValue...)...)})
	p.SetVersion(v)
	return f
}

// SetVersion sets the version of the following frames.
func (p *Peer) SetVersion(v frame.Version) {
	p.r.SetVersion(v)
	p.w.SetVersion(v)
}

// Send sends a frame.
func (p *Peer) Send(f *frame.Frame) {
	p.t.Helper()
	if err := p.w.WriteFrame(f); err != nil {
		p.fail("sending %s: %v", f.Command, err)
	}
}

// Say sends a frame with the given command, body and headers.
func (p *Peer) Say(c frame.Command, body string, nameValue ...string) {
	p.t.Helper()
	p.Send(&frame.Frame{Command: c, Headers: headers.Pairs(nameValue...), Body: []byte(body)})
}

// Deliver sends a MESSAGE whose id is also its ack header and body.
func (p *Peer) Deliver(subscription, id string) {
	p.t.Helper()
	p.Say(frame.MESSAGE, id, headers.Subscription, subscription, headers.MessageID, id, headers.Ack, id, headers.Destination, "/a")
}

// Write sends raw bytes.
func (p *Peer) Write(s string) {
	p.t.Helper()
	if _, err := io.WriteString(p.c, s); err != nil {
		p.fail("writing: %v", err)
	}
}

// ExpectBytes reads len(want) bytes and compares them. Do not mix it with Read,
// which reads ahead.
func (p *Peer) ExpectBytes(want string) {
	p.t.Helper()
	p.c.SetReadDeadline(time.Now().Add(Patience))
	got := make([]byte, len(want))
	n, err := io.ReadFull(p.c, got)
	if string(got[:n]) != want {
		p.fail("got %q, %v; want %q", got[:n], err, want)
	}
}

// Confirm sends the RECEIPT that a frame asks for.
func (p *Peer) Confirm(f *frame.Frame) {
	p.t.Helper()
	receipt, ok := validate.Receipt(f)
	if !ok {
		p.fail("%v asks for no receipt", f)
	}
	p.Send(receipt)
}

// Leave reads DISCONNECT, confirms it, and waits for the end of the connection.
func (p *Peer) Leave() {
	p.t.Helper()
	p.Confirm(p.Expect(frame.DISCONNECT))
	p.ExpectEnd()
}

// Heartbeats returns the number of line endings received between frames.
func (p *Peer) Heartbeats() int64 { return p.r.HeartBeats() }

// Close closes the connection.
func (p *Peer) Close() { p.c.Close() }

// CloseWrite closes the sending half of a TCP connection.
func (p *Peer) CloseWrite() { p.c.(*net.TCPConn).CloseWrite() }

// Reset closes a TCP connection with a reset.
func (p *Peer) Reset() {
	p.c.(*net.TCPConn).SetLinger(0)
	p.c.Close()
}

// Discard reads and drops up to n bytes. It returns how many arrived.
func (p *Peer) Discard(n int) int {
	p.c.SetReadDeadline(time.Now().Add(Patience))
	got, _ := io.CopyN(io.Discard, p.c, int64(n))
	return int(got)
}

// Flood sends up to n frames, until the other side accepts nothing for the
// given time. It returns the number of frames sent.
func (p *Peer) Flood(n int, while time.Duration, next func(i int) *frame.Frame) int {
	p.t.Helper()
	c, ok := p.c.(interface{ SetWriteDeadline(time.Time) error })
	if !ok {
		p.fail("the connection has no deadline for writing")
	}
	for i := range n {
		c.SetWriteDeadline(time.Now().Add(while))
		if err := p.w.WriteFrame(next(i)); err != nil {
			return i
		}
	}
	return n
}
