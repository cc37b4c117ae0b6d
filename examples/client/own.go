package client

import (
	"fmt"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A HeaderError reports a header that the caller must not set, because the client
// writes it. The broker would ignore a second one or, worse, prefer it.
type HeaderError struct {
	Command frame.Command
	Name    string // of the header
	Use     string // what sets the header instead
}

// Error names the header and what sets it.
func (e *HeaderError) Error() string {
	return fmt.Sprintf("stomp client: header %s of %s is set by %s", e.Name, e.Command, e.Use)
}

const byClient = "the client alone"

// own lists, for frames that may have headers of the caller, the headers that the
// client writes, and what sets each.
var own = map[frame.Command]map[string]string{
	frame.CONNECT: {
		headers.AcceptVersion: "Options.Versions",
		headers.Host:          "Options.Host",
		headers.HeartBeat:     "Options.HeartBeat",
		headers.Login:         "Options.Login",
		headers.Passcode:      "Options.Passcode",
	},
	frame.SEND: {
		headers.Destination: "the destination argument",
		headers.Transaction: "Transaction.Send",
		headers.Receipt:     "SendReceipt",
	},
	frame.SUBSCRIBE: {
		headers.ID:          "SubscribeOptions.ID",
		headers.Destination: "the destination argument",
		headers.Ack:         "SubscribeOptions.Ack",
		headers.Receipt:     byClient + ", unless SubscribeOptions.NoReceipt is set",
	},
	frame.UNSUBSCRIBE: {
		headers.ID:          byClient,
		headers.Destination: byClient,
		headers.Receipt:     byClient,
	},
	frame.ACK:  answerHeaders,
	frame.NACK: answerHeaders,
}

var answerHeaders = map[string]string{
	headers.ID:           byClient,
	headers.MessageID:    byClient,
	headers.Subscription: byClient,
	headers.Transaction:  "the methods of Transaction",
	headers.Receipt:      byClient,
}

// requestHeaders and replyHeaders are for SEND too.
var (
	requestHeaders = map[string]string{replyTo: "Options.ReplyTo", correlationID: "Request"}
	replyHeaders   = map[string]string{correlationID: "Reply"}
)

// checkOwn returns a *HeaderError if the caller's headers contain one that the
// client writes. more, which may be nil, has those beyond own.
func checkOwn(c frame.Command, list headers.List, more map[string]string) error {
	for _, f := range list {
		use, ok := own[c][f.Name]
		if !ok {
			use, ok = more[f.Name]
		}
		if f.Name == headers.ContentLength {
			use, ok = "Options.ContentLength", true
		}
		if ok {
			return &HeaderError{Command: c, Name: f.Name, Use: use}
		}
	}
	return nil
}
