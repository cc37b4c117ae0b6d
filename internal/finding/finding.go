// Package finding describes what is wrong with the frames of a client or server.
// "stomp check" and tap report it.
package finding

import (
	"errors"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// A Finding is one thing that is wrong, without its place.
type Finding struct {
	ID       string // of a rule of package validate, of a leniency, or HeartBeatLate
	Leniency bool   // ID is the name of a leniency of package parser that was needed
	Must     bool
	Section  string // of the specification
	Header   string // the header at fault, or ""
	Message  string
	Note     string // more about this finding, or ""
}

// HeartBeatLate is the ID of a finding about a side that was silent for longer
// than it had agreed to be.
const HeartBeatLate = "heart-beat-late"

// Shown returns a command as package validate shows it: quoted and cut if it is not
// plain.
func Shown(c frame.Command) frame.Command {
	if c.Known() {
		return c
	}
	var first validate.Violation // ConnectFirst, of a frame that has no version
	errors.As(validate.CheckHead(frame.Head{Command: c}, frame.Unnegotiated, validate.Client), &first)
	return first.Command
}

// Broken returns the findings of the rules that a frame broke.
func Broken(rules validate.Violations) []Finding {
	list := make([]Finding, len(rules))
	for i, v := range rules {
		list[i] = Finding{ID: v.Rule.ID(), Must: v.Rule.Must(), Section: v.Rule.Section(), Header: v.Header, Message: v.Text()}
	}
	return list
}

// Needed returns a finding for each leniency of a set. Each is about something that the
// specification does not allow.
func Needed(used parser.Allow) []Finding {
	var list []Finding
	for _, name := range used.Names() {
		known, ok := leniencies[name]
		if !ok {
			known = sentence{"the specification does not allow this", "STOMP 1.0, 1.1 and 1.2"}
		}
		list = append(list, Finding{ID: name, Leniency: true, Must: true, Section: known.section, Message: known.text})
	}
	return list
}

type sentence struct{ text, section string }

// What the specifications say about what each leniency accepts.
var leniencies = map[string]sentence{
	"escaped-cr":        {`\r must not be used as an escape before 1.2`, "STOMP 1.1, Value Encoding"},
	"undefined-escapes": {"an undefined escape must be treated as a fatal error", "STOMP 1.1 and 1.2, Value Encoding"},
	"crlf":              {"lines must end in LF alone before 1.2", "STOMP 1.1, Augmented BNF"},
	"bare-cr":           {"a CR in a head must be followed by LF", "STOMP 1.2, Augmented BNF"},
	"nul-in-head":       {"a NUL must not come before the body", "STOMP 1.1 and 1.2, STOMP Frames"},
	"nul-in-body":       {"only SEND, MESSAGE and ERROR may have a body with a NUL in it", "STOMP 1.1 and 1.2, Body"},
	"nul-padding":       {"only ends of line may follow the NUL of a frame", "STOMP 1.1 and 1.2, STOMP Frames"},
	"repeated-length":   {"content-length must not be repeated with another value", "STOMP 1.1 and 1.2, Repeated Header Entries"},
	"loose-length":      {"content-length must consist of digits alone", "STOMP 1.0, 1.1 and 1.2, Header content-length"},
	"unknown-command":   {"the command must be one that the specification defines", "STOMP 1.1 and 1.2, Augmented BNF"},
}
