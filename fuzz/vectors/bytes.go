package vectors

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Bytes are bytes that a vector writes as a JSON string, if they are UTF-8, as
// {"hex":"61ff"}, as {"repeat":["x",8190]}, or as a list of these, which are joined.
type Bytes string

// UnmarshalJSON reads bytes in any of these forms.
func (o *Bytes) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.HasPrefix(b, []byte(`"`)):
		return json.Unmarshal(b, (*string)(o))
	case bytes.HasPrefix(b, []byte("[")):
		var list []Bytes
		err := json.Unmarshal(b, &list)
		for _, piece := range list {
			*o += piece
		}
		return err
	}
	var object struct {
		Hex    string
		Repeat []json.RawMessage
	}
	if err := strict(b, &object); err != nil {
		return err
	}
	if len(object.Repeat) == 2 && object.Hex == "" {
		var piece Bytes
		var n int
		if err := json.Unmarshal(object.Repeat[0], &piece); err != nil {
			return err
		}
		if err := json.Unmarshal(object.Repeat[1], &n); err != nil || n < 1 || n > 64<<20 {
			return fmt.Errorf("repeated %s times", object.Repeat[1])
		}
		*o = Bytes(strings.Repeat(string(piece), n))
		return nil
	}
	bytes, err := hex.DecodeString(object.Hex)
	if err != nil || len(bytes) == 0 || object.Repeat != nil {
		return fmt.Errorf("bytes are spelled %.20q", b)
	}
	*o = Bytes(bytes)
	return nil
}

// strict decodes one JSON value and refuses keys that v has no field for.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
