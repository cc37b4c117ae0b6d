// Package parser reads STOMP frames from bytes.
//
// There are three ways to read a stream. Assembler and Reader are both built on
// Parser:
//
//   - [Parser] takes bytes and returns one [Event] at a time. It does no I/O and
//     copies no body. It is for proxies, and for servers with their own buffers.
//   - [Assembler] takes bytes and returns whole frames as borrowed views.
//   - [Reader] reads from an [io.Reader]. It returns heads and streams their
//     bodies, or it returns owned frames.
//
// [Decode] reads bytes that are one frame, such as a WebSocket message.
//
// A view that is kept too long shows the bytes of a later frame. To find such a
// mistake, run your tests with the build tag stomppoison: a parser then overwrites
// its own memory as soon as a view of it is no longer valid.
//
// The types of this package use no goroutines, no clock and no locks. Only one
// goroutine at a time may use a value. Timeouts are up to the caller: see
// [Parser.FrameStart].
//
// # Terminology
//
// A head is a command line, header lines, and the blank line that ends them. A
// line ends with LF; in 1.2 and during the handshake it may also end with CR LF.
// A counted body has a content-length. Any other body is scanned: it ends at the
// first NUL. Offsets count bytes from the start of the stream, from 0.
//
// # Guarantees
//
// Chunks are invisible: however the input is cut, the frames, their offsets and
// the error are the same. Only the pieces of a body, and of a run of heart-beats,
// depend on the cuts.
//
// Work is linear in the input, however it is cut. Memory grows with the bytes that
// have come, not with a claimed length. Every limit is on by default: see [Limits].
//
// Input that two reasonable readers could read differently is an error (see
// [ErrorKind]), unless a bit of [Allow] admits it. A frame that is clear but breaks
// a rule, such as a SEND without destination, passes: package validate finds it.
//
// The parser does not know who sent a frame, but a proxy does. It must not forward
// MESSAGE or ERROR from clients, because not every broker uses the content-length
// of their bodies.
//
// An [*Error] is final: every later call returns the same error, because the start
// of the next frame is unknown. A Reader also returns the errors of its io.Reader,
// of which timeouts are not final.
//
// # When an error is reported
//
// A byte over the limit on a line, the number of headers, the head or a scanned
// body is reported as soon as it has come, and so is a NUL that must not be there.
// Anything else in a head is reported when the LF of its line has come, or, for a
// command line, when it is longer than any command. If there are several errors,
// the one with the smallest offset is reported.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by title. Where the specifications
// are silent, the package follows these [decisions].
//
// [decisions]: https://github.com/stompwire/stomp/blob/main/docs/decisions.md
package parser
