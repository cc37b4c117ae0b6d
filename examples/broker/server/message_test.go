package server

import (
	"io"
	"net"
	"strings"
	"testing"
)

// Each frame ends in NUL and LF, as php-stomp requires.
func TestLineFeedAfterNUL(t *testing.T) {
	b := start(t, Config{})
	conn, err := net.Dial("tcp", b.tcp)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "CONNECT\n\n\x00SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\x00SEND\ndestination:/topic/a\n\nb\x00COMMIT\ntransaction:none\n\n\x00")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(conn) // COMMIT without BEGIN ends it with ERROR
	frames := strings.Split(string(data), "\x00")
	if err != nil || len(frames) != 4 {
		t.Fatalf("%q, %v; want CONNECTED, MESSAGE, ERROR", data, err)
	}
	for _, after := range frames[1:] {
		if !strings.HasPrefix(after, "\n") {
			t.Errorf("after a NUL comes %q", after)
		}
	}
}
