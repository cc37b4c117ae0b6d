// Package driver is the protocol between the scenarios and the programs that
// lend them a client library: JSON lines on standard input and output.
// ../drivers/README.md describes it for other languages.
package driver

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// A Greeting is the first line of a driver.
type Greeting struct {
	Peer     string            `json:"peer"`     // name and version of the library
	Versions []string          `json:"versions"` // of STOMP, that it speaks
	Lacks    map[string]string `json:"lacks"`    // scenarios it cannot carry out: why
}

// A Command is what a driver is asked to do.
type Command struct {
	Op          string            `json:"op"`
	Host        string            `json:"host,omitempty"`
	Port        int               `json:"port,omitempty"`
	URL         string            `json:"url,omitempty"` // over WebSocket, in place of host and port
	Version     string            `json:"version,omitempty"`
	Login       string            `json:"login,omitempty"`
	Passcode    string            `json:"passcode,omitempty"`
	Beat        [2]int            `json:"beat"` // milliseconds: to send, to receive
	Reconnect   bool              `json:"reconnect,omitempty"`
	ID          string            `json:"id,omitempty"`
	Destination string            `json:"destination,omitempty"`
	Ack         string            `json:"ack,omitempty"`
	Headers     map[string]string `json:"headers"`
	Body        []byte            `json:"body"`
	Binary      bool              `json:"binary,omitempty"`
	Transaction string            `json:"transaction,omitempty"`
	Receipt     bool              `json:"receipt,omitempty"`
	N           int               `json:"n"`       // which of the received messages
	Timeout     int               `json:"timeout"` // milliseconds
}

// An Answer is what came of a command.
type Answer struct {
	Error   string   `json:"error,omitempty"`
	Version string   `json:"version,omitempty"`
	Message *Message `json:"message,omitempty"`
}

// A Message is a message as the library gave it to the driver.
type Message struct {
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body"`
}

// Serve makes this process a driver: it prints the greeting and answers the
// commands of standard input until that ends.
func Serve(g Greeting, do func(Command) (Answer, error)) error {
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(g); err != nil {
		return err
	}
	for in := json.NewDecoder(bufio.NewReader(os.Stdin)); ; {
		var c Command
		if err := in.Decode(&c); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		a, err := do(c)
		if err != nil {
			a = Answer{Error: err.Error()}
		}
		if err := out.Encode(a); err != nil {
			return fmt.Errorf("answer to %s: %w", c.Op, err)
		}
	}
}
