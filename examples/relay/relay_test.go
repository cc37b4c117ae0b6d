package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A gateway is a listening relay.
type gateway struct {
	*Relay
	t        *testing.T
	tcp, web string // addresses
	log      *script.Buffer
}

// start starts a relay in front of brokers. change may be nil; otherwise it
// changes the configuration.
func start(t *testing.T, change func(*Config), brokers ...string) *gateway {
	t.Helper()
	c := Config{
		Brokers: brokers, Path: "/ws", MaxConnections: 100, Memory: 1 << 30, FrameTimeout: script.Patience,
		ConnectTimeout: script.Patience, BrokerTimeout: script.Patience, WriteTimeout: script.Patience,
	}
	if change != nil {
		change(&c)
	}
	g := &gateway{t: t, log: new(script.Buffer)}
	g.Relay = NewRelay(c, slog.New(slog.NewTextHandler(g.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan struct{})
	go func() {
		g.ServeTCP(l)
		close(served)
	}()
	s := httptest.NewServer(g)
	g.tcp, g.web = l.Addr().String(), s.Listener.Addr().String()
	t.Cleanup(func() {
		l.Close()
		<-served
		g.Shutdown()
		s.Close()
	})
	return g
}

// dialTCP connects a client over TCP.
func (g *gateway) dialTCP() *script.Peer {
	g.t.Helper()
	return script.Dial(g.t, g.tcp)
}

// dialWebSocket connects a client over WebSocket.
func (g *gateway) dialWebSocket(binary bool) *script.Peer {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), script.Patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "ws://"+g.web+"/ws", &websocket.DialOptions{
		Subprotocols: []string{"v11.stomp", "v12.stomp"}, HTTPClient: noKeepAlive()})
	if err != nil {
		g.t.Fatal(err)
	}
	if ws.Subprotocol() != "v12.stomp" {
		g.t.Errorf("the sub-protocol is %q", ws.Subprotocol())
	}
	c := transport.FromWebSocket(ws, binary)
	g.t.Cleanup(func() { c.Abort() })
	return script.OwnPeer(g.t, c)
}

func noKeepAlive() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

// ask sends CONNECT.
func ask(p *script.Peer, nameValue ...string) {
	p.Say(frame.CONNECT, "", append([]string{headers.AcceptVersion, "1.1,1.2", headers.Host, "client.example"}, nameValue...)...)
}

// connect logs a client in.
func connect(p *script.Peer, nameValue ...string) *frame.Frame {
	ask(p, nameValue...)
	f := p.Expect(frame.CONNECTED)
	v, _ := f.AgreedVersion()
	p.SetVersion(v)
	return f
}

// expectError reads the ERROR that ends a session, and checks its message.
func expectError(t *testing.T, p *script.Peer, message string) {
	t.Helper()
	if f := p.Expect(frame.ERROR); !strings.Contains(f.Headers.Value(headers.Message), message) {
		t.Errorf("got %v, want %q", f, message)
	}
	p.ExpectEnd()
	p.Close()
}

// gone waits until all clients have left.
func (g *gateway) gone() {
	g.t.Helper()
	script.Wait(g.t, func() bool { return g.open.Load() == 0 })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// count returns the value of a counter.
func count(c *prometheus.CounterVec, labels ...string) float64 {
	r := prometheus.NewRegistry()
	r.MustRegister(c.WithLabelValues(labels...))
	all, err := r.Gather()
	if err != nil {
		panic(err)
	}
	return all[0].GetMetric()[0].GetCounter().GetValue()
}

// The relay logs in to the broker, and the client logs in to the relay.
func TestLogin(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) {
		f := p.Accept(frame.V12, headers.Session, "ID:host:1", headers.HeartBeat, "0,0", "x", "y")
		want := headers.Pairs(headers.AcceptVersion, "1.1,1.2", headers.Host, "/", headers.Login, "relay",
			headers.HeartBeat, "7000,7000", "x-client", "1", headers.Passcode, "of the broker")
		if len(f.Headers) != len(want) {
			t.Errorf("got %v", f)
		}
		for i := range want {
			if f.Headers[i] != want[i] {
				t.Errorf("header %d is %v, want %v", i, f.Headers[i], want[i])
			}
		}
		p.Leave()
	})
	g := start(t, func(c *Config) {
		c.BrokerLogin, c.BrokerPasscode, c.BrokerHost = "relay", "of the broker", "/"
		c.Users = login.Users{"joe": "of joe", "ann": ""}
		c.HeartBeat = headers.HeartBeats{Send: 7 * time.Second, Receive: 7 * time.Second}
	}, broker)
	p := g.dialTCP()
	f := connect(p, headers.Login, "joe", headers.HeartBeat, "1000,2000", "x-client", "1", headers.Passcode, "of joe", headers.Login, "second")
	if got := f.Headers.String(); got != `{version:"1.2" session:"ID:host:1" heart-beat:"7000,7000" x:"y"}` {
		t.Error(got)
	}
	p.Say(frame.DISCONNECT, "", headers.Receipt, "bye")
	if f := p.Expect(frame.RECEIPT); f.Headers.Value(headers.ReceiptID) != "bye" {
		t.Error(f)
	}
	p.Close()
	g.gone()

	for _, pair := range [][]string{{}, {headers.Login, "joe"}, {headers.Login, "joe", headers.Passcode, "wrong"}, {headers.Login, "eve", headers.Passcode, ""}} {
		p := g.dialTCP()
		ask(p, pair...)
		expectError(t, p, "login refused")
	}
	if n := count(g.metrics.refused, "login"); n != 4 {
		t.Errorf("%v logins refused", n)
	}
	if s := g.log.String(); strings.Contains(s, "of joe") || strings.Contains(s, "wrong") || strings.Contains(s, "of the broker") {
		t.Error(s)
	}
}

// stompjs sends no host, and a 1.0 client may send no headers at all.
func TestConnectWithoutHost(t *testing.T) {
	broker := script.Listen(t,
		func(p *script.Peer) {
			if f := p.Accept(frame.V12); f.Headers.Value(headers.Host) != "" {
				t.Errorf("got %v", f)
			}
			p.Leave()
		},
		func(p *script.Peer) {
			p.ExpectBytes("CONNECT\nheart-beat:0,0\n\n\x00")
			p.Write("CONNECTED\nsession:1\n\n\x00")
			p.ExpectBytes("SEND\ndestination:a\\b\n\n\x00")
			p.Write("MESSAGE\ndestination:a\\b\nmessage-id:1\n\n\x00")
			p.ExpectEnd()
		})
	g := start(t, nil, broker)
	p := g.dialTCP()
	p.Say(frame.CONNECT, "", headers.AcceptVersion, "1.2", headers.HeartBeat, "0,0")
	p.Expect(frame.CONNECTED)
	p.SetVersion(frame.V12)
	p.Say(frame.DISCONNECT, "", headers.Receipt, "1")
	p.Expect(frame.RECEIPT)
	p = g.dialTCP()
	p.Write("CONNECT\n\n\x00")
	p.ExpectBytes("CONNECTED\nsession:1\n\n\x00")
	p.Write("SEND\ndestination:a\\b\n\n\x00")
	p.ExpectBytes("MESSAGE\ndestination:a\\b\nmessage-id:1\n\n\x00")
}

// Unusual but valid data is forwarded byte for byte, over TCP and WebSocket,
// however it is split.
func TestForwardsAsItIs(t *testing.T) {
	const up = "SEND\r\ndestination:/queue/a\\cb\r\ndestination:second\r\nx:\\\\\\n\r\nempty:\r\ncontent-length:05\r\n\r\na\x00\xff\r\n\x00" +
		"SUBSCRIBE\nid:0\ndestination:/queue/\xc3\xa4\ncontent-length:0\n\n\x00" +
		"SEND\nb:1\na:2\ndestination:/a\nreceipt:7\n\nno length \xf0\x9f\x9a\x80\x00"
	const down = "MESSAGE\nsubscription:0\nmessage-id:1\nsession:ID:a:b\ndestination:/queue/\xc3\xa4\n\nbody\n\n\xf0\x9f\x9a\x80 \xff\x00" +
		"RECEIPT\nreceipt-id:7\n\n\x00"
	const connected = "CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\x00"
	for _, kind := range []string{"tcp", "ws", "ws binary"} {
		t.Run(kind, func(t *testing.T) {
			read := make(chan struct{})
			broker := script.Listen(t, func(p *script.Peer) {
				p.ExpectBytes("CONNECT\naccept-version:1.1,1.2\nhost:client.example\nheart-beat:0,0\n\n\x00")
				p.Write("CONNECTED\nversion:1.2\n\n\x00\n")
				p.ExpectBytes(strings.Replace(up, "\r\n\r\n", "\r\n\n", 1)) // see TestBlankLineIsLF
				for i := range len(down) {
					p.Write(down[i : i+1])
					if down[i] == 0 {
						p.Write("\n") // a heart-beat is not forwarded
					}
				}
				<-read
			})
			g := start(t, nil, broker)
			var p *script.Peer
			if kind == "tcp" {
				p = g.dialTCP()
			} else {
				p = g.dialWebSocket(kind == "ws binary")
			}
			p.Write("CONNECT\naccept-version:1.1,1.2\nhost:client.example\n\n\x00")
			p.ExpectBytes(connected)
			for i := range len(up) {
				p.Write(up[i : i+1])
			}
			p.Write("\n\r\n")
			p.ExpectBytes(down)
			close(read)
			p.Close()
			g.gone()
			if n := count(g.metrics.frames, "SEND", "to_broker"); n != 2 {
				t.Errorf("%v frames", n)
			}
			if n := count(g.metrics.bytes, "to_client"); n != float64(len(down)+len(connected)) {
				t.Errorf("%v bytes", n)
			}
		})
	}
}

// A body is forwarded as it arrives, and not held.
func TestStreamsBodies(t *testing.T) {
	const size, piece = 256 << 20, 1 << 20
	first, done := make(chan struct{}), make(chan struct{})
	head := fmt.Sprintf("SEND\ndestination:/a\ncontent-length:%d\n\n", size)
	broker := script.Listen(t, func(p *script.Peer) {
		p.ExpectBytes("CONNECT\naccept-version:1.2\nhost:/\nheart-beat:0,0\n\n\x00")
		p.Write("CONNECTED\nversion:1.2\n\n\x00")
		p.ExpectBytes(head + "first")
		close(first)
		if n := p.Discard(size - len("first")); n != size-len("first") {
			t.Errorf("%d bytes of the body", n)
		}
		p.ExpectBytes("\x00")
		close(done)
	})
	g := start(t, func(c *Config) { c.Limits.Body = size }, broker)
	p := g.dialTCP()
	p.Write("CONNECT\naccept-version:1.2\nhost:/\n\n\x00")
	p.ExpectBytes("CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\x00")
	p.Write(head + "first")
	<-first // the relay has not waited for the rest
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	x := strings.Repeat("x", piece)
	p.Write(x[len("first"):])
	for range size/piece - 1 {
		p.Write(x)
	}
	p.Write("\x00")
	<-done
	runtime.ReadMemStats(&after)
	// Writing a string copies it once: the size of the body in all.
	if total := after.TotalAlloc - before.TotalAlloc; total > size+16<<20 {
		t.Errorf("%d MiB were allocated for a body of %d MiB", total>>20, size>>20)
	}
}

// A client that does not read makes the broker wait.
func TestBackPressure(t *testing.T) {
	const most = 1000
	sent := make(chan int, 1)
	broker := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		body := make([]byte, 1<<20)
		sent <- p.Flood(most, time.Second, func(i int) *frame.Frame {
			return &frame.Frame{Command: frame.MESSAGE, Body: body, Headers: headers.Pairs(
				headers.Subscription, "0", headers.MessageID, fmt.Sprint(i), headers.Destination, "/a")}
		})
	})
	g := start(t, nil, broker)
	p := g.dialTCP()
	connect(p)
	p.Say(frame.SUBSCRIBE, "", headers.ID, "0", headers.Destination, "/a", headers.Receipt, "1")
	p.Expect(frame.RECEIPT)
	if n := <-sent; n == most {
		t.Error("the broker could write 1 GiB that nobody reads")
	}
}

// A client is told what it must not send, and the broker sees none of it.
func TestRefuses(t *testing.T) {
	const handshake = "CONNECT\naccept-version:1.2\nhost:/\n\n\x00"
	for _, tt := range []struct {
		name, say, message string
		kind, rule         string // counted in the metrics
	}{
		{"no CONNECT", "SEND\ndestination:/a\n\n\x00", "SEND", "not_negotiated", ""},
		{"HTTP", "GET / HTTP/1.1\r\n\r\n", "unknown command", "unknown_command", ""},
		{"a bad heart-beat", "CONNECT\naccept-version:1.2\nhost:/\nheart-beat:1\n\n\x00", "the heart-beat header of CONNECT must be two numbers of milliseconds", "", "heart-beat-syntax"},
		{"a long line before the login", "CONNECT\naccept-version:1.2\nhost:" + strings.Repeat("x", 4200), "line too long", "line_too_long", ""},
		{"a body before the login", "CONNECT\naccept-version:1.2\nhost:/\ncontent-length:1\n\n", "body too large", "body_too_large", ""},
		{"a large body", handshake + "SEND\ndestination:/a\ncontent-length:1001\n\n", "body too large", "body_too_large", ""},
		{"no destination", handshake + "SEND\nfoo:bar\n\n\x00", "SEND must have a destination header", "", "send-destination-required"},
		{"a body on SUBSCRIBE", handshake + "SUBSCRIBE\nid:1\ndestination:/a\n\nx\x00", bodyRefused, "", ""},
		{"an unknown ACK", handshake + "ACK\nid:1\n\n\x00", "ACK names no message that waits for acknowledgment", "", "ack-known"},
		{"too many subscriptions", handshake + "SUBSCRIBE\nid:1\ndestination:/a\n\n\x00SUBSCRIBE\nid:2\ndestination:/a\n\n\x00", "SUBSCRIBE exceeds the limit of 1 open subscriptions", "", ""},
		{"a bad escape", handshake + "SEND\ndestination:\\t\n\n\x00", "escape", "bad_escape", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var broker string
			connects := strings.HasPrefix(tt.say, handshake)
			if connects {
				broker = script.Listen(t, func(p *script.Peer) {
					p.Accept(frame.V12)
					for {
						f, err := p.Read()
						if err != nil {
							return
						}
						if f.Command != frame.SUBSCRIBE || f.Headers.Value(headers.ID) != "1" || len(f.Body) > 0 {
							t.Errorf("the broker got %v", f)
						}
					}
				})
			} else {
				broker = script.ClosedPort(t) // it must not be contacted
			}
			g := start(t, func(c *Config) {
				c.Limits.Body = 1000
				c.Session.Subscriptions = 1
			}, broker)
			p := g.dialTCP()
			p.Write(tt.say)
			if connects {
				p.Expect(frame.CONNECTED)
				p.SetVersion(frame.V12)
			}
			expectError(t, p, tt.message)
			g.gone()
			if tt.kind != "" && count(g.metrics.parseErrors, tt.kind, "client") != 1 {
				t.Errorf("%s is not counted", tt.kind)
			}
			if tt.rule != "" && count(g.metrics.violations, tt.rule, "client") != 1 {
				t.Errorf("%s is not counted", tt.rule)
			}
			if n := count(g.metrics.brokerDown, broker); n != 0 {
				t.Error("the broker was asked")
			}
		})
	}
}

// If the blank line is CR LF and the line before it is not, ActiveMQ's
// connector stomp+nio looks for the end of the head in the body.
func TestBlankLineIsLF(t *testing.T) {
	const lines, body = "SEND\ndestination:/a\n", "\r\nx\n\n\x00"
	done := make(chan struct{})
	broker := script.Listen(t, func(p *script.Peer) {
		defer close(done)
		p.ExpectBytes("CONNECT\naccept-version:1.2\nhost:/\nheart-beat:0,0\n\n\x00")
		p.Write("CONNECTED\nversion:1.2\n\n\x00")
		p.ExpectBytes(lines + "\n" + body + lines + "\n" + body)
	})
	g := start(t, nil, broker)
	p := g.dialTCP()
	p.Write("CONNECT\naccept-version:1.2\nhost:/\n\n\x00")
	p.Expect(frame.CONNECTED)
	p.Write(lines + "\r\n" + body + "\r\n\r\n" + lines + "\n" + body)
	<-done
	p.Close()
	g.gone()
}

func TestMaxConnections(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) { p.Accept(frame.V12); p.ExpectEnd() })
	g := start(t, func(c *Config) { c.MaxConnections = 1 }, broker)
	first := g.dialTCP()
	connect(first)
	expectError(t, g.dialTCP(), "too many connections")
	res, err := noKeepAlive().Get("http://" + g.web + "/ws")
	must(t, err)
	res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Error(res.Status)
	}
	first.Close()
	g.gone()
	if n := count(g.metrics.refused, "max_connections"); n != 2 {
		t.Errorf("%v refused", n)
	}
}

// When a client leaves, its connection to the broker is closed.
func TestClientLeaves(t *testing.T) {
	part := func(p *script.Peer) { p.Accept(frame.V12); p.ExpectEnd() }
	g := start(t, nil, script.Listen(t, part, part))
	for _, p := range []*script.Peer{g.dialTCP(), g.dialWebSocket(false)} {
		connect(p)
		p.Close()
	}
	g.gone()
}

// A stopping relay sends ERROR to its clients.
func TestShutdown(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) { p.Accept(frame.V12); p.ExpectEnd() })
	g := start(t, nil, broker)
	p, early := g.dialTCP(), g.dialTCP()
	connect(p)
	early.Write("\n")
	script.Wait(t, func() bool { return g.open.Load() == 2 })
	g.Shutdown()
	expectError(t, p, "the relay is going down")
	early.ExpectEnd()
}

// A client that closes its sending half after DISCONNECT still gets its
// receipt.
func TestHalfClose(t *testing.T) {
	closed := make(chan struct{})
	broker := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		f := p.Expect(frame.DISCONNECT)
		<-closed
		p.Confirm(f)
	})
	g := start(t, nil, broker)
	p := g.dialTCP()
	connect(p)
	p.Say(frame.DISCONNECT, "", headers.Receipt, "bye")
	p.CloseWrite()
	close(closed)
	if f := p.Expect(frame.RECEIPT); f.Headers.Value(headers.ReceiptID) != "bye" {
		t.Error(f)
	}
	p.ExpectEnd()
}

func TestMetrics(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Expect(frame.SEND)
		p.Say(frame.MESSAGE, "", headers.Subscription, "none", headers.MessageID, "1", headers.Destination, "/a")
		p.ExpectEnd()
	})
	g := start(t, nil, broker)
	p := g.dialTCP()
	connect(p)
	p.Say(frame.SEND, "x", headers.Destination, "/a")
	p.Expect(frame.MESSAGE)
	s := httptest.NewServer(g.metrics.handler())
	defer s.Close()
	res, err := noKeepAlive().Get(s.URL + "/metrics")
	must(t, err)
	text, err := io.ReadAll(res.Body)
	res.Body.Close()
	must(t, err)
	for _, want := range []string{
		`stomp_relay_connections{transport="tcp"} 1`,
		`stomp_relay_connections_total{transport="tcp"} 1`,
		`stomp_relay_frames_total{command="CONNECT",direction="to_broker"} 1`,
		`stomp_relay_frames_total{command="SEND",direction="to_broker"} 1`,
		`stomp_relay_frames_total{command="MESSAGE",direction="to_client"} 1`,
		`stomp_relay_violations_total{from="broker",rule="message-subscription-known"} 1`,
		`stomp_relay_broker_connect_failures_total{broker="` + broker + `"} 0`,
		`stomp_relay_bytes_total{direction="to_broker"} `,
		"go_goroutines ",
	} {
		if !strings.Contains(string(text), "\n"+want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
}

func TestOrigin(t *testing.T) {
	g := start(t, func(c *Config) { c.Origins = []string{"*.friend.example"} }, script.ClosedPort(t))
	for origin, want := range map[string]int{
		"http://" + g.web: 101, "https://www.friend.example": 101, "https://evil.example": 403,
	} {
		ctx, cancel := context.WithTimeout(context.Background(), script.Patience)
		ws, res, err := websocket.Dial(ctx, "ws://"+g.web+"/ws", &websocket.DialOptions{
			HTTPHeader: http.Header{"Origin": {origin}}, HTTPClient: noKeepAlive()})
		if err == nil {
			ws.CloseNow()
		}
		if res == nil || res.StatusCode != want {
			t.Errorf("%s: %v, %v", origin, res, err)
		}
		cancel()
	}
}
