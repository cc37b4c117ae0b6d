package vectors

import (
	"errors"
	"fmt"

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
	Error   *EscapeError // in place of the one it leads to
}

// An EscapeError is why there is no wire form, or no text.
type EscapeError struct {
	Kind   string // "undefined_escape", "truncated_escape", "no_escape"
	Offset int
}

// Escaping returns how the headers of the frame are escaped.
func (v *Escape) Escaping() headers.Escaping {
	e, err := v.escaping()
	if err != nil {
		panic(err) // not a vector of All
	}
	return e
}

func (v *Escape) escaping() (headers.Escaping, error) {
	version, err := parseVersion(v.Version)
	if err != nil {
		return 0, err
	}
	command, ok := frame.LookupCommand(v.Command)
	if !ok {
		return 0, fmt.Errorf("no command %q", v.Command)
	}
	return version.Escaping(command), nil
}

func (v *Escape) check() error {
	if err := v.Vector.check(); err != nil {
		return err
	}
	if _, err := v.escaping(); err != nil {
		return err
	}
	if v.Place != "name" && v.Place != "value" {
		return fmt.Errorf("no place %q", v.Place)
	}
	from, to := v.Text, v.Wire
	kinds := []string{"no_escape"}
	switch v.Op {
	case "escape":
	case "unescape":
		from, to = v.Wire, v.Text
		kinds = []string{"undefined_escape", "truncated_escape"}
	default:
		return fmt.Errorf("no op %q", v.Op)
	}
	if from == nil || (to == nil) == (v.Error == nil) {
		return errors.New("no input, or not one of result and error")
	}
	if e := v.Error; e != nil {
		known := false
		for _, kind := range kinds {
			known = known || e.Kind == kind
		}
		if !known || e.Offset < 0 || e.Offset >= len(*from) {
			return fmt.Errorf("no error %q at %d", e.Kind, e.Offset)
		}
	}
	return nil
}
