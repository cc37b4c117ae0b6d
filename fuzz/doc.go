// Package fuzz is how this module is proved, as a library: generators, properties
// and an oracle. Our own tests use it, and so can the tests of other STOMP
// implementations and of programs built on this module. It is for tests: it
// allocates freely and its errors show what they are about in full, values of
// headers included.
//
// # What is for whom
//
// To test a decoder of your own, wrap it in a [Decoder] and call
// [CheckOracle], [CheckChunking] and [CheckConcatenation], with streams from
// [Streams] cut by [Cuts], or with octets from a native fuzz target cut by
// [CutBy].
//
// To test an encoder of your own, wrap it in an [Encoder] and call
// [CheckRoundTrip] with frames from [Frames], and [CheckEncoder] with frames
// from [HostileFrames].
//
// To test a program that handles frames, take frames from [Frames]; for one
// that holds conversations, such as a broker, there are [Conversations].
//
// The properties of this module's own parser are [checkEvents],
// [checkEventsThen], [checkFrames], [checkLossless], [checkLenient], [checkSticky],
// [checkReset] and [checkViews]; those of the encoder and of escaping are the
// two above, [checkAccepted] and [checkEscape]; that of package validate is
// [CheckSession], with conversations from [Conversations].
//
// # Terminology
//
// A generator makes random values that shrink: when a test fails, package
// rapid looks for the simplest value with which it still fails. A property is
// a function that returns an error when something that must always hold does
// not hold for its arguments; the error says what and for which input. A
// property works in a rapid test, in a native fuzz target and in a table of
// cases alike.
//
// The [Oracle] is a second reader of STOMP, independent of package parser:
// slow, obvious, and written from the grammar and docs/decisions.md. It takes
// the whole input at once. A [Reading] is what it, or a parser, makes of an
// input. The [SessionOracle] is the same for conversations.
//
// # Specifications
//
// STOMP 1.0, 1.1 and 1.2; sections are cited by their titles, our decisions
// where the specifications are silent by number (docs/decisions.md).
package fuzz
