// Package parser turns bytes into STOMP frames.
//
// There are three ways to read a stream. Assembler and Reader are both built on
// Parser:
//
//   - [Parser] is the machine: bytes in, one [Event] out at a time. It takes
//     no reader and copies no body; for proxies and servers that own their
//     buffers.
//   - [Assembler] puts whole frames together, as borrowed views.
//   - [Reader] reads an [io.Reader]: heads and streamed bodies, or owned
//     frames.
//
// [Decode] reads bytes that are one frame, such as a WebSocket message.
//
// A view that is kept too long shows the bytes of a later frame. To find such a
// mistake, run your tests with the build tag stomppoison: what a parser has lent
// is then overwritten as soon as it is no longer valid.
//
// None of them has a goroutine, a clock or a lock: one goroutine at a time may
// use a value, and time-outs are the caller's (see [Parser.FrameStart]).
//
// # Terminology
//
// A head is a command line, header lines and the blank line that ends them. A
// line is what stands before an end of line: LF everywhere, CR LF too in 1.2
// and during the handshake. A counted body is one whose head has a
// content-length; any other is a scanned body, which the first NUL ends.
// Offsets count bytes from the start of the stream, from 0.
//
// # What is promised
//
// Chunks are invisible: however the input is cut, the frames, their offsets
// and the error are the same. The bytes of a body may come in other pieces,
// and a run of heart-beats as other runs, nothing else changes.
//
// The work is linear in the input however it is cut, and memory follows bytes
// that came, never a length that was claimed. Every limit is on by default:
// see [Limits]. What two sane readers could read in two ways is an error: see
// [ErrorKind]; each leniency is a bit of [Allow]. What is clear but wrong, a
// SEND without destination say, passes: package validate judges that. It also
// judges the direction, which the parser does not know. A proxy depends on it:
// not every broker counts the bodies of MESSAGE and ERROR (decision D22), so a
// proxy must not forward these from clients.
//
// An [*Error] is final. Every later call returns the same error, because nobody
// knows where the next frame begins. A Reader also returns the errors of its
// io.Reader, of which time-outs are not final.
//
// # When an error comes
//
// A limit on a line, on the headers, on the head or on a scanned body, and a NUL
// where none may be, is reported when its byte comes. All else in a head is
// judged line by line, when the LF of a line has come; a command line also when
// it is longer than any command. Of several errors the one with the smallest
// offset is reported (decision D20).
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2; sections are cited by their titles. Where they are
// silent, docs/decisions.md has our decisions, cited by number.
package parser
