package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A row of a result file: its values, and when and of which commit they are.
type row struct {
	values           []string
	date, commit, of string // of is the version of Go
}

// results are the files in docs/proof, by their names without ending.
type results struct {
	tables  map[string][]row
	reasons []reason
	vectors []vectorCount
}

// How many values the rows of each file have.
var columns = map[string]int{
	"fuzz": 3, "exhaustion": 2, "mutation": 4, "survivors": 5, "coverage": 2, "ground": 2, "work": 3, "memory": 2,
}

// readResults reads all files, in a module at root.
func readResults(root string) (*results, error) {
	r := &results{tables: map[string][]row{}}
	var err error
	if r.vectors, err = countVectors(root); err != nil {
		return nil, err
	}
	for name, n := range columns {
		lines, err := readTable(filepath.Join(root, "docs/proof", name+".tsv"))
		if err != nil {
			return nil, err
		}
		for _, fields := range lines {
			if len(fields) != n+3 {
				return nil, fmt.Errorf("%s.tsv: %d fields, want %d: %q", name, len(fields), n+3, fields)
			}
			r.tables[name] = append(r.tables[name], row{fields[:n], fields[n], fields[n+1], fields[n+2]})
		}
	}
	lines, err := readTable(filepath.Join(root, "docs/proof/reasons.tsv"))
	if err != nil {
		return nil, err
	}
	for _, fields := range lines {
		if len(fields) != 5 {
			return nil, fmt.Errorf("reasons.tsv: %d fields, want 5: %q", len(fields), fields)
		}
		r.reasons = append(r.reasons, reason{mutant{fields[0], fields[1], fields[2], fields[3]}, fields[4]})
	}
	return r, nil
}

// readTable reads the lines of a file with tabs between the fields, without
// those that begin with #.
func readTable(name string) (lines [][]string, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			lines = append(lines, strings.Split(line, "\t"))
		}
	}
	return lines, nil
}
