package jsonl

import (
	"bytes"
	"encoding/json"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// A Violation is a line about a rule that a frame broke.
type Violation struct {
	From    string        `json:"from"`
	Offset  int64         `json:"offset"`
	Command frame.Command `json:"command"`
	Rule    string        `json:"rule"`
	Must    bool          `json:"must"`
	Section string        `json:"section"`
	Header  string        `json:"header,omitempty"`
	Message string        `json:"message"`
}

// AppendViolation appends the line of a rule that a frame broke to dst, its LF
// included. The offset is that of the frame.
func AppendViolation(dst []byte, from validate.Role, offset int64, v validate.Violation) []byte {
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	// Strings, numbers and a bool: there is no error.
	_ = lines.Encode(Violation{from.String(), offset, v.Command, v.Rule.ID(), v.Rule.Must(), v.Rule.Section(), v.Header, v.Rule.Text()})
	return append(dst, b.Bytes()...)
}
