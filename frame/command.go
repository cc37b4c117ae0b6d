package frame

import "iter"

// A Command is the first line of a frame. Commands are case sensitive. It is
// a string so that extensions have room; [LookupCommand] knows those of the
// specifications.
type Command string

// The commands of the specifications, spelled as they are on the wire.
const (
	CONNECT     Command = "CONNECT"
	STOMP       Command = "STOMP" // CONNECT under another name; 1.1 and 1.2
	SEND        Command = "SEND"
	SUBSCRIBE   Command = "SUBSCRIBE"
	UNSUBSCRIBE Command = "UNSUBSCRIBE"
	BEGIN       Command = "BEGIN"
	COMMIT      Command = "COMMIT"
	ABORT       Command = "ABORT"
	ACK         Command = "ACK"
	NACK        Command = "NACK" // 1.1 and 1.2
	DISCONNECT  Command = "DISCONNECT"

	CONNECTED Command = "CONNECTED"
	MESSAGE   Command = "MESSAGE"
	RECEIPT   Command = "RECEIPT"
	ERROR     Command = "ERROR"
)

// LookupCommand returns the command that s spells, and whether the
// specifications know it. It never allocates.
func LookupCommand[T ~string | ~[]byte](s T) (Command, bool) {
	if len(s) > len(UNSUBSCRIBE) {
		return "", false // longer than any, and string(s) would copy it
	}
	switch string(s) {
	case string(CONNECT):
		return CONNECT, true
	case string(STOMP):
		return STOMP, true
	case string(SEND):
		return SEND, true
	case string(SUBSCRIBE):
		return SUBSCRIBE, true
	case string(UNSUBSCRIBE):
		return UNSUBSCRIBE, true
	case string(BEGIN):
		return BEGIN, true
	case string(COMMIT):
		return COMMIT, true
	case string(ABORT):
		return ABORT, true
	case string(ACK):
		return ACK, true
	case string(NACK):
		return NACK, true
	case string(DISCONNECT):
		return DISCONNECT, true
	case string(CONNECTED):
		return CONNECTED, true
	case string(MESSAGE):
		return MESSAGE, true
	case string(RECEIPT):
		return RECEIPT, true
	case string(ERROR):
		return ERROR, true
	}
	return "", false
}

// Commands goes through the commands of the specifications, the client's
// first.
func Commands() iter.Seq[Command] {
	return func(yield func(Command) bool) {
		for _, c := range [...]Command{
			CONNECT, STOMP, SEND, SUBSCRIBE, UNSUBSCRIBE, BEGIN, COMMIT, ABORT, ACK, NACK, DISCONNECT,
			CONNECTED, MESSAGE, RECEIPT, ERROR,
		} {
			if !yield(c) {
				return
			}
		}
	}
}

// Known reports whether the specifications have the command.
func (c Command) Known() bool {
	_, ok := LookupCommand(c)
	return ok
}

// FromServer reports whether servers send the command (STOMP 1.2, "Server
// Frames", and CONNECTED). A proxy must not forward a command of servers from a
// client: see [Command.MayHaveNUL]. For commands outside the specifications both
// FromServer and FromClient are false.
func (c Command) FromServer() bool {
	switch c {
	case CONNECTED, MESSAGE, RECEIPT, ERROR:
		return true
	}
	return false
}

// FromClient reports whether clients send the command (STOMP 1.2, "Client
// Frames", and CONNECT and STOMP).
func (c Command) FromClient() bool { return c.Known() && !c.FromServer() }

// Handshake reports whether a frame with the command may come before the
// version is agreed: CONNECT, STOMP, CONNECTED, and the ERROR that refuses.
func (c Command) Handshake() bool {
	switch c {
	case CONNECT, STOMP, CONNECTED, ERROR:
		return true
	}
	return false
}

// MayHaveBody reports whether the version lets the frame have a body: SEND,
// MESSAGE and ERROR (STOMP 1.2, "Body"). STOMP 1.0 has no such rule, it only
// ignores a body on SUBSCRIBE and says that the one of RECEIPT is empty; so in
// 1.0 all but RECEIPT may have one. Nothing is known of commands outside the
// specifications: they may.
func (c Command) MayHaveBody(v Version) bool {
	switch c {
	case SEND, MESSAGE, ERROR:
		return true
	case RECEIPT:
		return false
	}
	return v == V10 || !c.Known()
}

// MayHaveNUL reports whether a body of the command may contain a NUL: SEND,
// MESSAGE and ERROR. For others some brokers do not look at content-length: they
// end the body at the NUL, and read what follows as the next frame (decision
// D22). Clients count the bodies of MESSAGE and ERROR, but not every broker
// does; only servers may send them.
func (c Command) MayHaveNUL() bool {
	switch c {
	case SEND, MESSAGE, ERROR:
		return true
	}
	return false
}
