package stomp_test

import (
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every example that says what it prints is run, in all modules of the
// repository: "go test" compiles an example whose Output comment is not the last
// comment of its own, and does not run it.
func TestExamplesRun(t *testing.T) {
	output := regexp.MustCompile(`(?im)^[ \t]*(//|/\*)[ \t]*(unordered )?output:`)
	seen := 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "example") || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		run := 0
		for _, e := range doc.Examples(file) {
			if e.Output != "" || e.EmptyOutput {
				run++
			}
		}
		if said := len(output.FindAll(text, -1)); said != run {
			t.Errorf("%s: %d examples say what they print, %d are run", name, said, run)
		}
		seen += run
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 30 {
		t.Errorf("%d examples are run", seen)
	}
}
