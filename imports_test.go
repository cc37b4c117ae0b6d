package stomp_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/stompwire/stomp/"

// The library packages, and which packages of this module each may import.
// Parser, encoder and validate never import each other.
var libraries = map[string][]string{
	"internal/wire": {},
	"headers":       {"internal/wire"},
	"frame":         {"headers", "internal/wire"},
	"parser":        {"headers", "frame", "internal/wire"},
	"encoder":       {"headers", "frame"},
	"validate":      {"headers", "frame", "internal/wire"},
}

// The packages of the standard library that library packages may import: none
// that opens, formats, locks, logs, reflects or circumvents the type system.
var standard = strings.Fields(`bytes encoding/binary errors io iter math math/bits slices strconv strings time unicode/utf8`)

// What one file alone may import. It is built only with GOEXPERIMENT=simd.
var ofFile = map[string]string{"parser/masks_simd.go": "simd/archsimd"}

// What library packages may use of package time: a length of time, and no
// clock.
var ofTime = strings.Fields(`Duration Nanosecond Microsecond Millisecond Second Minute Hour`)

func TestImports(t *testing.T) {
	for library, inside := range libraries {
		files, err := filepath.Glob(library + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("package %s: %d files, %v", library, len(files), err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				own, ok := strings.CutPrefix(imported, module)
				if spec.Name != nil || !(ok && slices.Contains(inside, own) || slices.Contains(standard, imported) || ofFile[filepath.ToSlash(name)] == imported) {
					t.Errorf("%v: %s may not import %s, nor any package under another name", fset.Position(spec.Pos()), library, imported)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && !slices.Contains(ofTime, sel.Sel.Name) {
						t.Errorf("%v: time.%s: a library package has no clock", fset.Position(sel.Pos()), sel.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
