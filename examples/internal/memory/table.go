package memory

import (
	"iter"
	"maps"
)

// A Table is a map that releases memory when entries are removed; a Go map
// never shrinks. The zero Table is empty.
type Table[V any] struct {
	entries map[string]V
	most    int // largest number of entries since the map was made
}

// Get returns the value for a key, or the zero value.
func (t *Table[V]) Get(key string) V { return t.entries[key] }

// Len returns the number of entries.
func (t *Table[V]) Len() int { return len(t.entries) }

// All iterates over the values in no particular order. Entries may be removed
// during the iteration, and may still be yielded.
func (t *Table[V]) All() iter.Seq[V] { return maps.Values(t.entries) }

// Set sets the value for a key.
func (t *Table[V]) Set(key string, v V) {
	if t.entries == nil {
		t.entries = map[string]V{}
	}
	t.entries[key] = v
	t.most = max(t.most, len(t.entries))
}

// Remove removes a key. Once three quarters of the entries are gone, the rest
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
