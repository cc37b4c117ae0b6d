package client_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// A server that refuses a big SEND by its head says so and hangs up while the
// client still writes. What it said is the error of the call and of the client.
func TestErrorDuringSend(t *testing.T) {
	for _, network := range []string{"tcp", "ws"} {
		for _, call := range []string{"Send", "SendReceipt"} {
			for _, linger := range []time.Duration{0, 50 * time.Millisecond} {
				t.Run(fmt.Sprint(network, " ", call, " ", linger), func(t *testing.T) {
					part := func(p *script.Peer) {
						p.Accept(frame.V12)
						p.Discard(1 << 20)
						p.Say(frame.ERROR, "", headers.Message, "body too large")
						time.Sleep(linger)
					}
					for range 2 {
						url := "tcp://" + script.Listen(t, part)
						if network == "ws" {
							url = "ws://" + script.ListenWebSocket(t, false, part)
						}
						c := dial(t, url, client.Options{})
						send := c.Send
						if call == "SendReceipt" {
							send = c.SendReceipt
						}
						var e *client.ServerError
						if err := send(patient(t), "/a", make([]byte, 12<<20)); !errors.As(err, &e) || !errors.Is(err, client.ErrConnectionLost) {
							t.Errorf("the call returned %v", err)
						}
						<-c.Done()
						if err := c.Err(); !errors.As(err, &e) {
							t.Errorf("the client ended with %v", err)
						}
					}
				})
			}
		}
	}
}

// A server that says ERROR without reading CONNECT, because it is full say.
func TestErrorBeforeConnect(t *testing.T) {
	for range 20 {
		address := script.Listen(t, func(p *script.Peer) { p.Say(frame.ERROR, "", headers.Message, "too many connections") })
		_, err := client.Dial(patient(t), "tcp://"+address, client.Options{Headers: headers.Pairs("x", strings.Repeat("x", 4000))})
		var e *client.ServerError
		if !errors.As(err, &e) || !e.Connecting {
			t.Error(err)
		}
	}
}

// Message and the first lines of the body are shown, bounded, printable and
// without the passcode.
func TestServerErrorText(t *testing.T) {
	long := strings.Repeat("a queue that is ", 100)
	for _, tt := range []struct {
		message, body, want string
	}{
		{"Bad CONNECT", "Virtual host '127.0.0.1' access denied", `the server says "Bad CONNECT": "Virtual host '127.0.0.1' access denied"`},
		{"not_found", "NOT_FOUND - no exchange 'x' in vhost '/'\n", `the server says "not_found": "NOT_FOUND - no exchange 'x' in vhost '/'"`},
		{"closed", "closed", `the server says "closed"`},
		{"closed", "", `the server says "closed"`},
		{"refused: s3cret", "login joe, passcode s3cret", `the server says "refused: ***": "login joe, passcode ***"`},
		{"", "java.lang.Exception: no\r\n\r\n\tat a.b.C(D.java)\n\tat e", `the server says "": "java.lang.Exception: no"`},
		{"lines", "one\ntwo\nthree\nfour", `the server says "lines": "one\ntwo\nthree"`},
		{"größer\x1b[2J", "\xff\u202e", `the server says "gr\u00f6\u00dfer\x1b[2J": "\xff\u202e"`},
		{long, long, `the server says "` + long[:256] + `"...: "` + long[:512] + `"...`},
		{strings.Repeat("x", 254) + "s3cret", strings.Repeat("x", 510) + "s3cret", `the server says "` + strings.Repeat("x", 254) + `**"...: "` + strings.Repeat("x", 510) + `**"...`},
	} {
		c := serve(t, client.Options{Login: "joe", Passcode: "s3cret"}, func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Say(frame.ERROR, tt.body, headers.Message, tt.message)
			p.ExpectEnd()
		})
		<-c.Done()
		if got, want := c.Err().Error(), "stomp client: connection lost: "+tt.want; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// An ERROR that breaks the grammar or a limit, or is cut off, is shown as far as
// it was read, however it came. A bar stands before the byte that proves it.
func TestBrokenError(t *testing.T) {
	for _, tt := range []struct {
		name, wire, want string
		err              error
	}{
		{"bare line feed", "ERROR\nmessage:Unknown action\nFOO s3cret|\ncontent-type:text/plain\n\nbody\nmore\x00", `the server says "Unknown action": "FOO ***\nbody\nmore"`, parser.MissingColon},
		{"escape", "ERROR\nmessage:no\\c \\t|\n\n\x00", `the server says "no\\c \\t"`, parser.BadEscape},
		{"escape elsewhere", "ERROR\nmessage:no\\c s3cret\nx:\\t|\n\nwhy\x00", `the server says "no: ***": "x:\\t\nwhy"`, parser.BadEscape},
		{"cut off", "ERROR\nmessage:too many\ncontent-length:100\n\nconnections|", `the server says "too many": "connections"`, parser.UnexpectedEOF},
		{"cut off in the head", "ERROR\nmessage:too ma|", `the server says "too ma"`, parser.UnexpectedEOF},
		{"body too large", "ERROR\nmessage:long\ncontent-length:1000|\n\n", `the server says "long"`, parser.BodyTooLarge},
	} {
		for _, when := range []string{"instead of CONNECTED", "later", "later, byte by byte"} {
			t.Run(tt.name+" "+when, func(t *testing.T) {
				address := script.Listen(t, func(p *script.Peer) {
					if when == "instead of CONNECTED" {
						p.Expect(frame.CONNECT)
						p.Write(strings.ReplaceAll(strings.ReplaceAll(tt.wire, "|", ""), `\c`, ":")) // nothing is escaped there
						return
					}
					p.Accept(frame.V12)
					before := "\nMESSAGE\nsubscription:sub-9\nmessage-id:1\ndestination:/a\n\n" + strings.Repeat("x", 900) + "\x00\n"
					wire, end, _ := strings.Cut(before+before+tt.wire, "|")
					if when == "later" {
						p.Write(wire + end)
						return
					}
					for i := range wire {
						p.Write(wire[i : i+1])
					}
					p.Write(end) // from the byte that proves the error
				})
				c, err := client.Dial(patient(t), "tcp://"+address, client.Options{Passcode: "s3cret", Limits: parser.Limits{Body: 999}})
				early := when == "instead of CONNECTED"
				if err == nil {
					<-c.Done()
					err = c.Err()
				}
				if early && tt.err == parser.BadEscape {
					// Before a version is agreed a backslash is no escape.
					if err == nil || !strings.Contains(err.Error(), "the server says") {
						t.Error(err)
					}
					return
				}
				var e *client.ServerError
				if !errors.As(err, &e) || !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3cret") || e.Connecting != early {
					t.Errorf("got %v, want %s", err, tt.want)
				}
			})
		}
	}
}

// A limit that a frame of the server crosses names the option that raises it.
func TestLimitIsNamed(t *testing.T) {
	c := serve(t, client.Options{}, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Write("MESSAGE\nx:" + strings.Repeat("x", 9000) + "\n\n\x00")
		p.ExpectEnd()
	})
	<-c.Done()
	if err := c.Err(); !errors.Is(err, parser.LineTooLong) || !strings.Contains(err.Error(), "Options.Limits") {
		t.Error(err)
	}
}
