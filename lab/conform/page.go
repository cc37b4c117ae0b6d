package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

const (
	begin = "<!-- results: written by lab/conform -->\n"
	end   = "<!-- end of results -->\n"
)

// write puts results into their section of a page.
func write(name, results string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no section of results", name)
	}
	return os.WriteFile(name, []byte(before+begin+results+"\n"+end+after), 0o644)
}

// sums returns what peers pass and fail.
func sums(title string, reports []*report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n| %s | STOMP | MUST pass | fail | not testable | SHOULD pass | fail | skipped | seconds |\n", title)
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, x := range reports {
		if x.failure != "" {
			continue
		}
		must, should := x.Levels["MUST"], x.Levels["SHOULD"]
		name := x.peer
		if _, version, ok := strings.Cut(x.Name, " "); ok && x.client {
			name += " " + version
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d | %.0f |\n", cell(name), strings.ReplaceAll(x.Versions, ",", ", "),
			must.Pass, must.Fail+must.Known-must.Blocked, must.Blocked, should.Pass, should.Fail+should.Known,
			must.Skipped+should.Skipped+x.Levels["choice"].Skipped, float64(x.longest)/1000)
	}
	for _, x := range reports {
		if x.failure != "" {
			fmt.Fprintf(&b, "\n%s gave no result: %s.\n", x.peer, short(x.failure, 200))
		}
	}
	for _, x := range reports {
		lead := fmt.Sprintf("\n%s fails where it passes on what its broker does:\n\n", x.peer)
		for _, y := range x.Results {
			if y.Verdict == "known" {
				fmt.Fprintf(&b, "%s- `%s`: %s\n", lead, y.ID, y.Reason)
				lead = ""
			}
		}
	}
	return b.String()
}

// details returns what fails, and what was chosen.
func details(title string, reports []*report) string {
	var some []*report
	for _, x := range reports {
		if x.failure == "" {
			some = append(some, x)
		}
	}
	if len(some) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n", title)
	differences(&b, some)
	choices(&b, some)
	return b.String()
}

// A difference is a row of the table of what fails: probes that differ in the
// version only, and what came of them.
type difference struct {
	probes   []string
	level    string
	sent     string
	outcomes []outcome
}

// An outcome is what came of a probe, and from whom.
type outcome struct {
	kind, seen string
	peers      []string
}

var version = regexp.MustCompile(`-(1\.[012])$`)

// differences writes what fails, with the bytes that show it.
func differences(b *strings.Builder, reports []*report) {
	var rows []*difference
	for i, probe := range reports[0].Results {
		row := &difference{level: probe.Level}
		for _, x := range reports {
			if y := x.Results[i]; y.Verdict == "fail" && y.Outcome != "blocked" {
				row.add(x.peer, &y)
			}
		}
		if len(row.outcomes) == 0 {
			continue
		}
		base := version.ReplaceAllString(probe.ID, "")
		same := slices.IndexFunc(rows, func(other *difference) bool {
			return version.ReplaceAllString(other.probes[0], "") == base && other.level == row.level && other.peers() == row.peers()
		})
		if same >= 0 {
			rows[same].probes = append(rows[same].probes, probe.ID)
			continue
		}
		row.probes = []string{probe.ID}
		rows = append(rows, row)
	}
	for _, level := range []string{"MUST", "SHOULD"} {
		title := fmt.Sprintf("\n### %s that fails\n\n| probe | sent | seen |\n| --- | --- | --- |\n", level)
		for _, row := range rows {
			if row.level != level {
				continue
			}
			var seen []string
			for _, o := range row.outcomes {
				seen = append(seen, together(o.peers, reports)+": "+o.seen)
			}
			fmt.Fprintf(b, "%s| %s | %s | %s |\n", title, versions(row.probes), row.sent, strings.Join(seen, "; "))
			title = ""
		}
	}
}

// versions returns the IDs of probes that differ in the version only.
func versions(ids []string) string {
	text := "`" + ids[0] + "`"
	for _, id := range ids[1:] {
		text += ", `" + version.FindStringSubmatch(id)[1] + "`"
	}
	return text
}

func (d *difference) add(peer string, y *result) {
	if d.sent == "" {
		d.sent = code(y.sent(), 110)
	}
	for i := range d.outcomes {
		if d.outcomes[i].kind == y.Outcome {
			d.outcomes[i].peers = append(d.outcomes[i].peers, peer)
			return
		}
	}
	d.outcomes = append(d.outcomes, outcome{y.Outcome, y.seen(), []string{peer}})
}

// peers says who has which outcome.
func (d *difference) peers() string {
	text := ""
	for _, o := range d.outcomes {
		text += o.kind + ":" + strings.Join(o.peers, ",") + ";"
	}
	return text
}

// together lists peers. One that was reached in two ways, "NAME, WAY", is named once
// when both are listed.
func together(peers []string, all []*report) string {
	var text []string
	for _, p := range peers {
		name, _, _ := strings.Cut(p, ", ")
		everywhere := !slices.ContainsFunc(all, func(x *report) bool {
			other, _, _ := strings.Cut(x.peer, ", ")
			return other == name && !slices.Contains(peers, x.peer)
		})
		if everywhere {
			p = name
		}
		if !slices.Contains(text, p) {
			text = append(text, strings.Replace(p, ", ", " over ", 1))
		}
	}
	return strings.Join(text, ", ")
}

// choices writes what peers have chosen, where they differ.
func choices(b *strings.Builder, reports []*report) {
	title := "\n### Choices\n\nWhere all peers do the same, nothing is listed.\n\n| choice | peers |\n| --- | --- |\n"
	for i, choice := range reports[0].Results {
		if choice.Level != "choice" {
			continue
		}
		var kinds []string
		peers := map[string][]string{}
		for _, x := range reports {
			y := x.Results[i]
			if y.Verdict != "pass" {
				continue
			}
			if peers[y.Outcome] == nil {
				kinds = append(kinds, y.Outcome)
			}
			peers[y.Outcome] = append(peers[y.Outcome], x.peer)
		}
		if len(kinds) < 2 {
			continue
		}
		var text []string
		for _, k := range kinds {
			text = append(text, k+": "+together(peers[k], reports))
		}
		fmt.Fprintf(b, "%s| `%s` | %s |\n", title, choice.ID, strings.Join(text, "; "))
		title = ""
	}
}

// sent returns the last frames that were sent, but for those that only ask for a
// receipt or look what is left. Of acknowledgments it is the last of these.
func (y *result) sent() (sent string) {
	best := 0
	for _, s := range y.Steps {
		if s.What != "sends" || aside.MatchString(s.Bytes) {
			continue
		}
		rank := 3
		switch {
		case strings.HasPrefix(s.Bytes, "CONNECT"):
			rank = 1
		case strings.HasPrefix(s.Bytes, "DISCONNECT"):
			rank = 2
		case strings.HasPrefix(y.ID, "acks/") && acknowledges.MatchString(s.Bytes):
			rank = 4
		}
		if rank >= best {
			best, sent = rank, s.Bytes
		}
	}
	return sent
}

var (
	aside        = regexp.MustCompile(`conform-[0-9a-f]+-ping|^SUBSCRIBE\\nid:again`)
	acknowledges = regexp.MustCompile(`^N?ACK\\n`)
)

// seen says what came, in the bytes that came where those tell more.
func (y *result) seen() string {
	came := ""
	for _, s := range y.Steps {
		if s.What == "receives" && !strings.Contains(s.Bytes, "receipt-id:ping") && !strings.HasPrefix(s.Bytes, "CONNECTED") {
			came = s.Bytes
		}
	}
	switch y.Outcome {
	case "accepted", "error":
		return y.Outcome + " " + code(came, 80)
	case "wrong", "malformed":
		return cell(short(y.Detail, 110))
	}
	return y.Outcome
}

// own is what is a peer's own in what is sent: its login, what its queues need.
var own = regexp.MustCompile(`(login:guest|passcode:\*\*\*|x-expires:60000)\\n`)

// changing is what differs from run to run.
var changing = regexp.MustCompile(`conform-[0-9a-f]{8,}-|\b(q|t|r|ping)-[0-9]+`)

func short(s string, most int) string {
	s = changing.ReplaceAllStringFunc(own.ReplaceAllString(s, ""), func(m string) string {
		name, _, _ := strings.Cut(m, "-")
		return strings.TrimPrefix(name, "conform")
	})
	if len(s) > most {
		s = s[:most] + "..."
	}
	return s
}

func code(s string, most int) string {
	if s == "" {
		return "nothing"
	}
	fence := "`"
	if strings.Contains(s, "`") {
		fence = "``"
	}
	return fence + cell(short(s, most)) + fence
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
