package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestProgress(t *testing.T) {
	long := strings.NewReader(strings.Repeat("\n", 3000))
	var stdout, stderr bytes.Buffer
	e := fakeEnv(iotest.OneByteReader(long), &stdout, &stderr, &stderr)
	if code := e.run(args("decode")); code != exitFine {
		t.Fatalf("exit %d", code)
	}
	got := stderr.String()
	if !strings.HasPrefix(got, "\r7 bytes, 6 bytes/s\r9 bytes, 6 bytes/s\r11 bytes, 6 bytes/s") || !strings.HasSuffix(got, "\r2.9 KiB, 6 bytes/s\r                  \r") {
		t.Errorf("got %q", got)
	}

	for name, e := range map[string]*env{
		"-q":                       fakeEnv(iotest.OneByteReader(strings.NewReader(strings.Repeat("\n", 50))), &stdout, &stderr, &stderr),
		"output on a terminal too": fakeEnv(iotest.OneByteReader(strings.NewReader(strings.Repeat("\n", 50))), &stderr, &stderr, &stderr),
		"none":                     fakeEnv(iotest.OneByteReader(strings.NewReader(strings.Repeat("\n", 50))), &stdout, &stderr, nil),
	} {
		stderr.Reset()
		call := args("decode")
		if name == "-q" {
			call = args("decode -q")
		}
		e.run(call)
		if strings.Contains(stderr.String(), "\r") {
			t.Errorf("%s: progress: %q", name, &stderr)
		}
	}
}

// Where both outputs are one terminal, what check prints takes the place of the
// progress.
func TestProgressOfCheck(t *testing.T) {
	var terminal bytes.Buffer
	e := fakeEnv(iotest.OneByteReader(strings.NewReader(client)), &terminal, &terminal, &terminal)
	e.run(args("check"))
	got := terminal.String()
	if !strings.Contains(got, "\r7 bytes, 6 bytes/s\r") || !strings.Contains(got, "\r                   \r\x1b[2mclient") {
		t.Errorf("got %.600q", got)
	}
}

func TestProgressOfFile(t *testing.T) {
	var stderr bytes.Buffer
	p := &progress{r: strings.NewReader("abcd"), w: &stderr, now: func() time.Time { return time.Unix(2, 0) }, begun: time.Unix(0, 0), next: time.Unix(9, 0), size: 4}
	p.Read(make([]byte, 1))
	p.next = time.Time{}
	p.Read(make([]byte, 3))
	p.clear()
	want := "\r4 bytes of 4 bytes, 100 %, 2 bytes/s\r" + strings.Repeat(" ", 36) + "\r"
	if stderr.String() != want {
		t.Errorf("got %q want %q", &stderr, want)
	}
}

func TestByteCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1024: "1.0 KiB", 3 << 19: "1.5 MiB", 10 << 30: "10.0 GiB", 1 << 50: "1024.0 TiB"} {
		if got := byteCount(n); got != want {
			t.Errorf("bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestIsTerminal(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if isTerminal(f) || isTerminal(new(bytes.Buffer)) {
		t.Error("a file or buffer is a terminal")
	}
	f.Close()
	if isTerminal(f) {
		t.Error("a closed file is a terminal")
	}
}
