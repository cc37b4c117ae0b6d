package headers

import (
	"math"
	"strconv"
	"time"

	"github.com/stompwire/stomp/internal/wire"
)

// HeartBeats is the value of a heart-beat header: how often its sender can send
// and how often it wants to receive (STOMP 1.2, "Heart-beating"). The zero value
// asks for none in either direction, as a missing header does.
type HeartBeats struct {
	Send    time.Duration // shortest interval that the sender can guarantee; 0 if it sends none
	Receive time.Duration // interval at which it wants to receive; 0 if it wants none
}

// maxMillis is the largest number of milliseconds in a Duration: 292 years.
const maxMillis = math.MaxInt64 / int64(time.Millisecond)

// ParseHeartBeats reads the value of a heart-beat header: two numbers of
// milliseconds in ASCII digits, with a comma between them and nothing else. The
// specification sets no bound: a number that does not fit a [time.Duration]
// becomes the largest that does, 292 years. Errors are a [*ValueError] with
// [ErrSyntax]. A frame without the header has the zero HeartBeats: an empty value is
// an error. validate.Session.HeartBeat negotiates the intervals of a connection.
func ParseHeartBeats[T ~string | ~[]byte](s T) (HeartBeats, error) {
	send, i, ok := interval(s, 0)
	if !ok || i == len(s) || s[i] != ',' {
		return HeartBeats{}, &ValueError{HeartBeat, i, ErrSyntax}
	}
	receive, i, ok := interval(s, i+1)
	if !ok || i < len(s) {
		return HeartBeats{}, &ValueError{HeartBeat, i, ErrSyntax}
	}
	return HeartBeats{send, receive}, nil
}

// interval reads the milliseconds at index i, and returns the index after them.
func interval[T ~string | ~[]byte](s T, i int) (d time.Duration, next int, ok bool) {
	n, next, ok := wire.Number(s, i, maxMillis)
	if !ok && wire.IsDigit(s, next) {
		n, ok = maxMillis, true
		for wire.IsDigit(s, next) {
			next++
		}
	}
	return time.Duration(n) * time.Millisecond, next, ok
}

// String returns the value as it is in a header, in milliseconds, which
// [ParseHeartBeats] reads back. It rounds parts of a millisecond up, so that a
// short interval does not become 0, and writes negative durations as 0.
func (h HeartBeats) String() string {
	b := strconv.AppendInt(make([]byte, 0, 40), millis(h.Send), 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, millis(h.Receive), 10)
	return string(b)
}

func millis(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	// The longest durations, rounded up, would not fit a Duration.
	return min(int64((d-1)/time.Millisecond)+1, maxMillis)
}

// NegotiateHeartBeats returns the interval at which each side must send data,
// given the heart-beat headers of CONNECT and CONNECTED; 0 means that it need
// not. The receiver should allow a margin (STOMP 1.2, "Heart-beating"). An interval is
// at most 73 years, so that four times the interval still fits a [time.Duration].
func NegotiateHeartBeats(client, server HeartBeats) (fromClient, fromServer time.Duration) {
	return agree(client.Send, server.Receive), agree(server.Send, client.Receive)
}

func agree(send, receive time.Duration) time.Duration {
	if send <= 0 || receive <= 0 {
		return 0
	}
	return min(max(send, receive), math.MaxInt64/4/time.Millisecond*time.Millisecond)
}
