package jsonl

import (
	"bytes"
	"encoding/json"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/validate"
)

// A Finding is a line about something that is wrong.
type Finding struct {
	From     string        `json:"from"`
	Offset   int64         `json:"offset"`
	Command  frame.Command `json:"command,omitempty"`
	Rule     string        `json:"rule"`
	Leniency bool          `json:"leniency,omitempty"`
	Must     bool          `json:"must"`
	Section  string        `json:"section"`
	Header   string        `json:"header,omitempty"`
	Message  string        `json:"message"`
	Note     string        `json:"note,omitempty"`
}

// AppendFinding appends the line of a finding to dst, its LF included. The
// offset is that of the frame. The command has to be printable, "" outside of
// frames.
func AppendFinding(dst []byte, from validate.Role, offset int64, c frame.Command, f finding.Finding) []byte {
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	// Strings, numbers and bools: there is no error.
	_ = lines.Encode(Finding{from.String(), offset, c, f.ID, f.Leniency, f.Must, f.Section, f.Header, f.Message, f.Note})
	return append(dst, b.Bytes()...)
}
