package validate

// inTransaction returns the transaction that SEND, ACK or NACK name, none when
// they name none, and false after reporting one that is not known (STOMP 1.2,
// "BEGIN").
func inTransaction[T text](s *Session, f *scan[T]) (tx int32, ok bool) {
	if !f.has(hdrTransaction) {
		return none, true
	}
	tx = find(&s.transactions, 0, f.value(hdrTransaction))
	if tx != none {
		return tx, true
	}
	if !s.transactions.lost {
		f.add(TransactionKnown, hdrTransaction)
	}
	return none, false
}

// transact takes BEGIN, COMMIT and ABORT.
func transact[T text](s *Session, f *scan[T]) {
	name := f.value(hdrTransaction)
	tx := find(&s.transactions, 0, name)
	if f.cmd == cmdBegin {
		if tx != none {
			f.add(BeginTransactionUnique, hdrTransaction)
		} else if tx = insert(&s.transactions, 0, name); tx == none {
			f.limitOf("Transactions", &s.transactions)
		} else if int(tx) == len(s.acked) {
			s.acked = append(s.acked, none)
		}
		return
	}
	if tx == none {
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
}

// endTransaction settles the messages that were acknowledged in a transaction,
// or makes them pending again.
func (s *Session) endTransaction(tx int32, commit bool) {
	t := &s.pending
	for i := s.acked[tx]; i != none; {
		m := &t.items[i]
		next := m.nextInTx
		m.tx = none
		t.held--
		if commit || m.sub == none {
			t.unlink(s, i)
			t.ids.remove(i)
		}
		i = next
	}
	s.acked[tx] = none
	s.transactions.remove(tx)
}

// abortAll ends all transactions, as DISCONNECT does (STOMP 1.2, "BEGIN").
func (s *Session) abortAll() {
	for tx := range s.acked {
		if !s.transactions.slots[tx].hidden() {
			s.endTransaction(int32(tx), false)
		}
	}
}
