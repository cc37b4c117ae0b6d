package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/stompwire/stomp/encoder"
	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/headers"
)

// publishing is a call of pub.
type publishing struct {
	*connection
	more    headers.List // of SEND
	count   int
	lines   bool
	receipt bool
	text    bool
	stdin   io.Reader
	stderr  io.Writer
	err     error // of reading lines
}

func declarePub(fs *flag.FlagSet, c *connection, stdin io.Reader, stderr io.Writer) func(context.Context, []string) error {
	p := &publishing{connection: c, stdin: stdin, stderr: stderr}
	declareHeaders(fs, &p.more)
	fs.IntVar(&p.count, "count", 1, "`number` of messages; how often to send the same one")
	fs.BoolVar(&p.lines, "lines", false, "send each line of standard input as a message, without its line ending")
	fs.BoolVar(&p.receipt, "receipt", false, "wait for the receipt of each message before the next one")
	fs.BoolVar(&p.text, "no-content-length", false, "send the body without content-length, which ActiveMQ takes for a text message")
	return p.run
}

func (p *publishing) run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 0 || args[0] == "":
		return callError("no DESTINATION")
	case len(args) > 2:
		return callError("too many arguments; flags stand before DESTINATION")
	case p.count < 1:
		return callError("-count is less than 1")
	case p.lines && (len(args) == 2 || p.count > 1):
		return callError("-lines reads the messages from standard input, so there must be no BODY and no -count")
	}
	if err := p.complete(p.stderr); err != nil {
		return err
	}
	if p.text {
		p.ContentLength = encoder.LengthNever
	}
	bodies := p.eachLine
	if !p.lines {
		body := []byte(args[len(args)-1])
		if len(args) == 1 {
			var err error
			if body, err = io.ReadAll(p.stdin); err != nil {
				return err
			}
		}
		bodies = func(yield func([]byte) bool) {
			for n := 0; n < p.count && yield(body); n++ {
			}
		}
	}
	return withClient(ctx, p.urls[0], p.Options, func(c *client.Client) error {
		send := c.Send
		if p.receipt {
			send = c.SendReceipt
		}
		n := 0
		for body := range bodies {
			n++
			if err := send(ctx, args[0], body, p.more...); err != nil {
				return fmt.Errorf("message %d: %w", n, err)
			}
		}
		return p.err
	})
}

// eachLine yields the lines of standard input.
func (p *publishing) eachLine(yield func([]byte) bool) {
	lines := bufio.NewReader(p.stdin)
	for {
		line, err := lines.ReadBytes('\n')
		text := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if len(line) > 0 && !yield(text) {
			return
		}
		if err != nil {
			if err != io.EOF {
				p.err = err
			}
			return
		}
	}
}
