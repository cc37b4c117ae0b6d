package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const beating = "CONNECT\naccept-version:1.2\nhost:h\nheart-beat:0,1000\n\n\x00"

// Calls of check: all that they print is in testdata/checktext.golden. Here is
// what must be in it whatever the rules are called.
var checkTexts = []struct {
	name, flags    string
	client, server string // with -from only one of them
	want           []string
	code           int
}{
	{name: "the two forms", flags: "-allow unknown-command",
		client: connect + "\n\n" + subscribe + "SEND\ndestination:secret:secret\n\nsecret\x00" + "ACK\nreceipt:secret\n\n\x00" + "HI\n\n\x00",
		server: connected + message + "\n" + "MESSAGE\ndestination:\\secret\n\n\x00",
		want: []string{"\nclient      140  HI, after CONNECTED at 0 of the server\n                 MUST    unknown-command: ",
			"read because of -allow unknown-command; ", "\nheart-beats          1        0\n", "\n             MUST         1  unknown-command, by the client\n",
			"The server breaks the protocol at offset 120 (undefined or truncated escape); before that it keeps every rule.\n"}, code: 1},
	{name: "all is well", client: beating + disconnect, server: connected + receipt,
		want: []string{"heart-beats  client none, server every 1000 ms; not judged without -client-index and -server-index\nThe client keeps every rule.\nThe server keeps every rule.\n"}},
	{name: "no heart-beats agreed", client: connect + disconnect, server: connected + receipt,
		want: []string{"heart-beats  client none, server none\nThe client"}},
	{name: "refused", client: connect, server: "ERROR\n\n\x00",
		want: []string{"version      none agreed, read as 1.2: the highest version that CONNECT accepts\nheart-beats  none agreed\n"}},
	{name: "nothing", client: "\n", want: []string{"heart-beats          1        0\n\nversion      not known\nheart-beats  none agreed\n"}},
	{name: "the middle of a session", client: ack, server: message,
		want: []string{"heart-beats  not known: the recordings do not show both CONNECT and CONNECTED\n"}},
	{name: "one side", flags: "-version 1.1 -from client", client: connect + "SEND\n\n\x00SEND\n\n\x00",
		want: []string{"version      1.1: as the call says\nheart-beats  not judged: that takes both sides and their indexes\n", "The client breaks 2 MUSTs.\n"}, code: 1},

	// The recording of a side that breaks the grammar.
	{name: "NUL in a head", flags: "-from client", client: "CONNECT\naccept-version:1.2\nhost:x\x00",
		want: []string{": -allow nul-in-head reads on\n", "\nThe client breaks the protocol at offset 33 (NUL before the blank line that ends the headers).\n"}, code: 1},
	{name: "not in capitals", flags: "-from client", client: "connect\naccept-version:1.2\n\n\x00",
		want: []string{"; the command is CONNECT, in capitals and without blanks\n", "\nThe client breaks the protocol at offset 0 (unknown command).\n"}, code: 1},
	{name: "after violations", flags: "-from client", client: connect + "SEND\n\n\x00BEGIN\nx\\t:\n\n\x00",
		want: []string{"The client breaks the protocol at offset 50 (undefined or truncated escape); before that it breaks 1 MUST.\n"}, code: 1},
	{name: "cut off", flags: "-from client", client: connect + "SEND\ndestination:d\n",
		want: []string{"The client's recording ends inside a frame at offset 55; before that the client keeps every rule.\n"}, code: 1},
	{name: "a limit", flags: "-from client -max-body 1", client: connect + "SEND\ndestination:d\n\nab\x00",
		want: []string{": -max-body raises the limit\n", "The client passes a limit at offset 57 (body too large, limit 1); before that it keeps every rule.\n"}, code: 1},

	// What a wrong content-length, and a missing NUL, come from.
	{name: "content-length too small", flags: "-from client", client: connect + "SEND\ndestination:d\ncontent-length:3\n\nhello\x00",
		want: []string{": content-length says 3 bytes, the first NUL comes after 5\n", "The client breaks the protocol at offset 76 (no NUL after the counted body); "}, code: 1},
	{name: "content-length too large", flags: "-from client", client: connect + "SEND\ndestination:d\ncontent-length:30\n\nhello\x00BEGIN\n\n\x00",
		want: []string{": content-length says 30 bytes, 14 came, the first NUL comes after 5\n"}, code: 1},
	{name: "content-length far too large", flags: "-from client", client: connect + "SEND\ndestination:d\ncontent-length:1\n\nhello",
		want: []string{": content-length says 1 byte\n"}, code: 1},
	{name: "a NUL is missing", flags: "-from client", client: "CONNECT\naccept-version:1.2\nhost:x\n\nSEND\r\ndestination:/a\n\nhi\x00",
		want: []string{"\n                         the body begins with SEND: is a NUL missing before it?\n"}, code: 1},

	// Whose frames are judged by which version.
	{name: "a version that was not offered", client: "CONNECT\naccept-version:1.1\nhost:h\n\n\x00" + subscribe + subscribe, server: "CONNECTED\nversion:1.2\n\n\x00",
		want: []string{"version      1.2: the version of CONNECTED;\n             the client did not offer it, and is judged by the rules that all versions share\n",
			"The client keeps every rule that all versions share.\nThe server breaks 1 MUST.\n"}, code: 1},
	{name: "a version that was not offered, one SHOULD", client: "CONNECT\naccept-version:1.1\nhost:h\n\n\x00" + "SEND\ndestination:d\n\nx\x00", server: "CONNECTED\nversion:1.2\n\n\x00",
		want: []string{"The client keeps every MUST that all versions share and breaks 1 SHOULD.\n"}, code: 1},
	{name: "a version that nobody knows", client: "CONNECT\naccept-version:2.0\nhost:h\n\n\x00" + disconnect, server: "CONNECTED\nversion:2.0\n\n\x00" + receipt,
		want: []string{"version      none agreed, read as 1.2: CONNECTED has a version that is not known;\n             both sides are judged by the rules that all versions share\n"}},
	{name: "one side offers a version that nobody knows", flags: "-from client", client: "CONNECT\naccept-version:2.0\nhost:h\n\n\x00" + disconnect,
		want: []string{"version      1.2: CONNECT accepts no version that is known;\n             the client is judged by the rules that all versions share\n", "The client keeps every rule that all versions share.\n"}},
}

func TestCheckText(t *testing.T) {
	var all strings.Builder
	for _, tt := range checkTexts {
		call := append([]string{"check"}, args(tt.flags)...)
		if !strings.Contains(tt.flags, "-from") {
			call = append(call, "-client", "-", "-server", write(t, "s2c", tt.server))
		}
		for _, form := range []string{"text", "json"} {
			var stdout, stderr bytes.Buffer
			code := run(append(call, "-o", form), strings.NewReader(tt.client), &stdout, &stderr)
			fmt.Fprintf(&all, "== %s, %s, exit %d\n%s%s\n", tt.name, form, code, &stdout, &stderr)
			if code != tt.code {
				t.Errorf("%s, %s: exit %d, want %d", tt.name, form, code, tt.code)
			}
			if strings.Contains(stdout.String(), "secret:") {
				t.Errorf("%s, %s: shows a value", tt.name, form)
			}
			if form == "json" {
				continue
			}
			if stderr.Len() > 0 {
				t.Errorf("%s: what is in the text stands on standard error too: %s", tt.name, &stderr)
			}
			for _, want := range tt.want {
				if !strings.Contains(stdout.String(), want) {
					t.Errorf("%s: there is no %q in\n%s", tt.name, want, &stdout)
				}
			}
		}
	}
	golden(t, "checktext", all.String())
}

func TestCheckColor(t *testing.T) {
	var stdout, stderr bytes.Buffer
	e := fakeEnv(strings.NewReader(connect+"SEND\n\n\x00!"), &stdout, &stderr, &stdout)
	e.run(args("check -q -from client"))
	for _, want := range []string{"\x1b[2mclient       36\x1b[0m  \x1b[1mSEND\x1b[0m\n", "\x1b[31mMUST\x1b[0m    send-", "\x1b[2mclient       43\x1b[0m  \x1b[31munknown command", "\n\x1b[31mThe client breaks the protocol"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %q in %q", want, &stdout)
		}
	}
}
