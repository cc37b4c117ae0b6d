package headers

import (
	"math"

	"github.com/stompwire/stomp/internal/wire"
)

// ParseContentLength reads the value of a content-length header: one or more
// ASCII digits, without sign or blanks (STOMP 1.2, "Header content-length"). For
// anything else it returns a [*ValueError] with [ErrSyntax], and for a number over
// 2^63-1 one with [ErrRange].
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
