package parser

import "math"

// Limits bound what one frame may cost. The zero Limits, and each field that is
// zero, means the default; zero is never unlimited. A limit is enforced on the
// byte that crosses it, that of a content-length when its line is complete
// (STOMP 1.2, "Size Limits").
type Limits struct {
	// HeaderLine is the longest line of a head, the command line included,
	// in bytes as they are on the wire, a CR before the LF counted, the LF
	// not. Default [DefaultHeaderLine].
	HeaderLine int
	// Headers is the largest number of headers in a frame, repeats counted.
	// Default [DefaultHeaders].
	Headers int
	// Head is the largest head in bytes, from the first byte of the
	// command to the LF of the blank line, both counted. Default
	// [DefaultHead].
	Head int
	// Body is the largest body in bytes. A content-length over it is refused
	// before any of the body has come. Default [DefaultBody].
	Body int64
}

// The default limits. SECURITY.md says why they are what they are.
const (
	DefaultHeaderLine = 8 << 10
	DefaultHeaders    = 128
	DefaultHead       = 64 << 10
	DefaultBody       = 16 << 20
)

const (
	// Unlimited, as a field of Limits, is no limit. It has to be written
	// out.
	Unlimited = -1
	// None, as a field of Limits, is a limit of zero: no body at all, or no
	// headers. So is any other negative number, which some computation may
	// have come to.
	None = -2
)

// LimitsBeforeLogin returns limits for a peer that has not yet shown who it
// is, enough for CONNECT with a token in it: lines of 1 KiB, 32 headers, a
// head of 8 KiB, no body. Call [Parser.SetLimits] when the login is done.
func LimitsBeforeLogin() Limits {
	return Limits{HeaderLine: 1 << 10, Headers: 32, Head: 8 << 10, Body: None}
}

// WorstCase returns how many bytes of memory one connection can make an
// [Assembler] hold while it sends the worst that the limits let through, on a
// 64-bit machine: the head in a growing buffer, its names and values unescaped
// and once more kept, its headers, a command that the specifications do not
// have, a body whose buffer has just doubled, and the Assembler itself. The 16
// KiB that a [Reader] reads into come on top.
// It is math.MaxInt64 where a limit is Unlimited.
func (l Limits) WorstCase() int64 {
	r := l.resolved()
	// What is far more than any memory would overflow below.
	if r.Head == math.MaxInt || int64(r.Head) > math.MaxInt64/128 || r.Body > math.MaxInt64/4 {
		return math.MaxInt64
	}
	head := int64(r.Head)
	// A header takes at least three bytes of the head. What grows has up to
	// twice what it needs, and the old one beside it. What begins small has at
	// least one block, or eight entries.
	count := min(int64(r.Headers), head/3)
	buffers := 3*(head+block) + 2*head + head
	view := (3*count + leastView) * entrySize
	command := min(int64(r.HeaderLine), head)
	return fixed + buffers + view + command + 2*r.Body
}

// fixed is more than an Assembler has of a fixed size, in bytes: itself, the
// table of its buffers, the commands that it keeps.
const fixed = 1 << 10

// resolved returns the limits as numbers to compare with.
func (l Limits) resolved() Limits {
	return Limits{
		HeaderLine: limit(l.HeaderLine, DefaultHeaderLine, math.MaxInt),
		Headers:    limit(l.Headers, DefaultHeaders, math.MaxInt),
		Head:       limit(l.Head, DefaultHead, math.MaxInt),
		Body:       limit(l.Body, DefaultBody, math.MaxInt64),
	}
}

func limit[N int | int64](n, byDefault, unlimited N) N {
	switch {
	case n > 0:
		return n
	case n == 0:
		return byDefault
	case n == Unlimited:
		return unlimited
	}
	return 0
}
