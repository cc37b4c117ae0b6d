package capture

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/stompwire/stomp/validate"
)

// sockJS takes STOMP out of the messages of SockJS: JSON arrays of strings, and
// of the server also "o" when it opens, "h" as a heart-beat and "c" when it
// closes.
type sockJS struct {
	held [2][]byte // of a message in progress
}

const maxSockJS = 16 << 20

var errSockJS = errors.New("a message is not one of SockJS")

// message takes a whole message.
func (s *sockJS) message(from validate.Role, b []byte, give func([]byte) error) error {
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
	var list []string
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
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

// take adds a piece of a message.
func (s *sockJS) take(from validate.Role, b []byte) error {
	if len(s.held[from])+len(b) > maxSockJS {
		return errors.New("a message of SockJS is too large")
	}
	s.held[from] = append(s.held[from], b...)
	return nil
}

// end ends a message.
func (s *sockJS) end(from validate.Role, give func([]byte) error) error {
	b := s.held[from]
	s.held[from] = b[:0]
	return s.message(from, b, give)
}

// recognizeMessage returns what a message of WebSocket has, as it begins; nil
// for what does not show.
func recognizeMessage(b []byte) *protocol {
	switch {
	case len(bytes.TrimLeft(b, eols)) == 0:
		return nil
	case string(b) == "o" || bytes.HasPrefix(b, []byte(`a["`)) || bytes.HasPrefix(b, []byte(`["`)) || bytes.HasPrefix(b, []byte("c[")):
		return protoSockJS
	}
	if p := recognize(b); p == protoSTOMP || p == nil {
		return p
	}
	return protoOther
}
