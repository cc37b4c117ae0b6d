// Package frame has what a STOMP frame is: its commands, the versions of the
// protocol, and the frame itself, owned ([Frame]) or borrowed ([Head],
// [View]). It does not read or write frames: package parser does the one,
// package encoder the other.
//
// # Terminology
//
// A frame is a command, headers and a body (STOMP 1.2, "STOMP Frames"). The
// command and the headers are its head.
//
// A session begins with a handshake: CONNECT or STOMP from the client, then
// CONNECTED or ERROR from the server. Until the version is agreed it is
// [Unnegotiated].
//
// # Ownership
//
// A Frame owns its memory. A Head or View borrows it, from the parser as a
// rule, whose documentation says for how long. [View.Clone] and [Head.Clone]
// make a Frame, which stays valid.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by their titles.
package frame
