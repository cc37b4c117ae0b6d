// Stomp shows, makes and judges STOMP streams, and tests brokers and clients.
//
//	stomp decode [flags] [FILE]                show the frames of a stream or capture
//	stomp encode [flags] [FILE]                make a stream from JSON lines
//	stomp check [flags] [FILE]                 judge recorded conversations
//	stomp stats [flags] [FILE]                 count frames, bytes and times
//	stomp bench [flags] [FILE]                 measure how fast a stream is read
//	stomp conform [flags] URL                  test a live broker, or with -listen a client
//	stomp help [command | rules | RULE-ID]     explain a command or a rule, list the rules
//	stomp completion bash | zsh | fish         print a completion script for a shell
//	stomp version                              print the version of this tool
//
// It reads a file or standard input. The exit code is 0 if all is well. It is 1 if the
// input is bad or cannot be read, the output cannot be written, or check or conform
// finds a broken MUST. It is 2 if the call is bad or FILE cannot be opened. It is not
// an error if nobody reads the output any more.
package main

import (
	"io"
	"os"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole tool except the process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := &env{
		stdin:    stdin,
		stdout:   stdout,
		stderr:   stderr,
		terminal: isTerminal,
		getenv:   os.Getenv,
		now:      time.Now,
	}
	return e.run(args)
}
