package stomp_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stompwire/stomp/parser"
	"github.com/stompwire/stomp/testdata"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// squeezed folds all white space, so that indentation does not count.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

// The Go code of the README is that of the examples, which run.
func TestReadmeCodeIsCompiled(t *testing.T) {
	examples := squeezed(read(t, "example_test.go") + read(t, "example_proxy_test.go"))
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d blocks of Go", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(examples, squeezed(block[1])) {
			t.Errorf("in no example:\n%s", block[1])
		}
	}
}

// The tables of limits and leniencies in the README are those of the code.
func TestReadmeTables(t *testing.T) {
	readme := read(t, "README.md")
	before := parser.LimitsBeforeLogin()
	for _, row := range []string{
		fmt.Sprintf("| a line of a head, command included, octets | %d | %d |", parser.DefaultHeaderLine, before.HeaderLine),
		fmt.Sprintf("| headers in a frame, repeats counted | %d | %d |", parser.DefaultHeaders, before.Headers),
		fmt.Sprintf("| a head, octets | %d | %d |", parser.DefaultHead, before.Head),
		fmt.Sprintf("| a body, octets | %d | none |", parser.DefaultBody),
	} {
		if !strings.Contains(readme, row) {
			t.Errorf("the README has no row %s", row)
		}
	}
	count := 0
	for range testdata.Vectors() {
		count++
	}
	if number := fmt.Sprintf("%d,%03d vectors", count/1000, count%1000); !strings.Contains(readme, number) {
		t.Errorf("the README does not say %s", number)
	}
	for _, name := range parser.AllowAll.Names() {
		if !strings.Contains(readme, "| `"+name+"` |") {
			t.Errorf("the README has no row for %s", name)
		}
	}
}

// What the documents name, files and tests, is there.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	for _, name := range []string{"README.md", "DESIGN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"} {
		text := read(t, name)
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(link[1]); err != nil {
				t.Errorf("%s links to %s: %v", name, link[1], err)
			}
		}
		for _, file := range regexp.MustCompile("`((?:headers|frame|parser|encoder|validate|cmd|internal|docs)/[a-z0-9_/]+(?:\\.go|\\.md)?)`").FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(file[1]); err != nil {
				t.Errorf("%s names %s: %v", name, file[1], err)
			}
		}
	}
	var tests strings.Builder
	for _, dir := range []string{".", "parser", "encoder", "headers", "frame", "validate"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), "_test.go") {
				tests.WriteString(read(t, dir+"/"+e.Name()))
			}
		}
	}
	for _, name := range regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(read(t, "SECURITY.md"), -1) {
		if !strings.Contains(tests.String(), "func "+name[1]+"(") {
			t.Errorf("SECURITY.md names %s, which is no test", name[1])
		}
	}
}
