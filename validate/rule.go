package validate

import (
	"iter"
	"strconv"

	"github.com/stompwire/stomp/frame"
)

// A Rule is one normative sentence of the specifications that a frame or a
// sequence of frames can break. It is an error, so that
// errors.Is(err, validate.AckKnown) works. The numbers are the order in which
// violations are reported; they may change from release to release, the IDs do
// not.
type Rule uint16

// Rules goes through all rules in their order.
func Rules() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for r := Rule(1); r < endOfRules; r++ {
			if !yield(r) {
				return
			}
		}
	}
}

// LookupRule returns the rule with an ID.
func LookupRule(id string) (Rule, bool) {
	for r := Rule(1); r < endOfRules; r++ {
		if rules[r].id == id {
			return r, true
		}
	}
	return 0, false
}

// A ruleInfo is what is known of a rule.
type ruleInfo struct {
	id       string
	must     bool
	binds    binds
	versions frame.Versions
	section  string
	text     string // in our words; no colon, so that it fits into a header
	// For a rule that asks for a header: which frame has to have which.
	command command
	header  header
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
// subscribe-id-required.
func (r Rule) ID() string {
	if 0 < r && r < endOfRules {
		return rules[r].id
	}
	return "rule-" + strconv.Itoa(int(r))
}

// Section returns the versions and the title of the section that the rule
// stands in, such as "STOMP 1.2, ACK".
func (r Rule) Section() string { return r.info().section }

// Must reports whether the rule is a MUST, a MUST NOT or REQUIRED, or a plain
// statement of STOMP 1.0 or of the grammar; the others are SHOULD, SHOULD NOT
// or "recommended" (STOMP 1.2, "Conformance").
func (r Rule) Must() bool { return r.info().must }

// Versions returns the versions in which the rule holds.
func (r Rule) Versions() frame.Versions { return r.info().versions }

// Binds reports whether frames that the role sends can break the rule.
func (r Rule) Binds(role Role) bool { return role <= Server && r.info().binds&(1<<role) != 0 }

// Text returns the rule in one short sentence of printable ASCII without a
// colon.
func (r Rule) Text() string { return r.info().text }

// Error returns the text, the ID and the section of the rule.
func (r Rule) Error() string {
	return "stomp: " + r.Text() + " (" + r.ID() + ", " + r.Section() + ")"
}

// holds reports whether the rule holds in a version. Before one is agreed only
// the rules of all versions do.
func (r Rule) holds(v frame.Version) bool {
	if v == frame.Unnegotiated {
		return rules[r].versions == frame.AllVersions
	}
	return rules[r].versions.Has(v)
}
