package peers

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// The tables of docs/peers.md whose last column is a vector say what the grid
// says.
func TestTables(t *testing.T) {
	page, err := os.ReadFile("../../docs/peers.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := rowsByID(t, readGrid(t, "decode"))
	var names []string // of the columns
	checked := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		last := cells[len(cells)-1]
		switch {
		case last == "vector":
			names = cells
			continue
		case !strings.HasPrefix(line, "|"):
			names = nil
		}
		if names == nil || strings.HasPrefix(last, "-") {
			continue
		}
		id := strings.Trim(last, "`")
		row, ok := rows[id]
		if !ok || len(cells) != len(names) {
			t.Errorf("%s: no stream, or not %d cells: %s", id, len(names), line)
			continue
		}
		want := slices.Clone(cells)
		for i := 2; i < len(names)-1; i++ {
			want[i] = cell(row.Differ[names[i]])
			checked++
		}
		if !slices.Equal(cells, want) {
			t.Errorf("docs/peers.md has\n%swant\n| %s |", line, strings.Join(want, " | "))
		}
	}
	if checked == 0 {
		t.Error("no table")
	}
}

// cell returns what a table of docs/peers.md says where a grid says so.
func cell(says string) string {
	switch {
	case says == "":
		return "="
	case strings.Contains(says, "; octet by octet: "):
		return "cut"
	case strings.HasPrefix(says, Accepts):
		return "takes"
	case says == Earlier:
		return "earlier"
	case strings.Contains(says, OtherCommand):
		return "command"
	case strings.Contains(says, OtherBody):
		return "body"
	}
	return strings.TrimPrefix(says, "other ")
}
