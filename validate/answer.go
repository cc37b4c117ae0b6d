package validate

import (
	"bytes"
	"errors"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A NegotiationError says that client and server have no version in common.
// It is for a server to give to [ErrorFrame], after frame.Negotiate.
type NegotiationError struct {
	Server frame.Versions // what the server speaks
}

// Error returns what is wrong in one line.
func (e *NegotiationError) Error() string {
	return "stomp: no common protocol version, the server has " + e.Server.String()
}

// A peerError is an error that says itself what a peer may be told of it, as
// *parser.Error does, which this package must not know by name. The method has
// a name that no error has by accident. Errors of package encoder do not have
// it: what a server could not send is not the peer's business.
type peerError interface {
	error
	// STOMPPeerText returns one line for the peer: what the peer did wrong, in
	// printable ASCII, without a header value or advice to programmers.
	STOMPPeerText() string
}

// ErrorFrame returns the ERROR frame that a server should send for an error
// before it closes the connection (STOMP 1.2, "ERROR"): a message header that
// says what is wrong, the same with rules and sections in the body, and the
// receipt-id when the frame that caused the error asked for a receipt.
//
// It explains what is known to be fit for a peer's eyes: [Violations], of which
// only the MUSTs when there are any, a [Violation], a [Rule], a [*LimitError],
// a [*NegotiationError], for which the frame also says the versions (STOMP 1.2,
// "Protocol Negotiation"), and errors that have the method
//
//	STOMPPeerText() string
//
// such as *parser.Error, with what that returns. Of any other error it shows
// nothing. It never repeats the value of a header other than receipt, and not
// that one when it has a byte that not every version can carry (NUL, CR, LF).
//
// cause is the head of the frame at fault; the zero Head when there is none,
// as after an error of the parser. The frame owns its memory. Encode it in the
// version of the session, Unnegotiated before CONNECTED.
func ErrorFrame(err error, cause frame.Head) *frame.Frame {
	var f *frame.Frame
	var negotiation *NegotiationError
	if errors.As(err, &negotiation) {
		f = frame.RefuseVersion(negotiation.Server)
	} else {
		message, body := explain(err)
		f = &frame.Frame{
			Command: frame.ERROR,
			Headers: headers.Pairs(headers.ContentType, "text/plain", headers.Message, message),
			Body:    append([]byte(body), '\n'),
		}
	}
	if id, ok := cause.Headers.Get(headers.Receipt); ok && !bytes.ContainsAny(id, "\x00\r\n") {
		f.Headers.Prepend(headers.ReceiptID, string(id))
	}
	return f
}

// explain returns the message header, in which there is no colon, and the body
// of an ERROR frame.
func explain(err error) (message, body string) {
	var violations Violations
	var violation Violation
	var rule Rule
	var limit *LimitError
	var peer peerError
	switch {
	case errors.As(err, &limit):
		return limit.explain(), limit.explain()
	case errors.As(err, &violations) && len(violations) > 0:
		if must := violations.Must(); must != nil {
			violations = must
		}
		return violations[0].Text(), strings.Join(violations.explain(), "\n")
	case errors.As(err, &violation):
		return violation.Text(), violation.explain()
	case errors.As(err, &rule):
		return rule.Text(), rule.explain()
	case errors.As(err, &peer):
		text := oneLine(peer.STOMPPeerText())
		return shown(strings.ReplaceAll(text, ": ", ", ")), text
	}
	return "frame not accepted", "The server cannot process the frame."
}

// Receipt returns the RECEIPT frame for a client's frame that asked for one,
// to be sent once the frame has been processed, and whether it asked (STOMP
// 1.2, "Header receipt"). CONNECT and STOMP are answered with CONNECTED alone.
// The frame owns its memory. The encoder refuses some ids that a peer may send:
// in 1.0 and 1.1 one that ends in CR, and one with a NUL, which a lenient parser
// passes.
func Receipt(cause frame.Head) (*frame.Frame, bool) {
	if cause.Command.FromServer() || cause.Command.Handshake() {
		return nil, false
	}
	id, ok := cause.Headers.Text(headers.Receipt)
	if !ok {
		return nil, false
	}
	return &frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs(headers.ReceiptID, id)}, true
}
