// Package memory limits the memory that clients can make a server hold.
package memory

import "sync/atomic"

// An Account counts bytes. It does not measure memory: code that keeps
// something adds an estimate of its size.
//
// Each kind of use has its own limit. Stored messages may take three quarters
// of the account, so consumers can still connect and empty a full store.
// Connections and what they open may take seven eighths, which leaves room for
// data in transit. One connection's data in transit may take a quarter of what
// is free, so the client that holds the most is refused first.
type Account struct {
	max  int64
	used atomic.Int64
}

// SetMax sets the size of the account. Call it before any other method.
func (a *Account) SetMax(max int64) { a.max = max }

// Used returns the number of bytes in use.
func (a *Account) Used() int64 { return a.used.Load() }

// Add takes n bytes regardless of the limits. A negative n returns bytes.
func (a *Account) Add(n int) { a.used.Add(int64(n)) }

// Store takes n bytes for stored messages, if there is room.
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

// Share returns how many bytes of data in transit one connection may have.
func (a *Account) Share() int { return int(max(a.max-a.used.Load(), 0) / 4) }
