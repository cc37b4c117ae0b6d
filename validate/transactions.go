package validate

// A transaction is one that is open.
type transaction struct {
	acked *node[message] // the messages acknowledged in it, the last one first
}

// inTransaction returns the transaction that SEND, ACK or NACK name, nil when
// they name none, and false after reporting one that is not known (STOMP 1.2,
// "BEGIN").
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

// transact takes BEGIN, COMMIT and ABORT.
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

// endTransaction settles the messages that were acknowledged in a transaction,
// or makes them pending again: each in its place, where that matters.
func (s *Session) endTransaction(tx *node[transaction], commit bool) {
	for m := tx.v.acked; m != nil; {
		next, sub := m.v.next, m.v.sub
		m.v.tx, m.v.next = nil, nil
		s.pending.held--
		switch {
		case commit, sub.v.dropped, !m.named:
			s.free(m)
		case s.cumulative(sub):
			sub.v.insert(m, sub.v.placeOf(m))
		default:
			sub.v.insert(m, sub.v.last)
		}
		m = next
	}
	tx.v.acked = nil
}

// placeOf returns the pending message behind which m has its place, nil when
// that is the front. Most messages that come back from a transaction are older
// than all that are pending.
func (sub *subscription) placeOf(m *node[message]) (prev *node[message]) {
	for at := sub.first; at != nil && at.v.serial < m.v.serial; at = at.v.next {
		prev = at
	}
	return prev
}

// abortAll ends all transactions, as DISCONNECT does (STOMP 1.2, "BEGIN").
func (s *Session) abortAll() {
	for _, tx := range s.transactions.chains {
		for ; tx != nil; tx = tx.next {
			s.endTransaction(tx, false)
		}
	}
	s.transactions.clear()
}
