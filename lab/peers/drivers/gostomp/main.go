// Command gostomp reads streams with the frame reader of go-stomp.
// lab/peers/README.md has the protocol of drivers.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing/iotest"

	"github.com/go-stomp/stomp/v3/frame"
)

type answer struct {
	ID     string      `json:"id"`
	Frames []readFrame `json:"frames"`
	Beats  int         `json:"beats"`
	Error  *string     `json:"error"`
}

type readFrame struct {
	At      int         `json:"at"`
	Command []byte      `json:"command"`
	Headers [][2][]byte `json:"headers"`
	Body    []byte      `json:"body"`
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	fmt.Println("ready")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		input, err := base64.StdEncoding.DecodeString(parts[3])
		if err != nil {
			panic(err)
		}
		a := read(parts[2] == "1", input)
		a.ID = parts[0]
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
}

func read(cut bool, input []byte) (a answer) {
	a.Frames = []readFrame{}
	octets := bytes.NewReader(input)
	var in io.Reader = octets
	if cut {
		in = iotest.OneByteReader(octets)
	}
	r := frame.NewReader(in)
	for {
		f, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return a
		case err != nil:
			text := err.Error()
			a.Error = &text
			return a
		case f == nil:
			a.Beats++
		default:
			got := readFrame{At: len(input) - octets.Len(), Command: []byte(f.Command), Headers: [][2][]byte{}, Body: f.Body}
			for i := range f.Header.Len() {
				name, value := f.Header.GetAt(i)
				got.Headers = append(got.Headers, [2][]byte{[]byte(name), []byte(value)})
			}
			if got.Body == nil {
				got.Body = []byte{}
			}
			a.Frames = append(a.Frames, got)
		}
	}
}
