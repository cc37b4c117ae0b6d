package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// testStream is a stream that prints JSON.
type testStream struct {
	*stream
	w *bufio.Writer
}

func newTestStream(w io.Writer, o parser.Options) testStream {
	out := bufio.NewWriter(w)
	ses := newSession(versionFlag(o.Version), func(frame.Version, string) {})
	return testStream{newStream(o, ses, &jsonSink{w: out, all: new(bodies)}), out}
}

// eachChunk writes all chunks and ends the stream.
func eachChunk(s testStream, chunks iter.Seq[[]byte]) error {
	defer s.w.Flush()
	for chunk := range chunks {
		if err := s.write(chunk); err != nil {
			return err
		}
	}
	return s.finish()
}

// Streams made at random of pieces that mean something print the same however
// they are cut, in every form, with their notes and errors.
func TestRandomStreamsInChunks(t *testing.T) {
	pieces := strings.Split("CONNECT\n|CONNECTED\n|STOMP\r\n|ERROR\n|SEND\n|SE|CONN|ACK\r\n|HELLO\n|\n|\r\n|\r|\x00|\x00\x00\n|\n\n\x00|"+
		"a:b\n|a:\\c\\r\n|\\|accept-version:1.1\n|version:1.0\n|content-length:3\n|content-length: +3 \n|abc|\xe6\x97\xa5|\xe6\x97|\xa5\xff|日\n\n", "|")
	flags := []string{"", "-allow all", "-version 1.0", "-version 1.1 -allow crlf,nul-padding", "-max-body 4", "-max-line 7 -allow all", "-max-head 20"}
	random := rand.New(rand.NewPCG(3, 4))
	for range 800 {
		var stream string
		for range 1 + random.IntN(12) {
			stream += pieces[random.IntN(len(pieces))]
		}
		call := "decode -o " + []string{"text", "json", "hex"}[random.IntN(3)] + " " + flags[random.IntN(len(flags))]
		var want string
		for _, chunk := range []string{"1000", "1", "2", "3", "7"} {
			var stdout, stderr bytes.Buffer
			code := run(args(call+" -chunk "+chunk), strings.NewReader(stream), &stdout, &stderr)
			got := fmt.Sprintf("%s%sexit %d", &stdout, &stderr, code)
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("%s -chunk %s of %q: got\n%s\nwant\n%s", call, chunk, stream, got, want)
			}
		}
	}
}

// hex prints every byte of a stream once, of a bad one those up to the error.
func TestHexIsWhole(t *testing.T) {
	for _, tt := range calls {
		if len(tt.args) == 0 || tt.args[0] != "decode" || tt.code == exitCall || tt.name == "text, -" || tt.name == "decode -h" {
			continue
		}
		var stdout, stderr bytes.Buffer
		run(append(tt.args, "-q", "-secrets", "-o", "hex"), strings.NewReader(tt.stdin), &stdout, &stderr)
		var got []byte
		for line := range strings.Lines(stdout.String()) {
			if len(line) < 58 {
				continue
			}
			offset, err := strconv.ParseInt(line[:8], 16, 64)
			if err != nil || offset != int64(len(got)) {
				t.Fatalf("%s: offset of %q, want %d", tt.name, line, len(got))
			}
			data, err := hex.DecodeString(strings.ReplaceAll(line[10:57], " ", ""))
			if err != nil {
				t.Fatalf("%s: %q: %v", tt.name, line, err)
			}
			got = append(got, data...)
		}
		if want := tt.stdin[:min(len(got), len(tt.stdin))]; string(got) != want || tt.code == exitFine && len(got) != len(tt.stdin) {
			t.Errorf("%s: hex has %q of %q", tt.name, got, tt.stdin)
		}
	}
}

// However large a body, text and hex take the memory of a small one.
func TestLargeBodyNeedsNoMemory(t *testing.T) {
	for _, call := range []string{"decode -q -max-body unlimited", "decode -q -max-body unlimited -full", "decode -q -max-body unlimited -o hex"} {
		const size = 8 << 20
		stdin := io.MultiReader(strings.NewReader("SEND\n\n"), io.LimitReader(endless("0123456789abcde\n"), size), strings.NewReader("\x00"))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if code := run(args(call), stdin, io.Discard, io.Discard); code != exitFine {
			t.Errorf("%s: exit %d", call, code)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: allocated %d bytes for a body of %d", call, n, size)
		}
	}
}

// What has come is shown at once, not when the input ends.
func TestOutputIsFlushed(t *testing.T) {
	for _, call := range []string{"decode -q -o json", "encode -q"} {
		in, feed := io.Pipe()
		seen, out := io.Pipe()
		done := make(chan int)
		go func() { done <- run(args(call), in, out, io.Discard) }()
		send, want := "ACK\n\n\x00", `{"offset":0,"size":6,"command":"ACK","headers":[]}`+"\n"
		if strings.HasPrefix(call, "encode") {
			send, want = want, send
		}
		io.WriteString(feed, send)
		got := make([]byte, len(want))
		if _, err := io.ReadFull(seen, got); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", call, got, err)
		}
		feed.Close()
		if code := <-done; code != exitFine {
			t.Errorf("%s: exit %d", call, code)
		}
	}
}
