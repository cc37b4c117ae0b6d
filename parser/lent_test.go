package parser_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// lentHeads are heads that go all ways through the parser: in the caller's
// chunk, in its own buffer, with escapes, line by line.
var lentHeads = []struct {
	name string
	opt  parser.Options
	head string
}{
	{"plain", parser.Options{Version: frame.V12}, "SEND\nab:cd\nx:y\n\n"},
	{"escapes", parser.Options{Version: frame.V12}, "SEND\na\\cb:c\\nd\nx:y\n\n"},
	{"CR LF", parser.Options{Version: frame.V12}, "SEND\r\nab:cd\r\nx:\\c\r\n\r\n"},
	{"CR as data", parser.Options{Version: frame.V11}, "SEND\nab:c\rd\nx:y\n\n"},
	{"undefined escapes", parser.Options{Version: frame.V12, Allow: parser.AllowUndefinedEscapes}, "SEND\nab:\\t\nx:y\n\n"},
	{"NUL", parser.Options{Version: frame.V12, Allow: parser.AllowNULInHead}, "SEND\nab:\x00\nx:y\n\n"},
	{"repeated length", parser.Options{Version: frame.V12}, "SEND\nab:cd\ncontent-length:4\ncontent-length:4\n\n"},
}

// A body that lies in one chunk is lent from there, also when the head came in
// pieces or had escapes: an Assembler copies what the end of a chunk cuts off,
// and no more.
func TestBodyInOneChunkIsNotCopied(t *testing.T) {
	for _, c := range lentHeads {
		for cut := range len(c.head) + 1 {
			a := parser.NewAssembler(c.opt)
			if _, _, ok, err := a.Next([]byte(c.head[:cut])); ok || err != nil {
				t.Fatal(ok, err)
			}
			src := []byte(c.head[cut:] + "body\x00")
			v, _, ok, err := a.Next(src)
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			if &v.Body[0] != &src[len(src)-len("body\x00")] {
				t.Errorf("%s, cut at %d: the body is copied", c.name, cut)
			}
		}
	}
}

// A head that came in pieces is there once: its names and values lie in its Raw,
// not in the smaller buffers that it has outgrown.
func TestHeadInPiecesIsThereOnce(t *testing.T) {
	// With 512 bytes more, or one more than those, the buffer grows.
	for _, size := range []int{20, 511, 512, 513, 1024, 1025, 2049, 7000} {
		filled := size - len("SEND\na:b\nc:\n\n")
		in := "SEND\na:b\nc:" + strings.Repeat("x", filled) + "\n\n"
		for _, chunks := range []int{1, 7, 100, 512, 600} {
			p := parser.New(parser.Options{Version: frame.V12})
			for chunk := range slices.Chunk([]byte(in), min(chunks, size-1)) {
				ev, _, err := p.Next(chunk)
				if err != nil {
					t.Fatal(err)
				}
				if ev.Kind != parser.HeadEvent {
					continue
				}
				h := ev.Head.Headers
				if &h[0].Name[0] != &ev.Raw[5] || &h[0].Value[0] != &ev.Raw[7] || &h[1].Name[0] != &ev.Raw[9] || &h[1].Value[0] != &ev.Raw[11] {
					t.Errorf("head of %d bytes in chunks of %d: its headers lie elsewhere", size, chunks)
				}
			}
		}
	}
}

// Buffered counts what is held of the frame in progress, each byte where it
// lies.
func TestAssemblerBuffered(t *testing.T) {
	a := parser.NewAssembler(parser.Options{Version: frame.V12})
	for _, c := range []struct {
		in   string
		want int
	}{
		{"\n", 0},
		{"SEND\na:\\n", 9}, // the head as it came
		{"b\n\n", 12 + 2},  // and the value unescaped
		{"body", 12 + 2 + 4},
		{"bo", 12 + 2 + 6},
		{"\x00", 0},
		{"SEND\nab:cd\ne:\\n\n\n", 6 + 1}, // the names and values of a chunk that is given back, and a value unescaped
		{"body", 6 + 1 + 4},
		{"\x00", 0},
		{"ACK\ncontent-length:9\n\nbody", 14 + 1 + 4},
		{"body2\x00", 0},
		{"SEND\n\n\x00", 0},
	} {
		assemble(t, a, []byte(c.in), nil)
		if n := a.Buffered(); n != c.want {
			t.Errorf("after %q: %d, want %d", c.in, n, c.want)
		}
	}
}
