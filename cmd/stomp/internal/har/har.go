// Package har reads WebSocket messages from HTTP archives as browsers export
// them, entry by entry.
package har

import (
	"bufio"
	"cmp"
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

// A Limit bounds what is held in memory: the bytes of one value, and those of
// all messages of an entry, whose URL stands behind them. 0 is the default, which
// is more than browsers need.
type Limit struct{ Value, Messages int }

const (
	defaultValue    = 64 << 20
	defaultMessages = 256 << 20
)

// Read reads an archive and passes on the entries that have messages. all is
// how many entries there were. What is wrong with a message is returned as an
// error at the end, after all else has been read. When the archive ends inside
// an entry, its messages up to there are passed on.
func Read(r io.Reader, limit Limit, give func(Entry) error) (all int, err error) {
	limit.Value, limit.Messages = cmp.Or(limit.Value, defaultValue), cmp.Or(limit.Messages, defaultMessages)
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		b.Discard(3)
	}
	source := &limited{b, limit.Value, limit.Value}
	a := archive{d: json.NewDecoder(source), source: source, limit: limit}
	if err := a.enter("log"); err != nil {
		return 0, err
	}
	if err := a.enter("entries"); err != nil {
		return 0, err
	}
	if err := a.delim('['); err != nil {
		return 0, err
	}
	for a.d.More() {
		all++
		e := Entry{Number: all}
		err := a.entry(&e)
		if err != nil {
			err = fmt.Errorf("entry %d: %w", all, err)
		}
		if len(e.Messages) > 0 {
			if err := give(e); err != nil {
				return all, err
			}
		}
		if err != nil {
			return all, err
		}
	}
	if _, err := a.d.Token(); err != nil {
		return all, syntax(err)
	}
	return all, a.wrong
}

// limited is a reader of one value after the other.
type limited struct {
	r         io.Reader
	left, all int
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("a value is larger than %d bytes", l.all)
	}
	n, err := l.r.Read(b[:min(len(b), l.left)])
	l.left -= n
	return n, err
}

// An archive is read to its end.
type archive struct {
	d      *json.Decoder
	source *limited
	limit  Limit
	wrong  error // the first thing that is wrong and could be stepped over
}

// enter reads the object that comes next up to the value of a key.
func (a *archive) enter(key string) error {
	found := false
	err := a.object(func(k string) error {
		if found = k == key; found {
			return errFound
		}
		return a.skip()
	})
	switch {
	case err == errFound:
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("it has no %q", key)
}

var errFound = errors.New("found")

// object reads an object. Its function reads the value of each key.
func (a *archive) object(value func(key string) error) error {
	if err := a.delim('{'); err != nil {
		return err
	}
	for a.d.More() {
		t, err := a.d.Token()
		if err != nil {
			return syntax(err)
		}
		key, _ := t.(string) // there are no others
		if err := value(key); err != nil {
			return err
		}
	}
	_, err := a.d.Token()
	return syntax(err)
}

func (a *archive) delim(want json.Delim) error {
	t, err := a.d.Token()
	switch {
	case err != nil:
		return syntax(err)
	case t != want:
		return fmt.Errorf("it has no %v where it should", want)
	}
	return nil
}

func (a *archive) skip() error {
	var skipped json.RawMessage
	a.source.left = a.limit.Value
	return syntax(a.d.Decode(&skipped))
}

// value reads a value, and reports whether it has the right type.
func (a *archive) value(to any) (bool, error) {
	a.source.left = a.limit.Value
	err := a.d.Decode(to)
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return false, nil // the decoder is behind the value
	}
	return err == nil, syntax(err)
}

func syntax(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("it ends too early")
	}
	return err
}

// odd notes what is wrong and can be stepped over.
func (a *archive) odd(format string, args ...any) {
	if a.wrong == nil {
		a.wrong = fmt.Errorf(format, args...)
	}
}

func (a *archive) entry(e *Entry) error {
	return a.object(func(key string) error {
		switch key {
		case "request":
			var request struct {
				URL string `json:"url"`
			}
			ok, err := a.value(&request)
			if e.URL = request.URL; !ok && err == nil {
				a.odd("entry %d: its request has the wrong type", e.Number)
			}
			return err
		case "response":
			var response struct {
				Headers []struct{ Name, Value string } `json:"headers"`
			}
			_, err := a.value(&response)
			for _, h := range response.Headers {
				if strings.EqualFold(h.Name, "Sec-WebSocket-Protocol") {
					e.Protocol = h.Value
				}
			}
			return err
		case "_webSocketMessages":
			return a.messages(e)
		}
		return a.skip()
	})
}

func (a *archive) messages(e *Entry) error {
	if err := a.delim('['); err != nil {
		return err
	}
	size := 0
	for n := 1; a.d.More(); n++ {
		var m message
		ok, err := a.value(&m)
		if err != nil {
			return fmt.Errorf("message %d: %w", n, err)
		}
		c, has, why := m.content()
		if !ok {
			why = "it has the wrong type"
		}
		if why != "" {
			a.odd("entry %d: message %d: %s", e.Number, n, why)
		} else if has {
			e.Messages = append(e.Messages, c)
			if size += overhead + len(c.Data); size > a.limit.Messages {
				return fmt.Errorf("message %d: all messages together are larger than %d bytes", n, a.limit.Messages)
			}
		}
	}
	_, err := a.d.Token()
	return syntax(err)
}

const overhead = 128 // what a message takes besides its data, about

type message struct {
	Type   string  `json:"type"`
	Time   float64 `json:"time"`
	Opcode int     `json:"opcode"`
	Data   string  `json:"data"`
}

// content returns what was sent or received, if anything was.
func (m *message) content() (c Message, has bool, why string) {
	c = Message{Sent: m.Type == "send", Time: clock(m.Time), Text: m.Opcode == 1}
	switch {
	case m.Type != "send" && m.Type != "receive":
		return c, false, "" // an error that the browser met
	case m.Opcode == 2:
		b, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil {
			return c, false, "its data is not base64"
		}
		c.Data = b
	case m.Opcode == 0 || m.Opcode == 1:
		c.Data = []byte(m.Data)
	default:
		return c, false, ""
	}
	return c, true, ""
}

// clock returns the time of seconds since 1970. Playwright writes milliseconds:
// as seconds these would be in the year 5138 or later.
func clock(seconds float64) time.Time {
	if seconds >= 1e11 {
		seconds /= 1000
	}
	if !(math.Abs(seconds) < 1e11) {
		return time.Time{}
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1000)
}
