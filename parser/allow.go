package parser

import "strings"

// Allow is a set of leniencies. The zero Allow is strict. Each bit admits one
// thing that real peers send and the specification does not allow. The risk is
// that another reader reads the same bytes differently. [Event.Used] says which
// leniencies an input needed.
type Allow uint32

const (
	// AllowEscapedCR reads the escape \r in 1.1; only 1.2 has it. It is for
	// encoders that ignore the version. Risk: a strict 1.1 peer to which the frame
	// is forwarded drops the connection.
	AllowEscapedCR Allow = 1 << iota

	// AllowUndefinedEscapes keeps an undefined escape such as \t, or a
	// backslash at the end of a name or value, as it is. It is for old clients
	// that never escape a backslash; ActiveMQ accepts them. Risk: a sender that
	// does not escape means C:\table where another reader sees an error, and
	// C:\new is read with a line feed in it.
	AllowUndefinedEscapes

	// AllowCRLF lets lines end in CR LF in 1.0 and 1.1 too. It is for hand-written
	// clients; RabbitMQ accepts it. Risk: a value that ends in CR loses it, while
	// a strict reader keeps it.
	AllowCRLF

	// AllowBareCR takes a CR without LF as data, in heads of 1.2 and of the
	// handshake. It is for senders written for 1.0. Risk: readers that take CR
	// alone for a line ending see other headers.
	AllowBareCR

	// AllowNULInHead takes a NUL in a command line, name or value as data. Four
	// brokers accept and echo it. Risk: for readers that look for NUL first, the
	// frame ends there, and the rest is the next frame.
	AllowNULInHead

	// AllowNULPadding skips NULs between frames, as four brokers do. Risk: a frame
	// that another reader ends too early goes unnoticed.
	AllowNULPadding

	// AllowRepeatedLength uses the first of several content-length headers with
	// different values. It is for gateways that append their own. Risk: for a
	// reader that uses the last one, the frame ends elsewhere, and a sender can
	// smuggle frames past one of the two.
	AllowRepeatedLength

	// AllowLooseLength accepts blanks (space, tab) around the digits of a
	// content-length, and one plus sign before them, as most peers do. Risk: a
	// reader that does not accept them looks for the first NUL instead.
	AllowLooseLength

	// AllowUnknownCommand accepts commands outside the specifications once a
	// version is agreed. It is for brokers with extensions. Risk: garbage, such
	// as the middle of a body, can pass for a frame; and ActiveMQ reads SENDX as
	// SEND, because it looks only at the beginning of a command.
	AllowUnknownCommand

	// AllowNULInBody accepts a NUL in the counted body of a command other than
	// SEND, MESSAGE and ERROR. It is for extensions that send binary bodies, if
	// every peer on the way uses their content-length. Risk: RabbitMQ and
	// ActiveMQ do not. For them the frame ends at the NUL, and a sender can
	// smuggle frames past whoever forwards these bytes.
	AllowNULInBody
)

// AllowAll is the set of all leniencies.
const AllowAll Allow = 1<<10 - 1

// One name for each bit, in the order of the bits.
var allowNames = [...]string{
	"escaped-cr", "undefined-escapes", "crlf", "bare-cr", "nul-in-head",
	"nul-padding", "repeated-length", "loose-length", "unknown-command",
	"nul-in-body",
}

// Names returns the names of the leniencies in the set, in this order:
// "escaped-cr", "undefined-escapes", "crlf", "bare-cr", "nul-in-head",
// "nul-padding", "repeated-length", "loose-length", "unknown-command",
// "nul-in-body". They are stable.
func (a Allow) Names() []string {
	var names []string
	for i, name := range allowNames {
		if a&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String returns the names separated by commas, or "" for the empty set.
func (a Allow) String() string { return strings.Join(a.Names(), ",") }

// ParseAllow returns the leniency with a name, or AllowAll for "all", and whether
// there is one.
func ParseAllow(name string) (Allow, bool) {
	if name == "all" {
		return AllowAll, true
	}
	for i, n := range allowNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}
