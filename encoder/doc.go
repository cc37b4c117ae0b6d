// Package encoder turns STOMP frames into bytes.
//
// [AppendFrame] and [AppendView] append a whole frame to a buffer. A [Builder]
// does so header by header, with no frame object. A [Writer] writes to an
// [io.Writer], and streams bodies too large to hold.
//
// # What is promised
//
// What is written, a strict reader of that version reads back as exactly the
// one frame that was meant; or nothing is written and the error is an [*Error]
// that says why. A line feed in a value, a NUL in a header, a content-length
// that lies: none of them reaches the wire (docs/decisions.md, "Finer points
// of the encoder"). Only content-length may differ: see [Length].
// A reader's limits are its own: what it takes to be too large is not known
// here.
//
// The encoder refuses what would not be read back, and a body on a command that
// may not have one. Whether the frame keeps the other rules, such as that SEND
// has a destination, is for package validate to judge.
//
// Appending to a buffer with room allocates nothing. Nothing given to this
// package is kept or changed.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2; sections are cited by their titles, our decisions
// where the specifications are silent by number (docs/decisions.md).
package encoder
