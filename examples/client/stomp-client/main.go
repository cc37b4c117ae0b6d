// Stomp-client publishes and subscribes, for shells. "stomp-client help" says how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/command"
)

// A callError says that the call is wrong.
type callError string

func (e callError) Error() string { return string(e) }

const overview = `stomp-client is a STOMP client for shells.

  stomp-client pub [flags] DESTINATION [BODY]    send a message
  stomp-client sub [flags] DESTINATION...        print messages as they come

"stomp-client help pub" and "stomp-client help sub" explain the flags. The exit
code is 0 when all is well, 1 when the broker cannot be reached, refuses, or is
lost, and 2 when the call is wrong.
`

const (
	aboutPub = "stomp-client pub sends BODY, or standard input, as a message."
	aboutSub = "stomp-client sub prints the body of each message and a line feed."
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole command, but for the process.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, overview)
		return command.BadCall
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		if len(args) == 0 {
			fmt.Fprint(stdout, overview)
			return command.Fine
		}
		name, args = args[0], []string{"-h"}
	}
	fs := flag.NewFlagSet("stomp-client "+name, flag.ContinueOnError)
	c := declareConnection(fs)
	var act func(ctx context.Context, args []string) error
	var about, operands string
	switch name {
	case "pub":
		act, about, operands = declarePub(fs, c, stdin, stderr), aboutPub, "DESTINATION [BODY]"
	case "sub":
		act, about, operands = declareSub(fs, c, stdout, stderr), aboutSub, "DESTINATION..."
	default:
		fmt.Fprintf(stderr, "stomp-client: no command %q, want pub or sub\n", name)
		return command.BadCall
	}
	if code, done := command.ParseOperands(fs, args, stdout, stderr, about, operands); done {
		return code
	}
	err := act(ctx, fs.Args())
	if err == nil {
		return command.Fine
	}
	fmt.Fprintf(stderr, "%s: %s\n", fs.Name(), c.explain(err))
	var call callError
	var own *client.HeaderError
	if errors.As(err, &call) || errors.As(err, &own) {
		return command.BadCall
	}
	return command.Failed
}

// withClient connects, calls do and closes. What do has done counts only when
// Close has found that the broker has it.
func withClient(ctx context.Context, url string, o client.Options, do func(*client.Client) error) error {
	c, err := client.Dial(ctx, url, o)
	if err != nil {
		return err
	}
	err = do(c)
	// ctx may have ended by an interrupt, which is no reason not to say goodbye.
	if closed := c.Close(context.WithoutCancel(ctx)); err == nil {
		err = closed
	}
	return err
}
