package parser_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stompwire/stomp/parser"
)

// WorstCase by its parts: six times the head, one line for a command, three
// entries of 48 bytes for each header that fits into the head, twice the body;
// and for what has a least size three blocks of 512 bytes, eight entries and
// 1 KiB.
func TestWorstCaseParts(t *testing.T) {
	const least = 3*512 + 8*48 + 1<<10
	for _, c := range []struct {
		limits parser.Limits
		want   int64
	}{
		{parser.Limits{Head: 3000, Headers: parser.None, Body: parser.None}, least + 21000},
		{parser.Limits{HeaderLine: 100, Head: 3000, Headers: parser.None, Body: parser.None}, least + 18100},
		{parser.Limits{HeaderLine: 4000, Head: 3000, Headers: parser.None, Body: parser.None}, least + 21000}, // no line is longer than the head
		{parser.Limits{HeaderLine: parser.Unlimited, Head: 3000, Headers: parser.None, Body: parser.None}, least + 21000},
		{parser.Limits{Head: 3000, Headers: parser.None, Body: 1000}, least + 21000 + 2000},
		{parser.Limits{Head: 3000, Headers: 10, Body: parser.None}, least + 21000 + 1440},
		{parser.Limits{Head: 3000, Headers: 1000, Body: parser.None}, least + 21000 + 144000},
		{parser.Limits{Head: 3000, Headers: 1001, Body: parser.None}, least + 21000 + 144000}, // no more than 1000 fit
		{parser.Limits{Head: 3000, Headers: parser.Unlimited, Body: parser.None}, least + 21000 + 144000},
		{parser.Limits{Head: 3000, Headers: parser.None, Body: math.MaxInt64 / 4}, least + 21000 + math.MaxInt64/4*2},
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
	for head, want := range map[int64]int64{most: least + 7*most + 144*(most/3) + math.MaxInt64/4*2, most + 1: math.MaxInt64} {
		l := parser.Limits{HeaderLine: parser.Unlimited, Head: int(head), Headers: parser.Unlimited, Body: math.MaxInt64 / 4}
		if n := l.WorstCase(); n != want {
			t.Errorf("%+v: %d, want %d", l, n, want)
		}
	}
}
