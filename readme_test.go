package stomp_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The Go code of the README is that of the examples, which run. Indentation
// does not count.
func TestReadmeCodeIsCompiled(t *testing.T) {
	squeezed := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var examples string
	files, _ := filepath.Glob("example*_test.go") // the pattern is good
	for _, name := range files {
		examples += squeezed(read(name))
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read("README.md"), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d blocks of Go", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(examples, squeezed(block[1])) {
			t.Errorf("in no example:\n%s", block[1])
		}
	}
}
