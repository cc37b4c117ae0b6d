package transport

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// A message of any size arrives whole, as text if it is UTF-8.
func TestWriteParts(t *testing.T) {
	large := strings.Repeat("x", fragment-1) + strings.Repeat("\u20ac", fragment)
	messages := [][]string{{"a"}, {"a", "\u00e9"}, {"", large}, {"head\n", large + "\xff"}, {"\xff", "x"}}
	done := make(chan error, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, _ := Accept(w, r, nil, slog.New(slog.DiscardHandler))
		defer ws.Abort()
		var err error
		for _, parts := range messages {
			var b [][]byte
			for _, p := range parts {
				b = append(b, []byte(p))
			}
			progress := 0
			if err = ws.WriteParts(func() { progress++ }, b...); err != nil {
				break
			}
			if size := len(strings.Join(parts, "")); progress < size/fragment || progress == 0 {
				t.Errorf("progress was reported %d times for %d bytes", progress, size)
			}
		}
		done <- err
		ws.Read(make([]byte, 1)) // returns when the client has left
	}))
	defer s.Close()
	ws, _, err := websocket.Dial(context.Background(), s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	ws.SetReadLimit(-1)
	for _, parts := range messages {
		want := strings.Join(parts, "")
		kind, b, err := ws.Read(context.Background())
		if err != nil || string(b) != want || (kind == websocket.MessageText) != utf8.ValidString(want) {
			t.Errorf("%.20q: %v, %d bytes of %d, %v", want, kind, len(b), len(want), err)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestCut(t *testing.T) {
	for text, want := range map[string]int{
		"abc": 3, strings.Repeat("x", 2*fragment): fragment,
		strings.Repeat("x", fragment-1) + strings.Repeat("\u20ac", 2): fragment - 1,
		strings.Repeat("\x80", 2*fragment):                            fragment - utf8.UTFMax,
	} {
		if got := cut([]byte(text)); got != want {
			t.Errorf("%.10q of %d bytes: %d, want %d", text, len(text), got, want)
		}
	}
}
