package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConformCalls(t *testing.T) {
	list := filepath.Join(t.TempDir(), "known.txt")
	if err := os.WriteFile(list, []byte("no/probe open why\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // now nobody listens there
	for _, row := range []struct {
		args []string
		want string
	}{
		{nil, "one URL, such as tcp://localhost:61613"},
		{[]string{"http://h"}, "want tcp://, tls://, ws:// or wss://"},
		{[]string{"-preset", "none", "h"}, `no preset "none"`},
		{[]string{"-run", "nothing-like-this", "h"}, "no probe matches; -list lists them"},
		{[]string{"-run", "(", "h"}, "missing closing )"},
		{[]string{"-expect", list, "h"}, `line 1: no probe "no/probe"`},
		{[]string{"-expect", "no-such-file", "h"}, "no-such-file"},
		{[]string{"-ca", "no-such-file", "h"}, "no-such-file"},
		{[]string{"-queue-header", "no colon", "h"}, "want name:value"},
		{[]string{"-margin", "0s", "h"}, "want a duration"},
		{[]string{"-o", "yaml", "h"}, "want text, json, junit or expect"},
		{[]string{"-listen", "127.0.0.1:0"}, "-listen needs the program"},
		{[]string{"-listen", "127.0.0.1:0", "/no/such/driver"}, "no such file"},
		{[]string{"tcp://" + address}, "no connection"},
	} {
		var out, errs bytes.Buffer
		code := run(append([]string{"conform"}, row.args...), strings.NewReader(""), &out, &errs)
		if code != exitCall || !strings.Contains(errs.String(), row.want) {
			t.Errorf("%q: exit code %d, %q, want %q", row.args, code, errs.String(), row.want)
		}
	}
}

func TestConformList(t *testing.T) {
	for _, row := range []struct {
		args []string
		want []string
	}{
		{[]string{"-list"}, []string{"errors/closes-1.2", "(STOMP 1.1 and 1.2, ERROR)", " choices\n"}},
		{[]string{"-list", "-run", "^acks/", "-skip", "choice|1.1"}, []string{"acks/settles-1.2", "STOMP 1.2"}},
		{[]string{"-listen", "127.0.0.1:0", "-list"}, []string{"connect/accepted-1.2"}},
	} {
		var out, errs bytes.Buffer
		if code := run(append([]string{"conform"}, row.args...), strings.NewReader(""), &out, &errs); code != exitFine {
			t.Errorf("%q: exit code %d, %s", row.args, code, &errs)
		}
		for _, want := range row.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q does not list %q", row.args, want)
			}
		}
	}
}
