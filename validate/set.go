package validate

// Storage that a session keeps for reuse, in bytes. With it, a session in a steady
// state allocates nothing.
const (
	maxSpare   = 4 << 10
	maxSpareID = 128 // memory of longer identifiers is not kept
)

// storage is shared by the sets of a session.
type storage struct {
	maxID int
	seed  uint64 // of hashes
	spare int    // bytes of nodes kept for reuse
	held  int    // bytes of all nodes and chains
}

// allocated returns how many bytes an allocation of length bytes takes at most.
func allocated(length int) int {
	if length == 0 {
		return 0
	}
	return length + length/8 + 16
}

// A set holds values of type V by identifier. It is a hash table of chained nodes, of
// which at most max are in use. Nodes do not move, so values can point to each other.
type set[V any] struct {
	*storage
	nodeSize int
	chains   []*node[V] // their number is a power of two
	free     *node[V]   // nodes for reuse
	used     int
	max      int
	lost     bool // something was not added, or was forgotten: an identifier that is not found may be known
}

type node[V any] struct {
	hash  uint64
	scope uint64 // identifiers are equal only within a scope
	next  *node[V]
	id    []byte
	named bool // the node is in a chain
	v     V
}

// A key is an identifier with its hash.
type key[T text] struct {
	hash, scope uint64
	id          T
}

func keyOf[T text](s *storage, scope uint64, id T) key[T] {
	return key[T]{hash(s.seed, id) ^ scope*hashKey, scope, id}
}

func (t *set[V]) chain(hash uint64) **node[V] { return &t.chains[hash&uint64(len(t.chains)-1)] }

// find returns a node with an identifier, or nil. If there are several, again returns
// the others.
func find[V any, T text](t *set[V], k key[T]) *node[V] {
	if t.used == 0 {
		return nil
	}
	for n := *t.chain(k.hash); n != nil; n = n.next {
		if n.hash == k.hash && n.scope == k.scope && string(n.id) == string(k.id) {
			return n
		}
	}
	return nil
}

// again returns the next node with the identifier of n, or nil.
func (n *node[V]) again() *node[V] {
	for m := n.next; m != nil; m = m.next {
		if m.hash == n.hash && m.scope == n.scope && string(m.id) == string(n.id) {
			return m
		}
	}
	return nil
}

// insert adds a node with an identifier, even if there is one already. It returns nil
// if that would exceed a limit.
func insert[V any, T text](t *set[V], k key[T]) *node[V] {
	if t.used >= t.max || len(k.id) > t.maxID {
		t.lost = true
		return nil
	}
	if t.used >= len(t.chains) {
		t.rehash(max(8, 2*len(t.chains)))
	}
	t.used++
	n := t.free
	if n != nil {
		t.free = n.next
		t.spare -= t.nodeSize + cap(n.id)
	} else {
		n = new(node[V])
		t.held += t.nodeSize
	}
	if cap(n.id) < len(k.id) {
		t.held += allocated(len(k.id)) - allocated(cap(n.id))
		n.id = make([]byte, 0, len(k.id))
	}
	n.id = append(n.id[:0], k.id...)
	n.hash, n.scope, n.named = k.hash, k.scope, true
	head := t.chain(n.hash)
	n.next, *head = *head, n
	return n
}

// hide removes a node from its chain. It can no longer be found, but stays in use.
func (t *set[V]) hide(n *node[V]) {
	if !n.named {
		return
	}
	link := t.chain(n.hash)
	for *link != n {
		link = &(*link).next
	}
	*link = n.next
	n.named, n.next = false, nil
}

// remove removes a node, and keeps its memory for reuse if there is room.
func (t *set[V]) remove(n *node[V]) {
	t.hide(n)
	t.used--
	if cap(n.id) > maxSpareID {
		t.releaseID(n)
	}
	if size := t.nodeSize + cap(n.id); t.spare+size <= maxSpare {
		t.spare += size
		*n = node[V]{next: t.free, id: n.id}
		t.free = n
	} else {
		t.releaseID(n)
		t.held -= t.nodeSize
	}
	if len(t.chains) > 64 && t.used < len(t.chains)/4 {
		t.rehash(len(t.chains) / 2)
	}
}

// releaseID releases the memory of a node's identifier.
func (t *set[V]) releaseID(n *node[V]) {
	t.held -= allocated(cap(n.id))
	n.id = nil
}

// clear releases all nodes.
func (t *set[V]) clear() {
	for t.free != nil {
		t.spare -= t.nodeSize + cap(t.free.id)
		t.held -= t.nodeSize + allocated(cap(t.free.id))
		t.free = t.free.next
	}
	for _, n := range t.chains {
		for ; n != nil; n = n.next {
			t.held -= t.nodeSize + allocated(cap(n.id))
		}
	}
	t.held -= len(t.chains) * pointerSize
	t.chains, t.used = nil, 0
}

const pointerSize = 8 // on a 64-bit machine

// rehash changes the number of chains.
func (t *set[V]) rehash(count int) {
	old := t.chains
	t.held += (count - len(old)) * pointerSize
	t.chains = make([]*node[V], count)
	for _, n := range old {
		for n != nil {
			next := n.next
			head := t.chain(n.hash)
			n.next, *head = *head, n
			n = next
		}
	}
}
