package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/stompwire/stomp/examples/internal/command"
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
	t.Setenv("STOMP_PASSCODE", "from the environment")
	code = run(ctx, args, strings.NewReader(stdin), &out, &errors)
	return code, out.String(), errors.String()
}

func TestPub(t *testing.T) {
	address := script.Listen(t,
		func(p *script.Peer) {
			f := p.Accept(frame.V12)
			if f.Headers.Value(headers.Login) != "joe" || f.Headers.Value(headers.Passcode) != "from the environment" || f.Headers.Value(headers.Host) != "/" {
				t.Errorf("got %v", f)
			}
			f = p.Expect(frame.SEND)
			if string(f.Body) != "hello" || f.Headers.Value(headers.Destination) != "/queue/a" || f.Headers.Value("x") != "a:b" || f.Headers.Value("y") != "" {
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
	if code != command.Fine {
		t.Error(stderr)
	}
	code, _, stderr = call(t, "from stdin\n", "pub", "-url", script.ClosedPort(t), "-url", "tcp://"+address, "-count", "3", "-receipt", "/queue/a")
	if code != command.Fine {
		t.Error(stderr)
	}
}

// What is not printed is not acknowledged, unless the mode is auto, which has to
// be asked for.
func TestSub(t *testing.T) {
	part := func(v frame.Version, mode string) func(*script.Peer) {
		return func(p *script.Peer) {
			p.Accept(v)
			f := p.Expect(frame.SUBSCRIBE)
			if f.Headers.Value(headers.Ack) != mode || f.Headers.Value("selector") != "a=1" {
				t.Errorf("got %v", f)
			}
			p.Confirm(f)
			for _, id := range []string{"1", "2", "3"} {
				p.Say(frame.MESSAGE, "body "+id, headers.Subscription, f.Headers.Value(headers.ID), headers.MessageID, id, headers.Ack, id, headers.Destination, "/a")
			}
			if mode != "auto" {
				for _, id := range []string{"1", "2"} {
					if f := p.Expect(frame.ACK); f.Headers.Value(headers.ID)+f.Headers.Value(headers.MessageID) != id {
						t.Errorf("got %v", f)
					}
				}
			}
			p.Leave()
		}
	}
	for _, tt := range []struct {
		version frame.Version
		mode    string
		args    []string
	}{
		{frame.V12, "client-individual", nil},
		{frame.V10, "client", nil},
		{frame.V12, "client", []string{"-ack", "client"}},
		{frame.V12, "auto", []string{"-ack", "auto"}},
	} {
		args := append([]string{"sub", "-url", script.Listen(t, part(tt.version, tt.mode)), "-count", "2", "-H", "selector:a=1"}, tt.args...)
		code, stdout, stderr := call(t, "", append(args, "/a")...)
		if code != command.Fine || stdout != "body 1\nbody 2\n" {
			t.Errorf("%d, %q, %s", code, stdout, stderr)
		}
	}
	code, stdout, stderr := call(t, "", "sub", "-url", "tcp://"+script.Listen(t, part(frame.V12, "client-individual")), "-count", "2", "-o", "json", "-H", "selector:a=1", "/a")
	lines := strings.Split(stdout, "\n")
	if code != command.Fine || len(lines) != 3 || lines[0] != `{"command":"MESSAGE","headers":[["subscription","sub-1"],["message-id","1"],["ack","1"],["destination","/a"],["content-length","6"]],"body":"body 1"}` {
		t.Errorf("%d, %q, %s", code, stdout, stderr)
	}
	if _, err := jsonl.Parse([]byte(lines[0])); err != nil {
		t.Error(err)
	}
}

// Each line is a message, also after the connection was lost.
func TestPubLines(t *testing.T) {
	r, w := io.Pipe()
	expect := func(p *script.Peer, bodies ...string) {
		p.Accept(frame.V12)
		for _, want := range bodies {
			f := p.Expect(frame.SEND)
			if string(f.Body) != want {
				t.Errorf("got %q, want %q", f.Body, want)
			}
			p.Confirm(f)
		}
	}
	address := script.Listen(t,
		func(p *script.Peer) { expect(p, "one", "") },
		func(p *script.Peer) { expect(p, "three", "four"); p.Leave() })
	var stderr script.Buffer
	code := make(chan int)
	go func() {
		code <- run(t.Context(), []string{"pub", "-url", address, "-lines", "-receipt", "-reconnect", "/a"}, r, io.Discard, &stderr)
	}()
	io.WriteString(w, "one\r\n\n")
	script.Wait(t, func() bool { return strings.Contains(stderr.String(), "connection lost") })
	io.WriteString(w, "three\nfour")
	w.Close()
	if n := <-code; n != command.Fine || !strings.Contains(stderr.String(), "connected again") {
		t.Errorf("%d, %s", n, stderr.String())
	}
}

// Messages of several destinations are printed and acknowledged as they come.
func TestSubSeveral(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		for _, destination := range []string{"/a", "/b"} {
			f := p.Expect(frame.SUBSCRIBE)
			if f.Headers.Value(headers.Destination) != destination {
				t.Errorf("got %v", f)
			}
			p.Confirm(f)
		}
		for _, id := range []string{"sub-2", "sub-1", "sub-2"} {
			p.Deliver(id, "of "+id)
			if f := p.Expect(frame.ACK); f.Headers.Value(headers.ID) != "of "+id {
				t.Errorf("got %v", f)
			}
		}
		p.Leave()
	})
	code, stdout, stderr := call(t, "", "sub", "-url", address, "-count", "3", "/a", "/b")
	if code != command.Fine || stdout != "of sub-2\nof sub-1\nof sub-2\n" {
		t.Errorf("%d, %q, %s", code, stdout, stderr)
	}
}

// A pipe that ends takes nothing along.
func TestSubBrokenPipe(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		p.Accept(frame.V12)
		f := p.Expect(frame.SUBSCRIBE)
		p.Confirm(f)
		p.Deliver(f.Headers.Value(headers.ID), "1")
		p.Leave() // and no ACK
	})
	r, w := io.Pipe()
	r.Close()
	var stderr bytes.Buffer
	code := run(context.Background(), []string{"sub", "-url", address, "/a"}, nil, w, &stderr)
	if code != command.Failed || !strings.Contains(stderr.String(), "closed pipe") {
		t.Errorf("%d, %s", code, &stderr)
	}
}

// The flags of a subscription that is durable, and of a broker without receipts.
func TestSubFlags(t *testing.T) {
	address := script.Listen(t, func(p *script.Peer) {
		if f := p.Accept(frame.V12); f.Headers.Value("client-id") != "joe" {
			t.Errorf("got %v", f)
		}
		f := p.Expect(frame.SUBSCRIBE)
		if f.Headers.Value(headers.ID) != "alpha" || f.Headers.Value("durable") != "true" || f.Headers.Value(headers.Receipt) != "" {
			t.Errorf("got %v", f)
		}
		p.Deliver("alpha", "1")
		p.Expect(frame.ACK)
		p.Leave()
	})
	code, stdout, stderr := call(t, "", "sub", "-url", address, "-connect-header", "client-id:joe", "-id", "alpha", "-durable", "-no-receipt", "-count", "1", "/a")
	if code != command.Fine || stdout != "1\n" {
		t.Errorf("%d, %q, %s", code, stdout, stderr)
	}
}

// With -reconnect, what happens to the connection is told.
func TestSubReconnect(t *testing.T) {
	address := script.Listen(t,
		func(p *script.Peer) {
			p.Accept(frame.V12)
			p.Confirm(p.Expect(frame.SUBSCRIBE))
			time.Sleep(20 * time.Millisecond)
		},
		func(p *script.Peer) {
			p.Accept(frame.V12)
			f := p.Expect(frame.SUBSCRIBE)
			p.Confirm(f)
			p.Deliver(f.Headers.Value(headers.ID), "1")
			p.Expect(frame.ACK)
			p.Leave()
		})
	code, stdout, stderr := call(t, "", "sub", "-url", address, "-reconnect", "-count", "1", "/a")
	if code != command.Fine || stdout != "1\n" || !strings.Contains(stderr, "connection lost") || !strings.Contains(stderr, "connected again") {
		t.Errorf("%d, %q, %s", code, stdout, stderr)
	}
}

// Passcodes need not stand on the command line, where others see them.
func TestPasscode(t *testing.T) {
	file := filepath.Join(t.TempDir(), "passcode")
	if err := os.WriteFile(file, []byte(" in a file \r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"from the environment", nil},
		{" in a file ", []string{"-passcode-file", file}},
		{"in the call", []string{"-passcode", "in the call"}},
	} {
		address := script.Listen(t, func(p *script.Peer) {
			if f := p.Accept(frame.V12); f.Headers.Value(headers.Passcode) != tt.want {
				t.Errorf("the passcode is not %q", tt.want)
			}
			if f := p.Expect(frame.SEND); f.Headers.Value(headers.ContentLength) != "" {
				t.Errorf("got %v", f)
			}
			p.Leave()
		})
		code, _, stderr := call(t, "", append(append([]string{"pub", "-url", address, "-login", "joe", "-no-content-length"}, tt.args...), "/a", "b")...)
		if code != command.Fine {
			t.Errorf("%d, %s", code, stderr)
		}
	}
}

// A limit can be raised, and the error names the flag that does.
func TestLimits(t *testing.T) {
	address := func() string {
		return script.Listen(t, func(p *script.Peer) {
			p.Accept(frame.V12)
			f := p.Expect(frame.SUBSCRIBE)
			list := headers.Pairs(headers.Subscription, f.Headers.Value(headers.ID), headers.MessageID, "1", headers.Ack, "1", headers.Destination, "/a",
				"trace", strings.Repeat("x", 9000))
			for len(list) < 130 {
				list.Add("x", "")
			}
			p.Confirm(f)
			p.Send(&frame.Frame{Command: frame.MESSAGE, Headers: list, Body: []byte("0123456789")})
			if f, err := p.Read(); err != nil || f.Command != frame.ACK {
				return
			}
			p.Leave()
		})
	}
	all := []string{"-max-line", "10000", "-max-headers", "200"}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"-max-line raises it", []string{"-max-headers", "200"}},
		{"-max-headers raises it", []string{"-max-line", "10000"}},
		{"-max-head raises it", append([]string{"-max-head", "9200"}, all...)},
		{"-max-body raises it", append([]string{"-max-body", "9"}, all...)},
		{"", all},
	} {
		code, stdout, stderr := call(t, "", append(append([]string{"sub", "-url", address(), "-count", "1"}, tt.args...), "/a")...)
		if !strings.Contains(stderr, tt.want) || (code == command.Fine) != (tt.want == "") || (stdout != "") != (tt.want == "") {
			t.Errorf("%d, %q, %s, want %q", code, stdout, stderr, tt.want)
		}
	}
}

// What a broker says about CONNECT is shown, with the flag that is likely to
// help.
func TestAdvice(t *testing.T) {
	for _, tt := range []struct {
		message, body string
		args          []string
		want          string
	}{
		{"Bad CONNECT", "Virtual host '127.0.0.1' access denied", nil, `the server says "Bad CONNECT": "Virtual host '127.0.0.1' access denied"` + "\ncheck -host; RabbitMQ's virtual host is usually -host /\n"},
		{"Bad CONNECT", "Access refused for user 'guest'\n", []string{"-host", "/"}, `"Access refused for user 'guest'"` + "\ncheck -login and the passcode\n"},
		{"User name [x] or password is invalid.", "java.lang.SecurityException: User name\n\tat org.apache", nil, "\ncheck -login and the passcode\n"},
		{"Bad CONNECT", "", nil, "\ncheck -login and the passcode, and check -host; RabbitMQ's virtual host is usually -host /\n"},
		{"Bad CONNECT", "", []string{"-host", "/"}, "\ncheck -login, the passcode and -host\n"},
	} {
		address := script.Listen(t, func(p *script.Peer) {
			p.Expect(frame.CONNECT)
			p.Say(frame.ERROR, tt.body, headers.Message, tt.message)
			p.ExpectEnd()
		})
		code, _, stderr := call(t, "", append(append([]string{"pub", "-url", address}, tt.args...), "/a", "b")...)
		if code != command.Failed || !strings.HasSuffix(stderr, tt.want) {
			t.Errorf("%d, %s, want %s", code, stderr, tt.want)
		}
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
	code := run(ctx, []string{"sub", "-url", "tcp://" + address, "/a"}, nil, &stdout, &stderr)
	if code != command.Fine {
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
	if code != command.Failed {
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
	hello := func(p *script.Peer) { p.Accept(frame.V12); p.Leave() }
	listening := script.Listen(t, hello, hello)
	for _, tt := range []struct {
		code int
		want string
		args []string
	}{
		{command.BadCall, "stomp-client is", nil},
		{command.BadCall, `no command "push"`, []string{"push"}},
		{command.BadCall, "no DESTINATION", []string{"pub"}},
		{command.BadCall, "no DESTINATION", []string{"sub"}},
		{command.BadCall, "flags stand before", []string{"sub", "/a", "-count", "1"}},
		{command.BadCall, "one DESTINATION", []string{"sub", "-id", "x", "/a", "/b"}},
		{command.BadCall, "-durable needs -id", []string{"sub", "-durable", "/a"}},
		{command.BadCall, "no BODY", []string{"pub", "-lines", "/a", "b"}},
		{command.BadCall, "too many arguments", []string{"pub", "/a", "b", "c"}},
		{command.BadCall, "-count", []string{"pub", "-count", "0", "/a", "b"}},
		{command.BadCall, "-count", []string{"sub", "-count", "-1", "/a"}},
		{command.BadCall, "name:value", []string{"pub", "-H", "x", "/a", "b"}},
		{command.BadCall, "want auto, client or client-individual", []string{"sub", "-ack", "maybe", "/a"}},
		{command.BadCall, "-max-line", []string{"sub", "-max-line", "0", "/a"}},
		{command.BadCall, "exclude each other", []string{"sub", "-passcode", "x", "-passcode-file", empty, "/a"}},
		{command.BadCall, "no such file", []string{"sub", "-passcode-file", empty + "x", "/a"}},
		{command.BadCall, `no command "push"`, []string{"help", "push"}},
		{command.BadCall, "header receipt of SEND cannot be given with a flag for headers; use pub -receipt", []string{"pub", "-url", listening, "-H", "receipt:mine", "/a", "b"}},
		{command.BadCall, "use sub -id", []string{"sub", "-url", listening, "-H", "id:alpha", "/a"}},
		{command.BadCall, "use -host", []string{"sub", "-url", listening, "-connect-header", "host:/", "/a"}},
		{command.BadCall, "body or json", []string{"sub", "-o", "xml", "/a"}},
		{command.BadCall, "no certificate", []string{"sub", "-ca", empty, "/a"}},
		{command.BadCall, "no such file", []string{"pub", "-ca", empty + "x", "/a", "b"}},
		{command.Failed, `the server says "no: ***"`, []string{"pub", "-url", "tcp://" + refuse, "-passcode", "s3cret", "/a", "b"}},
		{command.Failed, "begins with none of", []string{"pub", "-url", "http://x", "/a", "b"}},
	} {
		code, _, stderr := call(t, "", tt.args...)
		if code != tt.code || !strings.Contains(stderr, tt.want) || strings.Contains(stderr, "s3cret") {
			t.Errorf("%q: %d, %s", tt.args, code, stderr)
		}
	}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"stomp-client is", []string{"help"}},
		{aboutPub + "\n\nUsage: stomp-client pub [flags] DESTINATION [BODY]\n", []string{"pub", "-h"}},
		{aboutPub, []string{"help", "pub"}},
		{aboutSub + "\n\nUsage: stomp-client sub [flags] DESTINATION...\n", []string{"sub", "-h"}},
		{aboutSub, []string{"help", "sub"}},
	} {
		code, stdout, stderr := call(t, "", tt.args...)
		if code != command.Fine || !strings.HasPrefix(stdout, tt.want) || stderr != "" {
			t.Errorf("%q: %d, %s, %s", tt.args, code, stdout, stderr)
		}
	}
}
