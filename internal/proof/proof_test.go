package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func given(t *testing.T) *results {
	t.Helper()
	r, err := readResults(root)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The pages are what the results make, and the vectors are counted anew.
func TestPages(t *testing.T) {
	for name, want := range given(t).pages() {
		got, err := os.ReadFile(root + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what docs/proof makes: run .ci/proof -pages", name)
		}
	}
}

// Each mutant that lives has a reason, and each reason a mutant.
func TestReasons(t *testing.T) {
	r := given(t)
	lives := map[mutant]bool{}
	for _, s := range r.tables["survivors"] {
		m := mutant{s.values[0], s.values[1], s.values[2], s.values[3]}
		if lives[m] = true; r.reason(m) == "" {
			t.Errorf("docs/proof/reasons.tsv does not say why this lives:\n%s", strings.Join([]string{m.pkg, m.function, m.mutation, m.expression, "..."}, "\t"))
		}
	}
	for _, reason := range r.reasons {
		if !lives[reason.mutant] {
			t.Errorf("docs/proof/reasons.tsv has a reason for what does not live: %v", reason.mutant)
		}
	}
}

// What is recorded is of packages, targets and tests that are there.
func TestRecordedNames(t *testing.T) {
	r := given(t)
	packages := []string{"headers", "frame", "parser", "encoder", "validate"}
	for _, name := range []string{"mutation", "survivors", "coverage"} {
		for _, row := range r.tables[name] {
			if !slices.Contains(packages, row.values[0]) {
				t.Errorf("%s.tsv: no package %s", name, row.values[0])
			}
		}
	}
	var tests strings.Builder
	for _, name := range []string{"fuzz_test.go", "fuzzsession_test.go", "exhaust_test.go"} {
		text, err := os.ReadFile(root + "/fuzz/" + name)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	for _, row := range r.tables["fuzz"] {
		if !strings.Contains(tests.String(), "func "+row.values[0]+"(f *testing.F)") {
			t.Errorf("fuzz.tsv: no target %s", row.values[0])
		}
	}
	for _, test := range exhaustions {
		if !strings.Contains(tests.String(), "func "+test+"(t *testing.T)") {
			t.Errorf("no test %s", test)
		}
	}
}

func TestPage(t *testing.T) {
	day1, day2 := row{date: "1", commit: "a", of: "g"}, row{date: "2", commit: "b", of: "g"}
	rows := func(values ...[]string) (all []row) {
		for _, v := range values {
			r := day1
			r.values = v
			all = append(all, r)
		}
		return all
	}
	fuzzed := rows([]string{"A", "1000", "5"}, []string{"B", "2000000", "6"})
	mixed := slices.Clone(fuzzed)
	mixed[1].date, mixed[1].commit = day2.date, day2.commit
	for _, tt := range []struct {
		name string
		make func(p *page)
		want string
	}{
		{"none", func(p *page) { p.scores(nil) }, "Not recorded yet.\n"},
		{"fuzzing", func(p *page) { p.fuzzing(fuzzed) }, `| target | executions | seconds |
| --- | ---: | ---: |
| ` + "`A`" + ` | 1,000 | 5 |
| ` + "`B`" + ` | 2,000,000 | 6 |
| all | 2,001,000 | 11 |

Recorded: 1, a, g.
`},
		{"of two days", func(p *page) { p.fuzzing(mixed) }, `| target | executions | seconds | recorded |
| --- | ---: | ---: | --- |
| ` + "`A`" + ` | 1,000 | 5 | 1, a, g |
| ` + "`B`" + ` | 2,000,000 | 6 | 2, b, g |
| all | 2,001,000 | 11 |  |
`},
		{"exhaustion", func(p *page) {
			p.exhaustion(rows([]string{"7 TestExhaustion", "100"}, []string{"5 TestExhaustionCR", "20"}, []string{"5 TestExhaustion", "10"}))
		}, `| length | inputs | ` + "`Then` | `CR` | `Escapes`" + ` | all |
| ---: | ---: | ---: | ---: | ---: | ---: |
| 5 | 10 | 0 | 20 | 0 | 30 |
| 7 | 100 | 0 | 0 | 0 | 100 |

Recorded: 1, a, g.
`},
		{"scores", func(p *page) { p.scores(rows([]string{"frame", "95", "4", "1"})) }, `| package | score | killed | lived | not covered |
| --- | ---: | ---: | ---: | ---: |
| ` + "`frame`" + ` | 95.0 % | 95 | 4 | 1 |

Recorded: 1, a, g.
`},
		{"a bar in a cell", func(p *page) { p.row("a|b") }, "| a\\|b |\n"},
	} {
		var p page
		tt.make(&p)
		if got := p.String(); got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
}

func TestMutationPage(t *testing.T) {
	m := mutant{"frame", "f", "CONDITIONALS_BOUNDARY", "if a «<» b {"}
	r := results{
		tables:  map[string][]row{"survivors": {{values: []string{m.pkg, m.function, m.mutation, m.expression, "lived"}}}},
		reasons: []reason{{m, "They are never equal."}},
	}
	want := "\n## frame\n\n| function | mutation | line | why no test notices |\n| --- | --- | --- | --- |\n" +
		"| `f` | conditionals boundary | `if a «<» b {` | They are never equal. |\n"
	if got := r.mutation(); !strings.HasSuffix(got, want) {
		t.Errorf("%s\nwant at its end:\n%s", got, want)
	}
}

func TestLocate(t *testing.T) {
	const source = `package p

var x = 1 +  2

func (p *T[X]) f() {
	if a <= b {
		break
	}
}

func g() { i++ }
`
	for _, tt := range []struct {
		line, column         int
		function, expression string
	}{
		{3, 11, "declaration", "var x = 1 «+» 2"},
		{6, 7, "(*T).f", "if a «<=» b {"},
		{7, 3, "(*T).f", "«break»"},
		{11, 13, "g", "func g() { i«++» }"},
	} {
		m, err := locate(source, tt.line, tt.column)
		if err != nil || m.function != tt.function || m.expression != tt.expression {
			t.Errorf("%d:%d: %+v, %v, want %q in %s", tt.line, tt.column, m, err, tt.expression, tt.function)
		}
	}
	for _, at := range [][2]int{{0, 1}, {99, 1}, {3, 0}, {3, 99}} {
		if m, err := locate(source, at[0], at[1]); err == nil {
			t.Errorf("%v is %+v, want an error", at, m)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
