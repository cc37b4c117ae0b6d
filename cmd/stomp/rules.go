package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/stompwire/stomp/internal/finding"
	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/validate"
)

//go:embed sentences.txt
var sentences string

// listRules returns a line for each rule of the specifications.
func listRules() string {
	var b strings.Builder
	for r := range validate.Rules() {
		fmt.Fprintf(&b, "%-6s  %-6s  %-11s  %-31s  %s\n", level(r), senders(r), versions(r), r.ID(), r.Requirement())
	}
	return b.String()
}

// explainRule returns what is known of a rule or leniency, "" for others.
func explainRule(id string) string {
	if r, ok := validate.LookupRule(id); ok {
		return fmt.Sprintf(`rule      %s
level     %s
sender    %s
versions  %s
section   %s
requires  %s.
if broken %s.
%s`, id, level(r), senders(r), versions(r), r.Section(), r.Requirement(), r.Text(), quotations(id))
	}
	if id == finding.HeartBeatLate {
		return fmt.Sprintf(`rule      %s
level     MUST
sender    any
versions  1.1 1.2
section   %s
requires  A side sends something in each interval that was agreed.
if broken It was silent for longer, by more than -heart-beat-tolerance.
%s`, id, heartBeatSection, quotations(id))
	}
	if allow, ok := parser.ParseAllow(id); ok && allow != parser.AllowAll {
		f := finding.Needed(allow)[0]
		return fmt.Sprintf(`leniency  %s
level     MUST
section   %s
requires  %s.
if broken Nothing more is read, unless -allow %s is given. Then it is a finding.
`, id, f.Section, strings.ToUpper(f.Message[:1])+f.Message[1:], id)
	}
	return ""
}

// quotations returns the sentences of the specifications that a rule is made of.
func quotations(id string) string {
	var b strings.Builder
	for line := range strings.Lines(sentences) {
		rule, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		if rule != id {
			continue
		}
		versions, sentence, _ := strings.Cut(rest, "|")
		says := "say"
		if list := strings.Split(versions, ","); len(list) == 1 {
			says = "says"
		} else {
			last := len(list) - 1
			versions = strings.Join(list[:last], ", ") + " and " + list[last]
		}
		fmt.Fprintf(&b, "STOMP %s %s:\n", versions, says)
		wrap(&b, sentence)
	}
	return b.String()
}

// wrap writes text in lines of some 80 columns.
func wrap(b *strings.Builder, text string) {
	const indent, width = "          ", 80
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
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
