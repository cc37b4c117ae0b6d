package stomp_test

import (
	"go/ast"
	"go/doc"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// documented reports whether a package is one that other modules import: the
// library packages and package fuzz.
func documented(dir string) bool {
	_, ok := libraries[dir]
	return ok || dir == "fuzz"
}

func TestDocs(t *testing.T) {
	s := moduleSources(t)
	for _, complaint := range checkDocs(&s) {
		t.Error(complaint)
	}
}

func TestDocsComplain(t *testing.T) {
	tests := []ruleTest{
		{name: "documented", files: files{"frame/a.go": `// Package frame is documented.
package frame

// T is documented.
type T struct{ Exempt int }

// M is documented.
func (*T) M() {}

func (T) m() {}

type u[X any] struct{}

func (u[X]) Exempt() {}

// F is documented.
func F() {}

// These are documented.
const (
	A = 1
	B = 2
)

const (
	C = 1 // documented
	// D is documented.
	D, E = 2, 3
	f = 4
)

type (
	// V is documented.
	V int
	w int
)

// X is documented.
var X, y int`}},
		{name: "no library", files: files{"cmd/stomp/a.go": "package main\nfunc F() {}", "frame/a_test.go": "package frame_test\nfunc F() {}"}},
		{name: "undocumented", files: files{"frame/a.go": `package frame
type T struct{}
func (*T) M() {}
func F() {}
const (
	A = 1
	B = 2 // documented
)
// The group.
type (
	U int
)
var x, V int
//go:noinline
func G() {}
//
func H() {}
type W[X any] struct{}
func (*W[X]) M() {}
func (W[X]) m() {}`}, want: []string{
			"frame/a.go:1: package frame has no doc comment",
			"frame/a.go:2: T has no doc comment",
			"frame/a.go:3: T.M has no doc comment",
			"frame/a.go:4: F has no doc comment",
			"frame/a.go:6: A has no doc comment",
			"frame/a.go:11: U has no doc comment",
			"frame/a.go:13: V has no doc comment",
			"frame/a.go:15: G has no doc comment",
			"frame/a.go:17: H has no doc comment",
			"frame/a.go:18: W has no doc comment",
			"frame/a.go:19: W.M has no doc comment",
		}},
		{name: "two package comments", files: files{
			"frame/a.go": "// Package frame is.\npackage frame", "frame/b.go": "// Package frame is, too.\npackage frame"},
			want: []string{"frame/b.go:2: package frame has another doc comment"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sources{fset: token.NewFileSet()}
			for _, name := range slices.Sorted(maps.Keys(tt.files)) {
				if err := s.add(name, tt.files[name]); err != nil {
					t.Fatal(err)
				}
			}
			got := checkDocs(&s)
			slices.SortFunc(got, byPlace)
			if !slices.Equal(got, tt.want) {
				t.Errorf("complaints:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
			}
		})
	}
}

// checkDocs wants one package comment for each package, and a doc comment for
// each exported constant, variable, type, function and method of an exported
// type. The comment of a group of constants or variables, or one at the end of
// the line, will do.
func checkDocs(s *sources) (complaints []string) {
	commented := make(map[string]bool) // packages
	first := make(map[string]source)
	for _, f := range s.files {
		if f.test() || !documented(f.dir()) {
			continue
		}
		if _, ok := first[f.dir()]; !ok {
			first[f.dir()] = f
		}
		if says(f.file.Doc) {
			if commented[f.dir()] {
				complaints = append(complaints, s.complaint(f.file.Package, "package %s has another doc comment", f.file.Name))
			}
			commented[f.dir()] = true
		}
		want := func(id *ast.Ident, prefix string, comments ...*ast.CommentGroup) {
			if id.IsExported() && !slices.ContainsFunc(comments, says) {
				complaints = append(complaints, s.complaint(id.Pos(), "%s%s has no doc comment", prefix, id.Name))
			}
		}
		for _, decl := range f.file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					want(d.Name, "", d.Doc)
				} else if t := receiver(d); t.IsExported() {
					want(d.Name, t.Name+".", d.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						if d.Lparen.IsValid() {
							want(spec.Name, "", spec.Doc)
						} else {
							want(spec.Name, "", d.Doc)
						}
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							want(name, "", spec.Doc, spec.Comment, d.Doc)
						}
					}
				}
			}
		}
	}
	for dir, f := range first {
		if !commented[dir] {
			complaints = append(complaints, s.complaint(f.file.Package, "package %s has no doc comment", f.file.Name))
		}
	}
	return complaints
}

// says reports whether a comment has words, not directives alone.
func says(c *ast.CommentGroup) bool { return strings.TrimSpace(c.Text()) != "" }

// receiver returns the name of the type that a method is declared on.
func receiver(d *ast.FuncDecl) *ast.Ident {
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x
		default:
			panic("receiver of " + d.Name.Name)
		}
	}
}

// Each package that others import has an example that runs, and so does the
// root.
func TestExamples(t *testing.T) {
	s := moduleSources(t)
	without := make(map[string]bool)
	for _, f := range s.files {
		if dir := f.dir(); dir == "." || documented(dir) {
			without[dir] = true
		}
	}
	for _, f := range s.files {
		if f.test() && runnable(f.file) {
			delete(without, f.dir())
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(without)) {
		t.Errorf("package %s has no example that runs", dir)
	}
}

// runnable reports whether a test file has an example whose output is
// compared.
func runnable(f *ast.File) bool {
	return slices.ContainsFunc(doc.Examples(f), func(e *doc.Example) bool { return e.Output != "" })
}

func TestRunnable(t *testing.T) {
	for text, want := range map[string]bool{
		"package x_test\nfunc Example() {\n\t// Output: 1\n}":     true,
		"package x_test\nfunc ExampleF() {\n\t// Output:\n}":      false,
		"package x_test\nfunc ExampleF() {}":                      false,
		"package x_test\nfunc TestF() {\n\t// Output: 1\n}":       false,
		"package x_test\nfunc Examplesque() {\n\t// Output: 1\n}": false,
	} {
		s := sources{fset: token.NewFileSet()}
		if err := s.add("x/a_test.go", text); err != nil {
			t.Fatal(err)
		}
		if got := runnable(s.files[0].file); got != want {
			t.Errorf("runnable = %v, want %v:\n%s", got, want, text)
		}
	}
}
