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
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d | %.0f |\n", cell(x.title()), strings.ReplaceAll(x.Versions, ",", ", "),
			must.Pass, must.Fail+must.Known-must.Blocked, must.Blocked, should.Pass, should.Fail+should.Known,
			must.Skipped+should.Skipped+x.Levels["choice"].Skipped, float64(x.longest)/1000)
	}
	for _, x := range reports {
		if x.failure != "" {
			fmt.Fprintf(&b, "\n%s gave no result: %s.\n", x.peer, short(x.failure, 200))
		}
	}
	for _, x := range reports {
		lead := fmt.Sprintf("\n| known of %s | reason |\n| --- | --- |\n", x.peer)
		for _, y := range x.Results {
			if y.Verdict == "known" {
				fmt.Fprintf(&b, "%s| `%s` | %s |\n", lead, y.ID, cell(y.Reason))
				lead = ""
			}
		}
	}
	return b.String()
}

// release is the version at the end of what a peer calls itself.
var release = regexp.MustCompile(`[/ ](\d[\w.]*)$`)

// title returns the name of a peer with its version.
func (x *report) title() string {
	m := release.FindStringSubmatch(x.Name)
	if m == nil || strings.HasPrefix(x.peer, "examples/") {
		return x.peer
	}
	name, way, ok := strings.Cut(x.peer, ", ")
	if ok {
		way = ", " + way
	}
	return name + " " + m[1] + way
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
	bytes    string
	outcomes []outcome
	kinds    []string // of each peer; "" passes
}

// An outcome is what came of a probe, and from whom.
type outcome struct {
	seen  string
	peers []string
}

const skipped = "skip"

var version = regexp.MustCompile(`-(1\.[012])$`)

// differences writes what fails, with the bytes that show it.
func differences(b *strings.Builder, reports []*report) {
	var rows []*difference
	for i, probe := range reports[0].Results {
		row := &difference{probes: []string{probe.ID}, level: probe.Level}
		for _, x := range reports {
			y := x.Results[i]
			switch {
			case y.Verdict == "fail" && y.Outcome != "blocked":
				row.add(x, &y)
			case y.Verdict == "skip", y.Outcome == "blocked":
				row.kinds = append(row.kinds, skipped)
			default:
				row.kinds = append(row.kinds, "")
			}
		}
		if len(row.outcomes) > 0 && !slices.ContainsFunc(rows, func(other *difference) bool { return other.takes(row) }) {
			rows = append(rows, row)
		}
	}
	for _, level := range []string{"MUST", "SHOULD"} {
		title := fmt.Sprintf("\n### %s that fails\n\n| probe | bytes | seen |\n| --- | --- | --- |\n", level)
		for _, row := range rows {
			if row.level != level {
				continue
			}
			var seen []string
			for _, o := range row.outcomes {
				seen = append(seen, together(o.peers, reports)+": "+o.seen)
			}
			fmt.Fprintf(b, "%s| %s | %s | %s |\n", title, versions(row.probes), row.bytes, strings.Join(seen, "; "))
			title = ""
		}
	}
}

// takes takes another row in, if it is about the same in another version, and each
// peer that has both has done the same.
func (d *difference) takes(other *difference) bool {
	base := func(id string) string { return version.ReplaceAllString(id, "") }
	if base(d.probes[0]) != base(other.probes[0]) || d.level != other.level {
		return false
	}
	for i, kind := range d.kinds {
		if o := other.kinds[i]; o != kind && o != skipped && kind != skipped {
			return false
		}
	}
	d.probes = append(d.probes, other.probes...)
	for i, kind := range d.kinds {
		if kind == skipped {
			d.kinds[i] = other.kinds[i]
		}
	}
	named := func(peer string) bool {
		return slices.ContainsFunc(d.outcomes, func(o outcome) bool { return slices.Contains(o.peers, peer) })
	}
	for _, o := range other.outcomes {
		for _, peer := range o.peers {
			if !named(peer) {
				d.put(o.seen, peer)
			}
		}
	}
	return true
}

// versions returns the IDs of probes that differ in the version only.
func versions(ids []string) string {
	text := "`" + ids[0] + "`"
	for _, id := range ids[1:] {
		text += ", `" + version.FindStringSubmatch(id)[1] + "`"
	}
	return text
}

func (d *difference) add(x *report, y *result) {
	if d.bytes == "" {
		d.bytes = code(y.evidence(x.client), 90)
	}
	d.kinds = append(d.kinds, y.Outcome)
	d.put(y.seen(), x.peer)
}

func (d *difference) put(seen, peer string) {
	i := slices.IndexFunc(d.outcomes, func(o outcome) bool { return o.seen == seen })
	if i < 0 {
		d.outcomes = append(d.outcomes, outcome{seen, []string{peer}})
		return
	}
	d.outcomes[i].peers = append(d.outcomes[i].peers, peer)
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

// evidence returns the bytes that the probe is about: what was sent last, or what
// the client has sent last where the case is about that.
func (y *result) evidence(client bool) (bytes string) {
	what := "sends"
	if client && !about.MatchString(y.ID) {
		what = "receives"
	}
	best := 0
	for _, s := range y.Steps {
		if s.What != what || aside.MatchString(s.Bytes) {
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
			best, bytes = rank, s.Bytes
		}
	}
	return bytes
}

var (
	// aside is what only asks for a receipt, or looks what is left.
	aside        = regexp.MustCompile(`conform-[0-9a-f]+-ping|^SUBSCRIBE\\nid:again`)
	acknowledges = regexp.MustCompile(`^N?ACK\\n`)
	// about are the areas of cases about what a client makes of a server's frames.
	about = regexp.MustCompile(`^(connect|reads|refuses)/`)
	// place is where in the stream something is.
	place = regexp.MustCompile(` at offset \d+|, frame at \d+`)
)

// seen says what came: the word for it, or what tells more.
func (y *result) seen() string {
	switch y.Outcome {
	case "wrong", "malformed", "error":
		return cell(short(place.ReplaceAllString(strings.TrimPrefix(y.Detail, "the client says: "), ""), 90))
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
