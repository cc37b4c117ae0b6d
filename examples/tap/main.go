// Tap is a transparent proxy for STOMP over TCP: it passes on what a client and
// a server say to each other, byte for byte, prints both directions as "stomp
// decode" does, and says which rules they break as "stomp check" does, while it
// happens.
//
//	tap [flags]
//
// It exits with 0 when it is stopped, with 1 when it cannot listen, and with 2
// when the call is bad.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

// Exit codes.
const (
	exitFine = 0
	exitFail = 1
	exitCall = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var colour text.Palette
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" {
		colour = text.Coloured
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, colour))
}

// A tap is a call of the command.
type tap struct {
	listen, to, record string
	allow              parser.Allow
	json               bool
	out                *output
	colour             text.Palette
}

func (t *tap) printer(number int) printer {
	if t.json {
		return newJSONPrinter(t.out, number)
	}
	return newTextPrinter(t.out, number, t.colour)
}

// parse reads the call.
func parse(args []string, stderr io.Writer) (*tap, error) {
	t := new(tap)
	fs := flag.NewFlagSet("tap", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&t.listen, "listen", "127.0.0.1:61620", "`address` to listen at")
	fs.StringVar(&t.to, "to", "127.0.0.1:61613", "`address` of the server")
	fs.StringVar(&t.record, "record", "", "record each connection in a directory of its own below `DIR`, passcodes and all: c2s.bin, c2s.idx, s2c.bin, s2c.idx")
	fs.Func("allow", "leniencies for what is read, as `names` with commas between them: "+strings.Join(parser.AllowAll.Names(), ", ")+"; or all", func(s string) error {
		for name := range strings.SplitSeq(s, ",") {
			bit, ok := parser.ParseAllow(name)
			if !ok {
				return fmt.Errorf("%q is no leniency", name)
			}
			t.allow |= bit
		}
		return nil
	})
	fs.Func("o", "print `form` text, the default, or json, one object a line", func(s string) error {
		t.json = s == "json"
		if !t.json && s != "text" {
			return errors.New("want text or json")
		}
		return nil
	})
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return t, nil
}

// run is the whole command, but for the process. It ends with ctx.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, colour text.Palette) int {
	t, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitFine
	case err != nil:
		fmt.Fprintf(stderr, "tap: %v\n", err)
		return exitCall
	}
	l, err := net.Listen("tcp", t.listen)
	if err != nil {
		fmt.Fprintf(stderr, "tap: %v\n", err)
		return exitFail
	}
	fmt.Fprintf(stderr, "tap: listening at %s, passing on to %s\n", l.Addr(), t.to)
	t.out, t.colour = newOutput(stdout, t.json), colour
	defer t.out.close()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	t.accept(ctx, l, stderr)
	return exitFine
}

// accept serves clients until ctx ends.
func (t *tap) accept(ctx context.Context, l net.Listener, stderr io.Writer) {
	var open sync.WaitGroup
	defer open.Wait()
	for number := 1; ; number++ {
		c, err := l.Accept()
		if ctx.Err() != nil {
			if err == nil {
				c.Close()
			}
			return
		}
		if err != nil { // such as too many open files: clients may leave
			fmt.Fprintf(stderr, "tap: %v\n", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		open.Go(func() { t.serve(ctx, c.(*net.TCPConn), number) })
	}
}
