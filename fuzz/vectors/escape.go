package vectors

import (
	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/headers"
)

// Escape is a vector of escape.jsonl: a name or value on the wire, and what it
// stands for.
type Escape struct {
	Vector
	Version string
	Command string
	Place   string // "name" or "value"
	Op      string // "escape": from Text to Wire; "unescape": from Wire to Text
	Wire    *Bytes
	Text    *Bytes
	Error   *EscapeError // instead of a result
}

// An EscapeError is why there is no wire form, or no text.
type EscapeError struct {
	Kind   string // "undefined_escape", "truncated_escape", "no_escape"
	Offset int
}

// Escaping returns how the headers of the frame are escaped.
func (v *Escape) Escaping() headers.Escaping {
	return parseVersion(v.Version).Escaping(frame.Command(v.Command))
}
