package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// The broker sees nothing of a frame that it could read in another way.
func TestAmbiguousFrames(t *testing.T) {
	inner := "\x00SEND\ndestination:/forbidden\n\nsmuggled"
	counted := fmt.Sprintf("content-length:%d\n\n%s\x00", len(inner), inner)
	type test struct{ text, why string }
	var tests []test
	for _, head := range []string{
		"SUBSCRIBE\nid:0\ndestination:/a\n", "UNSUBSCRIBE\nid:1\ndestination:/a\n", "BEGIN\ntransaction:t\n", "ABORT\ntransaction:u\n", "COMMIT\ntransaction:u\n",
		"ACK\nid:1\nmessage-id:1\nsubscription:1\n", "DISCONNECT\nreceipt:1\n",
	} {
		tests = append(tests, test{text: head + counted}, test{text: head + "\nx\x00"})
	}
	for _, command := range []string{"MESSAGE\nsubscription:1\nmessage-id:1\ndestination:/a\n", "ERROR\nmessage:x\n", "RECEIPT\nreceipt-id:1\n", "CONNECTED\nversion:1.2\n"} {
		tests = append(tests, test{text: command + counted}, test{text: command + "\n\x00"})
	}
	for _, name := range []string{" content-length", "content-length ", "Content-Length", "\tcontent-length"} {
		tests = append(tests, test{text: "SEND\ndestination:/a\n" + name + ":4\n\nx\x00", why: "almost like content-length"})
	}
	for _, v := range []frame.Version{frame.V10, frame.V11, frame.V12} {
		for _, test := range tests {
			name, _, _ := strings.Cut(test.text, "\n\n")
			t.Run(v.String()+" "+strings.ReplaceAll(name, "\n", " "), func(t *testing.T) {
				broker := script.Listen(t, func(p *script.Peer) {
					p.Accept(v)
					p.ExpectBytes("SUBSCRIBE\nid:1\ndestination:/b\nack:client\n\n\x00BEGIN\ntransaction:u\n\n\x00SEND\ndestination:/a\n\nbefore\x00")
					if f, err := p.Read(); err != io.EOF {
						t.Errorf("the broker gets %v, %v", f, err)
					}
				})
				g := start(t, nil, broker)
				p := g.dialTCP()
				p.Write("CONNECT\naccept-version:" + v.String() + "\nhost:/\n\n\x00")
				p.SetVersion(v)
				p.Expect(frame.CONNECTED)
				p.Write("SUBSCRIBE\nid:1\ndestination:/b\nack:client\n\n\x00BEGIN\ntransaction:u\n\n\x00SEND\ndestination:/a\n\nbefore\x00" + test.text)
				if f := p.Expect(frame.ERROR); !strings.Contains(f.Headers.Value(headers.Message), test.why) {
					t.Errorf("got %v, want %q", f, test.why)
				}
				p.ExpectEnd()
				p.Close()
				g.gone()
			})
		}
	}
}

// A CONNECT whose login could be read in two ways does not reach the broker.
func TestAmbiguousConnect(t *testing.T) {
	g := start(t, func(c *Config) {
		c.BrokerLogin, c.BrokerPasscode = "relay", "r"
		c.Users = login.Users{"joe": "j"}
	}, script.ClosedPort(t))
	for _, name := range []string{" login", "login ", "Login", "LOGIN", "\tpasscode", "passcode\t", " host", "Host", "Accept-Version", "Heart-Beat", "\u00a0login", "login\u2003", "\"login\""} {
		p := g.dialTCP()
		p.Write("CONNECT\naccept-version:1.2\nhost:/\nlogin:joe\npasscode:j\n" + name + ":admin\n\n\x00")
		if f := p.Expect(frame.ERROR); !strings.Contains(f.Headers.Value(headers.Message), "almost like") {
			t.Errorf("%q: %v", name, f)
		}
		p.ExpectEnd()
		p.Close()
	}
}

// Of repeated headers, every broker sees only the first.
func TestRepeatedConnectHeaders(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) {
		f := p.Accept(frame.V12)
		if got := f.Headers.String(); strings.Contains(got, "second") || !strings.Contains(got, `x:"1" x:"2"`) {
			t.Error(got)
		}
		p.ExpectEnd()
	})
	g := start(t, nil, broker)
	p := g.dialTCP()
	p.Write("CONNECT\naccept-version:1.2\nhost:first\nlogin:first\npasscode:first\nx:1\nhost:second\nlogin:second\npasscode:second\nx:2\n\n\x00")
	p.Expect(frame.CONNECTED)
	p.Close()
	g.gone()
}

func TestLookalike(t *testing.T) {
	for name, want := range map[string]string{
		"content-length": "", "content-type": "", "Content-Type": "", "x-Login": "", "login": "", " Login ": "login", "CONTENT-LENGTH": "content-length",
	} {
		if got := lookalike(frame.CONNECT, []byte(name)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := lookalike(frame.SEND, []byte("Login")); got != "" {
		t.Errorf("an application's header is taken for %s", got)
	}
}

// DNS rebinding: a page whose name points to the relay is refused.
func TestRebinding(t *testing.T) {
	g := start(t, func(c *Config) { c.Origins = []string{"*.friend.example"} }, script.ClosedPort(t))
	for host, want := range map[string]int{"evil.example": 403, "evil.example:15675": 403, "www.friend.example": 101, "localhost:15675": 101} {
		ws, res, err := websocket.Dial(t.Context(), "ws://"+g.web+"/ws", &websocket.DialOptions{
			Host: host, HTTPHeader: http.Header{"Origin": {"http://" + host}}, HTTPClient: noKeepAlive()})
		if err == nil {
			ws.CloseNow()
		}
		if res == nil || res.StatusCode != want {
			t.Errorf("%s: %v, %v", host, res, err)
		}
	}
}

// Tolerated violations are forwarded, and still counted.
func TestTolerate(t *testing.T) {
	const text = "SEND\ndestination:/a\ncontent-type:json\n\n{}\x00SUBSCRIBE\ndestination:/a\n\n\x00"
	for _, tolerated := range []bool{true, false} {
		broker := script.Listen(t, func(p *script.Peer) {
			p.Accept(frame.V12)
			if tolerated {
				p.ExpectBytes(text)
			}
			p.ExpectEnd()
		})
		g := start(t, func(c *Config) {
			if tolerated {
				c.Tolerate = []validate.Rule{validate.ContentTypeSyntax, validate.SubscribeIDRequired}
			}
		}, broker)
		p := g.dialTCP()
		connect(p)
		p.Write(text)
		if tolerated {
			script.Wait(t, func() bool { return count(g.metrics.frames, "SUBSCRIBE", "to_broker") == 1 })
			p.Close()
		} else {
			p.Expect(frame.ERROR)
		}
		g.gone()
		if n := count(g.metrics.violations, "content-type-syntax", "client"); n != 1 {
			t.Errorf("%v violations are counted", n)
		}
	}
}

// Whatever clients may send can return, with the broker's headers and escaped.
// A larger frame ends the session with an error that says what to do.
func TestLimitsOfTheBroker(t *testing.T) {
	message := func(more string) string {
		return "MESSAGE\nsubscription:0\nmessage-id:1\ndestination:/a\n" + more + "\n\x00"
	}
	large := message("trace:"+strings.Repeat("\\c", 8180)+"\n") + message(strings.Repeat("h:1\n", 200)) + message("trace:"+strings.Repeat("x", 9000)+"\n")
	broker := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Expect(frame.SUBSCRIBE)
		p.Write(large)
		p.Expect(frame.SEND)
		p.Write(message("trace:" + strings.Repeat("x", brokerHeaderLine) + "\n"))
		p.ExpectEnd()
	})
	g := start(t, nil, broker)
	p := g.dialTCP()
	p.Write("CONNECT\naccept-version:1.2\nhost:/\n\n\x00")
	p.ExpectBytes("CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\x00")
	p.Write("SUBSCRIBE\nid:0\ndestination:/a\n\n\x00")
	p.ExpectBytes(large)
	p.Write("SEND\ndestination:/a\n\n\x00")
	p.SetVersion(frame.V12)
	if f := p.Expect(frame.ERROR); !strings.Contains(f.Headers.Value(headers.Message), "line_too_long, see -broker-max") {
		t.Error(f)
	}
	p.ExpectEnd()
}

func TestWithRoom(t *testing.T) {
	got := withRoom(parser.Limits{Head: 5}, parser.Limits{HeaderLine: 100_000, Headers: 10})
	if want := (parser.Limits{HeaderLine: 201_024, Headers: brokerHeaders + 20, Head: 5, Body: parser.Unlimited}); got.HeaderLine != want.HeaderLine || got.Head != want.Head || got.Body != want.Body || got.Headers < brokerHeaders {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// The broker's reason is in the log and the metrics. The passcode is not.
func TestBrokersReason(t *testing.T) {
	broker := script.Listen(t,
		func(p *script.Peer) {
			p.Expect(frame.CONNECT)
			p.Say(frame.ERROR, "Access refused for user 'guest', passcode s3cret\nmore\n", headers.Message, "Bad CONNECT")
		},
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Expect(frame.SEND)
			p.Say(frame.ERROR, strings.Repeat("long ", 10_000), headers.Message, "not_found")
		})
	g := start(t, func(c *Config) { c.BrokerLogin, c.BrokerPasscode = "guest", "s3cret" }, broker)
	p := g.dialTCP()
	ask(p)
	p.Expect(frame.ERROR)
	p.ExpectEnd()
	p.Close()
	p = g.dialTCP()
	connect(p)
	p.Say(frame.SEND, "", headers.Destination, "/a")
	p.Expect(frame.ERROR)
	p.ExpectEnd()
	p.Close()
	g.gone()
	log := g.log.String()
	for _, want := range []string{`stage=connect reason="Bad CONNECT: Access refused for user 'guest', passcode ***"`, `stage=session reason="not_found: long long`, "level=WARN"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s: %s", want, log)
		}
	}
	if strings.Contains(log, "s3cret") || len(log) > 4000 {
		t.Errorf("%d bytes: %s", len(log), log)
	}
	for _, stage := range []string{"connect", "session"} {
		if n := count(g.metrics.brokerErrors, stage); n != 1 {
			t.Errorf("%s: %v errors are counted", stage, n)
		}
	}
}

func TestSaid(t *testing.T) {
	for _, test := range []struct{ message, body, want string }{
		{"", "", ""},
		{"m", "", "m"},
		{"m", "m\n", "m"},
		{"", "\n\nfirst\r\nsecond", "first"},
		{"m", "a\x1b[31m\xff", "m: a?[31m?"},
		{"key", "key key", "***: *** ***"},
		{strings.Repeat("\u20ac", 200), "x", strings.Repeat("\u20ac", 100) + "..."},
	} {
		if got := said(test.message, []byte(test.body), "key"); got != test.want {
			t.Errorf("%q, %q: %q, want %q", test.message, test.body, got, test.want)
		}
	}
}

// A client that connects and leaves without sending anything, such as a health
// check, is not logged at Info.
func TestHealthChecks(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) { p.Accept(frame.V12); p.Leave() })
	g := start(t, nil, broker)
	for range 3 {
		g.dialTCP().Close()
		g.dialTCP().Reset()
		res, err := noKeepAlive().Get("http://" + g.web + "/ws")
		must(t, err)
		res.Body.Close()
	}
	p := g.dialTCP()
	connect(p)
	p.Say(frame.DISCONNECT, "", headers.Receipt, "1")
	p.Expect(frame.RECEIPT)
	g.gone()
	if log := g.log.String(); strings.Contains(log, "level=INFO") || strings.Contains(log, "level=WARN") || !strings.Contains(log, "client gone") {
		t.Error(log)
	}
	// A client that breaks the protocol is.
	g.dialTCP().Write("NONSENSE\n\n\x00")
	script.Wait(t, func() bool { return strings.Contains(g.log.String(), "level=INFO") })
}

// After a failed login the same address must wait.
func TestLoginsAreSlowedDown(t *testing.T) {
	g := start(t, func(c *Config) { c.Users = login.Users{"joe": "j"} }, script.ClosedPort(t))
	p := g.dialTCP()
	ask(p, headers.Login, "joe", headers.Passcode, "x")
	expectError(t, p, "login refused")
	done := make(chan struct{})
	close(done)
	if g.guard.Check("127.0.0.1:1", done, func() bool { return true }) {
		t.Error("the address need not wait")
	}
}

// The memory for one client is limited, whatever the broker answers.
func TestSessionLimits(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		for {
			if _, err := p.Read(); err != nil {
				return
			}
		}
	})
	g := start(t, func(c *Config) { c.Session = validate.SessionLimits{Receipts: 10, ID: 20} }, broker)
	p := g.dialTCP()
	connect(p)
	for i := range 11 {
		p.Say(frame.SEND, "", headers.Destination, "/a", headers.Receipt, fmt.Sprint(i))
	}
	if f := p.Expect(frame.ERROR); !strings.Contains(f.Headers.Value(headers.Message), "10 receipts") {
		t.Errorf("%v %s", f, f.Body)
	}
}
