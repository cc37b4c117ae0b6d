package validate

import "strconv"

// A Role is one of the two sides of a connection (STOMP 1.2, "Conformance"). As an
// argument it says who sent a frame.
type Role uint8

const (
	Client Role = iota // sends CONNECT, SEND, SUBSCRIBE, ACK ...
	Server             // sends CONNECTED, MESSAGE, RECEIPT, ERROR
)

// String returns "client" or "server".
func (r Role) String() string {
	switch r {
	case Client:
		return "client"
	case Server:
		return "server"
	}
	return "Role(" + strconv.Itoa(int(r)) + ")"
}

// A roleError is the error for a Role that is neither Client nor Server.
type roleError Role

func (e roleError) Error() string {
	return "stomp: " + Role(e).String() + " is neither Client nor Server"
}
