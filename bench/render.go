package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What is made from results.json, in the module above this one.
const (
	resultsFile = "results.json"
	readmeFile  = "README.md"
	docFile     = "docs/performance.md"
	chartPrefix = "docs/performance"
)

// A document is a file that is made from the results, or has parts that are.
type document struct{ name, text string }

// render makes all documents of a directory anew.
func (r Results) render(root string) ([]document, error) {
	var all []document
	for name, blocks := range map[string][]block{
		readmeFile: {{"bench", r.readme()}},
		docFile:    r.blocks(),
	} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		made := string(text)
		for _, b := range blocks {
			if made, err = b.replaceIn(made); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		all = append(all, document{name, made})
	}
	if r.Speed != nil {
		all = append(all, charts(r.Speed, chartPrefix)...)
	}
	return all, nil
}

// charts draws the chart in all themes.
func charts(s *Speed, prefix string) (all []document) {
	for _, c := range themes {
		all = append(all, document{prefix + "-" + c.name + ".svg", s.chart(c)})
	}
	return all
}

// A block is text between two markers: <!-- name:begin --> and <!-- name:end -->.
type block struct{ name, text string }

func (b block) replaceIn(text string) (string, error) {
	begin, end := "<!-- "+b.name+":begin -->\n", "<!-- "+b.name+":end -->"
	before, rest, ok := strings.Cut(text, begin)
	if !ok {
		return "", fmt.Errorf("no %q", strings.TrimSpace(begin))
	}
	_, after, ok := strings.Cut(rest, end)
	if !ok {
		return "", fmt.Errorf("no %q", end)
	}
	return before + begin + strings.TrimSpace(b.text) + "\n" + end + after, nil
}

const notMeasured = "Not measured yet."

// readme is the section of the README.
func (r Results) readme() string {
	s := r.Speed
	if s == nil {
		return notMeasured
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<picture>
<source media="(prefers-color-scheme: dark)" srcset="%[1]s-dark.svg">
<img alt="Time to read one frame of five workloads: scan floor, Assembler, ReadFrame, go-stomp" src="%[1]s-light.svg" width="860">
</picture>

`, chartPrefix)
	b.WriteString(s.summaryTable().markdown())
	fmt.Fprintf(&b, "\n%s. The scan floor only finds line ends and colons; it checks and keeps nothing.\n", s.Run)
	return b.String()
}

// blocks are those of docs/performance.md.
func (r Results) blocks() []block {
	section := func(name string, measured bool, text func() string) block {
		if !measured {
			return block{"bench:" + name, notMeasured}
		}
		return block{"bench:" + name, text()}
	}
	with := func(run Run, t *table) string { return run.String() + ".\n\n" + t.markdown() }
	speed, validate := r.Speed, r.Validate
	claims := r.bar()
	return []block{
		section("bar", len(claims) > 0, func() string { return barTable(claims).markdown() }),
		section("read", speed != nil, func() string { return with(speed.Run, speed.readingTable()) }),
		section("write", speed != nil, func() string { return with(speed.Run, speed.writingTable()) }),
		section("validate", validate != nil, func() string { return with(validate.Run, validate.validationTable()) }),
		section("chunks", r.Chunks != nil, func() string { return with(r.Chunks.Run, r.Chunks.chunkTable()) }),
		section("parallel", r.Parallel != nil, func() string { return with(r.Parallel.Run, r.Parallel.table()) }),
		section("growth", r.Growth != nil, func() string { return with(r.Growth.Run, r.Growth.table()) }),
		section("memory", r.Memory != nil, func() string { return with(r.Memory.Run, r.Memory.table()) }),
		section("peers", r.Peers != nil, func() string { return with(r.Peers.Run, r.Peers.table()) + "\n" + r.Peers.notes() }),
		section("broker", speed != nil && validate != nil && r.Memory != nil, func() string { return r.brokerTable().markdown() }),
		section("gateway", speed != nil, func() string { return r.gatewayTable().markdown() + "\n" + r.onPaper() }),
	}
}

// write writes documents under a directory.
func write(root string, all []document) error {
	for _, d := range all {
		if err := os.WriteFile(filepath.Join(root, d.name), []byte(d.text), 0o666); err != nil {
			return err
		}
	}
	return nil
}
