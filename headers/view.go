package headers

import (
	"iter"
	"strings"
)

// A FieldView is one borrowed header, unescaped. It is valid as long as the
// [ListView] that it belongs to. The slices of views from package parser have no
// spare capacity: appending to one copies it.
type FieldView struct{ Name, Value []byte }

// A ListView is a borrowed list of headers, unescaped, in wire order, with
// repeats. The first header with a name gives its value. Whoever made the view says
// how long it is valid. Do not write to it. To change a header, change a copy of the
// slice.
type ListView []FieldView

// Get returns the value of the first header with a name, and whether there is
// one. The value is borrowed like the view.
func (v ListView) Get(name string) ([]byte, bool) {
	for i := range v {
		if string(v[i].Name) == name {
			return v[i].Value, true
		}
	}
	return nil, false
}

// Value returns a copy of the value of the first header with a name, or "" if
// there is none. Use Get or Text to tell a missing header from an empty value.
func (v ListView) Value(name string) string {
	value, _ := v.Get(name)
	return string(value)
}

// Text is Get with a copy of the value, which stays valid.
func (v ListView) Text(name string) (string, bool) {
	b, ok := v.Get(name)
	return string(b), ok
}

// Values returns an iterator over the values of all headers with a name, in wire
// order. The values are borrowed like the view.
func (v ListView) Values(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := range v {
			if string(v[i].Name) == name && !yield(v[i].Value) {
				return
			}
		}
	}
}

// Clone copies a view into a list that stays valid. It allocates at most twice: for
// the fields, and for all their text. A string from the list therefore keeps the
// text of the whole list in memory; use [strings.Clone] to keep a string alone.
func (v ListView) Clone() List {
	if len(v) == 0 {
		return nil
	}
	size := 0
	for i := range v {
		size += len(v[i].Name) + len(v[i].Value)
	}
	var b strings.Builder
	b.Grow(size)
	for i := range v {
		b.Write(v[i].Name)
		b.Write(v[i].Value)
	}
	text := b.String()
	l := make(List, len(v))
	for i := range v {
		n, m := len(v[i].Name), len(v[i].Name)+len(v[i].Value)
		l[i] = Field{text[:n], text[n:m]}
		text = text[m:]
	}
	return l
}

// View returns the list as a ListView, for functions that take one. It copies the names
// and values, so the view stays valid.
func (l List) View() ListView {
	if len(l) == 0 {
		return nil
	}
	size := 0
	for i := range l {
		size += len(l[i].Name) + len(l[i].Value)
	}
	text := make([]byte, 0, size)
	own := func(s string) []byte {
		start := len(text)
		text = append(text, s...)
		return text[start:len(text):len(text)]
	}
	v := make(ListView, len(l))
	for i := range l {
		v[i] = FieldView{own(l[i].Name), own(l[i].Value)}
	}
	return v
}
