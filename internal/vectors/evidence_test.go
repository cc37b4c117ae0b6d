package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
)

// A row of docs/evidence.md: what stands in backquotes in each of its cells.
type evidenceRow struct {
	first string // the whole first cell
	names [][]string
}

// evidence reads the tables of docs/evidence.md by the titles above them.
func evidence(t *testing.T) map[string][]evidenceRow {
	t.Helper()
	page, err := os.ReadFile("../../docs/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	tables := map[string][]evidenceRow{}
	title := ""
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if after, ok := strings.CutPrefix(line, "## "); ok {
			title = after
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") {
			continue
		}
		row := evidenceRow{}
		for i, cell := range strings.Split(strings.Trim(line, "|"), "|") {
			if i == 0 {
				row.first = strings.TrimSpace(cell)
				continue
			}
			var names []string
			for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
				names = append(names, m[1])
			}
			row.names = append(row.names, names)
		}
		tables[title] = append(tables[title], row)
	}
	for title := range tables {
		tables[title] = tables[title][1:] // the head
	}
	return tables
}

// known is every vector by its id, with its decision, and every function of
// the tests by its name.
func known(t *testing.T) (ids map[string]string, tests map[string]bool) {
	t.Helper()
	ids, tests = map[string]string{}, map[string]bool{}
	note := func(line []byte) {
		var v struct{ ID, Decision string }
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		ids[v.ID] = v.Decision
	}
	for line := range testdata.Vectors() {
		note(line.JSON)
	}
	for _, name := range []string{"frames", "sessions"} {
		text, err := os.ReadFile("../../testdata/validate/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			note(line)
		}
	}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, name)
		for _, m := range function.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids, tests
}

// matching returns the ids that a name stands for.
func matching(ids map[string]string, name string) (list []string) {
	for id := range ids {
		// Path would let no star stand for a slash.
		if ok, err := path.Match(name, id); err == nil && ok {
			list = append(list, id)
		}
	}
	return list
}

// Every row of docs/evidence.md names vectors and tests that are there, and no
// threat and no decision is without a row.
func TestEvidence(t *testing.T) {
	tables := evidence(t)
	ids, tests := known(t)
	for _, title := range []string{
		"Threats", "Octets that must simply work", "Octets that break decoders", "What encoders get wrong", "Leniencies", "Decisions", "Limits",
	} {
		if len(tables[title]) == 0 {
			t.Errorf("no table %q", title)
		}
	}
	for title, rows := range tables {
		for _, row := range rows {
			for column, names := range row.names {
				if len(names) == 0 && !(title == "Threats" && column == 0) {
					t.Errorf("%s, %s: column %d has no name", title, row.first, column+1)
				}
				for _, name := range names {
					isTest := strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example")
					if isTest && !tests[name] || !isTest && len(matching(ids, name)) == 0 {
						t.Errorf("%s, %s: there is no %s", title, row.first, name)
					}
				}
			}
		}
	}
	for n := 1; n <= 20; n++ {
		if rows := tables["Threats"]; len(rows) < n || rows[n-1].first != fmt.Sprintf("T%d", n) {
			t.Errorf("no row T%d", n)
		}
	}
	// Of a decision a vector that cites it stands on one side; the other side
	// may be a plain sentence of the specification.
	for n := 1; n <= 22; n++ {
		d := fmt.Sprintf("D%d", n)
		rows := tables["Decisions"]
		if len(rows) < n || rows[n-1].first != d {
			t.Errorf("no row %s", d)
			continue
		}
		cited := false
		sides := map[string]int{}
		for column, names := range rows[n-1].names {
			for _, name := range names {
				for _, id := range matching(ids, name) {
					cited = cited || ids[id] == d
					if sides[id] |= 1 << column; sides[id] == 3 {
						t.Errorf("%s: %s is on both sides", d, id)
					}
				}
			}
		}
		if !cited {
			t.Errorf("%s: no vector cites it", d)
		}
	}
	rows := tables["Leniencies"]
	names := parser.AllowAll.Names()
	if len(rows) != len(names) {
		t.Fatalf("%d leniencies, want %d", len(rows), len(names))
	}
	for i, name := range names {
		if rows[i].first != "`"+name+"`" {
			t.Errorf("leniency %s is %s", name, rows[i].first)
		}
	}
}

// The vectors of leniencies are refused and admitted, and those of limits are
// one below, at, and one above.
func TestEvidenceIsTrue(t *testing.T) {
	vectors := map[string]*Decode{}
	for v, err := range All[Decode]() {
		if err != nil {
			t.Fatal(err)
		}
		vectors[v.ID] = v
	}
	tables := evidence(t)
	for _, row := range tables["Leniencies"] {
		for column, names := range row.names {
			for _, id := range names {
				switch v := vectors[id]; {
				case v == nil:
					t.Errorf("%s is no decode vector", id)
				case column == 0 && v.Error == nil:
					t.Errorf("%s is not refused", id)
				case column == 1 && (v.Error != nil || !strings.Contains(fmt.Sprint(v.Allow), strings.Trim(row.first, "`"))):
					t.Errorf("%s is not admitted by %s", id, row.first)
				}
			}
		}
	}
	for _, row := range tables["Limits"] {
		for column, names := range row.names {
			for _, id := range names {
				v := vectors[id]
				if v == nil {
					t.Errorf("%s is no decode vector", id)
					continue
				}
				size, limit := measure(row.first, v)
				if got, want := size-limit, int64(column-1); got != want {
					t.Errorf("%s: %s is %d octets or headers, the limit %d", id, row.first, size, limit)
				}
				if (v.Error != nil) != (column == 2) {
					t.Errorf("%s: accepted %t", id, v.Error == nil)
				}
			}
		}
	}
}

// measure returns how large what a limit counts is in the first frame of a
// vector, and the limit.
func measure(what string, v *Decode) (size, limit int64) {
	head, body, _ := strings.Cut(string(*v.Input), "\n\n")
	lines := strings.Split(head, "\n")
	limits := v.Limits
	if limits == nil {
		limits = new(Limits)
	}
	pick := func(l *Limit, byDefault int64) int64 {
		if l == nil {
			return byDefault
		}
		return int64(*l)
	}
	kind, part, _ := strings.Cut(what, ", ")
	switch kind {
	case "line":
		limit = pick(limits.Line, parser.DefaultHeaderLine)
		if part == "of a command" {
			lines = lines[:1]
		}
		for _, line := range lines {
			size = max(size, int64(len(line)))
		}
	case "headers":
		limit, size = pick(limits.Headers, parser.DefaultHeaders), int64(len(lines)-1)
	case "head":
		limit, size = pick(limits.Head, parser.DefaultHead), int64(len(head)+2)
	case "body":
		limit, size = pick(limits.Body, parser.DefaultBody), int64(len(strings.TrimSuffix(body, "\x00")))
		if _, claim, ok := strings.Cut(head, "content-length:"); ok {
			fmt.Sscan(claim, &size)
		}
	}
	return size, limit
}
