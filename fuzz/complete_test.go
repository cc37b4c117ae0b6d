package fuzz

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// The properties of this module's own packages.
var own = []string{
	"checkEvents", "checkEventsThen", "checkFrames", "checkLossless", "checkLenient", "checkSticky",
	"checkReset", "checkViews", "checkEscape", "checkAccepted",
}

// Each property runs as a rapid test and in a native fuzz target.
func TestEveryPropertyRuns(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	properties := map[string]bool{}
	for _, name := range own {
		properties[name] = true
	}
	inRapid, inTarget := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			name := f.Name.Name
			if strings.HasPrefix(name, "Check") && !strings.HasSuffix(e.Name(), "_test.go") {
				properties[name] = true
			}
			calls := called(f)
			for call := range calls {
				inRapid[call] = inRapid[call] || strings.HasPrefix(name, "Test") && calls["check"]
				inTarget[call] = inTarget[call] || strings.HasPrefix(name, "Fuzz")
			}
		}
	}
	if len(properties) < 16 {
		t.Errorf("%d properties", len(properties))
	}
	for name := range properties {
		if !inRapid[name] || !inTarget[name] {
			t.Errorf("%s: in a rapid test %t, in a fuzz target %t", name, inRapid[name], inTarget[name])
		}
	}
}

// called returns the names of the functions that a function calls, without
// their packages.
func called(f *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch fun := call.Fun.(type) {
			case *ast.Ident:
				names[fun.Name] = true
			case *ast.SelectorExpr:
				names[fun.Sel.Name] = true
			}
		}
		return true
	})
	return names
}
