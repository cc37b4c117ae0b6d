package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

// Frames of the conversations below.
const (
	connect    = "CONNECT\naccept-version:1.2\nhost:h\n\n\x00"
	connected  = "CONNECTED\nversion:1.2\nheart-beat:500,0\n\n\x00"
	subscribe  = "SUBSCRIBE\nid:0\ndestination:d\nack:client\n\n\x00"
	message    = "MESSAGE\nsubscription:0\ndestination:d\nmessage-id:m\nack:a\n\n\x00"
	ack        = "ACK\nid:a\n\n\x00"
	disconnect = "DISCONNECT\nreceipt:r\n\n\x00"
	receipt    = "RECEIPT\nreceipt-id:r\n\n\x00"
)

// violation is what -o json prints for one.
func violation(from string, offset int, command, rule, header string) string {
	return fmt.Sprintf("%s %d %s %s %s\n", from, offset, command, rule, header)
}

// short makes of the lines of JSON what violation returns.
func short(t *testing.T, lines string) string {
	t.Helper()
	var b strings.Builder
	for l := range strings.Lines(lines) {
		l := decodeLine(t, l)
		if l.Error != "" {
			l.Rule = l.Error
		}
		b.WriteString(violation(l.From, int(l.Offset), string(l.Command), l.Rule, l.Header))
	}
	return b.String()
}

// Conversations: what is found in them, by two recordings without and with
// indexes. An index has the times at which the frames of a side came.
var conversations = []struct {
	name           string
	flags          string
	client, server []string // frames
	at, atServer   []float64
	want           string
	stderr         string // part of it; "" for none
	code           int
}{
	{name: "in order", client: []string{connect, subscribe, ack, disconnect}, server: []string{connected, message, receipt}},
	{name: "nothing"},
	{name: "no answer", client: []string{connect}},
	{name: "nothing but an answer", server: []string{connected},
		want: violation("server", 0, "CONNECTED", "connected-unasked", ""), code: 1},
	{name: "refused", client: []string{connect}, server: []string{"ERROR\nmessage:no\n\n\x00"}},
	{name: "refused, and goes on", client: []string{connect, "SEND\ndestination:a\\cb\n\n\x00"}, server: []string{"ERROR\nmessage:no\n\n\x00"}},
	{name: "goes on with an escape that is none", client: []string{connect, "SEND\ndestination:a\\tb\n\n\x00"},
		want: violation("client", len(connect)+18, "SEND", "bad_escape", "destination"), code: 1},
	{name: "says nothing at first", client: []string{"SEND\ndestination:d\n\n\x00"}, server: []string{"ERROR\nmessage:no\n\n\x00"},
		want: violation("client", 0, "SEND", "connect-first", ""), code: 1},
	{name: "says nothing to a server that is content", client: []string{"SEND\ndestination:d\n\n\x00"}, server: []string{connected},
		want: violation("client", 0, "SEND", "connect-first", "") + violation("server", 0, "CONNECTED", "connected-unasked", ""), code: 1},
	{name: "message before CONNECTED", client: []string{connect}, server: []string{message},
		want: violation("server", 0, "MESSAGE", "connected-first", ""), code: 1},
	{name: "raw colon", client: []string{connect, "SEND\ndestination:a:b\nx\\c:c:d\n\n\x00"}, server: []string{connected},
		want: violation("client", len(connect), "SEND", "header-value-colon", "destination") + violation("client", len(connect), "SEND", "header-value-colon", `"x\\c"`), code: 1},
	{name: "order of the rules", client: []string{connect, "SEND\nx:a:b\n\nx\x00"}, server: []string{connected},
		want: violation("client", len(connect), "SEND", "header-value-colon", "x") +
			violation("client", len(connect), "SEND", "content-length-expected", "content-length") +
			violation("client", len(connect), "SEND", "content-type-expected", "content-type") +
			violation("client", len(connect), "SEND", "send-destination-required", "destination"), code: 1},
	{name: "bodies", client: []string{connect, "BEGIN\ntransaction:t\n\nx\x00", "COMMIT\ntransaction:t\ncontent-length:1\n\nx\x00", "BEGIN\ntransaction:t\ncontent-length:0\n\n\x00"}, server: []string{connected},
		want: violation("client", len(connect), "BEGIN", "body-not-allowed", "") + violation("client", len(connect)+23, "COMMIT", "body-not-allowed", ""), code: 1},

	// Versions.
	{name: "the server says the version", client: []string{"CONNECT\naccept-version:1.0,1.2\nhost:h\n\n\x00", "SEND\ndestination:a\\tb\n\n\x00"}, server: []string{"CONNECTED\nversion:1.0\n\n\x00"}},
	{name: "a version nobody knows", client: []string{"CONNECT\naccept-version:2.0\nhost:h\n\n\x00", "SEND\ndestination:a\\cb\n\n\x00"}, server: []string{"CONNECTED\nversion:2.0\n\n\x00", "RECEIPT\nreceipt-id:a\\cb\n\n\x00"}},
	{name: "a version that was not offered", client: []string{connect, "SUBSCRIBE\nid:0\ndestination:d\nack:client-individual\n\n\x00"}, server: []string{"CONNECTED\n\n\x00", "MESSAGE\ndestination:d\n\n\x00"},
		want: violation("server", 0, "CONNECTED", "connected-version-required", "version") +
			violation("server", 12, "MESSAGE", "message-message-id-required", "message-id") +
			violation("server", 12, "MESSAGE", "message-subscription-expected", "subscription"), code: 1},
	{name: "forced", flags: "-version 1.2", client: []string{connect, subscribe, ack}, server: []string{"CONNECTED\nheart-beat:x\n\n\x00", message}},
	{name: "forced to another", flags: "-version 1.1", client: []string{connect, subscribe, ack}, server: []string{connected, message},
		want: violation("client", len(connect+subscribe), "ACK", "ack-message-id-required", "message-id") + violation("client", len(connect+subscribe), "ACK", "ack-subscription-required", "subscription"), code: 1},
	{name: "forced, bodies", flags: "-version 1.1", client: []string{"CONNECT\naccept-version:1.2\nhost:h\n\nx\x00"}, server: []string{"CONNECTED\nversion:1.2\ncontent-length:1\n\nx\x00"},
		want: violation("client", 0, "CONNECT", "body-not-allowed", "") + violation("server", 0, "CONNECTED", "body-not-allowed", ""), code: 1},
	{name: "forced, CONNECT twice", flags: "-version 1.0", client: []string{connect, "CONNECT\nreceipt:r\n\n\x00", "SEND\ndestination:\\t\n\n\x00"}, server: []string{connected},
		want: violation("client", len(connect), "CONNECT", "connect-once", "") + violation("client", len(connect), "CONNECT", "receipt-on-connect", "receipt"), code: 1},
	{name: "forced, bad CONNECTED", flags: "-version 1.2", client: []string{connect}, server: []string{"CONNECTED\nversion:x\n\n\x00", connected},
		want: violation("server", 0, "CONNECTED", "connected-version-syntax", "version") + violation("server", 22, "CONNECTED", "connected-once", ""), code: 1},
	{name: "the middle of a session", client: []string{"ACK\nid:a\ntransaction:t\n\n\x00", "UNSUBSCRIBE\nid:9\n\n\x00", "SEND\n\n\x00"}, server: []string{message, receipt},
		want: violation("client", 44, "SEND", "send-destination-required", "destination"), code: 1},
	{name: "the middle of a session, one side silent", server: []string{message, "MESSAGE\n\n\x00"}, flags: "-version 1.1",
		want: violation("server", len(message), "MESSAGE", "message-destination-required", "destination") +
			violation("server", len(message), "MESSAGE", "message-message-id-required", "message-id") +
			violation("server", len(message), "MESSAGE", "message-subscription-required", "subscription"), code: 1},

	// Cause and effect.
	{name: "answers are held until they are asked for",
		client: []string{connect, "SUBSCRIBE\nid:0\ndestination:d\nreceipt:s\n\n\x00", "SEND\ndestination:d\nreceipt:1\n\n\x00", "SEND\ndestination:d\nreceipt:2\n\n\x00", "UNSUBSCRIBE\nid:0\n\n\x00", disconnect},
		server: []string{connected, "RECEIPT\nreceipt-id:s\n\n\x00", "RECEIPT\nreceipt-id:1\n\n\x00", message, message, "RECEIPT\nreceipt-id:2\n\n\x00", receipt}},
	{name: "messages are held until they can be acknowledged",
		client: []string{connect, subscribe, ack, "SUBSCRIBE\nid:1\ndestination:d\nack:client\n\n\x00", "NACK\nid:b\n\n\x00", "SEND\ndestination:d\n\n\x00", "UNSUBSCRIBE\nid:0\n\n\x00"},
		server: []string{connected, message, "MESSAGE\nsubscription:1\ndestination:d\nmessage-id:m\nack:b\n\n\x00", message}},
	{name: "the same message again after NACK", client: []string{connect, subscribe, "NACK\nid:a\n\n\x00", ack}, server: []string{connected, message, message}},
	{name: "the same message again without cause", client: []string{connect, subscribe}, server: []string{connected, message, message},
		want: violation("server", len(connected+message), "MESSAGE", "message-ack-unique", "ack"), code: 1},
	{name: "1.1", client: []string{"CONNECT\naccept-version:1.1\nhost:h\n\n\x00", subscribe, "ACK\nsubscription:0\nmessage-id:m\n\n\x00", "ACK\nsubscription:0\nmessage-id:m\n\n\x00"},
		server: []string{"CONNECTED\nversion:1.1\n\n\x00", message, message}},
	{name: "1.0, by destination", client: []string{"CONNECT\n\n\x00", "SUBSCRIBE\ndestination:*\nack:client\n\n\x00", "ACK\nmessage-id:m\n\n\x00", "UNSUBSCRIBE\ndestination:*\n\n\x00"},
		server: []string{"CONNECTED\n\n\x00", "MESSAGE\ndestination:d\nmessage-id:m\n\n\x00", "MESSAGE\ndestination:d\nmessage-id:n\n\n\x00"}},
	{name: "ERROR that says why, and one that does not", client: []string{connect, "SEND\ndestination:d\nreceipt:1\n\n\x00", "SEND\ndestination:d\n\n\x00"},
		server: []string{connected, "ERROR\nmessage:m\nreceipt-id:1\n\n\x00", "ERROR\nmessage:m\n\n\x00"},
		want:   violation("server", len(connected)+31, "ERROR", "frame-after-error", ""), code: 1},
	{name: "both wait in vain", client: []string{connect, ack, disconnect}, server: []string{connected, "RECEIPT\nreceipt-id:x\n\n\x00", receipt},
		want: violation("client", len(connect), "ACK", "ack-known", "id") + violation("server", len(connected), "RECEIPT", "receipt-known", "receipt-id"), code: 1},
	{name: "waits in vain", client: []string{connect, disconnect}, server: []string{connected, message, receipt},
		want: violation("server", len(connected), "MESSAGE", "message-subscription-known", "subscription"), code: 1},

	// Time.
	{name: "after UNSUBSCRIBE", client: []string{connect, subscribe, "UNSUBSCRIBE\nid:0\n\n\x00"}, at: []float64{1, 20, 30},
		server: []string{connected, message}, atServer: []float64{10, 31.5},
		want: violation("server", len(connected), "MESSAGE", "message-after-unsubscribe", "subscription")},
	{name: "in the same millisecond", client: []string{connect, subscribe, "UNSUBSCRIBE\nid:0\n\n\x00"}, at: []float64{1, 20, 30},
		server: []string{connected, message}, atServer: []float64{10, 30.9}},
	{name: "answers recorded too early", client: []string{connect, subscribe, ack, disconnect}, at: []float64{5, 900, 901, 902},
		server: []string{connected, message, receipt}, atServer: []float64{1, 400, 400}},
	{name: "ACK recorded too early", client: []string{connect, subscribe, ack}, at: []float64{1, 10, 20},
		server: []string{connected, message}, atServer: []float64{5, 500}},
	{name: "ACK far too early", client: []string{connect, subscribe, ack}, at: []float64{1, 10, 20},
		server: []string{connected, message}, atServer: []float64{5, 1500},
		want: violation("client", len(connect+subscribe), "ACK", "ack-known", "id"), code: 1},
	{name: "does not wait for CONNECTED", client: []string{connect, subscribe, "UNSUBSCRIBE\nid:0\n\n\x00"}, at: []float64{1, 2, 30},
		server: []string{connected, message}, atServer: []float64{20, 21}},
	{name: "does not wait, and has a strange command", flags: "-allow unknown-command", client: []string{connect, "HI\x1b\n\n\x00"}, at: []float64{1, 2},
		server: []string{connected}, atServer: []float64{20},
		want: violation("client", len(connect), `"HI\x1b"`, "unknown-command", ""), code: 1},

	// Recordings that are bad.
	{name: "bad from the start, client", client: []string{"!"}, server: []string{connected, "MESSAGE\ndestination:d\nmessage-id:m\n\n\x00"},
		want: violation("client", 0, "", "unknown_command", "") + violation("server", len(connected), "MESSAGE", "message-subscription-required", "subscription"), code: 1},
	{name: "bad from the start, server", client: []string{"CONNECT\naccept-version:1.1\nhost:h\n\n\x00", subscribe, subscribe}, server: []string{"!"},
		want: violation("server", 0, "", "unknown_command", "") + violation("client", len(connect+subscribe), "SUBSCRIBE", "subscribe-id-unique", "id"), code: 1},
	{name: "bad client", client: []string{connect, "SUBSCRIBE\nid:\\t\n\n\x00", disconnect}, server: []string{connected, message, receipt, "RECEIPT\n\n\x00"},
		want: violation("client", len(connect)+13, "SUBSCRIBE", "bad_escape", "id") + violation("server", len(connected+message+receipt), "RECEIPT", "receipt-id-required", "receipt-id"), code: 1},
	{name: "bad server", client: []string{connect, subscribe, ack, "COMMIT\ntransaction:t\n\n\x00"}, server: []string{connected, "MESSAGE\nx"},
		want: violation("server", len(connected)+9, "MESSAGE", "unexpected_eof", "") + violation("client", len(connect+subscribe+ack), "COMMIT", "commit-transaction-known", "transaction"), code: 1},
	{name: "both bad", client: []string{connect, "!"}, server: []string{connected, "!"},
		want: violation("client", len(connect), "", "unknown_command", "") + violation("server", len(connected), "", "unknown_command", ""), code: 1},

	// What was read because of -allow.
	{name: "allowed, in heads", flags: "-allow unknown-command,undefined-escapes", client: []string{connect, "HELLO\nx:\\t\n\n\x00", disconnect}, server: []string{connected, "HELLO\n\n\x00", receipt},
		want: violation("server", len(connected), "HELLO", "unknown-command", "") + violation("client", len(connect), "HELLO", "undefined-escapes", "") + violation("client", len(connect), "HELLO", "unknown-command", ""), code: 1},
	{name: "allowed, not needed", flags: "-allow all", client: []string{connect, disconnect}, server: []string{connected, receipt}},
	{name: "allowed, NULs between frames", flags: "-allow nul-padding", client: []string{connect, "\x00\n\x00", disconnect, "\x00"}, server: []string{connected, receipt},
		want: violation("client", len(connect), "", "nul-padding", "") + violation("client", len(connect)+3+len(disconnect), "", "nul-padding", ""), code: 1},
	{name: "allowed, CR LF between frames", flags: "-allow crlf -version 1.1", client: []string{connect, "\r\n", "BEGIN\ntransaction:t\n\n\x00", "\n\n\r\n\n", disconnect}, server: []string{connected, receipt},
		want: violation("client", len(connect), "", "crlf", "") + violation("client", len(connect)+25, "", "crlf", ""), code: 1},
	{name: "allowed, and rules", flags: "-allow loose-length,crlf", client: []string{connect, "SEND\ncontent-length:+1\n\nx\x00"}, server: []string{connected},
		want: violation("client", len(connect), "SEND", "content-length-syntax", "content-length") + violation("client", len(connect), "SEND", "content-type-expected", "content-type") +
			violation("client", len(connect), "SEND", "send-destination-required", "destination") + violation("client", len(connect), "SEND", "loose-length", ""), code: 1},

	{name: "a limit", flags: "-max-body 1", client: []string{connect, "SEND\ndestination:d\ncontent-length:2\n\nxx\x00"}, server: []string{connected},
		want: violation("client", len(connect)+34, "SEND", "body_too_large", "content-length"), code: 1},
}

// write writes a file of its own for the test.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// makeIndex returns the index of frames that came at the times given.
func makeIndex(frames []string, at []float64) string {
	var b strings.Builder
	offset := 0
	for i, f := range frames {
		fmt.Fprintf(&b, "%d %d %g text\n", offset, len(f), at[i])
		offset += len(f)
	}
	return b.String()
}

func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		t.Run(tt.name, func(t *testing.T) {
			call := []string{"check", "-q", "-o", "json",
				"-client", write(t, "c2s", strings.Join(tt.client, "")),
				"-server", write(t, "s2c", strings.Join(tt.server, ""))}
			if tt.at != nil {
				call = append(call,
					"-client-index", write(t, "c2s.idx", makeIndex(tt.client, tt.at)),
					"-server-index", write(t, "s2c.idx", makeIndex(tt.server, tt.atServer)))
			}
			call = append(call, args(tt.flags)...)
			for _, more := range []string{"", "-chunk 1", "-chunk 7"} {
				var stdout, stderr bytes.Buffer
				code := run(append(call, args(more)...), nil, &stdout, &stderr)
				if code != tt.code || short(t, stdout.String()) != tt.want {
					t.Errorf("%s: exit %d, want %d, stdout\n%swant\n%sstderr\n%s", more, code, tt.code, short(t, stdout.String()), tt.want, &stderr)
				}
				if !strings.Contains(stderr.String(), tt.stderr) || tt.stderr == "" && stderr.Len() > 0 {
					t.Errorf("%s: stderr %s", more, &stderr)
				}
			}
		})
	}
}

// One side alone, by standard input.
func TestOneSide(t *testing.T) {
	for _, tt := range []struct {
		name, args, stdin, want, stderr string
		code                            int
	}{
		{"client", "-from client", connect + subscribe + ack + "ACK\nid:b\n\n\x00" + disconnect, "", "stomp check: read as STOMP 1.2: the highest version that CONNECT accepts\n", 0},
		{"client, -", "-q -from client -", connect + "SEND\ndestination:d\n\n\x00", "", "", 0},
		{"client, what one side shows", "-q -from client", connect + subscribe + subscribe + "COMMIT\ntransaction:t\n\n\x00" + "UNSUBSCRIBE\nid:1\n\n\x00" + connect + disconnect + ack,
			violation("client", len(connect+subscribe), "SUBSCRIBE", "subscribe-id-unique", "id") +
				violation("client", len(connect+subscribe+subscribe), "COMMIT", "commit-transaction-known", "transaction") +
				violation("client", len(connect+subscribe+subscribe)+23, "UNSUBSCRIBE", "unsubscribe-known", "id") +
				violation("client", len(connect+subscribe+subscribe)+42, "CONNECT", "connect-once", "") +
				violation("client", len(connect+subscribe+subscribe)+42+len(connect+disconnect), "ACK", "disconnect-last", ""), "", 1},
		{"client of 2.0", "-q -from client", "CONNECT\naccept-version:2.0\nhost:h\n\n\x00" + "SUBSCRIBE\nid:0\n\n\x00",
			violation("client", len(connect), "SUBSCRIBE", "subscribe-destination-required", "destination"), "", 1},
		{"client of 1.0", "-q -from client", "CONNECT\n\n\x00" + "SUBSCRIBE\ndestination:\\t\n\n\x00", "", "", 0},
		{"client, middle", "-from client", ack + "COMMIT\ntransaction:t\n\n\x00" + "SUBSCRIBE\ndestination:d\n\n\x00",
			violation("client", 34, "SUBSCRIBE", "subscribe-id-required", "id"), "stomp check: read as STOMP 1.2: the stream begins in the middle of a session\n", 1},
		{"client, middle, 1.0", "-from client -version 1.0", "SUBSCRIBE\ndestination:\\t\n\n\x00", "", "", 0},
		{"server", "-from server", connected + message + receipt, "", "stomp check: read as STOMP 1.2: the version of CONNECTED\n", 0},
		{"server of 1.0", "-q -from server", "CONNECTED\n\n\x00" + "MESSAGE\ndestination:d\nmessage-id:m\n\n\x00", "", "", 0},
		{"server, what one side shows", "-q -from server", connected + connected + "ERROR\n\n\x00" + receipt,
			violation("server", len(connected), "CONNECTED", "connected-once", "") + violation("server", len(connected+connected), "ERROR", "error-message-expected", "message") + violation("server", len(connected+connected)+8, "RECEIPT", "frame-after-error", ""), "", 1},
		{"server that refuses", "-from server", "ERROR\nmessage:m\n\n\x00", "", "", 0},
		{"server, middle", "-q -from server", message + "MESSAGE\nx:a:b\nsubscription:0\ndestination:d\nmessage-id:m\n\n\x00",
			violation("server", len(message), "MESSAGE", "header-value-colon", "x"), "", 1},
		{"nothing", "-from client", "", "", "", 0},
		{"unknown command", "-q -from client -allow unknown-command", connect + "HI\x1b\nx\x1b:a:b\n\n\x00", violation("client", len(connect), `"HI\x1b"`, "header-value-colon", `"x\x1b"`) + violation("client", len(connect), `"HI\x1b"`, "unknown-command", ""), "", 1},
		{"bad", "-q -from client", connect + "SEND\nx-note:a\\tb\n\n\x00", violation("client", len(connect)+13, "SEND", "bad_escape", "x-note"), "", 1},
	} {
		for _, stdin := range []io.Reader{strings.NewReader(tt.stdin), iotest.OneByteReader(strings.NewReader(tt.stdin)), iotest.DataErrReader(strings.NewReader(tt.stdin))} {
			var stdout, stderr bytes.Buffer
			code := run(append([]string{"check", "-o", "json"}, args(tt.args)...), stdin, &stdout, &stderr)
			if code != tt.code || short(t, stdout.String()) != tt.want || stderr.String() != tt.stderr {
				t.Errorf("%s: exit %d, want %d, stdout\n%swant\n%sstderr\n%s", tt.name, code, tt.code, short(t, stdout.String()), tt.want, &stderr)
			}
		}
	}
}

func TestCheckCalls(t *testing.T) {
	file, other := write(t, "c2s", connect+disconnect), write(t, "s2c", connected+receipt)
	two := " -client " + file + " -server " + file
	for _, tt := range []struct{ name, args, stdout, stderr string }{
		{"nothing", "", "", "standard input is empty"},
		{"no server", "-client " + file, "", "two recordings are needed"},
		{"no client", "-server " + file, "", "two recordings are needed"},
		{"FILE too", two + " " + file, "", "no FILE after -client and -server"},
		{"-from too", two + " -from client", "", "-from is for the stream of one side"},
		{"-from with an index", "-from client -client-index " + file, "", "-from is for the stream of one side"},
		{"-from both", "-from both", "", "want client or server"},
		{"-from, two files", "-from server a b", "", "one FILE at most"},
		{"-from, no such file", "-from server " + file + "x", "", "c2sx"},
		{"one index", two + " -client-index " + file, "", "both indexes are needed, or none"},
		{"standard input twice", "-client - -server -", "", "standard input can be read once"},
		{"standard input twice, index", "-client - -server " + file + " -client-index - -server-index " + file, "", "standard input can be read once"},
		{"no such client", "-client " + file + "x -server " + file, "", "c2sx"},
		{"no such server", "-client " + file + " -server " + file + "x", "", "c2sx"},
		{"no such index", two + " -client-index " + file + " -server-index " + file + "x", "", "c2sx"},
		{"swapped", " -client " + other + " -server " + file, "", "stomp check: CONNECT from the server, CONNECTED from the client: are -client and -server swapped?\n"},
		{"-from the other side", "-from client " + other, "", "stomp check: CONNECTED from the client: is it -from server?\n"},
		{"-from the other side", "-from server " + file, "", "stomp check: CONNECT from the server: is it -from client?\n"},
		{"-heart-beat-tolerance", two + " -heart-beat-tolerance -1", "", "want a number from 0 to 10000"},
		{"-heart-beat-tolerance", two + " -heart-beat-tolerance 10001", "", "want a number from 0 to 10000"},
		{"-o hex", two + " -o hex", "", "want text, json or junit"},
		{"-version", two + " -version 1.3", "", "want 1.0, 1.1, 1.2 or auto"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(append([]string{"check"}, args(tt.args)...), strings.NewReader(""), &stdout, &stderr)
		if code != exitCall || stdout.Len() > 0 || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("%s: exit %d, stdout %s, stderr %s", tt.name, code, &stdout, &stderr)
		}
	}
	usage := lookup("check").usage()
	for name := range strings.FieldsSeq("client server client-index server-index heart-beat-tolerance from ignore must resync connection port host o version allow chunk max-line max-headers max-head max-body q") {
		if !strings.Contains(usage, "\n  -"+name) {
			t.Errorf("check -h has no -%s", name)
		}
	}
	if !strings.HasPrefix(usage, "usage: stomp check [flags] [FILE]\n       stomp check [flags] -client C2S -server S2C\n\n") {
		t.Errorf("check -h begins %q", usage[:100])
	}
}

func TestBadIndex(t *testing.T) {
	c2s, s2c := write(t, "c2s", connect+disconnect), write(t, "s2c", connected)
	good := write(t, "good.idx", "0 41 0\n")
	for _, tt := range []struct{ index, stderr string }{
		{"0 36 0\n36 23 1.5 bin\n", ""},
		{"0 59 0", ""},
		{"0 0 0\n0 59 1\n59 0 2\n", ""},
		{"", "ends at 0 bytes, the recording has more"},
		{"0 58 0\n", "ends at 58 bytes, the recording has more"},
		{"0 60 0\n", "has 60 bytes, the recording 59"},
		{"0 59 0\n59 1 0\n", "has 60 bytes, the recording 59"},
		{"0 59\n", "line 1: want offset, size and milliseconds"},
		{"0 36 0\n\n", "line 2: want offset, size and milliseconds"},
		{"1 59 0\n", "line 1: the offset is not 0"},
		{"0 36 0\n35 23 0\n", "line 2: the offset is not 36"},
		{"x 61 0\n", "line 1: the offset is not 0"},
		{"0 -1 0\n", "line 1: the size is no number of bytes"},
		{"0 x 0\n", "line 1: the size is no number of bytes"},
		{"0 36 0\n36 9223372036854775807 0\n", "line 2: the size is no number of bytes"},
		{"0 59 x\n", "line 1: the time is no number of milliseconds"},
		{"0 59 -1\n", "line 1: the time is no number of milliseconds"},
		{"0 59 NaN\n", "line 1: the time is no number of milliseconds"},
		{"0 59 1e99\n", "line 1: the time is no number of milliseconds"},
		{"0 59 0\nx\n", "line 2: want offset"},
		{"0 59 " + strings.Repeat("0", 70000), "line 1: it is too long for a line of an index"},
	} {
		name := write(t, "c2s.idx", tt.index)
		want, wantCode := "", exitFine
		if tt.stderr != "" {
			want, wantCode = "stomp check: "+name+": "+tt.stderr, exitInput
		}
		var stderr bytes.Buffer
		code := run([]string{"check", "-q", "-client", c2s, "-server", s2c, "-client-index", name, "-server-index", good}, nil, io.Discard, &stderr)
		if code != wantCode || !strings.HasPrefix(stderr.String(), want) || want == "" && stderr.Len() > 0 {
			t.Errorf("%q: exit %d, stderr %s, want %s", tt.index[:min(20, len(tt.index))], code, &stderr, want)
		}
	}
}

func TestCheckInputAndOutput(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(args("check -q -o json -from client"), readsThen(connect+"SEND\n\n\x00", errors.New("disk on fire")), &stdout, &stderr)
	if code != exitInput || !strings.Contains(stdout.String(), "send-destination-required") || stderr.String() != "stomp check: standard input: disk on fire\n" {
		t.Errorf("exit %d, stdout %s, stderr %s", code, &stdout, &stderr)
	}

	closed, full := syscall.EPIPE, errors.New("disk full")
	for _, tt := range []struct {
		stdin  io.Reader
		err    error
		stderr string
		code   int
	}{
		{strings.NewReader(connect + "SEND\n\n\x00"), closed, "", exitFine},
		{strings.NewReader(connect + "SEND\n\n\x00"), full, "stomp check: write: disk full\n", exitInput},
		{io.MultiReader(strings.NewReader(connect), endless("SEND\n\n\x00")), closed, "", exitFine},
		{io.MultiReader(strings.NewReader(connect), endless("SEND\n\n\x00")), full, "stomp check: write: disk full\n", exitInput},
		{strings.NewReader("!"), full, "stomp check: write: disk full\n", exitInput},
	} {
		var stderr bytes.Buffer
		code := run(args("check -q -from client"), tt.stdin, &failingWriter{0, tt.err}, &stderr)
		if code != tt.code || stderr.String() != tt.stderr {
			t.Errorf("exit %d, stderr %q; want %d, %q", code, &stderr, tt.code, tt.stderr)
		}
	}

	stderr.Reset()
	e := fakeEnv(iotest.OneByteReader(strings.NewReader(strings.Repeat("\n", 100))), io.Discard, &stderr, &stderr)
	if e.run(args("check -from client")); !strings.Contains(stderr.String(), "\r91 bytes") {
		t.Errorf("no progress: %q", &stderr)
	}
}

// A limit of the session is told once, and what it makes unknown is not
// reported.
func TestCheckLimits(t *testing.T) {
	var b strings.Builder
	b.WriteString(connect)
	for i := range 300 {
		fmt.Fprintf(&b, "BEGIN\ntransaction:%d\n\n\x00", i)
	}
	b.WriteString("COMMIT\ntransaction:299\n\n\x00COMMIT\ntransaction:299\n\n\x00BEGIN\n\n\x00")
	var stdout, stderr bytes.Buffer
	code := run(args("check -q -o json -from client"), strings.NewReader(b.String()), &stdout, &stderr)
	const want = "stomp check: not all can be judged: BEGIN exceeds the limit of 256 open transactions (SessionLimits.Transactions)\n"
	if code != exitInput || strings.Count(stdout.String(), "\n") != 1 || !strings.Contains(stdout.String(), "begin-transaction-required") || stderr.String() != want {
		t.Errorf("exit %d, stdout %s, stderr %s", code, &stdout, &stderr)
	}
}

// Long conversations are put in an order in which little is open at a time,
// and in little memory, bodies included.
func TestLongConversations(t *testing.T) {
	const count = 20000 // more than a session remembers of anything
	for _, tt := range []struct {
		name           string
		client, server func(i int) string
		last           string // of the client, in front of the others
	}{
		{"acknowledged one by one",
			func(i int) string { return fmt.Sprintf("ACK\nid:%d\n\n\x00", i) },
			func(i int) string {
				return fmt.Sprintf("MESSAGE\nsubscription:0\ndestination:d\nmessage-id:%d\nack:%d\n\n\x00", i, i)
			}, ""},
		{"behind UNSUBSCRIBE",
			func(i int) string { return fmt.Sprintf("ACK\nid:%d\n\n\x00", i) },
			func(i int) string {
				return fmt.Sprintf("MESSAGE\nsubscription:0\ndestination:d\nmessage-id:%d\nack:%d\n\n\x00", i, i)
			}, "SUBSCRIBE\nid:1\ndestination:e\n\n\x00UNSUBSCRIBE\nid:1\n\n\x00"},
		{"receipts behind messages",
			func(i int) string { return fmt.Sprintf("SEND\ndestination:d\nreceipt:%d\n\n\x00", i) },
			func(i int) string {
				return fmt.Sprintf("RECEIPT\nreceipt-id:%d\n\n\x00MESSAGE\nsubscription:2\ndestination:d\nmessage-id:%d\n\n\x00", i, i)
			}, "SUBSCRIBE\nid:2\ndestination:d\n\n\x00"},
		{"two messages for each receipt",
			func(i int) string { return fmt.Sprintf("ACK\nid:%d\nreceipt:%d\n\n\x00", i, i) },
			func(i int) string {
				return fmt.Sprintf("MESSAGE\nsubscription:0\ndestination:d\nmessage-id:%d\nack:%d\n\n\x00MESSAGE\nsubscription:2\ndestination:d\nmessage-id:x\n\n\x00RECEIPT\nreceipt-id:%d\n\n\x00", i, i, i)
			}, "SUBSCRIBE\nid:2\ndestination:d\n\n\x00"},
	} {
		var c2s, s2c bytes.Buffer
		c2s.WriteString(connect + subscribe + tt.last)
		s2c.WriteString(connected)
		for i := range count {
			c2s.WriteString(tt.client(i))
			s2c.WriteString(tt.server(i))
		}
		var stdout, stderr bytes.Buffer
		code := run([]string{"check", "-q", "-o", "json", "-client", "-", "-server", write(t, "s2c", s2c.String())}, &c2s, &stdout, &stderr)
		if code != exitFine || stdout.Len() > 0 || stderr.Len() > 0 {
			t.Errorf("%s: exit %d, stdout %.300s, stderr %s", tt.name, code, &stdout, &stderr)
		}
	}

	const size = 8 << 20
	body := io.MultiReader(strings.NewReader(connect+"SEND\ndestination:d\n\n"), io.LimitReader(endless("0123456789abcde\n"), size), strings.NewReader("\x00"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if code := run(args("check -q -from client -max-body unlimited"), body, io.Discard, io.Discard); code != exitFine {
		t.Errorf("exit %d", code)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("allocated %d bytes for a body of %d", n, size)
	}
}

// What was added last is remembered, however much came before.
func TestRecent(t *testing.T) {
	var r recent
	id := func(i int) []byte { return fmt.Append(nil, i) }
	for i := range 2 * maxRecent {
		r.add(id(i))
		if i%2 == 0 {
			r.remove(id(i))
			r.remove(id(i))
		}
	}
	r.add(id(7))
	r.add(id(7))
	r.remove(id(7))
	for i, want := range map[int]bool{7: true, 9: false, 2*maxRecent - 1: true, 2*maxRecent - 2: false} {
		if r.has(id(i)) != want {
			t.Errorf("has(%d) is not %v", i, want)
		}
	}
	if r.total != maxRecent/2 {
		t.Errorf("%d in all, want %d", r.total, maxRecent/2)
	}
	if len(r.added) != maxRecent {
		t.Errorf("%d held", len(r.added))
	}
}
