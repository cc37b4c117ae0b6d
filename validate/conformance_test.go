package validate_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stompwire/stomp/frame"
	"github.com/stompwire/stomp/validate"
)

// testFunctions returns the tests of a package, "parser", from its files.
func testFunctions(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				found[f.Name.Name] = true
			}
		}
	}
	return found
}

// docs/conformance.md names rules and tests that exist, and all rules, each in
// the versions in which it holds.
func TestConformance(t *testing.T) {
	page, err := os.ReadFile("../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	vectors := map[string][]vector{
		"TestFrameVectors":   readVectors(t, "frames"),
		"TestSessionVectors": readVectors(t, "sessions"),
	}
	tests := map[string]map[string]bool{}
	var (
		quoted = regexp.MustCompile("`([^`]*)`")
		ruleID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
		test   = regexp.MustCompile(`^([a-z]+)\.(Test\w+)(/(.*))?$`)
		levels = regexp.MustCompile(`^(MUST|MUST NOT|REQUIRED|SHOULD|RECOMMENDED|MAY|must|recommended)$`)
	)
	named := map[validate.Rule]frame.Versions{}
	rows := 0
	for i, line := range strings.Split(string(page), "\n") {
		if !strings.HasPrefix(line, "| 1.") {
			continue
		}
		rows++
		at := "line " + line[:min(len(line), 60)]
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if strings.HasSuffix(line, " | |") {
			cells = append(strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " | |"), " | "), "")
		}
		if len(cells) != 6 {
			t.Errorf("line %d has %d cells: %s", i+1, len(cells), at)
			continue
		}
		version, ok := frame.ParseVersion(cells[0])
		if !ok || !levels.MatchString(cells[3]) || cells[4] == "" {
			t.Errorf("%s: version %q, level %q, answered by %q", at, cells[0], cells[3], cells[4])
		}
		if cells[5] == "" && !strings.Contains(cells[4], "not for a codec: ") {
			t.Errorf("%s: no test and no reason", at)
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[4], -1) {
			if !ruleID.MatchString(m[1]) {
				continue // a package, a function
			}
			r, ok := validate.LookupRule(m[1])
			if !ok || !r.Versions().Has(version) {
				t.Errorf("%s: no rule %q in %v", at, m[1], version)
			}
			named[r] |= frame.VersionsOf(version)
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[5], -1) {
			m := test.FindStringSubmatch(m[1])
			if m == nil {
				t.Errorf("%s: no test: %s", at, cells[5])
				continue
			}
			pkg, name, prefix := m[1], m[2], m[4]
			if tests[pkg] == nil {
				tests[pkg] = testFunctions(t, pkg)
			}
			if !tests[pkg][name] {
				t.Errorf("%s: no test %s.%s", at, pkg, name)
			}
			if prefix != "" && !hasVector(vectors[name], prefix) {
				t.Errorf("%s: %s has no case %s", at, name, prefix)
			}
		}
	}
	for r := range validate.Rules() {
		if named[r] != r.Versions() {
			t.Errorf("%v holds in %v, but is named for %v", r, r.Versions(), named[r])
		}
	}
	if rows < 150 {
		t.Errorf("only %d rows", rows)
	}
}

func hasVector(list []vector, prefix string) bool {
	for _, v := range list {
		if strings.HasPrefix(v.ID, prefix) {
			return true
		}
	}
	return false
}
