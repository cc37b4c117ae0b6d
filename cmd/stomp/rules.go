package main

import (
	"fmt"
	"strings"

	"github.com/stompwire/stomp/validate"
)

// listRules returns a line for each rule of the specifications.
func listRules() string {
	var b strings.Builder
	for r := range validate.Rules() {
		fmt.Fprintf(&b, "%-6s  %-6s  %-11s  %-31s  %s\n", level(r), senders(r), versions(r), r.ID(), r.Requirement())
	}
	return b.String()
}

// explainRule returns all that is known of a rule.
func explainRule(r validate.Rule) string {
	return fmt.Sprintf(`rule      %s
level     %s
sender    %s
versions  %s
section   %s
requires  %s.
if broken %s.
`, r.ID(), level(r), senders(r), versions(r), r.Section(), r.Requirement(), r.Text())
}

func level(r validate.Rule) string {
	if r.Must() {
		return "MUST"
	}
	return "SHOULD"
}

// senders returns whose frames a rule is about.
func senders(r validate.Rule) string {
	switch {
	case !r.Binds(validate.Server):
		return "client"
	case !r.Binds(validate.Client):
		return "server"
	}
	return "any"
}

func versions(r validate.Rule) string {
	return strings.ReplaceAll(r.Versions().String(), ",", " ")
}
