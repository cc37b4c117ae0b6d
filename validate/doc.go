// Package validate says whether a frame, and a conversation of frames, keeps
// the rules of STOMP 1.0, 1.1 and 1.2.
//
// Package parser refuses bytes that two readers could take differently. What
// it passes is clear, but may still be wrong: a SEND without destination, an
// ACK for a message that was never delivered. That is answered here.
//
// One frame is judged by [CheckHead] as soon as its head is there, by [CheckView] or
// [CheckFrame] when it is complete. A conversation is judged by a [Session], which
// is fed with the frames of both directions and serves a broker, a client and
// a passive observer alike: it knows no side, no clock and no I/O.
// [ErrorFrame] and [Receipt] make the frames with which a server answers.
//
// # Terminology
//
// A [Rule] is one normative sentence of the specifications, in our words, that
// a frame or a sequence of frames can break. It has a stable ID, it is a MUST
// or a SHOULD, it binds clients, servers or both, in one or more versions.
//
// A [Violation] is a rule broken by a frame. Its text says what is wrong and
// what to do: "SUBSCRIBE must not have a body". A frame may break several rules:
// they come together as [Violations], in a fixed order.
//
// A direction is what one [Role] sends. It has a [Phase].
//
// A message is pending when it was delivered on a subscription that asks for
// acknowledgement and neither an ACK nor a NACK has settled it.
//
// # Extensions
//
// What headers, header values and commands mean that the specifications do not
// name is the business of brokers and applications, and never a violation. Such
// frames must still keep the rules about encoding and about the order of frames.
//
// # Ownership
//
// Nothing here keeps a reference to a frame. Identifiers that a Session has to
// remember are copied into storage that it bounds ([SessionLimits]) and uses
// again. Errors hold copies: they stay valid, their text is one line of
// printable ASCII of bounded length, and it never shows the value of a header.
//
// # Cost
//
// A frame that keeps all rules costs no allocation, in a Session neither, once
// its storage has grown to what the conversation needs.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by their titles. The page
// docs/conformance.md says which sentences are rules, and what answers the
// others.
package validate
