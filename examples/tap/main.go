// Tap is a transparent proxy for STOMP over TCP and WebSocket. It forwards what a
// client and a server send, byte for byte. Meanwhile it prints both directions
// like "stomp decode", and reports broken rules like "stomp check". See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/internal/text"
	"github.com/stompwire/stomp/parser"
)

const about = `Tap is a transparent proxy for STOMP over TCP and WebSocket. It prints what a client
and a server say to each other, and which rules they break. To watch a WebSocket, give
-broker the address of the WebSocket server.`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var color text.Palette
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" {
		color = text.Colored
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, color))
}

// A tap is one call of the command.
type tap struct {
	tcp, broker, record string
	allow               parser.Allow
	json                bool
	out                 *output
	color               text.Palette
}

func (t *tap) printer(number int) printer {
	if t.json {
		return newJSONPrinter(t.out, number)
	}
	return newTextPrinter(t.out, number, t.color)
}

// run is the whole command except for the process. It returns when ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, color text.Palette) int {
	t := &tap{color: color}
	fs := flag.NewFlagSet("tap", flag.ContinueOnError)
	fs.StringVar(&t.tcp, "tcp", "127.0.0.1:61620", "`address` to listen on for TCP clients, host:port")
	fs.StringVar(&t.broker, "broker", "127.0.0.1:61613", "`address` of a broker, host:port")
	fs.StringVar(&t.record, "record", "", "record each connection in its own subdirectory of this `directory`, including passcodes: c2s.bin, c2s.idx, s2c.bin, s2c.idx")
	command.Allow(fs, &t.allow)
	command.JSON(fs, &t.json, "text")
	if code, done := command.Parse(fs, args, stdout, stderr, about); done {
		return code
	}
	var err error
	if t.broker, err = command.Address(t.broker); err != nil {
		fmt.Fprintf(stderr, "tap: %v\n", err)
		return command.BadCall
	}
	l, err := net.Listen("tcp", t.tcp)
	if err != nil {
		fmt.Fprintf(stderr, "tap: %v\n", err)
		return command.Failed
	}
	fmt.Fprintf(stderr, "listening tcp %s\n", l.Addr())
	t.out = newOutput(stdout, t.json)
	defer t.out.close()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	t.accept(ctx, l, stderr)
	return command.Fine
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
		if err != nil { // such as too many open files, which may pass
			fmt.Fprintf(stderr, "tap: %v\n", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		open.Go(func() { t.serve(ctx, c.(*net.TCPConn), number) })
	}
}
