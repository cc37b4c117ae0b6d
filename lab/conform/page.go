package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

const (
	begin = "<!-- results: written by lab/conform -->\n"
	end   = "<!-- end of results -->\n"
)

// write puts the results into their section of a page.
func (r *run) write(name string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no section of results", name)
	}
	var b strings.Builder
	r.section(&b, "Brokers", r.brokers)
	r.section(&b, "Clients", r.clients)
	return os.WriteFile(name, []byte(before+begin+b.String()+end+after), 0o644)
}

func (r *run) section(b *strings.Builder, title string, reports []*report) {
	fmt.Fprintf(b, "\n### %s\n\n", title)
	b.WriteString("| peer | name | MUST pass | MUST fail | SHOULD pass | SHOULD fail | skipped | seconds |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, x := range reports {
		must, should := x.Levels["MUST"], x.Levels["SHOULD"]
		fmt.Fprintf(b, "| %s | %s | %d | %d | %d | %d | %d | %.0f |\n", x.peer, cell(x.Name), must.Pass, must.Fail, should.Pass, should.Fail,
			must.Skipped+should.Skipped+x.Levels["choice"].Skipped, float64(x.longest)/1000)
	}
	r.choices(b, title, reports)
	for _, x := range reports {
		differences(b, x)
	}
}

// choices writes what each peer has chosen.
func (r *run) choices(b *strings.Builder, title string, reports []*report) {
	if len(reports) == 0 {
		return
	}
	fmt.Fprintf(b, "\n#### Choices of %s\n\n| choice |", strings.ToLower(title))
	for _, x := range reports {
		fmt.Fprintf(b, " %s |", x.peer)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(reports)) + "\n")
	for i, choice := range reports[0].Results {
		if choice.Level != "choice" {
			continue
		}
		fmt.Fprintf(b, "| `%s` |", choice.ID)
		for _, x := range reports {
			outcome := "-"
			if i < len(x.Results) && x.Results[i].ID == choice.ID && x.Results[i].Verdict == "pass" {
				outcome = x.Results[i].Outcome
			}
			fmt.Fprintf(b, " %s |", outcome)
		}
		b.WriteString("\n")
	}
}

// differences writes what a peer fails, with the bytes that show it.
func differences(b *strings.Builder, x *report) {
	title := fmt.Sprintf("\n#### %s\n\n| probe | level | outcome | sent | came |\n| --- | --- | --- | --- | --- |\n", x.peer)
	for _, y := range x.Results {
		if y.Verdict != "fail" {
			continue
		}
		sent, came := y.bytes()
		outcome := y.Outcome
		if outcome == "wrong" || outcome == "dead" || outcome == "blocked" || outcome == "malformed" {
			outcome += ": " + cell(short(y.Detail))
		}
		fmt.Fprintf(b, "%s| `%s` | %s | %s | %s | %s |\n", title, y.ID, y.Level, outcome, code(sent), code(came))
		title = ""
	}
}

// bytes returns the last frames that were sent, but for those that only ask for a
// receipt, and what came after.
func (y *result) bytes() (sent, came string) {
	for _, s := range y.Steps {
		switch s.What {
		case "sends":
			if !strings.Contains(s.Bytes, "-ping") {
				sent, came = s.Bytes, ""
			}
		case "receives":
			if !strings.Contains(s.Bytes, "receipt-id:ping") {
				came += s.Bytes
			}
		}
	}
	return sent, came
}

// changing is what differs from run to run.
var changing = regexp.MustCompile(`conform-[0-9a-f]{8,}|\b(q|t|r|ping)-[0-9]+`)

func short(s string) string {
	s = changing.ReplaceAllStringFunc(s, func(m string) string {
		name, _, _ := strings.Cut(m, "-")
		return name
	})
	if len(s) > 150 {
		s = s[:150] + "..."
	}
	return s
}

func code(s string) string {
	if s == "" {
		return "nothing"
	}
	fence := "`"
	if strings.Contains(s, "`") {
		fence = "``"
	}
	return fence + cell(short(s)) + fence
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
