package gostomp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gostomp "github.com/go-stomp/stomp/v3/frame"

	"github.com/stompwire/stomp/encoder"
)

// What go-stomp's files declare beside Reader and Writer.
const declared = `package frame

import "errors"

var (
	ErrInvalidCommand     = errors.New("invalid command")
	ErrInvalidFrameFormat = errors.New("invalid frame format")
)
`

// go-stomp's tests of its package frame pass with the reader and writer of this
// package in place of its own. They run in a copy of go-stomp, in a workspace
// with this module's packages.
func TestTheirs(t *testing.T) {
	dir := t.TempDir()
	source := run(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/go-stomp/stomp/v3")
	root := run(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/stompwire/stomp")
	theirs := filepath.Join(dir, "gostomp")
	for _, name := range []string{"", "frame"} {
		copyFiles(t, filepath.Join(theirs, name), filepath.Join(source, name))
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	codec, err := os.ReadFile("codec.go")
	if err != nil {
		t.Fatal(err)
	}
	write("gostomp/frame/reader.go", strings.NewReplacer(
		"package gostomp", "package frame",
		"\tgostomp \"github.com/go-stomp/stomp/v3/frame\"\n", "",
		"gostomp.", "").Replace(string(codec)))
	write("gostomp/frame/writer.go", declared)
	write("go.work", fmt.Sprintf("go 1.25\n\nuse (\n\t./gostomp\n\t%q\n)\n", root))
	t.Chdir(theirs)
	t.Setenv("GOWORK", filepath.Join(dir, "go.work"))
	t.Setenv("GOFLAGS", "")
	out := run(t, "go", "test", "-count", "1", "-v", "./frame")
	t.Log(out)
	if !strings.Contains(out, "\nOK: ") {
		t.Error("no tests ran")
	}
}

// run returns what a command prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd, err, out, &stderr)
	}
	return strings.TrimSpace(string(out))
}

// copyFiles copies the files of a folder, without those in it.
func copyFiles(t *testing.T, to, from string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o777); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestErrors(t *testing.T) {
	for input, want := range map[string]error{
		"":                                 io.EOF,
		"SEND\na:b\n":                      io.EOF,
		"send\n\n\x00":                     gostomp.ErrInvalidCommand,
		"SEND\na\n\n\x00":                  gostomp.ErrInvalidFrameFormat,
		"SEND\ncontent-length:1\n\nab\x00": gostomp.ErrInvalidFrameFormat,
	} {
		r := NewReader(strings.NewReader(input))
		for range 2 {
			if f, err := r.Read(); f != nil || err != want {
				t.Errorf("%q: %v, %v, want %v", input, f, err, want)
			}
		}
	}
}

// Heart-beats come in their order, and a frame is read by the version agreed.
func TestRead(t *testing.T) {
	r := NewReader(strings.NewReader("\n\nCONNECTED\nversion:1.0\n\n\x00\nMESSAGE\na:b\\c\n\nbody\x00\n"))
	var got []string
	for {
		f, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if f == nil {
			got = append(got, "beat")
		} else {
			got = append(got, f.Command+" "+f.Header.Get("a")+" "+string(f.Body))
		}
	}
	if want := `["beat" "beat" "CONNECTED  " "beat" "MESSAGE b\\c body" "beat"]`; fmt.Sprintf("%q", got) != want {
		t.Errorf("%q, want %s", got, want)
	}
}

func TestWrite(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	for _, f := range []*gostomp.Frame{
		gostomp.New("SEND", "destination", "a:b"),
		nil,
		{Command: "SEND", Header: gostomp.NewHeader("content-length", "1"), Body: []byte{0}},
		{Command: "BEGIN"},
	} {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if want := "SEND\ndestination:a\\cb\n\n\x00\nSEND\ncontent-length:1\n\n\x00\x00BEGIN\n\n\x00"; out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
	out.Reset()
	for _, f := range []*gostomp.Frame{
		{Command: ""},
		{Command: "SEND", Body: []byte{0}},
		gostomp.New("CONNECT", "host", "a\nb"),
	} {
		if err := w.Write(f); !errors.As(err, new(*encoder.Error)) || out.Len() > 0 {
			t.Errorf("%v: %v, %q is written", f, err, &out)
		}
	}
}
