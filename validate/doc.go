// Package validate checks whether STOMP frames, and conversations of frames, follow
// the rules of STOMP 1.0, 1.1 and 1.2.
//
// Package parser refuses bytes that two readers could read differently. The frames
// that it returns are clear, but may still break a rule: a SEND without
// destination, or an ACK of a message that was never delivered.
//
// [CheckHead] checks a frame as soon as its head has come; [CheckView] and
// [CheckFrame] check whole frames. A [Session] checks a conversation: brokers,
// clients and observers give it the frames of both directions. It does no I/O and
// has no clock. [Message], [Receipt] and [ErrorFrame] make the frames of a
// server, [Ack] and [Nack] those of a client.
//
// # Terminology
//
// A [Rule] is one normative statement of the specifications that a frame, or a
// sequence of frames, can break. It has a stable ID. It is a MUST or a SHOULD, and
// it binds clients, servers or both, in one or more versions of STOMP.
//
// A [Violation] is a rule that a frame broke. Its text says what to do: "SUBSCRIBE
// must not have a body". All violations of a frame come together as [Violations],
// in a fixed order.
//
// A [Role] is the side that sends a frame, client or server. What one role sends is
// a direction, and has a [Phase].
//
// A message is pending if it was delivered to a subscription that asks for
// acknowledgment, and no ACK or NACK has settled it.
//
// # Extensions
//
// Commands, headers and values that the specifications do not define are never a
// violation. Such frames must still follow the rules about encoding and about the
// order of frames.
//
// # Ownership
//
// This package keeps no reference to a frame. A Session copies the identifiers that
// it has to remember, within the [SessionLimits]. Errors contain copies and stay
// valid. Their text is one bounded line of printable ASCII, and never shows the value
// of a header.
//
// # Cost
//
// Checking a frame that follows the rules does not allocate. Nor does a Session,
// once its storage has grown to what the conversation needs.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by title. The page [conformance] says
// which sentences are rules, and what checks the others.
//
// [conformance]: https://github.com/stompwire/stomp/blob/main/docs/conformance.md
package validate
