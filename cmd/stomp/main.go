// Stomp shows STOMP streams, makes them, and judges them.
//
//	stomp decode [flags] [FILE]                show the frames of a stream or capture
//	stomp encode [flags] [FILE]                make a stream from JSON lines
//	stomp check [flags] [FILE]                 judge recorded conversations
//	stomp stats [flags] [FILE]                 count frames, bytes and times
//	stomp bench [flags] [FILE]                 measure how fast a stream is read
//	stomp conform [flags] URL                  test a broker, or with -listen a client
//	stomp help [command | rules | RULE-ID]     explain a command or a rule, list the rules
//	stomp completion bash | zsh | fish         print a script for the completion of a shell
//	stomp version                              print the version of this tool
//
// It reads a file, or standard input. It exits with 0 when all is well, with 1
// when the input is bad, cannot be read, or its outcome cannot be written, or
// check or conform finds a MUST broken, and with 2 when the call is bad or FILE cannot be
// opened. That nobody reads its output any more is no error.
package main

import (
	"io"
	"os"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole tool, but for the process.
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
