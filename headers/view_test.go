package headers_test

import (
	"bytes"
	"slices"
	"testing"

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

// Owned and borrowed headers are looked up alike.
func TestLookups(t *testing.T) {
	list := headers.Pairs("a", "1", "", "none", "b", "", "a", "2")
	for _, tt := range []struct {
		list   headers.List
		name   string
		values []string
	}{
		{list, "a", []string{"1", "2"}},
		{list, "b", []string{""}},
		{list, "", []string{"none"}},
		{list, "A", nil},
		{list, "a ", nil},
		{nil, "a", nil},
	} {
		l, first := tt.list, ""
		v, _ := borrow(l)
		ok := tt.values != nil
		if ok {
			first = tt.values[0]
		}
		for what, get := range map[string]func(string) (string, bool){
			"List.Get": l.Get, "Text": v.Text,
			"ListView.Get":   func(name string) (string, bool) { b, ok := v.Get(name); return string(b), ok },
			"List.Value":     func(name string) (string, bool) { return l.Value(name), ok },
			"ListView.Value": func(name string) (string, bool) { return v.Value(name), ok },
		} {
			if value, got := get(tt.name); value != first || got != ok {
				t.Errorf("%s(%q) = %q, %v, want %q, %v", what, tt.name, value, got, first, ok)
			}
		}
		var lent []string
		for value := range v.Values(tt.name) {
			lent = append(lent, string(value))
		}
		if owned := slices.Collect(l.Values(tt.name)); !slices.Equal(owned, tt.values) || !slices.Equal(lent, tt.values) {
			t.Errorf("Values(%q): %q, borrowed %q, want %q", tt.name, owned, lent, tt.values)
		}
		for range l.Values(tt.name) {
			break // stops when asked to
		}
		for range v.Values(tt.name) {
			break
		}
	}
	if got := (headers.ListView{}).Clone(); got != nil {
		t.Errorf("ListView{}.Clone = %v", got)
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

// A view of a list has the same headers, in memory of its own.
func TestView(t *testing.T) {
	for _, list := range []headers.List{nil, headers.Pairs("", ""), headers.Pairs("a", "1", "b", "", "a", "2")} {
		v := list.View()
		if got := v.Clone(); !slices.Equal(got, list) {
			t.Errorf("%v becomes %v", list, got)
		}
		for i := range v {
			_, _ = append(v[i].Name, 'x'), append(v[i].Value, 'x') // into no neighbor
		}
		if got := v.Clone(); !slices.Equal(got, list) {
			t.Errorf("after appending %v becomes %v", list, got)
		}
	}
}
