package encoder

// Options say how to write frames. The zero Options are right for most programs. Do
// not compare Options: later versions may have fields that cannot be compared.
type Options struct {
	// Length says when content-length is written.
	Length Length
	// CRLF ends the lines of a head in CR LF instead of LF in version 1.2 (STOMP
	// 1.2, "STOMP Frames"). In other versions, and before a version is agreed,
	// it has no effect.
	CRLF bool
	// UnknownCommand accepts commands outside the specifications, for peers that
	// know them. Other peers drop the connection.
	UnknownCommand bool
}

// Length is a policy that says when content-length is written. Values other than
// the constants are refused with [UnknownLength]. Under every policy, a
// content-length among the headers must be the length of the body.
type Length uint8

const (
	// LengthAuto writes the content-length that the headers have. If they have
	// none and there is a body, it adds one after all other headers.
	LengthAuto Length = iota
	// LengthNever writes no content-length, and drops one that the headers have.
	// A body with a NUL is refused. It is for ActiveMQ, which turns a frame
	// without content-length into a text message, and one with it into a bytes
	// message.
	LengthNever
	// LengthAsGiven writes the content-length that the headers have, and adds
	// none. A body with a NUL is refused unless they have one. It is for programs
	// that decide frame by frame, and for proxies that write the whole
	// frames that they have read. A proxy that streams bodies does not need it:
	// [Writer.WriteHeadView] adds no content-length.
	LengthAsGiven
)

// isZero reports whether the options are the zero Options.
func (o *Options) isZero() bool { return o.Length == LengthAuto && !o.CRLF && !o.UnknownCommand }
