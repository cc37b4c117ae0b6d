// Command proof makes docs/proof.md and docs/mutation.md of the results in
// docs/proof, and measures some of them. The scripts in .ci run it from the
// root of the module:
//
//	go run ./internal/proof pages        writes the pages
//	go run ./internal/proof memory       prints rows for memory.tsv
//	go run ./internal/proof survivors    reads mutants that live, prints rows for survivors.tsv
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}

func run() error {
	what := ""
	if len(os.Args) == 2 {
		what = os.Args[1]
	}
	switch what {
	case "pages":
		r, err := readResults(".")
		if err != nil {
			return err
		}
		for name, text := range r.pages() {
			if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
				return err
			}
		}
		return nil
	case "memory":
		for _, f := range memory() {
			fmt.Printf("%s\t%d\n", f.what, f.octets)
		}
		return nil
	case "survivors":
		return printSurvivors(bufio.NewScanner(os.Stdin))
	}
	return fmt.Errorf("usage: go run ./internal/proof pages|memory|survivors")
}
