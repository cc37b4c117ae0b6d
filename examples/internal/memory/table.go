package memory

import (
	"iter"
	"maps"
)

// A Table is a map whose memory follows the number of its entries. That of a Go
// map never shrinks. The zero Table is empty.
type Table[V any] struct {
	entries map[string]V
	most    int // entries since the map was made
}

// Get returns the value of a key, the zero value when there is none.
func (t *Table[V]) Get(key string) V { return t.entries[key] }

// Len returns the number of entries.
func (t *Table[V]) Len() int { return len(t.entries) }

// All goes through the values, in no order. Entries may be removed meanwhile, and
// may come all the same.
func (t *Table[V]) All() iter.Seq[V] { return maps.Values(t.entries) }

// Set sets the value of a key.
func (t *Table[V]) Set(key string, v V) {
	if t.entries == nil {
		t.entries = map[string]V{}
	}
	t.entries[key] = v
	t.most = max(t.most, len(t.entries))
}

// Remove removes a key. When three quarters of the entries have gone the rest
// moves to a smaller map.
func (t *Table[V]) Remove(key string) {
	delete(t.entries, key)
	if t.most < 64 || len(t.entries) > t.most/4 {
		return
	}
	smaller := make(map[string]V, len(t.entries))
	maps.Copy(smaller, t.entries)
	t.entries, t.most = smaller, len(smaller)
}
