package validate

// A receipt is a receipt that the client has asked for and not received.
type receipt struct {
	more int // how many other frames ask for it
}

// askReceipt notes that a client's frame asks for a receipt (STOMP 1.2, "Header
// receipt"). Several frames may ask for the same receipt before it is answered.
func askReceipt[T text](s *Session, f *scan[T]) {
	id := keyOf(&s.storage, 0, f.value(hdrReceipt))
	if r := find(&s.receipts, id); r != nil {
		r.v.more++
	} else if insert(&s.receipts, id) == nil {
		limitOf(f, "Receipts", &s.receipts)
	}
}

// answerReceipt processes a RECEIPT, or an ERROR with a receipt-id (STOMP 1.2,
// "RECEIPT", "ERROR"). After ERROR the receipt stays open, because some servers
// still send it.
func answerReceipt[T text](s *Session, f *scan[T]) {
	if !f.has(hdrReceiptID) {
		return
	}
	r := find(&s.receipts, keyOf(&s.storage, 0, f.value(hdrReceiptID)))
	switch {
	case r == nil && s.receipts.lost:
	case r == nil && f.cmd == cmdReceipt:
		f.add(ReceiptKnown, hdrReceiptID)
	case r == nil && !s.answered:
		f.add(ErrorReceiptKnown, hdrReceiptID)
	case r == nil, f.cmd == cmdError:
	case r.v.more > 0:
		r.v.more--
	default:
		s.receipts.remove(r)
		s.answered = true
	}
}
