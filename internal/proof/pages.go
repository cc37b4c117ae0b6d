package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// pages makes the pages, by the names of their files.
func (r *results) pages() map[string]string {
	return map[string]string{"docs/proof.md": r.proof(), "docs/mutation.md": r.mutation()}
}

const proofHead = `# Proof

How far the packages were proved, and the command that prints each figure. [evidence.md](evidence.md) says which vectors and tests stand for which
promise, [peers.md](peers.md) what other implementations make of the vectors.

This page is made from the files in [proof](proof) by ` + "`bash .ci/proof`" + `, which measures what is cheap; a test fails when the two differ, or when a
figure that a test can measure is no longer so. What takes long is recorded by its command with ` + "`-record`" + `. Each row says of which day and commit it
is; ` + "`+changes`" + ` means that there were some that were not committed.
`

func (r *results) proof() string {
	var p page
	p.text(proofHead)

	p.section("Vectors", "wc -l testdata/vectors/*.jsonl testdata/validate/*.jsonl",
		"Every vector for a codec is read whole, octet by octet, cut in two everywhere and, when short, in three, by `Parser`, `Assembler` and `Reader`, and goes\n"+
			"through the encoder and back.")
	p.head("file of `testdata`", ">vectors")
	total := 0
	for _, v := range r.vectors {
		p.row("`"+v.file+".jsonl`", count(v.count))
		total += v.count
	}
	p.row("all", count(total))

	p.section("Exhaustion", "bash .ci/exhaust 5\nbash .ci/exhaust -record 7",
		"All strings up to a length over eleven classes of octets, behind a prefix for each state of the parser, with tiny limits so that they are reached: the\n"+
			"parser whole, the parser octet by octet and the oracle agree on every one, in frames, offsets and errors. The longer strings have fewer options.\n"+
			"`Then` changes version and limits after the first frame; `CR` and `Escapes` go further over fewer octets. A run with a disagreement is not recorded.")
	p.exhaustion(r.tables["exhaustion"])

	p.section("Fuzzing", "bash .ci/fuzz 100000\nbash .ci/fuzz -for 10m -record 1000000",
		"Each target checks properties, not only that nothing panics. Executions as the engine counts them, of the last long run; one with a\n"+
			"failure is not recorded.")
	p.fuzzing(r.tables["fuzz"])

	p.section("Mutation", "bash .ci/mutation\nbash .ci/mutation -record",
		"gremlins changes one operator after another; a mutant that no test notices lives. [mutation.md](mutation.md) has each that does, and why.")
	p.scores(r.tables["mutation"])

	p.section("Coverage", "go test -cover ./headers ./frame ./parser ./encoder ./validate",
		"By the tests of each package alone. A test of limits can have all statements and miss every off-by-one: mutation is the better figure.")
	p.table(r.tables["coverage"], "package", ">% of statements")

	p.section("Other ground", "bash .ci/run\nbash .ci/long -record ground",
		"Where the tests pass. s390x is big-endian, js/wasm has no operating system, 386 has 32 bits.")
	p.table(r.tables["ground"], "ground", "how")

	p.section("Work", "go test -tags stompcount -run TestWorkIsLinear -v ./parser",
		"The most that an octet of a stream costs, in chunks from one octet to the whole stream: how often it is gone over, and how often copied. At most four copies\n"+
			"are promised. Ordinary builds count nothing.")
	p.table(r.tables["work"], "stream", ">steps an octet", ">copies an octet")

	p.section("Memory", "go run ./internal/proof memory",
		"In octets, for 64 bits. What is measured is rounded up to three binary digits; `WorstCase` is what `parser.Limits` promises.")
	p.table(r.tables["memory"], "what", ">octets")
	return p.String()
}

const mutationHead = `# Mutation

What tests do not notice. gremlins changes one operator after another in ` + "`headers`, `frame`, `parser`, `encoder` and `validate`" + ` and runs the tests of the
package; a mutant that no test notices lives. The least score is 95 %.

` + "```sh\nbash .ci/mutation                  # all packages, half an hour\nbash .ci/mutation -record parser   # one, for this page\nbash .ci/proof                     # makes this page\n```" + `

A mutant is named by its function, the kind of change and the line, with the operator between « and », so that the name outlives other changes of the file.
Reasons are in [proof/reasons.tsv](proof/reasons.tsv); a test fails when one is missing, or is for a mutant that no longer lives.

## Scores

`

func (r *results) mutation() string {
	var p page
	p.text(mutationHead)
	p.scores(r.tables["mutation"])
	last := ""
	survivors := slices.Clone(r.tables["survivors"])
	slices.SortStableFunc(survivors, func(a, b row) int { return strings.Compare(a.values[0], b.values[0]) })
	for _, s := range survivors {
		m := mutant{s.values[0], s.values[1], s.values[2], s.values[3]}
		if m.pkg != last {
			p.text("\n## " + m.pkg + "\n\n")
			p.head("function", "mutation", "line", "why no test notices")
			last = m.pkg
		}
		p.row("`"+m.function+"`", strings.ToLower(strings.ReplaceAll(m.mutation, "_", " ")), "`"+m.expression+"`", r.reason(m))
	}
	return p.String()
}

// reason returns why a mutant lives, "" when nobody has said.
func (r *results) reason(m mutant) string {
	for _, reason := range r.reasons {
		if reason.mutant == m {
			return reason.text
		}
	}
	return ""
}

// A page of Markdown.
type page struct{ strings.Builder }

func (p *page) text(s string) { p.WriteString(s) }

// section begins one, with the commands that print its figures.
func (p *page) section(title, commands, text string) {
	p.text("\n## " + title + "\n\n```sh\n" + commands + "\n```\n\n" + text + "\n\n")
}

// head begins a table. A title after ">" is that of numbers.
func (p *page) head(titles ...string) {
	line := "|"
	for i, title := range titles {
		kind := " --- |"
		if number, ok := strings.CutPrefix(title, ">"); ok {
			titles[i], kind = number, " ---: |"
		}
		line += kind
	}
	p.row(titles...)
	p.text(line + "\n")
}

func (p *page) row(cells ...string) {
	for i := range cells {
		cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
	}
	p.text("| " + strings.Join(cells, " | ") + " |\n")
}

// recordedTable writes a table of rows that have results, and says when they
// were recorded: once, when it is the same for all.
func (p *page) recordedTable(rows []row, cells func(r row) []string, last []string, titles ...string) {
	if len(rows) == 0 {
		p.text("Not recorded yet.\n")
		return
	}
	same := !slices.ContainsFunc(rows, func(r row) bool { return r.recorded() != rows[0].recorded() })
	if !same {
		titles = append(titles, "recorded")
	}
	p.head(titles...)
	for _, r := range rows {
		line := cells(r)
		if !same {
			line = append(line, r.recorded())
		}
		p.row(line...)
	}
	if last != nil {
		if !same {
			last = append(last, "")
		}
		p.row(last...)
	}
	if same {
		p.text("\nRecorded: " + rows[0].recorded() + ".\n")
	}
}

func (r *row) recorded() string { return r.date + ", " + r.commit + ", " + r.of }

// table shows rows as they are.
func (p *page) table(rows []row, titles ...string) {
	p.recordedTable(rows, func(r row) []string {
		cells := slices.Clone(r.values)
		for i := range cells {
			if n, err := strconv.Atoi(cells[i]); err == nil {
				cells[i] = count(n)
			}
		}
		return cells
	}, nil, titles...)
}

func (p *page) fuzzing(rows []row) {
	executions, seconds := 0, 0
	for _, r := range rows {
		executions += number(r.values[1])
		seconds += number(r.values[2])
	}
	p.recordedTable(rows, func(r row) []string {
		return []string{"`" + r.values[0] + "`", count(number(r.values[1])), count(number(r.values[2]))}
	}, []string{"all", count(executions), count(seconds)}, "target", ">executions", ">seconds")
}

// The tests of exhaustion.
var exhaustions = []string{"TestExhaustion", "TestExhaustionThen", "TestExhaustionCR", "TestExhaustionEscapes"}

func (p *page) exhaustion(rows []row) {
	inputs := map[string]int{} // by length and test
	var lengths []row          // one row of each
	for _, r := range rows {
		length, test, _ := strings.Cut(r.values[0], " ")
		if inputs[r.values[0]] = number(r.values[1]); test == exhaustions[0] {
			lengths = append(lengths, row{[]string{length}, r.date, r.commit, r.of})
		}
	}
	slices.SortFunc(lengths, func(a, b row) int { return number(a.values[0]) - number(b.values[0]) })
	p.recordedTable(lengths, func(r row) []string {
		cells, total := []string{r.values[0]}, 0
		for _, test := range exhaustions {
			n := inputs[r.values[0]+" "+test]
			cells = append(cells, count(n))
			total += n
		}
		return append(cells, count(total))
	}, nil, ">length", ">inputs", ">`Then`", ">`CR`", ">`Escapes`", ">all")
}

func (p *page) scores(rows []row) {
	p.recordedTable(rows, func(r row) []string {
		killed, lived, out := number(r.values[1]), number(r.values[2]), number(r.values[3])
		score := 100 * float64(killed) / float64(max(killed+lived+out, 1))
		return []string{"`" + r.values[0] + "`", fmt.Sprintf("%.1f %%", score), count(killed), count(lived), count(out)}
	}, nil, "package", ">score", ">killed", ">lived", ">not covered")
}

// number reads a number that a script wrote.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("no number: %q", s))
	}
	return n
}

// count writes a number with a comma before each three digits.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
