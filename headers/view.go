package headers

import (
	"iter"
	"strings"
)

// A FieldView is one borrowed header, unescaped. It is valid as long as the
// [ListView] it is part of. The slices of the parser's entries have no spare
// capacity: appending to one copies it.
type FieldView struct{ Name, Value []byte }

// A ListView is a borrowed list of headers, unescaped, in wire order, repeats
// kept; the first entry of a name is its value. The maker of a ListView says how
// long it is valid: at least until the next call on it. Do not write to its
// bytes.
type ListView []FieldView

// Get returns the value of a name, that of its first entry, and whether there
// is one. The bytes are borrowed like the view.
func (v ListView) Get(name string) ([]byte, bool) {
	for i := range v {
		if string(v[i].Name) == name {
			return v[i].Value, true
		}
	}
	return nil, false
}

// Value returns a copy of the value of a name, that of its first entry, or "" if
// there is none. An empty value is a value too: use Get or Text where that
// matters.
func (v ListView) Value(name string) string {
	value, _ := v.Get(name)
	return string(value)
}

// Text is Get with a copied value, which stays valid.
func (v ListView) Text(name string) (string, bool) {
	b, ok := v.Get(name)
	return string(b), ok
}

// Values goes through the values of all entries of a name in wire order. The
// bytes are borrowed like the view.
func (v ListView) Values(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := range v {
			if string(v[i].Name) == name && !yield(v[i].Value) {
				return
			}
		}
	}
}

// Clone copies a view into a list that stays valid. It allocates twice,
// however long the view is: once for the fields, once for all their text. One
// string kept from the list therefore keeps the text of all of them; use
// [strings.Clone] for one that is to outlive the rest.
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
