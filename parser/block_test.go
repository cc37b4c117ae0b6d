package parser_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
)

// readAsOracle reads a frame, with another behind it, whole and in chunks of so
// many bytes.
func readAsOracle(t *testing.T, first string, v frame.Version, sizes ...int) {
	t.Helper()
	input := []byte(first + "SEND\nanother:frame\n\n" + strings.Repeat("long ", 20) + "\x00")
	s := unchanged(parser.Options{Version: v})
	want := s.oracle(input)
	for _, size := range append(sizes, len(input)) {
		if err := readAlike(slices.Collect(slices.Chunk(bytes.Clone(input), size)), s, want); err != nil {
			t.Fatalf("%q in %v, chunks of %d: %v", first, v, size, err)
		}
	}
}

// Heads are read in blocks of 64 bytes. Whatever means more than itself, or looks
// like it, may stand anywhere in them.
func TestBlocks(t *testing.T) {
	for position := range blockSize {
		before, after := strings.Repeat("x", position), strings.Repeat("y", blockSize-position)
		for c := range 256 {
			if c < 0x20 || position%8 == c%8 {
				readAsOracle(t, "SEND\na:"+before+string([]byte{byte(c)})+after+"\n\n\x00", frame.V12)
			}
		}
	}
}

const blockSize = 64

// What has several bytes may lie in two blocks, or two chunks.
func TestAcrossBlocks(t *testing.T) {
	for _, odd := range []string{
		"\r\n", "\r\nb:c\r\n", "\n\r", "\r\n\r\n\x00", "\r\r\n", "\n\n\x00", "\nb:c\n\n\x00", "\n:b", "\nb", "\nb\n", "\nb:\n",
		`\n`, `\\`, `\q`, `\c\c`, "\\n\r\n\r\n\x00", "\\\n", "\\\r\n", "\x00\x10", "\x01\x10", "\x0a\x10", "\x0d\x10", "\n\x10:\x10", ":", "\ncontent-length:2\n\nab\x00",
	} {
		for position := range 2*blockSize + 8 {
			first := "MESSAGE\na:" + strings.Repeat("x", position) + odd + "\nlast:value\n\nbody\x00"
			for _, v := range []frame.Version{frame.V11, frame.V12} {
				readAsOracle(t, first, v, blockSize-1, blockSize, blockSize+1)
			}
		}
	}
}
