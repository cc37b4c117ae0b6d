package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/stompwire/stomp/examples/broker/server"
	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/examples/internal/script"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start starts the command in front of a server. It returns its address and a
// function that stops it.
func start(t *testing.T, stdout io.Writer, to string, args ...string) (address string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	code := make(chan int, 1)
	var stderr script.Buffer
	go func() {
		code <- run(ctx, append([]string{"-tcp", "127.0.0.1:0", "-broker", to}, args...), stdout, &stderr, text.Palette{})
	}()
	script.Wait(t, func() bool { return strings.HasSuffix(stderr.String(), "\n") })
	address = strings.TrimSuffix(strings.TrimPrefix(stderr.String(), "listening tcp "), "\n")
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if n := <-code; n != command.Fine {
				t.Errorf("exit code %d, %s", n, &stderr)
			}
		})
	}
	t.Cleanup(stop)
	return address, stop
}

// Both sides of a session with a bit of everything.
const (
	fromClient = "CONNECT\naccept-version:1.1,1.2\nhost:/\nlogin:joe\npasscode:s3cret\n\n\x00\n" +
		"SUBSCRIBE\r\nid:0\r\ndestination:/queue/a\\cb\r\n\r\n\x00" +
		"SEND\ndestination:/queue/a\\cb\ncontent-length:5\n\na\x00\xff\x1bb\x00" +
		"ACK\nid:none\n\n\x00"
	fromServer = "CONNECTED\nversion:1.2\n\n\x00\n\n" +
		"MESSAGE\nsubscription:0\nmessage-id:1\ndestination:/queue/a\\cb\ncontent-length:1\ncontent-type:text/plain\n\nx\x00"
)

// play runs the session through a tap, and waits until it has ended.
func play(t *testing.T, out *script.Buffer, args ...string) {
	t.Helper()
	first, second, _ := strings.Cut(fromClient, "\n\n\x00")
	first += "\n\n\x00"
	serverFirst := fromServer[:strings.IndexByte(fromServer, 0)+1]
	to := script.Listen(t, func(p *script.Peer) {
		p.ExpectBytes(first)
		p.Write(serverFirst)
		p.ExpectBytes(second)
		for i := range fromServer[len(serverFirst):] {
			p.Write(fromServer[len(serverFirst)+i : len(serverFirst)+i+1])
		}
		p.ExpectEnd()
	})
	address, stop := start(t, out, to, args...)
	p := script.Dial(t, address)
	p.Write(first)
	p.ExpectBytes(serverFirst)
	for i := range len(second) {
		p.Write(second[i : i+1])
	}
	p.ExpectBytes(fromServer[len(serverFirst):])
	p.CloseWrite()
	p.ExpectEnd()
	script.Wait(t, func() bool { return strings.Contains(out.String(), "closed") })
	stop()
}

var times = regexp.MustCompile(`(client|server) \d+\.\d{3}\n|after \d+\.\d{3} s|127\.0\.0\.1:\d+|"ms":\d+\.\d{3}`)

// contains checks that a text contains all of want.
func contains(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("there is no %q", w)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestText(t *testing.T) {
	var out script.Buffer
	play(t, &out)
	got := times.ReplaceAllStringFunc(out.String(), func(s string) string {
		return regexp.MustCompile(`\d+\.\d{3}`).ReplaceAllString(regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(s, "ADDRESS"), "TIME")
	})
	contains(t, got,
		"#1 client ADDRESS\n",
		"#1 client TIME\n       0  CONNECT\n          accept-version:1.1,1.2\n          host:/\n          login:joe\n          passcode:***\n\n          ^@\n",
		"#1 server TIME\n       0  CONNECTED\n          version:1.2\n\n          ^@\n",
		"#1 client TIME\n      66  1 heart-beat\n",
		"#1 client TIME\n      67  SUBSCRIBE\n          id:0\n          destination:/queue/a:b\n\n          ^@\n",
		"          61 00 ff 1b 62                                   a...b\n          ^@\n",
		"#1 client TIME\n     165  ACK\n          id:none\n\n          ^@\n"+
			"client      165  ACK, after CONNECTED at 0 of the server\n"+
			"                 MUST    ack-known: ",
		"#1 closed after TIME s: client 4 frames, 1 heart-beat, 179 bytes; server 2 frames, 2 heart-beats, 130 bytes; broken: 1 MUST, 1 SHOULD\n")
	if strings.Contains(got, "s3cret") {
		t.Error("the passcode is printed")
	}
}

func TestJSON(t *testing.T) {
	var out script.Buffer
	play(t, &out, "-o", "json")
	s := bufio.NewScanner(strings.NewReader(out.String()))
	for s.Scan() {
		if !json.Valid(s.Bytes()) {
			t.Errorf("not JSON: %s", s.Text())
		}
	}
	contains(t, times.ReplaceAllString(out.String(), `"ms":0`),
		`{"connection":1,"ms":0,"from":"client","offset":0,"size":66,"command":"CONNECT","headers":[["accept-version","1.1,1.2"],["host","/"],["login","joe"],["passcode","***"]]}`,
		`{"connection":1,"ms":0,"from":"client","offset":66,"heartbeats":1}`,
		`"body_base64":"YQD/G2I="}`,
		`{"connection":1,"ms":0,"from":"client","offset":165,"command":"ACK","rule":"ack-known","must":true,"section":"STOMP 1.0, 1.1 and 1.2, ACK",`,
		`{"connection":1,"ms":0,"closed":true,"client":{"frames":4,"heartbeats":1,"bytes":179},"server":{"frames":2,"heartbeats":2,"bytes":130},"must":1,"should":1}`)
}

// A line ending after a frame belongs to it if both arrived in one read.
// Otherwise it is a heart-beat. Leniencies that were needed count as MUSTs.
func TestBetweenFrames(t *testing.T) {
	const connected = "CONNECTED\nversion:1.1\n\n\x00"
	for _, tt := range []struct {
		name  string
		reads []string // of the server
		text  string   // expected output after CONNECTED
		json  string
		beats int64
		must  int
	}{
		{"its end of line", []string{connected + "\n"}, "", `{"offset":24,"eol":true}` + "\n", 0, 0},
		{"a later one", []string{connected, "\n"}, "      24  1 heart-beat\n", `{"offset":24,"heartbeats":1}` + "\n", 1, 0},
		{"both", []string{connected + "\n", "\n"}, "      25  1 heart-beat\n", `{"offset":24,"eol":true}` + "\n" + `{"offset":25,"heartbeats":1}` + "\n", 1, 0},
		{"more", []string{connected + "\n\n\n"}, "      25  2 heart-beats\n", `{"offset":24,"eol":true}` + "\n" + `{"offset":25,"heartbeats":2}` + "\n", 2, 0},
		{"CR LF", []string{connected + "\r\n\x00"}, "      24  EOL\n       !  allowed: crlf\n" +
			"server       24  end of line, after CONNECT at 0 of the client\n                 MUST    crlf: lines must end in LF alone before 1.2\n                         read because of -allow crlf; STOMP 1.1, Augmented BNF\n" +
			"      26  1 NUL of padding\n       !  allowed: nul-padding\n" +
			"server       26  between frames, after CONNECT at 0 of the client\n                 MUST    nul-padding: only ends of line may follow the NUL of a frame\n                         read because of -allow nul-padding; STOMP 1.1 and 1.2, STOMP Frames\n",
			`{"offset":24,"eol":true,"allowed":["crlf"]}` + "\n" +
				`{"offset":24,"rule":"crlf","leniency":true,"must":true,"section":"STOMP 1.1, Augmented BNF","message":"lines must end in LF alone before 1.2"}` + "\n" +
				`{"offset":26,"nuls":1,"allowed":["nul-padding"]}` + "\n" +
				`{"offset":26,"rule":"nul-padding","leniency":true,"must":true,"section":"STOMP 1.1 and 1.2, STOMP Frames","message":"only ends of line may follow the NUL of a frame"}` + "\n", 0, 2},
		{"a command", []string{connected + "HI\n\n\x00"}, "      24  HI\n       !  allowed: unknown-command\n\n          ^@\n" +
			"server       24  HI, after CONNECT at 0 of the client\n                 MUST    unknown-command: the command must be one that the specification defines\n                         read because of -allow unknown-command; STOMP 1.1 and 1.2, Augmented BNF\n",
			`{"offset":24,"size":5,"command":"HI","headers":[],"allowed":["unknown-command"]}` + "\n" +
				`{"offset":24,"command":"HI","rule":"unknown-command","leniency":true,"must":true,"section":"STOMP 1.1 and 1.2, Augmented BNF","message":"the command must be one that the specification defines"}` + "\n", 0, 1},
	} {
		for _, form := range []string{"text", "json"} {
			var b script.Buffer
			out := newOutput(&b, form == "json")
			var p printer = newTextPrinter(out, 1, text.Palette{})
			want := tt.text
			if form == "json" {
				p, want = newJSONPrinter(out, 1), tt.json
			}
			c := newConversation(p, parser.AllowAll)
			c.take(validate.Client, []byte("CONNECT\naccept-version:1.1\nhost:h\n\n\x00"), 0)
			for _, read := range tt.reads {
				c.take(validate.Server, []byte(read), 0)
			}
			out.close()
			got := strings.NewReplacer("#1 server 0.000\n", "", `"connection":1,"ms":0.000,"from":"server",`, "").Replace(b.String())
			if !strings.HasSuffix(got, want) || !strings.HasSuffix(strings.TrimSuffix(got, want), "\n\n          ^@\n") && !strings.HasSuffix(strings.TrimSuffix(got, want), `["version","1.1"]]}`+"\n") {
				t.Errorf("%s, %s: got\n%swant at the end\n%s", tt.name, form, got, want)
			}
			if c.sides[validate.Server].beats != tt.beats || c.must != tt.must {
				t.Errorf("%s: %d heart-beats, %d MUSTs", tt.name, c.sides[validate.Server].beats, c.must)
			}
		}
	}
}

func TestRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	must(t, os.MkdirAll(filepath.Join(dir, "1"), 0o700)) // from an earlier run
	var out script.Buffer
	play(t, &out, "-record", dir)
	for name, want := range map[string]string{"c2s": fromClient, "s2c": fromServer} {
		got, err := os.ReadFile(filepath.Join(dir, "2", name+".bin"))
		if err != nil || string(got) != want {
			t.Errorf("%s has %q, %v", name, got, err)
		}
		index, err := os.ReadFile(filepath.Join(dir, "2", name+".idx"))
		must(t, err)
		end, last := 0, 0.0
		for line := range strings.Lines(string(index)) {
			var offset, size int
			var at float64
			if n, err := fmt.Sscanf(line, "%d %d %f\n", &offset, &size, &at); n != 3 || err != nil || offset != end || at < last {
				t.Fatalf("%s.idx has %q after %d bytes and %f ms", name, line, end, last)
			}
			end, last = offset+size, at
		}
		if end != len(want) {
			t.Errorf("%s.idx has %d bytes of %d", name, end, len(want))
		}
	}
	contains(t, out.String(), "#1 recorded in "+filepath.Join(dir, "2")+"\n")
}

// Traffic is forwarded even if it cannot be recorded.
func TestRecordFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	var out script.Buffer
	play(t, &out, "-record", file)
	contains(t, out.String(), "#1 no recording: ")
}

// After data that is not STOMP, everything is still forwarded, and the other
// side is still printed.
func TestGarbage(t *testing.T) {
	const garbage = "CONNECT\naccept-version:1.2\nhost:/\n\n\x00GET / HTTP/1.1\r\n\x00\xff\n\n\x00SEND\n\n\x00"
	const answer = "CONNECTED\nversion:1.2\n\n\x00ERROR\nmessage:what\n\n\x00"
	to := script.Listen(t, func(p *script.Peer) {
		p.ExpectBytes(garbage)
		p.Write(answer)
		p.ExpectEnd()
	})
	var out script.Buffer
	address, _ := start(t, &out, to)
	p := script.Dial(t, address)
	p.Write(garbage)
	p.ExpectBytes(answer)
	p.CloseWrite()
	p.ExpectEnd()
	script.Wait(t, func() bool { return strings.Contains(out.String(), "#1 closed") })
	contains(t, out.String(),
		"client       36  unknown command at offset 36: an HTTP request: GET\n#1 data from the client is forwarded, but no longer parsed; checking has stopped\n",
		"  ERROR\n          message:what\n",
		fmt.Sprintf("client 1 frame, 0 heart-beats, %d bytes; server 2 frames, 0 heart-beats, %d bytes; broken: 0 MUST, 0 SHOULD", len(garbage), len(answer)))
}

// An incomplete frame is printed as far as it has arrived.
func TestCutOff(t *testing.T) {
	to := script.Listen(t, func(p *script.Peer) {
		p.ExpectBytes("CONNECT\naccept-version:1.2\nhost:/\n\n\x00")
		p.Write("ERROR\nmessage:x\n\nhalf a b")
	})
	var out script.Buffer
	address, _ := start(t, &out, to)
	p := script.Dial(t, address)
	p.Write("CONNECT\naccept-version:1.2\nhost:/\n\n\x00")
	p.ExpectBytes("ERROR\nmessage:x\n\nhalf a b")
	p.ExpectEnd()
	p.Close()
	script.Wait(t, func() bool { return strings.Contains(out.String(), "#1 closed") })
	contains(t, out.String(), "          half a b\nserver       25  input ends inside a frame")
}

// A reset of one side resets the other.
func TestReset(t *testing.T) {
	got := make(chan error, 1)
	to := script.Listen(t, func(p *script.Peer) {
		p.ExpectBytes("\n")
		_, err := p.Read()
		got <- err
	})
	address, _ := start(t, io.Discard, to)
	p := script.Dial(t, address)
	p.Write("\n")
	p.Reset()
	if err := <-got; !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}

func TestServerDown(t *testing.T) {
	var out script.Buffer
	address, _ := start(t, &out, script.ClosedPort(t))
	p := script.Dial(t, address)
	p.ExpectEnd()
	script.Wait(t, func() bool { return strings.Contains(out.String(), "#1 the broker cannot be reached: ") })
}

// stuck is an output that nobody reads.
type stuck struct{ free chan struct{} }

func (s stuck) Write(p []byte) (int, error) {
	<-s.free
	return len(p), nil
}

// If nobody reads the output, no byte is delayed, and memory is limited.
func TestStuckOutput(t *testing.T) {
	const frames = 40
	body := strings.Repeat("x", maxBody)
	message := fmt.Sprintf("MESSAGE\nsubscription:0\nmessage-id:1\ndestination:/a\ncontent-length:%d\n\n%s\x00", len(body), body)
	to := script.Listen(t, func(p *script.Peer) {
		p.Write("CONNECTED\nversion:1.2\n\n\x00")
		for range frames {
			p.Write(message)
		}
		p.ExpectEnd()
	})
	free := make(chan struct{})
	address, stop := start(t, stuck{free}, to, "-o", "json")
	p := script.Dial(t, address)
	if want := len("CONNECTED\nversion:1.2\n\n\x00") + frames*len(message); p.Discard(want) != want {
		t.Error("not all has come")
	}
	p.Close()
	close(free)
	stop()

	var out script.Buffer
	o := newOutput(&out, false)
	o.mu.Lock()
	o.waiting = make([]byte, maxWaiting) // as if the output were stuck
	o.mu.Unlock()
	for range 3 {
		o.print([]byte("block\n"))
	}
	o.close()
	if s := out.String(); !strings.HasSuffix(s, "... 3 frames or messages of this tool were skipped, since nobody read the output\n\n") || len(s) > maxWaiting+100 {
		t.Errorf("%d bytes, %.100q", len(s), s[max(0, len(s)-100):])
	}
}

// A large body is cut in the output and in memory.
func TestLargeBody(t *testing.T) {
	const size = 4 << 20
	head := fmt.Sprintf("CONNECTED\nversion:1.2\n\n\x00ERROR\ncontent-length:%d\n\n", size)
	for _, tt := range []struct {
		form, closed, cut string
		most              int // limit of the output
	}{
		{"text", "#1 closed", fmt.Sprintf("%d bytes more", size-1024), 4096},
		{"json", `"closed":true`, fmt.Sprintf(`,"cut":%d}`, size-maxBody), maxBody + 4096},
	} {
		to := script.Listen(t, func(p *script.Peer) {
			p.Write(head + strings.Repeat("x", size) + "\x00")
			p.ExpectEnd()
		})
		var out script.Buffer
		address, _ := start(t, &out, to, "-o", tt.form)
		p := script.Dial(t, address)
		if want := len(head) + size + 1; p.Discard(want) != want {
			t.Error("not all has come")
		}
		p.Close()
		script.Wait(t, func() bool { return strings.Contains(out.String(), tt.closed) })
		if s := out.String(); !strings.Contains(s, tt.cut) || len(s) > tt.most {
			t.Errorf("%s: %d bytes, %.3000s", tt.form, len(s), s)
		}
	}
}

// A clean conversation between the client and the broker of this module.
func TestWithBroker(t *testing.T) {
	b := server.New(server.Config{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan struct{})
	go func() {
		defer close(served)
		b.ServeTCP(l)
	}()
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		b.Shutdown(ctx)
		<-served
	}()
	var out script.Buffer
	address, _ := start(t, &out, l.Addr().String())
	for _, v := range []frame.Version{frame.V10, frame.V11, frame.V12} {
		ctx, cancel := context.WithTimeout(context.Background(), script.Patience)
		defer cancel()
		c, err := client.Dial(ctx, address, client.Options{Versions: frame.VersionsOf(v)})
		must(t, err)
		sub, err := c.Subscribe(ctx, "/queue/a", client.SubscribeOptions{Ack: headers.AckClient})
		must(t, err)
		must(t, c.SendReceipt(ctx, "/queue/a", []byte("x"), headers.Field{Name: headers.ContentType, Value: "text/plain"}))
		m, err := sub.Next(ctx)
		must(t, err)
		must(t, m.Ack(ctx))
		must(t, c.Close(ctx))
	}
	script.Wait(t, func() bool { return strings.Count(out.String(), " closed after ") == 3 })
	if n := strings.Count(out.String(), "broken: 0 MUST, 0 SHOULD"); n != 3 {
		t.Error(out.String())
	}
}

func TestCalls(t *testing.T) {
	for _, tt := range []struct {
		code int
		want string
		args []string
	}{
		{command.BadCall, "want host:port", []string{"-broker", "localhost"}},
		{command.BadCall, "text or json", []string{"-o", "hex"}},
		{command.BadCall, "unknown leniency", []string{"-allow", "all,much"}},
		{command.BadCall, "unexpected argument", []string{"x"}},
		{command.Failed, "listen", []string{"-tcp", "127.0.0.1:99999"}},
	} {
		var stderr bytes.Buffer
		if code := run(t.Context(), tt.args, io.Discard, &stderr, text.Palette{}); code != tt.code || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%q: %d, %s", tt.args, code, &stderr)
		}
	}
}
