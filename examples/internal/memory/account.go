// Package memory bounds what clients can make a server hold.
package memory

import "sync/atomic"

// An Account counts bytes. Nothing measures them: whoever keeps something adds
// what it costs.
//
// Not everything may use all of the account. Messages that are kept may take
// three quarters, so that a full store leaves room for those who empty it.
// Connections and what they open may take seven eighths, so that what they have
// on its way finds room. Of that, each may take a quarter of what is free: the
// fuller the account, the less one client can have waiting, and who has most is
// refused first.
type Account struct {
	max  int64
	used atomic.Int64
}

// SetMax sets how many bytes there are. Call it before anything else.
func (a *Account) SetMax(max int64) { a.max = max }

// Used returns how many bytes are in use.
func (a *Account) Used() int64 { return a.used.Load() }

// Add takes n bytes without asking, or with a negative n gives them back.
func (a *Account) Add(n int) { a.used.Add(int64(n)) }

// Store takes n bytes for messages that are kept, if there is room.
func (a *Account) Store(n int) bool { return a.take(n, a.max-a.max/4) }

// Open takes n bytes for connections and what they open, if there is room.
func (a *Account) Open(n int) bool { return a.take(n, a.max-a.max/8) }

func (a *Account) take(n int, max int64) bool {
	if a.used.Add(int64(n)) <= max {
		return true
	}
	a.Add(-n)
	return false
}

// Share returns how many bytes one connection may have on their way.
func (a *Account) Share() int { return int(max(a.max-a.used.Load(), 0) / 4) }
