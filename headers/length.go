package headers

import (
	"math"

	"github.com/stompwire/stomp/internal/wire"
)

// ParseContentLength reads the value of a content-length header: one or more
// ASCII digits, no sign, no blank. Anything else, or a number over 2^63-1, is
// a [*ValueError] (STOMP 1.2, "Header content-length").
func ParseContentLength[T ~string | ~[]byte](s T) (int64, error) {
	n, next, ok := wire.Number(s, 0, math.MaxInt64)
	switch {
	case !ok && wire.IsDigit(s, next):
		return 0, &ValueError{ContentLength, next, ErrRange}
	case !ok || next < len(s):
		return 0, &ValueError{ContentLength, next, ErrSyntax}
	}
	return n, nil
}
