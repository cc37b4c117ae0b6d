package transport

import "time"

// Silence returns after how long a peer that has promised to send something in
// each interval counts as gone. ActiveMQ's first heart-beat comes up to 2.1
// intervals after CONNECTED, so twice is not enough; and short intervals need
// room for a slow machine.
func Silence(interval time.Duration) time.Duration {
	return interval + max(3*interval/2, time.Second)
}
