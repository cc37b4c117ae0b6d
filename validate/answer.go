package validate

import (
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

// A Refusal is an error whose text is for the peer: the server's own reason, such
// as a wrong passcode. [ErrorFrame] gives the peer both fields as they are, so
// they must not have what the peer is not to see. A message that does not fit in
// a header line is quoted and cut short.
type Refusal struct {
	Message string // the message header, a few words
	Body    string // more, for people to read; "" for none
}

// Error returns "stomp: refused: " and the message.
func (r *Refusal) Error() string { return "stomp: refused: " + r.Message }

// ErrorFrame returns the ERROR frame that a server should send for an error
// before it closes the connection (STOMP 1.2, "ERROR"): a message header that
// says what is wrong, the same with rules and sections in the body, and the
// receipt-id when the frame that caused the error asked for a receipt.
//
// It explains what is known to be fit for a peer's eyes: [Violations], of which
// only the MUSTs when there are any, a [Violation], a [Rule], a [*LimitError],
// a [*NegotiationError], for which the frame also says the versions (STOMP 1.2,
// "Protocol Negotiation"), a [*Refusal], and errors that have the method
//
//	STOMPPeerText() string
//
// such as *parser.Error, with what that returns. Of any other error it shows
// nothing. It never repeats the value of a header other than receipt.
//
// Every version can carry the frame, and every reader whose limits are those of
// package parser or wider can read it. So a receipt is left out when it has a NUL,
// CR or LF, or when its line, escaped, would be longer than 8 KiB. That the
// connection ends says the rest.
//
// cause is the frame at fault; the zero Head or a nil *Frame when there is none,
// as after an error of the parser. The frame owns its memory. Encode it in the
// version of the session, Unnegotiated before CONNECTED.
func ErrorFrame[F frame.Form](err error, cause F) *frame.Frame {
	var f *frame.Frame
	var negotiation *NegotiationError
	var refusal *Refusal
	switch {
	case errors.As(err, &negotiation):
		versions := negotiation.Server.String()
		f = &frame.Frame{
			Command: frame.ERROR,
			Headers: headers.Pairs(headers.Version, versions, headers.ContentType, "text/plain", headers.Message, "no common protocol version"),
			Body:    []byte("Supported protocol versions are " + strings.ReplaceAll(versions, ",", " ")),
		}
	case errors.As(err, &refusal):
		f = &frame.Frame{Command: frame.ERROR, Headers: headers.Pairs(headers.Message, sendable(refusal.Message))}
		if refusal.Body != "" {
			f.Headers.Add(headers.ContentType, "text/plain")
			f.Body = []byte(refusal.Body)
		}
	default:
		message, body := explain(err)
		f = &frame.Frame{
			Command: frame.ERROR,
			Headers: headers.Pairs(headers.ContentType, "text/plain", headers.Message, message),
			Body:    append([]byte(body), '\n'),
		}
	}
	if id, ok := get(cause, headers.Receipt); ok && fits(headers.ReceiptID, id) {
		f.Headers.Prepend(headers.ReceiptID, id)
	}
	return f
}

// sendable returns a text as it may be the message of an ERROR.
func sendable(s string) string {
	if !fits(headers.Message, s) {
		return oneLine(s)
	}
	return s
}

// maxLine is the longest header line that readers take by default
// (parser.DefaultHeaderLine).
const maxLine = 8 << 10

// fits reports whether every version can carry a value, in a line that readers
// take by default. Escapes count, though not every version has them.
func fits(name, value string) bool {
	return !strings.ContainsAny(value, "\x00\r\n") &&
		len(name)+len(":")+len(value)+strings.Count(value, ":")+strings.Count(value, `\`) <= maxLine
}

// commandOf returns the command of a frame.
func commandOf[F frame.Form](f F) frame.Command {
	switch f := any(f).(type) {
	case frame.Head:
		return f.Command
	case frame.View:
		return f.Command
	case *frame.Frame:
		if f != nil {
			return f.Command
		}
	}
	return ""
}

// get returns the value of a header of a frame, and whether there is one.
func get[F frame.Form](f F, name string) (value string, ok bool) {
	switch f := any(f).(type) {
	case frame.Head:
		return f.Headers.Text(name)
	case frame.View:
		return f.Headers.Text(name)
	case *frame.Frame:
		if f != nil {
			return f.Headers.Get(name)
		}
	}
	return "", false
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
		if must := violations.must(nil); must != nil {
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
// The frame owns its memory.
//
// A RECEIPT repeats the id whole, or the client would not know it. So a client's
// reader may refuse its line as too long: receipt-id is a longer name than receipt,
// and a colon that the client has not escaped is sent as two bytes. Refuse such a
// frame before it is processed, as a [Session] does: its SessionLimits.ID is far
// below what readers take. The encoder refuses some ids that a peer may send: in
// 1.0 and 1.1 one that ends in CR, and one with a NUL, which a lenient parser
// passes.
func Receipt[F frame.Form](cause F) (*frame.Frame, bool) {
	if c := commandOf(cause); c.FromServer() || c.Handshake() {
		return nil, false
	}
	id, ok := get(cause, headers.Receipt)
	if !ok {
		return nil, false
	}
	return &frame.Frame{Command: frame.RECEIPT, Headers: headers.Pairs(headers.ReceiptID, id)}, true
}

// Ack returns the ACK of a MESSAGE in a version: by its ack header in 1.2, by
// subscription and message-id in 1.1, by message-id in 1.0 (STOMP 1.2, "ACK"). It
// returns false if the MESSAGE does not have what the version asks for, as in
// mode auto of 1.2. Add a transaction or receipt header to the frame where it is
// to have one. The frame owns its memory. As with [Receipt], ids are repeated
// whole: the encoder may refuse one that a peer has sent, and one with many colons
// that the peer has not escaped may make a longer line than the peer's reader
// takes.
func Ack[F frame.Form](message F, v frame.Version) (*frame.Frame, bool) {
	return acknowledgement(frame.ACK, message, v)
}

// Nack is [Ack] for a NACK, which 1.0 does not have (STOMP 1.2, "NACK").
func Nack[F frame.Form](message F, v frame.Version) (*frame.Frame, bool) {
	if v == frame.V10 {
		return nil, false
	}
	return acknowledgement(frame.NACK, message, v)
}

func acknowledgement[F frame.Form](c frame.Command, message F, v frame.Version) (*frame.Frame, bool) {
	if commandOf(message) != frame.MESSAGE {
		return nil, false
	}
	name, as := headers.MessageID, headers.MessageID
	f := &frame.Frame{Command: c}
	switch v {
	case frame.V10:
	case frame.V11:
		subscription, ok := get(message, headers.Subscription)
		if !ok {
			return nil, false
		}
		f.Headers.Add(headers.Subscription, subscription)
	case frame.V12:
		name, as = headers.Ack, headers.ID
	default:
		return nil, false
	}
	id, ok := get(message, name)
	if !ok {
		return nil, false
	}
	f.Headers.Add(as, id)
	return f, true
}
