package har_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stompwire/stomp/cmd/stomp/internal/har"
)

func read(s string) string {
	var b strings.Builder
	n, err := har.Read(strings.NewReader(s), har.Limit{}, func(e har.Entry) error {
		fmt.Fprintf(&b, "%d %s %s:", e.Number, e.URL, e.Protocol)
		for _, m := range e.Messages {
			fmt.Fprintf(&b, " %v %s %v %q", m.Sent, m.Time.UTC().Format(time.RFC3339Nano), m.Text, m.Data)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		return b.String() + err.Error()
	}
	return fmt.Sprintf("%s%d entries", &b, n)
}

const chrome = `{
  "log": {"version": "1.2", "creator": {"name": "WebInspector"}, "pages": [],
    "entries": [
      {"request": {"url": "http://x/"}, "response": {"content": {"text": "{\"log\":1}"}}},
      {"_webSocketMessages": [
         {"type": "send", "time": 1700000000.25, "opcode": 1, "data": "CONNECT\n\n\u0000"},
         {"type": "receive", "time": 1700000000.5, "opcode": 2, "data": "Q09OTkVDVEVECgoA"},
         {"type": "error", "time": 1700000001, "opcode": -1, "data": "closed"}],
       "request": {"url": "ws://x/ws"},
       "response": {"headers": [{"name": "sec-websocket-protocol", "value": "v12.stomp"}]}}
    ]
  }
}`

func TestRead(t *testing.T) {
	const messages = `2 ws://x/ws v12.stomp: true 2023-11-14T22:13:20.25Z true "CONNECT\n\n\x00" false 2023-11-14T22:13:20.5Z false "CONNECTED\n\n\x00"` + "\n"
	for name, tt := range map[string]struct{ in, want string }{
		"Chrome": {chrome, messages + "2 entries"},
		"milliseconds": {`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","time":1795911077590.637,"opcode":1,"data":"a"},{"type":"send","time":1e300,"opcode":1,"data":"b"}]}]}}`,
			`1  : true 2026-11-29T00:11:17.590637Z true "a" true 0001-01-01T00:00:00Z true "b"` + "\n1 entries"},
		"no entries":    {`{"log":{"entries":[]}}`, "0 entries"},
		"no log":        {`{"a":1}`, `it has no "log"`},
		"no list":       {`{"log":{"pages":[1]}}`, `it has no "entries"`},
		"not an object": {`[]`, "it has no { where it should"},
		"a mark":        {"\xef\xbb\xbf" + `{"log":{"entries":[]}}`, "0 entries"},
		"cut":           {chrome[:len(chrome)-13], messages + "entry 2: it ends too early"},
		"cut in a message": {`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","time":1,"opcode":1,"data":"a"},{"type":`,
			`1  : true 1970-01-01T00:00:01Z true "a"` + "\nentry 1: message 2: it ends too early"},
		"a message of the wrong type": {`{"log":{"entries":[{"_webSocketMessages":[5,{"type":"send","time":1,"opcode":1,"data":"a"}],"request":{"url":"u"}}]}}`,
			`1 u : true 1970-01-01T00:00:01Z true "a"` + "\nentry 1: message 1: it has the wrong type"},
		"deep":           {`{"log":{"entries":[{"a":` + strings.Repeat("[", 20000), "entry 1: invalid character '[' exceeded max depth"},
		"cut in between": {`{"log":{"entries":[{}`, "it ends too early"},
		"a wrong type":   {`{"log":{"entries":[{"request":{"url":5}}]}}`, "entry 1: its request has the wrong type"},
		"errors alone":   {`{"log":{"entries":[{"_webSocketMessages":[{"type":"error","opcode":-1,"data":"closed"}]}]}}`, "1 entries"},
		"base64":         {`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","opcode":2,"data":"?"}]}]}}`, "entry 1: message 1: its data is not base64"},
	} {
		if got := read(tt.in); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, tt.want)
		}
	}
}

// What is too large is not held, and what came before it is passed on.
func TestReadLimits(t *testing.T) {
	const message = `{"type":"send","opcode":1,"data":"%s"}`
	small, large := fmt.Sprintf(message, "a"), fmt.Sprintf(message, strings.Repeat("b", 20000))
	for name, tt := range map[string]struct {
		messages, want string
	}{
		"a large one": {small + "," + large, "entry 1: message 2: a value is larger than 8000 bytes"},
		"many":        {small + strings.Repeat(","+small, 200), "entry 1: message 78: all messages together are larger than 10000 bytes"},
	} {
		got := 0
		_, err := har.Read(strings.NewReader(`{"log":{"entries":[{"_webSocketMessages":[`+tt.messages+`]}]}}`), har.Limit{Value: 8000, Messages: 10000}, func(e har.Entry) error {
			got += len(e.Messages)
			return nil
		})
		if err == nil || err.Error() != tt.want || got == 0 {
			t.Errorf("%s: %d messages, %v", name, got, err)
		}
	}
}

func TestReadEnds(t *testing.T) {
	enough := errors.New("enough")
	if _, err := har.Read(strings.NewReader(chrome), har.Limit{}, func(har.Entry) error { return enough }); err != enough {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(chrome)
	f.Add(`{"log":{"entries":[{"_webSocketMessages":[{"type":"send","time":1e300}]}]}}`)
	f.Fuzz(func(t *testing.T, s string) {
		har.Read(strings.NewReader(s), har.Limit{}, func(e har.Entry) error {
			if len(e.Messages) > len(s) {
				t.Fatal("more than there is")
			}
			return nil
		})
	})
}
