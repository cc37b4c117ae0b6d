// Package frame defines STOMP frames: the commands, the versions of the protocol,
// and the frame itself, owned ([Frame]) or borrowed ([Head], [View]). Package
// parser reads frames, package encoder writes them.
//
// # Terminology
//
// A frame is a command, headers and a body (STOMP 1.2, "STOMP Frames"). The
// command and the headers are its head.
//
// A session begins with a handshake: CONNECT or STOMP from the client, then
// CONNECTED or ERROR from the server. Until they agree on a version, the version
// is [Unnegotiated].
//
// # Ownership
//
// A Frame owns its memory. A Head or View borrows it, usually from a parser, whose
// documentation says for how long. [View.Clone] and [Head.Clone] copy it into a
// Frame, which stays valid.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2. Sections are cited by title.
package frame
