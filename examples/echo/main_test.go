package main

import (
	"errors"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stompwire/stomp/parser"
)

// talk passes frames to serve, and returns its output and error.
func talk(t *testing.T, frames string) (string, error) {
	t.Helper()
	client, server := net.Pipe()
	result := make(chan error, 1)
	go func() {
		result <- serve(server)
		server.Close()
	}()
	go io.Copy(client, strings.NewReader(frames))
	answer, err := io.ReadAll(client)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	return string(answer), <-result
}

func TestEcho(t *testing.T) {
	got, err := talk(t, "CONNECT\naccept-version:1.1,1.2\nhost:/\n\n\x00\nSUBSCRIBE\nid:7\ndestination:/queue/a\nreceipt:1\n\n\x00\n"+
		"SEND\ndestination:/queue/a\nnote:a\\cb\ncontent-length:3\n\n\x00hi\x00\nDISCONNECT\nreceipt:2\n\n\x00")
	want := "CONNECTED\nversion:1.2\n\n\x00RECEIPT\nreceipt-id:1\n\n\x00" +
		"MESSAGE\ndestination:/queue/a\nnote:a\\cb\ncontent-length:3\nsubscription:7\nmessage-id:1\n\n\x00hi\x00RECEIPT\nreceipt-id:2\n\n\x00"
	if got != want || err != nil {
		t.Errorf("%q, %v\nwant %q", got, err, want)
	}
}

// A client that leaves in order is not logged as an error.
func TestLog(t *testing.T) {
	var b strings.Builder
	log.SetOutput(&b)
	defer log.SetOutput(os.Stderr)
	for _, frames := range []string{"CONNECT\n\n\x00DISCONNECT\n\n\x00", "?\n\n\x00"} {
		client, server := net.Pipe()
		go func() {
			io.WriteString(client, frames)
			io.Copy(io.Discard, client)
		}()
		handle(server)
	}
	if got := b.String(); strings.Contains(got, "nil") || strings.Count(got, "done") != 1 || strings.Count(got, "unknown command") != 1 {
		t.Error(got)
	}
}

func TestEchoRefuses(t *testing.T) {
	got, err := talk(t, "CONNECT\naccept-version:2.0\nhost:/\n\n\x00")
	if !strings.HasPrefix(got, "ERROR\nversion:1.0,1.1,1.2\n") || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	got, err = talk(t, "GET / HTTP/1.1\r\n\r\n")
	if !strings.HasPrefix(got, "ERROR\ncontent-type:text/plain\nmessage:unknown command") || !errors.Is(err, parser.UnknownCommand) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := talk(t, "CONNECT\n\n\x00SEND\n\nhello\x00SEND\nno colon\n\n\x00"); !errors.Is(err, parser.MissingColon) {
		t.Error(err)
	}
}
