package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/stompwire/stomp/examples/client"
	"github.com/stompwire/stomp/examples/internal/command"
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
	"github.com/stompwire/stomp/internal/jsonl"
)

// subscribing is a call of sub.
type subscribing struct {
	*connection
	how            client.SubscribeOptions
	mode           string
	count          int
	json           bool
	stdout, stderr io.Writer
}

func declareSub(fs *flag.FlagSet, c *connection, stdout, stderr io.Writer) func(context.Context, []string) error {
	s := &subscribing{connection: c, stdout: stdout, stderr: stderr}
	declareHeaders(fs, &s.how.Headers)
	fs.IntVar(&s.count, "count", 0, "`number` of messages; after how many to end; 0 is never")
	fs.Func("ack", "`mode` client-individual, client or auto; in the first two each message is acknowledged when it has been printed, and what is not printed stays with the broker (default client-individual, or client in STOMP 1.0)", func(text string) (err error) {
		if s.how.Ack, err = headers.ParseAckMode(text); err != nil {
			return errors.New("want auto, client or client-individual")
		}
		s.mode = text
		return nil
	})
	fs.StringVar(&s.how.ID, "id", "", "`id` of the subscription, by which brokers know a durable one")
	fs.BoolVar(&s.how.Durable, "durable", false, "make or resume a durable subscription of RabbitMQ or ActiveMQ, whose name is -id")
	fs.BoolVar(&s.how.NoReceipt, "no-receipt", false, "ask for no receipt of the subscription, for brokers that give none")
	command.JSON(fs, &s.json, "body")
	return s.run
}

func (s *subscribing) run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 0 || slices.Contains(args, ""):
		return callError("no DESTINATION")
	case slices.ContainsFunc(args, func(d string) bool { return strings.HasPrefix(d, "-") }):
		return callError("flags stand before DESTINATION")
	case len(args) > 1 && s.how.ID != "":
		return callError("-id is the id of one subscription, so there must be one DESTINATION")
	case s.how.Durable && s.how.ID == "":
		return callError("-durable needs -id, the name of the durable subscription")
	case s.count < 0:
		return callError("-count is negative")
	}
	if err := s.complete(s.stderr); err != nil {
		return err
	}
	return withClient(ctx, s.urls[0], s.Options, func(c *client.Client) error {
		if s.mode == "" {
			if s.how.Ack = headers.AckClientIndividual; c.Version() == frame.V10 {
				s.how.Ack = headers.AckClient
			}
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		all := make(chan received)
		for _, d := range args {
			sub, err := c.Subscribe(ctx, d, s.how)
			if err != nil {
				return interrupted(ctx, err)
			}
			go receive(ctx, sub, all)
		}
		for n := 0; n < s.count || s.count == 0; n++ {
			select {
			case r := <-all:
				if err := s.take(ctx, r); err != nil {
					return interrupted(ctx, err)
				}
			case <-ctx.Done():
				return nil
			}
		}
		return nil
	})
}

// received is a message, or why no more come.
type received struct {
	message *client.Message
	err     error
}

// receive passes on the messages of a subscription, one at a time.
func receive(ctx context.Context, sub *client.Subscription, to chan<- received) {
	for m, err := range sub.Messages(ctx) {
		select {
		case to <- received{m, err}:
		case <-ctx.Done():
			return
		}
	}
}

// take prints a message and acknowledges it, even after an interrupt.
func (s *subscribing) take(ctx context.Context, r received) error {
	if r.err != nil {
		return r.err
	}
	if err := s.print(r.message); err != nil {
		return err
	}
	if !s.how.Ack.Explicit() {
		return nil
	}
	err := r.message.Ack(context.WithoutCancel(ctx))
	if s.reconnect && errors.Is(err, client.ErrConnectionLost) {
		return nil // the broker delivers it again
	}
	return err
}

// interrupted returns err, or nil if it says that the user has had enough.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return nil
	}
	return err
}

// print prints one message.
func (s *subscribing) print(m *client.Message) error {
	var line []byte
	if s.json {
		line = appendJSON(nil, m)
	} else {
		line = append(append(line, m.Body...), '\n')
	}
	if _, err := s.stdout.Write(line); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// appendJSON appends the line of a message as "stomp decode -o json" has it,
// but for the place in a stream, since there is none.
func appendJSON(dst []byte, m *client.Message) []byte {
	head := frame.Head{Command: frame.MESSAGE, Headers: m.Headers.View()}
	line := jsonl.AppendLine(nil, 0, 0, jsonl.AppendHead(nil, head), m.Body, 0)
	const place = `{"offset":0,"size":0,`
	return append(append(dst, '{'), line[len(place):]...)
}
