package stomp_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/stompwire/stomp"

// The library packages, and which packages of this module each may import.
// Parser, encoder and validate never import each other.
var libraries = map[string][]string{
	"headers":  {},
	"frame":    {"headers"},
	"parser":   {"headers", "frame"},
	"encoder":  {"headers", "frame"},
	"validate": {"headers", "frame"},
}

// The packages of the standard library that library packages may import: none
// that opens, formats, locks, logs, reflects or circumvents the type system.
var standard = strings.Fields(`bytes encoding/binary errors io iter math math/bits slices strconv strings time unicode/utf8`)

// What library packages may use of package time: a length of time, and no
// clock.
var ofTime = strings.Fields(`Duration Nanosecond Microsecond Millisecond Second Minute Hour`)

// Directories with Go code that are no libraries.
var others = strings.Fields(`cmd examples fuzz internal lab testdata`)

// Package-level variables of the library packages. Each is written to by its
// declaration and by nothing else; the reasons say why it is a variable.
var variables = map[string]string{
	"headers.ErrRange":           "an error to compare with",
	"headers.ErrSyntax":          "an error to compare with",
	"headers.ErrUndefinedEscape": "an error to compare with",
	"headers.ErrTruncatedEscape": "an error to compare with",
	"headers.ErrUnescapable":     "an error to compare with",
	"headers.tables":             "a table, which cannot be a constant",

	"parser.allowNames": "a table, which cannot be a constant",
	"parser.kinds":      "a table, which cannot be a constant",

	"encoder.kinds": "a table, which cannot be a constant",

	"validate.accepts":     "a set in the table of transitions",
	"validate.connects":    "a set in the table of transitions",
	"validate.disconnects": "a set in the table of transitions",
	"validate.fails":       "a set in the table of transitions",
	"validate.formal":      "a table, which cannot be a constant",
	"validate.headerNames": "a table, which cannot be a constant",
	"validate.isTokenChar": "a table, which cannot be a constant",
	"validate.moves":       "a table, which cannot be a constant",
	"validate.required":    "a table, which cannot be a constant",
	"validate.rules":       "a table, which cannot be a constant",
	"validate.transitions": "a table, which cannot be a constant",
}

// Of these variables the address is taken, to read large elements in place.
var pointedTo = strings.Fields(`validate.rules`)

// A source is one Go file of this module.
type source struct {
	name string // slash-separated, from the root of the module
	file *ast.File
}

// dir returns the directory of the file, "." for the root.
func (s source) dir() string { return path.Dir(s.name) }

// library reports whether the file is part of what importers of a library
// package get.
func (s source) library() bool {
	_, ok := libraries[s.dir()]
	return ok && !s.test()
}

func (s source) test() bool { return strings.HasSuffix(s.name, "_test.go") }

// sources are files and their positions.
type sources struct {
	fset  *token.FileSet
	files []source
}

// moduleSources reads all Go files of this module, whatever their build
// constraints, but not those of modules inside it.
func moduleSources(t *testing.T) sources {
	t.Helper()
	s := sources{fset: token.NewFileSet()}
	root := os.DirFS(".")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name == "." {
				return nil
			}
			if _, err := fs.Stat(root, path.Join(name, "go.mod")); err == nil || strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		return s.add(name, text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sources) add(name string, text any) error {
	f, err := parser.ParseFile(s.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	s.files = append(s.files, source{name, f})
	return nil
}

// complaint says what is wrong at a place.
func (s *sources) complaint(pos token.Pos, format string, args ...any) string {
	p := s.fset.Position(pos)
	return fmt.Sprintf("%s:%d: %s", p.Filename, p.Line, fmt.Sprintf(format, args...))
}

// Every rule of this module about its own source: the check, and small
// modules that it has to pass and to complain about.
var sourceRules = []struct {
	name  string
	check func(*sources) []string
	tests []ruleTest
}{
	{"directories", checkDirectories, []ruleTest{
		{name: "known", files: files{"frame/a.go": "package frame", "cmd/stomp/main.go": "package main"}},
		{name: "unknown", files: files{"broker/a.go": "package broker"}, want: []string{"broker/a.go:1: directory broker has no rules"}},
		{name: "below a library", files: files{"frame/deep/a.go": "package deep"}, want: []string{"frame/deep/a.go:1: directory frame/deep has no rules"}},
	}},
	{"root", checkRoot, []ruleTest{
		{name: "comment alone", files: files{"doc.go": "// Package stomp.\npackage stomp"}},
		{name: "tests", files: files{"a_test.go": "package stomp_test\nvar x int"}},
		{name: "code", files: files{"a.go": "package stomp\nfunc f() {}"}, want: []string{"a.go:2: the root package has code"}},
		{name: "import", files: files{"a.go": "package stomp\nimport _ `io`"}, want: []string{"a.go:2: the root package has code"}},
	}},
	{"imports", checkImports, []ruleTest{
		{name: "allowed", files: files{
			"headers/a.go":      "package headers\nimport (`time`; `unicode/utf8`)",
			"frame/a.go":        "package frame\nimport (`strings`; `github.com/stompwire/stomp/headers`)",
			"parser/a.go":       "package parser\nimport (`io`; h `github.com/stompwire/stomp/headers`; `github.com/stompwire/stomp/frame`)",
			"parser/a_test.go":  "package parser_test\nimport (`fmt`; `github.com/stompwire/stomp/encoder`; `github.com/stompwire/stomp/fuzz`)",
			"fuzz/a.go":         "package fuzz\nimport (`pgregory.net/rapid`; `github.com/stompwire/stomp/parser`)",
			"fuzz/a_test.go":    "package fuzz_test\nimport `github.com/stompwire/stomp/fuzz`",
			"cmd/stomp/main.go": "package main\nimport (`fmt`; `github.com/stompwire/stomp/internal/jsonl`)",
		}},
		{name: "standard library", files: files{"frame/a.go": "package frame\nimport (\n`strings`\n`fmt`\n`unsafe`\n`C`\n)"}, want: []string{
			"frame/a.go:4: frame may not import fmt", "frame/a.go:5: frame may not import unsafe", "frame/a.go:6: frame may not import C"}},
		{name: "third party", files: files{"parser/a.go": "package parser\nimport `pgregory.net/rapid`"},
			want: []string{"parser/a.go:2: parser may not import pgregory.net/rapid"}},
		{name: "the leaf", files: files{"headers/a.go": "package headers\nimport `github.com/stompwire/stomp/frame`"},
			want: []string{"headers/a.go:2: headers may not import github.com/stompwire/stomp/frame"}},
		{name: "each other", files: files{
			"parser/a.go":   "package parser\nimport `github.com/stompwire/stomp/encoder`",
			"encoder/a.go":  "package encoder\nimport `github.com/stompwire/stomp/validate`",
			"validate/a.go": "package validate\nimport `github.com/stompwire/stomp/parser`",
		}, want: []string{
			"encoder/a.go:2: encoder may not import github.com/stompwire/stomp/validate",
			"parser/a.go:2: parser may not import github.com/stompwire/stomp/encoder",
			"validate/a.go:2: validate may not import github.com/stompwire/stomp/parser",
		}},
		{name: "internal", files: files{"encoder/a.go": "package encoder\nimport `github.com/stompwire/stomp/internal/jsonl`"},
			want: []string{"encoder/a.go:2: encoder may not import github.com/stompwire/stomp/internal/jsonl"}},
		{name: "root", files: files{"encoder/a.go": "package encoder\nimport `github.com/stompwire/stomp`"},
			want: []string{"encoder/a.go:2: encoder may not import github.com/stompwire/stomp"}},
		{name: "file behind a build constraint", files: files{"frame/a_js.go": "//go:build js\n\npackage frame\nimport `os`"},
			want: []string{"frame/a_js.go:4: frame may not import os"}},
		{name: "without a name", files: files{"frame/a.go": "package frame\nimport . `strings`\nimport _ `io`"}, want: []string{
			"frame/a.go:2: import of strings as .", "frame/a.go:3: import of io as _"}},
		{name: "fuzz", files: files{
			"frame/a.go":        "package frame\nimport `github.com/stompwire/stomp/fuzz`",
			"parser/a_test.go":  "package parser\nimport `github.com/stompwire/stomp/fuzz`",
			"cmd/stomp/main.go": "package main\nimport `github.com/stompwire/stomp/fuzz`",
		}, want: []string{
			"cmd/stomp/main.go:2: package fuzz is for external tests",
			"frame/a.go:2: frame may not import github.com/stompwire/stomp/fuzz",
			"frame/a.go:2: package fuzz is for external tests",
			"parser/a_test.go:2: package fuzz is for external tests",
		}},
	}},
	{"clock", checkClock, []ruleTest{
		{name: "durations", files: files{"headers/a.go": "package headers\nimport `time`\nconst d time.Duration = 3 * time.Second"}},
		{name: "tests", files: files{"headers/a_test.go": "package headers\nimport `time`\nvar now = time.Now()"}},
		{name: "not that time", files: files{"headers/a.go": "package headers\nvar time struct{ Now int }\nvar now = time.Now"}},
		{name: "clock", files: files{"headers/a.go": "package headers\nimport `time`\nvar now = time.Now()\nvar t time.Time"}, want: []string{
			"headers/a.go:3: time.Now: there is no clock in a library package", "headers/a.go:4: time.Time: there is no clock in a library package"}},
		{name: "renamed", files: files{"parser/a.go": "package parser\nimport clock `time`\nvar now = clock.Sleep"},
			want: []string{"parser/a.go:3: clock.Sleep: there is no clock in a library package"}},
	}},
	{"state", checkState, []ruleTest{
		{name: "reading", files: files{"headers/a.go": "package headers\nvar tables = [...]int{1}\nfunc f() int { x := tables; x[0] = 2; return tables[0] }"}},
		{name: "in a declaration", files: files{"validate/a.go": "package validate\nvar transitions = []int{1}\nvar moves = func() *int { return &transitions[0] }()"}},
		{name: "shadowed", files: files{"parser/a.go": "package parser\nvar kinds int\nfunc f(kinds int) { kinds = 1; kinds++ }"}},
		{name: "a local of the same name in another file", files: files{
			"parser/a.go": "package parser\nvar kinds int", "parser/b.go": "package parser\nfunc f() { for kinds := range 3 { kinds++ } }"}},
		{name: "assertion", files: files{"frame/a.go": "package frame\nvar _ interface{} = 1"}},
		{name: "tests", files: files{"frame/a_test.go": "package frame\nvar update = 1\nfunc init() { update = 2 }"}},
		{name: "not on the list", files: files{"frame/a.go": "package frame\nvar cache, pool int"}, want: []string{
			"frame/a.go:2: variable frame.cache is not on the list", "frame/a.go:2: variable frame.pool is not on the list"}},
		{name: "init", files: files{"frame/a.go": "package frame\nfunc init() {}\ntype T int\nfunc (T) init() {}"}, want: []string{"frame/a.go:2: func init"}},
		{name: "writing", files: files{"headers/a.go": `package headers
var tables struct{ a []int; m map[int]int; p *int; n int }
func (T) f(q []int) {
	tables.a = nil
	tables.a[0] = 1
	tables.n++
	*tables.p += 2
	(tables.n) = 3
	for tables.n = range q {}
	clear(tables.m)
	delete(tables.m, 1)
	copy(tables.a, q)
	_ = append(tables.a[:0], 1)
	_, tables.n = 1, 2
	func() { tables.a[1] = 1 }()
}
type T int`}, want: lines("headers/a.go", 4, 15, "headers.tables is written to")},
		{name: "address", files: files{"headers/a.go": "package headers\nvar tables struct{ a []int }\nfunc f() *int { return &tables.a[0] }"},
			want: []string{"headers/a.go:3: the address of headers.tables is taken"}},
		{name: "address to read", files: files{"validate/a.go": "package validate\nvar rules []int\nfunc f() int { p := &rules[0]; return *p }"}},
		{name: "writing from another file", files: files{"parser/a.go": "package parser\nvar kinds int", "parser/b.go": "package parser\nfunc f() { kinds = 1 }"},
			want: []string{"parser/b.go:2: parser.kinds is written to"}},
		{name: "method on a pointer", files: files{"parser/a.go": "package parser\ntype T int\nfunc (*T) Set() {}\nfunc (T) Get() {}\nvar kinds T\nfunc f() {\nkinds.Get()\nkinds.Set()\n}"},
			want: []string{"parser/a.go:8: the address of parser.kinds is taken"}},
	}},
}

// files has the text of each file of a module.
type files map[string]string

// A ruleTest is a small module and the complaints about it.
type ruleTest struct {
	name  string
	files files
	want  []string
}

// lines is the same complaint about each line from first to last.
func lines(name string, first, last int, complaint string) (all []string) {
	for line := first; line <= last; line++ {
		all = append(all, fmt.Sprintf("%s:%d: %s", name, line, complaint))
	}
	return all
}

func TestSourceRules(t *testing.T) {
	s := moduleSources(t)
	for _, dir := range []string{"headers", "frame", "parser", "encoder"} {
		if !slices.ContainsFunc(s.files, func(f source) bool { return f.library() && f.dir() == dir }) {
			t.Errorf("library package %s was not found", dir)
		}
	}
	for _, rule := range sourceRules {
		t.Run(rule.name, func(t *testing.T) {
			for _, complaint := range rule.check(&s) {
				t.Error(complaint)
			}
		})
	}
}

// The rules find what they are there to find.
func TestSourceRulesComplain(t *testing.T) {
	for _, rule := range sourceRules {
		for _, tt := range rule.tests {
			t.Run(rule.name+"/"+tt.name, func(t *testing.T) {
				s := sources{fset: token.NewFileSet()}
				for name, text := range tt.files {
					if err := s.add(name, text); err != nil {
						t.Fatal(err)
					}
				}
				got := rule.check(&s)
				slices.SortFunc(got, byPlace)
				slices.SortFunc(tt.want, byPlace)
				if !slices.Equal(got, tt.want) {
					t.Errorf("complaints:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
				}
			})
		}
	}
}

// byPlace orders complaints by file, line and text.
func byPlace(a, b string) int {
	nameA, restA, _ := strings.Cut(a, ":")
	nameB, restB, _ := strings.Cut(b, ":")
	lineA, textA, _ := strings.Cut(restA, ":")
	lineB, textB, _ := strings.Cut(restB, ":")
	if c := strings.Compare(nameA, nameB); c != 0 {
		return c
	}
	if c := len(lineA) - len(lineB); c != 0 {
		return c
	}
	if c := strings.Compare(lineA, lineB); c != 0 {
		return c
	}
	return strings.Compare(textA, textB)
}

// checkDirectories wants rules for all code: a new package is a library or is
// named as none.
func checkDirectories(s *sources) (complaints []string) {
	for _, f := range s.files {
		dir := f.dir()
		top, _, _ := strings.Cut(dir, "/")
		if _, ok := libraries[dir]; !ok && dir != "." && !slices.Contains(others, top) {
			complaints = append(complaints, s.complaint(f.file.Package, "directory %s has no rules", dir))
		}
	}
	return complaints
}

// checkRoot wants no code in the root package, which has the overview.
func checkRoot(s *sources) (complaints []string) {
	for _, f := range s.files {
		if f.dir() == "." && !f.test() && len(f.file.Decls) > 0 {
			complaints = append(complaints, s.complaint(f.file.Decls[0].Pos(), "the root package has code"))
		}
	}
	return complaints
}

func checkImports(s *sources) (complaints []string) {
	for _, f := range s.files {
		for _, spec := range f.file.Imports {
			imported := importPath(spec)
			complain := func(format string, args ...any) {
				complaints = append(complaints, s.complaint(spec.Pos(), format, args...))
			}
			if f.library() && !mayImport(f.dir(), imported) {
				complain("%s may not import %s", f.dir(), imported)
			}
			if f.library() && spec.Name != nil && (spec.Name.Name == "." || spec.Name.Name == "_") {
				complain("import of %s as %s", imported, spec.Name)
			}
			external := f.test() && strings.HasSuffix(f.file.Name.Name, "_test")
			if imported == module+"/fuzz" && f.dir() != "fuzz" && !external {
				complain("package fuzz is for external tests")
			}
		}
	}
	return complaints
}

// mayImport reports whether a library package may import another package.
func mayImport(library, imported string) bool {
	if inside, ok := strings.CutPrefix(imported, module+"/"); ok {
		return slices.Contains(libraries[library], inside)
	}
	return slices.Contains(standard, imported)
}

func importPath(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return p
}

// checkClock wants nothing of package time but lengths of time.
func checkClock(s *sources) (complaints []string) {
	for _, f := range s.files {
		if !f.library() {
			continue
		}
		name := ""
		for _, spec := range f.file.Imports {
			if importPath(spec) != "time" {
				continue
			}
			name = "time"
			if spec.Name != nil {
				name = spec.Name.Name
			}
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && name != "" && x.Name == name && !slices.Contains(ofTime, sel.Sel.Name) {
				complaints = append(complaints, s.complaint(sel.Pos(), "%s.%s: there is no clock in a library package", name, sel.Sel.Name))
			}
			return true
		})
	}
	return complaints
}

// checkState wants no mutable state in library packages: no package-level
// variable but those on the list, nothing that writes to them or takes their
// address, and no func init. What is written through a pointer that was read
// from a variable it does not see.
func checkState(s *sources) (complaints []string) {
	packages := make(map[string][]*ast.File)
	for _, f := range s.files {
		if f.library() {
			packages[f.dir()] = append(packages[f.dir()], f.file)
		}
	}
	for dir, files := range packages {
		info := resolve(s.fset, dir, files)
		// variable returns the package-level variable that an expression is,
		// or is a part of, nil for none.
		variable := func(e ast.Expr) *types.Var {
			for {
				switch x := e.(type) {
				case *ast.Ident:
					v, ok := info.Uses[x].(*types.Var)
					if !ok || v.Parent() != v.Pkg().Scope() {
						return nil
					}
					return v
				case *ast.IndexExpr:
					e = x.X
				case *ast.ParenExpr:
					e = x.X
				case *ast.SelectorExpr:
					e = x.X
				case *ast.SliceExpr:
					e = x.X
				case *ast.StarExpr:
					e = x.X
				default:
					return nil
				}
			}
		}
		written := func(at ast.Node, e ast.Expr) {
			if v := variable(e); v != nil {
				complaints = append(complaints, s.complaint(at.Pos(), "%s.%s is written to", dir, v.Name()))
			}
		}
		addressed := func(at ast.Node, e ast.Expr) {
			if v := variable(e); v != nil && !slices.Contains(pointedTo, dir+"."+v.Name()) {
				complaints = append(complaints, s.complaint(at.Pos(), "the address of %s.%s is taken", dir, v.Name()))
			}
		}
		for _, file := range files {
			for _, decl := range file.Decls {
				switch d := decl.(type) {
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						if value, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
							for _, name := range value.Names {
								if full := dir + "." + name.Name; name.Name != "_" && variables[full] == "" {
									complaints = append(complaints, s.complaint(name.Pos(), "variable %s is not on the list", full))
								}
							}
						}
					}
				case *ast.FuncDecl:
					if d.Name.Name == "init" && d.Recv == nil {
						complaints = append(complaints, s.complaint(d.Pos(), "func init"))
					}
					ast.Inspect(d, func(n ast.Node) bool {
						switch n := n.(type) {
						case *ast.AssignStmt:
							for _, e := range n.Lhs {
								written(n, e)
							}
						case *ast.IncDecStmt:
							written(n, n.X)
						case *ast.RangeStmt:
							written(n, n.Key)
							written(n, n.Value)
						case *ast.UnaryExpr:
							if n.Op == token.AND {
								addressed(n, n.X)
							}
						case *ast.CallExpr:
							switch fun := n.Fun.(type) {
							case *ast.Ident:
								if slices.Contains([]string{"append", "clear", "copy", "delete"}, fun.Name) && len(n.Args) > 0 {
									written(n, n.Args[0])
								}
							case *ast.SelectorExpr:
								if takesAddress(info.Selections[fun]) {
									addressed(n, fun.X)
								}
							}
						}
						return true
					})
				}
			}
		}
	}
	return complaints
}

// takesAddress reports whether a selection is a method whose receiver is a
// pointer to what stands before the dot.
func takesAddress(sel *types.Selection) bool {
	if sel == nil || sel.Kind() != types.MethodVal {
		return false
	}
	_, method := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	_, already := sel.Recv().(*types.Pointer)
	return method && !already
}

// resolve finds out what the identifiers of a package stand for. Imported
// packages are empty to it; what it cannot know of them does not matter here.
func resolve(fset *token.FileSet, dir string, files []*ast.File) *types.Info {
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection)}
	config := types.Config{Importer: emptyImporter{}, Error: func(error) {}}
	config.Check(module+"/"+dir, fset, files, info) // reports the errors to Error
	return info
}

type emptyImporter struct{}

func (emptyImporter) Import(p string) (*types.Package, error) {
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}

// The lists of variables name none that their package does not have.
func TestVariablesExist(t *testing.T) {
	s := moduleSources(t)
	exists := make(map[string]bool) // packages and variables
	for _, f := range s.files {
		if !f.library() {
			continue
		}
		exists[f.dir()] = true
		for _, decl := range f.file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						exists[f.dir()+"."+name.Name] = true
					}
				}
			}
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(variables)), pointedTo) {
		if dir, _, _ := strings.Cut(name, "."); exists[dir] && !exists[name] {
			t.Errorf("%s does not exist", name)
		}
	}
}
