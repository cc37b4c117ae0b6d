package vectors

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bytes are bytes as a vector spells them: a JSON string for UTF-8,
// {"hex":"61ff"}, {"repeat":["x",8190]}, or a list of these, joined.
type Bytes string

// maxBytes bounds what a repeat can make of a short line.
const maxBytes = 64 << 20

// UnmarshalJSON reads bytes in any of their spellings. Spellings that a
// shorter one could replace are errors, so that there is one way to write
// most inputs.
func (o *Bytes) UnmarshalJSON(b []byte) error {
	var s strings.Builder
	if err := appendBytes(&s, b, false); err != nil {
		return err
	}
	*o = Bytes(s.String())
	return nil
}

func appendBytes(s *strings.Builder, b []byte, inList bool) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0:
		return errors.New("no bytes")
	case b[0] == '"':
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		if inList && text == "" {
			return errors.New("empty string in a list")
		}
		// What a lone surrogate decodes to.
		if strings.ContainsRune(text, utf8.RuneError) {
			return errors.New("U+FFFD in a string: spell it in hex")
		}
		s.WriteString(text)
		return nil
	case b[0] == '[' && !inList:
		var list []json.RawMessage
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
		if len(list) < 2 {
			return errors.New("list of fewer than two pieces")
		}
		for _, piece := range list {
			if err := appendBytes(s, piece, true); err != nil {
				return err
			}
		}
		return nil
	case b[0] == '{':
		return appendObject(s, b)
	}
	return fmt.Errorf("bytes are spelled %.20q", b)
}

// appendObject appends what {"hex":...} or {"repeat":...} stand for.
func appendObject(s *strings.Builder, b []byte) error {
	var object struct {
		Hex    *string
		Repeat []json.RawMessage
	}
	if err := strict(b, &object); err != nil {
		return err
	}
	switch {
	case object.Hex != nil && object.Repeat == nil:
		octets, err := hex.DecodeString(*object.Hex)
		if err != nil {
			return err
		}
		if len(octets) == 0 || *object.Hex != hex.EncodeToString(octets) {
			return errors.New("hex is empty or not in lower case")
		}
		s.Write(octets)
		return nil
	case object.Hex == nil && len(object.Repeat) == 2:
		var piece Bytes
		var n int
		if err := json.Unmarshal(object.Repeat[0], &piece); err != nil {
			return err
		}
		if err := json.Unmarshal(object.Repeat[1], &n); err != nil {
			return err
		}
		if piece == "" || n < 1 || n > maxBytes/len(piece) {
			return fmt.Errorf("%d times %d bytes", n, len(piece))
		}
		s.WriteString(strings.Repeat(string(piece), n))
		return nil
	}
	return errors.New("object is neither hex nor repeat")
}

// strict decodes one JSON value and refuses keys that v has no field for.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more behind the JSON value")
	}
	return nil
}
