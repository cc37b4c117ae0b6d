package parser_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stompwire/stomp/parser"
)

// WorstCase by its parts: six times the head, three entries of 48 octets for
// each header that fits into it, twice the body.
func TestWorstCaseParts(t *testing.T) {
	for _, c := range []struct {
		limits parser.Limits
		want   int64
	}{
		{parser.Limits{Head: 3000, Headers: parser.None, Body: parser.None}, 18000},
		{parser.Limits{Head: 3000, Headers: parser.None, Body: 1000}, 18000 + 2000},
		{parser.Limits{Head: 3000, Headers: 10, Body: parser.None}, 18000 + 1440},
		{parser.Limits{Head: 3000, Headers: 1000, Body: parser.None}, 18000 + 144000},
		{parser.Limits{Head: 3000, Headers: 1001, Body: parser.None}, 18000 + 144000}, // no more than 1000 fit
		{parser.Limits{Head: 3000, Headers: parser.Unlimited, Body: parser.None}, 18000 + 144000},
		{parser.Limits{Head: 3000, Headers: parser.None, Body: math.MaxInt64 / 4}, 18000 + math.MaxInt64/4*2},
		{parser.Limits{Head: 3000, Headers: parser.None, Body: math.MaxInt64/4 + 1}, math.MaxInt64},
		{parser.Limits{Head: parser.Unlimited, Body: parser.None}, math.MaxInt64},
		{parser.Limits{Body: parser.Unlimited}, math.MaxInt64},
	} {
		if n := c.limits.WorstCase(); n != c.want {
			t.Errorf("%+v: %d, want %d", c.limits, n, c.want)
		}
	}
	if strconv.IntSize < 64 {
		return // no head is large enough
	}
	var most int64 = math.MaxInt64 / 128
	for head, want := range map[int64]int64{most: 6*most + 144*(most/3) + math.MaxInt64/4*2, most + 1: math.MaxInt64} {
		l := parser.Limits{Head: int(head), Headers: parser.Unlimited, Body: math.MaxInt64 / 4}
		if n := l.WorstCase(); n != want {
			t.Errorf("%+v: %d, want %d", l, n, want)
		}
	}
}
