package server

// What things cost in the account of the server, in bytes, beside their text. It
// is a little more than what they take, so the memory in use stays below the
// account.
const (
	costConnection   = 36 << 10 // stack, buffers, also those of a WebSocket, and what an idle session keeps
	costSubscription = 768      // with its share of maps and lists, and in the session
	costTransaction  = 512
	costStep         = 128 // of a transaction
	costPending      = 384 // a message that a client has yet to acknowledge
	costDestination  = 512
	costMessage      = 384 + costPending
	costHeader       = 32
)

// count brings the account up to date with what a connection has beside its
// costConnection and its messages, and reports whether there is room for more.
// The caller holds Server.mu.
func (c *connection) count() bool {
	if c.detached {
		return true
	}
	// The messages of a queue include theirs. Others may each keep a removed
	// subscription in the session.
	pending := max(c.session.Unacknowledged()+c.acked-c.handouts.Len(), 0)
	n := c.open + pending*(costPending+2*c.longest) - c.counted
	if n <= 0 {
		c.server.account.Add(n)
	} else if !c.server.account.Open(n) {
		return false
	}
	c.counted += n
	return true
}
