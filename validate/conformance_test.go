package validate_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stompwire/stomp/validate"
)

// docs/conformance.md lists the rules as the table of rules has them.
func TestConformance(t *testing.T) {
	const path = "../docs/conformance.md"
	const begin, end = "<!-- The rules, made by go test ./validate -run TestConformance -update -->\n", "<!-- End of the rules -->\n"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), begin)
	_, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatalf("%s has no place for the rules", path)
	}
	want := before + begin + ruleList() + end + after
	if *validate.Update {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if string(b) != want {
		t.Errorf("%s is not what the table says: run go test ./validate -run TestConformance -update", path)
	}
}

// ruleList returns a table of the rules for each sender.
func ruleList() string {
	var b strings.Builder
	for _, group := range []struct {
		title          string
		client, server bool
	}{{"Clients", true, false}, {"Servers", false, true}, {"Both", true, true}} {
		fmt.Fprintf(&b, "\n### %s\n\n| rule | level | requirement | section |\n| --- | --- | --- | --- |\n", group.title)
		for r := range validate.Rules() {
			if r.Binds(validate.Client) != group.client || r.Binds(validate.Server) != group.server {
				continue
			}
			level := "SHOULD"
			if r.Must() {
				level = "MUST"
			}
			section := strings.NewReplacer("STOMP 1.0, 1.1 and 1.2, ", "", "STOMP 1.1 and 1.2, ", "1.1+ ", "STOMP 1.0 and 1.1, ", "1.0, 1.1 ",
				"STOMP 1.0, ", "1.0 ", "STOMP 1.1, ", "1.1 ", "STOMP 1.2, ", "1.2 ").Replace(r.Section())
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID(), level, r.Requirement(), section)
		}
	}
	return b.String() + "\n"
}
