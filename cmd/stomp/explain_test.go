package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stompwire/stomp/parser"
)

// needs has, for each leniency, a stream of a client that needs it and nothing
// else, and the version to read it in.
var needs = map[string]struct{ version, stream string }{
	"escaped-cr":        {"1.1", "SEND\ndestination:a\\rb\n\n\x00"},
	"undefined-escapes": {"1.2", "SEND\ndestination:a\\tb\n\n\x00"},
	"crlf":              {"1.1", "BEGIN\r\ntransaction:t\n\n\x00"},
	"bare-cr":           {"1.2", "SEND\ndestination:a\rb\n\n\x00"},
	"nul-in-head":       {"1.2", "SEND\ndestination:a\x00b\n\n\x00"},
	"nul-padding":       {"1.2", "BEGIN\ntransaction:t\n\n\x00\n\x00\n"},
	"repeated-length":   {"1.2", "SEND\ndestination:d\ncontent-length:1\ncontent-length:2\n\nx\x00"},
	"loose-length":      {"1.2", "SEND\ndestination:d\ncontent-length: 1\n\nx\x00"},
	"unknown-command":   {"1.2", "HELLO\n\n\x00"},
	"nul-in-body":       {"1.2", "BEGIN\ntransaction:t\ncontent-length:70003\n\n" + strings.Repeat("x", 70000) + "\x00yz\x00"},
}

// An error that a leniency admits names it, and no other; with it the stream is
// read, and that it was needed is found: the verdict and the exit code say so.
func TestLeniencyIsNamedAndCounted(t *testing.T) {
	for _, name := range parser.AllowAll.Names() {
		tt, ok := needs[name]
		if !ok {
			t.Errorf("no stream needs %s", name)
			continue
		}
		for _, call := range []string{"decode -q", "decode -q -chunk 1", "decode -q -o hex -chunk 7"} {
			var stderr bytes.Buffer
			code := run(append(args(call), "-version", tt.version), strings.NewReader(tt.stream), new(bytes.Buffer), &stderr)
			if want := "-allow " + name + " reads on\n"; code != exitInput || !strings.HasSuffix(stderr.String(), want) || strings.Count(stderr.String(), "-allow") != 1 {
				t.Errorf("%s, %s: exit %d, stderr %s", name, call, code, &stderr)
			}
		}
		for _, call := range []string{"check -q -from client", "check -q -from client -chunk 1"} {
			var stdout, stderr bytes.Buffer
			code := run(append(args(call), "-version", tt.version, "-allow", name), strings.NewReader(tt.stream), &stdout, &stderr)
			if code != exitInput || stderr.Len() > 0 || strings.Count(stdout.String(), "MUST    "+name+": ") != 1 ||
				!strings.Contains(stdout.String(), " read because of -allow "+name+"; STOMP 1.") ||
				!strings.Contains(stdout.String(), "MUST         1  "+name+", by the client\n") || !strings.Contains(stdout.String(), "The client breaks ") {
				t.Errorf("%s, %s: exit %d, stdout %s, stderr %s", name, call, code, &stdout, &stderr)
			}
		}
		var stdout bytes.Buffer
		code := run(append(args("decode -q -o json"), "-version", tt.version, "-allow", "all"), strings.NewReader(tt.stream), &stdout, new(bytes.Buffer))
		if want := `"allowed":["` + name + `"]`; code != exitFine || strings.Count(stdout.String(), want) != 1 || strings.Count(stdout.String(), `"allowed"`) != 1 {
			t.Errorf("%s: exit %d, JSON has no %s: %.300s", name, code, want, &stdout)
		}
	}
}

// Errors with which no leniency helps, or no sensible one, name none.
func TestNoLeniencyIsNamed(t *testing.T) {
	for _, stream := range []string{
		"SEND\nx\n\n\x00", "SEND\n:x\n\n\x00", "SEND\ncontent-length:x\n\n\x00", "send\n\n\x00", " SEND\n\n\x00", "SEND \n\n\x00", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdef",
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "o", "a[\"CONNECTED\\n\\n\\u0000\"]", "{\"a\":1}", "hello\n", "SEND\n\nab", "SEND\na", "SEND\ncontent-length:1\n\nab\x00",
	} {
		var stderr bytes.Buffer
		if code := run(args("decode -q"), strings.NewReader(stream), new(bytes.Buffer), &stderr); code != exitInput || strings.Contains(stderr.String(), "-allow") {
			t.Errorf("%q: exit %d, stderr %s", stream, code, &stderr)
		}
	}
}

// What is not STOMP is named.
func TestOthersAreNamed(t *testing.T) {
	for stream, want := range map[string]string{
		"\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x00": "this is MQTT: ",
		"AMQP\x00\x00\x09\x01":                         "this is AMQP: ",
		"\x00\x00\x00\xf4\x01ActiveMQ\x00":             "this is OpenWire: ",
		"\x16\x03\x01\x02\x00\x01\x00":                 "a TLS record: the peer speaks TLS; it is encrypted: ",
		"GET / HTTP/1.1\r\n":                           "an HTTP request: GET; HTTP without WebSocket has no STOMP in it",
		"PROXY TCP4 1.2.3.4 1.2.3.5 55 66\r\n":         "this is the PROXY protocol: ",
		"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c":       "this is the PROXY protocol: ",
		"\x81\x08CONNECT\n":                            "this is WebSocket: ",
		"a[\"CONNECTED\\n\"]":                          "this is SockJS: ",
		"{\"command\":\"SEND\"}":                       "stomp encode makes a stream of it",
		"\x1f\x8b\x08":                                 "what is compressed ends too early",
	} {
		calls := []string{"decode -q", "check -q -from client", "stats -q"}
		if strings.HasPrefix(want, "this is ") {
			calls = append(calls, "check")
		}
		for _, call := range calls {
			if got := ran([]byte(stream), args(call)...); !strings.Contains(got, want) {
				t.Errorf("%s of %q: %s", call, stream, got)
			}
		}
	}
}

// Where a body ends is looked for in what follows on the chunk: in a file on
// disk as far as one read goes, else in what has come already.
func TestExplainLooksAhead(t *testing.T) {
	stream := "SEND\ncontent-length:3\n\n" + strings.Repeat("x", 60000) + "\x00"
	const found, not = "content-length says 3 bytes, the first NUL comes after 60000\n", "content-length says 3 bytes\n"
	file := filepath.Join(t.TempDir(), "c2s")
	if err := os.WriteFile(file, []byte(stream), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		call, want string
		hesitant   bool // standard input gives a byte at a time
	}{
		{"decode -q " + file, found, false}, {"decode -q -chunk 1 " + file, found, false}, {"decode -q -chunk 1000 " + file, found, false},
		{"decode -q", found, false}, {"decode -q -chunk 1", found, false}, {"decode -q", not, true},
	} {
		var stderr bytes.Buffer
		var stdin io.Reader = strings.NewReader(stream)
		if tt.hesitant {
			stdin = iotest.OneByteReader(stdin)
		}
		if run(args(tt.call), stdin, new(bytes.Buffer), &stderr); !strings.HasSuffix(stderr.String(), ": "+tt.want) {
			t.Errorf("%s: stderr %s", tt.call, &stderr)
		}
	}
}
