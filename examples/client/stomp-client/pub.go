package main

import (
	"context"
	"flag"
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
	receipt bool
	text    bool
	stdin   io.Reader
}

func declarePub(fs *flag.FlagSet, c *connection, stdin io.Reader) func(context.Context, []string) error {
	p := &publishing{connection: c, stdin: stdin}
	declareHeaders(fs, &p.more)
	fs.IntVar(&p.count, "count", 1, "`number` of messages; how often to send the same one")
	fs.BoolVar(&p.receipt, "receipt", false, "wait for the receipt of each message before the next one")
	fs.BoolVar(&p.text, "no-content-length", false, "send the body without content-length, which ActiveMQ takes for a text message")
	return p.run
}

func (p *publishing) run(ctx context.Context, args []string) error {
	args, err := destination(args, 2)
	if err != nil {
		return err
	}
	if p.count < 1 {
		return callError("-count is less than 1")
	}
	if err := p.complete(); err != nil {
		return err
	}
	if p.text {
		p.ContentLength = encoder.LengthNever
	}
	var body []byte
	if len(args) == 2 {
		body = []byte(args[1])
	} else if body, err = io.ReadAll(p.stdin); err != nil {
		return err
	}
	return withClient(ctx, p.urls[0], p.Options, func(c *client.Client) error {
		send := c.Send
		if p.receipt {
			send = c.SendReceipt
		}
		for range p.count {
			if err := send(ctx, args[0], body, p.more...); err != nil {
				return err
			}
		}
		return nil
	})
}
