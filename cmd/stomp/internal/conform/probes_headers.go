package conform

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

const inCase = "STOMP 1.1 and 1.2, STOMP Frames"

// answered opens a session and returns what came of a frame.
func answered(v frame.Version, text string) func(*script) Outcome {
	return func(s *script) Outcome { return s.connect(v).ask(text) }
}

// inHighest is answered in the highest version that the peer speaks.
func inHighest(text string) func(*script) Outcome {
	return func(s *script) Outcome { return s.connect(s.versions.Highest()).ask(text) }
}

// headerProbes are about frames that lack what they need, or name what is not
// there, and about commands.
func headerProbes() []*Probe {
	var ps []*Probe
	mustError := passage{"STOMP 1.1 and 1.2, SEND", "A server that cannot process a SEND sends ERROR and closes the connection"}
	for _, row := range []struct {
		id     string
		rule   validate.Rule
		accept []Kind
		text   string
		in     []frame.Version
	}{
		{"send-without-destination", validate.SendDestinationRequired, refusal, "SEND\n$R\n\nx\x00", versions},
		{"subscribe-without-destination", validate.SubscribeDestinationRequired, refusal, "SUBSCRIBE\nid:1\n$R\n\n\x00", versions},
		{"subscribe-without-id", validate.SubscribeIDRequired, refusal, "SUBSCRIBE\n$D\n$R\n\n\x00", since(frame.V11)},
		{"unsubscribe-without-id", validate.UnsubscribeIDRequired, unprocessed, "UNSUBSCRIBE\n$R\n\n\x00", since(frame.V11)},
		{"unsubscribe-without-either", validate.UnsubscribeDestinationRequired, unprocessed, "UNSUBSCRIBE\n$R\n\n\x00", versions[:1]},
		{"ack-without-id", validate.AckIDRequired, unprocessed, "ACK\n$R\n\n\x00", versions[2:]},
		{"ack-without-message-id", validate.AckMessageIDRequired, unprocessed, "SUBSCRIBE\nid:s\n$D\nack:client\n\n\x00ACK\nsubscription:s\n$R\n\n\x00", versions[:2]},
		{"ack-without-subscription", validate.AckSubscriptionRequired, unprocessed, "ACK\nmessage-id:1\n$R\n\n\x00", versions[1:2]},
		{"nack-without-id", validate.NackIDRequired, unprocessed, "NACK\n$R\n\n\x00", versions[2:]},
		{"nack-without-message-id", validate.NackMessageIDRequired, unprocessed, "SUBSCRIBE\nid:s\n$D\nack:client\n\n\x00NACK\nsubscription:s\n$R\n\n\x00", versions[1:2]},
		{"nack-without-subscription", validate.NackSubscriptionRequired, unprocessed, "NACK\nmessage-id:1\n$R\n\n\x00", versions[1:2]},
		{"begin-without-transaction", validate.BeginTransactionRequired, unprocessed, "BEGIN\n$R\n\n\x00", versions},
		{"commit-without-transaction", validate.CommitTransactionRequired, unprocessed, "COMMIT\n$R\n\n\x00", versions},
		{"abort-without-transaction", validate.AbortTransactionRequired, unprocessed, "ABORT\n$R\n\n\x00", versions},
		{"subscribe-ack-mode-unknown", validate.SubscribeAckMode, refusal, "SUBSCRIBE\nid:1\n$D\nack:sometimes\n$R\n\n\x00", since(frame.V11)},
		{"subscribe-id-twice", validate.SubscribeIDUnique, refusal, "SUBSCRIBE\nid:1\n$D\n\n\x00SUBSCRIBE\nid:1\n$D\n$R\n\n\x00", since(frame.V11)},
		{"commit-unknown", validate.CommitTransactionKnown, unprocessed, "COMMIT\ntransaction:none\n$R\n\n\x00", versions},
		{"abort-unknown", validate.AbortTransactionKnown, unprocessed, "ABORT\ntransaction:none\n$R\n\n\x00", versions},
	} {
		for _, v := range row.in {
			p := rule(row.rule)
			if row.rule == validate.SendDestinationRequired {
				p.sentence += ". " + mustError.sentence
			}
			ps = append(ps, ask(Must, named("headers/"+row.id, v), p, answered(v, row.text), row.accept...).in(v))
		}
	}
	// STOMP 1.2 alone says it.
	twice := "BEGIN\ntransaction:t\n\n\x00BEGIN\ntransaction:t\n$R\n\n\x00"
	unsaid := passage{"STOMP 1.0 and 1.1, BEGIN", "Nothing is said about a BEGIN with the name of an open transaction"}
	for _, v := range versions[:2] {
		ps = append(ps, ask(Choice, named("headers/begin-twice", v), unsaid, answered(v, twice), Accepted, Errored, Closed, Ignored).in(v))
	}
	ps = append(ps,
		ask(Must, named("headers/begin-twice", frame.V12), passage{"STOMP 1.2, BEGIN", "Different transactions of a connection have different identifiers"},
			answered(frame.V12, twice), unprocessed...).in(frame.V12),
		ask(Must, "headers/send-in-unknown-transaction", rule(validate.TransactionKnown), inHighest("SEND\n$D\ntransaction:none\n$R\n\nx\x00"), unprocessed...),
		ask(Must, "headers/commit-twice", rule(validate.CommitTransactionKnown),
			inHighest("BEGIN\ntransaction:t\n\n\x00COMMIT\ntransaction:t\n\n\x00COMMIT\ntransaction:t\n$R\n\n\x00"), unprocessed...),
		ask(Must, "headers/commit-after-abort", rule(validate.CommitTransactionKnown),
			inHighest("BEGIN\ntransaction:t\n\n\x00ABORT\ntransaction:t\n\n\x00COMMIT\ntransaction:t\n$R\n\n\x00"), unprocessed...),
		ask(Choice, "headers/unsubscribe-unknown", rule(validate.UnsubscribeKnown), inHighest("UNSUBSCRIBE\nid:none\ndestination:$N\n$R\n\n\x00"), Accepted, Errored, Closed, Ignored),
		ask(Choice, "headers/unsubscribe-twice", rule(validate.UnsubscribeKnown),
			inHighest("SUBSCRIBE\nid:1\n$D\n\n\x00UNSUBSCRIBE\nid:1\n\n\x00UNSUBSCRIBE\nid:1\n$R\n\n\x00"), Accepted, Errored, Closed, Ignored),
		ask(Choice, "headers/ack-unknown", rule(validate.AckKnown), inHighest("ACK\nid:none\nmessage-id:none\nsubscription:none\n$R\n\n\x00"), Accepted, Errored, Closed, Ignored),
		ask(Choice, "headers/nack-unknown", rule(validate.NackKnown), answered(frame.V12, "NACK\nid:none\n$R\n\n\x00"), Accepted, Errored, Closed, Ignored).in(frame.V12),
		ask(Choice, "headers/send-after-disconnect", rule(validate.DisconnectLast), func(s *script) Outcome {
			c := s.connect(s.versions.Highest())
			c.send("DISCONNECT\nreceipt:bye\n\n\x00SEND\n$D\nreceipt:late\n\nx\x00")
			if o := c.receipt("late"); o.Kind != Accepted {
				return outcome("not-processed", "%v", o) // whether ERROR still comes is a matter of luck
			}
			return outcome("processed", "a SEND after DISCONNECT is processed")
		}, "processed", "not-processed"),
	)
	// Commands. A client may send others than those that are defined, and a server
	// may take them, but not for one that is.
	exact := passage{inCase, "Commands and header names are case sensitive"}
	whole := passage{inFrames, "A frame starts with a command, which ends with the line"}
	unknown := passage{"STOMP 1.1, Once Connected; STOMP 1.2, Client Frames", "A client may send a frame that is not of the defined ones, and a server may respond with ERROR"}
	for _, row := range []struct {
		id, command string
		p           passage
	}{
		{"command-lower-case", "send", exact},
		{"command-mixed-case", "Send", exact},
		{"command-longer", "SENDX", whole},
		{"command-shorter", "SEN", whole},
		{"command-after-blank", " SEND", whole},
		{"command-before-blank", "SEND ", whole},
	} {
		ps = append(ps, ask(Must, "headers/"+row.id, row.p, func(s *script) Outcome {
			r, w := watched(s, s.versions.Highest())
			w.ask(row.command + "\n$D\n$R\n\nx\x00")
			frames, o := r.quiet()
			if len(frames) > 0 {
				return wrong("%+q was taken for SEND", row.command)
			}
			return o
		}).slow())
	}
	for _, row := range []struct{ id, text string }{
		{"command-unknown", "BOGUS\n$D\n$R\n\nx\x00"},
		{"client-sends-message", "MESSAGE\n$D\nmessage-id:1\nsubscription:1\n$R\n\nx\x00"},
		{"client-sends-receipt", "RECEIPT\nreceipt-id:1\n$R\n\n\x00"},
		{"client-sends-error", "ERROR\nmessage:no\n$R\n\n\x00"},
		{"client-sends-connected", "CONNECTED\nversion:1.2\n$R\n\n\x00"},
	} {
		ps = append(ps, ask(Choice, "headers/"+row.id, unknown, inHighest(row.text), Accepted, Errored, Closed, Ignored))
	}
	ps = append(ps,
		ask(Must, "headers/name-in-other-case", exact, inHighest("SEND\nDestination:$N\n$R\n\nx\x00"), refusal...),
		ask(Choice, "headers/nack-in-1.0", rule(validate.CommandInVersion), answered(frame.V10, "NACK\nmessage-id:1\n$R\n\n\x00"), Accepted, Errored, Closed, Ignored).in(frame.V10),
		ask(Choice, "headers/body-on-subscribe", rule(validate.BodyNotAllowed), inHighest("SUBSCRIBE\nid:1\n$D\n$R\n\nbody\x00"), Accepted, Errored, Closed, Ignored),
		ask(Choice, "headers/body-on-begin", rule(validate.BodyNotAllowed), inHighest("BEGIN\ntransaction:t\n$R\n\nbody\x00"), Accepted, Errored, Closed, Ignored),
		ask(Must, "headers/unknown-headers", passage{"STOMP 1.1 and 1.2, Frames and Headers", "Frames may have more headers than those that are defined"},
			inHighest("SUBSCRIBE\nid:1\n$D\nx-unknown:1\nhasOwnProperty:2\n$R\n\n\x00"), Accepted),
	)
	return ps
}
