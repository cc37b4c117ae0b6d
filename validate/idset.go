package validate

// none is the slot that nothing has.
const none int32 = -1

// An idSet holds identifiers in numbered slots, which it uses again, with
// their octets: identifiers that come and go do not allocate. It is a hash
// table with chains, bounded by max.
type idSet struct {
	slots []idSlot
	heads []int32 // of the chains, by hash; their number is a power of two
	free  int32   // first free slot, chained by next; meaningless when used == len(slots)
	used  int
	max   int  // slots
	maxID int  // octets of an identifier
	lost  bool // something was not added: what is not found may have been there
}

type idSlot struct {
	hash  uint64
	next  int32
	scope int32 // identifiers are the same only within a scope
	id    []byte
}

func scoped(h uint64, scope int32) uint64 { return h ^ uint64(uint32(scope))*0x9e3779b97f4a7c15 }

// find returns the slot of an identifier, none when there is none.
func find[T text](t *idSet, scope int32, id T) int32 {
	if t.used == 0 {
		return none
	}
	h := scoped(hash(id), scope)
	for i := t.heads[h&uint64(len(t.heads)-1)]; i != none; i = t.slots[i].next {
		if s := &t.slots[i]; s.hash == h && s.scope == scope && string(s.id) == string(id) {
			return i
		}
	}
	return none
}

// again returns another slot with the identifier of slot i, none when there is
// no more.
func (t *idSet) again(i int32) int32 {
	want := &t.slots[i]
	for i = want.next; i != none; i = t.slots[i].next {
		if s := &t.slots[i]; s.hash == want.hash && s.scope == want.scope && string(s.id) == string(want.id) {
			return i
		}
	}
	return none
}

// insert takes an identifier in, whether it is there already or not, and
// returns its slot; none, when that would cross a limit.
func insert[T text](t *idSet, scope int32, id T) int32 {
	if t.used >= t.max || len(id) > t.maxID {
		t.lost = true
		return none
	}
	i := t.free
	if t.used == len(t.slots) {
		i = int32(len(t.slots))
		t.slots = append(t.slots, idSlot{})
		if len(t.slots) > len(t.heads) {
			t.grow()
		}
	} else {
		t.free = t.slots[i].next
	}
	t.used++
	s := &t.slots[i]
	s.hash, s.scope, s.id = scoped(hash(id), scope), scope, append(s.id[:0], id...)
	head := &t.heads[s.hash&uint64(len(t.heads)-1)]
	s.next, *head = *head, i
	return i
}

// grow doubles the chains. All slots but the last, which is new, are in use.
func (t *idSet) grow() {
	t.heads = make([]int32, max(8, 2*len(t.heads)))
	for i := range t.heads {
		t.heads[i] = none
	}
	for i := range t.slots[:len(t.slots)-1] {
		s := &t.slots[i]
		if s.hidden() {
			continue
		}
		head := &t.heads[s.hash&uint64(len(t.heads)-1)]
		s.next, *head = *head, int32(i)
	}
}

// hiddenScope is the scope of slots that cannot be found.
const hiddenScope int32 = -1

func (s *idSlot) hidden() bool { return s.scope == hiddenScope }

// hide makes a slot that cannot be found any more and stays in use.
func (t *idSet) hide(i int32) {
	s := &t.slots[i]
	if s.hidden() {
		return
	}
	link := &t.heads[s.hash&uint64(len(t.heads)-1)]
	for *link != i {
		link = &t.slots[*link].next
	}
	*link = s.next
	s.scope = hiddenScope
}

// remove frees a slot.
func (t *idSet) remove(i int32) {
	t.hide(i)
	t.slots[i].next, t.free = t.free, i
	t.used--
}
