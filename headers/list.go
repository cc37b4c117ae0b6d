package headers

import (
	"iter"
	"slices"
)

// A Field is one owned header, unescaped.
type Field struct{ Name, Value string }

// A List is an owned list of headers, unescaped, in wire order, repeats kept.
// The first entry of a name is its value (STOMP 1.2, "Repeated Header
// Entries"). The zero List is empty and ready for use.
//
// A List is a slice: range over it, index it, take its length. A copy shares
// its fields with the original; [slices.Clone] makes one that does not.
type List []Field

// Pairs makes a list from names and values in turn. It panics when their
// number is odd.
func Pairs(nameValue ...string) List {
	if len(nameValue)%2 != 0 {
		panic("headers: Pairs needs a value for each name")
	}
	l := make(List, 0, len(nameValue)/2)
	for i := 0; i < len(nameValue); i += 2 {
		l = append(l, Field{nameValue[i], nameValue[i+1]})
	}
	return l
}

// Get returns the value of a name, that of its first entry, and whether there
// is one.
func (l List) Get(name string) (string, bool) {
	for i := range l {
		if l[i].Name == name {
			return l[i].Value, true
		}
	}
	return "", false
}

// Value returns the value of a name, that of its first entry, or "" if there is
// none. An empty value is a value too: use Get where that matters.
func (l List) Value(name string) string {
	value, _ := l.Get(name)
	return value
}

// Values goes through the values of all entries of a name in wire order.
func (l List) Values(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range l {
			if l[i].Name == name && !yield(l[i].Value) {
				return
			}
		}
	}
}

// Add appends an entry. Where the name is there already, the value of the
// header does not change: the first entry wins.
func (l *List) Add(name, value string) { *l = append(*l, Field{name, value}) }

// Prepend puts an entry in front of all others, the way of a server that
// updates a header and keeps its history (STOMP 1.2, "Repeated Header
// Entries").
func (l *List) Prepend(name, value string) { *l = slices.Insert(*l, 0, Field{name, value}) }

// Set makes value the only value of a name: it replaces the first entry where
// that stands and deletes the others, or appends one when there is none.
func (l *List) Set(name, value string) {
	at := slices.IndexFunc(*l, func(f Field) bool { return f.Name == name })
	if at < 0 {
		l.Add(name, value)
		return
	}
	(*l)[at].Value = value
	rest := (*l)[at+1:]
	kept := slices.DeleteFunc(rest, func(f Field) bool { return f.Name == name })
	*l = (*l)[:at+1+len(kept)]
}

// Delete deletes all entries of a name and returns how many there were.
func (l *List) Delete(name string) int {
	before := len(*l)
	*l = slices.DeleteFunc(*l, func(f Field) bool { return f.Name == name })
	return before - len(*l)
}
