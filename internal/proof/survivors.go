package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A mutant is a change of one operator, named so that lines above it may come
// and go.
type mutant struct {
	pkg        string // its package: "parser"
	function   string // "(*Parser).Next", or "declaration" outside functions
	mutation   string // the kind of change: "CONDITIONALS_BOUNDARY"
	expression string // the line, with the operator between "«" and "»"
}

// A reason says why no test kills a mutant.
type reason struct {
	mutant
	text string
}

// What .ci/mutation prints: "parser/head.go:12:5: LIVED CONDITIONALS_BOUNDARY".
var survivorLine = regexp.MustCompile(`^([a-z]+)/(\S+\.go):(\d+):(\d+): (LIVED|NOT COVERED) (\S+)$`)

// printSurvivors reads such lines, and the files they name, and prints a row
// for each. Lines of another form it leaves out.
func printSurvivors(in *bufio.Scanner) error {
	for in.Scan() {
		m := survivorLine.FindStringSubmatch(in.Text())
		if m == nil {
			continue
		}
		line, _ := strconv.Atoi(m[3])
		column, _ := strconv.Atoi(m[4])
		file := path.Join(m[1], m[2])
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		s, err := locate(string(source), line, column)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		fmt.Printf("%s\t%s\t%s\t%s\t%s\n", m[1], s.function, m[6], s.expression, strings.ToLower(m[5]))
	}
	return in.Err()
}

// locate says of a place in a source file in which function it is, and shows
// its line.
func locate(source string, line, column int) (s mutant, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, 0)
	if err != nil {
		return s, err
	}
	lines := strings.Split(source, "\n")
	if line < 1 || line > len(lines) || column < 1 || column > len(lines[line-1]) {
		return s, fmt.Errorf("no line %d with column %d", line, column)
	}
	s.function = "declaration"
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && fset.Position(f.Pos()).Line <= line && line <= fset.Position(f.End()).Line {
			s.function = f.Name.Name
			if f.Recv != nil {
				s.function = "(" + receiver(f.Recv.List[0].Type) + ")." + s.function
			}
		}
	}
	text := lines[line-1]
	before, operator := text[:column-1], text[column-1:]
	n := len(operator) - len(strings.TrimLeft(operator, "+-*/%&|^<>=!:"))
	if n == 0 {
		n = len(operator) - len(strings.TrimLeft(operator, "abcdefghijklmnopqrstuvwxyz")) // break, continue
	}
	s.expression = strings.Join(strings.Fields(before+"«"+operator[:n]+"»"+operator[n:]), " ")
	return s, nil
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}
