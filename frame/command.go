package frame

import "iter"

// A Command is the first line of a frame, such as SEND. Commands are case
// sensitive. Extensions may have commands other than the constants.
type Command string

// The commands of the specifications.
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

// LookupCommand returns the command of the specifications with the name s, and
// whether there is one. It does not allocate.
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

// Commands returns an iterator over the commands of the specifications, those of
// clients first.
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

// Known reports whether the command is one of the specifications.
func (c Command) Known() bool {
	_, ok := LookupCommand(c)
	return ok
}

// FromServer reports whether the command is one that servers send: CONNECTED,
// MESSAGE, RECEIPT or ERROR (STOMP 1.2, "Server Frames"). It returns false for
// commands outside the specifications, and so does [Command.FromClient]. A proxy
// must not forward a server's command from a client: see [Command.MayHaveNUL].
func (c Command) FromServer() bool {
	switch c {
	case CONNECTED, MESSAGE, RECEIPT, ERROR:
		return true
	}
	return false
}

// FromClient reports whether the command is one that clients send (STOMP 1.2,
// "Client Frames"; CONNECT and STOMP).
func (c Command) FromClient() bool { return c.Known() && !c.FromServer() }

// Handshake reports whether a frame with the command may come before a version is
// agreed: CONNECT, STOMP, CONNECTED, and the ERROR that refuses a client.
func (c Command) Handshake() bool {
	switch c {
	case CONNECT, STOMP, CONNECTED, ERROR:
		return true
	}
	return false
}

// MayHaveBody reports whether a frame with the command may have a body in version
// v. SEND, MESSAGE and ERROR may (STOMP 1.2, "Body"). In 1.0 all commands but
// RECEIPT may, because 1.0 only says that the body of RECEIPT is empty. Commands
// outside the specifications may in every version.
func (c Command) MayHaveBody(v Version) bool {
	switch c {
	case SEND, MESSAGE, ERROR:
		return true
	case RECEIPT:
		return false
	}
	return v == V10 || !c.Known()
}

// MayHaveNUL reports whether a body of the command may contain a NUL: that of
// SEND, MESSAGE and ERROR may. For other commands some brokers ignore
// content-length: they end the body at the NUL, and read what follows as the next
// frame. MESSAGE and ERROR come from servers. Clients use their content-length,
// but not every broker does if a client sends them.
func (c Command) MayHaveNUL() bool {
	switch c {
	case SEND, MESSAGE, ERROR:
		return true
	}
	return false
}
