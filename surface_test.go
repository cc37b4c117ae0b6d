package stomp_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var updateSurface = flag.Bool("update", false, "write testdata/surface.txt")

// Whoever changes what the packages export changes testdata/surface.txt too, by
// go test -run TestSurface -update . It has each exported name with its type, and constants with their values.
func TestSurface(t *testing.T) {
	var out bytes.Buffer
	for _, dir := range []string{"headers", "frame", "parser", "encoder", "validate", "fuzz", "fuzz/vectors", "fuzz/workload"} {
		fmt.Fprintf(&out, "package %s\n\n", dir)
		for _, line := range surface(t, dir) {
			fmt.Fprintln(&out, line)
		}
		out.WriteString("\n")
	}
	const golden = "testdata/surface.txt"
	if *updateSurface {
		if err := os.WriteFile(golden, out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, out.Bytes()) {
		before, after := strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")
		for _, line := range before {
			if !slices.Contains(after, line) {
				t.Errorf("gone: %s", line)
			}
		}
		for _, line := range after {
			if !slices.Contains(before, line) {
				t.Errorf("new:  %s", line)
			}
		}
		t.Errorf("what is exported is not what %s has", golden)
	}
}

// surface returns the exported declarations of a package, a line for each.
func surface(t *testing.T, dir string) (lines []string) {
	set := token.NewFileSet()
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		ordinary, err := build.Default.MatchFile(filepath.Split(name)) // no tags
		if err != nil {
			t.Fatal(err)
		}
		if !ordinary || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(file)
		for _, decl := range file.Decls {
			lines = append(lines, declared(set, decl)...)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func declared(set *token.FileSet, decl ast.Decl) (lines []string) {
	print := func(node any) string {
		var b bytes.Buffer
		if err := printer.Fprint(&b, set, node); err != nil {
			panic(err)
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil && !ast.IsExported(receiver(d)) {
			return nil
		}
		d.Body = nil
		return []string{print(d)}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				lines = append(lines, "type "+print(s))
			case *ast.ValueSpec:
				for i, name := range s.Names {
					line := d.Tok.String() + " " + name.Name
					if s.Type != nil {
						line += " " + print(s.Type)
					}
					if i < len(s.Values) && d.Tok == token.CONST {
						if literal, ok := s.Values[i].(*ast.BasicLit); ok {
							line += " = " + literal.Value
						}
					}
					lines = append(lines, line)
				}
			}
		}
	}
	return lines
}

// receiver returns the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, _, _ := strings.Cut(types.ExprString(t), "[")
	return name
}
