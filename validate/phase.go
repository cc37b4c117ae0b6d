package validate

import "strconv"

// A Phase is the state of one direction. Phases only advance, in this order.
type Phase uint8

const (
	Idle       Phase = iota // the client has not sent CONNECT or STOMP
	Connecting              // CONNECT or STOMP was sent, CONNECTED was not; clients may send more frames
	Connected               // CONNECTED was sent
	Closed                  // the direction has ended, with DISCONNECT of the client or ERROR of the server

	numPhases
)

// String returns "idle", "connecting", "connected" or "closed".
func (p Phase) String() string {
	switch p {
	case Idle:
		return "idle"
	case Connecting:
		return "connecting"
	case Connected:
		return "connected"
	case Closed:
		return "closed"
	}
	return "Phase(" + strconv.Itoa(int(p)) + ")"
}

type commandSet uint32

func commands(list ...command) (set commandSet) {
	for _, c := range list {
		set |= 1 << c
	}
	return set
}

// A transition says what a command does in a phase of its sender. Nothing else
// changes phases. The rule that a frame after ERROR breaks depends on more: see
// Session.afterError.
type transition struct {
	from     Role
	in       Phase      // phase of the sender
	commands commandSet // 0: all others that the role sends, including extensions
	breaks   Rule       // 0 if the frame may come now
	// The phase of each direction afterwards, unless it was later already.
	client, server Phase
}

var (
	connects    = commands(cmdConnect, cmdStomp)
	disconnects = commands(cmdDisconnect)
	accepts     = commands(cmdConnected)
	fails       = commands(cmdError)
)

// The first row that matches counts.
var transitions = []transition{
	{Client, Idle, connects, 0, Connecting, Connecting},
	{Client, Idle, 0, ConnectFirst, Idle, Idle},
	{Client, Connecting, connects, ConnectOnce, Idle, Idle},
	{Client, Connecting, disconnects, 0, Closed, Idle},
	{Client, Connecting, 0, 0, Idle, Idle},
	{Client, Connected, connects, ConnectOnce, Idle, Idle},
	{Client, Connected, disconnects, 0, Closed, Idle},
	{Client, Connected, 0, 0, Idle, Idle},
	{Client, Closed, 0, DisconnectLast, Idle, Idle},

	{Server, Idle, accepts, ConnectedUnasked, Idle, Idle},
	{Server, Idle, fails, 0, Idle, Closed},
	{Server, Idle, 0, ConnectedFirst, Idle, Idle},
	{Server, Connecting, accepts, 0, Connected, Connected},
	{Server, Connecting, fails, 0, Idle, Closed},
	{Server, Connecting, 0, ConnectedFirst, Idle, Idle},
	{Server, Connected, accepts, ConnectedOnce, Idle, Idle},
	{Server, Connected, fails, 0, Idle, Closed},
	{Server, Connected, 0, 0, Idle, Idle},
	{Server, Closed, 0, FrameAfterError, Idle, Idle},
}

// moves is the table of transitions by role, phase and command, for speed.
var moves = func() (t [2][numPhases][numCommands]*transition) {
	for i := len(transitions) - 1; i >= 0; i-- {
		row := &transitions[i]
		for c := extension; c < numCommands; c++ {
			if row.commands&(1<<c) != 0 || row.commands == 0 && sends(row.from, c) {
				t[row.from][row.in][c] = row
			}
		}
	}
	return t
}()

// sends reports whether the role may ever send the command.
func sends(from Role, c command) bool {
	return c == extension || (c >= cmdConnected) == (from == Server)
}
