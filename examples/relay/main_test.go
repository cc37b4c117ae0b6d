package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/examples/internal/login"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// The whole command: it listens, serves and stops.
func TestRun(t *testing.T) {
	broker := script.Listen(t, func(p *script.Peer) {
		if f := p.Accept(frame.V12); f.Headers.Value(headers.Login) != "relay" || f.Headers.Value(headers.Passcode) != "of the broker" {
			t.Errorf("got %v", f)
		}
		p.ExpectEnd()
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	users := filepath.Join(t.TempDir(), "users")
	must(t, os.WriteFile(users, []byte("joe:x\n"), 0o600))
	passcode := filepath.Join(t.TempDir(), "passcode")
	must(t, os.WriteFile(passcode, []byte("of the broker\n"), 0o600))
	t.Setenv(command.PasscodeEnv, "another one")
	out, log := new(script.Buffer), new(script.Buffer)
	code := make(chan int)
	go func() {
		code <- run(ctx, []string{"-ws", "127.0.0.1:0", "-tcp", "127.0.0.1:0", "-metrics", "127.0.0.1:0", "-broker", "tcp://" + broker,
			"-broker-login", "relay", "-broker-passcode-file", passcode, "-users", users, "-stop-timeout", "1ms", "-allow", "crlf,bare-cr"}, out, log)
	}()
	lines := regexp.MustCompile(`^listening tcp (\S+:\d+)\nlistening ws ws://\S+:\d+/ws\nlistening metrics http://\S+:\d+/metrics\n$`)
	script.Wait(t, func() bool { return lines.MatchString(out.String()) })
	p := script.Dial(t, lines.FindStringSubmatch(out.String())[1])
	connect(p, headers.Login, "joe", headers.Passcode, "x")
	stop()
	expectError(t, p, "the relay is going down")
	if n := <-code; n != command.Fine {
		t.Error(n, log)
	}
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct {
		code int
		want string
		args []string
	}{
		{command.BadCall, "want host:port", []string{"-broker", "localhost"}},
		{command.BadCall, "want user:passcode", []string{"-user", "joe"}},
		{command.BadCall, "no such file", []string{"-users", "/none"}},
		{command.BadCall, "unknown leniency", []string{"-allow", "much"}},
		{command.BadCall, "unknown rule", []string{"-tolerate", "connect-host-required,much"}},
		{command.BadCall, "cannot be tolerated", []string{"-tolerate", "command-direction"}},
		{command.BadCall, "cannot be tolerated", []string{"-tolerate", "body-not-allowed"}},
		{command.BadCall, "unexpected argument", []string{"x"}},
		{command.BadCall, "neither", []string{"-ws", ""}},
		{command.BadCall, "slash", []string{"-path", "ws"}},
		{command.BadCall, "-max-body is 0", []string{"-max-body", "0"}},
		{command.BadCall, "-broker-max-line is less than -max-line", []string{"-broker-max-line", "1000"}},
		{command.Failed, "listen tcp", []string{"-ws", "127.0.0.1:99999"}},
	} {
		var out, stderr bytes.Buffer
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if code := run(ctx, tt.args, &out, &stderr); code != tt.code || !strings.Contains(stderr.String(), tt.want) || out.Len() > 0 {
			t.Errorf("%q: %d, %s%s", tt.args, code, &out, &stderr)
		}
	}
	var out, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-h"}, &out, &stderr); code != command.Fine || !strings.HasPrefix(out.String(), "Relay is ") || stderr.Len() > 0 {
		t.Errorf("%d, %s%s", code, &out, &stderr)
	}
	f := &flags{Config: Config{Users: login.Users{}}}
	t.Setenv(command.PasscodeEnv, "")
	f.declare(flag.NewFlagSet("relay", flag.ContinueOnError))
	if err := f.complete(); err != nil || f.Limits != command.DefaultLimits ||
		fmt.Sprint(f.Brokers) != "[127.0.0.1:61613]" || f.ws != "127.0.0.1:15675" || f.metrics != "127.0.0.1:9464" {
		t.Errorf("%+v, %v", f, err)
	}
}
