// Stomp-client publishes and subscribes, for shells.
//
//	stomp-client pub [flags] DESTINATION [BODY]    send a message
//	stomp-client sub [flags] DESTINATION           print messages as they come
//
// It exits with 0 when all is well, with 1 when the broker cannot be reached,
// refuses, or is lost, and with 2 when the call is wrong. "stomp-client help pub"
// explains the flags.
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
)

// Exit codes.
const (
	exitFine   = 0
	exitBroker = 1
	exitCall   = 2
)

// A callError says that the call is wrong.
type callError string

func (e callError) Error() string { return string(e) }

const overview = `stomp-client publishes and subscribes.

  stomp-client pub [flags] DESTINATION [BODY]    send a message
  stomp-client sub [flags] DESTINATION           print messages as they come

"stomp-client help pub" and "stomp-client help sub" explain the flags. The exit
code is 0 when all is well, 1 when the broker cannot be reached, refuses, or is
lost, and 2 when the call is wrong.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run is the whole command, but for the process.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, overview)
		return exitCall
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		if len(args) == 0 {
			fmt.Fprint(stdout, overview)
			return exitFine
		}
		name, args = args[0], []string{"-h"}
	}
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	c := declareConnection(fs, getenv)
	var act func(ctx context.Context, args []string) error
	var usage string
	switch name {
	case "pub":
		usage = "usage: stomp-client pub [flags] DESTINATION [BODY]\n\nSends BODY, or standard input, as a message.\n\nFlags:\n"
		act = declarePub(fs, c, stdin)
	case "sub":
		usage = "usage: stomp-client sub [flags] DESTINATION\n\nPrints the body of each message and a line feed.\n\nFlags:\n"
		act = declareSub(fs, c, stdout, stderr)
	default:
		fmt.Fprintf(stderr, "stomp-client: no command %q, want pub or sub\n", name)
		return exitCall
	}
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return exitFine
	case err != nil:
		err = callError(err.Error())
	default:
		err = act(ctx, fs.Args())
	}
	if err == nil {
		return exitFine
	}
	fmt.Fprintf(stderr, "stomp-client %s: %s\n", name, c.explain(err))
	var call callError
	var own *client.HeaderError
	if errors.As(err, &call) || errors.As(err, &own) {
		return exitCall
	}
	return exitBroker
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
