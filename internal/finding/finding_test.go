package finding_test

import (
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

// Every leniency has a sentence of its own, and a name that no rule has.
func TestNeeded(t *testing.T) {
	all := finding.Needed(parser.AllowAll)
	if len(all) != len(parser.AllowAll.Names()) || len(finding.Needed(0)) != 0 {
		t.Fatalf("%d findings", len(all))
	}
	seen := map[string]bool{}
	for i, f := range all {
		if f.ID != parser.AllowAll.Names()[i] || !f.Leniency || !f.Must || !strings.HasPrefix(f.Section, "STOMP 1.") || f.Message == "" || seen[f.Message] {
			t.Errorf("%+v", f)
		}
		seen[f.Message] = true
		if strings.HasPrefix(f.Message, "the specification does not allow") {
			t.Errorf("%s has no sentence", f.ID)
		}
		if rule, ok := validate.LookupRule(f.ID); ok {
			t.Errorf("%s is the ID of %v", f.ID, rule)
		}
	}
	if rule, ok := validate.LookupRule(finding.HeartBeatLate); ok {
		t.Errorf("%s is the ID of %v", finding.HeartBeatLate, rule)
	}
}

func TestShown(t *testing.T) {
	for c, want := range map[frame.Command]frame.Command{
		frame.SEND: "SEND", frame.CONNECTED: "CONNECTED", "HELLO": "HELLO", "HI\x1b": `"HI\x1b"`, "a b": `"a b"`,
	} {
		if got := finding.Shown(c); got != want {
			t.Errorf("Shown(%q) = %s, want %s", c, got, want)
		}
	}
}

func TestBroken(t *testing.T) {
	found := finding.Broken(validate.Violations{
		{Rule: validate.AckIDRequired, Command: frame.ACK, Header: "id"},
		{Rule: validate.ConnectPreferred, Command: frame.STOMP},
	})
	rule := validate.AckIDRequired
	if want := (finding.Finding{ID: "ack-id-required", Must: true, Section: rule.Section(), Header: "id", Message: rule.Text()}); len(found) != 2 || found[0] != want {
		t.Errorf("got %+v, want %+v first", found, want)
	}
	if found[1].Must || found[1].Header != "" || found[1].ID != "connect-preferred" {
		t.Errorf("got %+v", found[1])
	}
}
