package encoder

// Options say how frames are written. The zero Options are right for most. Do
// not compare Options: they may get fields that cannot be compared.
type Options struct {
	// Length says when content-length is written.
	Length Length
	// CRLF ends the lines of a head in CR LF instead of LF. It works in 1.2
	// alone, the only version that has it (STOMP 1.2, "STOMP Frames"); in
	// others, and during the handshake, where the reader's version is not
	// known, lines end in LF all the same.
	CRLF bool
	// UnknownCommand passes commands that the specifications do not have, for
	// peers that understand them. Others drop the connection.
	UnknownCommand bool
}

// Length is a policy for content-length (decision D21). A value other than the
// constants is refused with [UnknownLength].
type Length uint8

const (
	// LengthAuto writes a content-length, after all other headers, when there
	// is a body and the headers have none; one that they have must be right.
	LengthAuto Length = iota
	// LengthNever writes none, and leaves out one that the headers have, which
	// must be right all the same. A body with a NUL is refused. ActiveMQ makes
	// a text message of a frame without content-length, a bytes message of one
	// with it.
	LengthNever
	// LengthAsGiven writes one that the headers have, which must be right, and
	// adds none. A body with a NUL is refused unless the headers have one. It is
	// for programs that decide frame by frame, and for proxies that encode
	// again what they have read.
	LengthAsGiven
)
