package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/parser"
)

// The whole command: it listens, serves, and stops in an orderly way.
func TestRun(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) {
		if f := p.Accept(frame.V12); value(f, headers.Login) != "relay" {
			t.Errorf("got %v", f)
		}
		p.ExpectEnd()
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	log := new(lockedBuffer)
	code := make(chan int)
	go func() {
		code <- run(ctx, []string{"-listen", "ws://127.0.0.1:0", "-listen-tcp", "127.0.0.1:0", "-metrics", "127.0.0.1:0", "-broker", broker,
			"-broker-login", "relay", "-login", "joe:x", "-drain", "1ms", "-allow", "crlf,bare-cr"}, log)
	}()
	var address string
	wait(t, func() bool {
		_, after, _ := strings.Cut(log.String(), "for=TCP address=")
		address, _, _ = strings.Cut(after, "\n")
		return strings.Contains(after, "for=metrics") && strings.HasSuffix(after, "\n")
	})
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p := script.NewPeer(t, c)
	connect(p, headers.Login, "joe", headers.Passcode, "x")
	stop()
	expectError(t, p, "the relay is going down")
	if n := <-code; n != exitFine {
		t.Error(n, log)
	}
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct {
		code int
		want string
		args []string
	}{
		{exitFine, "-broker-login", []string{"-h"}},
		{exitCall, "want host:port", []string{"-broker", "localhost"}},
		{exitCall, "want user:passcode", []string{"-login", "joe"}},
		{exitCall, "no leniency", []string{"-allow", "much"}},
		{exitCall, "unexpected argument", []string{"x"}},
		{exitCall, "neither", []string{"-listen", ""}},
		{exitCall, "-max-body is 0", []string{"-max-body", "0"}},
		{exitFail, "no ws:// URL", []string{"-listen", "http://127.0.0.1:0"}},
		{exitFail, "listen tcp", []string{"-listen", "ws://127.0.0.1:99999"}},
	} {
		var stderr bytes.Buffer
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if code := run(ctx, tt.args, &stderr); code != tt.code || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%q: %d, %s", tt.args, code, &stderr)
		}
	}
	f, err := parse(nil, io.Discard)
	if err != nil || f.Limits != (parser.Limits{HeaderLine: parser.DefaultHeaderLine, Headers: parser.DefaultHeaders, Head: parser.DefaultHead, Body: parser.DefaultBody}) ||
		fmt.Sprint(f.Brokers) != "[127.0.0.1:61613]" || f.listen != "ws://127.0.0.1:15675/ws" || f.metrics != "127.0.0.1:9464" {
		t.Errorf("%+v, %v", f, err)
	}
}
