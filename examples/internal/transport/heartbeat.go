package transport

import (
	"math"
	"time"
)

// Silence returns how long a peer may be silent that agreed to send something in
// each interval. ActiveMQ's first heart-beat comes up to 2.1 intervals after
// CONNECTED, so twice is not enough. Short intervals need room for a slow machine.
func Silence(interval time.Duration) time.Duration {
	if interval > math.MaxInt64/3 { // 97 years, and twice and a half that is no Duration
		return math.MaxInt64
	}
	return interval + max(3*interval/2, time.Second)
}
