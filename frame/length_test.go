package frame_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stompwire/stomp/frame"
)

func TestContentLength(t *testing.T) {
	for _, tt := range []struct {
		length  frame.ContentLength
		n       int64
		counted bool
		text    string
	}{
		{frame.ContentLength{}, -1, false, "none"},
		{frame.Head{}.Length, -1, false, "none"},
		{frame.Counted(-1), -1, false, "none"},
		{frame.Counted(math.MinInt64), -1, false, "none"},
		{frame.Counted(0), 0, true, "0"},
		{frame.Counted(5), 5, true, "5"},
		{frame.Counted(math.MaxInt64), math.MaxInt64, true, "9223372036854775807"},
	} {
		if n, counted := tt.length.Get(); n != tt.n || counted != tt.counted {
			t.Errorf("Get: %d %t, want %d %t", n, counted, tt.n, tt.counted)
		}
		if got := tt.length.String(); got != tt.text {
			t.Errorf("String: %q, want %q", got, tt.text)
		}
		if same := tt.length == frame.Counted(5); cmp.Equal(tt.length, frame.Counted(5)) != same {
			t.Errorf("%v: cmp.Equal and == differ", tt.length)
		}
	}
}
