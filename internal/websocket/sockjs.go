package websocket

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/stompwire/stomp/validate"
)

// SockJS takes STOMP out of the messages of SockJS: JSON arrays of strings. A
// server also sends "o" when it opens, "h" as a heart-beat and "c" when it closes.
type SockJS struct {
	held [2][]byte // of the message in progress, by role
}

const maxSockJS = 16 << 20

var errSockJS = errors.New("a message is not one of SockJS")

// IsSockJS reports whether a message that begins with b is one of SockJS.
func IsSockJS(b []byte) bool {
	return string(b) == "o" || bytes.HasPrefix(b, []byte(`a["`)) || bytes.HasPrefix(b, []byte(`["`)) || bytes.HasPrefix(b, []byte("c["))
}

// Take takes a piece of a message.
func (s *SockJS) Take(from validate.Role, b []byte) error {
	if len(s.held[from])+len(b) > maxSockJS {
		return errors.New("a message of SockJS is too large")
	}
	s.held[from] = append(s.held[from], b...)
	return nil
}

// Held returns how many bytes of messages in progress are in memory.
func (s *SockJS) Held() int { return len(s.held[0]) + len(s.held[1]) }

// End ends a message and passes on the STOMP in it.
func (s *SockJS) End(from validate.Role, give func([]byte) error) error {
	b := s.held[from]
	s.held[from] = b[:0]
	if from == validate.Server {
		if len(b) == 0 {
			return nil
		}
		kind := b[0]
		b = b[1:]
		switch kind {
		case 'o', 'h', 'c':
			return nil
		case 'm':
			var text string
			if json.Unmarshal(b, &text) != nil {
				return errSockJS
			}
			return give([]byte(text))
		case 'a':
		default:
			return errSockJS
		}
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	var list []string
	if json.Unmarshal(b, &list) != nil {
		return errSockJS
	}
	for _, text := range list {
		if err := give([]byte(text)); err != nil {
			return err
		}
	}
	return nil
}
