package main

import (
	"strings"
	"testing"
)

func TestMatrix(t *testing.T) {
	var m matrix
	s := m.section("Peers", "", []string{"connect", "nack"})
	m.row(s, "a, 1.0")
	m.row(s, "a, 1.2")
	m.set(s, "a, 1.2", "connect", result{verdict: pass})
	m.set(s, "a, 1.0", "connect", result{verdict: fail, reason: "got \"x|y\",\nwant z"})
	m.set(s, "a, 1.0", "nack", result{verdict: none, reason: "1.0 has none"})
	one := m.section("Page", "In a browser.", []string{"connect", "heart-beats", "not run"})
	m.row(one, "Chromium")
	m.set(one, "Chromium", "connect", result{verdict: pass})
	m.set(one, "Chromium", "heart-beats", result{verdict: pass, reason: "3 came"})
	m.section("Nothing", "", nil)
	const want = `
## Peers

| peer   | connect | nack   |
| ------ | ------- | ------ |
| a, 1.0 | FAIL 1  | n.a. 2 |
| a, 1.2 | pass    |        |

1. got "x\|y", want z
2. 1.0 has none

## Page

In a browser.

| Chromium    | result |
| ----------- | ------ |
| connect     | pass   |
| heart-beats | pass 1 |

1. 3 came
`
	var got strings.Builder
	m.write(&got)
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if n := m.count(); n[pass] != 3 || n[fail] != 1 || n[none] != 1 {
		t.Errorf("counts %v", n)
	}
}

// A cell ends at the first thing that is wrong, and says what it was.
func TestCell(t *testing.T) {
	var c cell
	r := c.do(func(c *cell) {
		c.fatalf("got %d, want %d", 1, 2)
		t.Error("fatalf returned")
	})
	if r.verdict != fail || r.reason != "got 1, want 2" {
		t.Error(r)
	}
	r = c.do(func(c *cell) { c.note("%d seen", 3) })
	if r.verdict != pass || r.reason != "3 seen" {
		t.Error(r)
	}
}

// What is wrong with the program itself must not look like a cell that failed.
func TestCellPanics(t *testing.T) {
	defer func() {
		if recover() != "bug" {
			t.Error("the panic was swallowed")
		}
	}()
	new(cell).do(func(*cell) { panic("bug") })
}
