package server

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/internal/transport"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

func sessionLimit(unacknowledged int) validate.SessionLimits {
	return validate.SessionLimits{Unacknowledged: unacknowledged}
}

func TestConnect(t *testing.T) {
	b := start(t, Config{})
	for offer, want := range map[string]string{"1.0": "1.0", "1.0,1.1": "1.1", "1.0,1.1,1.2": "1.2", "1.2,9.9": "1.2", "": "1.0"} {
		c := b.dial(t)
		if offer == "" {
			c.Write("CONNECT\n\n\x00")
		} else {
			c.Say(frame.CONNECT, "", headers.AcceptVersion, offer, headers.Host, "x")
		}
		if f := c.Expect(frame.CONNECTED); f.Headers.Value(headers.Version) != want {
			t.Errorf("%s: %v", offer, f)
		}
	}
	c := b.dial(t)
	c.Say(frame.STOMP, "", headers.AcceptVersion, "1.2") // without host, like stompjs
	c.Expect(frame.CONNECTED)
	c = b.dial(t)
	c.Say(frame.CONNECT, "", headers.AcceptVersion, "2.0", headers.Host, "x")
	if f := c.failed(""); f.Headers.Value(headers.Version) != "1.0,1.1,1.2" {
		t.Error(f)
	}
}

// Each of these ends the connection with ERROR, without affecting other
// clients.
func TestErrors(t *testing.T) {
	b := start(t, Config{Logins: map[string]string{"anna": "secret"}, Limits: parser.Limits{Body: 1000}})
	witness := func() *client {
		c := b.dial(t)
		c.Say(frame.CONNECT, "", headers.AcceptVersion, "1.2", headers.Host, "/", headers.Login, "anna", headers.Passcode, "secret")
		c.Expect(frame.CONNECTED)
		c.version = frame.V12
		c.SetVersion(frame.V12)
		return c
	}
	other := witness()
	const connect = "CONNECT\naccept-version:1.2\nhost:/\nlogin:anna\npasscode:secret\n\n\x00"
	for _, test := range []struct{ name, say, message string }{
		{"no login", "CONNECT\naccept-version:1.2\nhost:/\n\n\x00", "login or passcode is wrong"},
		{"another login", "CONNECT\naccept-version:1.2\nhost:/\nlogin:bob\npasscode:\n\n\x00", "login or passcode is wrong"},
		{"another passcode", "CONNECT\naccept-version:1.2\nhost:/\nlogin:anna\npasscode:secre\n\n\x00", "login or passcode is wrong"},
		{"a long line before login", "CONNECT\nlogin:" + strings.Repeat("x", 4096) + "\n\n\x00", "line too long"},
		{"a body before login", "CONNECT\ncontent-length:5\n\n", "body too large"},
		{"no CONNECT", "SEND\ndestination:/topic/a\n\n\x00", "SEND"},
		{"HTTP", "GET / HTTP/1.1\r\n", "unknown command"},
		{"a second CONNECT", connect + connect, "CONNECT must not be sent again"},
		{"a server's frame", connect + "MESSAGE\n\n\x00", ""},
		{"a bad escape", connect + "SEND\ndestination:\\t\n\n\x00", "escape"},
		{"no destination", connect + "SEND\n\nx\x00", "destination"},
		{"a large body", connect + "SEND\ndestination:/topic/a\ncontent-length:1001\n\n", "body too large"},
		{"an unknown transaction", connect + "COMMIT\ntransaction:t\n\n\x00", "transaction"},
		{"an unknown message", connect + "ACK\nid:1\n\n\x00", "waits for acknowledgment"},
		{"after DISCONNECT", connect + "DISCONNECT\nreceipt:1\n\n\x00SEND\ndestination:/topic/a\n\n\x00", "RECEIPT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := b.dial(t)
			c.Write(test.say)
			f, err := c.Read()
			if err == nil && f.Command == frame.CONNECTED {
				c.SetVersion(frame.V12)
				f, err = c.Read()
			}
			if err != nil {
				t.Fatal(err)
			}
			got := f.Headers.Value(headers.Message)
			if f.Command == frame.RECEIPT {
				got = "RECEIPT"
			}
			if !strings.Contains(got, test.message) || f.Command == frame.CONNECTED {
				t.Errorf("%v, want %q", f, test.message)
			}
			if strings.Contains(string(f.Body), "secret") {
				t.Errorf("%q", f.Body)
			}
			c.ended()
		})
	}
	other.sync()
}

func TestReceipts(t *testing.T) {
	b := start(t, Config{})
	for _, v := range versions {
		c := b.connect(t, v, "")
		frames := []struct {
			command frame.Command
			headers []string
		}{
			{frame.SUBSCRIBE, []string{headers.ID, "1", headers.Destination, q, headers.Ack, "client"}},
			{frame.BEGIN, []string{headers.Transaction, "t"}},
			{frame.SEND, []string{headers.Transaction, "t", headers.Destination, q}},
			{frame.ABORT, []string{headers.Transaction, "t"}},
			{frame.BEGIN, []string{headers.Transaction, "u"}},
			{frame.COMMIT, []string{headers.Transaction, "u"}},
			{frame.UNSUBSCRIBE, []string{headers.ID, "1"}},
			{frame.DISCONNECT, nil},
		}
		for _, f := range frames {
			id := "a:b " + string(f.command)
			c.Say(f.command, "", append(f.headers, headers.Receipt, id)...)
			if r := c.Expect(frame.RECEIPT); r.Headers.Value(headers.ReceiptID) != id {
				t.Errorf("%v: %v", f, r)
			}
		}
		c.ended()
	}
}

// A client may close its sending half before it has read everything.
func TestHalfClosed(t *testing.T) {
	b := start(t, Config{})
	c := b.dial(t)
	c.Write("CONNECT\naccept-version:1.2\nhost:/\n\n\x00SUBSCRIBE\nid:1\ndestination:/queue/q\nack:client\nreceipt:1\n\n\x00" +
		"SEND\ndestination:/queue/q\n\nx\x00")
	if err := c.conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	c.Expect(frame.CONNECTED)
	c.SetVersion(frame.V12)
	c.Expect(frame.RECEIPT)
	c.Expect(frame.MESSAGE)
	c.ended()
	drain(t, b, 1)
}

func TestConnectTimeout(t *testing.T) {
	b := start(t, Config{ConnectTimeout: 50 * time.Millisecond})
	c := b.dial(t)
	c.Write("CONNECT\naccept-version:1.2\n")
	c.failed("no login within 50ms")
	// A client that has logged in stays connected.
	c = b.connect(t, frame.V12, "")
	other := b.dial(t)
	other.failed("no login within 50ms")
	c.sync()
}

func TestTooManyConnections(t *testing.T) {
	b := start(t, Config{Connections: 1})
	first := b.connect(t, frame.V12, "")
	if f := b.dial(t).failed("too many connections"); f.Headers.Value("retry-after") != "1" {
		t.Error(f)
	}
	first.conn.Close()
	eventually(t, "there is room again", func() bool {
		c := b.dial(t)
		defer c.conn.Close()
		c.Say(frame.CONNECT, "", headers.AcceptVersion, "1.2", headers.Host, "/")
		f, err := c.Read()
		return err == nil && f.Command == frame.CONNECTED
	})
}

// The server sends heart-beats at the interval that was agreed.
func TestHeartBeatFromServer(t *testing.T) {
	b := start(t, Config{HeartBeat: 20 * time.Millisecond})
	c := b.dial(t)
	if f := c.login(frame.V12, "", "0,10"); f.Headers.Value(headers.HeartBeat) != "20,20" {
		t.Error(f)
	}
	c.subscribe("1", "/topic/a", "auto")
	for beats, buffer := 0, make([]byte, 512); beats < 5; {
		c.conn.SetReadDeadline(time.Now().Add(patience))
		n, err := c.conn.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(buffer[:n]); strings.Trim(got, "\n") != "" {
			t.Fatalf("%q", got)
		}
		beats += n
	}
	// The client has promised no heart-beats, so the server expects none.
	c.publish("/topic/a", "x")
	c.message("x")
}

// A client that promised heart-beats and is silent is disconnected. A client
// that sends them is not.
func TestHeartBeatFromClient(t *testing.T) {
	b := start(t, Config{HeartBeat: 10 * time.Millisecond})
	silent := b.dial(t)
	silent.login(frame.V12, "", "10,0")
	if f := silent.failed("no heart-beat for more than twice the 10ms agreed"); f.Headers.Value(headers.ReceiptID) != "" {
		t.Error(f)
	}

	// Up to twice the interval is tolerated.
	patient := start(t, Config{HeartBeat: time.Hour})
	c := patient.dial(t)
	c.login(frame.V11, "", "1,0")
	peer := patient.peers()[0]
	for _, test := range []struct {
		silent time.Duration
		closed bool
	}{{119 * time.Minute, false}, {121 * time.Minute, true}} {
		peer.heard.Store(time.Now().Add(-test.silent).UnixNano())
		peer.tick()
		if peer.out.Closing() != test.closed {
			t.Errorf("after %v closing is %v", test.silent, !test.closed)
		}
	}

	// The server wants no heart-beats, so it misses none.
	c = start(t, Config{HeartBeat: -1}).dial(t)
	if f := c.login(frame.V12, "", "10,10"); f.Headers.Value(headers.HeartBeat) != "0,0" {
		t.Error(f)
	}
}

// A consumer that does not read gets ERROR and is disconnected. Other clients
// do not wait for it.
func TestSlowConsumer(t *testing.T) {
	b := start(t, Config{Outgoing: 1 << 20, CloseTimeout: patience})
	slow, quick, sender := b.connect(t, frame.V12, ""), b.connect(t, frame.V12, ""), b.connect(t, frame.V12, "")
	slow.subscribe("1", "/topic/a", "auto")
	quick.subscribe("1", "/topic/a", "auto")
	body := string(make([]byte, 256<<10))
	disconnecting := func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.topics.Get("/topic/a").subscriptions.Len() == 1
	}
	sent := 0
	for ; !disconnecting(); sent++ {
		if sent == 1000 {
			t.Fatal("never disconnected")
		}
		sender.publish("/topic/a", body)
		quick.message(body)
	}
	sender.publish("/topic/a", "still here")
	quick.message("still here")
	// The client receives some of the messages, then the reason.
	for received := 0; ; received++ {
		f, err := slow.Read()
		if err != nil {
			t.Fatal(err)
		}
		if f.Command == frame.ERROR {
			if !strings.Contains(f.Headers.Value(headers.Message), "slow consumer") || received == 0 || received == sent {
				t.Errorf("%v after %d of %d messages", f, received, sent)
			}
			break
		}
	}
	slow.ended()
	if n := b.Stats().Ended[byOutgoing]; n != 1 {
		t.Errorf("%d slow consumers are counted", n)
	}
}

// A consumer that never reads is disconnected in the end.
func TestSlowConsumerThatNeverReads(t *testing.T) {
	b := start(t, Config{Outgoing: 1 << 20, CloseTimeout: 10 * time.Millisecond})
	slow, sender := b.connect(t, frame.V12, ""), b.connect(t, frame.V12, "")
	slow.subscribe("1", "/topic/a", "auto")
	body := string(make([]byte, 256<<10))
	for i := 0; len(b.peers()) > 1; i++ {
		if i == 10_000 {
			t.Fatal("never disconnected")
		}
		sender.publish("/topic/a", body)
	}
}

func TestShutdown(t *testing.T) {
	b := start(t, Config{})
	c := b.connect(t, frame.V12, "")
	ws, _ := b.dialWebSocket(t, "v12.stomp")
	ws.login(frame.V12, "", "0,0")
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		done <- b.Shutdown(ctx)
	}()
	c.failed("the broker is stopping")
	c.conn.Close()
	ws.failed("the broker is stopping")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := b.Stats().Ended[byStop]; n != 2 {
		t.Errorf("%d sessions ended by the stop are counted", n)
	}
	if _, err := net.Dial("tcp", b.tcp); err == nil {
		t.Error("the broker still listens")
	}
}

// Clients that do not leave are disconnected.
func TestShutdownInVain(t *testing.T) {
	b := start(t, Config{CloseTimeout: time.Hour})
	c := b.connect(t, frame.V12, "")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := b.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	c.failed("the broker is stopping")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.ServeTCP(l); err != ErrStopped {
		t.Error(err)
	}
}

// A fakePeer sends scripted input and records what is written.
type fakePeer struct {
	input chan string
	mu    sync.Mutex
	wrote []transport.Message
}

func (f *fakePeer) Read(b []byte) (int, error) {
	text, ok := <-f.input
	if !ok {
		return 0, io.EOF
	}
	return copy(b, text), nil
}

func (f *fakePeer) WriteMessages(all []transport.Message, progress func()) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wrote = append(f.wrote, all...)
	return nil
}

func (f *fakePeer) Finish() error { return nil }
func (f *fakePeer) Abort() error  { return nil }

// message waits for n messages and returns the last one.
func (f *fakePeer) message(t *testing.T, n int) (m transport.Message) {
	t.Helper()
	eventually(t, "messages are written", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		if len(f.wrote) >= n {
			m = f.wrote[n-1]
		}
		return len(f.wrote) >= n
	})
	return m
}

// A fan-out encodes a message once per version.
func TestEncodedOnce(t *testing.T) {
	b := start(t, Config{})
	var all []*fakePeer
	for i := range 6 {
		f := &fakePeer{input: make(chan string)}
		defer close(f.input)
		all = append(all, f)
		b.Server.start(f, "192.0.2.1:1", frame.AllVersions)
		f.input <- "CONNECT\naccept-version:" + versions[i%3].String() + "\nhost:/\n\n\x00"
		f.input <- "SUBSCRIBE\nid:0\ndestination:/topic/a\nreceipt:r\n\n\x00"
		f.message(t, 2)
	}
	b.connect(t, frame.V12, "").publish("/topic/a", "x", "a", "b:c")
	for i, v := range versions {
		first, second := all[i].message(t, 3), all[i+3].message(t, 3)
		if first.Shared != second.Shared {
			t.Error(v)
		}
		f := frame.Frame{Command: frame.MESSAGE, Headers: headers.Pairs("a", "b:c"), Body: []byte("x")}
		want, err := encoder.AppendFrame(nil, &f, v, encoder.Options{})
		if got := "MESSAGE\n" + string(first.Rest()); err != nil || got != string(want) {
			t.Errorf("%q, want %q, %v", got, want, err)
		}
	}
}
