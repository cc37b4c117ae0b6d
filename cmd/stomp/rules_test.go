package main

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/validate"
)

// Whatever check may print as an ID is explained, a rule by a sentence of each
// version that has it.
func TestExplainRule(t *testing.T) {
	quoted := map[string]bool{}
	for line := range strings.Lines(sentences) {
		if !strings.HasPrefix(line, "#") {
			id, rest, _ := strings.Cut(line, "|")
			list, _, _ := strings.Cut(rest, "|")
			for version := range strings.SplitSeq(list, ",") {
				quoted[id+" "+version] = true
			}
		}
	}
	for id := range findable() {
		text := explainRule(id)
		if !strings.Contains(text, "\nsection   STOMP 1.") || !strings.Contains(text, "\nrequires  ") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: %s", id, text)
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "   ") && len(line) > 81 {
				t.Errorf("%s: a line of %d bytes", id, len(line))
			}
		}
		if r, ok := validate.LookupRule(id); ok {
			for version := range strings.FieldsSeq(versions(r)) {
				if !quoted[id+" "+version] {
					t.Errorf("no sentence of STOMP %s for %s", version, id)
				}
				delete(quoted, id+" "+version)
			}
		}
	}
	delete(quoted, "heart-beat-late 1.1")
	delete(quoted, "heart-beat-late 1.2")
	for what := range quoted {
		t.Errorf("a sentence for no rule: %s", what)
	}
	if got, want := explainRule("unsubscribe-known"), `rule      unsubscribe-known
level     MUST
sender    client
versions  1.0 1.1 1.2
section   STOMP 1.0, 1.1 and 1.2, UNSUBSCRIBE
requires  UNSUBSCRIBE names an open subscription.
if broken UNSUBSCRIBE names no open subscription.
STOMP 1.0 says:
          The UNSUBSCRIBE command is used to remove an existing subscription -
          to no longer receive messages from that destination.
STOMP 1.1 says:
          It requires that the id header matches the id value of previous
          SUBSCRIBE operation.
STOMP 1.2 says:
          This header MUST match the subscription identifier of an existing
          subscription.
`; got != want {
		t.Errorf("got\n%s", got)
	}
	for _, id := range []string{"all", "", "crlf,bare-cr", "rules"} {
		if explainRule(id) != "" {
			t.Errorf("%q is explained", id)
		}
	}
}

// "stomp help rules" has a line of its own for each rule, in columns.
func TestListRules(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(listRules()), "\n")
	i := 0
	for r := range validate.Rules() {
		if i == len(lines) || !strings.HasSuffix(lines[i], r.Requirement()) || strings.Index(lines[i], r.ID()+" ") != 29 || len(lines[i]) > 160 {
			t.Fatalf("line %d is not about %s: %q", i, r.ID(), lines[min(i, len(lines)-1)])
		}
		i++
	}
	if i != len(lines) {
		t.Errorf("%d lines for %d rules", len(lines), i)
	}
}
