// Package encoder writes STOMP frames as bytes.
//
// [AppendFrame] and [AppendView] append a whole frame to a buffer. A [Builder]
// appends a frame header by header, without a frame object. A [Writer] writes
// frames to an [io.Writer], and streams bodies that are too large to hold.
//
// # Guarantees
//
// A strict reader of the version reads back exactly the frame that was given. Only
// content-length may differ: see [Length]. If that is not possible, nothing is
// written, and the error is an [*Error] that says why. So a line feed in a value of
// 1.0, a NUL in a header, or a wrong content-length never reaches the wire. The
// encoder does not know the size limits of the peer.
//
// The encoder also refuses a body on a command that may not have one. Package
// validate checks the other rules, such as that SEND has a destination.
//
// Appending to a buffer with room allocates nothing. The package modifies nothing
// that it is given except the buffer, and keeps no reference to it.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by title. Where the specifications
// are silent, the package follows these [decisions].
//
// [decisions]: https://github.com/stompwire/stomp/blob/main/docs/decisions.md
package encoder
