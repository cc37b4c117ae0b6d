package transport

import (
	"math"
	"time"
)

// Silence returns how long a peer that agreed to send in each interval may be
// silent. Two intervals are not enough: ActiveMQ sends its first heart-beat up
// to 2.1 intervals after CONNECTED. The extra second for short intervals allows
// for a slow machine.
func Silence(interval time.Duration) time.Duration {
	if interval > math.MaxInt64/3 { // 97 years; two and a half times that overflows
		return math.MaxInt64
	}
	return interval + max(3*interval/2, time.Second)
}
