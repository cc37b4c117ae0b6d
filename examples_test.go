package stomp_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every example that says what it prints is run: "go test" compiles an example
// whose Output comment is not the last comment of its own, and does not run it.
// This goes over all modules of the repository.
func TestExamplesRun(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		run, idle, err := examples(name, text)
		if err != nil {
			return err
		}
		seen += len(run)
		for _, example := range idle {
			t.Errorf("%s: %s is not run", name, example)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 30 {
		t.Errorf("%d examples are run", seen)
	}
}

func TestExamplesRunComplains(t *testing.T) {
	const text = `package p
func ExampleRun() {
	f()
	// Output: x
}
func ExampleEmpty() {
	// Output:
}
func ExampleSorted() {
	// Unordered output:
	// x
}
func ExampleNone() {
	f()
}
func ExampleSameComment() {
	f()
	// Said before it.
	// Output: x
}
func ExampleNotLast() {
	// Output: x

	// Said after it.
	f()
}
func ExampleParameter(n int) {
	// Output: x
}
func Helper() {
	// Output: x
}
`
	run, idle, err := examples("p_test.go", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"ExampleEmpty", "ExampleRun", "ExampleSorted"}; !slices.Equal(run, want) {
		t.Errorf("run: %v, want %v", run, want)
	}
	if want := []string{"ExampleSameComment", "ExampleNotLast", "ExampleParameter"}; !slices.Equal(idle, want) {
		t.Errorf("not run: %v, want %v", idle, want)
	}
}

// outputLine is a line of a comment that is meant to say what an example prints.
var outputLine = regexp.MustCompile(`(?im)^(//|/\*)?[ \t]*(unordered )?output:`)

// examples returns the names of the examples of a test file that "go test" runs,
// and of those that say what they print and are not run.
func examples(name string, text []byte) (run, idle []string, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range doc.Examples(file) {
		if e.Output != "" || e.EmptyOutput {
			run = append(run, "Example"+e.Name)
		}
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Example") || slices.Contains(run, f.Name.Name) {
			continue
		}
		for _, c := range file.Comments {
			if f.Body.Pos() <= c.Pos() && c.End() <= f.Body.End() && slices.ContainsFunc(c.List, func(c *ast.Comment) bool { return outputLine.MatchString(c.Text) }) {
				idle = append(idle, f.Name.Name)
				break
			}
		}
	}
	return run, idle, nil
}
