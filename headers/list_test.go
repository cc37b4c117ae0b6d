package headers_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stompwire/stomp/headers"
)

func TestPairs(t *testing.T) {
	got := headers.Pairs("a", "1", "b", "", "a", "2")
	want := headers.List{{Name: "a", Value: "1"}, {Name: "b", Value: ""}, {Name: "a", Value: "2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Pairs (-want +got):\n%s", diff)
	}
	if len(got) != cap(got) {
		t.Errorf("Pairs has length %d and capacity %d", len(got), cap(got))
	}
	if n := len(headers.Pairs()); n != 0 {
		t.Errorf("Pairs() has %d entries, want 0", n)
	}
	for _, odd := range [][]string{{"a"}, {"a", "1", "b"}} {
		if got := recovered(func() { headers.Pairs(odd...) }); got != "headers: Pairs needs a value for each name" {
			t.Errorf("Pairs(%q) panics with %v", odd, got)
		}
	}
}

func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// A change is applied to a list; want is the list after it.
func TestListChanges(t *testing.T) {
	var deleted int
	remove := func(name string) func(*headers.List) {
		return func(l *headers.List) { deleted = l.Delete(name) }
	}
	set := func(name, value string) func(*headers.List) {
		return func(l *headers.List) { l.Set(name, value) }
	}
	tests := []struct {
		name    string
		list    headers.List
		change  func(*headers.List)
		want    headers.List
		deleted int
	}{
		{"add to zero", nil, func(l *headers.List) { l.Add("a", "1") }, headers.Pairs("a", "1"), 0},
		{"add a repeat", headers.Pairs("a", "1"), func(l *headers.List) { l.Add("a", "2") }, headers.Pairs("a", "1", "a", "2"), 0},
		{"prepend to zero", nil, func(l *headers.List) { l.Prepend("a", "1") }, headers.Pairs("a", "1"), 0},
		{"prepend a repeat", headers.Pairs("b", "1", "a", "1"), func(l *headers.List) { l.Prepend("a", "2") },
			headers.Pairs("a", "2", "b", "1", "a", "1"), 0},
		{"set in zero", nil, set("a", "1"), headers.Pairs("a", "1"), 0},
		{"set a new name", headers.Pairs("b", "1"), set("a", "1"), headers.Pairs("b", "1", "a", "1"), 0},
		{"set the only entry", headers.Pairs("a", "1"), set("a", "2"), headers.Pairs("a", "2"), 0},
		{"set the first", headers.Pairs("a", "1", "b", "1"), set("a", "2"), headers.Pairs("a", "2", "b", "1"), 0},
		{"set the last", headers.Pairs("b", "1", "a", "1"), set("a", "2"), headers.Pairs("b", "1", "a", "2"), 0},
		{"set deletes repeats", headers.Pairs("b", "1", "a", "1", "b", "2", "a", "2", "a", "3", "c", "1"), set("a", "4"),
			headers.Pairs("b", "1", "a", "4", "b", "2", "c", "1"), 0},
		{"set all repeats", headers.Pairs("a", "1", "a", "2", "a", "3"), set("a", ""), headers.Pairs("a", ""), 0},
		{"delete in zero", nil, remove("a"), nil, 0},
		{"delete none", headers.Pairs("b", "1"), remove("a"), headers.Pairs("b", "1"), 0},
		{"delete is case sensitive", headers.Pairs("A", "1"), remove("a"), headers.Pairs("A", "1"), 0},
		{"delete repeats", headers.Pairs("a", "1", "b", "1", "a", "2"), remove("a"), headers.Pairs("b", "1"), 2},
		{"delete all", headers.Pairs("a", "1", "a", "2"), remove("a"), headers.List{}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			deleted = 0
			got := slices.Clone(tt.list)
			tt.change(&got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if deleted != tt.deleted {
				t.Errorf("Delete returned %d, want %d", deleted, tt.deleted)
			}
		})
	}
}

func pairs() *rapid.Generator[headers.List] {
	field := rapid.Custom(func(t *rapid.T) headers.Field {
		return headers.Field{
			Name:  rapid.SampledFrom([]string{"a", "b", "c", ""}).Draw(t, "name"),
			Value: rapid.String().Draw(t, "value"),
		}
	})
	return rapid.Custom(func(t *rapid.T) headers.List { return rapid.SliceOf(field).Draw(t, "fields") })
}

// Get, Values, Set and Delete agree with each other on any list.
func TestListProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := pairs().Draw(t, "list")
		values := slices.Collect(l.Values("a"))
		value, ok := l.Get("a")
		if ok != (len(values) > 0) || ok && value != values[0] {
			t.Fatalf("Get = %q, %v, Values = %q", value, ok, values)
		}

		var others headers.List
		for _, f := range l {
			if f.Name != "a" {
				others = append(others, f)
			}
		}
		set := slices.Clone(l)
		set.Set("a", "new")
		if got := slices.Collect(set.Values("a")); !slices.Equal(got, []string{"new"}) {
			t.Fatalf("after Set, Values = %q", got)
		}
		if want := max(0, slices.IndexFunc(l, func(f headers.Field) bool { return f.Name == "a" })); ok && set[want].Name != "a" {
			t.Fatalf("Set moved the entry: %v, then %v", l, set)
		}
		for _, changed := range []headers.List{l, set} {
			n := len(slices.Collect(changed.Values("a")))
			if got := changed.Delete("a"); got != n {
				t.Fatalf("Delete = %d, want %d", got, n)
			}
			if !slices.Equal(changed, others) {
				t.Fatalf("the other entries were %v, are %v", others, changed)
			}
		}
	})
}
