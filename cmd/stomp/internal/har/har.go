// Package har reads WebSocket messages from HTTP archives as browsers export
// them, entry by entry.
package har

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// An Entry is one request that became a WebSocket.
type Entry struct {
	Number   int // among all entries, from 1
	URL      string
	Protocol string // the sub-protocol that the server chose
	Messages []Message
}

// A Message is one that the browser sent or received.
type Message struct {
	Sent bool
	Time time.Time
	Text bool
	Data []byte
}

type entry struct {
	Request struct {
		URL string `json:"url"`
	} `json:"request"`
	Response struct {
		Headers []struct{ Name, Value string } `json:"headers"`
	} `json:"response"`
	Messages []message `json:"_webSocketMessages"`
}

type message struct {
	Type   string  `json:"type"`
	Time   float64 `json:"time"`
	Opcode int     `json:"opcode"`
	Data   string  `json:"data"`
}

// Read reads an archive and gives away the entries that have messages. all is
// how many entries there were. An entry is in memory at a time.
func Read(r io.Reader, give func(Entry) error) (all int, err error) {
	d := json.NewDecoder(r)
	if err := enter(d, "log"); err != nil {
		return 0, err
	}
	if err := enter(d, "entries"); err != nil {
		return 0, err
	}
	if err := delim(d, '['); err != nil {
		return 0, err
	}
	for d.More() {
		var e entry
		all++
		err := d.Decode(&e)
		var kind *json.UnmarshalTypeError
		switch {
		case errors.As(err, &kind):
			return all, fmt.Errorf("entry %d: %s has the wrong type", all, kind.Field)
		case err != nil:
			return all, fmt.Errorf("entry %d: %w", all, syntax(err))
		case len(e.Messages) == 0:
			continue
		}
		messages, err := e.messages()
		if err != nil {
			return all, fmt.Errorf("entry %d: %w", all, err)
		}
		if len(messages) == 0 {
			continue
		}
		if err := give(Entry{all, e.Request.URL, e.protocol(), messages}); err != nil {
			return all, err
		}
	}
	if _, err := d.Token(); err != nil {
		return all, syntax(err)
	}
	return all, nil
}

// enter reads the object that comes next up to the value of a key.
func enter(d *json.Decoder, key string) error {
	if err := delim(d, '{'); err != nil {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return syntax(err)
		}
		if t == key {
			return nil
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return syntax(err)
		}
	}
	return fmt.Errorf("it has no %q", key)
}

func delim(d *json.Decoder, want json.Delim) error {
	t, err := d.Token()
	switch {
	case err != nil:
		return syntax(err)
	case t != want:
		return fmt.Errorf("it has no %v where it should", want)
	}
	return nil
}

func syntax(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("it ends too early")
	}
	return err
}

func (e *entry) protocol() string {
	for _, h := range e.Response.Headers {
		if strings.EqualFold(h.Name, "Sec-WebSocket-Protocol") {
			return h.Value
		}
	}
	return ""
}

func (e *entry) messages() ([]Message, error) {
	list := make([]Message, 0, len(e.Messages))
	for i, m := range e.Messages {
		c := Message{Sent: m.Type == "send", Time: clock(m.Time), Text: m.Opcode == 1, Data: []byte(m.Data)}
		switch {
		case m.Type != "send" && m.Type != "receive":
			continue // an error that the browser met
		case m.Opcode == 2:
			b, err := base64.StdEncoding.DecodeString(m.Data)
			if err != nil {
				return nil, fmt.Errorf("message %d: its data is not base64", i+1)
			}
			c.Data = b
		case m.Opcode != 0 && m.Opcode != 1:
			continue
		}
		list = append(list, c)
	}
	return list, nil
}

// clock returns the time of seconds since 1970.
func clock(seconds float64) time.Time {
	if !(math.Abs(seconds) < 1<<40) {
		return time.Time{}
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1000)
}
