package validate

import (
	"iter"
	"strconv"
	"strings"

	"github.com/stompwire/stomp/frame"
)

// A Rule is one normative statement of the specifications that a frame, or a
// sequence of frames, can break. A Rule is an error, so that
// errors.Is(err, validate.AckKnown) works. The numbers may change from release to
// release, the IDs do not.
type Rule uint16

// Rules returns an iterator over all rules, in the order in which violations are
// reported.
func Rules() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for r := Rule(1); r < endOfRules; r++ {
			if !yield(r) {
				return
			}
		}
	}
}

// LookupRule returns the rule with an ID, and whether there is one.
func LookupRule(id string) (Rule, bool) {
	for r := Rule(1); r < endOfRules; r++ {
		if rules[r].id == id {
			return r, true
		}
	}
	return 0, false
}

// A ruleInfo is the row of a rule in the table.
type ruleInfo struct {
	id          string
	must        bool
	binds       binds
	versions    frame.Versions
	section     string
	requirement string
	// What to say if the rule is broken. {command} stands for the command of the
	// frame, {owner} for the side that may send it, {header} for the header at
	// fault. It has no colon, so that it fits into a header.
	text string

	// For a rule that requires a header: the frame and the header.
	command command
	header  header

	value bool // a blank at an end of the header's value may be the reason
}

type binds uint8 // a set of roles

const (
	client = binds(1 << Client)
	server = binds(1 << Server)
	both   = client | server
)

func (r Rule) info() *ruleInfo {
	if r < endOfRules {
		return &rules[r]
	}
	return &rules[0]
}

// ID returns the stable name of the rule in kebab case, such as
// "subscribe-id-required".
func (r Rule) ID() string {
	if 0 < r && r < endOfRules {
		return rules[r].id
	}
	return "rule-" + strconv.Itoa(int(r))
}

// Section returns the versions and the titles of the sections that state the rule,
// such as "STOMP 1.0, SUBSCRIBE; STOMP 1.1 and 1.2, SUBSCRIBE ack
// Header". The first section of 1.0, which has no title, is "Introduction".
func (r Rule) Section() string { return r.info().section }

// Must reports whether the rule is a MUST, MUST NOT or REQUIRED of the
// specification, or a plain statement about what is sent. Other rules are a SHOULD,
// SHOULD NOT or "recommended" (STOMP 1.2, "Conformance"). STOMP 1.0 has no key words:
// its plain statements count as a MUST.
func (r Rule) Must() bool { return r.info().must }

// Versions returns the versions in which the rule holds.
func (r Rule) Versions() frame.Versions { return r.info().versions }

// Binds reports whether frames that the role sends can break the rule.
func (r Rule) Binds(role Role) bool { return role <= Server && r.info().binds&(1<<role) != 0 }

// Requirement returns what the rule requires, as a statement without a period, such
// as "SUBSCRIBE has an id header".
func (r Rule) Requirement() string { return r.info().requirement }

// Text tells the sender of a frame that breaks the rule what is wrong, such as
// "SUBSCRIBE must have an id header". A rule about several commands says "the
// frame"; [Violation.Text] names the command. The text is printable ASCII without a
// colon.
func (r Rule) Text() string { return r.textFor("the frame", "the other side", "a header") }

// textFor returns the text with a command, the side that may send it, and a header.
func (r Rule) textFor(command, owner, header string) string {
	return strings.NewReplacer("{command}", command, "{owner}", owner, "{header}", header).Replace(r.info().text)
}

// Error returns the text, the ID and the section of the rule.
func (r Rule) Error() string { return "stomp: " + r.explain() }

func (r Rule) explain() string { return r.Text() + " (" + r.ID() + "; " + r.Section() + ")" }

// holds reports whether the rule holds in a version. Before one is agreed, only the
// rules that all versions share hold.
func (r Rule) holds(v frame.Version) bool {
	if v == frame.Unnegotiated {
		return rules[r].versions == frame.AllVersions
	}
	return rules[r].versions.Has(v)
}
