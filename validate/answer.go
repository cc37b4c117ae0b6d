package validate

import (
	"errors"
	"slices"
	"strings"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// A NegotiationError says that client and server have no version in common. A
// server passes it to [ErrorFrame] if frame.Negotiate finds none.
type NegotiationError struct {
	Server frame.Versions // the versions of the server
}

// Error returns in one line what is wrong, and the versions of the server.
func (e *NegotiationError) Error() string {
	return "stomp: no common protocol version, the server has " + e.Server.String()
}

// A peerError is an error with a text for the peer, such as *parser.Error, which
// this package cannot import. No error has a method with this name by accident.
// Errors of package encoder do not have it.
type peerError interface {
	error
	// STOMPPeerText returns what the peer did wrong, in one line of printable
	// ASCII, without values of headers.
	STOMPPeerText() string
}

// A Refusal is an error with the server's own reason for the peer, such as a wrong
// passcode. [ErrorFrame] sends both fields to the peer. A message that does not fit in
// a header line is quoted and cut short.
type Refusal struct {
	Message string // the message header: a few words
	Body    string // more for people to read, or ""
}

// Error returns "stomp: refused: " and the message.
func (r *Refusal) Error() string { return "stomp: refused: " + r.Message }

// ErrorFrame returns the ERROR frame that a server sends for an error before it
// closes the connection (STOMP 1.2, "ERROR"). Its message header says what is wrong,
// its body says more, and it has a receipt-id if cause has a receipt header.
//
// ErrorFrame explains these errors, even if they are wrapped:
//
//   - [Violations], and if some are of a MUST, only these; [Violation]; [Rule];
//     [*LimitError]
//   - [*NegotiationError]; the version header then lists the server's versions
//     (STOMP 1.2, "Protocol Negotiation")
//   - [*Refusal]
//   - errors with the method STOMPPeerText() string, such as *parser.Error: it
//     returns the text for the peer
//
// The peer learns nothing of other errors: the message is then "frame not accepted". Of
// the headers of cause, ErrorFrame repeats only the value of receipt.
//
// Every version can carry the frame, and readers with the default limits of package
// parser can read it. The frame therefore has no receipt-id if the receipt contains
// NUL, CR or LF, or if its escaped line would be longer than 8 KiB.
//
// cause is the frame at fault. Pass the zero frame.Head or a nil *frame.Frame if
// there is none, as after an error of the parser. The caller owns the result. Encode
// it in the version of the session, which is frame.Unnegotiated before CONNECTED.
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

// sendable returns s, or a form of it that fits the message header of an ERROR.
func sendable(s string) string {
	if !fits(headers.Message, s) {
		return oneLine(s)
	}
	return s
}

// maxLine is the longest header line that readers accept by default
// (parser.DefaultHeaderLine).
const maxLine = 8 << 10

// fits reports whether every version can carry the value, in a line that readers
// accept by default. It counts escapes, though not every version has them.
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

// explain returns the message header, without a colon, and the body of an ERROR
// frame.
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

// Receipt returns the RECEIPT frame for a client's frame, and whether the client
// asked for one (STOMP 1.2, "Header receipt"). Send it once the frame has been
// processed. For CONNECT and STOMP, which CONNECTED answers, Receipt returns false.
// The caller owns the result.
//
// A RECEIPT repeats the id in full. The client may refuse its line as too long,
// because receipt-id is a longer name than receipt, and a colon that the client did
// not escape takes two bytes. The encoder refuses ids that end in CR in 1.0 and 1.1,
// and ids with a NUL, which only a lenient parser accepts. Refuse frames with such ids
// before processing them: encoder.Size of the RECEIPT returns the error. A [Session]
// reports long ids: see SessionLimits.ID.
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

// Message returns the MESSAGE that delivers a SEND (STOMP 1.2, "MESSAGE"), with its
// body, and with all headers that are for receivers. It leaves out receipt and
// transaction, which are for the server, and subscription, message-id, ack, receipt-id
// and redelivered, which only the server sets in a MESSAGE.
//
// For each receiver, add subscription, message-id and, if the receiver must acknowledge
// the message in 1.2, ack. encoder.Share encodes the rest once. The caller owns the
// result.
func Message(send *frame.Frame) *frame.Frame {
	m := send.Clone()
	m.Command = frame.MESSAGE
	m.Headers = slices.DeleteFunc(m.Headers, func(h headers.Field) bool {
		switch h.Name {
		case headers.Receipt, headers.Transaction, headers.Subscription, headers.MessageID, headers.Ack,
			headers.ReceiptID, headers.RabbitMQRedelivered:
			return true
		}
		return false
	})
	return m
}

// Ack returns the ACK for a MESSAGE in a version (STOMP 1.2, "ACK"). It names the
// message by its ack header in 1.2, by subscription and message-id in 1.1, and by
// message-id in 1.0. Ack returns false if the MESSAGE lacks these headers, as in
// mode auto of 1.2. In 1.0 and 1.1 a MESSAGE does not show the ack mode: do not send
// an ACK if the subscription is in mode auto. Add a transaction or receipt header to
// the result as needed. The caller owns the result.
//
// As with [Receipt], ids are repeated in full. The encoder may refuse an id that a
// server has sent, and an id with many unescaped colons may make a line that is too
// long for the server.
func Ack[F frame.Form](message F, v frame.Version) (*frame.Frame, bool) {
	return acknowledgment(frame.ACK, message, v)
}

// Nack is [Ack] for a NACK (STOMP 1.2, "NACK"). It returns false in 1.0, which has no
// NACK.
func Nack[F frame.Form](message F, v frame.Version) (*frame.Frame, bool) {
	if v == frame.V10 {
		return nil, false
	}
	return acknowledgment(frame.NACK, message, v)
}

func acknowledgment[F frame.Form](c frame.Command, message F, v frame.Version) (*frame.Frame, bool) {
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
