// Package testdata contains recordings of real brokers and clients, for tests of
// programs that read STOMP: see [Captures]. The name of a recording stands for the
// same bytes in every release; releases may add recordings.
//
// [Vectors] are lines of JSON. Go programs should use package fuzz/vectors, which
// decodes them.
package testdata

import (
	"embed"
	"fmt"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"time"
)

//go:embed captures
var captures embed.FS

// A Capture is what one side of a session sent.
type Capture struct {
	Broker     string // the folder of the broker and its transport: "rabbitmq-ws"
	Client     string // the folder of the client: "python3-stomp"
	Scenario   string // the folder of what they did: "basic12"
	FromClient bool
	Octets     []byte
	Chunks     []Chunk // how they were read; joined, they are Octets
}

// A Chunk is one read from a TCP connection, or one WebSocket message.
type Chunk struct {
	Offset, Size int           // in Octets
	At           time.Duration // since the recording began
	Message      string        // "text" or "bin" for a WebSocket message, or else ""
}

// Name returns the path of the recording: "rabbitmq/raw/basic12/c2s".
func (c *Capture) Name() string {
	side := "s2c"
	if c.FromClient {
		side = "c2s"
	}
	return c.Broker + "/" + c.Client + "/" + c.Scenario + "/" + side
}

// Pieces returns an iterator over the bytes of the chunks. They alias Octets and have
// no spare capacity.
func (c *Capture) Pieces() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, k := range c.Chunks {
			end := k.Offset + k.Size
			if !yield(c.Octets[k.Offset:end:end]) {
				return
			}
		}
	}
}

// Captures returns an iterator over all recordings, in the order of their names. It
// panics if one is broken.
func Captures() iter.Seq[Capture] {
	return func(yield func(Capture) bool) {
		paths, err := fs.Glob(captures, "captures/*/*/*/*.bin")
		if err != nil {
			panic(err)
		}
		for _, path := range paths {
			if !yield(load(path)) {
				return
			}
		}
	}
}

func load(path string) Capture {
	part := strings.Split(path, "/")
	c := Capture{Broker: part[1], Client: part[2], Scenario: part[3], FromClient: part[4] == "c2s.bin"}
	c.Octets = read(path)
	index := string(read(strings.TrimSuffix(path, ".bin") + ".idx"))
	var err error
	if c.Chunks, err = parseIndex(index, len(c.Octets)); err != nil {
		panic(fmt.Sprintf("testdata: %s: %v", path, err))
	}
	return c
}

func read(path string) []byte {
	b, err := captures.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return b
}

// parseIndex reads an .idx file. Each line has an offset, a size, milliseconds, and
// for a WebSocket message its kind.
func parseIndex(index string, size int) ([]Chunk, error) {
	var chunks []Chunk
	next := 0
	for line := range strings.Lines(index) {
		field := strings.Fields(line)
		if len(field) != 3 && len(field) != 4 {
			return nil, fmt.Errorf("line %q", line)
		}
		var c Chunk
		var err [3]error
		c.Offset, err[0] = strconv.Atoi(field[0])
		c.Size, err[1] = strconv.Atoi(field[1])
		c.At, err[2] = time.ParseDuration(field[2] + "ms")
		if len(field) == 4 {
			c.Message = field[3]
		}
		if err != [3]error{} || c.Offset != next || c.Size < 0 {
			return nil, fmt.Errorf("line %q", line)
		}
		next += c.Size
		chunks = append(chunks, c)
	}
	if next != size {
		return nil, fmt.Errorf("%d bytes in the index, %d in the recording", next, size)
	}
	return chunks, nil
}
