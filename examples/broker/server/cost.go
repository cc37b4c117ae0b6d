package server

// Costs in the server's account, in bytes, in addition to text. They are
// slightly higher than the real sizes, so the memory in use stays below the
// account.
const (
	costConnection   = 36 << 10 // stack, buffers (including those of a WebSocket), idle session
	costSubscription = 768      // including its share of maps, lists and the session
	costTransaction  = 512
	costStep         = 128 // one step of a transaction
	costPending      = 384 // an unacknowledged message
	costDestination  = 512
	costMessage      = 384 + costPending
	costHeader       = 32
)

// count updates the account for a connection's state beyond costConnection and
// its messages, and reports whether there was room. The caller holds Server.mu.
func (c *connection) count() bool {
	if c.detached {
		return true
	}
	// Queued messages include costPending. Other pending messages may each keep
	// a removed subscription in the session.
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
