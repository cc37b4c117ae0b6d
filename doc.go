// Package stomp is the root of a frame codec and protocol toolkit for STOMP,
// the Simple Text Oriented Messaging Protocol, in its versions 1.0, 1.1 and
// 1.2. It has no code of its own; its packages are:
//
//   - headers: names, owned and borrowed lists, escaping, typed values
//   - frame: commands, versions, negotiation, owned and borrowed frames
//   - parser: bytes in, events, frames or streamed bodies out
//   - encoder: frames in, bytes out
//   - validate: whether a frame, and a whole conversation, follows the rules; the
//     frames to answer with: MESSAGE, RECEIPT, ERROR, ACK, NACK
//   - fuzz: tests for STOMP codecs and programs: generators, an oracle, test
//     vectors, and streams for benchmarks
//
// The packages contain the protocol and nothing else: no sockets, no goroutines,
// no clock, no logging. All but fuzz need only the standard library. They share
// six ideas.
//
// Strings are yours, bytes are borrowed. A string that a function returns never
// changes. A []byte is valid as long as its maker says, at least until the next
// call on the object it came from. [github.com/stompwire/stomp/headers.List] and
// [github.com/stompwire/stomp/frame.Frame] own their memory; views and heads
// borrow it, and their Clone methods make owned copies.
//
// One event at a time. The parser stops after every event, because the version
// and the limits may change between CONNECT and the frame after it, even if both
// come in the same TCP segment.
//
// Chunks are invisible. However the input is cut, frames, offsets and errors
// are the same, and the work is linear.
//
// Small things whole, large things in pieces. A head is bounded and is returned
// complete; a body is returned in pieces that alias the caller's buffer.
//
// The parser rejects ambiguity, the validator rejects non-conformance, the
// encoder writes only what reads back as the same frame. A frame that is clear
// but breaks a rule, such as a SEND without destination, passes the parser; the
// validator reports it.
//
// Safe by default, lenient by name. The zero options are strict, with limits.
// Zero is never unlimited. Each leniency is one named bit that says who needs
// it and what it risks.
//
// Start with package frame for the terms, then package parser or encoder. The
// command cmd/stomp shows what they make of a file.
package stomp
