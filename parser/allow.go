package parser

import "strings"

// Allow is a set of leniencies. The zero Allow is strict. Each bit admits one
// thing that some real peer does and that the specification does not; what it
// risks is a second reader that reads the same bytes in another way.
// [Event.Used] says which of them an input needed.
type Allow uint32

const (
	// AllowEscapedCR reads the escape \r in 1.1, where only 1.2 has it
	// (decision D4). For encoders that do not look at the version. Risk: a
	// strict 1.1 peer behind this one drops the connection.
	AllowEscapedCR Allow = 1 << iota

	// AllowUndefinedEscapes keeps an undefined escape such as \t, or a
	// backslash at the end of a name or value, as it is: two bytes, or one.
	// For several old clients that never escape a backslash; ActiveMQ passes
	// them on. Risk: C:\new and C:\\new, two spellings of different values,
	// become hard to tell apart.
	AllowUndefinedEscapes

	// AllowCRLF ends lines in CR LF as well in 1.0 and 1.1 (decision D5). For
	// hand-written clients; RabbitMQ accepts it. Risk: a value that ends in CR
	// loses it, where a strict reader keeps it.
	AllowCRLF

	// AllowBareCR keeps a CR that no LF follows, in a 1.2 or handshake head,
	// as a byte like others (decision D6). For senders from the time of 1.0.
	// Risk: readers that take CR alone for an end of line see other headers.
	AllowBareCR

	// AllowNULInHead keeps a NUL in a command line, name or value (decision
	// D16). Four brokers accept and echo it. Risk: readers that look for NUL
	// first see the frame end there, and what follows as the next frame.
	AllowNULInHead

	// AllowNULPadding skips NULs between frames (decision D16). Four brokers
	// do. Risk: a frame that another reader takes for ended early goes
	// unnoticed.
	AllowNULPadding

	// AllowRepeatedLength lets the first of several content-length headers
	// with different values win (decision D9). For gateways that append their
	// own. Risk: a reader that takes the last one sees the frame end
	// elsewhere: the classical smuggling.
	AllowRepeatedLength

	// AllowLooseLength reads blanks (space, tab) around the digits of a
	// content-length, and one plus sign before them (decision D17). Most peers
	// accept these. Risk: one that does not falls back to looking for NUL.
	AllowLooseLength

	// AllowUnknownCommand passes commands that the specifications do not have
	// (decision D12), once a version is agreed; before that it changes
	// nothing. For brokers with extensions.
	// Risk: garbage, such as the middle of a body, can pass for a frame, and
	// ActiveMQ takes SENDX for SEND: it looks at the beginning of a command.
	AllowUnknownCommand

	// AllowNULInBody passes a NUL in the counted body of a command other than
	// SEND, MESSAGE and ERROR (decision D22). For extensions that send binary
	// bodies, where every peer on the way counts them. Risk: RabbitMQ and
	// ActiveMQ do not. For them the frame ends at the NUL, and what follows is
	// the next frame: a sender can smuggle frames past whoever forwards these
	// bytes.
	AllowNULInBody
)

// AllowAll has all leniencies.
const AllowAll Allow = 1<<10 - 1

// One name for each bit, in the order of the bits.
var allowNames = [...]string{
	"escaped-cr", "undefined-escapes", "crlf", "bare-cr", "nul-in-head",
	"nul-padding", "repeated-length", "loose-length", "unknown-command",
	"nul-in-body",
}

// Names returns the names of the bits that are set, in a fixed order:
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

// String returns the names with commas between them, "" for none.
func (a Allow) String() string { return strings.Join(a.Names(), ",") }

// ParseAllow returns the bit of a name, AllowAll for "all".
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
