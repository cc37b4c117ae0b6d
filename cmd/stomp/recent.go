package main

// A recent is a bag of the identifiers that were added to it last, by a hash:
// what it says decides about an order, and not about right and wrong.
type recent struct {
	count map[uint64]int
	added []uint64 // the last ones, some of which may have been removed
	next  int      // in added, when that is full
	total int
}

// maxRecent is how many a recent has at most.
const maxRecent = 1 << 15

func (r *recent) has(id []byte) bool { return r.count[fnv(id)] > 0 }

func (r *recent) add(id []byte) {
	if r.count == nil {
		r.count = map[uint64]int{}
	}
	h := fnv(id)
	if len(r.added) < maxRecent {
		r.added = append(r.added, h)
	} else {
		r.drop(r.added[r.next])
		r.added[r.next] = h
		r.next = (r.next + 1) % maxRecent
	}
	r.count[h]++
	r.total++
}

func (r *recent) remove(id []byte) { r.drop(fnv(id)) }

func (r *recent) drop(h uint64) {
	switch n := r.count[h]; n {
	case 0:
		return
	case 1:
		delete(r.count, h)
	default:
		r.count[h] = n - 1
	}
	r.total--
}

// fnv is the hash FNV-1a.
func fnv(id []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range id {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
