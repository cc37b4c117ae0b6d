package validate

// A transaction is an open transaction.
type transaction struct {
	acked *node[message] // messages acknowledged in it, the last one first
}

// inTransaction returns the transaction that SEND, ACK or NACK names, or nil if it
// names none. If the transaction is unknown, it reports that and returns false (STOMP
// 1.2, "BEGIN").
func inTransaction[T text](s *Session, f *scan[T]) (tx *node[transaction], ok bool) {
	if !f.has(hdrTransaction) {
		return nil, true
	}
	tx = find(&s.transactions, keyOf(&s.storage, 0, f.value(hdrTransaction)))
	if tx != nil {
		return tx, true
	}
	if !s.transactions.lost {
		f.add(TransactionKnown, hdrTransaction)
	}
	return nil, false
}

// transact processes BEGIN, COMMIT and ABORT.
func transact[T text](s *Session, f *scan[T]) {
	name := keyOf(&s.storage, 0, f.value(hdrTransaction))
	tx := find(&s.transactions, name)
	if f.cmd == cmdBegin {
		if tx != nil {
			f.add(BeginTransactionUnique, hdrTransaction)
		} else if insert(&s.transactions, name) == nil {
			limitOf(f, "Transactions", &s.transactions)
		}
		return
	}
	if tx == nil {
		if s.transactions.lost {
			return
		}
		if f.cmd == cmdCommit {
			f.add(CommitTransactionKnown, hdrTransaction)
		} else {
			f.add(AbortTransactionKnown, hdrTransaction)
		}
		return
	}
	s.endTransaction(tx, f.cmd == cmdCommit)
	s.transactions.remove(tx)
}

// endTransaction settles the messages that were acknowledged in a transaction, or
// makes them pending again: in their old places if ACK is cumulative.
func (s *Session) endTransaction(tx *node[transaction], commit bool) {
	for m := inOrder(tx.v.acked); m != nil; {
		next, sub := m.v.next, m.v.sub
		m.v.tx, m.v.next = nil, nil
		s.pending.held--
		switch {
		case commit, sub.v.dropped, !m.named:
			s.free(m)
		case s.cumulative(sub):
			sub.v.insert(m, sub.v.placeOf(m))
			m.v.returned = true
		default:
			sub.v.insert(m, sub.v.last)
			m.v.returned = true
		}
		m = next
	}
	tx.v.acked = nil
}

// inOrder sorts a list of acknowledged messages in the order of delivery. Most lists
// are in the opposite order.
func inOrder(list *node[message]) *node[message] {
	var reversed *node[message]
	sorted, count := true, 0
	for list != nil {
		next := list.v.next
		sorted = sorted && (reversed == nil || list.v.serial < reversed.v.serial)
		list.v.next, reversed = reversed, list
		list = next
		count++
	}
	if sorted {
		return reversed
	}
	return sortedBySerial(reversed, count)
}

// sortedBySerial is a merge sort.
func sortedBySerial(list *node[message], count int) *node[message] {
	if count < 2 {
		return list
	}
	middle := list
	for range count/2 - 1 {
		middle = middle.v.next
	}
	a, b := list, middle.v.next
	middle.v.next = nil
	a, b = sortedBySerial(a, count/2), sortedBySerial(b, count-count/2)
	var first *node[message]
	for link := &first; ; link = &(*link).v.next {
		switch {
		case a == nil:
			*link = b
			return first
		case b == nil:
			*link = a
			return first
		case a.v.serial < b.v.serial:
			*link, a = a, a.v.next
		default:
			*link, b = b, b.v.next
		}
	}
}

// placeOf returns the pending message after which m belongs, or nil for the front. It
// starts at the message that came back from a transaction last, because they come back
// in order. Most of them are older than all messages that stayed pending.
func (sub *subscription) placeOf(m *node[message]) *node[message] {
	at := sub.place
	if at != nil && at.v.serial > m.v.serial {
		at = nil
	}
	next := sub.first
	if at != nil {
		next = at.v.next
	}
	for next != nil && next.v.serial < m.v.serial {
		at, next = next, next.v.next
	}
	sub.place = m
	return at
}

// abortAll aborts all transactions, as DISCONNECT does (STOMP 1.2, "BEGIN").
func (s *Session) abortAll() {
	for _, tx := range s.transactions.chains {
		for ; tx != nil; tx = tx.next {
			s.endTransaction(tx, false)
		}
	}
	s.transactions.clear()
}
