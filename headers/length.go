package headers

import "math"

// ParseContentLength reads the value of a content-length header: one or more
// ASCII digits, no sign, no blank. Anything else, or a number over 2^63-1, is
// a [*ValueError] (STOMP 1.2, "Header content-length").
func ParseContentLength[T ~string | ~[]byte](s T) (int64, error) {
	return ParseContentLengthMax(s, math.MaxInt64)
}

// ParseContentLengthMax is ParseContentLength with a limit: the digit that
// takes the number over limit is an error of range, before any later byte is
// looked at. limit must not be negative.
func ParseContentLengthMax[T ~string | ~[]byte](s T, limit int64) (int64, error) {
	n, next, err := digits(s, 0, limit)
	if err == nil && next < len(s) {
		err = ErrSyntax
	}
	if err != nil {
		return 0, &ValueError{ContentLength, next, err}
	}
	return n, nil
}
