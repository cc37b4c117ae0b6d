package parser

import "math"

// Limits bound the size of a frame (STOMP 1.2, "Size Limits"). A field that is zero
// means the default, never unlimited. The byte that exceeds a limit is an error as
// soon as it comes; a content-length that does so, once its line is complete.
type Limits struct {
	// HeaderLine is the longest line of a head, including the command line, in
	// bytes on the wire. A CR before the LF counts, the LF does not. Default
	// [DefaultHeaderLine].
	HeaderLine int
	// Headers is the largest number of headers in a frame, including repeats.
	// Default [DefaultHeaders].
	Headers int
	// Head is the largest head in bytes, from the first byte of the command to
	// the LF of the blank line, both included. Default [DefaultHead].
	Head int
	// Body is the largest body in bytes. A larger content-length is an error
	// before any of the body has come. Default [DefaultBody].
	Body int64
}

// The default limits, in bytes, or for DefaultHeaders a number of headers.
const (
	DefaultHeaderLine = 8 << 10
	DefaultHeaders    = 128
	DefaultHead       = 64 << 10
	DefaultBody       = 16 << 20
)

const (
	// Unlimited as a field of Limits means no limit.
	Unlimited = -1
	// None as a field of Limits means a limit of zero, such as no body or no
	// headers. So does any other negative number except Unlimited.
	None = -2
)

// LimitsBeforeLogin returns limits for a client that has not logged in: lines of 4
// KiB, 32 headers, a head of 8 KiB, and no body. They suffice for a CONNECT with a
// token. Call SetLimits after the login.
func LimitsBeforeLogin() Limits {
	return Limits{HeaderLine: 4 << 10, Headers: 32, Head: 8 << 10, Body: None}
}

// WorstCase returns the most memory, in bytes on a 64-bit machine, that a peer can
// make an [Assembler] hold within the limits: the Assembler itself, its buffers for
// the head and for unescaped and copied headers, the list of headers, and a body
// whose buffer has just doubled. A [Reader] needs its read buffer in addition. The
// result is math.MaxInt64 if Head or Body is Unlimited.
func (l Limits) WorstCase() int64 {
	r := l.resolved()
	// What is far more than any memory would overflow below.
	if r.Head == math.MaxInt || int64(r.Head) > math.MaxInt64/128 || r.Body > math.MaxInt64/4 {
		return math.MaxInt64
	}
	head := int64(r.Head)
	// A header takes at least three bytes of the head. What grows has up to twice
	// what it needs, and the old memory beside it. What begins small has at least
	// one block, or eight entries.
	count := min(int64(r.Headers), head/3)
	buffers := 3*(head+block) + 2*head + head
	view := (3*count + leastView) * entrySize
	command := min(int64(r.HeaderLine), head)
	return fixed + buffers + view + command + 2*r.Body
}

// fixed is more than the fixed size of an Assembler in bytes: itself, the table of
// its buffers, and the commands that it keeps.
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
