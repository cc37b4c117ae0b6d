package headers

import (
	"iter"
	"slices"
)

// A Field is one owned header, unescaped.
type Field struct{ Name, Value string }

// A List is an owned list of headers, unescaped, in wire order, with repeats. The
// first header with a name gives its value (STOMP 1.2, "Repeated Header Entries").
// The zero List is empty and ready to use.
//
// A List is a slice that can be ranged over and indexed. A copy shares its fields
// with the original; [slices.Clone] makes one that does not.
type List []Field

// Pairs makes a list from alternating names and values. It panics if their number
// is odd.
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

// Get returns the value of the first header with a name, and whether there is
// one.
func (l List) Get(name string) (string, bool) {
	for i := range l {
		if l[i].Name == name {
			return l[i].Value, true
		}
	}
	return "", false
}

// Value returns the value of the first header with a name, or "" if there is
// none. Use Get to tell a missing header from an empty value.
func (l List) Value(name string) string {
	value, _ := l.Get(name)
	return value
}

// Values returns an iterator over the values of all headers with a name, in wire
// order.
func (l List) Values(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range l {
			if l[i].Name == name && !yield(l[i].Value) {
				return
			}
		}
	}
}

// Add appends a header. If the list already has the name, [List.Get] still returns
// the earlier value.
func (l *List) Add(name, value string) { *l = append(*l, Field{name, value}) }

// Prepend puts a header in front of all others. A server can update a
// header that way and keep its history (STOMP 1.2, "Repeated Header Entries").
func (l *List) Prepend(name, value string) { *l = slices.Insert(*l, 0, Field{name, value}) }

// Set makes value the only value of a name. It changes the first header with the
// name in place and deletes the others, or appends a header if there is none.
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

// Delete deletes all headers with a name and returns how many there were.
func (l *List) Delete(name string) int {
	before := len(*l)
	*l = slices.DeleteFunc(*l, func(f Field) bool { return f.Name == name })
	return before - len(*l)
}
