package headers_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stompwire/stomp/headers"
)

// borrow makes a view of a list, over one buffer as a parser would.
func borrow(l headers.List) (v headers.ListView, buffer []byte) {
	for _, f := range l {
		buffer = append(append(buffer, f.Name...), f.Value...)
	}
	rest := buffer
	take := func(n int) []byte {
		b := rest[:n:n]
		rest = rest[n:]
		return b
	}
	for _, f := range l {
		v = append(v, headers.FieldView{Name: take(len(f.Name)), Value: take(len(f.Value))})
	}
	return v, buffer
}

func TestViewGet(t *testing.T) {
	v, _ := borrow(headers.Pairs("a", "1", "", "none", "b", "", "a", "2"))
	tests := []struct {
		name, value string
		ok          bool
		values      []string
	}{
		{"a", "1", true, []string{"1", "2"}},
		{"b", "", true, []string{""}},
		{"", "none", true, []string{"none"}},
		{"A", "", false, nil},
		{"a ", "", false, nil},
	}
	for _, tt := range tests {
		if value, ok := v.Get(tt.name); string(value) != tt.value || ok != tt.ok {
			t.Errorf("Get(%q) = %q, %v, want %q, %v", tt.name, value, ok, tt.value, tt.ok)
		}
		if value, ok := v.Text(tt.name); value != tt.value || ok != tt.ok {
			t.Errorf("Text(%q) = %q, %v, want %q, %v", tt.name, value, ok, tt.value, tt.ok)
		}
		var values []string
		for value := range v.Values(tt.name) {
			values = append(values, string(value))
		}
		if diff := cmp.Diff(tt.values, values); diff != "" {
			t.Errorf("Values(%q) (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Get borrows, Text copies.
func TestViewTextIsCopied(t *testing.T) {
	v, buffer := borrow(headers.Pairs("a", "text"))
	borrowed, _ := v.Get("a")
	copied, _ := v.Text("a")
	clear(buffer)
	if string(borrowed) != "\x00\x00\x00\x00" {
		t.Errorf("Get returned %q, which is no part of the buffer", borrowed)
	}
	if copied != "text" {
		t.Errorf("Text returned %q, which changed with the buffer", copied)
	}
}

func TestZeroLists(t *testing.T) {
	var l headers.List
	if value, ok := l.Get("a"); value != "" || ok {
		t.Errorf("List.Get = %q, %v", value, ok)
	}
	if got := slices.Collect(l.Values("a")); got != nil {
		t.Errorf("List.Values = %q", got)
	}
	var v headers.ListView
	if value, ok := v.Get("a"); value != nil || ok {
		t.Errorf("View.Get = %q, %v", value, ok)
	}
	if value, ok := v.Text("a"); value != "" || ok {
		t.Errorf("View.Text = %q, %v", value, ok)
	}
	if got := slices.Collect(v.Values("a")); got != nil {
		t.Errorf("View.Values = %q", got)
	}
	if got := v.Clone(); got != nil {
		t.Errorf("View.Clone = %v", got)
	}
	if got := (headers.ListView{}).Clone(); got != nil {
		t.Errorf("View{}.Clone = %v", got)
	}
}

// A clone is equal to the view and has no memory in common with it.
func TestViewClone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := pairs().Draw(t, "list")
		v, buffer := borrow(want)
		got := v.Clone()
		for i := range buffer {
			buffer[i] = '!'
		}
		if !slices.Equal(got, want) {
			t.Fatalf("Clone = %v, want %v", got, want)
		}
		// Changing the clone does not reach the view.
		for i := range got {
			got[i].Value += "changed"
		}
		got.Add("new", "")
		if bytes.Contains(buffer, []byte("changed")) {
			t.Fatal("the view changed with its clone")
		}
	})
}

func TestViewCloneAllocs(t *testing.T) {
	for _, n := range []int{1, 2, 10, 100, 1000} {
		var l headers.List
		for range n {
			l.Add("destination", "/queue/a/rather/long/name/of/a/queue")
		}
		v, _ := borrow(l)
		var c headers.List
		if got := testing.AllocsPerRun(100, func() { c = v.Clone() }); got != 2 {
			t.Errorf("Clone of %d entries: %v allocations, want 2", n, got)
		}
		if len(c) != n || cap(c) != n {
			t.Errorf("Clone of %d entries has length %d and capacity %d", n, len(c), cap(c))
		}
	}
}

func TestLookupAllocs(t *testing.T) {
	l := headers.Pairs("a", "1", "destination", "/queue/a", "a", "2")
	v, _ := borrow(l)
	if n := testing.AllocsPerRun(100, func() {
		l.Get("destination")
		v.Get("destination")
		for range l.Values("a") {
		}
		for range v.Values("a") {
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
