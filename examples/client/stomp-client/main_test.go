package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/jsonl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call runs the command.
func call(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), script.Patience)
	defer cancel()
	var out, errors bytes.Buffer
	getenv := func(name string) string { return map[string]string{"STOMP_PASSCODE": "from the environment"}[name] }
	code = run(ctx, args, strings.NewReader(stdin), &out, &errors, getenv)
	return code, out.String(), errors.String()
}

func value(f *frame.Frame, name string) string {
	v, _ := f.Headers.Get(name)
	return v
}

func TestPub(t *testing.T) {
	address := script.Listen(t,
		func(p *script.Peer) {
			f := p.Accept(frame.V12)
			if value(f, headers.Login) != "joe" || value(f, headers.Passcode) != "from the environment" || value(f, headers.Host) != "/" {
				t.Errorf("got %v", f)
			}
			f = p.Expect(frame.SEND)
			if string(f.Body) != "hello" || value(f, headers.Destination) != "/queue/a" || value(f, "x") != "a:b" || value(f, "y") != "" {
				t.Errorf("got %v", f)
			}
			p.Leave()
		},
		func(p *script.Peer) {
			p.Accept(frame.V12)
			for range 3 {
				f := p.Expect(frame.SEND)
				if string(f.Body) != "from stdin\n" {
					t.Errorf("got %v", f)
				}
				p.Confirm(f)
			}
			p.Leave()
		})
	code, _, stderr := call(t, "", "pub", "-url", "tcp://"+address, "-login", "joe", "-host", "/", "-H", "x:a:b", "-H", "y:", "/queue/a", "hello")
	if code != exitFine {
		t.Error(stderr)
	}
	code, _, stderr = call(t, "from stdin\n", "pub", "-url", "tcp://"+address, "-count", "3", "-receipt", "/queue/a")
	if code != exitFine {
		t.Error(stderr)
	}
}

func TestSub(t *testing.T) {
	part := func(mode string) func(*script.Peer) {
		return func(p *script.Peer) {
			p.Accept(frame.V12)
			f := p.Expect(frame.SUBSCRIBE)
			if value(f, headers.Ack) != mode || value(f, "selector") != "a=1" {
				t.Errorf("got %v", f)
			}
			p.Confirm(f)
			for _, id := range []string{"1", "2", "3"} {
				p.Say(frame.MESSAGE, "body "+id, headers.Subscription, value(f, headers.ID), headers.MessageID, id, headers.Ack, id, headers.Destination, "/a")
			}
			if mode != "auto" {
				for _, id := range []string{"1", "2"} {
					if f := p.Expect(frame.ACK); value(f, headers.ID) != id {
						t.Errorf("got %v", f)
					}
				}
			}
			p.Leave()
		}
	}
	address := script.Listen(t, part("auto"), part("client-individual"))
	code, stdout, stderr := call(t, "", "sub", "-url", "tcp://"+address, "-count", "2", "-H", "selector:a=1", "/a")
	if code != exitFine || stdout != "body 1\nbody 2\n" {
		t.Errorf("%d, %q, %s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, "", "sub", "-url", "tcp://"+address, "-count", "2", "-ack", "client-individual", "-o", "json", "-H", "selector:a=1", "/a")
	lines := strings.Split(stdout, "\n")
	if code != exitFine || len(lines) != 3 || lines[0] != `{"command":"MESSAGE","headers":[["subscription","sub-1"],["message-id","1"],["ack","1"],["destination","/a"],["content-length","6"]],"body":"body 1"}` {
		t.Errorf("%d, %q, %s", code, stdout, stderr)
	}
	if _, err := jsonl.Parse([]byte(lines[0])); err != nil {
		t.Error(err)
	}
}

// An interrupt ends sub, which says goodbye.
func TestSubInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		p.Confirm(p.Expect(frame.SUBSCRIBE))
		interrupt()
		f, err := p.Read() // an UNSUBSCRIBE goes before, when the interrupt came first
		if err == nil && f.Command == frame.UNSUBSCRIBE {
			f, err = p.Read()
		}
		if err != nil || f.Command != frame.DISCONNECT {
			t.Errorf("got %v, %v", f, err)
			return
		}
		p.Confirm(f)
		p.ExpectEnd()
	})
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"sub", "-url", "tcp://" + address, "/a"}, nil, &stdout, &stderr, os.Getenv)
	if code != exitFine {
		t.Errorf("%d, %s", code, &stderr)
	}
}

func TestCA(t *testing.T) {
	address, _ := script.ListenTLS(t)
	file := filepath.Join(t.TempDir(), "ca.pem")
	certificate, _ := script.Certificate(t) // another one than the server's
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := call(t, "", "pub", "-url", "tls://"+address, "-ca", file, "/a", "x")
	if code != exitBroker {
		t.Errorf("%d, %s", code, stderr)
	}
}

func TestExitCodes(t *testing.T) {
	refuse := script.Listen(t, func(p *script.Peer) {
		p.Expect(frame.CONNECT)
		p.Say(frame.ERROR, "", headers.Message, "no: s3cret")
	})
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		code int
		want string
		args []string
	}{
		{exitCall, "stomp-client publishes", nil},
		{exitCall, `no command "push"`, []string{"push"}},
		{exitCall, "no DESTINATION", []string{"pub"}},
		{exitCall, "no DESTINATION", []string{"sub"}},
		{exitCall, "too many arguments", []string{"sub", "/a", "-count", "1"}},
		{exitCall, "too many arguments", []string{"pub", "/a", "b", "c"}},
		{exitCall, "-count", []string{"pub", "-count", "0", "/a", "b"}},
		{exitCall, "-count", []string{"sub", "-count", "-1", "/a"}},
		{exitCall, "name:value", []string{"pub", "-H", "x", "/a", "b"}},
		{exitCall, "ack", []string{"sub", "-ack", "never", "/a"}},
		{exitCall, "body or json", []string{"sub", "-o", "xml", "/a"}},
		{exitCall, "no certificate", []string{"sub", "-ca", empty, "/a"}},
		{exitCall, "no such file", []string{"pub", "-ca", empty + "x", "/a", "b"}},
		{exitBroker, `the server says "no: ***"`, []string{"pub", "-url", "tcp://" + refuse, "-passcode", "s3cret", "/a", "b"}},
		{exitBroker, "begins with none of", []string{"pub", "-url", "http://x", "/a", "b"}},
	} {
		code, _, stderr := call(t, "", tt.args...)
		if code != tt.code || !strings.Contains(stderr, tt.want) || strings.Contains(stderr, "s3cret") {
			t.Errorf("%q: %d, %s", tt.args, code, stderr)
		}
	}
	for _, args := range [][]string{{"help"}, {"pub", "-h"}, {"sub", "-h"}} {
		code, stdout, stderr := call(t, "", args...)
		if code != exitFine || !strings.Contains(stdout, "stomp-client") || stderr != "" {
			t.Errorf("%q: %d, %s, %s", args, code, stdout, stderr)
		}
	}
}
